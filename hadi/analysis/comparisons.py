"""Each treatment against the control on each metric: estimated, adjusted, judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hadi.domain.plan import Metric, MetricRole, Plan
from hadi.domain.text import Text
from hadi.domain.verdict import (
    GuardrailVerdict,
    MetricVerdict,
    judge_comparison,
    judge_guardrail,
)
from hadi.ingest.source import ArmSummary, Summaries
from hadi.stats.errors import NotEstimable
from hadi.stats.multiplicity import benjamini_hochberg, simultaneous_alpha
from hadi.stats.results import Comparison
from hadi.stats.samples import Conversion, Moments


@dataclass(frozen=True, slots=True)
class Compared:
    """One treatment on one metric. `result` is None where there is no estimate; `reason` then
    says why. `alpha` is the level of its interval and test. A guardrail's verdict is
    `guardrail`, any other metric's is `judged`."""

    metric: Metric
    arm: str
    control_sample: Conversion | Moments
    treatment_sample: Conversion | Moments
    alpha: float
    result: Comparison | None
    reason: Text | None = None
    p_adjusted: float | None = None
    judged: MetricVerdict | None = None
    guardrail: GuardrailVerdict | None = None

    @property
    def verdict(self) -> str:
        if self.guardrail is not None:
            return self.guardrail.status.value
        assert self.judged is not None
        return self.judged.verdict.value


def compare_all(summaries: Summaries, plan: Plan) -> tuple[Compared, ...]:
    """Every metric of the plan in every treatment, metric by metric.

    Intervals are simultaneous over the treatments (Bonferroni), and p is held against the same
    share of alpha. The p of secondary metrics is adjusted over all of them (Benjamini-Hochberg).
    """
    control, *treatments = summaries.arms
    level = simultaneous_alpha(plan.alpha, len(treatments))
    compared = [
        _compare(metric, control, arm, level) for metric in plan.metrics for arm in treatments
    ]
    return tuple(_judge(c, plan.alpha) for c in _adjusted(compared))


def _compare(metric: Metric, control: ArmSummary, arm: ArmSummary, level: float) -> Compared:
    before, after = control.samples[metric.name], arm.samples[metric.name]
    compared = Compared(metric, arm.name, before, after, level, None)
    try:
        return replace(compared, result=_estimate(before, after, level))
    except NotEstimable as unknown:
        return replace(compared, reason=Text(unknown.code, **_params(unknown)))


def _estimate(
    control: Conversion | Moments, treatment: Conversion | Moments, level: float
) -> Comparison:
    if isinstance(control, Conversion) and isinstance(treatment, Conversion):
        from hadi.stats import proportions

        return proportions.compare(control, treatment, alpha=level)
    assert isinstance(control, Moments) and isinstance(treatment, Moments)
    from hadi.stats import means

    return means.compare(control, treatment, alpha=level)


def _params(unknown: NotEstimable) -> dict[str, str]:
    return {name: str(value) for name, value in unknown.params.items()}


def _adjusted(compared: Sequence[Compared]) -> list[Compared]:
    """Give the secondary metrics their adjusted p."""
    places = [
        i
        for i, c in enumerate(compared)
        if c.metric.role is MetricRole.SECONDARY and c.result is not None
    ]
    # A p too small for a float takes part as zero, and stays unsaid.
    raw = [_p(compared[i].result) for i in places]
    result = list(compared)
    for i, p_adjusted in zip(places, benjamini_hochberg(raw), strict=True):
        result[i] = replace(compared[i], p_adjusted=p_adjusted or None)
    return result


def _p(result: Comparison | None) -> float:
    return 0.0 if result is None or result.p_value is None else result.p_value


def _judge(compared: Compared, alpha: float) -> Compared:
    metric, result = compared.metric, compared.result
    if metric.role is MetricRole.GUARDRAIL:
        status = judge_guardrail(result, sign=metric.sign, margin=metric.margin)
        held = GuardrailVerdict(metric.name, compared.arm, status)
        return replace(compared, guardrail=held)
    level = compared.alpha
    if metric.role is MetricRole.SECONDARY and result is not None:
        # The adjusted p already allows for the arms, so it is held against the whole alpha.
        result, level = replace(result, p_value=compared.p_adjusted), alpha
    judged = judge_comparison(result, metric, alpha=level, reason=compared.reason)
    return replace(compared, judged=judged)
