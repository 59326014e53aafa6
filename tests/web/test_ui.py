"""The gallery shows every component; each page it makes is checked like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

PASSWORD = "a long and quiet phrase 42"


@pytest.fixture
def someone(app: Any, client_request: Any) -> Any:
    """The client, signed in as a person who may only look."""
    from hadi.domain.permissions import JOB
    from hadi.services import users

    with app.app_context():
        users.add(
            email="guest@example.org",
            name="Guest",
            roles=["viewer"],
            password=PASSWORD,
            by=JOB,
            now=datetime(2026, 2, 1, tzinfo=UTC),
        )
    client_request.sign_in("guest@example.org", PASSWORD)
    return client_request


def test_gallery_shows_every_verdict_and_stage(someone: Any) -> None:
    page = someone.get("/ui/")
    assert page.title == "Components – HADI"
    for words in ("Confirmed", "Refuted", "Invalid test", "Cannot be estimated", "Archived"):
        assert words in page.text


def test_gallery_shows_what_was_refused(someone: Any) -> None:
    page = someone.get("/ui/")
    assert page.links["Give it a short name."] == "#refused-title"


def test_specimen_card_goes_where_it_is_moved(someone: Any) -> None:
    page = someone.get("/ui/")
    token = _token(page)
    response = someone.client.post(
        "/ui/moves",
        data={"csrf_token": token, "version": "3", "to": "running"},
        headers={"Accept": "application/json"},
    )
    assert response.status_code == 200
    assert response.json["version"] == 4
    assert set(response.json["moves"]) == {"planned", "measured", "concluded"}


def _token(page: Any) -> str:
    for field in page.tree.iter("input"):
        if field.get("name") == "csrf_token" and field.get("value"):
            return str(field.get("value"))
    return ""
