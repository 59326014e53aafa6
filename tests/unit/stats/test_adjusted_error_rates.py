"""Seeded simulation of ratios, rates and adjusted metrics: false positives and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.stats import adjustment, lin, omnibus, rates, ratios
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import CoMoments, Events, Moments

RUNS = 1_500


def _slack(runs=RUNS):
    """Three and a half standard errors of a rate of 5 %."""
    return 3.5 * math.sqrt(0.05 * 0.95 / runs)


def _co(columns):
    """Co-moments by matrix products: quicker than exact sums, and as good here."""
    means = columns.mean(axis=1)
    apart = columns - means[:, None]
    return CoMoments(columns.shape[1], tuple(means), tuple(map(tuple, apart @ apart.T)))


def _answers(compare, draw, sizes, seed):
    random = np.random.default_rng(seed)
    for _ in range(RUNS):
        arms = [_co(np.array(draw(random, n, arm))) for arm, n in enumerate(sizes)]
        yield compare(*arms, alpha=0.05)


def _rates(found, difference):
    """(positives, coverage of the difference)."""
    every = list(found)
    positive = sum(f.p_value is None or f.p_value <= 0.05 for f in every) / len(every)
    held = sum(f.interval.low <= difference <= f.interval.high for f in every) / len(every)
    return positive, held


def _baskets(random, n, arm):
    """Spend and orders: those who order more spend more on each; the arms differ in spread."""
    orders = random.integers(1, 8, n).astype(float)
    return orders * (10.0 + random.normal(0.0, 2.0 + arm, n)), orders


def _visits(random, n, arm):
    """Spend, orders, spend and orders before."""
    love = random.gamma(4.0, 1.0, n)
    before, orders = (1.0 + random.poisson(love) for _ in "ab")
    price = 10.0 + random.normal(0.0, 2.0, n)
    return (
        orders * (price + random.normal(0.0, 1.0 + arm, n)),
        orders,
        before * (price + random.normal(0.0, 1.0, n)),
        before,
    )


def _spend(random, n, arm):
    """Spend and two earlier values, crooked and related."""
    first = random.gamma(2.0, 3.0, n)
    second = first + random.normal(0.0, 2.0, n)
    return 2.0 * first + second + random.normal(0.0, 3.0 + 3.0 * arm, n), first, second


@pytest.mark.parametrize("sizes", [(200, 200), (150, 450)])
def test_ratios_hold_their_rate(sizes):
    positive, held = _rates(_answers(ratios.compare, _baskets, sizes, 1), 0.0)
    assert positive == pytest.approx(0.05, abs=_slack())
    assert held == pytest.approx(0.95, abs=_slack())


@pytest.mark.parametrize(
    ("compare", "draw"),
    [
        (adjustment.cuped_mean, lambda *args: _spend(*args)[:2]),
        (adjustment.cuped_ratio, _visits),
        (lin.compare, _spend),
    ],
)
@pytest.mark.parametrize("sizes", [(200, 200), (100, 400)])
def test_adjusted_values_hold_their_rate(compare, draw, sizes):
    positive, held = _rates(_answers(compare, draw, sizes, 2), 0.0)
    assert positive == pytest.approx(0.05, abs=_slack())
    assert held == pytest.approx(0.95, abs=_slack())


@pytest.mark.parametrize(
    ("exposures", "rate"), [((100.0, 100.0), 0.08), ((500.0, 300.0), 0.3), ((900.0, 900.0), 9.0)]
)
def test_rates_never_exceed_theirs(exposures, rate):
    random = np.random.default_rng(3)
    found = []
    for _ in range(RUNS):
        events = random.poisson([rate * e for e in exposures]).tolist()
        try:
            arms = [Events(50, x, e) for x, e in zip(events, exposures, strict=True)]
            found.append(rates.compare(*arms, alpha=0.05))
        except NotEstimable:
            continue
    positive, held = _rates(found, 0.0)
    assert positive <= 0.05 + _slack()
    assert held >= 0.95 - _slack()
    if rate == 9.0:  # the log-Wald formula: not only safe but sharp
        assert {f.method for f in found} == {"rate_log_wald"}
        assert positive >= 0.05 - _slack()
        assert held <= 0.95 + _slack()


def test_bunched_events_deceive_the_exact_test_but_not_the_robust_p():
    random = np.random.default_rng(4)
    found = []
    for _ in range(600):
        arms = []
        for _ in "ab":
            events = 4 * random.poisson(0.5, 200)
            units = _co(np.array([events, np.ones(200)]))
            arms.append(Events(200, int(events.sum()), 200.0, units))
        found.append(rates.compare(*arms, alpha=0.05))
    naive = sum(f.p_value <= 0.05 for f in found) / len(found)
    robust = sum(f.parameters["robust_p"] <= 0.05 for f in found) / len(found)
    assert naive > 0.2
    assert robust == pytest.approx(0.05, abs=_slack(600))


def test_several_groups_hold_their_rate():
    random = np.random.default_rng(5)
    hits = 0
    for _ in range(RUNS):
        groups = [random.normal(0.0, sd, n) for sd, n in ((1.0, 40), (3.0, 15), (2.0, 25))]
        hits += omnibus.means([Moments.of(g.tolist()) for g in groups]).p_value <= 0.05
    assert hits / RUNS == pytest.approx(0.05, abs=_slack())
