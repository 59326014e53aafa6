"""Today: what needs whoever opens it, an empty workspace, and the page of the weekly meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fixtures.queries import counted
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.winners import Winner

__all__ = ["visitor"]


def test_an_empty_workspace_is_shown_the_way(visitor: Visitor) -> None:
    page = visitor.sign_in().get("/")
    assert page.heading == "From an idea to evidence, in three steps"
    assert page.links["Write the first hypothesis"] == "/hypotheses/new"


def test_a_viewer_of_an_empty_workspace_is_offered_nothing_to_write(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/")
    assert "Write the first hypothesis" not in page.text
    assert "Whoever submits hypotheses writes the first one." in page.text


def test_what_waits_is_grouped_and_counted(visitor: Visitor) -> None:
    visitor.make("idea", change="greet within ten seconds")
    visitor.make("measured", change="lay a cable beside every lamp")
    page = visitor.sign_in().get("/")
    assert page.heading == "Today"
    assert page.links["Insight missing 1"] == "#insight"
    assert page.links["Complete the idea 1"] == "#complete"
    text = page.text
    assert text.index("lay a cable") < text.index("greet within ten seconds")
    assert "The result is there, what we learned is not." in text
    assert "Say what we expect to happen" in text
    for name in ("insight", "complete"):
        assert page.by_id(name) is not None


@pytest.mark.parametrize(
    ("stage", "button"),
    [
        ("idea", "Complete the sentence: H-1"),
        ("planned", "Look and start: H-1"),
        ("running", "Attach data: H-1"),
        ("measured", "Write the insight: H-1"),
    ],
)
def test_each_line_has_the_one_button(visitor: Visitor, stage: str, button: str) -> None:
    visitor.make(stage)
    page = visitor.sign_in().get("/")
    named = [a for a in page.tree.iter("a") if a.get("aria-label") == button]
    assert len(named) == 1
    assert "btn-primary" in named[0].get("class", "")
    visitor.get(named[0].get("href", "").partition("#")[0])


def test_a_missing_plan_and_an_end_that_is_over_are_said(visitor: Visitor) -> None:
    day = visitor.world.now.date()
    visitor.make("idea", effect="sales rise", reason="nobody has to ask")
    visitor.make("running", ends_on=(day + timedelta(days=3)).isoformat())
    assert "The sentence stands; the plan is not complete." in visitor.sign_in().get("/").text
    assert "No data yet. Its last day is 5 Feb 2026." in visitor.get("/").text
    visitor.world.later(days=9)
    assert "Its last day was 5 Feb 2026, and no data are there." in visitor.get("/").text


def test_a_wave_to_measure_leads_to_its_roll_out(visitor: Visitor) -> None:
    winner = Winner(visitor)
    winner.move("rolling_out")
    visitor.world.later(days=58)
    page = visitor.sign_in("leader").get("/")
    assert "overdue by 2 days" in page.text
    assert page.links["Measure again"] == winner.url
    winner.measure(has_held=False)
    for path in ("/", "/meeting"):
        page = visitor.get(path)
        assert "Did not hold" in page.text
        assert "A wave did not hold: repair it, narrow where it holds, or stop." in page.text
    assert visitor.get("/").links["Choose what follows"] == winner.url


def test_many_of_a_kind_fold(visitor: Visitor) -> None:
    for n in range(7):
        visitor.make("idea", change=f"idea number {n}")
    page = visitor.sign_in().get("/")
    assert "Show 2 more" in page.text and "idea number 6" in page.text


def test_nothing_to_do_says_what_would_stand_here(visitor: Visitor) -> None:
    visitor.make("idea")
    page = visitor.sign_in("viewer").get("/")
    assert "Nothing waits for you" in page.text
    assert page.links["See what the team tests"] == "/hypotheses"


def test_the_week_and_the_pulse_stand_beside_it(visitor: Visitor) -> None:
    day = visitor.world.now.date()
    visitor.make("running", change="greet first", ends_on=(day + timedelta(days=4)).isoformat())
    page = visitor.sign_in("viewer").get("/")
    assert "6 Feb 2026 ends" in page.text and "greet first" in page.text
    assert "Pulse" not in page.text
    visitor.make("measured")
    assert "20 days from an idea to its verdict" in visitor.get("/").text


def test_the_weekly_meeting_is_for_everyone(visitor: Visitor) -> None:
    for n in range(8):
        visitor.make("running", change=f"idea number {n}")
    measured = visitor.make("measured", change="lay a cable beside every lamp")
    page = visitor.sign_in("viewer").get("/meeting")
    assert page.heading == "Weekly meeting"
    for words in ("Insight missing 1", "Attach data 8", "Results of the last seven days 1"):
        assert words in page.text
    assert page.links[measured] == f"/hypotheses/{measured}"
    assert visitor.get("/?print", status=302).response.location == "/meeting"


@pytest.mark.parametrize("path", ["/", "/meeting"])
def test_queries_do_not_grow(visitor: Visitor, path: str) -> None:
    def make(many: int) -> None:
        for n in range(many):
            visitor.make(("idea", "planned", "running", "measured")[n % 4], change=f"idea {n}")

    visitor.sign_in()
    make(4)
    visitor.get(path)
    with counted(visitor.app) as few:
        visitor.get(path)
    make(24)
    with counted(visitor.app) as many:
        visitor.get(path)
    assert len(many) == len(few), "\n".join(many)


def test_the_meeting_stays_on_one_sheet() -> None:
    from hadi.web.today.meeting_page import HEADING, LINE, SHEET, TOP, lines_on_paper

    for parts in range(2, 8):
        lines = lines_on_paper(parts)
        assert lines >= 2
        assert TOP + parts * (HEADING + lines * LINE) <= SHEET


def test_what_came_today_does_not_wait_for_zero_days(visitor: Visitor) -> None:
    visitor.make("planned")
    page = visitor.sign_in().get("/")
    assert "Waiting since today." in page.text and "0 days" not in page.text
    visitor.world.later(days=2)
    assert "Waiting for 2 days." in visitor.get("/").text


def test_the_meeting_says_what_tests_share_and_which_log_has_holes(visitor: Visitor) -> None:
    from hadi.services import hypothesis_where, unit_weeks, units

    world = visitor.world
    with visitor.app.app_context():
        body = {
            "kind": "store", "code": "S-7", "name": "Riga centre", "sales_model": "passive",
            "technology": "add-on", "responsible": world.ids["member"],
        }  # fmt: skip
        store = units.add(body=body, by=world.actor("admin"), now=world.later()).id
        for change in ("one", "two"):
            found = world.running(change, starts_on="2026-02-02", ends_on="2026-03-29")
            where = {"units": [store]}
            hypothesis_where.say(
                found.id, body=where, version=None, by=world.actor(), now=world.later()
            )
        world.later(days=20)
        week = {"week": "2026-02-02", "staff": "4"}
        unit_weeks.write(store, body=week, by=world.actor(), now=world.now)
    text = visitor.sign_in("viewer").get("/meeting").text
    assert "H-2 changes the same stores (Riga centre), " in text
    assert "Riga centre: 1 week of the test is not in the log." in text
    page = visitor.sign_in("member").get("/")
    assert page.links["Write the log of Riga centre"].endswith("#new-week")
