"""What would settle an open question, at the kind of look the plan has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hadi.domain.plan import Looks, Plan
from hadi.domain.spec import parse_metrics
from hadi.stats.samples import Conversion

PLAN = Plan(
    variant="arm",
    control="A",
    metrics=parse_metrics(["c=conversion(c);threshold=0.01"]),
    planned_units=1000,
)
ARMS = {"A": {"c": Conversion(1000, 100)}, "B": {"c": Conversion(1000, 118)}}


def test_units_and_weeks_at_the_pace_so_far(judge) -> None:
    asked = replace(PLAN, starts_on=date(2026, 3, 1))
    found = judge(ARMS, asked, ask={"today": date(2026, 3, 28)})["settling"]
    assert found["units_per_arm"] > 2_000
    more = (found["units_per_arm"] - 1000) / 250  # 28 days brought 1,000
    assert more <= found["weeks"] < more + 1.001


def test_without_a_first_day_there_is_no_pace(judge) -> None:
    found = judge(ARMS, PLAN)["settling"]
    assert found["units_per_arm"] and found["weeks"] is None


def test_the_same_data_need_more_where_they_may_be_looked_at_any_time(judge) -> None:
    fixed = judge(ARMS, PLAN)["settling"]["units_per_arm"]
    anytime = judge(ARMS, replace(PLAN, looks=Looks.ANYTIME))["settling"]["units_per_arm"]
    # Wider by a known factor, not by the square of it as a fixed reading of the wide interval has.
    assert fixed < anytime < 2.5 * fixed


def test_a_settled_question_needs_nothing(judge) -> None:
    arms = {"A": {"c": Conversion(1000, 100)}, "B": {"c": Conversion(1000, 180)}}
    assert judge(arms, PLAN)["settling"] is None
