"""A pilot planned on its pages: typed, asked whether it can succeed, drawn by chance, judged."""

from __future__ import annotations

import io
import re
from contextlib import closing
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.factories.past_weeks import past_weeks
from tests.fixtures.pages import Page, form_values
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_plan import save, stored

__all__ = ["visitor"]

TYPED: dict[str, Any] = {
    "design": "pilot", "metric_name": "Revenue of a week", "better": "higher",
    "pilot_threshold": "10", "pilot_effect": "12,5", "treated": "s07", "start": "27",
    "planned_units": "8", "components": "training, bonus",
    "budget_amount": "300", "budget_currency": "EUR",
}  # fmt: skip
PLAN: dict[str, Any] = {
    "design": "pilot", "variant": None, "control": None, "split": None, "baseline": None,
    "metrics": [{"name": "Revenue", "kind": "mean", "columns": ["revenue"], "role": "primary",
                 "threshold": "10%", "better": "higher"}],
    "site": "store", "time": "week", "value": "revenue", "treated": ["s07", "s12"], "start": "27",
    "planned_units": 8,
}  # fmt: skip


def test_a_pilot_is_typed_in_percent_and_shown_again(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    save(visitor, key, TYPED)
    body = stored(visitor, key)
    assert body["design"] == "pilot"
    assert body["treated"] == ["s07"]
    assert body["controls"] == []
    assert body["expected_effect"] == 0.125
    assert body["metrics"][0]["threshold"] == "10%"
    assert body["metrics"][0]["kind"] == "mean"
    assert body["components"] == ["training", "bonus"]
    assert (body["method"], body["scale"], body["decide"]) == ("did", "log", "placebo")
    shown = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"))
    assert (shown["pilot_threshold"], shown["pilot_effect"]) == ("10", "12.5")
    assert shown["treated"] == "s07"


def test_a_ratio_is_typed_as_two_columns_and_shown_again(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan"
    typed = TYPED | {"value": "revenue", "divisor": "receipts"}
    page = visitor.submit(path, typed, form_id="plan-form", button="add:metrics", status=200)
    data = form_values(page.form("plan-form"), "save")
    guardrail = {
        "name": "Returns", "role": "guardrail", "kind": "ratio", "better": "lower",
        "column": "returned", "column2": "receipts", "margin": "2",
    }  # fmt: skip
    for name, value in guardrail.items():
        data[f"metrics-0-{name}"] = value
    visitor.browser.post(path, data)
    body = stored(visitor, key)
    assert body["value"] == "revenue"
    primary, other = body["metrics"]
    assert (primary["kind"], primary["columns"]) == ("ratio", ["revenue", "receipts"])
    assert (other["kind"], other["columns"]) == ("ratio", ["returned", "receipts"])
    shown = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"))
    assert (shown["value"], shown["divisor"]) == ("revenue", "receipts")
    save(visitor, key, {})
    assert stored(visitor, key) == body
    page = save(visitor, key, {"value": ""}, status=422)
    assert "two columns" in page.text or "numerator" in page.text


def test_an_impossible_first_day_is_refused_at_its_field(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = save(visitor, key, TYPED | {"start": "2026-02-30"}, status=422)
    assert "“2026-02-30” is no day of the calendar." in page.text


@pytest.mark.parametrize("typed", ["s07, s12", "s07\r\ns12\r\n", "s07\ts12", "s07; s12, s07"])
def test_sites_are_taken_as_they_are_pasted(visitor: Visitor, typed: str) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    save(visitor, key, TYPED | {"treated": typed})
    assert stored(visitor, key)["treated"] == ["s07", "s12"]


@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_saving_a_pilot_as_shown_changes_nothing(visitor: Visitor, language: str) -> None:
    key = visitor.make(
        "planned", **PLAN | {"scale": "linear", "decide": "store_t", "controls": ["s01", "a, b"],
                             "expected_effect": 12.5}
    )  # fmt: skip
    before = stored(visitor, key)
    visitor.sign_in()
    visitor.browser.get(f"/language/{language}", status=302)
    save(visitor, key, {})
    assert stored(visitor, key) == before


def test_faults_stand_at_the_fields_of_the_pilot(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = save(visitor, key, TYPED | {"pilot_threshold": "much", "start": "x" * 201}, status=422)
    assert "Write a number" in page.text
    form = page.form("plan-form")
    assert form_values(form)["treated"] == "s07"


def test_what_a_pilot_lacks_leads_to_its_fields(visitor: Visitor) -> None:
    key = visitor.make("planned", **PLAN | {"treated": [], "start": None})
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/plan")
    assert f"/hypotheses/{key}/plan#treated" in page.html
    assert f"/hypotheses/{key}/plan#start" in page.html


def test_a_plan_that_becomes_a_pilot_reads_in_the_history(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    save(visitor, key, TYPED)
    save(visitor, key, {"treated": "s08"})
    page = visitor.get(f"/hypotheses/{key}/history")
    assert "Sites that get the change" in page.text


def test_too_few_named_sites_are_told_before_any_weeks_are_there(visitor: Visitor) -> None:
    controls = [f"s{number:02d}" for number in range(8, 20)]
    key = visitor.make("planned", **PLAN | {"treated": ["s07"], "controls": controls})
    visitor.sign_in()
    for path in (f"/hypotheses/{key}", f"/hypotheses/{key}/plan", f"/hypotheses/{key}/pilot"):
        said = visitor.get(path).text
        assert "1 pilot and 12 controls the smallest p that chance leaves is 0.077" in said, path


def test_the_page_of_the_hypothesis_asks_for_past_weeks(visitor: Visitor) -> None:
    key = visitor.make("planned", **PLAN)
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}")
    assert "Attach past weeks of all sites" in page.text
    assert f"/hypotheses/{key}/pilot" in page.html


# ------------------------------------------------------------------------- past weeks


def attach(visitor: Visitor, key: str, content: bytes, name: str = "w.csv", **more: Any) -> Page:
    data = form_values(visitor.get(f"/hypotheses/{key}/pilot").form("history"))
    data["file"] = (io.BytesIO(content), name)
    builder = EnvironBuilder(method="POST", data=data)
    sent = builder.get_environ()
    with closing(builder), closing(sent["wsgi.input"]) as stream:
        body, kind = stream.read(), sent["CONTENT_TYPE"]
    path = f"/hypotheses/{key}/pilot/history"
    return visitor.browser.post(path, body, content_type=kind, **more)


@pytest.fixture
def planned(visitor: Visitor) -> str:
    """A pilot with past weeks, its lead signed in; the key."""
    key = visitor.make("planned", **PLAN | {"treated": ["s07"]})
    visitor.sign_in()
    attach(visitor, key, past_weeks(), status=302)
    return key


def test_an_empty_page_says_what_past_weeks_are_for(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/pilot")
    assert "No verdict rests on these weeks" in page.text


def test_one_pilot_of_fifteen_is_told_that_it_cannot_be_confirmed(
    visitor: Visitor, planned: str
) -> None:
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    assert "15 sites, 26 periods" in page.text
    assert "smallest p that chance leaves is 0.067" in page.text
    assert "What would help most" in page.text
    # The row of one pilot says what Student's t would see, marked as such.
    assert re.search(r"t: \+\d+\.\d%", page.text)
    assert "could be confirmed by the placebo test, which decides" in page.text
    # Beside the form of the plan, too.
    assert "0.067" in visitor.get(f"/hypotheses/{planned}/plan").text


def test_the_change_that_helps_most_is_one_press_away(visitor: Visitor, planned: str) -> None:
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    forms = [form for form in page.tree.iter("form") if (form.get("action") or "").endswith("take")]
    visitor.browser.open(
        forms[0].get("action") or "", method="POST", data=form_values(forms[0]), status=302
    )
    body = stored(visitor, planned)
    assert len(body["treated"]) == 2
    assert "cannot be confirmed" not in visitor.get(f"/hypotheses/{planned}/pilot").text


def test_ticked_controls_become_the_plan(visitor: Visitor, planned: str) -> None:
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    token = visitor.token()
    form = page.form("draw")
    sent = {
        "csrf_token": token, "version": form_values(form)["version"], "part": "controls",
        "controls": ["s01", "s02", "s03"],
    }  # fmt: skip
    visitor.world.later()
    visitor.browser.post(f"/hypotheses/{planned}/pilot/take", sent, status=302)
    assert stored(visitor, planned)["controls"] == ["s01", "s02", "s03"]
    late = sent | {"controls": ["s04"]}
    visitor.browser.post(f"/hypotheses/{planned}/pilot/take", late, status=409)
    strange = sent | {"controls": ["nowhere"], "once": "other"}
    refused = visitor.browser.post(f"/hypotheses/{planned}/pilot/take", strange, status=422)
    assert "“nowhere” is not among the sites" in refused.text
    opened = form_values(visitor.get(f"/hypotheses/{planned}/pilot").form("draw"))["version"]
    wild = {"csrf_token": token, "version": opened, "alpha": "7"}
    refused = visitor.browser.post(f"/hypotheses/{planned}/pilot/take", wild, status=422)
    assert "alpha" in refused.text and "needs another look" not in refused.text


def test_every_draw_can_be_seen(visitor: Visitor, planned: str) -> None:
    for _time in range(2):
        visitor.submit(f"/hypotheses/{planned}/pilot", {"count": "2"}, form_id="draw")
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    assert "The pilots were drawn 2 times" in page.text
    drawn = [details for verb, details in visitor.events(planned) if verb == "pilots_drawn"]
    assert len(drawn) == 2
    assert stored(visitor, planned)["treated"] == drawn[0]["drawn"]
    # Evenly from both regions: odd sites lie in the north, even ones in the south.
    assert {int(site[1:]) % 2 for site in drawn[0]["drawn"]} == {0, 1}
    again = visitor.submit(
        f"/hypotheses/{planned}/pilot", {"count": "2", "seed": drawn[1]["seed"]}, form_id="draw"
    )
    assert again.status == 302
    assert stored(visitor, planned)["treated"] == drawn[1]["drawn"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"count": "0"}, "one site or more"),
        ({"count": "15"}, "more than are drawn"),
        ({"count": "two"}, "Write a number"),
        ({"count": "2", "seed": "lucky"}, "A seed is a whole number"),
    ],
)
def test_a_draw_that_cannot_be_meant_says_why(
    visitor: Visitor, planned: str, typed: dict[str, str], said: str
) -> None:
    page = visitor.submit(f"/hypotheses/{planned}/pilot", typed, form_id="draw", status=422)
    assert said in page.text
    assert form_values(page.form("draw"))["count"] == typed["count"]


def test_columns_are_chosen_and_what_makes_no_sites_is_refused(
    visitor: Visitor, planned: str
) -> None:
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    form = next(f for f in page.tree.iter("form") if (f.get("action") or "").endswith("columns"))
    data = form_values(form)
    data.setlist("time", ["revenue"])
    path = f"/hypotheses/{planned}/pilot/columns"
    refused = visitor.browser.open(path, method="POST", data=data, status=422)
    assert "cannot be two things" in refused.text
    data.setlist("time", ["week"])
    data.setlist("stratum", [""])
    visitor.browser.open(path, method="POST", data=data, status=302)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"week,store\n1,a\n", "fewer than three columns"),
        (b"\x00\x01\x02 not a table", "read"),
    ],
)
def test_a_file_that_is_no_past_weeks_leaves_nothing(
    visitor: Visitor, content: bytes, said: str
) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = attach(visitor, key, content, status=422)
    assert said in page.text.lower() or said in page.text
    folder = visitor.app.extensions["hadi_settings"].data_dir / "datasets"
    assert not folder.exists() or not list(folder.glob("*.parquet"))


