"""Two means: what must always hold, what cannot be answered, and the ends of a lift."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.means import compare, fieller
from hadi.stats.samples import Moments


@st.composite
def moments(draw):
    n = draw(st.integers(2, 100_000))
    return Moments.from_sd(n, draw(st.floats(-1e4, 1e4)), draw(st.floats(0.1, 1e3)))


def _compared(a, b):
    """None where there is no variation to compare by."""
    try:
        return compare(a, b, alpha=0.05)
    except NotEstimable:
        return None


values = st.lists(st.floats(-1e3, 1e3).map(lambda v: round(v, 3)), min_size=2, max_size=40)


@given(moments(), moments())
def test_it_is_scipys_welch(a, b):
    found = compare(a, b, alpha=0.05)
    theirs = stats.ttest_ind_from_stats(
        b.mean, math.sqrt(b.variance), b.n, a.mean, math.sqrt(a.variance), a.n, equal_var=False
    )
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    if theirs.pvalue > 1e-290:
        assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-7)


@given(moments(), moments())
def test_swapping_the_arms_negates(a, b):
    one, other = compare(a, b, alpha=0.05), compare(b, a, alpha=0.05)
    assert one.estimate == -other.estimate
    assert one.interval.low == pytest.approx(-other.interval.high)
    assert one.log10_p == pytest.approx(other.log10_p)


@given(moments(), moments(), st.floats(0.01, 100))
def test_a_change_of_unit_scales_and_keeps_the_lift(a, b, k):
    one = compare(a, b, alpha=0.05)
    scaled = [Moments(s.n, s.mean * k, s.m2 * k * k) for s in (a, b)]
    other = compare(*scaled, alpha=0.05)
    assert other.estimate == pytest.approx(one.estimate * k)
    assert other.interval.high == pytest.approx(one.interval.high * k)
    assert other.log10_p == pytest.approx(one.log10_p, rel=1e-6, abs=1e-9)
    assert (one.lift is None) == (other.lift is None)
    if one.lift and one.lift.interval.low is not None:
        assert other.lift.interval.low == pytest.approx(one.lift.interval.low, rel=1e-6, abs=1e-9)


@given(values, values, st.integers(-(10**6), 10**6))
def test_a_shift_leaves_the_difference(a, b, shift):
    one = _compared(Moments.of(a), Moments.of(b))
    other = _compared(Moments.of([v + shift for v in a]), Moments.of([v + shift for v in b]))
    assert (one is None) == (other is None)
    if one and other:
        assert other.estimate == pytest.approx(one.estimate, abs=1e-7)
        assert other.interval.low == pytest.approx(one.interval.low, rel=1e-5, abs=1e-5)


@given(values, values)
def test_merging_parts_is_the_whole(a, b):
    merged, whole = Moments.of(a) + Moments.of(b), Moments.of([*a, *b])
    assert merged.n == whole.n
    assert merged.mean == pytest.approx(whole.mean, abs=1e-9)
    assert merged.m2 == pytest.approx(whole.m2, rel=1e-9, abs=1e-6)


@given(moments(), moments())
def test_the_lift_and_the_test_agree(a, b):
    found = compare(a, b, alpha=0.05)
    if found.lift is None or found.lift.interval.low is None:
        return
    lift = found.lift.interval
    excludes_zero = lift.low > 0 or lift.high < 0
    if abs(found.p_value or 0.0) - 0.05 != pytest.approx(0, abs=1e-6):
        assert excludes_zero == (found.p_value is None or found.p_value < 0.05)
    assert lift.low <= found.lift.estimate <= lift.high


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ([], [1.0, 2.0], "control_empty"),
        ([1.0, 2.0], [], "treatment_empty"),
        ([1.0], [1.0, 2.0], "control_one_unit"),
        ([1.0, 2.0], [5.0], "treatment_one_unit"),
        ([5.0] * 10, [6.0] * 12, "no_variation"),
        ([0.1] * 10, [0.3] * 12, "no_variation"),
        ([0.0, 0.0], [0.0, 0.0], "no_variation"),
    ],
)
def test_what_cannot_be_answered(control, treatment, code):
    with pytest.raises(NotEstimable) as refused:
        compare(Moments.of(control), Moments.of(treatment), alpha=0.05)
    assert refused.value.code == code


def test_numbers_beyond_floats_are_refused():
    vast = Moments(10, 1e200, math.inf)
    with pytest.raises(NotEstimable) as refused:
        compare(vast, vast, alpha=0.05)
    assert refused.value.code == "numbers_too_large"


def test_one_arm_without_variation_is_still_compared():
    found = compare(Moments.of([5.0] * 10), Moments.of([5.0, 6.0, 7.0, 8.0]), alpha=0.05)
    assert found.df == pytest.approx(3.0)
    assert found.lift is not None


def test_no_lift_where_the_control_may_be_zero():
    control, treatment = Moments.from_sd(50, 1.0, 10.0), Moments.from_sd(50, 9.0, 10.0)
    assert compare(control, treatment, alpha=0.05).lift is None


def test_a_control_below_zero_still_has_more_as_positive():
    control, treatment = Moments.from_sd(500, -10.0, 2.0), Moments.from_sd(500, -8.0, 2.0)
    lift = compare(control, treatment, alpha=0.05).lift
    assert lift.estimate == pytest.approx(0.2)
    assert 0.17 < lift.interval.low < lift.estimate < lift.interval.high < 0.23


def test_fieller_is_unbounded_when_the_denominator_may_be_zero():
    assert fieller(1.0, 1.0, 0.1, 0.3, 1.96) == (None, None)
    low, high = fieller(1.0, 1.0, 0.1, 0.001, 1.96)
    assert low < 1.0 < high


def test_a_few_large_control_can_leave_the_lift_unbounded():
    # The control's own t quantile keeps 0 out, Welch's (fewer degrees of freedom) does not.
    control, treatment = Moments.from_sd(400, 2.0, 18.0), Moments.from_sd(3, 50.0, 200.0)
    lift = compare(control, treatment, alpha=0.05).lift
    assert lift is not None
    assert (lift.interval.low, lift.interval.high) == (None, None)


def test_a_p_beyond_floats_keeps_its_logarithm():
    found = compare(Moments.from_sd(5000, 0.0, 1.0), Moments.from_sd(5000, 2.0, 1.0), alpha=0.05)
    assert found.p_value is None
    # The density falls as (1 + t^2 / df)^-(df + 1) / 2; what stands before it is small here.
    leading = -0.5 * (found.df + 1) * math.log1p(found.statistic**2 / found.df)
    assert found.log10_p == pytest.approx(leading / math.log(10), abs=3)


def test_an_offset_takes_no_digit_of_the_lift():
    rows = [0.25, 0.5, 1.0, 1.75], [0.5, 1.25, 1.5, 2.25]
    control, treatment = (Moments.shifted(m.n, m.mean, m.m2, 1e12) for m in map(Moments.of, rows))
    found = compare(control, treatment, alpha=0.05)
    # Beside 1e12 the control is a constant: the lift's ends are the difference's, divided by it.
    assert found.lift.interval.low == pytest.approx(found.interval.low / 1e12, rel=1e-9)
    assert found.lift.interval.high == pytest.approx(found.interval.high / 1e12, rel=1e-9)


def test_the_ends_of_the_lift_are_fiellers_of_the_two_means():
    control, treatment = Moments.from_sd(40, 5.0, 9.0), Moments.from_sd(60, 9.0, 12.0)
    found = compare(control, treatment, alpha=0.05)
    quantile = (found.interval.high - found.estimate) / found.standard_error
    low, high = fieller(9.0, 5.0, 144.0 / 60, 81.0 / 40, quantile)
    assert found.lift.interval.low == pytest.approx(low - 1.0)
    assert found.lift.interval.high == pytest.approx(high - 1.0)
