"""Between the form of a plan and the plan: people type percent, a plan holds fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from hadi.domain.errors import Invalid
from hadi.domain.plan import Better, Design, Metric, MetricKind, MetricRole, Plan
from hadi.models import Hypothesis
from hadi.web.hypotheses.plan_forms import MetricPart, PlanForm
from hadi.web.shared.language import say, speaker
from hadi.web.shared.typed_numbers import NumberField, hundredfold, written_number

DEFAULT_SHARES = ("50", "50")


@dataclass(slots=True)
class TypedPlan:
    """The plan's JSON as typed, and which field each part of it came from."""

    body: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)


# ------------------------------------------------------------------------- from the form
def typed_plan(form: PlanForm) -> TypedPlan:
    """Read a form that validated."""
    typed = TypedPlan()
    is_share = form.metric_kind.data == MetricKind.CONVERSION
    sign = -1 if form.better.data == Better.LOWER else 1
    effect = _in_units(form.expected_effect, is_share=is_share)
    typed.body = {
        "design": Design.SPLIT.value,
        "variant": form.variant.data,
        "control": form.arms[0].form.name.data,
        "split": _split(form),
        "unit": form.unit.data,
        "metrics": [],
        "alpha": form.alpha.fraction,
        "power": form.power.fraction,
        "baseline": _in_units(form.baseline, is_share=is_share),
        "baseline_sd": None if is_share else form.baseline_sd.value,
        # Less is better: an improvement by 2 is a difference of -2, also when typed with its sign.
        "expected_effect": None if effect is None else (effect if sign > 0 else -abs(effect)),
        "budget": _budget(form),
        "starts_on": form.starts_on.data.isoformat() if form.starts_on.data else None,
        "ends_on": form.ends_on.data.isoformat() if form.ends_on.data else None,
        "planned_units": form.planned_units.value,
        "owner": form.owner.data,
        "steward": form.steward.data,
    }
    _add_primary(typed, form)
    for row in form.metrics:
        if not row.form.is_blank:
            _add_metric(typed, row.form)
    return typed


def check_typed(form: PlanForm) -> bool:
    """What only the form can know: parts that depend on each other."""
    is_good = bool(form.validate())
    named = [row.form for row in form.arms if (row.form.name.data or "").strip()]
    if len(named) > 1:
        for row in named:
            share = row.share
            if not share.errors and (share.number is None or share.number <= 0):
                share.errors = [*share.errors, _("Say which share of the units this arm gets.")]
                is_good = False
    elif form.arms[0].form not in named and named:
        control = form.arms[0].form.name
        control.errors = [*control.errors, _("Name the control arm too.")]
        is_good = False
    effect, better = form.expected_effect, form.better.data
    if not effect.errors and effect.number is not None and effect.number < 0 and better != "lower":
        effect.errors = [*effect.errors, _("Write the improvement as a number above zero.")]
        is_good = False
    return is_good


def put_refusal(form: PlanForm, typed: TypedPlan, refusal: Invalid) -> None:
    """Put what the rules refused at the fields it came from; the rest goes above the form."""
    places: Mapping[str, Field] = {
        "variant": form.variant,
        "unit": form.unit,
        "control": form.arms[0].form.name,
        "budget": form.budget_amount,
        "budget.amount": form.budget_amount,
        "budget.currency": form.budget_currency,
        "metrics": form.metric_name,
        "split": form.arms[0].form.share,
        **typed.fields,
    }
    for path, text in refusal.fields.items():
        name = path.partition(".")[0]
        at = places.get(path) or places.get(name) or getattr(form, name, None)
        if at is None:
            form.form_errors.append(say(text))
        else:
            at.errors = [*at.errors, say(text)]
    if not refusal.fields:
        form.form_errors.append(say(refusal.text))


