"""Ranks: oracles, what cannot be answered, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.arrays import Distribution
from hadi.stats.errors import NotEstimable
from hadi.stats.ranks import compare

whole = st.lists(st.integers(-8, 8), min_size=6, max_size=30)


def _compared(a, b, alpha=0.05):
    return compare(Distribution.of(a), Distribution.of(b), alpha=alpha)


def _overlap(a, b):
    return max(a) > min(b) and max(b) > min(a)


@given(whole, whole)
def test_ties_agree_with_scipy(a, b):
    assume(_overlap(a, b))
    found = _compared(a, b)
    expected = stats.brunnermunzel(a, b)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.parameters["brunner_munzel_p"] == pytest.approx(expected.pvalue, rel=1e-6)
    u = stats.mannwhitneyu(b, a, use_continuity=False, method="asymptotic")
    assert found.parameters["mann_whitney_u"] == pytest.approx(u.statistic)
    if not found.parameters["mann_whitney_exact"]:
        assert found.parameters["mann_whitney_p"] == pytest.approx(u.pvalue)
    assert found.estimate == np.median(np.subtract.outer(b, a))


@pytest.mark.parametrize(("n0", "n1"), [(2, 2), (3, 9), (8, 7), (25, 25), (48, 2)])
def test_small_arms_without_ties_are_exact(n0, n1):
    rng = np.random.default_rng(n0)
    a, b = rng.normal(size=n0), rng.normal(0.4, 1, n1)
    found = _compared(a, b).parameters
    assert found["mann_whitney_exact"]
    expected = stats.mannwhitneyu(b, a, method="exact")
    assert found["mann_whitney_p"] == pytest.approx(expected.pvalue, rel=1e-12)


@given(whole, whole)
@settings(max_examples=60)
def test_what_must_always_hold(a, b):
    assume(len(set(a)) > 1)
    found = _compared(a, b)
    swapped = _compared(b, a)
    assert swapped.estimate == -found.estimate
    assert swapped.p_value == pytest.approx(found.p_value)
    if found.interval.low is not None:
        assert found.interval.low <= found.estimate <= found.interval.high
        assert swapped.interval.low == pytest.approx(-found.interval.high, abs=1e-12)
    win, loss = found.parameters["superiority"], swapped.parameters["superiority"]
    assert win + loss == pytest.approx(1)
    assert found.parameters["superiority_low"] <= win <= found.parameters["superiority_high"]
    scaled = _compared([0.1 * v for v in a], [0.1 * v for v in b])
    assert scaled.estimate == pytest.approx(0.1 * found.estimate, abs=1e-12)
    for offset in (3, -(10**9)):
        moved = _compared([v + offset for v in a], [v + offset for v in b])
        assert moved.estimate == found.estimate and moved.interval == found.interval
        assert moved.p_value == found.p_value
    merged = Distribution.of(a[:2]) + Distribution.of(a[2:])
    again = compare(merged, Distribution.of(b[::-1]), alpha=0.05)
    assert again.interval == found.interval and again.p_value == found.p_value


def test_decimals_tie_as_they_do_on_paper():
    """Tenths carry rounding that the same whole numbers do not."""
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 20, 60), rng.integers(2, 23, 70)
    units, tenths = _compared(a, b), _compared(a / 10, b / 10)
    assert tenths.interval.low == pytest.approx(units.interval.low / 10)
    assert tenths.interval.high == pytest.approx(units.interval.high / 10)
    assert tenths.p_value == pytest.approx(units.p_value)


@pytest.mark.parametrize(("n0", "n1"), [(2, 3), (5, 5), (4, 30), (300, 200)])
def test_complete_separation_is_no_certainty(n0, n1):
    a, b = np.arange(n0), np.arange(n1) + 1e4
    for found, side in ((_compared(a, b), 1), (_compared(b, a), -1)):
        assert found.method == "hodges_lehmann_permutation"
        smallest = 2 / math.comb(n0 + n1, n0)
        assert found.p_value == pytest.approx(smallest) == found.parameters["smallest_p"]
        assert found.log10_p == pytest.approx(math.log10(smallest))
        assert found.statistic is None and found.parameters["brunner_munzel_p"] is None
        assert found.parameters["superiority"] == (1 if side > 0 else 0)
        assert found.parameters["superiority_se"] is None
        end = found.parameters["superiority_low" if side > 0 else "superiority_high"]
        assert 0 < end < 1
        assert side * found.estimate == pytest.approx(1e4 + (n1 - n0) / 2)
        assert (found.interval.low is None) == (smallest > 0.05)


def test_no_p_is_smaller_than_an_arrangement_of_the_units_allows():
    found = _compared([1, 2, 3, 4, 5.5], [5, 6, 7, 8, 9])
    assert found.parameters["brunner_munzel_p"] < found.parameters["smallest_p"]
    assert found.parameters["smallest_p"] == pytest.approx(2 / 252)
    assert found.p_value == pytest.approx(4 / 252)
    assert found.method == "hodges_lehmann_permutation"


def test_too_few_units_have_an_unbounded_interval():
    found = _compared([1, 5], [2, 9])
    assert found.interval.low is None and found.interval.high is None
    assert found.standard_error is None and found.p_value >= 1 / 3


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ([], [1, 2], "control_empty"),
        ([1, 2], [], "treatment_empty"),
        ([1], [1, 2], "control_one_unit"),
        ([1, 2], [1], "treatment_one_unit"),
        ([4, 4, 4], [4, 4], "no_variation"),
        ([4, 4, 4], [7, 7], "no_variation"),
        ([-1.7e308, 0], [1.7e308, 0], "numbers_too_large"),
    ],
)
def test_what_cannot_be_answered(control, treatment, code):
    with pytest.raises(NotEstimable) as refused:
        _compared(control, treatment)
    assert refused.value.code == code


def test_one_arm_all_equal_is_answered():
    found = _compared([0] * 40, [0] * 25 + [*range(1, 16)])
    assert found.estimate == 0 and 0 < found.p_value < 0.001
    assert found.interval.low == 0 and found.lift is None
    assert found.parameters["tied_pairs"] == 0.625


def test_counts_stand_for_units():
    """A thousand million units on a scale of five, as fast as ten."""
    scale = np.arange(1.0, 6.0)
    a = Distribution(scale, np.array([4, 3, 2, 1, 1]) * 10**8)
    b = Distribution(scale, np.array([4, 3, 2, 1, 1]) * 10**8 + np.array([-9, 0, 0, 0, 9]) * 10**5)
    found = compare(a, b, alpha=0.05)
    assert found.p_value is None and found.log10_p < -300
    assert found.parameters["superiority"] == pytest.approx(0.5, abs=1e-3)
    huge = Distribution(scale, np.array([4, 3, 2, 1, 1]) * 10**12)
    assert compare(huge, huge, alpha=0.05).estimate == 0


def test_the_lift_is_the_shift_over_the_control_median():
    rng = np.random.default_rng(1)
    a = rng.normal(-50, 4, 100)
    found = _compared(a, a + 5)
    assert found.lift.estimate == pytest.approx(5 / -np.median(a))
    assert found.lift.interval.low == found.interval.low / -found.control
    assert _compared(a - np.median(a), a).lift is None
    assert _compared([1, 2, 3, 4], [3, 4, 5, 9]).lift is None


def test_the_interval_has_nearly_the_ranks_of_the_tables():
    """U of 5 and of 64 are the two-sided 5 % limits of 6 and 15 units (Lehmann 1975, table B)."""
    for n, limit in ((6, 5), (15, 64)):
        rng = np.random.default_rng(n)
        a = rng.normal(size=n)
        b = np.sort(a + rng.normal(0, 1e-3, n))
        ordered = np.sort(np.subtract.outer(b, a), axis=None)
        low = int(np.searchsorted(ordered, _compared(a, b).interval.low)) + 1
        assert abs(low - (limit + 1)) <= 2


CASES = [
    (6, 6, 1.0),
    (15, 15, 1.0),
    (60, 60, 4.0),
    (8, 25, 4.0),
    (40, 10, 5.0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("n0", "n1", "sd1"), CASES)
def test_ranks_hold_their_rate_with_unequal_spread(n0, n1, sd1):
    """What the verdict calls real, test and interval both, stays below alpha; Mann and Whitney's
    test alone would not, with 40 and 10 units (16 %)."""
    rng, runs = np.random.default_rng(23), 3_000
    real = held = 0
    for _ in range(runs):
        found = _compared(rng.normal(0, 1, n0), rng.normal(0, sd1, n1))
        low, high = found.interval.low, found.interval.high
        held += low <= 0 <= high
        real += found.p_value <= 0.05 and not low <= 0 <= high
    assert held / runs >= 0.938
    assert real / runs <= 0.058


@pytest.mark.slow
@pytest.mark.parametrize("n", [10, 30, 200])
def test_brunner_munzel_holds_its_rate(n):
    rng, runs = np.random.default_rng(29), 3_000
    found = (_compared(rng.lognormal(0, 1, n), rng.lognormal(0, 1, n)) for _ in range(runs))
    assert sum(f.p_value <= 0.05 for f in found) / runs == pytest.approx(0.05, abs=0.013)


@pytest.mark.slow
def test_the_standard_error_is_that_of_the_shift():
    rng, shifts, squares = np.random.default_rng(31), [], []
    for _ in range(1_500):
        found = _compared(rng.lognormal(0, 1, 80), rng.lognormal(0, 1, 120) + 2)
        shifts.append(found.estimate)
        squares.append(found.standard_error**2)
        assert found.interval.low > 0
    assert math.sqrt(np.mean(squares)) == pytest.approx(np.std(shifts), rel=0.12)
