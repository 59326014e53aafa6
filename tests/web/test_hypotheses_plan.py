"""The page of a plan: typed in percent, saved as a draft, locked, changed in the open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.pages import Page, form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

PRIMARY = {"metric_name": "Moved on", "better": "higher", "baseline": "25", "threshold": "5"}


def stored(visitor: Visitor, key: str) -> dict[str, Any]:
    from hadi.services import hypotheses

    with visitor.app.app_context():
        test = hypotheses.find(key, by=visitor.world.actor()).current_test
        assert test is not None and test.plan_version is not None
        return dict(test.plan_version.body)


def save(visitor: Visitor, key: str, values: dict[str, Any], **options: Any) -> Page:
    return visitor.submit(
        f"/hypotheses/{key}/plan", values, form_id="plan-form", button="save", **options
    )


def test_percent_is_typed_and_fractions_are_stored(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    save(visitor, key, {
        **PRIMARY, "expected_effect": "6", "alpha": "5", "power": "80", "arms-0-name": "A",
        "arms-1-name": "B", "arms-0-share": "70", "arms-1-share": "30", "planned_units": "1 300",
        "budget_amount": "20 000,50", "budget_currency": "rub",
    })  # fmt: skip
    body = stored(visitor, key)
    assert body["baseline"] == 0.25 and body["expected_effect"] == 0.06
    assert body["metrics"][0]["threshold"] == 0.05 and body["metrics"][0]["kind"] == "conversion"
    assert body["split"] == {"A": 0.7, "B": 0.3} and body["control"] == "A"
    assert (body["alpha"], body["power"], body["planned_units"]) == (0.05, 0.8, 1300)
    assert body["budget"] == {"amount": "20000.50", "currency": "RUB"}
    page = visitor.get(f"/hypotheses/{key}/plan")
    shown = form_values(page.form("plan-form"))
    assert (shown["baseline"], shown["threshold"], shown["arms-0-share"]) == ("25", "5", "70")


def test_saving_what_is_shown_changes_nothing(visitor: Visitor) -> None:
    metrics = [
        {"name": "Time", "kind": "mean", "columns": ["minutes"], "role": "primary",
         "threshold": "7.1%", "better": "lower", "proxy": True},
        {"name": "Returns", "kind": "conversion", "columns": ["back"], "role": "guardrail",
         "better": "lower", "margin": 0.011},
    ]  # fmt: skip
    key = visitor.make(
        "planned", metrics=metrics, baseline=12.5, baseline_sd=3.3, expected_effect=-1.1,
        alpha=0.1, power=0.9, starts_on="2026-03-01", ends_on="2026-04-01", unit="call",
        split={"A": 0.2, "B": 0.3, "C": 0.5},
    )  # fmt: skip
    before = stored(visitor, key)
    for language in ("en", "ru", "hu"):
        visitor.sign_in()
        visitor.browser.get(f"/language/{language}", status=302)
        save(visitor, key, {})
        assert stored(visitor, key) == before


@pytest.mark.parametrize(("language", "typed"), [("en", "2.5"), ("ru", "2,5"), ("hu", "2,5 %")])
def test_the_readers_decimal_sign_is_read(visitor: Visitor, language: str, typed: str) -> None:
    key = visitor.make("idea")
    visitor.sign_in().browser.get(f"/language/{language}", status=302)
    save(visitor, key, PRIMARY | {"threshold": typed})
    assert stored(visitor, key)["metrics"][0]["threshold"] == 0.025


def test_what_is_better_when_less_is_typed_as_an_improvement(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    mean = PRIMARY | {"metric_kind": "mean", "better": "lower", "baseline": "12", "threshold": "1"}
    save(visitor, key, mean | {"baseline_sd": "4", "expected_effect": "2"})
    assert stored(visitor, key)["expected_effect"] == -2.0
    page = visitor.get(f"/hypotheses/{key}/plan")
    assert form_values(page.form("plan-form"))["expected_effect"] == "2"


def test_a_draft_may_be_empty_and_every_blocker_leads_to_its_field(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    save(visitor, key, {})
    page = visitor.get(f"/hypotheses/{key}/plan")
    ids = {element.get("id") for element in page.tree.iter()}
    links = [
        a.get("href", "") for a in page.by_id("blockers").iter("a") if "/plan#" in a.get("href", "")
    ]
    assert len(links) >= 5 and {link.partition("#")[2] for link in links} <= ids
    assert "Choose one primary metric." in page.text and "Set a budget cap" in page.text
    assert visitor.state(key) == "idea"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"baseline": "a quarter"}, "Write a number, such as 2.5 or 1250."),
        ({"planned_units": "12.5"}, "Write a whole number."),
        ({"planned_units": "-5"}, "cannot be below 0"),
        ({"alpha": "80"}, "“Accepted risk of a false alarm” has to be above 0.0% and below 50.0%."),
        ({"expected_effect": "-3"}, "Write the improvement as a number above zero."),
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "before the first day"),
        ({"budget_amount": "10", "budget_currency": "€"}, "three-letter code"),
        ({"arms-0-name": "A", "arms-1-name": "B", "arms-1-share": ""}, "Say which share"),
        ({"arms-1-name": "B"}, "Name the control arm too."),
        ({"metric_name": "x" * 90}, "80"),
        ({"owner": "somebody else"}, "is not an active person"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    visitor: Visitor, values: dict[str, str], sentence: str
) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = save(visitor, key, PRIMARY | values, status=422)
    assert sentence in page.text
    shown = form_values(page.form("plan-form"))
    for name, typed in values.items():
        if name != "owner":  # a select offers nobody who is not there
            assert shown[name] == typed


def test_rows_are_added_and_removed_without_scripts(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan"
    page = visitor.submit(path, PRIMARY, form_id="plan-form", button="add:metrics", status=200)
    data = form_values(page.form("plan-form"), "add:metrics")
    assert data["metric_name"] == "Moved on"
    data["metrics-0-name"] = "Returns"
    page = visitor.browser.post(path, data, status=200)
    data = form_values(page.form("plan-form"), "remove:metrics-0")
    data["metrics-1-name"], data["metrics-1-better"] = "Complaints", "lower"
    page = visitor.browser.post(path, data, status=200)
    data = form_values(page.form("plan-form"), "add:arms")
    assert "Returns" not in data.values() and data["metrics-0-name"] == "Complaints"
    page = visitor.browser.post(path, data, status=200)
    assert "New arm 2" in page.text
    visitor.browser.post(path, form_values(page.form("plan-form"), "save"))
    assert [m["name"] for m in stored(visitor, key)["metrics"]] == ["Moved on", "Complaints"]


def test_the_answer_follows_the_form(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/plan")
    assert "The answer appears here" in page.text
    data = form_values(page.form("plan-form"))
    for name, typed in (PRIMARY | {"expected_effect": "5"}).items():
        data[name] = typed
    headers = {"HX-Request": "true", "X-CSRFToken": data["csrf_token"]}
    answer = visitor.browser.post(
        f"/hypotheses/{key}/plan/answer", data, status=200, headers=headers
    )
    assert "1,251" in answer.text and "50.0%" in answer.text
    assert "about half the time" in answer.text and "Can this test succeed?" in answer.text
    data["baseline"] = "no number"
    answer = visitor.browser.post(
        f"/hypotheses/{key}/plan/answer", data, status=200, headers=headers
    )
    assert "Say what the metric is today" in answer.text
    page = visitor.submit(
        f"/hypotheses/{key}/plan", PRIMARY | {"expected_effect": "90"}, form_id="plan-form",
        button="save", status=302,
    )  # fmt: skip
    assert "has to stay between 0% and 100%" in visitor.get(f"/hypotheses/{key}/plan").text


def test_a_stale_plan_keeps_what_was_typed(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan"
    data = form_values(visitor.get(path).form("plan-form"), "save")
    visitor.world.later()
    save(visitor, key, {"planned_units": "2000"})
    data["planned_units"] = "3000"
    page = visitor.browser.post(path, data, status=409)
    assert stored(visitor, key)["planned_units"] == 2000
    assert "Someone saved this plan after you opened it" in page.text
    assert "2,000" in page.text and "3,000" in page.text
    again = form_values(page.form("plan-form"), "save")
    assert again["planned_units"] == "3000"
    visitor.browser.post(path, again)
    assert stored(visitor, key)["planned_units"] == 3000


def test_a_plan_sent_twice_is_saved_once(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan"
    data = form_values(visitor.get(path).form("plan-form"), "save")
    data["metric_name"] = "Moved on"
    visitor.browser.post(path, data)
    visitor.browser.post(path, data)
    assert [verb for verb, _ in visitor.events(key)].count("plan_saved") == 1


def test_a_complete_plan_offers_the_start(visitor: Visitor) -> None:
    key = visitor.make("planned")
    page = visitor.sign_in().get(f"/hypotheses/{key}/plan")
    (start,) = [f for f in page.tree.iter("form") if f.get("action", "").endswith("/start")]
    visitor.browser.post(start.get("action", ""), form_values(start))
    page = visitor.get(f"/hypotheses/{key}/plan")
    digest = page.by_id("plan-digest").get("value", "")
    assert len(digest) == 64 and "Locked" in page.text and "Version 1" in page.text


def test_a_running_plan_changes_in_the_open(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan/amend"
    page = visitor.submit(
        path, {"planned_units": "1500"}, form_id="plan-form", button="save", status=422
    )
    assert "give the reason for changing its plan" in page.text
    values = {"planned_units": "1500", "reason": "More deals than thought."}
    visitor.submit(path, values, form_id="plan-form", button="save")
    page = visitor.get(f"/hypotheses/{key}/plan")
    for words in ("Version 2", "in force", "More deals than thought.", "1,000", "1,500"):
        assert words in page.text
    assert stored(visitor, key)["planned_units"] == 1500


def test_after_the_data_a_plan_stays(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    data = form_values(visitor.get(f"/hypotheses/{key}/plan/amend").form("plan-form"), "save")
    data["reason"], data["planned_units"] = "Later.", "10"
    with visitor.app.app_context():
        from hadi.services import datasets, hypotheses

        found = hypotheses.find(key, by=visitor.world.actor())
        counts = [{"arm": arm, "units": 10, "successes": 1} for arm in "AB"]
        datasets.attach_counts(
            found.id, counts=counts, by=visitor.world.actor("analyst"), now=visitor.world.now
        )
        data["version"] = str(hypotheses.find(key, by=visitor.world.actor()).version)
    page = visitor.browser.post(f"/hypotheses/{key}/plan/amend", data, status=422)
    assert "Data are attached, so the plan stays as it was" in page.text
    assert f"/hypotheses/new?after={key}" in page.html
    assert stored(visitor, key)["planned_units"] == 1000
    visitor.get(f"/hypotheses/{key}/plan/amend", status=302)
    assert visitor.events(key)[0][0] == "refused"


def test_a_viewer_reads_and_is_refused_and_that_is_logged(visitor: Visitor) -> None:
    key = visitor.make("planned")
    page = visitor.sign_in("viewer").get(f"/hypotheses/{key}/plan")
    assert "Add-on sale" in page.text and "plan-form" not in page.html
    for path in ("plan", "plan/amend"):
        data = {"csrf_token": visitor.token(f"/hypotheses/{key}/plan"), "do": "save"}
        visitor.browser.post(f"/hypotheses/{key}/{path}", data, status=403)
        verb, details = visitor.events(key)[0]
        assert (verb, details["step"]) == ("refused", "edit_plan")
        assert details["blockers"] == ["not_allowed.plan.edit"]


def test_the_plan_of_an_unknown_hypothesis_is_not_found(visitor: Visitor) -> None:
    visitor.sign_in()
    for path in ("plan", "plan/amend", "data", "conclusion", "data/counts"):
        visitor.get(f"/hypotheses/H-99/{path}", status=404)


def test_what_cannot_be_meant_is_said_with_the_way_to_its_field(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    save(visitor, key, PRIMARY | {"variant": "arm", "unit": "arm", "segments": "region, arm"})
    page = visitor.get(f"/hypotheses/{key}")
    assert "The column “arm” is named twice" in page.text
    assert "“arm” cannot be a segment" in page.text
    hrefs = [link.get("href") for link in page.tree.iter("a")]
    assert f"/hypotheses/{key}/plan#unit" in hrefs
    assert visitor.get(f"/hypotheses/{key}/plan").by_id("unit").get("value") == "arm"