def _add_primary(typed: TypedPlan, form: PlanForm) -> None:
    name = (form.metric_name.data or "").strip()
    threshold = form.threshold.number
    if not name and threshold is None and not form.better.data:
        return
    is_share = form.metric_kind.data == MetricKind.CONVERSION
    reached: float | str | None = _in_units(form.threshold, is_share=is_share)
    if threshold is not None and form.threshold_as.data == "relative":
        reached = f"{threshold}%"
    typed.body["metrics"].append(
        {
            # A metric that has no name yet keeps what else is typed about it.
            "name": name or _("Primary metric"),
            "kind": form.metric_kind.data or MetricKind.CONVERSION.value,
            "columns": [form.metric_column.data] if (form.metric_column.data or "").strip() else [],
            "role": MetricRole.PRIMARY.value,
            "better": form.better.data,
            "threshold": reached,
            "proxy": form.is_proxy.data,
        }
    )
    typed.fields |= {
        "metrics.0.name": form.metric_name,
        "metrics.0.kind": form.metric_kind,
        "metrics.0.columns": form.metric_column,
        "metrics.0.better": form.better,
        "metrics.0.threshold": form.threshold,
    }


def _add_metric(typed: TypedPlan, row: MetricPart) -> None:
    place = f"metrics.{len(typed.body['metrics'])}"
    is_share = row.kind.data == MetricKind.CONVERSION
    is_guardrail = row.role.data == MetricRole.GUARDRAIL
    typed.body["metrics"].append(
        {
            "name": row.name.data,
            "kind": row.kind.data,
            "columns": [row.column.data] if (row.column.data or "").strip() else [],
            "role": row.role.data,
            "better": row.better.data,
            "margin": _in_units(row.margin, is_share=is_share) if is_guardrail else None,
        }
    )
    named = ("name", "kind", "role", "better", "margin")
    typed.fields |= {f"{place}.{part}": row[part] for part in named}
    typed.fields[f"{place}.columns"] = row.column


def _in_units(number: NumberField, *, is_share: bool) -> float | None:
    return number.fraction if is_share else number.value


def _split(form: PlanForm) -> dict[str, float] | None:
    """The shares as typed, where more than the control is named; the plan makes them add to 1."""
    rows = [row.form for row in form.arms if (row.form.name.data or "").strip()]
    if len(rows) < 2:
        return None
    return {(row.name.data or "").strip(): row.share.value or 0.0 for row in rows}


def _budget(form: PlanForm) -> dict[str, Any] | None:
    amount = form.budget_amount.number
    if amount is None:
        return None
    return {"amount": str(amount), "currency": form.budget_currency.data}


# --------------------------------------------------------------------------- to the form
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
    effect = None if plan.expected_effect is None else sign * plan.expected_effect
    others = [m for m in plan.metrics if m is not primary]
    planned = plan.planned_units
    return {
        **_primary_values(primary, written),
        "baseline": written(plan.baseline),
        "baseline_sd": written(plan.baseline_sd, as_percent=False),
        "expected_effect": written(effect),
        "metrics": [_metric_values(m, written) for m in others],
        "arms": _arm_values(plan, written),
        "variant": plan.variant or "",
        "unit": plan.unit or "",
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
    }


def _primary_values(primary: Metric | None, written: Any) -> dict[str, Any]:
    if primary is None:
        return {"metric_kind": MetricKind.CONVERSION.value, "threshold_as": "absolute"}
    threshold = primary.threshold
    is_relative = bool(threshold and threshold.is_relative)
    is_percent = is_relative or primary.kind is MetricKind.CONVERSION
    return {
        "metric_name": primary.name,
        "metric_kind": primary.kind.value,
        "metric_column": primary.columns[0] if primary.columns else "",
        "is_proxy": primary.is_proxy,
        "better": primary.better.value if primary.better else None,
        "threshold": written(threshold.value if threshold else None, as_percent=is_percent),
        "threshold_as": "relative" if is_relative else "absolute",
    }


def _metric_values(metric: Metric, written: Any) -> dict[str, Any]:
    is_share = metric.kind is MetricKind.CONVERSION
    return {
        "name": metric.name,
        "role": metric.role.value,
        "kind": metric.kind.value,
        "better": metric.better.value if metric.better else "",
        "margin": written(metric.margin, as_percent=is_share),
        "column": metric.columns[0] if metric.columns else "",
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
