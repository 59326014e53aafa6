"""The place of stores and teams, and the page that says where a hypothesis runs."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

STORE = {
    "kind": "store", "code": "S-07", "name": "Riga", "region": "Baltic", "format": "mall",
    "aliases": "Riga 7; R7", "sales_model": "passive", "technology": "consulting at the counter",
}  # fmt: skip
LIST = "Code;Name;Kind;Region;Sales model;Technology\nN;North;territory;;;\nS-1;Alfa;;Baltic;;\n"


def enter(visitor: Visitor, **values: str) -> str:
    """A store, entered on its page; its address."""
    body = STORE | {"responsible": visitor.world.ids["member"]} | values
    return went(visitor.submit("/data/units/new", body))


def went(page: Any) -> str:
    """Where an answer leads."""
    return str(page.response.headers["Location"])


def press(visitor: Visitor, path: str, values: dict[str, str] | None = None, **options: Any) -> Any:
    """A form that is one button, or that no page offers."""
    sent = {"csrf_token": visitor.token(), **(values or {})}
    return visitor.browser.post(path, sent, **options)


def told(visitor: Visitor, path: str, *words: str) -> None:
    text = visitor.get(path).text
    assert [each for each in words if each not in text] == []


def test_the_empty_place_teaches_and_a_store_is_entered(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    told(visitor, "/data/units", "No store is known yet", "Bring a list", "Add one")
    refused = visitor.submit("/data/units/new", {"code": "S-07"}, status=422)
    assert "Write its name." in refused.text and "one person who is responsible" in refused.text
    assert form_values(refused.form())["code"] == "S-07"
    path = enter(visitor)
    told(visitor, path, "Riga", "S-07, Riga, Riga 7, R7", "Mira Petrova", "entered it")
    told(visitor, "/data/units", "Riga", "passive", "consulting at the counter")
    told(visitor, "/data/units?q=r7", "Riga")
    told(visitor, "/data/units?q=nowhere", "Nothing found")
    told(visitor, "/data/units?kind=team&model=both&page=-1", "Nothing found")


def test_a_member_looks_and_keeps_the_log_of_their_own(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    mine, other = (
        enter(visitor),
        enter(
            visitor, code="S-08", name="Tartu", aliases="", responsible=visitor.world.ids["analyst"]
        ),
    )
    visitor.sign_in("member")
    page = visitor.get("/data/units")
    assert "Riga" in page.text and "Add one" not in page.text
    visitor.get("/data/units/new", status=403)
    visitor.get("/data/units/import", status=403)
    visitor.get(f"{mine}/edit", status=403)
    assert "What happened in a week?" not in visitor.get(other).text
    refused = visitor.submit(mine, {"staff": "2", "staff_new": "3"}, form_id="new-week", status=422)
    assert "No more people can begin in a week than work there in it." in refused.text
    week = {"week": "2026-01-21", "staff": "8", "staff_new": "2", "stock_note": "LED tubes"}
    visitor.submit(mine, week, form_id="new-week")
    told(visitor, mine, "19 January 2026", "LED tubes", "kept the log")
    # A week that is there keeps what is not typed again.
    visitor.submit(mine, {"week": "2026-01-19", "note": "rain"}, form_id="new-week")
    told(visitor, mine, "LED tubes", "rain")


def links(page: Any, part: str) -> list[str]:
    found = [a.get("href", "") for a in page.tree.iter("a")]
    found += [f.get("action", "") for f in page.tree.iter("form")]
    return [each for each in found if part in each]


def test_a_week_is_corrected_taken_out_and_brought_back(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    path = enter(visitor)
    visitor.submit(path, {"week": "2026-01-21", "staff": "8"}, form_id="new-week")
    (edit,) = [url for url in links(visitor.get(path), "/weeks/") if not url.endswith("remove")]
    visitor.submit(edit, {"staff": "9"})
    told(visitor, path, "corrected", "9")
    page = visitor.get(went(press(visitor, f"{edit}/remove")))
    assert "is out of the log" in page.text
    (undo,) = links(page, "/restore")
    press(visitor, undo)
    told(visitor, path, "in the log again", "9")
    visitor.get(f"{path}/weeks/2026-01-26", status=404)


def test_a_store_is_changed_closed_and_opened_again(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    path = enter(visitor)
    old = form_values(visitor.get(f"{path}/edit").form())
    visitor.submit(f"{path}/edit", {"region": "West"})
    told(visitor, path, "West", "is changed")
    stale = visitor.submit(f"{path}/edit", {"name": "Other", "version": old["version"]}, status=409)
    assert "Someone changed this after you opened it" in stale.text
    assert form_values(stale.form())["name"] == "Other"
    page = visitor.get(went(press(visitor, f"{path}/close")))
    assert "is closed" in page.text and "no new one can start" in page.text
    assert "Riga" not in visitor.get("/data/units").text
    told(visitor, "/data/units?shown=closed", "Riga")
    (undo,) = set(links(page, "/reopen"))
    press(visitor, undo)
    told(visitor, path, "is open again")


def test_a_list_is_looked_at_mended_and_stored(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    page = visitor.submit("/data/units/import", {"lines": LIST}, form_id="import", status=422)
    assert "2 lines are wrong" in page.text and "one person who is responsible" in page.text
    given = {"lines": LIST, "responsible": visitor.world.ids["member"]}
    page = visitor.submit("/data/units/import", given, form_id="import", status=200)
    assert "2 are new" in page.text and "Store 2 lines" in page.text
    told(visitor, "/data/units", "No store is known yet")
    press(visitor, "/data/units/import", given | {"do": "store", "once": "a"})
    told(visitor, "/data/units", "North", "Alfa", "not chosen", "2 lines are stored.")
    changed = LIST.replace("Alfa;;Baltic", "Alfa;team;Nordic")
    page = visitor.submit(
        "/data/units/import", given | {"lines": changed}, form_id="import", status=200
    )
    assert "1 changes" in page.text and "Region: Baltic → Nordic" in page.text


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("", "Paste a list, or choose a file"),
        ("Name;Region\nRiga;Baltic\n", "No column of the first line is called “Code”"),
        ("Code;Name\n", "Paste a list, or choose a file"),
        ("Code;Name;name\nS;a;b\n", "Two columns are taken for “Name”"),
        ("Code;Kind\nS-1;castle\n", "“castle” is no kind"),
        ("Code;Name\nS-1;a\ns-1;b\n", "stands on line 2 already"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_why(visitor: Visitor, lines: str, words: str) -> None:
    visitor.sign_in("analyst")
    given = {"lines": lines, "responsible": visitor.world.ids["member"]}
    page = visitor.submit("/data/units/import", given, form_id="import", status=422)
    assert words in page.text


def test_a_workbook_of_them_comes_back_as_it_went(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    path = enter(visitor, code="007")
    answer = visitor.browser.client.get("/data/units/export.xlsx")
    assert answer.status_code == 200
    file = (io.BytesIO(answer.data), "units.xlsx")
    page = visitor.submit("/data/units/import", {"file": file}, form_id="import", status=200)
    assert "1 stays as it is" in page.text and "Columns that are not read: Closed." in page.text
    assert visitor.browser.client.get(f"{path}/weeks.csv").status_code == 200
    assert visitor.browser.client.get("/data/units/weeks.parquet").status_code == 200


# ------------------------------------------------------------------------ where a hypothesis runs
def test_no_test_starts_where_nobody_chose_how_to_sell(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in("analyst")
    path = enter(visitor, sales_model="", technology="")
    told(visitor, path, "How it sells is not chosen yet")
    visitor.sign_in("member")
    told(visitor, f"/hypotheses/{key}/plan", "Where it runs and what it moves", "Start the test")
    where = f"/hypotheses/{key}/where"
    told(visitor, where, "Riga", "not chosen how it sells")
    visitor.submit(where, {"pasted": "r7", "lever": "check", "technology": "cold calls"})
    for place in (f"/hypotheses/{key}", f"/hypotheses/{key}/plan"):
        told(visitor, place, "Riga", "Average check", "choose its sales model and its technology")
    assert "Start the test" not in visitor.get(f"/hypotheses/{key}/plan").text
    page = visitor.get(f"/hypotheses/{key}")
    assert page.links["Look at it"] == path, "who may not choose is led to the store"
    assert "Analysts, leaders and administrators choose them." in page.text
    visitor.sign_in("leader")
    page = visitor.get(f"/hypotheses/{key}")
    assert page.links["Choose them"] == f"{path}/edit#sales_model"
    assert visitor.get(path).links["Choose them"] == f"{path}/edit#sales_model"
    visitor.sign_in("member")
    # Straight at the address, too; and it is logged.
    page = press(visitor, f"/hypotheses/{key}/start", {"once": "x"}, status=422)
    assert "choose its sales model and its technology" in page.text
    assert visitor.state(key) == "planned"
    assert visitor.events(key)[0] == (
        "refused", {"step": "start", "blockers": ["unit_not_ready"]}
    )  # fmt: skip
    visitor.sign_in("analyst")
    visitor.submit(f"{path}/edit", {"sales_model": "passive", "technology": "self-service"})
    told(visitor, f"/hypotheses/{key}", "“cold calls” goes with the other sales model")
    told(visitor, f"/hypotheses/{key}/plan", "Start the test", "goes with the other sales model")


def test_where_it_runs_names_what_it_does_not_know(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in("analyst")
    enter(visitor)
    where = f"/hypotheses/{key}/where"
    page = visitor.submit(where, {"pasted": "R7, elsewhere"}, status=422)
    assert "There is no store, territory or team “elsewhere”." in page.text
    assert form_values(page.form("where"))["pasted"] == "R7, elsewhere"
    visitor.submit(where, {"pasted": "R7"})
    stale = visitor.submit(where, {"technology": "tenders", "version": "0"}, status=409)
    assert "Someone changed this after you opened it" in stale.text
    told(visitor, f"/hypotheses/{key}", "said where it runs and what it moves")
    visitor.sign_in("viewer")
    page = visitor.get(where)
    assert "Riga" in page.text and "<textarea" not in page.text
