"""The ledger: entries, the budget at 100 % and at 120 %, what the effect is worth, the gates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from hadi.db import db
from hadi.domain.costs import BudgetChoice, BudgetLevel
from hadi.domain.errors import Blocked, Invalid, NotAllowed, NotFound, Stale
from hadi.domain.lifecycle import Decision, Insight
from hadi.domain.money import Money
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.models import Cost, Hypothesis, Rollout
from hadi.services import (
    conclusions,
    costs,
    economics,
    events,
    hypotheses,
    plans,
    rollout_gain,
    rollouts,
)
from hadi.services.cost_export import table
from tests.factories.hypotheses import World

SPENT = {"amount": "100", "currency": "EUR", "kind": "work", "spent_on": "2026-02-02"}
# Ten points more of 100 receipts a week, at 30 each with a margin of half.
WORTH: dict[str, Any] = {
    "currency": "EUR", "value_per_unit": "30", "margin": 0.5, "units_per_week": 100,
    "payback_limit_weeks": 26,
}  # fmt: skip


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def spend(world: World, hypothesis: Hypothesis, role: str = "member", **parts: Any) -> Cost:
    return costs.add(hypothesis.id, body=SPENT | parts, by=world.actor(role), now=world.later())


def estimate(world: World, hypothesis: Hypothesis, **parts: Any) -> None:
    economics.estimate(
        hypothesis.id, body=WORTH | parts, reason="the till", by=world.actor(), now=world.later()
    )


def verbs(hypothesis: Hypothesis) -> list[str]:
    return [event.verb for event in events.history(hypothesis_id=hypothesis.id)]


def level(hypothesis: Hypothesis) -> BudgetLevel:
    assert hypothesis.current_test is not None
    return hypothesis.current_test.budget_level


def payback(world: World, hypothesis: Hypothesis) -> Payback:
    assert hypothesis.current_test is not None
    return economics.of_now(hypothesis.current_test, now=world.now).assessment.payback


def decide(world: World, hypothesis: Hypothesis, **parts: Any) -> None:
    said: dict[str, Any] = {
        "choice": BudgetChoice.CONTINUE,
        "cap": "300",
        "reason": "one more week",
    }
    costs.decide(
        hypothesis.id, **(said | parts), by=world.actor(parts.pop("role", "leader")),
        now=world.later(),
    )  # fmt: skip


# ------------------------------------------------------------------------------- the ledger
def test_an_entry_is_made_corrected_struck_out_and_taken_back(world: World) -> None:
    hypothesis = world.running()
    made = spend(world, hypothesis, amount="12,5", note="two hours")
    assert made.money == Money(Decimal("12.50"), "EUR") and made.version == 1
    by = world.actor()
    edited = costs.edit(
        hypothesis.id, made.id, body={"amount": "15"}, version=1, by=by, now=world.later()
    )
    assert (edited.amount, edited.note, edited.version) == (Decimal(15), "two hours", 2)
    with pytest.raises(Stale):
        costs.edit(hypothesis.id, made.id, body={}, version=1, by=by, now=world.later())
    costs.void(hypothesis.id, made.id, reason="twice", by=by, now=world.later())
    assert hypothesis.current_test is not None and costs.spent(hypothesis.current_test) == []
    with pytest.raises(Blocked):
        costs.edit(hypothesis.id, made.id, body={"amount": 1}, version=None, by=by, now=world.now)
    with pytest.raises(Blocked):
        costs.void(hypothesis.id, made.id, reason="again", by=by, now=world.later())
    costs.restore(hypothesis.id, made.id, by=by, now=world.later())
    with pytest.raises(Blocked):
        costs.restore(hypothesis.id, made.id, by=by, now=world.later())
    assert costs.spent(hypothesis.current_test) == [Money(Decimal(15), "EUR")]
    done = [verb for verb in verbs(hypothesis) if verb.startswith("cost_")]
    assert done == ["cost_restored", "cost_voided", "cost_edited", "cost_added"]


def test_an_entry_says_everything_that_is_wrong(world: World) -> None:
    hypothesis = world.running()
    with pytest.raises(Invalid) as refusal:
        costs.add(
            hypothesis.id, body={"amount": "-1", "currency": "euros", "note": "x" * 2000},
            by=world.actor(), now=world.later(),
        )  # fmt: skip
    assert set(refusal.value.fields) == {"amount", "currency", "kind", "spent_on", "note"}
    with pytest.raises(Invalid) as later:
        spend(world, hypothesis, spent_on="2099-01-01", kind="bribe")
    assert set(later.value.fields) == {"spent_on", "kind"}
    made = spend(world, hypothesis)
    with pytest.raises(Invalid) as unsaid:
        costs.void(hypothesis.id, made.id, reason=" ", by=world.actor(), now=world.later())
    assert set(unsaid.value.fields) == {"reason"}


def test_costs_are_for_those_whose_test_it_is(world: World) -> None:
    hypothesis = world.running()
    made = spend(world, hypothesis)
    for role in ("viewer",):
        with pytest.raises(NotAllowed):
            spend(world, hypothesis, role)
        with pytest.raises(NotAllowed):
            costs.listing(hypothesis, by=world.actor(role))
        with pytest.raises(NotAllowed):
            costs.find(made.id, hypothesis, by=world.actor(role))
        with pytest.raises(NotAllowed):
            table(hypothesis=hypothesis.key, by=world.actor(role))
        with pytest.raises(NotAllowed):
            table(by=world.actor(role))
    assert verbs(hypothesis)[0] == "refused"
    other = world.running("greet everyone")
    with pytest.raises(NotFound):
        costs.find(made.id, other, by=world.actor())
    with pytest.raises(NotFound):
        costs.edit(other.id, made.id, body={}, version=None, by=world.actor(), now=world.later())


def test_amounts_of_the_log_are_for_those_who_see_money(world: World) -> None:
    hypothesis = world.running()
    spend(world, hypothesis)
    estimate(world, hypothesis)
    stake = hypotheses.stake(hypothesis)
    found = events.history(hypothesis_id=hypothesis.id)
    for event in found:
        seen = events.seen_changes(event, world.actor("viewer"), stake)
        assert "amount" not in seen and "margin" not in seen and "money" not in seen
        assert events.seen_changes(event, world.actor(), stake) == event.changes


def test_the_ledger_is_a_table(world: World) -> None:
    first, second = world.running(), world.running("greet everyone")
    spend(world, first, amount="12.50", note="=1+1")
    spend(world, second)
    whole = table(by=world.actor("leader"))
    assert whole.size == 2
    rows = [dict(zip([h.name for h in whole.heads], row, strict=True)) for row in whole.rows]
    assert [(r["hypothesis"], r["amount"], r["currency"]) for r in rows] == [
        ("H-1", Decimal("12.50"), "EUR"), ("H-2", Decimal(100), "EUR"),
    ]  # fmt: skip
    assert "who_email" not in rows[0]
    assert len(list(table(hypothesis="H-2", by=world.actor()).rows)) == 1
    assert table(by=world.actor()).size == 2


# ------------------------------------------------------------------------------- the budget
def test_the_owner_is_told_at_100_and_a_leader_decides_at_120(world: World) -> None:
    hypothesis = world.running()  # 150 EUR
    spend(world, hypothesis, amount="149.99")
    assert level(hypothesis) is BudgetLevel.WITHIN
    spend(world, hypothesis, amount="0.01")
    assert level(hypothesis) is BudgetLevel.REACHED
    spend(world, hypothesis, amount="55")
    assert level(hypothesis) is BudgetLevel.OVER
    test = hypothesis.current_test
    assert test is not None
    assert round((costs.budget(test).share or 0) * 100) == 137
    spend(world, hypothesis, amount="1")  # still accepted
    said = [verb for verb in verbs(hypothesis) if verb.startswith("budget_")]
    assert said == ["budget_is_over", "budget_is_reached"]
    decide(world, hypothesis)
    assert level(hypothesis) is BudgetLevel.WITHIN
    assert costs.budget(test).cap == Money(Decimal(300), "EUR")
    assert costs.planned_cap(test) == Money(Decimal(150), "EUR")


def test_after_a_stop_only_late_invoices_are_accepted(world: World) -> None:
    hypothesis = world.running()
    spend(world, hypothesis, amount="200")
    decide(world, hypothesis, choice=BudgetChoice.STOP, cap=None)
    assert level(hypothesis) is BudgetLevel.STOPPED
    spend(world, hypothesis)
    world.later(days=3)
    with pytest.raises(Blocked) as refusal:
        spend(world, hypothesis, spent_on="2026-02-04")
    assert [b.code for b in refusal.value.blockers] == ["costs_stopped"]
    decide(world, hypothesis, cap="400")
    spend(world, hypothesis, spent_on="2026-02-04")


def test_a_decision_on_a_budget_is_a_leaders_and_complete(world: World) -> None:
    hypothesis = world.running()
    spend(world, hypothesis, amount="200")
    with pytest.raises(NotAllowed):
        costs.decide(
            hypothesis.id, choice=BudgetChoice.STOP, reason="x", by=world.actor(), now=world.later()
        )
    for said, fields in (
        ({"choice": None, "reason": ""}, {"choice", "reason"}),
        ({"cap": None}, {"cap"}),
        ({"cap": "199"}, {"cap"}),
        ({"cap": "much"}, {"cap"}),
    ):
        with pytest.raises(Invalid) as refusal:
            decide(world, hypothesis, **said)
        assert set(refusal.value.fields) == fields
    unplanned = world.idea("call the client back")
    with pytest.raises(Invalid) as refusal:
        decide(world, unplanned)
    assert "cap" in refusal.value.fields


def test_a_budget_that_is_changed_in_the_plan_is_held_against_anew(world: World) -> None:
    hypothesis = world.planned()
    spend(world, hypothesis, amount="160")
    assert level(hypothesis) is BudgetLevel.REACHED
    body = world.plan(budget={"amount": "500", "currency": "EUR"})
    plans.save(
        hypothesis.id, body=body, version=hypothesis.version, by=world.actor(), now=world.later()
    )
    assert level(hypothesis) is BudgetLevel.WITHIN


def test_costs_leave_open_forms_of_the_hypothesis_alone(world: World) -> None:
    hypothesis = world.running()
    version = hypothesis.version
    spend(world, hypothesis, amount="500")
    estimate(world, hypothesis)
    assert hypothesis.version == version


# ------------------------------------------------------------------------------- the payback
def test_a_result_with_costs_and_a_worth_is_judged(world: World) -> None:
    hypothesis = world.measured()  # 10 % to 15 %
    assert payback(world, hypothesis) is Payback.NOT_ASSESSED
    spend(world, hypothesis, amount="700")
    estimate(world, hypothesis)
    test = hypothesis.current_test
    assert test is not None
    found = economics.of_now(test, now=world.now)
    assert found.assessment.gain is not None
    assert found.assessment.gain.estimate == pytest.approx(0.05 * 100 * 30 * 0.5)
    assert payback(world, hypothesis) is Payback.WILL_PAY_BACK
    assert set(found.afterwards) == set(WORTH) - {"currency"}
    spend(world, hypothesis, amount="100", currency="USD")
    assert payback(world, hypothesis) is Payback.NOT_ASSESSED


def test_what_the_locked_plan_says_holds(world: World) -> None:
    hypothesis = world.measured(money={"currency": "EUR", "value_per_unit": "30", "margin": 0.5})
    with pytest.raises(Invalid) as refusal:
        estimate(world, hypothesis)
    assert set(refusal.value.fields) == {"value_per_unit", "margin"}
    with pytest.raises(Invalid) as other:
        economics.estimate(
            hypothesis.id, body={"currency": "USD", "one_off_per_store": 3}, by=world.actor(),
            now=world.later(),
        )  # fmt: skip
    assert set(other.value.fields) == {"currency"}
    economics.estimate(
        hypothesis.id, body={"units_per_week": 100, "payback_limit_weeks": 26}, version=0,
        by=world.actor(), now=world.later(),
    )  # fmt: skip
    spend(world, hypothesis, amount="700")
    assert payback(world, hypothesis) is Payback.WILL_PAY_BACK
    with pytest.raises(Stale):
        economics.estimate(hypothesis.id, body={}, version=0, by=world.actor(), now=world.later())


def test_a_plan_with_its_money_can_be_judged_at_once(world: World) -> None:
    hypothesis = world.measured(money=WORTH)
    spend(world, hypothesis, amount="700")
    test = hypothesis.current_test
    assert test is not None
    found = economics.of_now(test, now=world.now)
    assert found.assessment.payback is Payback.WILL_PAY_BACK and found.afterwards == ()


def scale(world: World, hypothesis: Hypothesis, **parts: Any) -> None:
    conclusions.record(
        hypothesis.id, decision=Decision.SCALE, reason="it works",
        insight=Insight("cables sell", "open aisles", "bulbs"), by=world.actor("leader"),
        now=world.later(), **parts,
    )  # fmt: skip


def test_the_gates_ask_whether_it_pays_back(world: World) -> None:
    hypothesis = world.measured(money=WORTH)
    spend(world, hypothesis, amount="1500")  # 20 weeks by the estimate, 34 at the lower end
    assert payback(world, hypothesis) is Payback.MAY_PAY_BACK
    with pytest.raises(Blocked) as refusal:
        scale(world, hypothesis)
    assert [b.code for b in refusal.value.blockers] == ["scale_may_pay_back"]
    scale(world, hypothesis, override="two stores first", acknowledge_payback=True)
    rollout = db.session.scalars(db.select(Rollout)).one()
    assert rollout.payback is Payback.MAY_PAY_BACK
    assert not rollout.conclusion.is_payback_acknowledged  # it was assessed
    spend(world, hypothesis, amount="1500")
    assert rollout.payback is Payback.DOES_NOT_PAY_BACK


def test_a_winner_brings_what_the_test_promised_then_what_a_wave_found(world: World) -> None:
    hypothesis = world.measured(money=WORTH)  # 10 % to 15 %: 5 points of 100 a week at 15
    spend(world, hypothesis, amount="100")
    scale(world, hypothesis)
    rollout = db.session.scalars(db.select(Rollout)).one()
    promised = rollout_gain.of(rollout)
    assert promised is not None and promised.currency == "EUR"
    assert promised.gain.estimate == pytest.approx(75) and not promised.is_measured_again
    test = hypothesis.tests[0]
    judged = economics.of_now(test, now=world.now).assessment.gain
    assert judged == promised.gain
    leader = world.actor("leader")
    rollouts.move(rollout.id, to=RolloutStatus.ROLLING_OUT, by=leader, now=world.later())
    rollouts.measure(
        rollout.id, 1, has_held=True, effect=0.04, low=0.01, high=0.07, by=leader,
        now=world.later(),
    )  # fmt: skip
    measured = rollout_gain.of(rollout)
    assert measured is not None and measured.is_measured_again
    ends = (measured.gain.low, measured.gain.estimate, measured.gain.high)
    assert ends == pytest.approx((15, 60, 105))
    (brought,) = rollout_gain.board_sums(by=leader)
    assert (brought.gain, brought.currency, brought.winners) == (measured.gain, "EUR", 1)
    assert rollout_gain.board_sums(by=world.actor("viewer")) == ()
    rollouts.move(
        rollout.id, to=RolloutStatus.STOPPED, reason="sold out", by=leader, now=world.later()
    )
    assert rollout_gain.board_sums(by=leader) == ()


def test_what_brings_other_money_is_not_added(world: World) -> None:
    for currency in ("EUR", "EUR", "HUF"):
        hypothesis = world.measured(money=WORTH | {"currency": currency})
        spend(world, hypothesis, amount="100", currency=currency)
        scale(world, hypothesis)
    euros, forints = rollout_gain.board_sums(by=world.actor("leader"))
    assert (euros.currency, euros.winners, forints.currency, forints.winners) == (
        "EUR", 2, "HUF", 1
    )  # fmt: skip
    assert euros.gain.estimate == pytest.approx(2 * forints.gain.estimate)
    assert euros.gain.low is not None and forints.gain.low is not None
    assert euros.gain.estimate - euros.gain.low == pytest.approx(
        (forints.gain.estimate - forints.gain.low) * 2**0.5
    )


def test_a_payback_within_the_limit_opens_the_gate(world: World) -> None:
    hypothesis = world.measured(money=WORTH)
    spend(world, hypothesis, amount="100")
    scale(world, hypothesis)
    assert db.session.scalars(db.select(Rollout)).one().payback is Payback.PAID_BACK


def test_a_repeat_does_not_make_the_first_test_cheaper(world: World) -> None:
    hypothesis = world.measured(money=WORTH)
    spend(world, hypothesis, amount="140")
    conclusions.record(
        hypothesis.id, decision=Decision.REPEAT, reason="again",
        insight=Insight("a", "b", "c"), by=world.actor(), now=world.later(),
    )  # fmt: skip
    spend(world, hypothesis, amount="20")
    test = hypothesis.current_test
    assert test is not None and test.number == 2
    assert test.plan is not None and test.plan.money is not None
    assert costs.spent(test) == [Money(Decimal(20), "EUR")]
    assert economics.sums_through(test) == (Money(Decimal(160), "EUR"),)
    assert economics.sums_through(hypothesis.tests[0]) == (Money(Decimal(140), "EUR"),)


def test_a_horizon_runs_from_the_end_of_the_test(world: World) -> None:
    hypothesis = world.measured(money=WORTH | {"horizon_weeks": 8})
    spend(world, hypothesis, amount="1500")
    assert payback(world, hypothesis) is Payback.TOO_EARLY
    world.now += timedelta(weeks=9)
    assert payback(world, hypothesis) is Payback.MAY_PAY_BACK


def test_a_card_does_not_stay_too_early(world: World) -> None:
    hypothesis = world.measured(money=WORTH | {"horizon_weeks": 8})
    spend(world, hypothesis, amount="1500")
    scale(world, hypothesis, override="two stores first")
    rollout = db.session.scalars(db.select(Rollout)).one()
    assert economics.payback_now(rollout, now=world.now) is Payback.TOO_EARLY
    world.now += timedelta(weeks=9)
    assert economics.payback_now(rollout, now=world.now) is Payback.MAY_PAY_BACK
