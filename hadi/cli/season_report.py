"""The answer of `hadi season` for a person at a terminal: the sentence, then the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hadi.analysis.season import Season, percent
from hadi.domain import months
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.domain.verdict import CheckStatus
from hadi.stats.results import Interval
from hadi.stats.season_change import Window

_MARKS = {CheckStatus.PASS: "ok", CheckStatus.WARN: "warn", CheckStatus.FAIL: "FAIL"}


def report(answer: Season, notes: Sequence[Text] = ()) -> str:
    """The whole report as text."""
    return "\n".join(_lines(answer, notes))


def _lines(answer: Season, notes: Sequence[Text]) -> Iterator[str]:
    yield str(answer.text)
    yield ""
    yield "Coefficients"
    for place, value in enumerate(answer.found.values):
        yield f"  {Text(f'month_{place + 1}')!s:<10} {value:>7.4f}"
    yield f"  {'Sum':<10} {answer.found.sum:>7.2f}"
    yield ""
    yield from _change(answer)
    yield "Checks"
    for check in answer.checks:
        yield f"  {_MARKS[check.status]:<5} {check.code:<14} {check.detail}"
    for note in notes:
        yield f"Note   {note}"


def regression(told: Mapping[str, Any]) -> str:
    """The effect by Poisson's regression, in a line."""
    effect = told["effect"]
    low, high = (
        "?" if end is None else ENGLISH.figure(percent(end))
        for end in (effect["low"], effect["high"])
    )
    p = effect["p_value"]
    shown = "<0.001" if p is None or p < 0.001 else f"{p:.3f}"
    estimate = ENGLISH.figure(percent(effect["estimate"]))
    return f"Poisson regression  {estimate} [{low}, {high}]  p {shown}"


def _change(answer: Season) -> Iterator[str]:
    changed = answer.change
    if changed is None:
        return
    yield _window("Before", changed.before)
    yield _window("After", changed.after)
    yield f"As measured         {ENGLISH.figure(percent(changed.naive))}"
    if answer.is_comparable:
        yield f"Without the season  {_with_interval(changed.adjusted, changed.interval)}"
        if changed.growing:
            shown = _with_interval(changed.effect, changed.effect_interval)
            yield f"Beside the growth   {shown}"
    yield ""


def _window(name: str, window: Window) -> str:
    span = f"{months.written(window.first)}..{months.written(window.last)}"
    mean, level = (
        ENGLISH.figure(Figure(FigureKind.NUMBER, each)) for each in (window.mean, window.level)
    )
    return f"{name:<7}{span}  mean {mean}, coefficient {window.coefficient:.4f}, without it {level}"


def _with_interval(fraction: float, interval: Interval | None) -> str:
    shown = ENGLISH.figure(percent(fraction))
    if interval is None or interval.low is None:
        return shown
    high = "∞" if interval.high is None else ENGLISH.figure(percent(interval.high))
    return f"{shown} [{ENGLISH.figure(percent(interval.low))}, {high}]"
