"""The picture and the figures of a stored result: the comparison that decided, as it is read.

A stored analysis is plain JSON, the object of `hadi check --json`. Lists, cards and the page of a
hypothesis all draw the same comparison from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.pilot_plan import Scale
from hadi.domain.plan import Metric, MetricKind, MetricRole, Plan
from hadi.domain.text import Figure, FigureKind, Text

Record = Mapping[str, Any]


def deciding_comparison(record: Record) -> Mapping[str, Any] | None:
    """The primary metric's comparison in the arm that the verdict speaks of."""
    found = [
        comparison
        for comparison in record.get("comparisons", ())
        if comparison["role"] == MetricRole.PRIMARY
    ]
    named = [comparison for comparison in found if comparison["arm"] == record.get("arm")]
    return next(iter(named or found), None)


def interval_of(record: Record, plan: Plan) -> IntervalChart | None:
    """The picture of a result; None where there is nothing to draw yet."""
    read = _read(record, plan)
    if read is None:
        return None
    metric, estimate, kind = read
    threshold = metric.threshold.value if metric.threshold else None
    return interval_chart(
        estimate["estimate"],
        estimate["low"],
        estimate["high"],
        threshold=threshold,
        sign=metric.sign,
        kind=kind,
    )


def effect_of(record: Record, plan: Plan) -> Text | None:
    """The effect with its interval, "+6.0 pp (2.5 to 9.4)"; None where there is none yet."""
    read = _read(record, plan)
    if read is None:
        return None
    _, estimate, kind = read
    end_kind = FigureKind.BARE_POINTS if kind is FigureKind.POINTS else kind
    ends = {
        name: Figure(end_kind, estimate[name])
        for name in ("low", "high")
        if estimate[name] is not None
    }
    code = "_".join(["effect", *ends]) if ends else "effect_open"
    return Text(code, effect=Figure(kind, estimate["estimate"], is_signed=True), **ends)


def _read(record: Record, plan: Plan) -> tuple[Metric, Mapping[str, Any], FigureKind] | None:
    """The primary metric, its estimate with both ends, and how its numbers are written."""
    metric = plan.primary
    comparison = deciding_comparison(record)
    if metric is None or comparison is None:
        return None
    is_relative = bool(metric.threshold and metric.threshold.is_relative)
    # A pilot's effect on the logarithmic scale is one in per cent, whatever the threshold.
    in_percent = plan.pilot is not None and plan.pilot.scale is Scale.LOG
    in_percent = in_percent or (plan.season is not None and metric.threshold is None)
    is_on_lift = (is_relative or in_percent) and bool(comparison.get("lift"))
    estimate = comparison.get("lift" if is_on_lift else "difference")
    if not estimate or estimate.get("estimate") is None:
        return None
    if is_on_lift:
        return metric, estimate, FigureKind.PERCENT
    is_share = metric.kind is MetricKind.CONVERSION
    return metric, estimate, FigureKind.POINTS if is_share else FigureKind.NUMBER
