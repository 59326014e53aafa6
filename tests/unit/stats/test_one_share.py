"""The interval of one share, against its reference."""

from __future__ import annotations

import pytest
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.shares import wilson


@pytest.mark.parametrize("n", [1, 2, 7, 120, 10_000])
@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.2])
def test_it_is_wilsons(n: int, alpha: float) -> None:
    for successes in {0, 1, n // 3, n // 2, n}:
        found = wilson(successes, n, alpha=alpha)
        expected = stats.binomtest(successes, n).proportion_ci(1 - alpha, method="wilson")
        assert found.low == pytest.approx(expected.low, abs=1e-12)
        assert found.high == pytest.approx(expected.high, abs=1e-12)


def test_of_nobody_there_is_none() -> None:
    with pytest.raises(NotEstimable):
        wilson(0, 0)
    with pytest.raises(ValueError, match="3 successes of 2"):
        wilson(3, 2)
