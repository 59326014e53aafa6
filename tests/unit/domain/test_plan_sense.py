"""Plans that can be read and cannot be right, and how their faults are worded."""

from __future__ import annotations

from typing import Any

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.lifecycle import Facts, State, Step, blockers
from hadi.domain.plan import Plan
from hadi.domain.plan_sense import expects_worse, nonsense
from hadi.domain.statement import Statement

SHARE = {"name": "paid", "kind": "conversion", "role": "primary", "better": "higher",
         "threshold": 0.05}  # fmt: skip
MEAN = {"name": "spend", "kind": "mean", "role": "primary", "better": "lower", "threshold": 5}
LOOKS = {"looks": "planned", "look_count": 20}


def plan(**parts: Any) -> Plan:
    return Plan.from_json({"variant": "arm", "metrics": [SHARE]} | parts)


@pytest.mark.parametrize(
    ("parts", "code", "field"),
    [
        ({"unit": "arm"}, "plan_column_shared", "unit"),
        ({"cluster": "arm"}, "plan_column_shared", "cluster"),
        ({"unit": "store", "cluster": "store"}, "plan_column_shared", "cluster"),
        ({"day": "arm"}, "plan_column_is_arm", "day"),
        ({"group": "arm"}, "plan_column_is_arm", "group"),
        ({"segments": ["region", "arm"]}, "plan_segment_is_drawn", "segments"),
        ({"unit": "guest", "segments": ["guest"]}, "plan_segment_is_drawn", "segments"),
        ({"cluster": "store", "segments": ["store"]}, "plan_segment_is_drawn", "segments"),
        (LOOKS | {"planned_units": 39}, "plan_looks_crowded", "look_count"),
        (
            LOOKS | {"planned_units": 39, "design": "cluster"},
            "plan_looks_crowded_clusters",
            "look_count",
        ),
        ({"metrics": [SHARE | {"threshold": 5}]}, "plan_share_threshold", "threshold"),
        (
            {"metrics": [SHARE | {"threshold": "500%"}], "baseline": 0.3},
            "plan_share_threshold",
            "threshold",
        ),
        (
            {"metrics": [SHARE | {"role": "guardrail", "margin": 5}]},
            "plan_share_margin",
            "metrics",
        ),
        ({"expected_effect": 3}, "plan_share_expected", "expected_effect"),
        ({"expected_effect": -3}, "plan_share_expected", "expected_effect"),
    ],
)
def test_what_cannot_be_meant_is_told(parts: dict[str, Any], code: str, field: str) -> None:
    (found,) = nonsense(plan(**parts))
    assert (found.code, found.field) == (code, field)
    assert str(found.text)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"unit": "guest", "cluster": "store", "day": "date", "group": "store"},
        {"cluster": "date", "day": "date", "segments": ["region", "date of birth"]},
        LOOKS | {"planned_units": 40},
        {"look_count": 20, "planned_units": 5},  # looked at once: the count says nothing
        {"metrics": [SHARE | {"threshold": "500%"}], "baseline": 0.1},
        {"metrics": [MEAN], "expected_effect": -30},
        {"segments": ["region", "region"]},
        {"split": {"A": 1, "B": 1, "C": 0}, "control": "A"},
    ],
)
def test_what_can_be_meant_is_left_alone(parts: dict[str, Any]) -> None:
    assert list(nonsense(plan(**parts))) == []


def test_nonsense_keeps_a_test_from_starting() -> None:
    facts = Facts(State.PLANNED, Statement("try it"), plan=plan(unit="arm"))
    assert "plan_column_shared" in [found.code for found in blockers(Step.START, facts)]


def test_an_effect_that_goes_against_the_direction_is_noticed() -> None:
    assert expects_worse(plan(metrics=[MEAN], expected_effect=-2)) is None
    worse = expects_worse(plan(metrics=[MEAN], expected_effect=2))
    assert worse is not None and "less is better" in str(worse)
    assert expects_worse(plan(expected_effect=-0.02)) is not None
    assert expects_worse(plan(expected_effect=0.02)) is None
    assert expects_worse(plan()) is None


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"alpha": 0.7}, "“alpha” has to be above 0 and below 0.5."),
        ({"alpha": 0}, "“alpha” has to be above 0 and below 0.5."),
        ({"power": 1}, "“power” has to be above 0 and below 1."),
        ({"icc": 1}, "“icc” has to be 0 or more, and below 1."),
        ({"baseline_sd": -1}, "“baseline_sd” cannot be below 0."),
        ({"metrics": [MEAN | {"winsor": 0.4}]}, "“winsor” has to be above 0.5 and below 1."),
        ({"metrics": [MEAN | {"kind": "quantile", "q": 0}]}, "“q” has to be above 0 and below 1."),
        ({"metrics": [MEAN | {"threshold": -1}]}, "A threshold cannot be below 0: "),
        ({"metrics": [MEAN | {"threshold": "-5%"}]}, "A threshold cannot be below 0: "),
    ],
)
def test_a_known_range_is_named(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(**parts)
    assert [said in str(text) for text in refused.value.fields.values()] == [True]


def pilot(**changed: object) -> Plan:
    metric = {
        "name": "Sales",
        "kind": "mean",
        "role": "primary",
        "threshold": "8%",
        "better": "higher",
    }
    return Plan.from_json(
        {
            "design": "pilot",
            "site": "store",
            "time": "week",
            "value": "sales",
            "treated": ["s07"],
            "start": "1",
            "metrics": [metric | changed.pop("metric", {})],
            **changed,
        }
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"controls": ["s07", "s08"]}, "controls"),
        ({"time": "store"}, "time"),
        ({"metric": {"columns": ["turnover"]}}, "value"),
        ({"looks": "anytime"}, "looks"),
        ({"method": "synthetic", "decide": "store_t"}, "decide"),
        ({"metric": {"threshold": 5000}}, "threshold"),
    ],
)
def test_a_pilot_that_cannot_be_meant(changed: dict[str, object], field: str) -> None:
    assert [blocker.field for blocker in nonsense(pilot(**changed))] == [field]


def test_a_pilot_in_its_own_units_may_promise_them() -> None:
    assert not list(nonsense(pilot(scale="linear", metric={"threshold": 5000})))
