"""Counts of units against the declared split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.srm import sample_ratio


@pytest.mark.parametrize(
    ("counts", "p_value"),
    [((620, 500), 0.00034), ((412, 388), 0.40), ((5210, 4790), 0.0000267), ((1300, 1300), 1.0)],
)
def test_known_cases(counts, p_value):
    found = sample_ratio(dict(zip("ab", counts, strict=True)), {"a": 0.5, "b": 0.5})
    assert found.p_value == pytest.approx(p_value, rel=0.02)
    assert found.is_below(0.001) == (p_value < 0.001)
    assert found.df == 1


def test_the_declared_shares_count_and_not_even_ones():
    counts = {"a": 7010, "b": 2990}
    assert sample_ratio(counts, {"a": 0.7, "b": 0.3}).p_value > 0.5
    assert sample_ratio(counts, {"a": 1, "b": 1}).is_below(0.001)


def test_an_arm_declared_to_get_nothing_drops_a_degree_of_freedom():
    with_it = sample_ratio({"a": 520, "b": 480, "c": 0}, {"a": 0.5, "b": 0.5, "c": 0})
    without = sample_ratio({"a": 520, "b": 480}, {"a": 0.5, "b": 0.5})
    assert with_it == without


def test_units_where_none_may_be_are_impossible_and_have_no_p():
    found = sample_ratio({"a": 500, "b": 500, "c": 3}, {"a": 0.5, "b": 0.5, "c": 0})
    assert found.unexpected_arms == ("c",)
    assert found.p_value is None
    assert found.log10_p is None
    assert found.is_below(0.001)


def test_units_beside_the_only_arm_that_may_have_any():
    found = sample_ratio({"a": 500, "b": 500}, {"a": 1.0, "b": 0.0})
    assert found.unexpected_arms == ("b",)
    assert found.is_below(0.001)


def test_an_arm_without_units_counts_as_none():
    found = sample_ratio({"a": 1000}, {"a": 0.5, "b": 0.5})
    assert found.expected == {"a": 500.0, "b": 500.0}
    assert found.is_below(0.001)


def test_a_p_beyond_floats_keeps_its_logarithm():
    found = sample_ratio({"a": 900_000, "b": 100_000}, {"a": 1, "b": 1})
    assert found.p_value is None
    assert found.log10_p < -100_000
    assert found.is_below(0.001)


@pytest.mark.parametrize(
    ("counts", "shares", "code"),
    [
        ({"a": 5}, {"a": 1.0, "b": 0.0}, "ratio_one_arm"),
        ({"a": 0, "b": 0}, {"a": 0.5, "b": 0.5}, "ratio_no_units"),
    ],
)
def test_what_cannot_be_checked(counts, shares, code):
    with pytest.raises(NotEstimable) as refused:
        sample_ratio(counts, shares)
    assert refused.value.code == code


@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(0.05, 1)), min_size=2, max_size=6))
def test_it_is_scipys_chi_square(arms):
    counts = {str(i): n for i, (n, _) in enumerate(arms)}
    shares = {str(i): share for i, (_, share) in enumerate(arms)}
    found = sample_ratio(counts, shares)
    theirs = stats.chisquare([n for n, _ in arms], list(found.expected.values()), sum_check=False)
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-9)
    if theirs.pvalue > 1e-290:
        assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-7)


def test_units_where_next_to_none_were_declared():
    found = sample_ratio({"a": 900, "b": 1000}, {"a": 1e-310, "b": 1.0})
    assert found.p_value is None
    assert found.is_below(0.001)
