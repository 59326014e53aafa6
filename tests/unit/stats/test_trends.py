"""A line through daily differences: its slope, its error, and days of a handful of units."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.trends import pooled_variances, weighted_slope


def test_it_is_weighted_least_squares_with_known_variances():
    x, y = [1.0, 2.0, 5.0, 6.0], [0.4, 0.1, 0.3, -0.2]
    squares = [0.04, 0.01, 0.09, 0.02]
    weights = np.diag(1.0 / np.array(squares))
    design = np.column_stack((np.ones(4), x))
    covariance = np.linalg.inv(design.T @ weights @ design)
    wanted = covariance @ design.T @ weights @ np.array(y)
    found = weighted_slope(x, y, squares)
    assert found.slope == pytest.approx(wanted[1])
    assert found.standard_error == pytest.approx(covariance[1, 1] ** 0.5)
    z = wanted[1] / covariance[1, 1] ** 0.5
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z)))


def test_two_days_are_no_line():
    with pytest.raises(NotEstimable, match="trend_too_short"):
        weighted_slope([1.0, 2.0], [0.1, 0.2], [1.0, 1.0])


def test_equally_noisy_units_give_back_their_own_errors():
    units = [(5, 7), (40, 60), (300, 200)]
    own = [4.0 * (1 / a + 1 / b) for a, b in units]
    assert pooled_variances(own, units) == pytest.approx(own)


def test_days_of_a_handful_of_units_do_not_find_a_slope_where_none_is():
    random, found = np.random.default_rng(7), 0
    for _ in range(400):
        arms = random.normal(0.0, 1.0, (2, 10, 4))
        squares = (arms.var(axis=2, ddof=1) / 4).sum(axis=0).tolist()
        effects = (arms[1].mean(axis=1) - arms[0].mean(axis=1)).tolist()
        variances = pooled_variances(squares, [(4, 4)] * 10)
        p_value = weighted_slope(list(range(10)), effects, variances).p_value
        found += p_value is None or p_value < 0.05
    assert found / 400 < 0.085  # three Monte-Carlo errors above 5 %; 20 % by the days' own errors
