"""Pairwise differences by rank, against all of them written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.stats import hodges_lehmann
from hadi.stats.arrays import Distribution
from hadi.stats.hodges_lehmann import PairwiseDifferences

numbers = st.one_of(
    st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=40),
    st.lists(st.integers(0, 400).map(lambda v: v / 100), min_size=1, max_size=40),
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=40),
)


def _all_ranks(pairs):
    ranks = range(1, pairs.pairs + 1)
    return [pairs.at(rank, rank)[0] for rank in ranks]


@given(numbers, numbers)
def test_every_rank_of_small_samples(a, b):
    pairs = PairwiseDifferences(Distribution.of(a), Distribution.of(b))
    expected = np.sort(np.subtract.outer(b, a), axis=None)
    assert _all_ranks(pairs) == expected.tolist()
    assert pairs.median == pytest.approx(np.median(expected), rel=1e-12, abs=1e-300)


@given(numbers, numbers, st.integers(1, 60))
@settings(max_examples=60)
def test_the_search_finds_what_the_list_holds(a, b, limit):
    """With almost nothing sorted at once, every branch of the search is walked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hodges_lehmann, "SORTED_AT_ONCE", limit)
        patch.setattr(hodges_lehmann, "_GROUPS", (3, 2))
        pairs = PairwiseDifferences(Distribution.of(a), Distribution.of(b))
        expected = np.sort(np.subtract.outer(b, a), axis=None)
        size = max(np.abs(a).max(), np.abs(b).max())
        assert _all_ranks(pairs) == pytest.approx(expected.tolist(), rel=1e-9, abs=1e-12 * size)
        middle = pairs.median
    assert middle == pytest.approx(np.median(expected), rel=1e-9, abs=1e-12 * size)


def _skewed(rng, n):
    return rng.lognormal(3, 1, n)


def _cents(rng, n):
    return np.round(rng.lognormal(6, 1, n), 2)


def _half_nothing(rng, n):
    return rng.lognormal(3, 1, n) * (rng.random(n) < 0.5)


def _every_magnitude(rng, n):
    return np.exp(rng.normal(0, 100, n)) * rng.choice([-1, 1], n)


def _whole(rng, n):
    return rng.permutation(2 * n)[:n].astype(float)


@pytest.mark.parametrize("draw", [_skewed, _cents, _half_nothing, _every_magnitude, _whole])
def test_ranks_of_millions_of_differences(draw):
    rng = np.random.default_rng(5)
    a, b = draw(rng, 2_600), draw(rng, 2_300)
    pairs = PairwiseDifferences(Distribution.of(a), Distribution.of(b))
    every = np.sort(np.subtract.outer(b, a), axis=None)
    slack = 1e-12 * (np.abs(every).max() if draw in (_cents, _whole) else 0)
    for share in (0.0, 1e-4, 0.25, 0.4999, 0.5, 0.8, 1.0):
        rank = max(round(share * pairs.pairs), 1)
        last = min(rank + 1, pairs.pairs)
        expected = every[rank - 1], every[last - 1]
        assert pairs.at(rank, last) == pytest.approx(expected, rel=1e-12, abs=slack)
    assert pairs.median == pytest.approx(np.median(every), rel=1e-12, abs=slack)


@pytest.mark.slow
def test_five_million_units_an_arm_in_little_memory():
    import tracemalloc

    rng, n = np.random.default_rng(9), 5_000_000
    a, b = (np.sort(rng.lognormal(3, 1, n)) for _ in range(2))
    ones = np.ones(n, dtype=np.int64)
    tracemalloc.start()
    pairs = PairwiseDifferences(Distribution(a, ones), Distribution(b + 0.25, ones))
    assert pairs.median == pytest.approx(0.25, abs=0.05)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000_000
