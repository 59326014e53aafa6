"""Each treatment against the control on each metric: estimated, adjusted, judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hadi.analysis.beside import BayesView, Margin, bayes_view, equivalence, non_inferiority
from hadi.analysis.estimates import estimate
from hadi.analysis.looks import Look
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
from hadi.stats.multiplicity import benjamini_hochberg, holm
from hadi.stats.results import Comparison

if TYPE_CHECKING:
    from hadi.ingest.source import Sample
    from hadi.stats.bayes import Prior


@dataclass(frozen=True, slots=True)
class Compared:
    """One treatment on one metric. `result` is None where there is no estimate; `reason` then
    says why. `alpha` is the level of its interval and test. A guardrail's verdict is
    `guardrail`, any other metric's is `judged`. `p_adjusted` allows for the arms of the primary
    metric (Holm) or for all secondary comparisons (Benjamini-Hochberg); a guardrail has none."""

    metric: Metric
    arm: str
    control_sample: Sample
    treatment_sample: Sample
    alpha: float
    result: Comparison | None
    reason: Text | None = None
    p_adjusted: float | None = None
    judged: MetricVerdict | None = None
    guardrail: GuardrailVerdict | None = None
    equivalence: Margin | None = None
    non_inferiority: Margin | None = None
    bayes: BayesView | None = None

    @property
    def is_disputed(self) -> bool:
        """Whether the test alone would call it an effect, and the interval would not: the two
        may disagree by a hair, or by more where many values are equal."""
        if self.result is None or self.judged is None or self.judged.is_real:
            return False
        p, interval = self.result.p_value, self.result.interval
        low = -math.inf if interval.low is None else interval.low
        high = math.inf if interval.high is None else interval.high
        return (p is None or p <= self.alpha) and low <= 0.0 <= high

    @property
    def verdict(self) -> str:
        if self.guardrail is not None:
            return self.guardrail.status.value
        assert self.judged is not None
        return self.judged.verdict.value


def compare_all(
    summaries: Summaries, plan: Plan, *, look: Look, prior: Prior | None = None
) -> tuple[Compared, ...]:
    """Every metric of the plan in every treatment, metric by metric.

    Intervals are simultaneous over the treatments (Bonferroni) and at the level of this look, and
    p is held against the same level. `prior` is that of the workspace's lifts, for the Bayesian
    view beside.
    """
    control, *treatments = summaries.arms
    level = look.level(plan.alpha, len(treatments))
    compared = [
        _compare(metric, control, arm, level, look) for metric in plan.metrics for arm in treatments
    ]
    whole = look.level(plan.alpha, 1)
    return tuple(
        _with_views(_judge(c, whole), look, plan.alpha, prior) for c in _adjusted(compared)
    )


def _compare(
    metric: Metric, control: ArmSummary, arm: ArmSummary, level: float, look: Look
) -> Compared:
    before, after = control.samples[metric.name], arm.samples[metric.name]
    compared = Compared(metric, arm.name, before, after, level, None)
    try:
        return replace(compared, result=estimate(metric, before, after, alpha=level, look=look))
    except NotEstimable as unknown:
        return replace(compared, reason=Text(unknown.code, **_params(unknown)))


def _with_views(compared: Compared, look: Look, alpha: float, prior: Prior | None) -> Compared:
    metric, result = compared.metric, compared.result
    if result is None:
        return compared
    return replace(
        compared,
        equivalence=equivalence(metric, result, look),
        non_inferiority=non_inferiority(metric, result, look),
        bayes=bayes_view(metric, result, alpha=alpha, prior=prior),
    )


def _params(unknown: NotEstimable) -> dict[str, str]:
    return {name: str(value) for name, value in unknown.params.items()}


def _adjusted(compared: Sequence[Compared]) -> list[Compared]:
    """Give the primary metric's arms and the secondary metrics their adjusted p."""
    result = list(compared)
    families: tuple[tuple[MetricRole, Callable[[Sequence[float]], list[float]]], ...] = (
        (MetricRole.PRIMARY, holm),
        (MetricRole.SECONDARY, benjamini_hochberg),
    )
    for role, adjust in families:
        places = [
            i for i, c in enumerate(compared) if c.metric.role is role and c.result is not None
        ]
        if role is MetricRole.PRIMARY and len(places) < 2:
            continue
        # A p too small for a float takes part as zero, and stays unsaid.
        raw = [_p(compared[i].result) for i in places]
        for i, p_adjusted in zip(places, adjust(raw), strict=True):
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
