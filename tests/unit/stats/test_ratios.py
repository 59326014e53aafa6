"""Two ratios of sums: what must always hold, what cannot be answered, and extreme inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats import means
from hadi.stats.errors import NotEstimable
from hadi.stats.ratios import combination, combined_error, compare
from hadi.stats.samples import CoMoments, Moments

unit = st.tuples(st.floats(-100, 100).map(lambda v: round(v, 2)), st.integers(1, 9).map(float))
units = st.lists(unit, min_size=3, max_size=40)


def _sample(rows):
    return CoMoments.of(*zip(*rows, strict=True))


def _compared(a, b):
    """None where there is no answer."""
    try:
        return compare(a, b, alpha=0.05)
    except NotEstimable:
        return None


def _ends(found):
    return [found.interval.low, found.interval.high]


@given(units, units)
def test_it_is_welch_of_the_linearised_units(a, b):
    found = _compared(_sample(a), _sample(b))
    if found is None:
        return
    lines = []
    for rows in (a, b):
        num, den = np.array(rows).T
        ratio = num.sum() / den.sum()
        lines.append(Moments.of(list(ratio + (num - ratio * den) / den.mean())))
    theirs = means.compare(*lines, alpha=0.05)
    assert found.estimate == pytest.approx(theirs.estimate, rel=1e-7, abs=1e-7)
    assert found.standard_error == pytest.approx(theirs.standard_error, rel=1e-6)
    assert found.log10_p == pytest.approx(theirs.log10_p, rel=1e-6, abs=1e-6)


@given(units, units)
def test_swapping_the_arms_negates(a, b):
    one, other = _compared(_sample(a), _sample(b)), _compared(_sample(b), _sample(a))
    assert (one is None) == (other is None)
    if one and other:
        assert one.estimate == pytest.approx(-other.estimate, abs=1e-9)
        assert _ends(one) == pytest.approx([-v for v in _ends(other)[::-1]], abs=1e-9)
        assert one.log10_p == pytest.approx(other.log10_p, rel=1e-7, abs=1e-7)


@given(units, units, st.floats(0.01, 100), st.floats(0.01, 100))
def test_a_change_of_unit_scales_and_keeps_the_lift(a, b, k, m):
    one = _compared(_sample(a), _sample(b))
    scaled = [_sample([(num * k, den * m) for num, den in rows]) for rows in (a, b)]
    other = _compared(*scaled)
    assert (one is None) == (other is None)
    if one and other:
        assert other.estimate == pytest.approx(one.estimate * k / m, rel=1e-6, abs=1e-7)
        assert _ends(other) == pytest.approx([v * k / m for v in _ends(one)], rel=1e-6, abs=1e-7)
        if one.lift and other.lift:
            assert other.lift.estimate == pytest.approx(one.lift.estimate, rel=1e-6, abs=1e-7)


@given(units, units, st.integers(-50, 50))
def test_a_constant_for_each_denominator_leaves_the_difference(a, b, shift):
    one = _compared(_sample(a), _sample(b))
    moved = [_sample([(num + shift * den, den) for num, den in rows]) for rows in (a, b)]
    other = _compared(*moved)
    assert (one is None) == (other is None)
    if one and other:
        assert other.estimate == pytest.approx(one.estimate, abs=1e-7)
        assert other.standard_error == pytest.approx(one.standard_error, rel=1e-6)


@given(units, units, units)
def test_merging_parts_is_the_whole(a, b, c):
    parts, whole = _sample(a) + _sample(b), _sample([*a, *b])
    one, other = _compared(parts, _sample(c)), _compared(whole, _sample(c))
    assert (one is None) == (other is None)
    if one and other:
        assert one.estimate == pytest.approx(other.estimate, rel=1e-9, abs=1e-9)
        assert one.standard_error == pytest.approx(other.standard_error, rel=1e-7)


GOOD = [(4.0, 2.0), (9.0, 3.0), (2.0, 1.0), (7.0, 2.0)]


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ([], GOOD, "control_empty"),
        (GOOD, [], "treatment_empty"),
        (GOOD[:1], GOOD, "control_one_unit"),
        (GOOD, GOOD[:1], "treatment_one_unit"),
        ([(1.0, 0.0), (2.0, 0.0)], GOOD, "control_denominator_near_zero"),
        (GOOD, [(1.0, 1.0), (2.0, -1.0), (3.0, 0.5)], "treatment_denominator_near_zero"),
        (GOOD, [(5.0, 1.0)] + [(0.0, 0.0)] * 50, "treatment_denominator_near_zero"),
        ([(5.0, 2.0)] * 9, [(7.0, 2.0)] * 9, "no_variation"),
        ([(0.1, 0.3)] * 9, [(0.7, 0.3)] * 9, "no_variation"),
        # Each unit has the ratio of its arm: the numerator varies, the ratio does not.
        ([(0.3 * d, d) for d in (3, 4, 7)], [(0.7 * d, d) for d in (3, 2, 5)], "no_variation"),
        ([(0.0, 2.0), (0.0, 3.0)], [(0.0, 1.0), (0.0, 1.0)], "no_variation"),
    ],
)
def test_what_cannot_be_answered(control, treatment, code):
    samples = [_sample(rows) if rows else CoMoments.of((), ()) for rows in (control, treatment)]
    with pytest.raises(NotEstimable) as refused:
        compare(*samples, alpha=0.05)
    assert refused.value.code == code


def test_numbers_beyond_floats_are_refused():
    vast = CoMoments(10, (1e200, 1.0), ((math.inf, 0.0), (0.0, 0.1)))
    with pytest.raises(NotEstimable) as refused:
        compare(vast, vast, alpha=0.05)
    assert refused.value.code == "numbers_too_large"


def _offset(sample, offset):
    """The same units with a numerator larger by `offset`; the denominator is a constant 1."""
    first = Moments.shifted(sample.n, sample.means[0], sample.comoments[0][0], offset)
    return CoMoments(sample.n, (first.mean, 1.0), sample.comoments, (first.rest, 0.0))


def test_an_offset_of_a_thousand_million_takes_no_digit():
    rows = [(0.25, 1.0), (0.5, 1.0), (0.75, 1.0)], [(0.75, 1.0), (0.8, 1.0), (1.1, 1.0)]
    plain = [_sample(r) for r in rows]
    one = compare(*plain, alpha=0.05)
    other = compare(*[_offset(s, 1e9) for s in plain], alpha=0.05)
    assert other.estimate == pytest.approx(one.estimate, rel=1e-13)
    assert _ends(other) == pytest.approx(_ends(one), rel=1e-12)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-12)


def _summary(n, means_, variances, covariance=0.0):
    m = n - 1
    table = ((variances[0] * m, covariance * m), (covariance * m, variances[1] * m))
    return CoMoments(n, means_, table)


def test_a_million_million_units():
    n = 10**12
    control = _summary(n, (30.0, 3.0), (400.0, 4.0), 30.0)
    treatment = _summary(n, (30.003, 3.0), (400.0, 4.0), 30.0)
    found = compare(control, treatment, alpha=0.05)
    assert found.estimate == pytest.approx(0.001, rel=1e-9)
    assert found.standard_error == pytest.approx(
        math.sqrt(2 * (400 + 100 * 4 - 20 * 30) / 9 / n), rel=1e-4
    )
    assert found.p_value is None
    assert found.log10_p < -300


def test_a_negative_ratio_still_has_more_as_positive():
    control = _summary(500, (-20.0, 2.0), (4.0, 0.1))
    treatment = _summary(500, (-16.0, 2.0), (4.0, 0.1))
    lift = compare(control, treatment, alpha=0.05).lift
    assert lift.estimate == pytest.approx(0.2)
    assert 0.17 < lift.interval.low < lift.estimate < lift.interval.high < 0.23


def test_no_lift_where_the_control_may_be_zero():
    control = _summary(50, (1.0, 2.0), (100.0, 0.1))
    assert compare(control, _summary(50, (9.0, 2.0), (100.0, 0.1)), alpha=0.05).lift is None


def test_a_denominator_that_moved_is_told():
    control = _summary(5000, (20.0, 2.0), (4.0, 1.0), 1.0)
    found = compare(control, _summary(5000, (20.0, 1.9), (4.0, 1.0), 1.0), alpha=0.05)
    assert found.parameters["denominator_p_value"] < 1e-5
    rows = [(4.0, 1.0), (9.0, 1.0), (2.0, 1.0)]
    still = compare(_sample(rows), _sample(rows[::-1]), alpha=0.05)
    assert still.parameters["denominator_p_value"] is None


def test_the_error_of_a_column_alone_is_that_of_its_mean():
    sample = _sample(GOOD)
    assert combined_error(sample, (1.0, 0.0)) == pytest.approx(
        means.squared_error(sample.marginal(0))
    )


def test_what_rounding_leaves_of_a_sum_of_squares_is_nothing():
    random = np.random.default_rng(9)
    den = random.uniform(1.0, 9.0, 200)
    sample = CoMoments.of(den / 3.0, den)
    assert combination(sample, (1.0, -1.0 / 3.0)) == 0.0
    assert combination(sample, (1.0, -0.3333)) > 0.0


def test_spread_below_the_rounding_of_the_mean_is_none():
    flat = CoMoments(9, (5e9, 1.0), ((8e-18, 0.0), (0.0, 0.0)))
    assert combined_error(flat, (1.0, 0.0)) == 0.0
    assert combined_error(CoMoments(9, (5.0,), ((8e-18,),)), (1.0,)) > 0.0
