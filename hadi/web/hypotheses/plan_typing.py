"""From the form of a plan to the plan: people type percent, a plan holds fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from hadi.domain.errors import Invalid
from hadi.domain.plan import Better, Design, Looks, MetricKind, MetricRole, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.web.hypotheses.plan_forms import Measure, MetricPart, PlanForm
from hadi.web.hypotheses.plan_pilot import pilot_body, pilot_metric
from hadi.web.hypotheses.plan_season import SEASON_FIELDS, season_body, season_metric
from hadi.web.hypotheses.worth_fields import money_places, typed_worth
from hadi.web.shared.language import say
from hadi.web.shared.typed_lists import read_names
from hadi.web.shared.typed_numbers import NumberField

_PARTS = ("kind", "covariate", "winsor", "q")


@dataclass(slots=True)
class TypedPlan:
    """The plan's JSON as typed, and which field each part of it came from."""

    body: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)


def typed_plan(form: PlanForm) -> TypedPlan:
    """Read a form that validated."""
    typed = TypedPlan()
    typed.body = {
        "design": form.design.data or Design.SPLIT.value,
        "group": form.group.data,
        "metrics": [],
        "alpha": form.alpha.fraction,
        "power": form.power.fraction,
        "budget": _budget(form),
        "money": typed_worth(form),
        "starts_on": form.starts_on.data.isoformat() if form.starts_on.data else None,
        "ends_on": form.ends_on.data.isoformat() if form.ends_on.data else None,
        "planned_units": form.planned_units.value,
        "owner": form.owner.data,
        "steward": form.steward.data,
    }
    if form.is_pilot:
        typed.body |= pilot_body(form) | {"looks": Looks.FIXED.value}
        _add_pilot_metric(typed, form)
    elif form.is_season:
        typed.body |= season_body(form) | {"looks": Looks.FIXED.value}
        _add_season_metric(typed, form)
    else:
        typed.body |= _drawn_body(form)
        _add_primary(typed, form)
    for row in form.metrics:
        if not row.form.is_blank:
            _add_metric(typed, row.form, form)
    return typed


def _drawn_body(form: PlanForm) -> dict[str, Any]:
    """What is asked where units or clusters are drawn."""
    unasked = {each.id for each in form.unasked()}

    def asked(number: NumberField) -> float | None:
        return None if number.id in unasked else number.value

    def asked_share(number: NumberField) -> float | None:
        return None if number.id in unasked else number.fraction

    is_planned = form.looks.data == Looks.PLANNED
    return {
        "variant": form.variant.data,
        "control": form.arms[0].form.name.data,
        "split": _split(form),
        "unit": form.unit.data,
        # Also where units are drawn: the check then tells how much alike a store's units are.
        "cluster": form.cluster.data,
        "cluster_size": asked(form.cluster_size),
        "cluster_cv": asked_share(form.cluster_cv),
        "icc": asked_share(form.icc),
        "segments": read_names(form.segments.data),
        "day": form.day.data,
        "looks": form.looks.data or Looks.FIXED.value,
        "look_count": asked(form.look_count),
        "spending": (form.spending.data or None) if is_planned else None,
        "baseline": _in_units(form.baseline, is_share=form.measure.is_share),
        "baseline_sd": asked(form.baseline_sd),
        "exposure": asked(form.exposure),
        "expected_effect": _effect(form),
    }


def put_faults(form: PlanForm, typed: TypedPlan) -> None:
    """Where the form has faults already, add what the rules would refuse beside them, so that
    all is said at once; a field that has its sentence keeps to it."""
    try:
        Plan.from_json(typed.body)
    except Invalid as refusal:
        put_refusal(form, typed, refusal)


def put_refusal(form: PlanForm, typed: TypedPlan, refusal: Invalid) -> None:
    """Put what the rules refused at the fields it came from; the rest goes above the form."""
    faulty = {field.id for field in form.every_field() if field.errors}
    places: Mapping[str, Field] = {
        "control": form.arms[0].form.name,
        "budget": form.budget_amount,
        "budget.amount": form.budget_amount,
        "budget.currency": form.budget_currency,
        **money_places(form),
        "metrics": form.metric_name,
        "split": form.arms[0].form.share,
        **typed.fields,
    }
    for path, text in refusal.fields.items():
        name = path.partition(".")[0]
        at = places.get(path) or places.get(name) or getattr(form, name, None)
        if at is None:
            form.form_errors.append(say(text))
        elif at.id not in faulty:
            at.errors = [*at.errors, say(_called(text, at))]
    if not refusal.fields:
        form.form_errors.append(say(refusal.text))


def _called(text: Text, at: Field) -> Text:
    """The sentence with the field called as the form calls it, not as the API does."""
    if not text.code.startswith("field_") or "field" not in text.params:
        return text
    # A range is one of fractions, which the form asks for as percent.
    ends = {
        name: Figure(FigureKind.SHARE, float(text.params[name]))
        for name in ("low", "high")
        if name in text.params
    }
    return Text(text.code, **{**text.params, **ends, "field": str(at.label.text)})


