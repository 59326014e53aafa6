"""What a test of this size would say, and how often: one bar for each verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hadi.domain.text import Figure, FigureKind

# From the answer the team hopes for to the one it fears: the order in which bars are read.
_ORDER = ("confirmed", "below_threshold", "not_enough_data", "refuted", "harmful")


@dataclass(frozen=True, slots=True)
class VerdictBar:
    """`width` in percent of the longest possible bar."""

    verdict: str
    width: float
    share: Figure


def verdict_bars(probabilities: Mapping[str, float]) -> tuple[VerdictBar, ...]:
    """A bar for each verdict of `probabilities` (fractions that add up to about one)."""
    known = [verdict for verdict in _ORDER if verdict in probabilities]
    others = sorted(set(probabilities) - set(_ORDER))
    return tuple(
        VerdictBar(
            verdict,
            round(100 * min(max(probabilities[verdict], 0.0), 1.0), 2),
            Figure(FigureKind.SHARE, probabilities[verdict]),
        )
        for verdict in (*known, *others)
    )
