"""The verdict as one sentence that a shop manager understands.

The sentence is chosen here, whole; its words stand in `hadi.domain.wording.verdicts`, so that
every language can order them its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hadi.domain.plan import Metric, MetricKind
from hadi.domain.text import Figure, FigureKind, Text, day_figure
from hadi.domain.verdict import MetricVerdict, TestVerdict, Verdict
from hadi.stats.results import Comparison

_NAMED_CHECKS = frozenset({"sample_ratio", "mixed_units", "unknown_arms", "fidelity"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running test is: units of its smallest arm, planned units per arm, last day.
    `next_look` is the share of the planned units at which the next planned look is due."""

    units: int | None = None
    planned_units: int | None = None
    ends_on: date | None = None
    next_look: float | None = None


def sentence(
    verdict: TestVerdict,
    *,
    metric: Metric,
    comparison: Comparison | None = None,
    has_several_arms: bool = False,
    is_clustered: bool = False,
    settles_at: int | None = None,
    progress: Progress | None = None,
    is_flat: bool = False,
    is_disputed: bool = False,
) -> Text:
    """The sentence of a verdict.

    `comparison` is the primary metric's in the verdict's arm; `has_several_arms` whether there
    was more than one treatment, so that the arm is named; `settles_at` the units per arm, clusters
    where `is_clustered`, that would settle what is open (`hadi.stats.settling.units_to_settle`;
    None: nothing would); `is_flat` whether the whole interval lies within the threshold either
    way; `is_disputed` whether the test alone would call it an effect and the interval not.
    """
    if verdict.verdict is Verdict.NOT_YET:
        return _not_yet(verdict, progress or Progress())
    if verdict.verdict is Verdict.INVALID:
        return _invalid(verdict)
    judged = verdict.metric_verdict
    if judged is None or comparison is None or judged.verdict is Verdict.NOT_ESTIMABLE:
        reason = judged.reason if judged and judged.reason else Text("nothing_to_compare")
        return Text("sentence_not_estimable", metric=metric.name, reason=reason)
    said = _judged(judged, metric, comparison, settles_at, is_flat, is_clustered)
    if is_disputed and judged.verdict is Verdict.NOT_ENOUGH_DATA:
        change = effect(comparison, metric, is_on_lift=judged.is_on_lift)
        said = Text("sentence_disputed", metric=metric.name, effect=change)
    if has_several_arms and verdict.arm is not None:
        return Text("sentence_best_arm", arm=verdict.arm, sentence=said)
    return said


def effect(comparison: Comparison, metric: Metric, *, is_on_lift: bool = False) -> Text:
    """An effect with its interval, "+6.0 pp (2.5 to 9.4)", in the units it was judged in."""
    if is_on_lift and comparison.lift is not None:
        kind = end_kind = FigureKind.PERCENT
        value, interval = comparison.lift.estimate, comparison.lift.interval
    else:
        kind = _difference_kind(metric)
        end_kind = FigureKind.BARE_POINTS if kind is FigureKind.POINTS else kind
        value, interval = comparison.estimate, comparison.interval
    return ranged(Figure(kind, value, is_signed=True), interval.low, interval.high, end_kind)


def ranged(
    value: Figure, low: float | None, high: float | None, end_kind: FigureKind | None = None
) -> Text:
    """A figure with the ends of its interval, as far as they are known. Points are not repeated
    at the ends."""
    if end_kind is None:
        is_points = value.kind is FigureKind.POINTS
        end_kind = FigureKind.BARE_POINTS if is_points else value.kind
    ends = {
        name: Figure(end_kind, end)
        for name, end in (("low", low), ("high", high))
        if end is not None
    }
    code = "_".join(["effect", *ends]) if ends else "effect_open"
    return Text(code, effect=value, **ends)


def threshold_figure(metric: Metric) -> Figure | None:
    """The threshold as it is read; None where the plan has none, or zero."""
    if metric.threshold is None or metric.threshold.value == 0.0:
        return None
    is_relative = metric.threshold.is_relative
    kind = FigureKind.PERCENT if is_relative else _difference_kind(metric)
    return Figure(kind, metric.threshold.value)


def _judged(
    judged: MetricVerdict,
    metric: Metric,
    comparison: Comparison,
    settles_at: int | None,
    is_flat: bool,
    is_clustered: bool,
) -> Text:
    change = effect(comparison, metric, is_on_lift=judged.is_on_lift)
    if judged.guardrail is not None:
        return Text(
            "sentence_harmful_guardrail",
            metric=metric.name,
            effect=change,
            guardrail=judged.guardrail.metric,
        )
    promised = threshold_figure(metric)
    code = _code(judged, settles_at)
    if promised is None:
        code = f"{code}_any"
    params: dict[str, str | int | Figure | Text] = {"metric": metric.name, "effect": change}
    if promised is not None and judged.verdict is not Verdict.HARMFUL:
        params["threshold"] = promised
    if judged.verdict is Verdict.HARMFUL:
        code = "sentence_harmful"
    if judged.verdict is Verdict.REFUTED and is_flat and promised is not None:
        code = "sentence_refuted_flat"
    if judged.verdict is Verdict.NOT_ENOUGH_DATA and settles_at is not None:
        params["n"] = settles_at
        code += "_clusters" if is_clustered else ""
    return Text(code, **params)


def _code(judged: MetricVerdict, settles_at: int | None) -> str:
    code = f"sentence_{judged.verdict.value}"
    if judged.verdict is Verdict.CONFIRMED and judged.is_clear:
        return f"{code}_clear"
    if judged.verdict is Verdict.NOT_ENOUGH_DATA:
        what = "_real" if judged.is_real else ""
        return f"{code}{what}_{'nothing' if settles_at is None else 'settles'}"
    return code


def _invalid(verdict: TestVerdict) -> Text:
    check = verdict.failed_check
    if check is None:
        return Text("sentence_invalid")
    if check.code in _NAMED_CHECKS:
        return Text(f"sentence_invalid_{check.code}", reason=check.detail)
    return Text("sentence_invalid_because", reason=check.detail)


def _not_yet(verdict: TestVerdict, progress: Progress) -> Text:
    if verdict.failed_check is not None:
        return Text("sentence_not_yet_failed", reason=verdict.failed_check.detail)
    params: dict[str, int | Figure] = {}
    code = "sentence_not_yet"
    if progress.units is not None and progress.planned_units is not None:
        code += "_units"
        params |= {"units": progress.units, "planned": progress.planned_units}
    if progress.next_look is not None and "units" in params:
        share = Figure(FigureKind.SHARE, progress.next_look)
        return Text("sentence_not_yet_look", look=share, **params)
    if progress.ends_on is not None:
        code += "_day"
        params["day"] = day_figure(progress.ends_on)
    return Text(code, **params)


def _difference_kind(metric: Metric) -> FigureKind:
    return FigureKind.POINTS if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER
