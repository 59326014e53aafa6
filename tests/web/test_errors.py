"""Refusals and faults as pages: the status, the words, the way out, and what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Blueprint

from hadi.domain.errors import (
    Blocked,
    Blocker,
    HadiError,
    Invalid,
    NotAllowed,
    NotFound,
    Stale,
    TooLarge,
    Unreadable,
)
from hadi.domain.text import Text
from tests.factories.people import PASSWORD, add_person, address
from tests.fixtures.pages import ClientRequest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

REFUSALS: dict[str, tuple[HadiError, int]] = {
    "not-allowed": (NotAllowed(Text("not_allowed.people.manage")), 403),
    "not-found": (NotFound(Text("user.not_found")), 404),
    "stale": (Stale(Text("user.stale")), 409),
    "too-large": (TooLarge(Text("user.not_found")), 413),
    "unreadable": (Unreadable(Text("user.not_found")), 422),
    "invalid": (Invalid(Text("user.unusable"), {"name": Text("user.name_missing")}), 422),
    "blocked": (
        Blocked(Text("user.unusable"), [Blocker(Text("token.name_missing"), "name")]),
        422,
    ),
}


@pytest.fixture
def broken(app: Flask, client: FlaskClient) -> ClientRequest:
    """Someone signed in to an application with addresses that refuse and break."""
    blueprint = Blueprint("broken", __name__, url_prefix="/broken")

    @blueprint.route("/<name>", methods=["GET", "POST"])
    def refuse(name: str) -> str:
        if name == "bug":
            raise RuntimeError("the inner workings")
        raise REFUSALS[name][0]

    app.register_blueprint(blueprint)
    add_person(app)
    asked = ClientRequest(client)
    asked.sign_in(address("member"), PASSWORD)
    return asked


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_page_in_words(broken: ClientRequest, name: str) -> None:
    refusal, status = REFUSALS[name]
    page = broken.get(f"/broken/{name}", status=status)
    assert str(refusal.text) in page.text
    assert page.links["Go to Today"] == "/"


def test_every_cause_is_named(broken: ClientRequest) -> None:
    assert "Write the person’s name." in broken.get("/broken/invalid", status=422).text
    assert "Name the token after" in broken.get("/broken/blocked", status=422).text


@pytest.mark.parametrize("name", ["stale", "invalid", "bug"])
def test_what_was_typed_is_given_back(broken: ClientRequest, name: str) -> None:
    token = broken.get("/account").by_id("csrf_token").get("value")
    data = {
        "csrf_token": token,
        "learned": "Long thoughts <b>about it</b>",
        "password": "hush",
        "once": "machinery",
    }
    status = 500 if name == "bug" else REFUSALS[name][1]
    page = broken.post(f"/broken/{name}", data, status=status)
    assert "Long thoughts <b>about it</b>" in page.text
    assert "hush" not in page.html
    assert "machinery" not in page.html


def test_a_bug_shows_no_inner_workings(
    broken: ClientRequest, caplog: pytest.LogCaptureFixture
) -> None:
    page = broken.get("/broken/bug", status=500)
    assert page.heading == "Something broke on our side"
    assert "inner workings" not in page.html
    assert "Traceback" not in page.html
    assert "the inner workings" in caplog.text


def test_a_broken_error_page_still_says_something(
    broken: ClientRequest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> str:
        raise KeyError("no template")

    monkeypatch.setattr("hadi.web.shared.errors.render", fail)
    answer = broken.client.get("/broken/bug")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert "Content-Security-Policy" in answer.headers


def test_unknown_addresses_say_so(client_request: ClientRequest) -> None:
    page = client_request.get("/nowhere", status=404)
    assert page.heading == "There is nothing here"
    assert "Go to the sign-in" in page.links


def test_too_large_a_form_is_refused(app: Flask, broken: ClientRequest) -> None:
    token = broken.get("/account").by_id("csrf_token").get("value")
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    data = {"csrf_token": token, "name": "x" * (2 * 1024 * 1024)}
    page = broken.post("/account", data, status=413)
    assert "A file may have 1 MB at most" in page.text


def test_errors_read_in_the_readers_language(broken: ClientRequest) -> None:
    broken.get("/language/hu", status=302)
    root = next(broken.get("/broken/stale", status=409).tree.iter("html"))
    assert root.get("lang") == "hu"
