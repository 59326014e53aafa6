"""Several arms at once: other libraries' numbers, what must always hold, extreme inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from hadi.stats import means as two_means
from hadi.stats import omnibus
from hadi.stats.arrays import Distribution
from hadi.stats.distributions import log_f_tail
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion, Moments

amount = st.floats(-100, 100).map(lambda v: round(v, 1))
groups = st.lists(st.lists(amount, min_size=3, max_size=20), min_size=2, max_size=5)
shares = st.lists(
    st.integers(2, 5000).flatmap(lambda n: st.builds(Conversion, st.just(n), st.integers(0, n))),
    min_size=2,
    max_size=5,
)


def _asked(ask, *given_):
    """None where there is no answer."""
    try:
        return ask(*given_)
    except NotEstimable:
        return None


@given(shares)
def test_shares_are_scipys_chi_square(arms):
    found = _asked(omnibus.conversions, arms)
    if found is None:
        return
    table = [[arm.successes, arm.n - arm.successes] for arm in arms]
    theirs = stats.chi2_contingency(table, correction=False)
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    assert found.df == theirs.dof
    if theirs.pvalue > 1e-290:
        assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-7)


@given(groups)
def test_means_are_statsmodels_welch(arms):
    found = _asked(omnibus.means, [Moments.of(arm) for arm in arms])
    if found is None:
        return
    theirs = anova_oneway([np.array(arm) for arm in arms], use_var="unequal")
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-6, abs=1e-9)
    assert found.df_within == pytest.approx(theirs.df_denom, rel=1e-6)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)


@given(groups)
def test_ranks_are_scipys_kruskal_wallis(arms):
    found = _asked(omnibus.ranks, [Distribution.of(arm) for arm in arms])
    if found is None:
        assert len({v for arm in arms for v in arm}) == 1
        return
    theirs = stats.kruskal(*arms)
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-7)


@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_arms_does_not_matter(arms, random):
    turned = list(arms)
    random.shuffle(turned)
    for ask, make in ((omnibus.means, Moments.of), (omnibus.ranks, Distribution.of)):
        one = _asked(ask, [make(arm) for arm in arms])
        other = _asked(ask, [make(arm) for arm in turned])
        assert (one is None) == (other is None)
        if one and other:
            assert one.statistic == pytest.approx(other.statistic, rel=1e-7, abs=1e-9)


@given(groups, st.integers(-1000, 1000), st.floats(0.01, 100))
def test_constants_and_units_do_not_matter(arms, shift, k):
    moved = [[k * (v + shift) for v in arm] for arm in arms]
    one = _asked(omnibus.means, [Moments.of(arm) for arm in arms])
    other = _asked(omnibus.means, [Moments.of(arm) for arm in moved])
    assert (one is None) == (other is None)
    if one and other:
        assert one.statistic == pytest.approx(other.statistic, rel=1e-6, abs=1e-6)


def test_two_arms_are_welchs_t():
    arms = [Moments.from_sd(40, 10.0, 3.0), Moments.from_sd(90, 11.0, 5.0)]
    found, pair = omnibus.means(arms), two_means.compare(*arms, alpha=0.05)
    assert found.statistic == pytest.approx(pair.statistic**2)
    assert found.df_within == pytest.approx(pair.df)
    assert found.p_value == pytest.approx(pair.p_value)


def test_estimates_with_degrees_of_freedom_are_welchs():
    arms = [Moments.from_sd(40, 10.0, 3.0), Moments.from_sd(9, 11.0, 5.0), Moments.from_sd(7, 8, 2)]
    squares = [arm.variance / arm.n for arm in arms]
    values, dfs = [arm.mean for arm in arms], [arm.n - 1.0 for arm in arms]
    with_df = omnibus.estimates(values, squares, dfs)
    assert with_df.p_value == pytest.approx(omnibus.means(arms).p_value)
    without = omnibus.estimates(values, squares)
    weights = 1 / np.array(squares)
    centre = (weights * values).sum() / weights.sum()
    q = (weights * (np.array(values) - centre) ** 2).sum()
    assert without.statistic == pytest.approx(q)
    assert without.p_value == pytest.approx(stats.chi2.sf(q, 2))
    assert (without.method, without.df, without.df_within) == ("omnibus_wald", 2, None)


@pytest.mark.parametrize(
    ("ask", "arms", "code"),
    [
        (omnibus.conversions, [Conversion(9, 3)], "nothing_to_compare"),
        (omnibus.conversions, [Conversion(9, 3), Conversion(0, 0)], "arm_empty"),
        (omnibus.conversions, [Conversion(9, 3), Conversion(1, 0)], "arm_one_unit"),
        (omnibus.conversions, [Conversion(9, 0), Conversion(8, 0)], "no_variation"),
        (omnibus.conversions, [Conversion(9, 9), Conversion(8, 8)], "no_variation"),
        (omnibus.means, [Moments.of([1.0, 2.0])], "nothing_to_compare"),
        (omnibus.means, [Moments.of([1.0, 2.0]), Moments.of([])], "arm_empty"),
        (omnibus.means, [Moments.of([1.0, 2.0]), Moments.of([3.0])], "arm_one_unit"),
        (omnibus.means, [Moments.of([1.0, 2.0]), Moments.of([3.0, 3.0])], "no_variation"),
        (omnibus.means, [Moments(9, 1.0, math.inf), Moments(9, 1.0, 2.0)], "numbers_too_large"),
        (omnibus.ranks, [Distribution.of([1.0, 2.0])], "nothing_to_compare"),
        (omnibus.ranks, [Distribution.of([1.0, 2.0]), Distribution.of([])], "arm_empty"),
        (omnibus.ranks, [Distribution.of([1.0, 2.0]), Distribution.of([3.0])], "arm_one_unit"),
        (omnibus.ranks, [Distribution.of([2.0] * 4), Distribution.of([2.0] * 3)], "no_variation"),
    ],
)
def test_what_cannot_be_answered(ask, arms, code):
    with pytest.raises(NotEstimable) as refused:
        ask(arms)
    assert refused.value.code == code


def test_estimates_that_cannot_be_answered():
    for values, variances, code in (
        ([1.0], [1.0], "nothing_to_compare"),
        ([1.0, 2.0], [1.0, 0.0], "no_variation"),
        ([1.0, math.nan], [1.0, 1.0], "numbers_too_large"),
        ([1.0, 1e200], [1e-200, 1.0], "numbers_too_large"),
    ):
        with pytest.raises(NotEstimable) as refused:
            omnibus.estimates(values, variances)
        assert refused.value.code == code


def test_a_million_million_units():
    n = 10**12
    found = omnibus.conversions([Conversion(n, n // 2 + extra) for extra in (0, 10**6, 2 * 10**6)])
    assert found.statistic == pytest.approx(2 * (1e6) ** 2 / (n / 4), rel=1e-9)
    same = [Moments.from_sd(n, mean, 1.0) for mean in (5.0, 5.000001, 5.000002)]
    assert omnibus.means(same).statistic == pytest.approx(1.0, rel=1e-6)


def test_an_offset_of_a_thousand_million_takes_no_digit():
    plain = [Moments.of(v) for v in ([0.25, 0.5, 1.0], [0.5, 1.25, 1.5, 1.1], [2.0, 2.25, 2.4])]
    moved = [Moments.shifted(m.n, m.mean, m.m2, 1e9) for m in plain]
    one, other = omnibus.means(plain), omnibus.means(moved)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-12)


def test_a_p_beyond_floats_keeps_its_logarithm():
    found = omnibus.means([Moments.from_sd(5000, mean, 1.0) for mean in (0.0, 1.0, 2.0)])
    assert found.p_value is None
    # With two degrees of freedom the tail is (1 + 2 F / m)^(-m / 2), exactly.
    m = found.df_within
    exact = -m / 2 * math.log1p(2 * found.statistic / m) / math.log(10)
    assert found.log10_p == pytest.approx(exact, rel=1e-9)
    shares = omnibus.conversions([Conversion(10**5, x) for x in (10**4, 2 * 10**4, 3 * 10**4)])
    assert shares.p_value is None
    assert shares.log10_p == pytest.approx(-shares.statistic / 2 / math.log(10), rel=1e-9)


@pytest.mark.parametrize("df", [1, 2, 3, 7])
@pytest.mark.parametrize("df_within", [2.5, 60.0, 4e3, 3e5])
def test_the_tail_of_f(df, df_within):
    for statistic in (0.01, 1.0, 7.0, 60.0):
        assert log_f_tail(statistic, df, df_within) == pytest.approx(
            math.log(stats.f.sf(statistic, df, df_within)), rel=1e-9, abs=1e-12
        )


@pytest.mark.parametrize("df_within", [3e3, 3e4, 1e6, 9e8, 3e12])
def test_the_far_tail_of_f(df_within):
    for statistic in (1.0, 300.0, 3000.0):
        exact = -df_within / 2 * math.log1p(2 * statistic / df_within)
        assert log_f_tail(statistic, 2, df_within) == pytest.approx(exact, rel=1e-6)
    assert log_f_tail(0.0, 2, df_within) == 0.0
