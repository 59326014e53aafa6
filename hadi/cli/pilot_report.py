"""The record of `hadi pilot` for a person at a terminal: the sentence first, then the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hadi.analysis.pilot_record import PilotRecord
from hadi.domain.pilot_plan import Scale
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.domain.verdict import CheckStatus

_MARKS = {CheckStatus.PASS: "ok", CheckStatus.WARN: "warn", CheckStatus.FAIL: "FAIL"}
_MOST_WEIGHTS = 10


def report(record: PilotRecord, notes: Sequence[Text] = ()) -> str:
    """The whole report as text."""
    return "\n".join(_lines(record, notes))


def _lines(record: PilotRecord, notes: Sequence[Text]) -> Iterator[str]:
    yield f"{record.verdict.verdict.value.replace('_', ' ').upper()}  {record.text}"
    for warning in record.base.warnings:
        yield f"! {warning.text}"
    yield ""
    yield from _numbers(record)
    yield ""
    yield "Checks"
    for check in record.base.checks:
        yield f"  {_MARKS[check.status]:<5} {check.code:<16} {check.detail}"
    for note in notes:
        yield f"Note   {note}"
    level = f"{100 * (1 - record.base.plan.alpha):.4g}%"
    base = record.base
    yield f"Evidence {base.evidence.value}; interval {level}; rule {base.rule_version}"


def _numbers(record: PilotRecord) -> Iterator[str]:
    panel = record.laid.any
    treated = ", ".join(panel.sites[row] for row in panel.treated)
    yield f"Pilots     {treated}, beside {len(panel.controls)} control sites"
    before, after = panel.pre.shape[1], panel.post.shape[1]
    yield f"Periods    {before} before, {after} from {record.laid.start} on"
    found = record.found
    if found is None or not record.base.is_shown:
        return
    low, high = (_end(record, end) for end in (found.low, found.high))
    yield f"Effect     {_written(record, found.estimate)} [{low}, {high}]  p {_p(found.p_value)}"
    if found.placebo is not None:
        placebo = found.placebo
        how = "of all" if placebo.is_exact else "of drawn"
        yield (
            f"Placebo    p {_p(placebo.p_value)} {how} {placebo.assignments:,} choices of pilots; "
            f"at best {_p(placebo.smallest_attainable)}"
        )
    if record.raw is not None and record.raw[1].estimate is not None:
        yield f"Controls   {_written(record, record.raw[1].estimate)} after against before"
    largest = sorted(found.weights.items(), key=lambda item: -item[1])
    if len({weight for _, weight in largest}) > 1:
        shown = [f"{site} {weight:.2f}" for site, weight in largest if weight >= 0.005]
        yield f"Weights    {', '.join(shown[:_MOST_WEIGHTS])}"


def _end(record: PilotRecord, end: float | None) -> str:
    return "?" if end is None else _written(record, end, is_signed=False)


def _written(record: PilotRecord, value: float, *, is_signed: bool = True) -> str:
    kind = FigureKind.PERCENT if record.pilot.scale is Scale.LOG else FigureKind.NUMBER
    return ENGLISH.figure(Figure(kind, value, is_signed=is_signed))


def _p(value: float | None) -> str:
    return "<0.001" if value is None or value < 0.001 else f"{value:.3f}"
