"""The answer of `hadi funnel` for a person at a terminal: the sentence, then the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hadi.analysis.funnel import FunnelFound, GroupFound, StepFound
from hadi.analysis.record import AnalysisRecord
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.domain.verdict import CheckStatus

_MARKS = {CheckStatus.PASS: "ok", CheckStatus.WARN: "warn", CheckStatus.FAIL: "FAIL"}


def report(answer: FunnelFound, record: AnalysisRecord | None, notes: Sequence[Text] = ()) -> str:
    """The whole report as text."""
    return "\n".join(_lines(answer, record, notes))


def _lines(
    answer: FunnelFound, record: AnalysisRecord | None, notes: Sequence[Text]
) -> Iterator[str]:
    yield str(answer.text)
    yield ""
    yield "Stages"
    key = answer.key
    for step in answer.steps:
        yield _step(step, "key stage" if step is key else "")
    yield ""
    if answer.before is not None:
        yield _step(answer.before, "before the key stage")
    yield _step(answer.after, "after it")
    yield ""
    if answer.planning is not None:
        yield str(answer.planning.text)
        yield ""
    yield from _groups(answer)
    yield "Checks"
    for check in answer.checks:
        yield f"  {_MARKS[check.status]:<5} {check.code:<14} {check.detail}"
    if answer.as_of is not None:
        yield f"As of {answer.as_of:%Y-%m-%d}; {answer.read.deals:,} deals"
    for note in notes:
        yield f"Note   {note}"
    if record is not None:
        from hadi.cli.check_report import report as verdict

        yield ""
        yield verdict(record)


def _step(found: StepFound, remark: str) -> str:
    step = found.step
    said = f"  {found.start.name} → {found.end.name}: {step.moved:,} of {step.entered:,}"
    said += f", {_with_interval(found)}; still open {step.open:,}"
    if step.young:
        said += f"; too young {step.young:,}"
    return f"{said}  ({remark})" if remark else said


def _groups(answer: FunnelFound) -> Iterator[str]:
    for name, groups in answer.groups.items():
        yield f"{Text(f'group_{name}')}, from “{answer.key.start.name}” on"
        for group in groups:
            stands = str(Text(f"stands_{group.stands}")) if group.stands else "too few to compare"
            yield (
                f"  {group.name or '(blank)'}: {group.step.moved:,} of {group.step.entered:,}, "
                f"{_with_interval(group)}  {stands}"
            )
        yield ""


def _with_interval(found: StepFound | GroupFound) -> str:
    interval, share = found.interval, found.step.conversion
    if interval is None or share is None or interval.low is None or interval.high is None:
        return "–"
    ends = ", ".join(ENGLISH.figure(_share(end)) for end in (interval.low, interval.high))
    return f"{ENGLISH.figure(_share(share))} [{ends}]"


def _share(value: float) -> Figure:
    return Figure(FigureKind.SHARE, value)
