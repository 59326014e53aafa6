"""The list of hypotheses, the board, and the list as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.fixtures.page_faults import text_of
from tests.fixtures.queries import counted
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def test_an_empty_list_teaches(visitor: Visitor) -> None:
    page = visitor.sign_in().get("/hypotheses")
    assert page.heading == "Hypotheses"
    assert "No hypotheses yet" in page.text
    assert page.links["Write the first one"] == "/hypotheses/new"


def test_a_viewer_is_not_offered_to_write(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/hypotheses")
    assert "Write the first one" not in page.links
    assert "New hypothesis" not in [text for text in page.links if "hypotheses/new" in text]


def test_a_line_shows_the_sentence_the_verdict_and_the_interval(visitor: Visitor) -> None:
    visitor.make("measured", change="lay a cable beside every lamp")
    page = visitor.sign_in().get("/hypotheses")
    assert "If we lay a cable beside every lamp" in page.text and "add-on sales rise" in page.text
    assert "Confirmed" in text_of(page.by_id("results"))
    drawn = [part for part in page.tree.iter() if "interval--list" in part.get("class", "")]
    assert len(drawn) == 1
    assert "+5.0" in drawn[0].get("aria-label", "")


def test_filters_stand_in_the_address(visitor: Visitor) -> None:
    visitor.make("idea", change="greet within ten seconds")
    visitor.make("measured", change="lay a cable beside every lamp")
    visitor.sign_in()
    assert "greet" not in visitor.get("/hypotheses?q=cable").text
    assert "greet" not in visitor.get("/hypotheses?verdict=confirmed").text
    assert "cable" not in visitor.get("/hypotheses?state=idea").text
    owner = visitor.world.ids["member"]
    assert "greet" not in visitor.get(f"/hypotheses?owner={owner}").text
    assert "1–2 of 2" in visitor.get("/hypotheses?mine=1").text


def test_mine_is_what_one_wrote_owns_or_stewards(visitor: Visitor) -> None:
    visitor.make("idea", change="greet within ten seconds", by="leader")
    visitor.make("planned", change="lay a cable beside every lamp")
    page = visitor.sign_in("analyst").get("/hypotheses?mine=1")
    assert "cable" in page.text and "greet" not in page.text


def test_the_states_are_counted_for_the_search(visitor: Visitor) -> None:
    visitor.make("idea", change="greet within ten seconds")
    visitor.make("idea", change="lay a cable beside every lamp")
    visitor.make("planned", change="lay a cable under every lamp")
    page = visitor.sign_in().get("/hypotheses?q=cable")
    assert page.links["Idea1"] == "/hypotheses?q=cable&state=idea"
    assert "Planned1" in page.links and "All2" in page.links


def test_nothing_found_says_how_to_go_on(visitor: Visitor) -> None:
    visitor.make("idea")
    page = visitor.sign_in().get("/hypotheses?q=zeppelin")
    assert "Nothing found" in page.text
    assert page.links["Clear the filters"] == "/hypotheses"


def test_what_cannot_be_read_in_the_address_is_not_asked_for(visitor: Visitor) -> None:
    visitor.make("idea")
    visitor.sign_in()
    for query in ("state=x", "verdict=x", "page=-3", "page=99999999999999999999", "sort=x"):
        assert "lay a cable" in visitor.get(f"/hypotheses?{query}").text
    visitor.get("/hypotheses?owner=%00%00&q=%00lamp%00")
    visitor.get("/hypotheses?q=" + "x" * 5000)


def test_pages_lead_to_each_other(visitor: Visitor) -> None:
    for n in range(33):
        visitor.make("idea", change=f"idea number {n}")
    visitor.sign_in()
    first = visitor.get("/hypotheses?sort=number")
    assert "1–30 of 33" in first.text
    second = visitor.get(first.links["Next"])
    assert "31–33 of 33" in second.text
    assert "idea number 32" in second.text and "idea number 1 " not in second.text


def test_typing_gets_the_results_alone(visitor: Visitor) -> None:
    visitor.make("idea")
    page = visitor.sign_in().get("/hypotheses?q=cable", headers={"HX-Request": "true"})
    assert page.by_id("results") is not None
    assert not list(page.tree.iter("h1"))
    assert "HX-Request" in page.response.headers["Vary"]


def test_going_back_gets_the_whole_page(visitor: Visitor) -> None:
    visitor.make("idea")
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert visitor.sign_in().get("/hypotheses", headers=headers).heading == "Hypotheses"


@pytest.mark.parametrize("path", ["/hypotheses", "/hypotheses/board", "/hypotheses/export.csv"])
def test_queries_do_not_grow_with_the_hypotheses(visitor: Visitor, path: str) -> None:
    def make(many: int) -> None:
        for n in range(many):
            visitor.make(("idea", "planned", "measured")[n % 3], change=f"idea number {n}")

    visitor.sign_in()
    make(3)
    visitor.get(path)
    with counted(visitor.app) as few:
        visitor.get(path)
    make(57)
    with counted(visitor.app) as many:
        visitor.get(path)
    assert len(many) == len(few), "\n".join(many)


def test_the_board_has_a_column_for_each_state(visitor: Visitor) -> None:
    visitor.make("idea", change="greet within ten seconds")
    key = visitor.make("measured", change="lay a cable beside every lamp")
    page = visitor.sign_in().get("/hypotheses/board")
    for words in ("Idea1", "Planned0", "Running0", "Measured1", "Concluded0"):
        assert words in page.text.replace(" ", "")
    assert page.links["If we lay a cable beside every lamp"] == f"/hypotheses/{key}"
    assert "Nothing is dragged here" in page.text


def test_a_full_column_leads_to_the_list(visitor: Visitor) -> None:
    for n in range(22):
        visitor.make("idea", change=f"idea number {n}")
    page = visitor.sign_in().get("/hypotheses/board")
    assert page.links["Show all 22"] == "/hypotheses?state=idea"


def test_the_board_without_anything_teaches(visitor: Visitor) -> None:
    assert "No hypotheses yet" in visitor.sign_in().get("/hypotheses/board").text


def read_csv(response: Any) -> list[dict[str, str]]:
    text = response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_csv_holds_what_the_list_finds(visitor: Visitor) -> None:
    visitor.make("idea", change="greet within ten seconds")
    visitor.make("measured", change="lay a cable beside every lamp")
    page = visitor.sign_in().get("/hypotheses/export.csv?q=cable")
    assert page.response.mimetype == "text/csv"
    assert "hypotheses-2026-02-2" in page.response.headers["Content-Disposition"]
    (row,) = read_csv(page.response)
    assert (row["Key"], row["State"], row["Verdict"]) == ("H-2", "Measured", "Confirmed")
    assert float(row["Difference"]) == pytest.approx(0.05)
    assert row["Owner"] == "Mira Petrova"
    assert row["Verdict in words"].startswith("It works: “Add-on sale”")


def test_a_cell_that_would_run_is_made_harmless(visitor: Visitor) -> None:
    visitor.make("idea", change="=cmd|' /C calc'!A0", title="+1 cable")
    visitor.make("idea", change="say hello\x0b\x07 first")
    (second, first) = read_csv(visitor.sign_in().get("/hypotheses/export.csv").response)
    assert first["If we"] == "'=cmd|' /C calc'!A0"
    assert first["Short title"] == "'+1 cable"
    assert second["If we"] == "say hello first"


def test_the_workbook_holds_the_same(visitor: Visitor) -> None:
    import openpyxl

    visitor.make("idea", change="=1+1")
    visitor.make("measured")
    visitor.make("idea", change="say hello\x0b\x07 first")
    response = visitor.sign_in().browser.client.get("/hypotheses/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.get_data())).active
    assert sheet is not None
    head, *rows = list(sheet.iter_rows(values_only=True))
    assert head[0] == "Key" and len(rows) == 3
    assert {row[3] for row in rows} >= {"'=1+1", "say hello first"}


def test_other_files_are_not_offered(visitor: Visitor) -> None:
    visitor.sign_in().get("/hypotheses/export.pdf", status=404)


def test_the_list_is_behind_the_sign_in(visitor: Visitor) -> None:
    assert "/login" in visitor.get("/hypotheses", status=302).response.headers["Location"]
