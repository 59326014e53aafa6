"""Seeded simulation: how often tests of clusters that differ cry wolf, and how often units do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.stats import clusters
from hadi.stats.arrays import Clusters

RUNS = 1_000
SLACK = 3.5 * math.sqrt(0.05 * 0.95 / RUNS)


def arm(random, sizes, icc=0.1):
    """Clusters of `sizes` units whose total variance is 1, `icc` of it between clusters."""
    parts = [
        math.sqrt(icc) * random.normal() + math.sqrt(1 - icc) * random.normal(size=size)
        for size in sizes
    ]
    counts = np.array([float(size) for size in sizes])
    return Clusters(
        names=tuple(str(i) for i in range(len(parts))),
        sizes=counts,
        totals=np.array([part.sum() for part in parts]),
        units=counts,
        within=np.array([((part - part.mean()) ** 2).sum() for part in parts]),
    )


def rates(n0, n1, sizes, seed):
    """Shares of p <= 5 % of each test, and of intervals that hold 0."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(RUNS):
        drawn = [random.choice(sizes, n) for n in (n0, n1)]
        one = clusters.compare(*(arm(random, each) for each in drawn), alpha=0.05)
        is_held = one.interval.low <= 0 <= one.interval.high
        names = ("cr2_p", "permutation_p", "bootstrap_p", "naive_p")
        found.append([one.parameters[name] <= 0.05 for name in names] + [is_held])
    return dict(zip((*names, "held"), np.mean(found, axis=0), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("n0", "n1", "sizes"), [(6, 6, (30,)), (5, 8, (10, 20, 40))])
def test_few_clusters_hold_their_rate(n0, n1, sizes):
    found = rates(n0, n1, sizes, 11)
    assert found["cr2_p"] == pytest.approx(0.05, abs=SLACK + 0.005)
    assert found["held"] == pytest.approx(1 - found["cr2_p"], abs=1e-12)
    assert found["permutation_p"] <= 0.05 + SLACK
    assert found["bootstrap_p"] <= 0.05 + SLACK + 0.01
    assert found["bootstrap_p"] >= 0.02
    assert found["naive_p"] > 0.10


@pytest.mark.slow
def test_few_clusters_judged_by_permutation_never_exceed_their_rate():
    for n0, n1 in ((4, 4), (2, 6)):
        found = rates(n0, n1, (10, 30), 12)
        assert found["permutation_p"] <= 0.05 + SLACK
        assert found["naive_p"] > 0.10


@pytest.mark.slow
def test_a_dozen_clusters_hold_their_rate():
    found = rates(12, 12, (30,), 13)
    assert found["cr2_p"] == pytest.approx(0.05, abs=SLACK)
    assert found["permutation_p"] == pytest.approx(0.05, abs=SLACK)
    assert found["bootstrap_p"] == pytest.approx(0.05, abs=SLACK)
    assert found["naive_p"] > 0.10
