"""What designs over time do with metrics beside the primary one, each in its own series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hadi.analysis.comparisons import Compared
from hadi.domain.plan import MetricRole
from hadi.stats.multiplicity import benjamini_hochberg
from hadi.stats.results import Comparison


def adjusted(compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """Secondary metrics with their adjusted p (Benjamini & Hochberg)."""
    secondary = [
        place
        for place, each in enumerate(compared)
        if each.metric.role is MetricRole.SECONDARY and each.result is not None
    ]
    results = [compared[place].result for place in secondary]
    p_values = [0.0 if r.p_value is None else r.p_value for r in results if r is not None]
    p_of = dict(zip(secondary, benjamini_hochberg(p_values), strict=True))
    return tuple(
        replace(each, p_adjusted=p_of.get(place, each.p_adjusted))
        for place, each in enumerate(compared)
    )


def on_lift(comparison: Comparison | None) -> Comparison | None:
    """What a guardrail's margin is held against where it is a fraction: the lift."""
    if comparison is None or comparison.lift is None:
        return comparison
    lift = comparison.lift
    return replace(comparison, estimate=lift.estimate, interval=lift.interval)
