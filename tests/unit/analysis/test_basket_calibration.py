"""Nothing was changed, and stores differ as stores do: how often is a gain called real?"""

from __future__ import annotations

import numpy as np

from hadi.analysis.basket_arms import compare
from hadi.domain.baskets import BasketSpec
from hadi.ingest.receipts import Sums

RUNS = 400


def sold(store: str, arm: str, core: int, both: int) -> Sums:
    return Sums(
        store, None, arm, core, core, both, both, float(core), both, 0, None, None, None, None
    )


def rates(stores: int, seed: int) -> tuple[float, float]:
    """(share of runs that are called real by receipts, by stores) with as many stores in each
    arm, whose attach rates go apart by a fifth of their mean."""
    random = np.random.default_rng(seed)
    spec = BasketSpec({"receipt": "r", "store": "s", "arm": "a"}, control="usual")
    by_receipts = by_stores = 0
    for _ in range(RUNS):
        rows = []
        for place in range(2 * stores):
            core = int(random.integers(250, 420))
            both = int(random.binomial(core, random.beta(18, 54)))
            rows.append(sold(str(place), "usual" if place < stores else "rail", core, both))
        (found,) = compare(rows, spec)
        result, naive = found.attach.comparison, found.naive
        assert result is not None and naive is not None
        by_receipts += (naive.p_value or 0.0) <= 0.05
        low, high = result.interval.low, result.interval.high
        assert low is not None and high is not None and result.p_value is not None
        by_stores += result.p_value <= 0.05 and not low <= 0.0 <= high
    return by_receipts / RUNS, by_stores / RUNS


def test_receipts_cry_wolf_and_stores_do_not() -> None:
    for stores, seed in ((4, 41), (8, 42)):
        by_receipts, by_stores = rates(stores, seed)
        assert by_receipts > 0.25
        assert by_stores <= 0.07
