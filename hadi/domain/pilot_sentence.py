"""The verdict on a pilot as one sentence: what the change brought beside what happened anyway.

What the pilot's own before and after would say is never in it: growth that the neighbours had too
is no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hadi.domain.plan import Metric
from hadi.domain.scorecards import CODE as FIDELITY
from hadi.domain.text import Figure, FigureKind, Text, day_figure
from hadi.domain.verdict import MetricVerdict, TestVerdict, Verdict
from hadi.domain.verdict_sentence import effect, ranged, threshold_figure
from hadi.domain.weekly_effect import remaining
from hadi.stats.results import Comparison

ALMOST = 0.5  # of the pilot's growth: neighbours that had as much of it had almost the same


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a pilot's effect: the raw change of the pilots and of the controls (after
    against before; fractions where `is_in_percent`, else the value's units), how many there are,
    the smallest p that the deciding test can give, and how far the test is. `no_range` says why
    the effect has no interval; `lately` is the effect of the later half of the periods, where it
    fades, and `lately_ends` its interval; `settles` what would settle what stays open."""

    is_in_percent: bool
    pilots: float | None = None
    controls: float | None = None
    n_treated: int = 0
    n_controls: int = 0
    smallest_p: float | None = None
    alpha: float = 0.05
    periods: int = 0
    planned_periods: int | None = None
    ends_on: date | None = None
    no_range: Text | None = None
    lately: float | None = None
    lately_ends: tuple[float | None, float | None] = (None, None)
    settles: Text | None = None


def sentence(
    verdict: TestVerdict, *, metric: Metric, comparison: Comparison | None, around: Around
) -> Text:
    """The sentence of a pilot's verdict."""
    if verdict.verdict is Verdict.NOT_YET:
        return _not_yet(verdict, around)
    if verdict.verdict is Verdict.INVALID:
        failed = verdict.failed_check
        if failed is None:
            return Text("sentence_invalid")
        is_undone = failed.code == FIDELITY
        code = "sentence_invalid_fidelity" if is_undone else "sentence_invalid_because"
        return Text(code, reason=failed.detail)
    judged = verdict.metric_verdict
    if judged is None or comparison is None or judged.verdict is Verdict.NOT_ESTIMABLE:
        reason = judged.reason if judged and judged.reason else Text("nothing_to_compare")
        return Text("sentence_not_estimable", metric=metric.name, reason=reason)
    change = effect(comparison, metric, is_on_lift=around.is_in_percent or judged.is_on_lift)
    if judged.guardrail is not None:
        return Text(
            "sentence_harmful_guardrail",
            metric=metric.name, effect=change, guardrail=judged.guardrail.metric,
        )  # fmt: skip
    if judged.verdict is Verdict.NOT_ENOUGH_DATA:
        return _open(judged, metric, comparison, change, around)
    promised = _promised(metric, around)
    code = f"sentence_pilot_{judged.verdict.value}"
    if judged.verdict is Verdict.CONFIRMED and around.lately is not None:
        lately = ranged(raw_figure(around.lately, around), *around.lately_ends)
        return Text("sentence_pilot_fades", metric=metric.name, effect=change, lately=lately)
    if judged.verdict is Verdict.CONFIRMED and judged.is_clear and promised is not None:
        code += "_clear"
    if judged.verdict is Verdict.HARMFUL:
        return Text(code, metric=metric.name, effect=change)
    if promised is None:
        return Text(f"{code}_any", metric=metric.name, effect=change)
    return Text(code, metric=metric.name, effect=change, threshold=promised)


def grew_alike(around: Around) -> bool:
    """Whether the neighbours moved the same way, and had at least half of the pilots' change."""
    pilots, controls = around.pilots, around.controls
    if not pilots or not controls or pilots * controls < 0.0:
        return False
    return abs(controls) >= ALMOST * abs(pilots)


def raw_figure(value: float, around: Around) -> Figure:
    """A raw change as it is read."""
    kind = FigureKind.PERCENT if around.is_in_percent else FigureKind.NUMBER
    return Figure(kind, value, is_signed=True)


def left_of(record: Mapping[str, Any]) -> Text | None:
    """What is left of a pilot's effect that fades, as it is read: "+10.7% (9.6% to 11.8%)"; from
    the record of its analysis. None where it does not fade."""
    left = remaining(record)
    if left is None:
        return None
    is_log = record.get("scale", "log") == "log"
    kind = FigureKind.PERCENT if is_log else FigureKind.NUMBER
    return ranged(Figure(kind, left["estimate"], is_signed=True), left["low"], left["high"])


def _promised(metric: Metric, around: Around) -> Figure | None:
    figure = threshold_figure(metric)
    if figure is None or not around.is_in_percent:
        return figure
    return Figure(FigureKind.PERCENT, figure.value)


def _open(
    judged: MetricVerdict, metric: Metric, comparison: Comparison, change: Text, around: Around
) -> Text:
    named: dict[str, str | Text] = {"metric": metric.name, "effect": change}
    promised = _promised(metric, around)
    if judged.is_real and promised is not None:
        return Text("sentence_pilot_real_open", threshold=promised, **named)
    smallest = around.smallest_p
    if smallest is not None and smallest > around.alpha and _excludes_none(comparison, metric):
        return Text(
            "sentence_pilot_out_of_reach",
            treated=around.n_treated, controls=around.n_controls,
            p=Figure(FigureKind.P_VALUE, smallest),
            alpha=Figure(FigureKind.P_VALUE, around.alpha), **named,
        )  # fmt: skip
    if around.no_range is not None:
        return Text("sentence_pilot_no_range", reason=around.no_range, **named)
    p = comparison.p_value
    if p is None or p <= around.alpha:
        return Text("sentence_disputed", **named)
    settles = around.settles or Text("pilot_settles_unknown")
    if grew_alike(around):
        assert around.controls is not None
        code = "sentence_pilot_neighbours_grew"
        if around.controls < 0.0:
            code = "sentence_pilot_neighbours_fell"
        change_around = raw_figure(around.controls, around)
        return Text(code, change=change_around, settles=settles, **named)
    return Text("sentence_pilot_open", settles=settles, **named)


def _excludes_none(comparison: Comparison, metric: Metric) -> bool:
    """Whether the interval lies on the better side of no effect."""
    interval = comparison.interval
    end = interval.low if metric.sign > 0 else interval.high
    return end is not None and end * metric.sign > 0.0


def _not_yet(verdict: TestVerdict, around: Around) -> Text:
    if verdict.failed_check is not None:
        return Text("sentence_not_yet_failed", reason=verdict.failed_check.detail)
    if around.planned_periods is not None:
        periods = {"periods": around.periods, "planned": around.planned_periods}
        if around.ends_on is None:
            return Text("sentence_pilot_not_yet_periods", **periods)
        day = day_figure(around.ends_on)
        return Text("sentence_pilot_not_yet_periods_day", day=day, **periods)
    if around.ends_on is not None:
        return Text("sentence_not_yet_day", day=day_figure(around.ends_on))
    return Text("sentence_not_yet")
