"""What stands between a stranger and the data."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from hadi.domain.permissions import JOB
from tests.factories.people import NOW, PASSWORD, add_person, address
from tests.fixtures.database import close
from tests.fixtures.pages import ClientRequest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from hadi.config import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
WRONG = {"email": address("member"), "password": "not the password"}


def stays_here(location: str) -> bool:
    """Whether a browser, which reads \\ as /, stays at this address."""
    reached = urlsplit(urljoin("http://localhost/login", location.replace("\\", "/")))
    return (reached.scheme, reached.netloc) == ("http", "localhost")


def sign_in(client: FlaskClient, role: str) -> ClientRequest:
    asked = ClientRequest(client)
    asked.sign_in(address(role), PASSWORD)
    return asked


# ------------------------------------------------------------------------------------ headers
@pytest.mark.parametrize("path", ["/login", "/", "/nowhere", "/healthz", "/readyz", "/static/no"])
def test_every_answer_has_the_strict_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_pages_are_not_kept_by_browsers(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    answer = sign_in(client, "member").get("/account").response
    assert answer.headers["Cache-Control"] == "no-store"


def test_bundle_is_kept_for_ever(client: FlaskClient, client_request: ClientRequest) -> None:
    head = client_request.get("/login").tree.find("head")
    assert head is not None
    style = next(link.get("href") for link in head.iter("link") if link.get("rel") == "stylesheet")
    answer = client.get(str(style))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()


def test_behind_tls_cookies_and_hsts_are_strict(settings: Settings) -> None:
    from hadi.app import create_app

    app = create_app(replace(settings, https=True))
    answer = app.test_client().get("/login", base_url="https://hadi.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-hadi=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    close(app)


# ------------------------------------------------------------------------------- the closed door
def test_strangers_are_asked_to_sign_in_and_brought_back(
    app: Flask, client_request: ClientRequest
) -> None:
    add_person(app)
    answer = client_request.get("/account?a=1", status=302)
    assert answer.response.location == "/login?next=/account?a%3D1"
    signed_in = client_request.submit(
        answer.response.location, {"email": address("member"), "password": PASSWORD}
    )
    assert signed_in.response.location == "/account?a=1"


def test_fragments_send_the_whole_page_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/account", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


def test_every_endpoint_is_closed_or_listed(app: Flask, client: FlaskClient) -> None:
    from hadi.web.shared.security import API_PREFIX, OPEN_ENDPOINTS

    for rule in app.url_map.iter_rules():
        is_open = rule.endpoint in OPEN_ENDPOINTS or rule.rule.startswith(API_PREFIX)
        if is_open or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(f"<([^<>]*:)?{name}>", "1", path)
        answer = client.get(path)
        assert answer.status_code == 302, f"{rule.rule} is open: {answer.status}"
        assert answer.location.startswith("/login"), rule.rule


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
    ],
)
def test_next_never_leads_away(app: Flask, client: FlaskClient, target: str) -> None:
    add_person(app)
    asked = ClientRequest(client)
    token = asked.get("/login").by_id("csrf_token").get("value")
    answer = client.post(
        "/login",
        query_string={"next": target},
        data={
            "email": address("member"),
            "password": PASSWORD,
            "csrf_token": token,
            "next": target,
        },
    )
    switched = client.get("/language/hu", query_string={"next": target})
    assert stays_here(answer.headers.get("Location", "/"))
    assert stays_here(switched.headers["Location"])


@pytest.mark.parametrize("role", ["member", "analyst", "leader", "viewer"])
def test_only_administrators_see_the_settings(app: Flask, client: FlaskClient, role: str) -> None:
    add_person(app, role)
    asked = sign_in(client, role)
    for path in ("", "/people", "/people/new", "/activity", "/activity.csv"):
        page = asked.get(f"/settings{path}", status=403)
        assert "administrator" in page.text
    assert "/settings" not in asked.get("/account").links.values()


def test_administrators_see_them(app: Flask, client: FlaskClient) -> None:
    add_person(app, "admin")
    asked = sign_in(client, "admin")
    assert asked.get("/settings").heading == "Settings"
    assert "/settings" in asked.get("/account").links.values()


# ------------------------------------------------------------------------------------ signing in
def test_a_wrong_password_and_an_unknown_address_read_alike(
    app: Flask, client_request: ClientRequest
) -> None:
    add_person(app)
    wrong = client_request.submit("/login", WRONG, status=200).by_id("content")
    unknown = client_request.submit(
        "/login", {"email": "nobody@shop.example", "password": PASSWORD}, status=200
    )
    assert "The e-mail address or the password is wrong." in "".join(wrong.itertext())
    assert "The e-mail address or the password is wrong." in unknown.text


def test_address_is_found_however_it_is_written(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    assert ClientRequest(client).sign_in("MEMBER@Shop.Example", PASSWORD).response.location == "/"


def test_a_session_planted_before_is_worth_nothing_after(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    asked = ClientRequest(client)
    planted_token = asked.get("/login").by_id("csrf_token").get("value")
    planted = client.get_cookie("hadi")
    assert planted is not None
    asked.sign_in(address("member"), PASSWORD)
    now_has = client.get_cookie("hadi")
    assert now_has is not None
    assert now_has.value != planted.value
    answer = client.post("/account", data={"csrf_token": planted_token, "name": "X"})
    assert answer.status_code == 400
    stranger = app.test_client()
    stranger.set_cookie("hadi", planted.value)
    assert stranger.get("/account").status_code == 302


def test_the_log_says_who_signed_in(app: Flask, client: FlaskClient) -> None:
    from hadi.db import db
    from hadi.models import Event

    user_id = add_person(app)
    sign_in(client, "member")
    with app.app_context():
        event = db.session.query(Event).filter_by(verb="user.signed_in").one()
        assert event.actor_id == user_id


def test_signing_out_is_a_post_and_ends_it(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    asked = sign_in(client, "member")
    assert client.get("/logout").status_code == 405
    form = next(f for f in asked.get("/account").tree.iter("form") if f.get("action") == "/logout")
    token = next(field.get("value") for field in form.iter("input"))
    assert client.post("/logout", data={"csrf_token": token}).status_code == 302
    assert client.get("/account").status_code == 302


def test_deactivated_people_are_out_at_once(app: Flask, client: FlaskClient) -> None:
    from hadi.services import users

    user_id = add_person(app)
    asked = sign_in(client, "member")
    with app.app_context():
        users.set_active(user_id=user_id, is_active=False, version=1, by=JOB, now=NOW)
    assert client.get("/account").status_code == 302
    page = asked.submit("/login", {"email": address("member"), "password": PASSWORD}, status=200)
    assert "The e-mail address or the password is wrong." in page.text


# ------------------------------------------------------------------------------------- attempts
def test_guessing_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    add_person(app, "viewer")
    asked = ClientRequest(client)
    for _ in range(10):
        asked.submit("/login", WRONG, status=200)
    page = asked.submit("/login", WRONG, status=429)
    assert page.heading == "Too many attempts"
    assert page.response.headers["Retry-After"]
    right = {"email": address("member"), "password": PASSWORD}
    asked.submit("/login", right, status=429)
    # Another account at the same address is another count.
    asked.sign_in(address("viewer"), PASSWORD)


def test_coming_often_with_the_password_is_fine(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    for _ in range(12):
        assert ClientRequest(app.test_client()).sign_in(address("member"), PASSWORD).status == 302


def test_a_claimed_address_does_not_help_without_a_proxy(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    asked = ClientRequest(client)
    data = {**WRONG, "csrf_token": asked.get("/login").by_id("csrf_token").get("value")}
    answers = [
        client.post("/login", data=data, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(11)
    ]
    assert answers == [200] * 10 + [429]


# ---------------------------------------------------------------------------------------- CSRF
def test_a_form_without_its_token_is_refused_and_given_back(
    app: Flask, client: FlaskClient
) -> None:
    add_person(app)
    asked = sign_in(client, "member")
    page = asked.post("/account", {"name": "A long new name", "password": "hush"}, status=400)
    assert "A long new name" in page.text
    assert "hush" not in page.html
    assert asked.get("/account").by_id("name").get("value") == "Member Test"


def test_every_form_asks_for_the_token(app: Flask, client: FlaskClient) -> None:
    add_person(app, "admin")
    sign_in(client, "admin")
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            path = rule.rule
            for part in rule.rule.split("/"):
                path = path.replace(part, "1") if part.startswith("<") else path
            assert client.post(path).status_code == 400, rule.rule


# ------------------------------------------------------------------------------------ passwords
def link_in_outbox(settings: Settings, nth: int = -1) -> str:
    letters = sorted((settings.data_dir / "outbox").glob("*.eml"))
    lines = letters[nth].read_text("utf-8").splitlines()
    link = next(line for line in lines if "/reset/" in line)
    assert link.startswith("http://127.0.0.1:8000/reset/")  # whatever address was asked
    return link.removeprefix("http://127.0.0.1:8000")


def ask_for_link(client: FlaskClient, email: str = address("member")) -> ClientRequest:
    asked = ClientRequest(client)
    page = asked.submit("/reset", {"email": email}, status=200)
    assert "Look into your mailbox" in page.text
    return asked


def test_a_link_sets_a_password_once(app: Flask, client: FlaskClient, settings: Settings) -> None:
    add_person(app)
    ended = app.test_client()
    sign_in(ended, "member")
    asked = ask_for_link(client)
    link = link_in_outbox(settings)
    new = {"password": "quite another one", "password_confirm": "quite another one"}
    asked.submit(link, new)
    assert asked.get(link, status=302).response.location == "/reset"
    assert ended.get("/account").status_code == 302
    assert asked.sign_in(address("member"), "quite another one").status == 302
    letters = sorted((settings.data_dir / "outbox").glob("*.eml"))
    assert "was just changed" in letters[-1].read_text("utf-8")


def test_a_link_ends_after_a_day(
    app: Flask, client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from itsdangerous import TimestampSigner

    add_person(app)
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    with monkeypatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda self: int(yesterday.timestamp()))
        with app.app_context():
            from hadi.services import users

            link = users.password_link(users.everyone()[0])
    path = link.removeprefix(settings.base_url)
    asked = ClientRequest(client)
    assert asked.get(path, status=302).response.location == "/reset"
    assert "This link is over" in asked.get("/reset").text


def test_a_forged_host_does_not_get_into_the_letter(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    add_person(app)
    asked = ClientRequest(client)
    token = asked.get("/reset", base_url="http://evil.example").by_id("csrf_token").get("value")
    data = {"email": address("member"), "csrf_token": token}
    client.post("/reset", data=data, base_url="http://evil.example")
    link_in_outbox(settings)


def test_asking_for_a_strangers_link_says_and_sends_nothing(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    add_person(app)
    ask_for_link(client, "nobody@shop.example")
    assert not (settings.data_dir / "outbox").exists()


def test_links_are_not_sent_without_end(app: Flask, client: FlaskClient) -> None:
    add_person(app)
    for _ in range(5):
        ask_for_link(client)
    ClientRequest(client).submit("/reset", {"email": address("member")}, status=429)
