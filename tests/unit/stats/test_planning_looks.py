"""Planning with several looks: known inflation, where a test ends, and the promise kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.domain.verdict import judge_metric
from hadi.stats.group_sequential import crossing_probabilities
from hadi.stats.planning_looks import found_by, look_odds, schedule
from hadi.stats.power import conversion_plan, mean_plan
from hadi.stats.sequential import confidence_sequence
from hadi.stats.verdict_odds import VERDICTS, normal_odds

MEAN = {"sd": 10.0, "effect": 0.5}


@pytest.mark.parametrize(
    ("spending", "looks", "low", "high"),
    [("obrien_fleming", 2, 1.0, 1.02), ("obrien_fleming", 5, 1.02, 1.04), ("pocock", 5, 1.2, 1.27)],
)
def test_planned_looks_cost_what_the_books_say(spending, looks, low, high):
    """Jennison & Turnbull (2000), tables 2.2 and 2.4, for power 0.8 at 5 %: 1.028 and 1.229 for
    five looks of the boundaries that the spending functions approach."""
    fixed = mean_plan(**MEAN).n_per_arm
    plan = mean_plan(**MEAN, looks="planned", look_count=looks, spending=spending)
    assert low < plan.n_per_arm / fixed < high
    assert plan.power == pytest.approx(0.8, abs=0.002)
    assert plan.mde == pytest.approx(0.5, rel=0.005)
    assert plan.alpha < 0.05
    # Pocock's boundaries need more units at most and fewer on average.
    assert plan.expected_units < (0.9 if looks == 5 else 0.98) * plan.n_per_arm


def test_looking_at_any_time_costs_more():
    fixed, planned, anytime = (
        mean_plan(**MEAN, looks=looks).n_per_arm for looks in ("fixed", "planned", "anytime")
    )
    assert fixed < planned < anytime
    assert anytime / fixed == pytest.approx(1.94, abs=0.03)


def test_the_sequence_planned_is_the_one_that_decides():
    n = 1_000
    plan = mean_plan(**MEAN, looks="anytime", n_per_arm=n)
    error = 10.0 * math.sqrt(2 / n)
    half = confidence_sequence(0.5, error, 2 * n, alpha=0.05, tuning=n).half_width
    odds = normal_odds(0.5, error, half, half, 0.0)
    assert plan.power == pytest.approx(odds["confirmed"], abs=1e-3)


@pytest.mark.parametrize("threshold", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("effect", [-2.0, 0.0, 2.0, 3.5])
def test_the_verdicts_are_those_of_the_first_look_that_has_one(effect, threshold):
    """Step by step, by the table of verdicts itself, on walks of another seed."""
    plan = schedule(3, 0.05, "obrien_fleming")
    odds = look_odds(effect, 1.0, plan, threshold)
    rng = np.random.default_rng(4)
    runs = 6_000
    walks = np.cumsum(rng.normal(0.0, math.sqrt(1 / 3), (runs, 3)), axis=1)
    counted, ended = dict.fromkeys(VERDICTS, 0.0), 0.0
    for walk in walks.tolist():
        for fraction, z, place in zip(plan.fractions, plan.bounds, walk, strict=True):
            d, reach = effect + place / fraction, z / math.sqrt(fraction)
            judged = judge_metric(
                estimate=d, low=d - reach, high=d + reach, p_value=0.0, alpha=0.05,
                threshold=threshold,
            )  # fmt: skip
            if judged.verdict.value != "not_enough_data" or fraction == 1.0:
                counted[judged.verdict.value] += 1 / runs
                ended += fraction / runs
                break
    for verdict in VERDICTS:
        assert odds.verdicts[verdict] == pytest.approx(counted[verdict], abs=0.025)
    assert odds.ends_at == pytest.approx(ended, abs=0.015)
    assert sum(odds.verdicts.values()) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("drift", [1.0, 2.8, 4.0])
def test_power_is_that_of_the_recursive_integration(drift):
    plan = schedule(5, 0.05, "pocock")
    exact = sum(crossing_probabilities(plan.fractions, plan.bounds, drift=drift))
    assert found_by(drift, 1.0, plan) == pytest.approx(exact)
    odds = look_odds(drift, 1.0, plan, 0.0)
    assert odds.found == pytest.approx(exact, abs=0.004)
    assert odds.verdicts["confirmed"] == pytest.approx(odds.found, abs=1e-9)


def test_without_an_effect_half_of_the_error_is_spent_upwards():
    odds = look_odds(0.0, 1.0, schedule(4, 0.05, "obrien_fleming"), 0.0)
    assert odds.found == pytest.approx(0.025, abs=0.003)
    assert odds.verdicts["harmful"] == pytest.approx(0.025, abs=0.003)


def test_shares_are_planned_with_looks_too():
    fixed = conversion_plan(baseline=0.2, effect=0.05)
    plan = conversion_plan(baseline=0.2, effect=0.05, looks="planned", look_count=4)
    assert 1.0 < plan.n_per_arm / fixed.n_per_arm < 1.05
    assert plan.draws == 20_000
    assert plan.simulation_error < 0.004


@pytest.mark.slow
@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_planned_looks_keep_their_promise(spending):
    """Units as they come, Welch's test at each look's own alpha."""
    from hadi.stats import means
    from hadi.stats.samples import Moments

    plan = mean_plan(sd=1.0, effect=0.4, looks="planned", look_count=3, spending=spending)
    looks = schedule(3, 0.05, spending)
    rng = np.random.default_rng(21)
    runs, found, used = 2_000, 0, 0
    for _ in range(runs):
        a, b = rng.normal(0.0, 1.0, plan.n_per_arm), rng.normal(0.4, 1.0, plan.n_per_arm)
        for fraction, alpha in zip(looks.fractions, looks.alphas, strict=True):
            n = round(plan.n_per_arm * fraction)
            seen = means.compare(
                Moments.of(a[:n].tolist()), Moments.of(b[:n].tolist()), alpha=alpha
            )
            if seen.interval.low > 0 or seen.interval.high < 0:
                found += seen.interval.low > 0
                break
        used += n
    assert found / runs == pytest.approx(plan.power, abs=3.5 * math.sqrt(0.16 / runs))
    assert used / runs == pytest.approx(plan.expected_units, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "effect"), [(12, 2.0), (40, 0.9)])
def test_a_sequence_keeps_its_promise_at_the_planned_end(n, effect):
    from hadi.stats import means
    from hadi.stats.samples import Moments
    from hadi.stats.sequential import always_valid

    plan = mean_plan(sd=1.0, effect=effect, looks="anytime", n_per_arm=n)
    rng = np.random.default_rng(22)
    runs, found = 3_000, 0
    for _ in range(runs):
        a, b = rng.normal(0.0, 1.0, n).tolist(), rng.normal(effect, 1.0, n).tolist()
        single = means.compare(Moments.of(a), Moments.of(b), alpha=0.05)
        found += always_valid(single, alpha=0.05, tuning=n).interval.low > 0
    assert 0.2 < plan.power < 0.95
    assert found / runs == pytest.approx(plan.power, abs=3.5 * math.sqrt(0.25 / runs))


@pytest.mark.slow
def test_a_sequence_of_shares_keeps_its_promise():
    from hadi.stats import proportions
    from hadi.stats.samples import Conversion
    from hadi.stats.sequential import always_valid

    n = 500
    plan = conversion_plan(baseline=0.2, effect=0.09, looks="anytime", n_per_arm=n)
    rng = np.random.default_rng(23)
    runs, found = 4_000, 0
    for a, b in zip(rng.binomial(n, 0.2, runs), rng.binomial(n, 0.29, runs), strict=True):
        single = proportions.compare(Conversion(n, int(a)), Conversion(n, int(b)), alpha=0.05)
        found += always_valid(single, alpha=0.05, tuning=n).interval.low > 0
    assert found / runs == pytest.approx(plan.power, abs=3.5 * math.sqrt(0.25 / runs))
