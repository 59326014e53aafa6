"""The workspace's settings, its people and its log."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pytest

from tests.factories.people import PASSWORD, add_person, address
from tests.fixtures.pages import ClientRequest, form_values

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from hadi.config import Settings


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> ClientRequest:
    add_person(app, "admin")
    asked = ClientRequest(client)
    asked.sign_in(address("admin"), PASSWORD)
    return asked


def values_of(form: Element) -> dict[str, object]:
    return dict(form_values(form))


# --------------------------------------------------------------------------------- workspace
def test_the_workspace_is_edited(admin: ClientRequest) -> None:
    values = {
        "name": "Nordlicht",
        "language": "hu",
        "time_zone": "Europe/Budapest",
        "week_start": "6",
        "currency": "huf",
    }
    admin.submit("/settings", values)
    page = admin.get("/settings")
    assert page.by_id("currency").get("value") == "HUF"
    assert page.by_id("time_zone").get("value") == "Europe/Budapest"
    assert "Nordlicht" in page.text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "Write the name of the workspace."),
        ({"time_zone": "Mars/Base"}, "There is no time zone “Mars/Base”"),
        ({"time_zone": "../../etc/passwd"}, "There is no time zone"),
        ({"currency": "EURO"}, "“EURO” is not a currency code"),
    ],
)
def test_settings_are_refused_at_their_field(
    admin: ClientRequest, values: dict[str, str], sentence: str
) -> None:
    page = admin.submit("/settings", values, status=422)
    assert sentence in page.text
    name, written = next(iter(values.items()))
    assert page.by_id(name).get("value") == written
    assert page.by_id(name).get("aria-invalid") == "true"


def test_a_stale_edit_shows_both_and_saves_nothing(admin: ClientRequest) -> None:
    opened = values_of(admin.get("/settings").form())
    admin.submit("/settings", {"name": "Faster"})
    page = admin.post("/settings", {**opened, "name": "Slower"}, status=409)
    assert page.heading == "Someone was faster"
    assert "Slower" in page.text
    assert "Faster" in page.text
    assert "/settings" in page.links.values()
    assert admin.get("/settings").by_id("name").get("value") == "Faster"


# ------------------------------------------------------------------------------------ people
NEW = {"name": "Anna Kiss", "email": "Anna@Shop.example", "roles": ["analyst"]}


def test_a_person_is_added_and_gets_a_link(
    app: Flask, admin: ClientRequest, settings: Settings
) -> None:
    made = admin.submit("/settings/people/new", NEW)
    person = made.response.location
    assert "Invited" in admin.get("/settings/people").text
    page = admin.submit(person, {}, form_id="link", status=200)
    link = str(page.by_id("link").get("value"))
    letter = next((settings.data_dir / "outbox").glob("*.eml")).read_text("utf-8")
    assert "anna@shop.example" in letter
    theirs = ClientRequest(app.test_client())
    path = link.removeprefix(settings.base_url)
    theirs.submit(path, {"password": PASSWORD, "password_confirm": PASSWORD})
    theirs.sign_in("anna@shop.example", PASSWORD)


def test_a_form_sent_twice_adds_one_person(app: Flask, admin: ClientRequest) -> None:
    form = form_values(admin.get("/settings/people/new").form())
    form["name"], form["email"] = "Anna", "anna@shop.example"
    first = admin.post("/settings/people/new", form).response.location
    second = admin.post("/settings/people/new", form).response.location
    assert first == second
    assert admin.get("/settings/people").text.count("anna@shop.example") == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "nothing"}, "“nothing” is not an e-mail address."),
        ({"email": address("admin").upper()}, "There is already an account with the address"),
        ({"name": " "}, "Write the person’s name."),
        ({"roles": []}, "Choose at least one role."),
    ],
)
def test_a_person_is_refused_in_words(
    admin: ClientRequest, values: dict[str, object], sentence: str
) -> None:
    page = admin.submit("/settings/people/new", {**NEW, **values}, status=422)
    assert sentence in page.text


def test_roles_are_edited(app: Flask, admin: ClientRequest) -> None:
    user_id = add_person(app)
    admin.submit(f"/settings/people/{user_id}", {"roles": ["analyst", "leader"]}, form_id="person")
    row = next(r for r in admin.get("/settings/people").tree.iter("tr") if "Member" in text(r))
    assert "Analyst, Leader" in text(row)


def test_the_last_administrator_stays(app: Flask, admin: ClientRequest) -> None:
    link = admin.get("/settings/people").links["Admin Test"]
    page = admin.submit(link, {"roles": ["viewer"]}, form_id="person", status=422)
    assert "This is the last active administrator" in page.text
    admin.submit(link, {}, form_id="active", status=422)
    add_person(app, "admin", email="second@shop.example", name="Second")
    admin.submit(link, {"roles": ["viewer"]}, form_id="person")
    admin.get("/settings", status=403)


def test_a_person_goes_and_comes_back(app: Flask, admin: ClientRequest) -> None:
    user_id = add_person(app)
    person = f"/settings/people/{user_id}"
    admin.submit(person, {}, form_id="active")
    page = admin.get(person)
    assert "can no longer sign in" in page.text
    assert "Deactivated" in admin.get("/settings/people").text
    admin.submit(person, {}, form_id="active")
    assert "can sign in again" in admin.get(person).text


def test_a_stale_person_is_not_overwritten(app: Flask, admin: ClientRequest) -> None:
    person = f"/settings/people/{add_person(app)}"
    opened = form_values(admin.get(person).form("person"))
    admin.submit(person, {"name": "Faster"}, form_id="person")
    opened["name"] = "Slower"
    page = admin.post(person, opened, status=409)
    assert "Faster" in page.text
    assert "Slower" in page.text


def test_nobody_is_nobody(admin: ClientRequest) -> None:
    page = admin.get("/settings/people/none", status=404)
    assert "There is no such person" in page.text


# --------------------------------------------------------------------------------------- log
def test_the_log_tells_and_filters(app: Flask, admin: ClientRequest) -> None:
    admin.submit("/settings", {"name": "Nordlicht"})
    page = admin.get("/settings/activity")
    assert "Workspace settings changed" in page.text
    assert "Signed in" in page.text
    nobody = add_person(app)
    assert "Nothing yet" in admin.get(f"/settings/activity?person={nobody}").text


def test_the_log_is_paged(app: Flask, admin: ClientRequest) -> None:
    for number in range(52):
        add_person(app, email=f"p{number}@shop.example", password=None)
    first = admin.get("/settings/activity")
    assert "1–50 of" in first.text
    second = admin.get(first.links["Next"])
    assert "51–54 of 54" in second.text
    assert "Next" not in second.links
    assert "Nothing yet" in admin.get("/settings/activity?page=99").text
    admin.get("/settings/activity?page=-1")
    admin.get("/settings/activity?page=x")


def test_the_log_as_a_file_runs_nothing(app: Flask, admin: ClientRequest) -> None:
    add_person(app, name="=cmd|' /C calc'!A0")
    answer = admin.client.get("/settings/activity.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0] == ["When", "Who", "By a token", "What", "About"]
    assert ["HADI", "FALSE", "Person added", "'=cmd|' /C calc'!A0"] in [row[1:] for row in rows]


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
