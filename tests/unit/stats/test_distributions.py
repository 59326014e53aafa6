"""Tails far beyond what a float holds, against scipy where scipy still answers."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from scipy import integrate, special, stats

from hadi.stats.distributions import (
    log_chi_square_tail,
    log_normal_two_sided,
    log_t_two_sided,
    p_from_log,
    t_quantile_two_sided,
)


@pytest.mark.parametrize("z", [0.0, 0.3, 1.96, 8.3, 30.0, 35.3, 35.4, 40.0, 1e3, 1e8])
def test_the_normal_tail(z):
    expected = special.log_ndtr(-z) + math.log(2.0)
    assert log_normal_two_sided(z) == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert log_normal_two_sided(-z) == log_normal_two_sided(z)


def _integrated_t_tail(t, df):
    """log P(|T| >= t) by integrating the density, scaled to its value and slope at t."""
    log_constant = -0.5 * math.log(df) - float(special.betaln(0.5, 0.5 * df))
    log_density = log_constant - 0.5 * (df + 1.0) * math.log1p(t * t / df)
    scale = (df + t * t) / ((df + 1.0) * t)

    def decay(u):
        x = t + scale * u
        return math.exp(-0.5 * (df + 1.0) * math.log1p((x - t) * (x + t) / (df + t * t)))

    area, _ = integrate.quad(decay, 0.0, math.inf, epsabs=0.0, epsrel=1e-10)
    return math.log(2.0) + log_density + math.log(scale) + math.log(area)


@pytest.mark.parametrize("df", [1.0, 2.5, 7.0, 50.0, 1e3, 1e5, 9.9e5, 1e6, 1e8])
@pytest.mark.parametrize("t", [0.0, 0.5, 1.96, 10.0, 30.0, 1e4, 1e20])
def test_students_tail_where_a_float_holds_it(t, df):
    expected = 2.0 * float(stats.t.sf(t, df))
    if expected > 1e-290:
        found = log_t_two_sided(t, df)
        assert found == pytest.approx(math.log(expected), rel=1e-9, abs=1e-12)
        assert log_t_two_sided(-t, df) == found


@pytest.mark.parametrize("df", [200.0, 1e3, 1e5, 9.9e5, 1e6, 1e8])
@pytest.mark.parametrize("t", [30.0, 39.0, 60.0, 200.0, 1e3, 1e4])
def test_students_tail_where_it_underflows(t, df):
    rel = 1e-6 if df >= 1e6 and t > 100 else 1e-9
    assert log_t_two_sided(t, df) == pytest.approx(_integrated_t_tail(t, df), rel=rel)


def test_students_tail_meets_itself_where_the_float_underflows():
    near = [log_t_two_sided(t, 500.0) for t in (74.0, 74.5, 75.0, 75.5, 76.0, 76.5, 77.0)]
    steps = [after - before for before, after in pairwise(near)]
    assert steps == sorted(steps)  # smooth: no jump between the two ways of computing


@pytest.mark.parametrize("df", [1.0, 5.5, 300.0, 9.9e5, 1e6, 1e7, 1e12])
@pytest.mark.parametrize("alpha", [0.5, 0.1, 0.05, 0.001])
def test_students_quantile(alpha, df):
    expected = -float(special.stdtrit(df, alpha / 2.0))
    assert t_quantile_two_sided(alpha, df) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("df", range(1, 9))
@pytest.mark.parametrize("statistic", [0.0, 0.1, 3.0, 40.0, 1_300.0])
def test_the_chi_square_tail(statistic, df):
    expected = float(stats.chi2.logsf(statistic, df))
    assert log_chi_square_tail(statistic, df) == pytest.approx(expected, rel=1e-9, abs=1e-14)


def test_a_p_too_small_for_a_float_is_none_and_never_zero():
    p, log10_p = p_from_log(-2_000.0)
    assert p is None
    assert log10_p == pytest.approx(-868.59, abs=0.01)
    assert p_from_log(math.log(0.03)) == (pytest.approx(0.03), pytest.approx(math.log10(0.03)))
