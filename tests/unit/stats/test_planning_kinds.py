"""Planning of each kind of metric, against other libraries and published formulas."""

from __future__ import annotations

import math

import pytest
from statsmodels.stats.power import NormalIndPower, TTestIndPower

from hadi.stats import small_rates
from hadi.stats.errors import NotEstimable
from hadi.stats.power import (
    conversion_plan,
    mean_plan,
    noether_total_units,
    quantile_plan,
    rank_plan,
    rate_plan,
    ratio_plan,
)
from hadi.stats.verdict_odds import VERDICTS

ALL = {
    "mean": lambda **asked: mean_plan(**{"sd": 10.0, "effect": 3.0, **asked}),
    "ratio": lambda **asked: ratio_plan(**{"sd": 10.0, "effect": 3.0, **asked}),
    "rate": lambda **asked: rate_plan(**{"baseline": 0.4, "effect": 0.15, **asked}),
    "rank": lambda **asked: rank_plan(**{"sd": 10.0, "effect": 3.0, **asked}),
    "small rank": lambda **asked: rank_plan(**{"sd": 10.0, "effect": 13.0, **asked}),
    "quantile": lambda **asked: quantile_plan(**{"sd": 10.0, "effect": 1.0, **asked}),
    "small quantile": lambda **asked: quantile_plan(**{"sd": 10.0, "effect": 9.0, **asked}),
}


@pytest.mark.parametrize("kind", ALL)
def test_the_needed_units_reach_the_wanted_power(kind):
    plan = ALL[kind]()
    assert plan.power >= 0.8 - 1e-5
    assert plan.power < 0.9
    assert sum(plan.verdict_probabilities.values()) == pytest.approx(1, abs=1e-9)
    assert set(plan.verdict_probabilities) == set(VERDICTS)
    again = ALL[kind](n_per_arm=plan.n_per_arm)
    assert again.verdict_probabilities == plan.verdict_probabilities


@pytest.mark.parametrize("kind", ALL)
def test_the_smallest_effect_is_found_as_often_as_wanted(kind):
    plan = ALL[kind](n_per_arm=40)
    at_it = ALL[kind](n_per_arm=40, effect=plan.mde)
    assert at_it.power == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("kind", ALL)
def test_more_is_asked_of_more_arms_and_stricter_tests(kind):
    plain = ALL[kind]().n_per_arm
    assert ALL[kind](arms=3).n_per_arm > plain
    assert ALL[kind](alpha=0.01).n_per_arm > plain
    assert ALL[kind](power=0.9).n_per_arm > plain
    assert ALL[kind](shares=(0.8, 0.2)).n_per_arm > plain


@pytest.mark.parametrize("kind", ALL)
def test_a_brief_answer_is_the_same(kind):
    full, brief = ALL[kind](n_per_arm=60), ALL[kind](n_per_arm=60, is_brief=True)
    assert brief.power == full.power
    assert brief.verdict_probabilities == full.verdict_probabilities
    assert brief.n_per_arm is brief.mde is None


@pytest.mark.parametrize("kind", ALL)
def test_all_is_computed_once_and_for_all(kind):
    assert ALL[kind]() == ALL[kind]()


def test_large_means_are_those_of_the_t_test():
    for effect in (0.05, 0.1, 0.3):
        oracle = TTestIndPower().solve_power(effect, alpha=0.05, power=0.8)
        assert mean_plan(sd=1.0, effect=effect).n_per_arm == math.ceil(oracle)


def test_unequal_means_need_more_than_the_pooled_t_test_says():
    """Nine to one: Welch's degrees of freedom are about those of the small arm."""
    oracle = TTestIndPower().solve_power(0.5, alpha=0.05, power=0.8, ratio=1 / 9)
    plan = mean_plan(sd=1.0, effect=0.5, shares=(0.9, 0.1))
    pooled = oracle * (1 + 1 / 9) / 2
    assert pooled < plan.n_per_arm < 1.1 * pooled


def test_large_rates_are_those_of_the_normal_test():
    """Both arms' variances nearly equal, so that the oracle's one variance will do."""
    plan = rate_plan(baseline=2.0, effect=0.05, exposure=3.0)
    size = 0.05 / math.sqrt(2.025 / 3.0)
    oracle = NormalIndPower().solve_power(size, alpha=0.05, power=0.8)
    assert plan.n_per_arm == pytest.approx(oracle, rel=1e-3)


def test_exposure_stands_in_for_units():
    once, thrice = (
        rate_plan(baseline=0.5, effect=0.05, exposure=exposure).n_per_arm for exposure in (1, 3)
    )
    assert once == pytest.approx(3 * thrice, rel=0.01)


