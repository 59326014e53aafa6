"""Equivalence and non-inferiority: they say what the intervals say, at any size."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats import means, proportions
from hadi.stats.equivalence import non_inferiority, tost
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion, Moments


@st.composite
def comparisons(draw, alpha=0.05):
    arms = [
        Moments.from_sd(draw(st.integers(2, 5000)), draw(st.floats(-9, 9)), draw(st.floats(0.1, 9)))
        for _ in "ab"
    ]
    return means.compare(*arms, alpha=alpha)


@given(comparisons(), st.floats(0.0, 5.0), st.sampled_from([1, -1]))
def test_non_inferior_is_the_interval_above_the_margin(found, margin, sign):
    p = non_inferiority(found, margin=margin, sign=sign)
    worst = found.interval.low if sign == 1 else -found.interval.high
    if abs(worst + margin) > 1e-9:
        assert (p is None or p <= 0.025) == (worst > -margin)


@given(comparisons(alpha=0.1), st.floats(-9.0, 9.0), st.floats(0.1, 9.0))
def test_equal_is_the_interval_of_twice_the_alpha_within(found, low, width):
    high = low + width
    answer = tost(found, low=low, high=high)
    inside = low < found.interval.low and found.interval.high < high
    if min(abs(found.interval.low - low), abs(found.interval.high - high)) > 1e-9:
        assert (answer.p_value is None or answer.p_value <= 0.05) == inside


@given(comparisons(), st.floats(0.0, 5.0))
def test_swapping_the_arms_turns_the_question(found, margin):
    swapped = replace(found, estimate=-found.estimate)
    one = non_inferiority(found, margin=margin, sign=1)
    assert one == non_inferiority(swapped, margin=margin, sign=-1)
    there = tost(found, low=-margin - 1.0, high=margin + 2.0)
    back = tost(swapped, low=-margin - 2.0, high=margin + 1.0)
    assert (there.p_lower, there.p_upper) == (back.p_upper, back.p_lower)


@given(comparisons())
def test_both_tails_make_one(found):
    up = non_inferiority(found, margin=0.0, sign=1)
    down = non_inferiority(found, margin=0.0, sign=-1)
    assert (up or 0.0) + (down or 0.0) == pytest.approx(1.0)
    assert 2 * min(up or 0.0, down or 0.0) == pytest.approx(found.p_value or 0.0)


def test_a_p_beyond_floats_keeps_its_logarithm():
    arms = Moments.from_sd(10**6, 5.0, 1.0), Moments.from_sd(10**6, 5.0, 1.0)
    found = tost(means.compare(*arms, alpha=0.05), low=-1.0, high=1.0)
    assert (found.p_lower, found.p_upper, found.p_value) == (None, None, None)
    # Student's density falls as (1 + t^2 / df)^-(df + 1) / 2, here with t^2 = 500,000.
    df = 2 * (10**6 - 1)
    leading = -0.5 * (df + 1) * math.log1p(500_000 / df) / math.log(10)
    assert found.log10_p == pytest.approx(leading, rel=1e-3)
    assert non_inferiority(means.compare(*arms, alpha=0.05), margin=1.0, sign=1) is None


def test_without_degrees_of_freedom_it_is_normal():
    found = proportions.compare(Conversion(5000, 500), Conversion(5000, 505), alpha=0.05)
    assert found.df is None
    z = (found.estimate + 0.01) / found.standard_error
    assert non_inferiority(found, margin=0.01, sign=1) == pytest.approx(
        0.5 * math.erfc(z / math.sqrt(2)), rel=1e-12
    )


@pytest.mark.parametrize("error", [None, 0.0])
def test_without_a_standard_error_there_is_no_answer(error):
    found = proportions.compare(Conversion(500, 50), Conversion(500, 55), alpha=0.05)
    for ask in (
        lambda c: tost(c, low=-1.0, high=1.0),
        lambda c: non_inferiority(c, margin=0.1, sign=1),
    ):
        with pytest.raises(NotEstimable) as refused:
            ask(replace(found, standard_error=error))
        assert refused.value.code == "no_standard_error"


def test_impossible_margins_are_a_mistake_of_the_caller():
    found = proportions.compare(Conversion(500, 50), Conversion(500, 55), alpha=0.05)
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(found, margin=-0.1, sign=1)
    with pytest.raises(ValueError, match="stretch"):
        tost(found, low=0.1, high=0.1)
