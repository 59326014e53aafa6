"""Planning with whole clusters: what few of them cannot do, and the promise kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.domain.verdict import judge_metric
from hadi.stats import cluster_power, clusters
from hadi.stats.arrays import Clusters
from hadi.stats.errors import NotEstimable
from hadi.stats.power import conversion_plan, mean_plan, quantile_plan, rank_plan, rate_plan

SHAPE = {"icc": 0.05, "cluster_size": 20.0}
MEAN = {"sd": 1.0, "effect": 0.4, **SHAPE}


@pytest.mark.parametrize("effect", [0.15, 0.2, 0.4])
def test_many_clusters_are_those_of_the_noncentral_t(effect):
    plan = mean_plan(sd=1.0, effect=effect, **SHAPE)
    assert plan.n_per_arm == cluster_power.clusters_needed(effect, 1.0, 0.05, 20.0)
    by_t = cluster_power.power_at(plan.n_per_arm, effect=effect, sd=1.0, **SHAPE)
    assert plan.power == pytest.approx(by_t, abs=1e-4)
    assert plan.design_effect == pytest.approx(1.95)
    assert plan.smallest_p is None


def test_clusters_that_differ_in_size_need_more():
    plain, uneven = (mean_plan(**MEAN, cluster_cv=cv) for cv in (0.0, 1.0))
    assert uneven.n_per_arm > plain.n_per_arm
    assert uneven.design_effect == pytest.approx(2.95)


def test_clusters_without_likeness_are_units():
    plan = conversion_plan(baseline=0.2, effect=0.05, icc=0.0, cluster_size=10.0)
    assert 10 * plan.n_per_arm == pytest.approx(
        conversion_plan(baseline=0.2, effect=0.05).n_per_arm, rel=0.03
    )


def test_more_clusters_help_and_more_units_in_each_hardly():
    alike = {"sd": 1.0, "effect": 0.3, "icc": 0.2, "n_per_arm": 10}
    plain = mean_plan(**alike, cluster_size=20.0).power
    assert mean_plan(**{**alike, "n_per_arm": 20}, cluster_size=20.0).power > plain + 0.2
    assert mean_plan(**alike, cluster_size=2_000.0).power < plain + 0.06


def test_three_against_three_can_never_confirm():
    plan = mean_plan(**{**MEAN, "effect": 50.0}, n_per_arm=3)
    assert plan.smallest_p == pytest.approx(0.1)
    assert plan.power == plan.verdict_probabilities["confirmed"] == 0.0
    assert plan.mde is None
    assert plan.clusters_to_confirm == 4
    assert plan.exaggeration is None


def test_four_against_four_can_and_are_simulated():
    plan = mean_plan(**{**MEAN, "effect": 2.0}, n_per_arm=4)
    assert plan.smallest_p == pytest.approx(2 / 70)
    assert plan.power > 0.95
    assert plan.draws == 4_000
    assert plan.clusters_to_confirm == 4


def test_one_against_many_says_nothing():
    plan = mean_plan(**MEAN, n_per_arm=1)
    assert plan.units == (1, 1)
    assert plan.power == 0.0
    assert plan.verdict_probabilities["not_enough_data"] == 1.0


def test_stricter_looks_need_more_clusters_to_confirm():
    assert mean_plan(**MEAN, alpha=0.01).clusters_to_confirm == 5
    assert mean_plan(**MEAN, looks="anytime").clusters_to_confirm == 5
    # Few clusters of planned looks: the last look's alpha is below the smallest p.
    plan = mean_plan(**{**MEAN, "effect": 9.0}, n_per_arm=4, looks="planned", spending="pocock",
                     look_count=5)  # fmt: skip
    assert plan.power == plan.verdict_probabilities["confirmed"] == 0.0
    assert sum(plan.verdict_probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (lambda: rank_plan(sd=1.0, effect=0.3, **SHAPE), "power_cluster_kind"),
        (lambda: quantile_plan(sd=1.0, effect=0.3, **SHAPE), "power_cluster_kind"),
        (lambda: mean_plan(sd=1.0, effect=0.3, icc=0.1), "power_cluster_half"),
        (lambda: mean_plan(sd=1.0, effect=0.3, icc=1.1, cluster_size=5.0), "power_icc_outside"),
        (lambda: mean_plan(sd=1.0, effect=0.3, icc=0.1, cluster_size=0.5), "power_cluster_size"),
    ],
)
def test_what_cannot_be_planned(plan, code):
    with pytest.raises(NotEstimable) as refused:
        plan()
    assert refused.value.code == code


def _arm(rng, count, mean, icc, size, names):
    """Clusters of normal units with variance 1 in all."""
    sizes = np.full(count, size)
    centres = rng.normal(mean, math.sqrt(icc), count)
    means = centres + rng.normal(0.0, math.sqrt((1.0 - icc) / size), count)
    within = rng.chisquare(size - 1.0, count) * (1.0 - icc)
    return Clusters(names, sizes, means * sizes, sizes, within)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "effect"), [(4, 0.8), (6, 0.5), (12, 0.35)])
def test_clusters_keep_their_promise(k, effect):
    plan = mean_plan(sd=1.0, effect=effect, threshold=0.2, n_per_arm=k, **SHAPE)
    rng = np.random.default_rng(20_261_123)
    names = tuple(map(str, range(k)))
    runs, counted = 1_200, dict.fromkeys(plan.verdict_probabilities, 0.0)
    for _ in range(runs):
        found = clusters.compare(
            _arm(rng, k, 0.0, 0.05, 20.0, names),
            _arm(rng, k, effect, 0.05, 20.0, names),
            alpha=0.05,
        )
        judged = judge_metric(
            estimate=found.estimate, low=found.interval.low, high=found.interval.high,
            p_value=found.p_value, alpha=0.05, threshold=0.2,
        )  # fmt: skip
        counted[judged.verdict.value] += 1 / runs
    for verdict, share in plan.verdict_probabilities.items():
        slack = 3.5 * math.sqrt(max(share * (1 - share), 0.01) / runs) + 0.01
        assert counted[verdict] == pytest.approx(share, abs=slack)


@pytest.mark.slow
def test_clusters_of_events_keep_their_promise():
    """Gamma distributed store rates, Poisson events: variance rate / units * design effect."""
    rate, effect, size, icc = 0.5, 0.2, 40.0, 0.02
    plan = rate_plan(baseline=rate, effect=effect, icc=icc, cluster_size=size)
    k, names = plan.n_per_arm, tuple(map(str, range(plan.n_per_arm)))
    rng = np.random.default_rng(3)

    def arm(mean):
        between = icc / (1.0 - icc) * mean  # the part of the units' variance that stores make
        rates = rng.gamma(mean * mean / between, between / mean, k)
        events = rng.poisson(rates * size).astype(float)
        return Clusters(names, np.full(k, size), events, np.full(k, size))

    runs = 1_000
    found = 0
    for _ in range(runs):
        seen = clusters.compare(arm(rate), arm(rate + effect), alpha=0.05)
        found += seen.interval.low > 0 and seen.p_value <= 0.05
    assert found / runs == pytest.approx(plan.power, abs=3.5 * math.sqrt(0.16 / runs) + 0.01)