def test_enumerated_rates_and_the_formula_meet(monkeypatch):
    asked = {"baseline": 0.5, "effect": 0.12, "n_per_arm": 500, "threshold": 0.05}
    exact = rate_plan(**asked, is_brief=True)
    monkeypatch.setattr(small_rates, "MOST_EVENTS", 0.0)
    formula = rate_plan(**asked, is_brief=True)
    for verdict in VERDICTS:
        assert exact.verdict_probabilities[verdict] == pytest.approx(
            formula.verdict_probabilities[verdict], abs=0.02
        )
    assert exact.power < formula.power  # the exact test is the stricter one


def test_ranks_are_noethers():
    plan = rank_plan(sd=10.0, effect=2.0)
    superiority = 0.5 * math.erfc(-0.2 / 2.0)  # Phi(0.2 / sqrt 2), of a shift of 0.2
    total = noether_total_units(superiority, alpha=0.05, power=0.8)
    assert plan.n_per_arm == math.ceil(total / 2)
    # Their efficiency beside a mean's, for a normal metric: 3 / pi.
    assert plan.n_per_arm * 3 / math.pi == pytest.approx(
        mean_plan(sd=10.0, effect=2.0).n_per_arm, rel=0.01
    )


def test_noethers_own_example():
    """Noether (1987): P = 0.7 at power 0.9, one arm to two, two-sided 5 %."""
    total = noether_total_units(0.7, alpha=0.05, power=0.9, shares=(1 / 3, 2 / 3))
    reach = 1.959964 + 1.281552
    assert total == pytest.approx(reach**2 / (12 * (2 / 9) * 0.04), rel=1e-6)


def test_a_median_needs_half_as_many_again_as_a_mean():
    median = quantile_plan(sd=10.0, effect=1.0).n_per_arm
    assert median == pytest.approx(math.pi / 2 * mean_plan(sd=10.0, effect=1.0).n_per_arm, rel=0.05)


def test_a_long_tail_needs_more_at_its_end():
    asked = {"sd": 15.0, "effect": 3.0, "baseline": 20.0}
    tail = [quantile_plan(**asked, q=0.9, shape=shape) for shape in ("normal", "lognormal")]
    assert tail[1].n_per_arm > 1.2 * tail[0].n_per_arm


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (lambda: rate_plan(baseline=-0.1, effect=0.2), "power_rate_outside"),
        (lambda: rate_plan(baseline=0.1, effect=-0.2), "power_rate_outside"),
        (lambda: rate_plan(baseline=0.0, effect=0.0), "power_rate_outside"),
        (lambda: rate_plan(baseline=0.1, effect=0.1, exposure=0.0), "power_exposure_not_positive"),
        (lambda: rank_plan(sd=0.0, effect=1.0), "power_sd_not_positive"),
        (lambda: rank_plan(sd=1.0, effect=0.0), "power_no_effect"),
        (lambda: quantile_plan(sd=1.0, effect=1.0, q=1.0), "power_q_outside"),
        (
            lambda: quantile_plan(sd=1.0, effect=1.0, shape="lognormal", baseline=0.0),
            "power_lognormal_baseline",
        ),
        (lambda: rank_plan(sd=1.0, effect=1e-9), "power_out_of_reach"),
    ],
)
def test_what_cannot_be_planned(plan, code):
    with pytest.raises(NotEstimable) as refused:
        plan()
    assert refused.value.code == code


def test_no_event_in_the_control_can_be_planned_for():
    plan = rate_plan(baseline=0.0, effect=0.01)
    assert 0.8 <= plan.power < 0.9
    none_left = rate_plan(baseline=0.01, effect=-0.01)
    assert 0.8 <= none_left.power < 0.9


def test_too_few_units_for_a_quantile_say_nothing():
    plan = quantile_plan(sd=1.0, effect=5.0, q=0.99, n_per_arm=50)
    assert plan.power == 0.0
    assert plan.verdict_probabilities["not_enough_data"] == 1.0
    assert plan.mde is None


def test_low_power_exaggerates():
    plan = mean_plan(sd=10.0, effect=1.0, n_per_arm=100)
    assert plan.power < 0.12
    assert 3.0 < plan.exaggeration < 4.0
    assert mean_plan(sd=10.0, effect=1.0).exaggeration is None
    with_share = conversion_plan(baseline=0.25, effect=0.02, n_per_arm=200)
    assert with_share.exaggeration > 2.5
