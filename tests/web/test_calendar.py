"""The calendar's pages: a year, an entry and its undo, a file that is looked at and taken over."""

from __future__ import annotations

import io
from typing import Any

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

HERE = "/data/calendar"
SPRING: dict[str, Any] = {
    "name": "Spring promotion", "kind": "promotion", "starts_on": "2026-03-09",
    "ends_on": "2026-03-22", "scope": "units", "places": "S03, S07",
}  # fmt: skip


def add(visitor: Visitor, status: int = 302, **parts: Any) -> Any:
    page = visitor.submit(HERE, SPRING | parts, form_id="new-days", status=status)
    return page if status != 302 else visitor.get(f"{HERE}?year=2026")


def entry_id(visitor: Visitor) -> str:
    from hadi.services import calendar

    with visitor.app.app_context():
        return calendar.listing(calendar.Filters(), by=visitor.world.actor())[0].id


def test_an_empty_calendar_teaches(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get(HERE)
    assert page.heading == "Calendar"
    assert "The calendar is empty" in page.text
    assert "Add to the calendar" not in page.text
    assert page.links["Data sets"] == "/data"
    visitor.get(f"{HERE}/import", status=403)


def test_an_entry_is_entered_changed_deleted_and_brought_back(visitor: Visitor) -> None:
    visitor.sign_in()
    page = add(visitor)
    assert "“Spring promotion” is in the calendar." in page.text
    assert "No store is known as “S03”, “S07”." in page.text
    for words in ("March", "Promotion", "S03, S07", "9–22 Mar"):
        assert words in page.text, words
    url = f"{HERE}/{entry_id(visitor)}"
    page = visitor.get(url)
    assert form_values(page.form("days"))["ends_on"] == "2026-03-22"
    visitor.submit(url, {"ends_on": "2026-03-15", "places": "S03"}, form_id="days")
    page = visitor.get(f"{HERE}?year=2026")
    assert "“Spring promotion” is changed." in page.text
    page = visitor.get(url)
    assert "changed days in the calendar" in page.text
    assert "S03, S07" in page.text  # as it was before
    token = {"csrf_token": visitor.token(HERE)}
    visitor.browser.post(f"{url}/delete", token)
    visitor.browser.post(f"{url}/delete", token, status=302)  # the button was hit twice
    page = visitor.get(f"{HERE}?year=2026")
    assert "“Spring promotion” is deleted." in page.text
    assert "S03" not in page.text
    visitor.get(url, status=404)
    visitor.browser.post(f"{url}/restore", token)
    visitor.browser.post(f"{url}/restore", token, status=302)
    page = visitor.get(f"{HERE}?year=2026")
    assert "is in the calendar again" in page.text
    assert "S03" in page.text


def test_someone_else_was_faster(visitor: Visitor) -> None:
    visitor.sign_in()
    add(visitor)
    url = f"{HERE}/{entry_id(visitor)}"
    opened = form_values(visitor.get(url).form("days"))
    visitor.submit(url, {"name": "Easter promotion"}, form_id="days")
    late = dict(opened) | {"name": "Mine"}
    page = visitor.browser.post(url, late, status=409)
    assert "Someone changed this entry" in page.text
    assert form_values(page.form("days"))["name"] == "Mine"


def test_what_is_wrong_stands_at_its_field_and_is_kept(visitor: Visitor) -> None:
    visitor.sign_in()
    page = add(visitor, 422, name="", starts_on="soon", ends_on="", places="")
    for words in ("Give it a name", "“soon” is no day", "Name the stores"):
        assert words in page.text, words
    assert form_values(page.form("new-days"))["starts_on"] == "soon"
    assert "before the first" in add(visitor, 422, ends_on="2026-03-01").text


def test_a_year_and_a_search(visitor: Visitor) -> None:
    visitor.sign_in()
    add(visitor)
    add(visitor, name="Easter", kind="holiday", starts_on="2027-03-28", ends_on="", scope="all")
    assert "Easter" not in visitor.get(f"{HERE}?year=2026").text
    assert "28 Mar" in visitor.get(f"{HERE}?year=2027").text
    assert "Nothing in 2025" in visitor.get(f"{HERE}?year=2025").text
    assert "Spring" in visitor.get(f"{HERE}?year=2026&q=s07&kind=promotion").text
    found = visitor.get(f"{HERE}?year=2026&kind=closure")
    assert "Show the whole year" in found.text
    visitor.get(f"{HERE}?year=everything&kind=war")


def test_lines_are_looked_at_and_then_taken_over(visitor: Visitor) -> None:
    visitor.sign_in()
    lines = "Easter; 2026-04-05; 2026-04-06\nsoon; someday"
    page = visitor.submit(f"{HERE}/import", {"lines": lines}, form_id="import", status=422)
    assert "Line 2, “soon”" in page.text
    assert "1 line is wrong: nothing is added until it is right or gone" in page.text
    assert "will be added" not in page.text
    assert "Add them to the calendar" not in page.text
    page = visitor.submit(f"{HERE}/import", {"lines": lines[:30]}, form_id="import", status=200)
    assert "1 entry will be added" in page.text
    assert "Easter" not in visitor.get(f"{HERE}?year=2026").text
    values = dict(form_values(page.form("import"))) | {"do": "import"}
    visitor.browser.post(f"{HERE}/import", values)
    page = visitor.get(f"{HERE}?year=2026")
    assert "1 entry is added." in page.text
    assert "Easter" in page.text


def test_a_calendar_file_is_read(visitor: Visitor) -> None:
    visitor.sign_in()
    content = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20260101T000000Z\r\nSUMMARY:Húsvét\r\nDTSTART;VALUE=DATE:20260405\r\n"
        "DTEND;VALUE=DATE:20260407\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()
    file = (io.BytesIO(content), "ünnepek.ics")
    sent = {"file": file, "kind": "holiday"}
    page = visitor.submit(f"{HERE}/import", sent, form_id="import", status=200)
    assert "Húsvét" in page.text
    assert "Húsvét;holiday;2026-04-05;2026-04-06" in form_values(page.form("import"))["lines"]
    file = (io.BytesIO(b"no calendar"), "x.ics")
    page = visitor.submit(f"{HERE}/import", {"file": file}, form_id="import", status=422)
    assert "cannot be read as a calendar" in page.text


def test_its_files(visitor: Visitor) -> None:
    visitor.sign_in()
    add(visitor)
    client = visitor.browser.client
    content = client.get(f"{HERE}/export.ics?year=2026").get_data(as_text=True)
    assert "SUMMARY:Spring promotion" in content
    table = client.get(f"{HERE}/export.csv?year=2026").get_data(as_text=True)
    assert '"Spring promotion","Promotion",2026-03-09,2026-03-22' in table
    assert client.get(f"{HERE}/export.doc").status_code == 404


def test_beside_a_plan_stands_what_else_happens_then(visitor: Visitor) -> None:
    visitor.sign_in()
    other = visitor.make("running")
    key = visitor.make("planned", starts_on="2026-03-02", ends_on="2026-03-29")
    add(visitor, scope="all", places="")
    page = visitor.get(f"/hypotheses/{key}/plan")
    assert "What else happens then" in page.text
    assert "Promotion: Spring promotion" in page.text
    assert f"{other} (“lay a cable beside every lamp”) is about the same metric" in page.text
    assert page.links[f"Look at {other}"] == f"/hypotheses/{other}"
    idea = visitor.make("idea")
    assert "Once the plan says when it starts" in visitor.get(f"/hypotheses/{idea}/plan").text


def test_faults_of_a_file_are_counted_as_its_lines_stand_in_the_field(visitor: Visitor) -> None:
    visitor.sign_in()
    content = "Name;From;To\nEaster;05.04.2026;06.04.2026\nSale;31.02.2026;\n;01.05.2026;\n"
    sent = {"file": (io.BytesIO(content.encode()), "days.csv"), "kind": "holiday"}
    page = visitor.submit(f"{HERE}/import", sent, form_id="import", status=422)
    lines = form_values(page.form("import"))["lines"].splitlines()
    assert lines[2].startswith("Sale") and lines[3].startswith(";")
    assert "Line 3, “Sale”" in page.text and "Line 4: Give it a name" in page.text
    again = visitor.submit(
        f"{HERE}/import", {"lines": "\n".join(lines)}, form_id="import", status=422
    )
    assert "Line 3, “Sale”" in again.text, "the same line, looked at again"
