"""Adjusted p-values: against scipy, and what must always hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.multiplicity import benjamini_hochberg, bonferroni, holm, simultaneous_alpha

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(p_lists)
def test_it_is_scipys_false_discovery_control(p_values):
    assert benjamini_hochberg(p_values) == pytest.approx(
        list(stats.false_discovery_control(p_values)), rel=1e-9, abs=1e-300
    )


@given(p_lists, st.randoms())
def test_the_order_of_the_questions_does_not_matter(p_values, random):
    shuffled = list(range(len(p_values)))
    random.shuffle(shuffled)
    for adjust in (benjamini_hochberg, holm, bonferroni):
        plain, mixed = adjust(p_values), adjust([p_values[i] for i in shuffled])
        assert mixed == [plain[i] for i in shuffled]


@given(p_lists)
def test_from_the_mildest_to_the_strictest(p_values):
    rows = zip(
        p_values, benjamini_hochberg(p_values), holm(p_values), bonferroni(p_values), strict=True
    )
    for p, bh, step_down, strict in rows:
        slack = 1e-12
        assert p <= bh + slack
        assert bh <= step_down + slack <= strict + 2 * slack
        assert strict <= 1


def test_one_question_needs_no_adjustment():
    assert benjamini_hochberg([0.03]) == holm([0.03]) == [0.03]
    assert benjamini_hochberg([]) == holm([]) == []
    assert simultaneous_alpha(0.05, 1) == 0.05
    assert simultaneous_alpha(0.06, 3) == pytest.approx(0.02)


@pytest.mark.parametrize("wrong", [math.nan, -0.1, 1.1])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([0.5, wrong])
