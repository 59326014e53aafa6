"""Stores that tried something beside stores that did not, on what was added to their receipts.

A store is the unit: its receipts resemble each other, and the whole store was given the change. So
every store has one value, and the stores are compared; the test of single receipts stands beside it
to show how far it goes wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hadi.domain import verdict_sentence
from hadi.domain.baskets import BasketSpec
from hadi.domain.plan import Better, Metric, MetricKind, MetricRole, Threshold
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import (
    Check,
    CheckStatus,
    GuardrailVerdict,
    TestVerdict,
    Verdict,
    judge_comparison,
    judge_guardrail,
    judge_test,
)
from hadi.ingest.receipts import Sums
from hadi.stats import clusters, proportions
from hadi.stats.arrays import Clusters
from hadi.stats.cluster_power import is_judged_by_permutation
from hadi.stats.errors import NotEstimable
from hadi.stats.permutation import Permutation, permute
from hadi.stats.results import Comparison
from hadi.stats.samples import Conversion
from hadi.stats.settling import units_to_settle

ATTACH = "attach_rate"


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of the two arms: `comparison` is of the stores' own values, each counting alike;
    `pooled` what all receipts of an arm together say, as a difference."""

    name: str
    role: MetricRole
    better: Better
    comparison: Comparison | None
    permutation: Permutation | None
    pooled: float | None
    reason: Text | None = None
    status: str | None = None  # of a guardrail
    is_share: bool = False

    def metric(self, threshold: float | None = None) -> Metric:
        """The measure as the rule of verdicts knows it."""
        kind = MetricKind.CONVERSION if self.is_share else MetricKind.MEAN
        columns = (self.name,)
        asked = Threshold(threshold) if threshold else None
        return Metric(
            name=self.name, kind=kind, columns=columns, role=self.role, better=self.better,
            threshold=asked,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """The verdict on one treatment, and the numbers behind it. `naive` takes every receipt as
    evidence of its own, which it is not."""

    control: str
    treatment: str
    stores: tuple[tuple[Sums, ...], tuple[Sums, ...]]
    measured: tuple[Measured, ...]
    naive: Comparison | None
    verdict: TestVerdict
    text: Text

    @property
    def attach(self) -> Measured:
        return self.measured[0]


# (name, numerator, denominator, role, better, is a share)
_MEASURES: tuple[tuple[str, str, str, MetricRole, Better, bool], ...] = (
    (ATTACH, "both", "core", MetricRole.PRIMARY, Better.HIGHER, True),
    ("addon_returns", "addon_returned", "addon_lines", MetricRole.GUARDRAIL, Better.LOWER, True),
    ("margin_per_receipt", "margin", "receipts", MetricRole.GUARDRAIL, Better.HIGHER, False),
    ("units_per_receipt", "units", "receipts", MetricRole.SECONDARY, Better.HIGHER, False),
    ("average_check", "amount", "receipts", MetricRole.SECONDARY, Better.HIGHER, False),
)


def compare(
    stores: Sequence[Sums], spec: BasketSpec, checks: Sequence[Check] = ()
) -> tuple[Compared, ...]:
    """Every treatment against the control; nothing where the file has no two arms."""
    arms = sorted({one.arm for one in stores if one.arm is not None})
    control = spec.control if spec.control in arms else ""
    if len(arms) < 2 or not control:
        return ()
    level = replace(spec, alpha=spec.alpha / (len(arms) - 1))
    own = tuple(one for one in stores if one.arm == control)
    return tuple(
        _compared(control, arm, own, tuple(s for s in stores if s.arm == arm), level, checks)
        for arm in arms
        if arm != control
    )


def _compared(
    control: str,
    treatment: str,
    before: tuple[Sums, ...],
    after: tuple[Sums, ...],
    spec: BasketSpec,
    checks: Sequence[Check],
) -> Compared:
    asked = [
        one for one in _MEASURES
        if _is_known((*before, *after), one[1])
        and (one[0] != "addon_returns" or _has_returns(spec))
    ]  # fmt: skip
    measured = tuple(_measured(one, before, after, spec.alpha) for one in asked)
    primary = measured[0]
    metric = primary.metric(spec.threshold)
    judged = judge_comparison(primary.comparison, metric, alpha=spec.alpha, reason=primary.reason)
    guarded = [
        GuardrailVerdict(one.name, treatment, judge_guardrail(
            one.comparison, sign=1 if one.better is Better.HIGHER else -1
        ))
        for one in measured if one.role is MetricRole.GUARDRAIL
    ]  # fmt: skip
    statuses = {one.metric: one.status.value for one in guarded}
    measured = tuple(replace(one, status=statuses.get(one.name)) for one in measured)
    verdict = judge_test(checks, {treatment: judged}, guarded)
    return Compared(
        control, treatment, (before, after), measured, _naive(before, after, spec.alpha), verdict,
        _sentence(verdict, metric, primary.comparison, spec.alpha),
    )  # fmt: skip


def _sentence(
    verdict: TestVerdict, metric: Metric, comparison: Comparison | None, alpha: float
) -> Text:
    """The verdict in words, the measures by what people call them."""
    told = verdict_sentence.sentence(
        verdict, metric=metric, comparison=comparison, is_clustered=True,
        settles_at=_settles_at(verdict, metric, comparison, alpha),
    )  # fmt: skip
    params = dict(told.params)
    if "metric" in params:
        params["metric"] = Text(f"basket_measure_{metric.name}")
    judged = verdict.metric_verdict
    if judged is not None and judged.guardrail is not None:
        params["guardrail"] = Text(f"basket_measure_{judged.guardrail.metric}")
    # What is compared here are stores, whatever a test may call its clusters.
    return Text(told.code.replace("_clusters", "_stores"), **params)


def _settles_at(
    verdict: TestVerdict, metric: Metric, comparison: Comparison | None, alpha: float
) -> int | None:
    """The stores of each arm that would answer; from five on no permutation decides."""
    if verdict.verdict is not Verdict.NOT_ENOUGH_DATA or comparison is None:
        return None
    seen = min(comparison.n_control, comparison.n_treatment)
    return units_to_settle(
        estimate=comparison.estimate, low=comparison.interval.low, high=comparison.interval.high,
        n_control=comparison.n_control, n_treatment=comparison.n_treatment, alpha=alpha,
        df=comparison.df, at_least=max(math.ceil(1.1 * seen), 5), sign=metric.sign,
        threshold=metric.threshold.value if metric.threshold else 0.0,
    )  # fmt: skip


def _is_known(stores: Sequence[Sums], name: str) -> bool:
    return all(getattr(one, name) is not None for one in stores)


def _has_returns(spec: BasketSpec) -> bool:
    """Whether the file could tell that something came back."""
    return bool(spec.column("returned") or spec.column("quantity"))


def _measured(
    asked: tuple[str, str, str, MetricRole, Better, bool],
    before: Sequence[Sums],
    after: Sequence[Sums],
    alpha: float,
) -> Measured:
    name, top, bottom, role, better, is_share = asked
    arms = [_values(arm, top, bottom) for arm in (before, after)]
    pooled = [_pooled(arm, top, bottom) for arm in (before, after)]
    difference = None if None in pooled else pooled[1] - pooled[0]  # type: ignore[operator]
    try:
        comparison = clusters.cluster_means(arms[0], arms[1], alpha=alpha)
    except NotEstimable as unknown:
        reason = Text(unknown.code, **{k: str(v) for k, v in unknown.params.items()})
        return Measured(name, role, better, None, None, difference, reason, None, is_share)
    found = _permuted(arms[0], arms[1])
    if is_judged_by_permutation(arms[0].n, arms[1].n):
        comparison = replace(
            comparison, p_value=found.p_value, log10_p=math.log10(found.p_value),
            method="cluster_means_permutation",
        )  # fmt: skip
    return Measured(name, role, better, comparison, found, difference, None, None, is_share)


def _values(arm: Sequence[Sums], top: str, bottom: str) -> Clusters:
    """One value for each store that has any: every store counts alike."""
    kept = [one for one in arm if getattr(one, bottom)]
    values = np.array([float(getattr(one, top)) / float(getattr(one, bottom)) for one in kept])
    ones = np.ones(values.size)
    return Clusters(tuple(one.store or "" for one in kept), ones, values, ones, None)


def _pooled(arm: Sequence[Sums], top: str, bottom: str) -> float | None:
    whole = math.fsum(float(getattr(one, bottom)) for one in arm)
    return math.fsum(float(getattr(one, top)) for one in arm) / whole if whole else None


def _permuted(control: Clusters, treatment: Clusters) -> Permutation:
    values = np.concatenate((control.totals, treatment.totals))
    return permute(values - values.mean(), np.ones(values.size), control.n)


def _naive(before: Sequence[Sums], after: Sequence[Sums], alpha: float) -> Comparison | None:
    arms = [
        Conversion(sum(one.core for one in arm), sum(one.both for one in arm))
        for arm in (before, after)
    ]
    try:
        return proportions.compare(arms[0], arms[1], alpha=alpha)
    except NotEstimable:
        return None


def checks(compared: Sequence[Compared]) -> tuple[Check, ...]:
    """How far the test of single receipts goes wrong, where it would have said something else."""
    told = []
    for one in compared:
        result, naive = one.attach.comparison, one.naive
        if result is None or naive is None or naive.p_value is None or result.p_value is None:
            continue
        if naive.p_value < 0.05 <= result.p_value:
            text = Text(
                "basket_naive",
                naive=Figure(FigureKind.P_VALUE, naive.p_value),
                p=Figure(FigureKind.P_VALUE, result.p_value),
            )
            told.append(Check("clusters", CheckStatus.PASS, text))
    return tuple(told[:1])


def as_json(found: Compared) -> dict[str, Any]:
    """One treatment, as `hadi basket --json` tells it."""
    return {
        "verdict": found.verdict.verdict.value,
        "real": found.verdict.is_real,
        "clear": found.verdict.is_clear,
        "control": found.control,
        "arm": found.treatment,
        "sentence": str(found.text),
        "sentence_text": found.text.as_json(),
        "stores": {
            found.control: len(found.stores[0]),
            found.treatment: len(found.stores[1]),
        },
        "measures": [_measured_json(one) for one in found.measured],
        "naive": _naive_json(found.naive),
    }


def _measured_json(one: Measured) -> dict[str, Any]:
    result, permutation = one.comparison, one.permutation
    return {
        "metric": one.name,
        "role": one.role.value,
        "guardrail": one.status,
        "status": "ok" if result else "not_estimable",
        "note": str(one.reason) if one.reason else None,
        "note_text": one.reason.as_json() if one.reason else None,
        "control": result.control if result else None,
        "treatment": result.treatment if result else None,
        "difference": {
            "estimate": result.estimate, "low": result.interval.low, "high": result.interval.high,
        } if result else None,
        "p_value": result.p_value if result else None,
        "method": result.method if result else None,
        "store_t_p": _t_p(result) if result else None,
        "placebo": {
            "p_value": permutation.p_value, "assignments": permutation.assignments,
            "exact": permutation.is_exact, "smallest_attainable": permutation.smallest_p,
        } if permutation else None,
        "pooled": one.pooled,
    }  # fmt: skip


def _t_p(result: Comparison) -> float | None:
    """The p of Student's t over the stores, whichever test decides."""
    from hadi.stats.distributions import log_t_two_sided, p_from_log

    if result.statistic is None or result.df is None:
        return None
    return p_from_log(log_t_two_sided(result.statistic, result.df))[0]


def _naive_json(naive: Comparison | None) -> dict[str, Any] | None:
    if naive is None:
        return None
    return {
        "control": naive.control, "treatment": naive.treatment, "estimate": naive.estimate,
        "low": naive.interval.low, "high": naive.interval.high, "p_value": naive.p_value,
        "control_receipts": naive.n_control, "treatment_receipts": naive.n_treatment,
    }  # fmt: skip