def _effect(form: PlanForm) -> float | None:
    effect = _in_units(form.expected_effect, is_share=form.measure.is_share)
    # Less is better: an improvement by 2 is a difference of -2, also when typed with its sign.
    if effect is not None and form.better.data == Better.LOWER:
        return -abs(effect)
    return effect


def _add_primary(typed: TypedPlan, form: PlanForm) -> None:
    name = (form.metric_name.data or "").strip()
    threshold = form.threshold.number
    if not name and threshold is None and not form.better.data:
        return
    measure = form.measure
    reached: float | str | None = _in_units(form.threshold, is_share=measure.is_share)
    if threshold is not None and form.threshold_as.data == "relative":
        reached = f"{threshold}%"
    typed.body["metrics"].append(
        {
            # A metric that has no name yet keeps what else is typed about it.
            "name": name or _("Primary metric"),
            **_measured(measure, is_clustered=form.is_clustered),
            "role": MetricRole.PRIMARY.value,
            "better": form.better.data,
            "threshold": reached,
            "proxy": form.is_proxy.data,
        }
    )
    typed.fields |= _measured_fields("metrics.0", measure) | {
        "metrics.0.name": form.metric_name,
        "metrics.0.better": form.better,
        "metrics.0.threshold": form.threshold,
    }


def _add_pilot_metric(typed: TypedPlan, form: PlanForm) -> None:
    metric = pilot_metric(form)
    if metric is not None:
        typed.body["metrics"].append(metric)
    typed.fields |= {
        "metrics.0.name": form.metric_name,
        "metrics.0.better": form.better,
        "metrics.0.threshold": form.pilot_threshold,
        "metrics.0.columns": form.value,
        "threshold": form.pilot_threshold,
        "expected_effect": form.pilot_effect,
    }


def _add_season_metric(typed: TypedPlan, form: PlanForm) -> None:
    metric = season_metric(form, _("Primary metric"))
    if metric is not None:
        typed.body["metrics"].append(metric)
    typed.fields |= {name: getattr(form, field) for name, field in SEASON_FIELDS.items()}
    typed.fields |= {
        "metrics.0.name": form.metric_name,
        "metrics.0.better": form.better,
        "metrics.0.threshold": form.pilot_threshold,
        "metrics.0.columns": form.season_value,
    }


def _add_metric(typed: TypedPlan, row: MetricPart, form: PlanForm) -> None:
    place = f"metrics.{len(typed.body['metrics'])}"
    is_guardrail = row.role.data == MetricRole.GUARDRAIL
    # In per cent where a pilot's effects are; a share of units is always typed as one.
    as_share = row.measure.is_share
    if form.is_of_periods:
        as_share = form.is_log or form.is_season
    margin = _in_units(row.margin, is_share=as_share)
    measured = (
        _followed(row.measure, form.divided)
        if form.is_of_periods
        else _measured(row.measure, is_clustered=form.is_clustered)
    )
    typed.body["metrics"].append(
        {
            "name": row.name.data,
            **measured,
            "role": row.role.data,
            "better": row.better.data,
            "margin": margin if is_guardrail else None,
        }
    )
    named = ("name", "role", "better", "margin")
    typed.fields |= _measured_fields(place, row.measure)
    typed.fields |= {f"{place}.{part}": row[part] for part in named}


def _followed(measure: Measure, divided: MetricKind) -> dict[str, Any]:
    """What a metric over time is: one of two columns where that is chosen, else the value."""
    is_divided = measure.chosen is divided
    columns = (measure.column, measure.column2) if is_divided else (measure.column,)
    typed = [(each.data or "").strip() for each in columns]
    kind = divided if is_divided else MetricKind.MEAN
    return {"kind": kind.value, "columns": [name for name in typed if name]}


def _measured(measure: Measure, *, is_clustered: bool) -> dict[str, Any]:
    """What a metric is, without what its kind has no use for."""
    unasked = {each.id for each in measure.unasked(is_clustered=is_clustered)}
    columns = (measure.column, measure.column2)
    typed = [(each.data or "").strip() for each in columns if each.id not in unasked]
    return {
        "kind": measure.kind.data or MetricKind.CONVERSION.value,
        "columns": [name for name in typed if name],
        "covariate": [] if measure.covariate.id in unasked else read_names(measure.covariate.data),
        "winsor": None if measure.winsor.id in unasked else measure.winsor.fraction,
        "q": None if measure.q.id in unasked else measure.q.fraction,
    }


def _measured_fields(place: str, measure: Measure) -> dict[str, Field]:
    found = {f"{place}.{part}": getattr(measure, part) for part in _PARTS}
    # Of two columns the one that is open is the one to mend.
    is_first = not (measure.column.data or "").strip() or len(_parts_of(measure)) == 1
    return found | {f"{place}.columns": measure.column if is_first else measure.column2}


def _parts_of(measure: Measure) -> tuple[str, ...]:
    return measure.chosen.parts if measure.chosen else ("value",)


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
