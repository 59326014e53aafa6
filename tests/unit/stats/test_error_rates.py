"""Seeded simulation: how often the tests cry wolf, and how often the intervals hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.stats import means, proportions, vectorised
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion, Moments


def _shares(n0, n1, p0, p1, runs, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.binomial(n0, p0, runs).tolist(), rng.binomial(n1, p1, runs).tolist()
    for x0, x1 in zip(a, b, strict=True):
        try:
            yield proportions.compare(Conversion(n0, x0), Conversion(n1, x1), alpha=0.05)
        except NotEstimable:
            continue


def _rates(found, difference, lift=None):
    """(false or true positives, coverage of the difference, coverage of the lift)."""
    every = list(found)
    positive = sum(f.p_value is None or f.p_value <= 0.05 for f in every) / len(every)
    held = sum(f.interval.low <= difference <= f.interval.high for f in every) / len(every)
    lifts = [f.lift.interval for f in every if f.lift and f.lift.interval.low is not None]
    lift_held = sum(i.low <= lift <= i.high for i in lifts) / len(lifts) if lift is not None else 1
    return positive, held, lift_held


def _slack(runs):
    """Three and a half standard errors of a rate of 5 %."""
    return 3.5 * math.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize(
    ("n0", "n1", "share"), [(1000, 1000, 0.25), (3000, 700, 0.1), (800, 900, 0.5)]
)
def test_shares_hold_their_rate(n0, n1, share):
    runs = 2_500
    positive, held, lift_held = _rates(_shares(n0, n1, share, share, runs, 3), 0.0, 0.0)
    assert positive == pytest.approx(0.05, abs=_slack(runs))
    assert held == pytest.approx(0.95, abs=_slack(runs))
    assert lift_held == pytest.approx(0.95, abs=_slack(runs))


@pytest.mark.parametrize(("n", "share"), [(40, 0.2), (100, 0.05), (5_000, 0.001)])
def test_small_shares_never_exceed_their_rate(n, share):
    runs = 1_500
    positive, held, _ = _rates(_shares(n, n, share, share, runs, 5), 0.0)
    assert positive <= 0.05 + _slack(runs)
    assert held >= 0.93


def test_an_effect_on_shares_is_covered():
    runs = 2_500
    _, held, lift_held = _rates(_shares(1_200, 1_200, 0.2, 0.26, runs, 9), 0.06, 0.3)
    assert held == pytest.approx(0.95, abs=_slack(runs))
    assert lift_held == pytest.approx(0.95, abs=_slack(runs))


@pytest.mark.parametrize(
    ("n0", "n1", "sd0", "sd1"), [(12, 15, 1, 1), (10, 40, 1, 5), (80, 20, 1, 4)]
)
def test_means_hold_their_rate_with_unequal_variances(n0, n1, sd0, sd1):
    runs = 2_000
    positive, held, lift_held = _rates(_means(n0, n1, sd0, sd1, runs), 0.0, 0.0)
    assert positive == pytest.approx(0.05, abs=_slack(runs))
    assert held == pytest.approx(0.95, abs=_slack(runs))
    assert lift_held == pytest.approx(0.95, abs=_slack(runs))


def _means(n0, n1, sd0, sd1, runs, seed=13):
    rng = np.random.default_rng(seed)
    for _ in range(runs):
        a, b = rng.normal(10, sd0, n0), rng.normal(10, sd1, n1)
        yield means.compare(Moments.of(a.tolist()), Moments.of(b.tolist()), alpha=0.05)


@pytest.mark.slow
def test_skewed_money_over_many_runs():
    """Revenue per customer: most spend nothing, a few a lot."""
    rng, runs, n = np.random.default_rng(19), 4_000, 2_000
    sums = []
    for _ in range(2):
        values = rng.lognormal(3, 1, (runs, n)) * (rng.random((runs, n)) < 0.2)
        sums += [np.full(runs, n), values.mean(axis=1), values.var(axis=1, ddof=1)]
    found = vectorised.welch(*sums, alpha=0.05)
    assert (found.p_value <= 0.05).mean() == pytest.approx(0.05, abs=0.012)
