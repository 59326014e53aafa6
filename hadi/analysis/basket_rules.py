"""The rules of a basket with their ranges, the strongest connection first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hadi.ingest.receipts import Pair, Receipts, Sums
from hadi.stats import baskets
from hadi.stats.baskets import Ranged, Rule
from hadi.stats.errors import NotEstimable
from hadi.stats.multiplicity import benjamini_hochberg


@dataclass(frozen=True, slots=True)
class Found:
    """A rule: who buys `a` also buys `b`. `p_adjusted` is of no connection, allowing for all the
    rules that were looked at (None: there is no range)."""

    a: str
    b: str
    rule: Rule
    confidence: Ranged
    lift: Ranged
    p_adjusted: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether more of B goes with A than chance would have it, however many were looked at."""
        return self.p_adjusted is not None and self.p_adjusted <= 0.05 and self.rule.lift > 1.0


def core_rule(receipts: Receipts, alpha: float) -> Found | None:
    """Core and periphery as a rule; None where either is in no receipt."""
    whole = receipts.whole
    blocks = block_sums(receipts) or [whole]
    counts = [
        np.array([getattr(one, name) for one in blocks], dtype=float)
        for name in ("receipts", "core", "addon", "both")
    ]
    try:
        rule = baskets.rule(n=whole.receipts, n_a=whole.core, n_b=whole.addon, n_both=whole.both)
        n, n_a, n_b, n_both = counts
        return Found(
            "", "", rule, replace(baskets.share(n_both, n_a, alpha=alpha), value=rule.confidence),
            replace(baskets.lift(n, n_a, n_b, n_both, alpha=alpha), value=rule.lift),
        )  # fmt: skip
    except NotEstimable:
        return None


def rules(receipts: Receipts, alpha: float) -> tuple[Found, ...]:
    """Every pair in both directions, by lift."""
    sizes = np.array(receipts.block_sizes, dtype=float)
    found = [_found(pair, sizes, alpha) for pair in receipts.pairs]
    asked = [one.lift.p_value for one in found]
    # Both directions of a pair have one lift: it is one question.
    tested = [i for i, p in enumerate(asked) if p is not None and found[i].a < found[i].b]
    adjusted = benjamini_hochberg([asked[i] or 0.0 for i in tested]) if tested else []
    by_pair = {(found[i].a, found[i].b): p for i, p in zip(tested, adjusted, strict=True)}
    told = [
        replace(one, p_adjusted=by_pair.get((min(one.a, one.b), max(one.a, one.b))))
        for one in found
    ]
    return tuple(sorted(told, key=lambda one: (-one.rule.lift, -one.rule.n_both, one.a, one.b)))


def block_sums(receipts: Receipts) -> list[Sums]:
    """The sums of what a range is taken over; empty where there is nothing to take it over."""
    if receipts.blocks == "store":
        return list(receipts.stores)
    return list(receipts.weeks) if receipts.blocks == "week" else []


def _found(pair: Pair, sizes: np.ndarray, alpha: float) -> Found:
    n_a, n_b, n_both = (np.array(one, dtype=float) for one in (pair.n_a, pair.n_b, pair.n_both))
    rule = baskets.rule(
        n=round(float(sizes.sum())), n_a=sum(pair.n_a), n_b=sum(pair.n_b), n_both=sum(pair.n_both)
    )
    return Found(
        pair.a, pair.b, rule, baskets.share(n_both, n_a, alpha=alpha),
        baskets.lift(sizes, n_a, n_b, n_both, alpha=alpha),
    )  # fmt: skip
