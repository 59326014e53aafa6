"""The lifecycle table: what each step asks for, all at once and in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hadi.domain.lifecycle import MOVES, Decision, Facts, Insight, State, Step, blockers
from hadi.domain.plan import Better, Budget, Design, Metric, MetricKind, MetricRole, Plan, Threshold
from hadi.domain.statement import Statement

COMPLETE = Statement("send a concrete offer", "more clients decide", "they see what they get")
PLAN = Plan(
    design=Design.SPLIT,
    control="A",
    metrics=(
        Metric(
            "decided",
            MetricKind.CONVERSION,
            ("decided",),
            MetricRole.PRIMARY,
            Threshold(0.05),
            Better.HIGHER,
        ),
    ),
    planned_units=1251,
    budget=Budget(Decimal("20000.00"), "RUB"),
    owner="u1",
    steward="u2",
)
INSIGHT = Insight("a concrete offer works", "business clients", "try it with cases")


def codes(step: Step, facts: Facts) -> list[str]:
    return [blocker.code for blocker in blockers(step, facts)]


def test_a_complete_idea_can_be_planned_and_started() -> None:
    assert codes(Step.PLAN, Facts(State.IDEA, COMPLETE, PLAN)) == []
    assert codes(Step.START, Facts(State.PLANNED, COMPLETE, PLAN)) == []


def test_every_blocker_of_a_bare_idea_is_told_at_once() -> None:
    found = codes(Step.START, Facts(State.IDEA, Statement("call sooner")))
    assert found == [
        "statement_needs_effect",
        "statement_needs_reason",
        "plan_needs_owner",
        "plan_needs_steward",
        "plan_needs_primary",
        "plan_needs_design",
        "plan_needs_control",
        "plan_needs_end",
        "plan_needs_budget",
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"owner": None}, "plan_needs_owner"),
        ({"steward": None}, "plan_needs_steward"),
        ({"metrics": ()}, "plan_needs_primary"),
        ({"design": None}, "plan_needs_design"),
        ({"control": None}, "plan_needs_control"),
        ({"planned_units": None}, "plan_needs_end"),
        ({"budget": None}, "plan_needs_budget"),
        ({"split": {"B": 0.5, "C": 0.5}}, "split_lacks_control"),
    ],
)
def test_each_part_of_the_plan_is_asked_for(change: dict[str, object], code: str) -> None:
    plan = Plan(**{n: getattr(PLAN, n) for n in Plan.__dataclass_fields__} | change)
    assert codes(Step.START, Facts(State.PLANNED, COMPLETE, plan)) == [code]


def test_a_last_day_is_an_end_as_good_as_planned_units() -> None:
    fields = {n: getattr(PLAN, n) for n in Plan.__dataclass_fields__}
    plan = Plan(**fields | {"planned_units": None, "ends_on": date(2026, 3, 1)})
    assert codes(Step.START, Facts(State.PLANNED, COMPLETE, plan)) == []


def test_direction_and_threshold_of_the_primary_metric_are_asked_for() -> None:
    bare = Metric("m", MetricKind.MEAN, ("m",), MetricRole.PRIMARY)
    plan = Plan(**{n: getattr(PLAN, n) for n in Plan.__dataclass_fields__} | {"metrics": (bare,)})
    found = codes(Step.PLAN, Facts(State.IDEA, COMPLETE, plan))
    assert found == ["plan_needs_direction", "plan_needs_threshold"]


@pytest.mark.parametrize("step", [Step.START, Step.MEASURE, Step.CONCLUDE, Step.REOPEN])
def test_no_step_can_be_taken_from_a_state_that_is_not_its_source(step: Step) -> None:
    for state in State:
        if state in MOVES[step].sources:
            continue
        facts = Facts(
            state, COMPLETE, PLAN, is_plan_locked=True, has_data=True, has_final_analysis=True,
            decision=Decision.STOP, decision_reason="enough", insight=INSIGHT, reason="new facts",
        )  # fmt: skip
        assert f"wrong_state.{step.value}" in codes(step, facts), state


def test_the_check_needs_a_locked_plan_and_data() -> None:
    facts = Facts(State.RUNNING, COMPLETE, PLAN)
    assert codes(Step.MEASURE, facts) == ["plan_not_locked", "needs_data"]


def test_a_decision_needs_a_result_a_reason_and_the_whole_insight() -> None:
    facts = Facts(State.MEASURED, COMPLETE, PLAN, is_plan_locked=True, has_data=True)
    assert codes(Step.CONCLUDE, facts) == [
        "needs_final_analysis",
        "needs_decision",
        "needs_decision_reason",
        "needs_learned",
        "needs_holds_where",
        "needs_next",
    ]


def test_archiving_needs_a_reason_and_restoring_none() -> None:
    assert codes(Step.ARCHIVE, Facts(State.IDEA, COMPLETE)) == ["needs_reason"]
    assert codes(Step.ARCHIVE, Facts(State.RUNNING, COMPLETE, reason="out of scope")) == []
    assert codes(Step.RESTORE, Facts(State.ARCHIVED, COMPLETE)) == []


def test_every_step_of_the_table_is_reachable_from_the_first() -> None:
    reached = {State.IDEA}
    for _ in State:
        reached |= {m.to for m in MOVES.values() if m.to and reached & set(m.sources)}
    assert reached == set(State)
