"""One's own account: profile, password, tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.factories.people import NOW, PASSWORD, add_person, address
from tests.fixtures.pages import ClientRequest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

NEW = "a new password for tests"


@pytest.fixture
def member(app: Flask, client: FlaskClient) -> ClientRequest:
    add_person(app)
    asked = ClientRequest(client)
    asked.sign_in(address("member"), PASSWORD)
    return asked


# ------------------------------------------------------------------------------------ profile
def test_name_language_and_theme_are_kept(member: ClientRequest) -> None:
    values = {"name": "Anna Kiss", "language": "hu", "theme": "dark"}
    member.submit("/account", values, form_id="profile")
    page = member.get("/account")
    assert page.by_id("name").get("value") == "Anna Kiss"
    root = next(page.tree.iter("html"))
    assert (root.get("lang"), root.get("data-theme")) == ("hu", "dark")


def test_a_refused_profile_keeps_what_was_typed(member: ClientRequest) -> None:
    page = member.submit("/account", {"name": "  "}, form_id="profile", status=422)
    assert "Write the person’s name." in page.text
    page = member.submit("/account", {"name": "x" * 121}, form_id="profile", status=422)
    assert page.by_id("name").get("value") == "x" * 121


def test_nul_characters_are_dropped(member: ClientRequest) -> None:
    member.submit("/account", {"name": "An\0na"}, form_id="profile")
    assert member.get("/account").by_id("name").get("value") == "Anna"


# ----------------------------------------------------------------------------------- language
def test_the_menu_changes_the_accounts_language(member: ClientRequest) -> None:
    answer = member.get("/language/ru?next=/account", status=302).response
    assert answer.location == "/account"
    assert 'lang="ru"' in member.get("/account").html


def test_a_link_elsewhere_changes_no_account(member: ClientRequest) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    member.get("/account")
    member.submit("/account", {"language": "hu"}, form_id="profile")
    member.get("/language/ru", status=302, headers=elsewhere)
    assert 'lang="hu"' in member.get("/account").html


def test_languages_are_chosen_in_order(client_request: ClientRequest) -> None:
    asks_hungarian = {"Accept-Language": "de, hu;q=0.8"}
    assert 'lang="en"' in client_request.get("/login").html
    assert 'lang="hu"' in client_request.get("/login", headers=asks_hungarian).html
    client_request.get("/language/ru", status=302)
    assert 'lang="ru"' in client_request.get("/login", headers=asks_hungarian).html
    client_request.get("/language/xx", status=404)


# ----------------------------------------------------------------------------------- password
def test_changing_the_password_ends_the_other_sessions(app: Flask, member: ClientRequest) -> None:
    other = ClientRequest(app.test_client())
    other.sign_in(address("member"), PASSWORD)
    values = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert member.submit("/account/password", values).response.location == "/account"
    assert "Your password is changed" in member.get("/account").text
    other.get("/account", status=302)
    other.submit("/login", {"email": address("member"), "password": PASSWORD}, status=200)
    other.sign_in(address("member"), NEW)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"password": "wrong"}, "This is not your current password."),
        ({"new_password": "short", "new_password_confirm": "short"}, "at least 10 characters"),
        ({"new_password_confirm": "another one entirely"}, "The two passwords differ."),
        ({"new_password": PASSWORD, "new_password_confirm": PASSWORD}, "is the old one."),
    ],
)
def test_a_password_is_refused_in_words(
    member: ClientRequest, values: dict[str, str], sentence: str
) -> None:
    good = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    page = member.submit("/account/password", {**good, **values}, status=200)
    assert sentence in page.text
    assert PASSWORD not in page.html


# ------------------------------------------------------------------------------------- tokens
def test_a_token_is_shown_once_and_works(app: Flask, member: ClientRequest) -> None:
    from hadi.domain.permissions import Scope
    from hadi.services import tokens
    from hadi.web.shared.access import now

    values = {"name": "nightly upload", "scope": "write", "days": "30"}
    plain = str(
        member.submit("/account/tokens/new", values, status=200).by_id("token").get("value")
    )
    page = member.get("/account")
    assert "nightly upload" in page.text
    assert plain not in page.html
    with app.app_context():
        actor = tokens.authenticate(plain, now())
        assert actor is not None
        assert actor.scopes == frozenset(Scope)


def test_a_revoked_token_opens_nothing(app: Flask, member: ClientRequest) -> None:
    from hadi.services import tokens
    from hadi.web.shared.access import now

    made = member.submit("/account/tokens/new", {"name": "sheet"}, status=200)
    form_id = next(
        str(form.get("id"))
        for form in member.get("/account").tree.iter("form")
        if str(form.get("id")).startswith("revoke-")
    )
    member.submit("/account", {}, form_id=form_id)
    page = member.get("/account")
    assert "The token “sheet” no longer works." in page.text
    assert "Revoked on" in page.text
    with app.app_context():
        assert tokens.authenticate(str(made.by_id("token").get("value")), now()) is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "Name the token after what will use it."),
        ({"days": "0"}, "A token lasts between 1 and 366 days."),
        ({"days": "9999"}, "A token lasts between 1 and 366 days."),
    ],
)
def test_a_token_is_refused_in_words(
    member: ClientRequest, values: dict[str, str], sentence: str
) -> None:
    page = member.submit("/account/tokens/new", {"name": "n", **values}, status=422)
    assert sentence in page.text


def test_nobody_revokes_the_token_of_another(app: Flask, member: ClientRequest) -> None:
    from hadi.domain.permissions import JOB
    from hadi.services import tokens

    owner = add_person(app, "viewer")
    with app.app_context():
        new = tokens.create(user_id=owner, name="theirs", scopes=["read"], days=9, by=JOB, now=NOW)
        token_id, plain = new.token.id, new.plain
    csrf = member.get("/account").by_id("csrf_token").get("value")
    member.post(f"/account/tokens/{token_id}/revoke", {"csrf_token": csrf}, status=403)
    member.post("/account/tokens/none/revoke", {"csrf_token": csrf}, status=404)
    with app.app_context():
        assert tokens.authenticate(plain, NOW) is not None


def test_after_a_while_tokens_ask_for_the_password(
    app: Flask, member: ClientRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hadi.web.shared.access.FRESH_FOR", timedelta(microseconds=1))
    monkeypatch.setattr("hadi.web.shared.access.GRACE", timedelta(seconds=0))
    answer = member.get("/account/tokens/new", status=302).response
    assert answer.location.startswith("/account/verify?next=")
    page = member.submit(answer.location, {"password": "wrong"}, status=200)
    assert "This is not your current password." in page.text
    monkeypatch.undo()
    done = member.submit(answer.location, {"password": PASSWORD})
    assert done.response.location.endswith("/account/tokens/new")
