"""Planning: known sizes, what must always hold, and that the promise is kept by the test itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.domain.verdict import judge_metric
from hadi.stats import means, proportions
from hadi.stats.errors import NotEstimable
from hadi.stats.power import conversion_plan, mean_plan
from hadi.stats.power_formulas import t_power
from hadi.stats.samples import Conversion, Moments
from hadi.stats.verdict_odds import VERDICTS, normal_odds, welch_odds

sizes = st.floats(0.01, 5)


@pytest.mark.parametrize(("sd", "effect"), [(1e308, 1e-300), (1e15, 1e-12), (1e300, 1e300)])
def test_sizes_beyond_all_bounds_are_answered(sd, effect):
    if sd > effect:
        with pytest.raises(NotEstimable, match="power_out_of_reach"):
            mean_plan(sd=sd, effect=effect)
    assert mean_plan(sd=sd, effect=effect, n_per_arm=10).at_n_per_arm == 10


@pytest.mark.parametrize(
    ("baseline", "effect", "n"), [(0.25, 0.05, 1251), (0.15, 0.05, 906), (0.30, -0.05, 1251)]
)
def test_known_sizes(baseline, effect, n):
    plan = conversion_plan(baseline=baseline, effect=effect)
    assert plan.n_per_arm == plan.at_n_per_arm == n
    assert plan.units == (n, n)
    assert plan.power == pytest.approx(0.8, abs=1e-3)
    assert plan.mde == pytest.approx(abs(effect), rel=1e-2)


def test_power_at_the_planned_units():
    plan = conversion_plan(baseline=0.25, effect=0.05, n_per_arm=400)
    assert plan.n_per_arm == 1251
    assert plan.at_n_per_arm == 400
    assert plan.power == pytest.approx(0.35, abs=0.005)
    assert plan.mde > 0.05


@pytest.mark.parametrize("times", [1, 4, 100])
def test_at_the_threshold_itself_any_size_confirms_half_the_time(times):
    plan = conversion_plan(baseline=0.25, effect=0.05, threshold=0.05, n_per_arm=1251 * times)
    assert plan.verdict_probabilities["confirmed"] == pytest.approx(0.5, abs=0.01)


def test_small_plans_count_with_fishers_strictness():
    plan = conversion_plan(baseline=0.15, effect=0.45)
    assert plan.n_per_arm > 17  # what the normal formula would say
    assert plan.power >= 0.8
    found = _simulated_power(0.15, 0.60, plan.n_per_arm, runs=4_000)
    assert found == pytest.approx(plan.power, abs=0.025)


def test_enumeration_and_formula_meet():
    below, above = (
        conversion_plan(baseline=0.25, effect=0.05, n_per_arm=n, threshold=0.02) for n in (249, 251)
    )
    assert below.power == pytest.approx(above.power, abs=0.01)
    for verdict in VERDICTS:
        assert below.verdict_probabilities[verdict] == pytest.approx(
            above.verdict_probabilities[verdict], abs=0.01
        )


def test_several_arms_and_unequal_shares_need_more():
    two = conversion_plan(baseline=0.25, effect=0.05)
    three = conversion_plan(baseline=0.25, effect=0.05, arms=3)
    uneven = conversion_plan(baseline=0.25, effect=0.05, shares=(0.9, 0.1))
    assert three.n_per_arm > two.n_per_arm
    assert len(three.units) == 3
    assert uneven.n_per_arm > two.n_per_arm
    assert uneven.units[0] == pytest.approx(9 * uneven.units[1], rel=0.01)


def test_a_plan_for_less_mirrors_the_plan_for_more():
    more = mean_plan(sd=10, effect=2, threshold=1)
    less = mean_plan(sd=10, effect=-2, threshold=1)
    assert more == less
    worse = mean_plan(sd=10, effect=-2, sign=1, n_per_arm=500)
    assert worse.n_per_arm is None
    assert worse.verdict_probabilities["harmful"] > 0.8


@given(st.floats(0.02, 0.9), st.floats(0.005, 0.1), st.integers(300, 10_000), st.floats(0, 0.1))
@settings(max_examples=60)
def test_the_verdicts_of_a_share_sum_to_one(baseline, effect, n, threshold):
    plan = conversion_plan(baseline=baseline, effect=effect, n_per_arm=n, threshold=threshold)
    assert set(plan.verdict_probabilities) == set(VERDICTS)
    assert sum(plan.verdict_probabilities.values()) == pytest.approx(1, abs=1e-9)
    assert all(0 <= share <= 1 for share in plan.verdict_probabilities.values())
    assert 0 <= plan.power <= 1


@given(sizes, sizes, st.integers(2, 5_000))
@settings(max_examples=25)
def test_the_verdicts_of_a_mean_sum_to_one(sd, effect, n):
    plan = mean_plan(sd=sd, effect=effect, n_per_arm=n, threshold=effect / 2)
    assert sum(plan.verdict_probabilities.values()) == pytest.approx(1, abs=1e-9)


@given(sizes, sizes)
@settings(max_examples=25)
def test_the_needed_units_are_the_fewest(sd, effect):
    n = mean_plan(sd=sd, effect=effect).n_per_arm
    enough = mean_plan(sd=sd, effect=effect, n_per_arm=n)
    assert enough.power >= 0.8 - 1e-5
    assert enough.mde <= effect * (1 + 1e-5)
    if n > 3:
        assert mean_plan(sd=sd, effect=effect, n_per_arm=n - 1).power < 0.8


@given(st.floats(0.05, 0.5), st.floats(0.02, 0.3))
@settings(max_examples=10)
def test_more_power_and_a_smaller_effect_need_more_units(baseline, effect):
    plain = conversion_plan(baseline=baseline, effect=effect).n_per_arm
    assert conversion_plan(baseline=baseline, effect=effect, power=0.9).n_per_arm >= plain
    assert conversion_plan(baseline=baseline, effect=effect / 2).n_per_arm > plain
    assert conversion_plan(baseline=baseline, effect=effect, alpha=0.01).n_per_arm > plain


@pytest.mark.parametrize("threshold", [0.0, 0.4, 1.3, 3.0, 6.0])
@pytest.mark.parametrize("effect", [-1.0, 0.0, 1.3, 4.0])
def test_the_odds_follow_the_table_of_verdicts(effect, threshold):
    odds = normal_odds(effect, 1.0, reach=1.96, critical=1.96, threshold=threshold)
    steps = np.linspace(-8, 12, 40_001)
    weights = np.exp(-0.5 * (steps - effect) ** 2)
    counted = dict.fromkeys(VERDICTS, 0.0)
    for d, weight in zip(steps.tolist(), (weights / weights.sum()).tolist(), strict=True):
        judged = judge_metric(
            estimate=d, low=d - 1.96, high=d + 1.96, p_value=0.0, alpha=0.05, threshold=threshold
        )
        counted[judged.verdict.value] += weight
    for verdict in VERDICTS:
        assert odds[verdict] == pytest.approx(counted[verdict], abs=1e-3)


def test_the_odds_of_a_small_mean_are_those_of_its_t_test():
    plan = mean_plan(sd=1, effect=1.5, n_per_arm=8)
    found, odds = welch_odds(1.5, (1 / 8, 1 / 8), (7.0, 7.0), 0.05, 0.0)
    assert odds["confirmed"] == found == pytest.approx(plan.power)
    # The variances are estimated apart, which costs a little beside the pooled t of the tables.
    assert 0.002 < t_power(1.5 / math.sqrt(2 / 8), 14.0, 0.05) - found < 0.01


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (lambda: conversion_plan(baseline=0.97, effect=0.05), "power_share_outside"),
        (lambda: conversion_plan(baseline=0.25, effect=0.0), "power_no_effect"),
        (lambda: conversion_plan(baseline=0.25, effect=-0.05, sign=1), "power_wrong_direction"),
        (lambda: conversion_plan(baseline=0.25, effect=0.05, arms=1), "power_needs_two_arms"),
        (lambda: mean_plan(sd=0, effect=1), "power_sd_not_positive"),
        (lambda: mean_plan(sd=1, effect=1e-9), "power_out_of_reach"),
    ],
)
def test_what_cannot_be_planned(plan, code):
    with pytest.raises(NotEstimable) as refused:
        plan()
    assert refused.value.code == code


def test_extreme_plans_answer_too():
    assert conversion_plan(baseline=0.0, effect=1.0).power > 0.8
    assert conversion_plan(baseline=0.0, effect=1.0, n_per_arm=5_000).power == 1.0
    rare = conversion_plan(baseline=1e-5, effect=3e-5)
    assert 0.8 <= rare.power < 0.83
    lopsided = conversion_plan(baseline=0.5, effect=0.1, shares=(999_999, 1))
    assert lopsided.power == pytest.approx(0.8, abs=0.01)
    no_effect = conversion_plan(baseline=0.25, effect=0.0, n_per_arm=1_000)
    assert no_effect.power == pytest.approx(0.025, abs=1e-3)


def _simulated_power(control, treatment, n, runs):
    rng = np.random.default_rng(7)
    a, b = rng.binomial(n, control, runs).tolist(), rng.binomial(n, treatment, runs).tolist()
    real = 0
    for x0, x1 in zip(a, b, strict=True):
        if 0 < x0 + x1 < 2 * n:
            found = proportions.compare(Conversion(n, x0), Conversion(n, x1), alpha=0.05)
            real += found.interval.low > 0 and found.p_value <= 0.05
    return real / runs


def test_the_power_of_a_mean_is_that_of_the_test():
    rng = np.random.default_rng(11)
    plan = mean_plan(sd=10, effect=8)
    n, real, runs = plan.n_per_arm, 0, 3_000
    for a, b in zip(rng.normal(0, 10, (runs, n)), rng.normal(8, 10, (runs, n)), strict=True):
        found = means.compare(Moments.of(a.tolist()), Moments.of(b.tolist()), alpha=0.05)
        real += found.interval.low > 0
    assert real / runs == pytest.approx(plan.power, abs=0.025)


def test_the_smallest_effect_can_be_left_out():
    asked = {"baseline": 0.25, "effect": 0.05, "n_per_arm": 150}
    assert conversion_plan(**asked).mde is not None
    assert conversion_plan(**asked, has_mde=False).mde is None
    assert mean_plan(sd=10, effect=2, has_mde=False).mde is None