def test_columns_that_cannot_be_guessed_are_asked_for(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    attach(visitor, key, b"a,b,c\n1,x,2\n2,x,3\n", status=302)
    page = visitor.get(f"/hypotheses/{key}/pilot")
    assert "Take these columns" in page.text
    assert "What would help most" not in page.text


def test_past_weeks_can_be_replaced_and_taken_away(visitor: Visitor, planned: str) -> None:
    folder = visitor.app.extensions["hadi_settings"].data_dir / "datasets"
    first = {path.name for path in folder.glob("*.parquet")}
    attach(visitor, planned, past_weeks(weeks=30), status=302)
    second = {path.name for path in folder.glob("*.parquet")}
    assert len(second) == 1
    assert first != second
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    form = next(f for f in page.tree.iter("form") if (f.get("action") or "").endswith("remove"))
    visitor.browser.open(
        form.get("action") or "", method="POST", data=form_values(form), status=302
    )
    assert not list(folder.glob("*.parquet"))


def test_the_history_belongs_to_planning(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/pilot")
    assert "its sites are locked" in page.text
    token = visitor.token()
    sent = {"csrf_token": token, "part": "treated", "treated": ["s01"], "version": "1"}
    visitor.browser.post(f"/hypotheses/{key}/pilot/take", sent, status=422)
    assert stored(visitor, key)["treated"] == ["s07", "s12"]


def test_whoever_may_not_plan_looks_and_changes_nothing(visitor: Visitor, planned: str) -> None:
    visitor.sign_in("viewer")
    page = visitor.get(f"/hypotheses/{planned}/pilot")
    assert "smallest p that chance leaves" in page.text
    assert "Draw the pilots" not in page.text
    token = visitor.token(f"/hypotheses/{planned}/pilot")
    for path in ("history", "columns", "take", "draw", "history/remove"):
        sent = {"csrf_token": token, "count": "1", "part": "treated", "treated": "s01"}
        visitor.browser.post(f"/hypotheses/{planned}/pilot/{path}", sent, status=403)
    assert stored(visitor, planned)["treated"] == ["s07"]
