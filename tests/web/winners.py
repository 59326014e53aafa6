"""What the page tests of the scale-up board share: winners, and where they stand."""

from __future__ import annotations

from typing import Any

from tests.fixtures.pages import Page
from tests.web.hypotheses_pages import Visitor

JSON = {"Accept": "application/json"}


class Winner:
    """A winner on the board, moved and measured past the pages by a leader."""

    def __init__(self, visitor: Visitor, change: str = "lay a cable beside every lamp") -> None:
        self.visitor = visitor
        self.key = visitor.make("concluded", decision="scale", change=change)
        self.id = str(self.read("id"))
        self.url = f"/scale/{self.id}"

    def read(self, attribute: str) -> Any:
        """What is stored of it now."""
        from sqlalchemy import select

        from hadi.db import db
        from hadi.models import Hypothesis, Rollout
        from hadi.models.hypothesis import parse_key

        number = parse_key(self.key)
        found = select(Rollout).join(Hypothesis).where(Hypothesis.number == number)
        with self.visitor.app.app_context():
            return getattr(db.session.scalars(found).one(), attribute)

    def waves(self) -> list[dict[str, Any]]:
        parts = ("number", "scope", "has_held", "effect", "low", "high", "note")
        return [{part: getattr(wave, part) for part in parts} for wave in self.read("waves")]

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        return self.visitor.events(self.key)

    def move(self, to: str, **more: Any) -> None:
        from hadi.domain.scaling import RolloutStatus
        from hadi.services import rollouts

        world = self.visitor.world
        with self.visitor.app.app_context():
            rollouts.move(
                self.id, to=RolloutStatus(to), by=world.actor("leader"), now=world.later(), **more
            )

    def measure(self, *, has_held: bool, **more: Any) -> None:
        from hadi.services import rollouts

        world = self.visitor.world
        with self.visitor.app.app_context():
            rollouts.measure(
                self.id, len(self.waves()), has_held=has_held, by=world.actor("leader"),
                now=world.later(), **more,
            )  # fmt: skip

    def post(self, path: str = "/move", *, status: int, as_json: bool = False, **sent: Any) -> Page:
        """Send it as the board's script does (`as_json`) or as a card's menu does."""
        data = {"csrf_token": self.visitor.token(), **sent}
        headers = JSON if as_json else {}
        address = path if path.startswith(self.url) else self.url + path
        return self.visitor.browser.post(address, data, status=status, headers=headers)
