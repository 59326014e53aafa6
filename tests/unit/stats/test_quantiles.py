"""Quantiles: known values, what cannot be answered, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats.arrays import Distribution
from hadi.stats.errors import NotEstimable
from hadi.stats.quantiles import compare, outer_ranks, quantile, units_needed

values = st.lists(st.integers(-1000, 1000), min_size=20, max_size=60).filter(
    lambda v: len(set(v[:20])) > 15
)


def _compared(a, b, q=0.5, alpha=0.05):
    return compare(Distribution.of(a), Distribution.of(b), q=q, alpha=alpha)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_the_quantile_is_numpy_s_definition_of_two_sided_steps(sample, q):
    expected = np.quantile(sample, q, method="averaged_inverted_cdf")
    assert quantile(Distribution.of(sample), q) == pytest.approx(expected)


@pytest.mark.parametrize("q", [0.02, 0.1, 0.5, 0.75, 0.9, 0.99, 0.999])
def test_too_few_units_say_how_many_it_takes(q):
    needed = units_needed(q)
    low, high = outer_ranks(needed, q)
    assert low >= 1 and high <= needed
    low, high = outer_ranks(needed - 1, q)
    assert low < 1 or high > needed - 1
    enough, few = range(needed), range(needed - 1)
    assert _compared(enough, enough, q).estimate == 0
    for arms, role in (((few, enough), "control"), ((enough, few), "treatment")):
        with pytest.raises(NotEstimable) as refused:
            _compared(*arms, q)
        assert refused.value.code == f"{role}_few_for_quantile"
        assert refused.value.params == {"n": needed - 1, "needed": needed}


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ([], range(50), "control_empty"),
        (range(50), [], "treatment_empty"),
        ([3], range(50), "control_one_unit"),
        (range(50), [3], "treatment_one_unit"),
        ([5] * 50, [5] * 50, "no_variation"),
        ([5] * 50, [9] * 50, "no_variation"),
        ([0] * 90 + [*range(1, 10)], [0] * 80 + [*range(1, 30)], "no_variation"),
        ([-1.7e308] * 25 + [1.7e308] * 25, range(50), "numbers_too_large"),
    ],
)
def test_what_cannot_be_answered(control, treatment, code):
    with pytest.raises(NotEstimable) as refused:
        _compared(control, treatment)
    assert refused.value.code == code


def test_one_arm_within_ties_is_answered_and_says_so():
    found = _compared([0] * 80 + [*range(1, 21)], range(100))
    assert found.control == 0 and found.estimate == 49.5 and found.p_value < 1e-10
    assert found.parameters["control_ties"] == 0.8 and found.parameters["treatment_ties"] == 0
    assert found.lift is None


@given(values, values, st.sampled_from([0.3, 0.5, 0.6]))
def test_what_must_always_hold(a, b, q):
    found = _compared(a, b, q)
    swapped = _compared(b, a, q)
    assert swapped.estimate == -found.estimate
    assert swapped.interval.low == pytest.approx(-found.interval.high)
    assert swapped.p_value == pytest.approx(found.p_value)
    scaled = _compared([4 * v for v in a], [4 * v for v in b], q)
    assert scaled.estimate == 4 * found.estimate
    assert scaled.standard_error == pytest.approx(4 * found.standard_error)
    for offset in (7, 10**9):
        moved = _compared([v + offset for v in a], [v + offset for v in b], q)
        assert moved.estimate == found.estimate
        assert moved.standard_error == pytest.approx(found.standard_error)
    assert _compared(a[::-1], sorted(b), q).p_value == found.p_value
    merged = Distribution.of(a[:7]) + Distribution.of(a[7:])
    assert compare(merged, Distribution.of(b), q=q, alpha=0.05).estimate == found.estimate


def test_the_lift_is_signed_towards_more():
    rng = np.random.default_rng(3)
    below = rng.normal(-100, 5, 200)
    lift = _compared(below, below + 10).lift
    assert lift.estimate == pytest.approx(10 / -np.median(below))
    assert lift.interval.low < lift.estimate < lift.interval.high
    mirrored = _compared(-below, -below - 10).lift
    assert mirrored.estimate == pytest.approx(-lift.estimate)
    assert mirrored.interval.high == pytest.approx(-lift.interval.low, rel=0.05)


def test_alpha_moves_the_interval_and_not_the_error():
    a, b = range(100), range(5, 130)
    wide, narrow = _compared(a, b, alpha=0.001), _compared(a, b, alpha=0.2)
    assert wide.standard_error == narrow.standard_error
    assert wide.interval.low < narrow.interval.low


def test_a_quantile_lies_between_none_and_all():
    with pytest.raises(ValueError, match=r"quantile of 1\.0"):
        _compared(range(50), range(50), q=1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "q"), [(50, 0.5), (400, 0.5), (2000, 0.9)])
def test_quantiles_hold_their_rate(n, q):
    rng, runs = np.random.default_rng(7), 3_000
    positive = held = 0
    for _ in range(runs):
        found = _compared(rng.lognormal(0, 1, n), rng.lognormal(0, 1, n), q)
        positive += found.p_value <= 0.05
        held += found.interval.low <= 0 <= found.interval.high
    assert 0.03 <= positive / runs <= 0.062
    assert held / runs >= 0.938


@pytest.mark.parametrize(("mean", "n"), [(1.68, 3000), (4.0, 100), (10.0, 200)])
def test_whole_numbers_a_step_apart_by_chance_are_no_effect(mean, n):
    random, found = np.random.default_rng(3), 0
    for _ in range(200):
        control, treatment = (Distribution.of(random.poisson(mean, n)) for _ in range(2))
        try:
            result = compare(control, treatment, q=0.5, alpha=0.05)
        except NotEstimable:
            continue
        found += result.p_value is None or result.p_value <= 0.05
    assert found <= 15  # 5 % and 1.6 Monte-Carlo errors; half the spread alone: 12 % to 50 %


def test_a_step_that_one_arm_may_take_back_is_open():
    control = Distribution(np.array([1.0, 2.0]), np.array([560, 440]))
    treatment = Distribution(np.array([1.0, 2.0]), np.array([490, 510]))
    found = compare(control, treatment, q=0.5, alpha=0.05)
    assert found.estimate == 1.0
    assert found.standard_error == pytest.approx(1.0 / 1.959964, rel=1e-3)
    assert found.interval.low < 0.0 < found.interval.high
    assert found.p_value > 0.05
