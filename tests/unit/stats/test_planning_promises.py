"""Seeded simulation: the verdicts that planning promises are those the tests then give."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.domain.verdict import judge_metric
from hadi.stats import means, quantiles, ranks, rates, ratios
from hadi.stats.arrays import Distribution
from hadi.stats.errors import NotEstimable
from hadi.stats.power import mean_plan, quantile_plan, rank_plan, rate_plan, ratio_plan
from hadi.stats.samples import CoMoments, Events, Moments

pytestmark = pytest.mark.slow


def assert_kept(plan, threshold, runs, compare, bias=0.005):
    """`compare()` draws and compares once; `bias` allows for what is a formula's."""
    counted, real = dict.fromkeys(plan.verdict_probabilities, 0.0), 0.0
    for _ in range(runs):
        try:
            found = compare()
        except NotEstimable:
            counted["not_enough_data"] += 1 / runs
            continue
        judged = judge_metric(
            estimate=found.estimate, low=found.interval.low, high=found.interval.high,
            p_value=found.p_value, alpha=0.05, threshold=threshold,
        )  # fmt: skip
        counted[judged.verdict.value] += 1 / runs
        real += judged.is_real / runs

    def slack(share):
        own = share * (1 - share) / plan.draws if plan.draws else 0.0
        return 3.5 * math.sqrt(max(share * (1 - share), 1e-3) / runs + own) + bias

    assert real == pytest.approx(plan.power, abs=slack(plan.power))
    for verdict, share in plan.verdict_probabilities.items():
        assert counted[verdict] == pytest.approx(share, abs=slack(share))


@pytest.mark.parametrize(
    ("n0", "n1", "effect", "threshold"),
    [(5, 5, 2.0, 0.0), (5, 5, 1.6, 1.0), (4, 12, 1.5, 0.5), (64, 64, 0.5, 0.3), (3, 3, 3.0, 0.0)],
)
def test_means(n0, n1, effect, threshold):
    """Small arms too: Welch's degrees of freedom are fewer than those of the pooled test."""
    plan = mean_plan(
        sd=1.0, effect=effect, threshold=threshold, shares=(n0, n1), n_per_arm=(n0 + n1) // 2
    )
    rng = np.random.default_rng(31)

    def compare():
        a, b = rng.normal(0.0, 1.0, n0).tolist(), rng.normal(effect, 1.0, n1).tolist()
        return means.compare(Moments.of(a), Moments.of(b), alpha=0.05)

    assert plan.units == (n0, n1)
    assert_kept(plan, threshold, 6_000, compare)


@pytest.mark.parametrize(
    ("n", "effect", "threshold"), [(9, 1.5, 1.0), (20, 0.9, 0.0), (60, 0.5, 0.2)]
)
def test_ranks(n, effect, threshold):
    plan = rank_plan(sd=1.0, effect=effect, threshold=threshold, n_per_arm=n)
    rng = np.random.default_rng(32)

    def compare():
        arms = (Distribution.of(rng.normal(mean, 1.0, n)) for mean in (0.0, effect))
        return ranks.compare(*arms, alpha=0.05)

    assert_kept(plan, threshold, 1_500, compare, bias=0.02)


@pytest.mark.parametrize(
    ("n", "q", "effect", "threshold"), [(30, 0.5, 1.0, 0.5), (200, 0.9, 0.5, 0.0)]
)
def test_quantiles(n, q, effect, threshold):
    plan = quantile_plan(sd=1.0, effect=effect, q=q, threshold=threshold, n_per_arm=n)
    rng = np.random.default_rng(33)

    def compare():
        arms = (Distribution.of(rng.normal(mean, 1.0, n)) for mean in (0.0, effect))
        return quantiles.compare(*arms, q=q, alpha=0.05)

    assert_kept(plan, threshold, 1_500, compare)


def test_long_tailed_quantiles_by_the_formula():
    """Lognormal with a logarithm's standard deviation of 0.8; shifted, as planned."""
    spread, q, effect, n = 0.8, 0.75, 0.35, 500
    today = math.exp(spread * 0.6744898)
    sd = math.sqrt(math.expm1(spread**2) * math.exp(spread**2))
    plan = quantile_plan(sd=sd, effect=effect, q=q, baseline=today, shape="lognormal", n_per_arm=n)
    rng = np.random.default_rng(34)

    def compare():
        arms = (Distribution.of(rng.lognormal(0.0, spread, n) + mean) for mean in (0.0, effect))
        return quantiles.compare(*arms, q=q, alpha=0.05)

    assert plan.draws is None
    assert 0.5 < plan.power < 0.95
    assert_kept(plan, 0.0, 1_500, compare, bias=0.015)


@pytest.mark.parametrize(
    ("baseline", "effect", "threshold", "n"),
    [(0.2, 0.15, 0.05, 80), (0.05, 0.1, 0.0, 60), (3.0, 0.45, 0.0, 250), (0.4, -0.15, 0.05, 150)],
)
def test_rates(baseline, effect, threshold, n):
    plan = rate_plan(baseline=baseline, effect=effect, threshold=threshold, n_per_arm=n)
    rng = np.random.default_rng(35)
    sign = -1 if effect < 0 else 1

    def compare():
        arms = [Events(n, int(rng.poisson(n * r)), float(n)) for r in (baseline, baseline + effect)]
        found = rates.compare(*(arms if sign > 0 else arms[::-1]), alpha=0.05)
        return found  # the arms turned round: less is better

    assert_kept(plan, threshold, 2_500, compare)


def test_ratios():
    """Revenue per visit with customers randomised: a linearised standard deviation."""
    rng = np.random.default_rng(36)
    ratio, effect, n = 2.0, 0.25, 400

    def arm(extra, size):
        visits = rng.poisson(4.0, size) + 1.0
        return visits * (ratio + extra) + rng.normal(0.0, 4.0, size), visits

    revenue, visits = arm(0.0, 200_000)
    sd = float(np.std(revenue - ratio * visits) / visits.mean())
    plan = ratio_plan(sd=sd, effect=effect, threshold=0.1, n_per_arm=n)

    def compare():
        return ratios.compare(
            *(CoMoments.of(*(c.tolist() for c in arm(e, n))) for e in (0.0, effect)), alpha=0.05
        )

    assert_kept(plan, 0.1, 1_000, compare, bias=0.01)
