"""The warnings that travel with a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hadi.analysis.comparisons import Compared
from hadi.analysis.looks import Look
from hadi.analysis.record import Progress, Warned
from hadi.domain.plan import Looks, Metric, MetricKind, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import DECISIVE, TestVerdict, Verdict
from hadi.stats.results import Comparison

LOW_POWER = 0.5  # under it, what reaches significance is mostly luck on top of the effect

_EARLY = {
    Looks.FIXED: "opened_early",
    Looks.ANYTIME: "ended_early",
    Looks.PLANNED: "off_schedule",
}


def warnings_of(
    verdict: TestVerdict,
    plan: Plan,
    deciding: Compared | None,
    progress: Progress,
    look: Look,
    *,
    has_result: bool = False,
) -> Iterator[Warned]:
    """Everything to be said beside the verdict, in the order it is read."""
    if has_result and verdict.verdict is not Verdict.NOT_YET:
        yield Warned("after_result", Text("warning_after_result"))
    if look.opened_early:
        code = _EARLY[plan.looks]
        yield Warned(code, Text(f"warning_{code}"))
    elif verdict.verdict is not Verdict.NOT_YET and not progress.is_final:
        code = "ended_at_look" if verdict.verdict in DECISIVE else "interim"
        yield Warned(code, Text(f"warning_{code}"))
    planned = progress.planned_units
    if progress.is_final and planned is not None and progress.units < planned:
        text = Text("warning_ended_short", units=progress.units, planned=planned, arm=progress.arm)
        yield Warned("ended_short", text)
    low_power = _low_power(plan, deciding) if verdict.verdict is not Verdict.NOT_YET else None
    if low_power is not None:
        yield Warned("low_power", low_power)


def _low_power(plan: Plan, deciding: Compared | None) -> Text | None:
    """A significant result of a test that had little chance to see what it was made for: the
    expected effect, or else the threshold. Gelman & Carlin (2014), Perspectives on Psychological
    Science 9: such a result exaggerates."""
    if deciding is None or deciding.result is None:
        return None
    result, metric = deciding.result, deciding.metric
    if result.p_value is not None and result.p_value > deciding.alpha:
        return None
    effect = abs(plan.expected_effect or 0.0)
    if not effect and metric.threshold is not None:
        scale = abs(result.control) if metric.threshold.is_relative else 1.0
        effect = metric.threshold.value * scale
    error = _error(metric, result, effect)
    if not effect or not error:
        return None
    from hadi.stats.exaggeration import type_m

    found = type_m(effect, error, deciding.alpha)
    if found.power >= LOW_POWER:
        return None
    kind = FigureKind.POINTS if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER
    return Text(
        "warning_exaggeration_to",
        metric=metric.name,
        power=Figure(FigureKind.SHARE, found.power),
        effect=Figure(kind, effect),
        size=Figure(kind, effect * found.ratio),
    )


def _error(metric: Metric, result: Comparison, effect: float) -> float | None:
    """The standard error that the test had for such an effect. A share's own value sets its error,
    so that what was seen by luck must not stand in for what is supposed."""
    if metric.kind is not MetricKind.CONVERSION or not result.method.startswith("newcombe"):
        return result.standard_error
    share = result.control + metric.sign * effect
    if not (0.0 < share < 1.0 and 0.0 < result.control < 1.0):
        return result.standard_error
    own = result.control * (1.0 - result.control) / result.n_control
    return math.sqrt(own + share * (1.0 - share) / result.n_treatment)
