"""From a plan to its form: what the form is opened with."""

from __future__ import annotations

from typing import Any

from hadi.domain.pilot_plan import Scale
from hadi.domain.plan import Design, Metric, MetricKind, Plan, Spending
from hadi.models import Hypothesis
from hadi.web.hypotheses.plan_pilot import pilot_values
from hadi.web.hypotheses.plan_season import season_values
from hadi.web.hypotheses.worth_fields import worth_values
from hadi.web.shared.language import speaker
from hadi.web.shared.typed_lists import written_names
from hadi.web.shared.typed_numbers import hundredfold, written_number

DEFAULT_SHARES = ("50", "50")


def form_values(plan: Plan | None, hypothesis: Hypothesis, *, currency: str) -> dict[str, Any]:
    """What the form is opened with."""
    plan = plan or Plan(owner=hypothesis.owner_id or hypothesis.author_id)
    language = speaker().language
    primary = plan.primary
    is_share = primary is None or primary.kind is MetricKind.CONVERSION

    def written(value: float | None, *, as_percent: bool = is_share) -> str:
        number = hundredfold(value) if as_percent else value
        return written_number(number, language=language)

    sign = primary.sign if primary else 1
    effect = None if plan.expected_effect is None or plan.own else sign * plan.expected_effect
    others = [m for m in plan.metrics if m is not primary]
    is_log = plan.pilot is not None and plan.pilot.scale is Scale.LOG
    by_percent = is_log or plan.season is not None
    planned = plan.planned_units
    return {
        **_primary_values(primary, written),
        "baseline": written(plan.baseline),
        "baseline_sd": written(plan.baseline_sd, as_percent=False),
        "exposure": written(plan.exposure, as_percent=False),
        "expected_effect": written(effect),
        "metrics": [_metric_values(m, written, by_percent=by_percent) for m in others],
        **_draw_values(plan, written),
        **pilot_values(plan),
        **season_values(plan),
        "segments": written_names(plan.segments),
        "day": plan.day or "",
        "group": plan.group or "",
        "looks": plan.looks.value,
        "look_count": str(plan.look_count) if plan.look_count is not None else "",
        "spending": (plan.spending or Spending.OBRIEN_FLEMING).value,
        "alpha": written(plan.alpha, as_percent=True),
        "power": written(plan.power, as_percent=True),
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "planned_units": str(planned) if planned is not None else "",
        "owner": plan.owner or "",
        "steward": plan.steward or "",
        "budget_amount": written_number(plan.budget.amount, language=language)
        if plan.budget
        else "",
        "budget_currency": plan.budget.currency if plan.budget else currency,
        **worth_values(plan.money, currency=plan.budget.currency if plan.budget else currency),
    }


def _draw_values(plan: Plan, written: Any) -> dict[str, Any]:
    """Who is compared with whom, and what is drawn."""
    return {
        "design": (plan.design or Design.SPLIT).value,
        "cluster": plan.cluster or "",
        "cluster_size": written(plan.cluster_size, as_percent=False),
        "cluster_cv": written(plan.cluster_cv, as_percent=True),
        "icc": written(plan.icc, as_percent=True),
        "arms": _arm_values(plan, written),
        "variant": plan.variant or "",
        "unit": plan.unit or "",
    }


def _primary_values(primary: Metric | None, written: Any) -> dict[str, Any]:
    if primary is None:
        return {"metric_kind": MetricKind.CONVERSION.value, "threshold_as": "absolute"}
    threshold = primary.threshold
    is_relative = bool(threshold and threshold.is_relative)
    is_percent = is_relative or primary.kind is MetricKind.CONVERSION
    return {
        "metric_name": primary.name,
        **{f"metric_{part}": value for part, value in _measured(primary, written).items()},
        "is_proxy": primary.is_proxy,
        "better": primary.better.value if primary.better else None,
        "threshold": written(threshold.value if threshold else None, as_percent=is_percent),
        "threshold_as": "relative" if is_relative else "absolute",
    }


def _metric_values(metric: Metric, written: Any, *, by_percent: bool) -> dict[str, Any]:
    is_share = by_percent or metric.kind is MetricKind.CONVERSION
    return {
        "name": metric.name,
        "role": metric.role.value,
        **_measured(metric, written),
        "better": metric.better.value if metric.better else "",
        "margin": written(metric.margin, as_percent=is_share),
    }


def _measured(metric: Metric, written: Any) -> dict[str, Any]:
    """What a metric is."""
    first, second = (*metric.columns, "", "")[:2]
    return {
        "kind": metric.kind.value,
        "column": first,
        "column2": second,
        "covariate": written_names(metric.covariates),
        "winsor": written(metric.winsor, as_percent=True),
        "q": written(metric.q, as_percent=True),
    }


def _arm_values(plan: Plan, written: Any) -> list[dict[str, str]]:
    """The control first; while no split is declared, even halves wait for the arms' names."""
    if not plan.split:
        names = (plan.control or "", "")
        return [
            {"name": name, "share": share}
            for name, share in zip(names, DEFAULT_SHARES, strict=True)
        ]
    shares = dict(plan.split)
    order = [plan.control] if plan.control in shares else []
    order += [arm for arm in shares if arm != plan.control]
    return [{"name": str(arm), "share": written(shares[arm], as_percent=True)} for arm in order]
