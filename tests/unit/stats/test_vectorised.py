"""Whole arrays of tests: the scalar functions' numbers, and NaN only where those refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.stats import means, proportions
from hadi.stats.distributions import t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion, Moments
from hadi.stats.vectorised import _t_quantiles, two_proportions, welch

NUMBERS = ("estimate", "statistic", "standard_error", "log10_p", "p_value", "df")


def _is_same(answers, i, found):
    """Entry i against a scalar comparison; the interval to 1e-10 of its own width."""
    assert answers.is_estimable[i]
    for name in NUMBERS:
        mine, theirs = getattr(answers, name)[i], getattr(found, name)
        if theirs is None:
            assert math.isinf(mine) if name == "df" else math.isnan(mine), name
        else:
            assert mine == pytest.approx(theirs, rel=1e-10, abs=1e-10), name
    for mine, theirs in (
        (answers.low[i], found.interval.low),
        (answers.high[i], found.interval.high),
    ):
        assert mine == pytest.approx(theirs, rel=1e-10, abs=1e-10)


def _is_nan(answers, i):
    assert not answers.is_estimable[i]
    for name in (*NUMBERS, "low", "high"):
        assert math.isnan(getattr(answers, name)[i]), name


def _means(count, seed):
    random = np.random.default_rng(seed)
    n = [np.floor(10 ** random.uniform(0.3, 8.0, count)) for _ in "ab"]
    sd = [10 ** random.uniform(-2.0, 2.0, count) for _ in "ab"]
    m0 = random.normal(0.0, 10.0, count)
    gap = random.normal(0.0, 3.0, count) * np.hypot(sd[0] / np.sqrt(n[0]), sd[1] / np.sqrt(n[1]))
    return n[0], m0, sd[0] ** 2, n[1], m0 + gap, sd[1] ** 2


@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_means_are_the_scalar_ones(alpha):
    given = _means(400, 1)
    answers = welch(*given, alpha=alpha)
    for i, (n0, m0, v0, n1, m1, v1) in enumerate(zip(*given, strict=True)):
        arms = Moments(int(n0), m0, v0 * (n0 - 1)), Moments(int(n1), m1, v1 * (n1 - 1))
        _is_same(answers, i, means.compare(*arms, alpha=alpha))


@pytest.mark.parametrize("alpha", [0.05, 1e-12])
def test_the_expansion_of_the_quantile_meets_the_exact_one(alpha):
    df = np.array([1.0, 30.0, 9_999.0, 10_000.0, 123_456.0, 999_999.0])
    exact = [t_quantile_two_sided(alpha, v) for v in df]
    np.testing.assert_allclose(_t_quantiles(df, alpha), exact, rtol=1e-11)


def test_far_tails_of_means():
    for n in (50, 5_000, 10**9):
        answers = welch(n, 0.0, 1.0, n, [0.1, 2.0, 60.0], 1.0)
        for i, mean in enumerate((0.1, 2.0, 60.0)):
            arms = [Moments(n, m, n - 1.0) for m in (0.0, mean)]
            _is_same(answers, i, means.compare(*arms, alpha=0.05))
    assert math.isnan(answers.p_value[2])
    assert answers.log10_p[2] < -(10**6)


@pytest.mark.parametrize(
    "row",
    [
        (1, 5.0, 1.0, 9, 5.0, 1.0),
        (9, 5.0, 1.0, 0, 5.0, 1.0),
        (9, 5.0, 0.0, 9, 6.0, 0.0),
        (9, 5e9, 1e-20, 9, 5e9, 1e-20),
        (9, 5.0, math.inf, 9, 5.0, 1.0),
        (9, math.nan, 1.0, 9, 5.0, 1.0),
        (9, 5.0, math.nan, 9, 5.0, 1.0),
    ],
)
def test_means_without_an_answer(row):
    good = (20, 5.0, 2.0, 30, 6.0, 3.0)
    answers = welch(*np.array([row, good], dtype=float).T)
    _is_nan(answers, 0)
    alone = welch(*good)
    assert answers.p_value[1] == alone.p_value[0]


def _shares(count, seed, smallest=0.5):
    random = np.random.default_rng(seed)
    n = [np.floor(10 ** random.uniform(smallest, 9.0, count)) for _ in "ab"]
    rate = random.uniform(0.0, 1.0, count) ** 3
    rates = [np.clip(rate * k, 0.0, 1.0) for k in (1.0, random.normal(1.0, 0.02, count))]
    x = [random.binomial(m.astype(np.int64), r) for m, r in zip(n, rates, strict=True)]
    return n[0], x[0], n[1], x[1]


@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_shares_are_the_scalar_ones(alpha):
    given = _shares(400, 2)
    answers = two_proportions(*given, alpha=alpha)
    refused = 0
    for i, (n0, x0, n1, x1) in enumerate(zip(*given, strict=True)):
        arms = Conversion(int(n0), int(x0)), Conversion(int(n1), int(x1))
        try:
            found = proportions.compare(*arms, alpha=alpha)
        except NotEstimable:
            _is_nan(answers, i)
            refused += 1
        else:
            _is_same(answers, i, found)
    assert refused < 40


@pytest.mark.parametrize(
    "row", [(1, 0, 9, 5), (9, 4, 0, 0), (9, 0, 8, 0), (9, 9, 8, 8), (500, 0, 600, 0)]
)
def test_shares_without_an_answer(row):
    answers = two_proportions(*np.array([row, (900, 90, 900, 120)]).T)
    _is_nan(answers, 0)
    assert answers.is_estimable[1]


def test_a_million_million_units_and_a_p_beyond_floats():
    n = 10**12
    answers = two_proportions(n, n // 2, n, [n // 2 + 10**6, n // 2 + 10**9])
    for i, extra in enumerate((10**6, 10**9)):
        arms = Conversion(n, n // 2), Conversion(n, n // 2 + extra)
        found = proportions.compare(*arms, alpha=0.05)
        assert answers.estimate[i] == pytest.approx(found.estimate, rel=1e-12)
        _is_same(answers, i, found)
    assert math.isnan(answers.p_value[1])
    assert answers.log10_p[1] < -300


@pytest.mark.parametrize("row", [(9, 10, 9, 5), (9, -1, 9, 5), (9, 2.5, 9, 5), (9.5, 2, 9, 5)])
def test_impossible_counts_are_a_mistake_of_the_caller(row):
    with pytest.raises(ValueError, match="whole numbers"):
        two_proportions(*row)


def test_arrays_keep_their_shape():
    answers = welch(20, 5.0, 2.0, 30, np.arange(6.0).reshape(2, 3), 3.0)
    assert answers.estimate.shape == answers.is_estimable.shape == (2, 3)
    assert answers.estimate[1, 2] == 0.0
    assert answers.p_value[1, 2] == pytest.approx(1.0)


def test_the_given_arrays_are_left_alone():
    given = [column.copy() for column in _means(5, 3)]
    kept = [column.copy() for column in given]
    welch(*given)
    for mine, theirs in zip(given, kept, strict=True):
        np.testing.assert_array_equal(mine, theirs)
