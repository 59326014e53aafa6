"""What the page tests of hypotheses share: a world, and someone signed in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import PASSWORD, World, email_of

if TYPE_CHECKING:
    from flask import Flask

    from tests.fixtures.pages import ClientRequest, Page


class Visitor:
    """A person at the pages of a world: `visitor.page` looks, `visitor.world` makes."""

    def __init__(self, app: Flask, client_request: ClientRequest) -> None:
        self.app, self.browser = app, client_request
        with app.app_context():
            self.world = World(app)
        app.config["CLOCK"] = lambda: self.world.now
        self.is_in = False

    def sign_in(self, role: str = "member") -> Visitor:
        if self.is_in:
            self.browser.client.delete_cookie("hadi")
        with self.app.app_context():
            self.world.let_in(role)
        self.browser.sign_in(email_of(role), PASSWORD)
        self.is_in = True
        return self

    def make(self, stage: str, **parts: Any) -> str:
        """A hypothesis at that stage; its key."""
        with self.app.app_context():
            return str(getattr(self.world, stage)(**parts).key)

    def events(self, key: str) -> list[tuple[str, dict[str, Any]]]:
        """What the log says of it, newest first: verb and details."""
        from hadi.services import events, hypotheses

        with self.app.app_context():
            found = hypotheses.find(key, by=self.world.actor())
            return [(e.verb, e.details) for e in events.history(hypothesis_id=found.id)]

    def state(self, key: str) -> str:
        from hadi.services import hypotheses

        with self.app.app_context():
            return str(hypotheses.find(key, by=self.world.actor()).state.value)

    def count(self) -> int:
        from hadi.services import hypothesis_list

        with self.app.app_context():
            return hypothesis_list.listing(by=self.world.actor()).total

    def get(self, path: str, **options: Any) -> Page:
        return self.browser.get(path, **options)

    def submit(self, path: str, values: dict[str, Any] | None = None, **options: Any) -> Page:
        return self.browser.submit(path, values or {}, **options)

    def token(self, path: str = "/hypotheses/new") -> str:
        """A CSRF token, for posts that no form of the page offers."""
        for meta in self.get(path).tree.iter("meta"):
            if meta.get("name") == "csrf-token":
                return str(meta.get("content"))
        raise LookupError("no token")


@pytest.fixture
def visitor(app: Flask, client_request: ClientRequest) -> Visitor:
    """Nobody signed in yet."""
    return Visitor(app, client_request)
