"""The record of `hadi check` for a person at a terminal: the sentence first, then the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hadi.analysis.comparisons import Compared
from hadi.analysis.estimates import value_of
from hadi.analysis.record import AnalysisRecord
from hadi.domain.plan import Metric, MetricKind, MetricRole
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.domain.verdict import CheckStatus
from hadi.stats.results import Comparison, Interval

if TYPE_CHECKING:
    from hadi.ingest.source import Sample

_MARKS = {CheckStatus.PASS: "ok", CheckStatus.WARN: "warn", CheckStatus.FAIL: "FAIL"}


def report(record: AnalysisRecord, notes: Sequence[Text] = ()) -> str:
    """The whole report as text."""
    return "\n".join(_lines(record, notes))


def _lines(record: AnalysisRecord, notes: Sequence[Text]) -> Iterator[str]:
    yield f"{record.verdict.verdict.value.replace('_', ' ').upper()}  {record.text}"
    for warning in record.warnings:
        yield f"! {warning.text}"
    yield ""
    yield from _table(_comparison_rows(record))
    yield from _omnibus(record)
    yield ""
    yield "Checks"
    for check in record.checks:
        yield f"  {_MARKS[check.status]:<5} {check.code:<14} {check.detail}"
    units = ", ".join(f"{name} {count:,}" for name, count in record.units)
    what = "Clusters" if record.cluster_units else "Units"
    yield f"{what}  {units}"
    for note in notes:
        yield f"Note   {note}"
    yield from _segments(record)
    level = f"{100 * (1 - record.comparisons[0].alpha):.4g}%"
    yield f"Evidence {record.evidence.value}; intervals {level}; rule {record.rule_version}"


def _comparison_rows(record: AnalysisRecord) -> Iterator[tuple[str, ...]]:
    if not record.is_shown:
        return
    yield ("Metric", "Arm", "Control", "Treatment", "Difference", "Lift", "p", "Verdict")
    for compared in record.comparisons:
        yield _row(compared)


def _row(compared: Compared) -> tuple[str, ...]:
    metric, result = compared.metric, compared.result
    name = metric.name if metric.role is MetricRole.PRIMARY else f"{metric.name} ({metric.role})"
    values = [_value(metric, compared.control_sample), _value(metric, compared.treatment_sample)]
    if result is None:
        return (name, compared.arm, *values, "–", "–", "–", _word(compared))
    is_share = metric.kind is MetricKind.CONVERSION
    kind = FigureKind.POINTS if is_share else FigureKind.NUMBER
    lift = result.lift
    p = result.p_value if compared.p_adjusted is None else compared.p_adjusted
    return (
        name,
        compared.arm,
        *values,
        _with_interval(result.estimate, result.interval, kind) + _adjusted(result),
        _with_interval(lift.estimate, lift.interval, FigureKind.PERCENT) if lift else "–",
        _p(p) + (" adj." if compared.p_adjusted is not None else ""),
        _word(compared),
    )


def _adjusted(result: Comparison) -> str:
    """The arms' values are as they were seen; the difference is not where it was adjusted."""
    return " adj." if result.method.startswith(("cuped_", "lin_")) else ""


def _word(compared: Compared) -> str:
    return compared.verdict.replace("_", " ")


def _value(metric: Metric, sample: Sample) -> str:
    value = value_of(metric, sample)
    if value is None:
        return "–"
    kind = FigureKind.SHARE if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER
    return ENGLISH.figure(Figure(kind, value))


def _omnibus(record: AnalysisRecord) -> Iterator[str]:
    found = record.omnibus
    if record.is_shown and found and found["method"]:
        yield f"All arms together: p {_p(found['p_value'])} ({found['metric']})"


def _segments(record: AnalysisRecord) -> Iterator[str]:
    if not record.is_shown:
        return
    for segmented in record.segments:
        p = ""
        if segmented.statistic is not None:
            p = f"; differs between them: p {_p(segmented.p_adjusted)}"
        yield f"Segments of {segmented.column}, arm {segmented.arm} (exploratory{p})"
        kind = _difference_kind(segmented.metric, record)
        for level in segmented.levels:
            shown = str(level.reason) if level.reason else "–"
            if level.result is not None:
                shown = _with_interval(level.result.estimate, level.result.interval, kind)
                shown += f"  p {_p(level.p_adjusted)} adj."
            yield f"  {level.name or '(blank)'}: {shown}"


def _difference_kind(name: str, record: AnalysisRecord) -> FigureKind:
    metric = next(m for m in record.plan.metrics if m.name == name)
    return FigureKind.POINTS if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER


def _with_interval(estimate: float, interval: Interval, kind: FigureKind) -> str:
    def end(value: float | None) -> str:
        return "∞" if value is None else ENGLISH.figure(Figure(kind, value))

    shown = ENGLISH.figure(Figure(kind, estimate, is_signed=True))
    low = "−∞" if interval.low is None else end(interval.low)
    return f"{shown} [{low}, {end(interval.high)}]"


def _p(value: float | None) -> str:
    return "<0.001" if value is None or value < 0.001 else f"{value:.3f}"


def _table(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    listed = list(rows)
    widths = [max(len(row[i]) for row in listed) for i in range(len(listed[0]))] if listed else []
    for row in listed:
        yield "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
