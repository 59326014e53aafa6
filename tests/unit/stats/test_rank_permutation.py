"""The exact test of ranks for a handful of units."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from hadi.stats import ranks
from hadi.stats.arrays import Distribution
from hadi.stats.rank_permutation import is_small, studentised_p


def brute(a: list[float], b: list[float]) -> float:
    """Every arrangement put through scipy's statistic."""
    values = np.array(a + b)
    seen, total, more = None, 0, 0
    statistics = []
    for chosen in combinations(range(len(values)), len(b)):
        treated = np.zeros(len(values), dtype=bool)
        treated[list(chosen)] = True
        with np.errstate(all="ignore"):
            t = abs(stats.brunnermunzel(values[~treated], values[treated]).statistic)
        statistics.append(np.inf if np.isnan(t) else t)
        if chosen == tuple(range(len(a), len(values))):
            seen = statistics[-1]
    total = len(statistics)
    more = sum(t >= seen - 1e-9 * max(seen, 1.0) if np.isfinite(seen) else np.isinf(t)
               for t in statistics)  # fmt: skip
    return more / total


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1.2, 3.4, 2.2, 5.0], [4.1, 6.0, 3.3, 7.7]),
        ([1, 2, 2, 3], [2, 3, 3, 5]),
        ([0.5, 9.0, 4.0], [1.0, 2.0, 3.0, 8.0]),
        ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_it_ranks_the_statistic_among_all_arrangements(a: list[float], b: list[float]) -> None:
    found = studentised_p(Distribution.of(a), Distribution.of(b))
    assert found == pytest.approx(brute(list(map(float, a)), list(map(float, b))))


def test_it_decides_where_units_are_few() -> None:
    small = Distribution.of([1, 4, 2, 8, 5]), Distribution.of([3, 9, 7, 11, 6])
    found = ranks.compare(*small, alpha=0.05)
    assert found.method == "hodges_lehmann_permutation"
    assert found.p_value == pytest.approx(studentised_p(*small))
    assert found.p_value > found.parameters["brunner_munzel_p"]
    assert is_small(8, 8) and not is_small(9, 9) and not is_small(14, 16)


def test_five_a_side_keep_their_promise() -> None:
    rng = np.random.default_rng(19)
    runs = 2_000
    arms = rng.normal(0, 1, (runs, 2, 5))
    p = np.array([studentised_p(*map(Distribution.of, pair)) for pair in arms])
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=3.5 * np.sqrt(0.05 * 0.95 / runs))
    compared = [ranks.compare(*map(Distribution.of, pair), alpha=0.05) for pair in arms[:800]]
    bold = [c.parameters["brunner_munzel_p"] for c in compared]
    assert np.mean([p is None or p <= 0.05 for p in bold]) > 0.06
