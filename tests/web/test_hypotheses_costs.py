"""The pages of a hypothesis's money: the ledger, the budget, what the effect is worth."""

from __future__ import annotations

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

SPENT = {"amount": "205.5", "currency": "EUR", "kind": "training", "spent_on": "2026-02-02"}
WORTH = {
    "money_currency": "EUR", "money_value_per_unit": "30", "money_margin": "50",
    "money_units_per_week": "100", "money_payback_limit_weeks": "26",
    "money_one_off_per_store": "250", "money_running_per_week": "30",
}  # fmt: skip


def spend(visitor: Visitor, key: str, **values: str) -> None:
    visitor.submit(f"/hypotheses/{key}/costs", SPENT | values, form_id="new-cost")


def test_the_ledger_teaches_and_takes_the_first_cost(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/costs")
    assert "Nothing is entered yet" in page.text
    shown = form_values(page.form("new-cost"))
    assert (shown["currency"], shown["spent_on"]) == ("EUR", visitor.world.now.date().isoformat())
    spend(visitor, key, note="a day beside the mentor")
    page = visitor.get(f"/hypotheses/{key}/costs")
    for words in ("€205.50", "Training", "a day beside the mentor", "137%", "€150"):
        assert words in page.text
    assert "The cost is entered." in page.text


def test_a_cost_that_is_refused_keeps_what_was_typed(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    page = visitor.submit(
        f"/hypotheses/{key}/costs", SPENT | {"kind": "", "amount": "-5"}, form_id="new-cost",
        status=422,
    )  # fmt: skip
    assert "Choose what the money was spent on." in page.text
    assert "Write an amount of zero or more" in page.text
    assert form_values(page.form("new-cost"))["amount"] == "-5"
    for slip in ("12,5 %", "0.001"):  # no amounts: neither 12.50 nor nothing
        visitor.submit(
            f"/hypotheses/{key}/costs", SPENT | {"amount": slip}, form_id="new-cost", status=422
        )


def test_over_120_percent_the_card_is_red_and_a_leader_decides(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    spend(visitor, key)
    for path in (f"/hypotheses/{key}", f"/hypotheses/{key}/costs"):
        page = visitor.get(path)
        assert "This test costs more than it may: €205.50 of €150." in page.text
        assert "Decide on the budget" not in page.text
    visitor.get(f"/hypotheses/{key}/budget", status=403)
    for path in ("/hypotheses", "/hypotheses/board"):
        assert "Over budget" in visitor.get(path).text
    visitor.sign_in("viewer")
    for path in ("/hypotheses", "/hypotheses/board"):
        assert "Over budget" not in visitor.get(path).text
    visitor.sign_in("leader")
    assert "Decide on the budget" in visitor.get(f"/hypotheses/{key}").text
    path = f"/hypotheses/{key}/budget"
    page = visitor.submit(path, {"choice": "continue", "cap": "200"}, status=422)
    assert "€205.50 are spent already" in page.text and "Write why" in page.text
    visitor.submit(path, {"choice": "continue", "cap": "300", "reason": "Nearly done."})
    page = visitor.get(f"/hypotheses/{key}/costs")
    for words in ("Go on, with a new cap: €300", "Nearly done.", "137% of the €150 in the plan"):
        assert words in page.text
    assert "costs more than it may" not in page.text


def test_an_entry_is_corrected_struck_out_and_taken_back(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    spend(visitor, key)
    page = visitor.get(f"/hypotheses/{key}/costs")
    addresses = [a.get("href", "") for a in page.tree.iter("a")]
    _import, edit, void = (url for url in addresses if f"/{key}/costs/" in url)
    visitor.submit(edit, {"amount": "10"})
    assert "€10" in visitor.get(f"/hypotheses/{key}/costs").text
    refused = visitor.submit(void, {"reason": ""}, status=422)
    assert "Write why the cost is struck out." in refused.text
    visitor.submit(void, {"reason": "Entered twice."})
    page = visitor.get(f"/hypotheses/{key}/costs")
    assert "Struck out: Entered twice." in page.text and "€0" in page.text
    history = visitor.get(f"/hypotheses/{key}/history").text
    for words in ("struck a cost out", "Entered twice.", "corrected a cost", "205.50", "10.00"):
        assert words in history


def test_a_cost_that_someone_else_changed_is_told(visitor: Visitor) -> None:
    from hadi.services import costs, hypotheses

    key = visitor.make("running")
    visitor.sign_in()
    spend(visitor, key)
    with visitor.app.app_context():
        world = visitor.world
        found = hypotheses.find(key, by=world.actor())
        (made,) = costs.listing(found, by=world.actor())
        path, hypothesis_id, cost_id = f"/hypotheses/{key}/costs/{made.id}", found.id, made.id
    opened = form_values(visitor.get(path).form())
    with visitor.app.app_context():
        costs.edit(
            hypothesis_id, cost_id, body={"amount": "7"}, version=None,
            by=visitor.world.actor("analyst"), now=visitor.world.later(),
        )  # fmt: skip
    page = visitor.browser.post(path, dict(opened) | {"amount": "9"}, status=409)
    assert "Someone changed this cost after you opened it." in page.text
    assert form_values(page.form())["amount"] == "9"


def test_a_result_is_judged_once_its_worth_is_known(visitor: Visitor) -> None:
    key = visitor.make("measured")
    visitor.sign_in()
    spend(visitor, key, amount="1500")
    page = visitor.get(f"/hypotheses/{key}/costs")
    assert "Whether it pays back is not assessed." in page.text
    for words in ("what one unit of the metric is worth", "the margin", "within how many weeks"):
        assert words in page.text
    refused = visitor.submit(
        f"/hypotheses/{key}/worth", WORTH | {"money_margin": "150"}, status=422
    )
    assert "Write the margin as a fraction" in refused.text
    visitor.submit(f"/hypotheses/{key}/worth", WORTH)
    page = visitor.get(f"/hypotheses/{key}/costs")
    for words in (
        "It will pay back, but that is not proven: in 20 weeks", "Earned in the test",
        "Part of this was estimated after the result was known", "At half the effect",
        "Gross margin",
    ):  # fmt: skip
        assert words in page.text
    assert "Will pay back, but not proven: 20 weeks" in visitor.get(f"/hypotheses/{key}").text


def test_money_is_for_those_who_may_see_it(visitor: Visitor) -> None:
    key = visitor.make("measured")
    visitor.sign_in()
    spend(visitor, key, amount="1500")
    visitor.submit(f"/hypotheses/{key}/worth", WORTH)
    visitor.sign_in("viewer")
    for path in ("costs", "worth", "budget", "costs.csv"):
        visitor.get(f"/hypotheses/{key}/{path}", status=403)
    page = visitor.get(f"/hypotheses/{key}")
    assert "Will pay back, but not proven" in page.text
    for words in ("1,500", "20 weeks", "Costs and payback"):
        assert words not in page.text
    assert "1500" not in visitor.get(f"/hypotheses/{key}/history").text


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_the_ledger_is_a_file(visitor: Visitor, format: str) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    spend(visitor, key)
    response = visitor.browser.client.get(f"/hypotheses/{key}/costs.{format}")
    assert response.status_code == 200 and response.data
    if format == "csv":
        assert "205.50" in response.get_data(as_text=True)


def test_the_plan_says_what_the_effect_is_worth(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan"
    page = visitor.submit(path, WORTH | {"money_margin": "0"}, form_id="plan-form", status=422)
    assert "Gross margin" in page.text and page.by_id("money_margin").get("aria-invalid") == "true"
    visitor.submit(path, WORTH, form_id="plan-form", button="save")
    shown = form_values(visitor.get(path).form("plan-form"))
    assert {name: shown[name] for name in WORTH} == WORTH
    visitor.submit(path, {}, form_id="plan-form", button="save")  # again, and nothing changes
    saved = [verb for verb, _ in visitor.events(key) if verb == "plan_saved"]
    assert len(saved) == 2
    visitor.browser.post(f"/hypotheses/{key}/start", {"csrf_token": visitor.token()})
    page = visitor.get(f"/hypotheses/{key}/worth")
    assert "The plan says" in page.text and "money_margin" not in page.html
    assert "Gross margin: 50.0%" in visitor.get(path).text
    assert "Gross margin: 50.0%" in visitor.get(f"/hypotheses/{key}/history").text
    visitor.sign_in("viewer")
    for shown_to_all in (path, f"/hypotheses/{key}/history"):
        assert "Gross margin: 50.0%" not in visitor.get(shown_to_all).text


def test_a_roll_out_shows_all_three_stores(visitor: Visitor) -> None:
    from tests.web.winners import Winner

    winner = Winner(visitor)
    visitor.sign_in()
    assert "What a store of the roll-out costs is not said yet" in visitor.get(winner.url).text
    spend(visitor, winner.key, amount="1500")
    visitor.submit(f"/hypotheses/{winner.key}/worth", WORTH | {"money_running_per_week": "50"})
    page = visitor.get(winner.url)
    for words in (
        "Will pay back, but not proven", "A store costs €250 once and €50 every week.",
        "By the estimate +€25 10 weeks", "At the lower end of the effect", "never",
    ):  # fmt: skip
        assert words in page.text
    assert "Will pay back, but not proven" in visitor.get("/scale").text
    visitor.sign_in("viewer")
    page = visitor.get(winner.url)
    assert "Will pay back, but not proven" in page.text and "€250" not in page.text


def test_a_list_is_looked_at_and_then_entered(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    assert f"/hypotheses/{key}/costs/import" in visitor.get(f"/hypotheses/{key}/costs").html
    path = f"/hypotheses/{key}/costs/import"
    lines = "02.03.2025; work; 1 250,50; EUR; mentor\n03.03.2025; magic; 300"
    page = visitor.submit(path, {"lines": lines}, form_id="import", status=422)
    assert "1 line is not right yet: no cost was entered." in page.text
    assert "“magic”" in page.text
    data = form_values(page.form("import"))
    assert (data["currency"], "magic" in data["lines"]) == ("EUR", True)
    data["lines"] = lines.replace("magic", "advertising")
    page = visitor.browser.post(path, data, status=200)
    assert "2 costs to enter: €1,550.50" in page.text
    data = form_values(page.form("import"), "import")
    visitor.browser.post(path, data)
    page = visitor.get(f"/hypotheses/{key}/costs")
    assert "2 costs are entered." in page.text and "mentor" in page.text
    data = form_values(visitor.submit(path, {"lines": data["lines"]}, form_id="import", status=200)
                       .form("import"))  # fmt: skip
    assert "2 lines are in the ledger already" in visitor.browser.post(path, data, status=200).text


def test_who_sees_no_money_imports_none(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("viewer")
    visitor.get(f"/hypotheses/{key}/costs/import", status=403)
