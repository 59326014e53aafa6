"""A plan in words: label and value for each part, and what changed between two versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from hadi.db import db
from hadi.domain.plan import Better, Metric, MetricKind, MetricRole, Plan
from hadi.domain.text import Figure, FigureKind
from hadi.domain.verdict_sentence import threshold_figure
from hadi.models import User
from hadi.web.shared.language import day, figure
from hadi.web.shared.pages import Change

Row = tuple[str, str]


def plan_rows(plan: Plan) -> tuple[Row, ...]:
    """What a plan says, part by part, in the order the form asks; empty parts are empty."""
    return tuple((label, value) for _, label, value in _parts(plan))


def metric_rows(plan: Plan, role: MetricRole) -> tuple[str, ...]:
    """The metrics of one role, each as a line."""
    return tuple(metric_line(metric) for metric in plan.metrics if metric.role is role)


def metric_line(metric: Metric) -> str:
    """A metric as a line: name, kind, direction, what it must reach."""
    parts = [metric.name, kind_word(metric.kind).lower()]
    if metric.better is not None:
        parts.append(better_word(metric.better).lower())
    reach = threshold_figure(metric)
    if reach is not None:
        parts.append(_("at least %(threshold)s", threshold=figure(reach)))
    elif metric.threshold is not None and metric.role is MetricRole.PRIMARY:
        parts.append(_("any improvement counts"))
    if metric.margin is not None:
        margin = figure(Figure(difference_kind(metric.kind), metric.margin))
        parts.append(_("may get worse by less than %(margin)s", margin=margin))
    if metric.is_proxy:
        parts.append(_("indirect"))
    return ", ".join(parts)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two stored plans, in words."""
    old = {code: value for code, _label, value in _parts(Plan.from_json(before))}
    return tuple(
        Change(label, old[code] or None, value or None)
        for code, label, value in _parts(Plan.from_json(after))
        if old[code] != value
    )


def kind_word(kind: MetricKind) -> str:
    match kind:
        case MetricKind.CONVERSION:
            return str(_("Share of units"))
        case MetricKind.MEAN:
            return str(_("Average per unit"))


def better_word(better: Better) -> str:
    return str(_("More is better") if better is Better.HIGHER else _("Less is better"))


def role_word(role: MetricRole) -> str:
    match role:
        case MetricRole.PRIMARY:
            return str(_("Primary metric"))
        case MetricRole.GUARDRAIL:
            return str(_("Guardrail"))
        case MetricRole.SECONDARY:
            return str(_("Secondary metric"))


def difference_kind(kind: MetricKind) -> FigureKind:
    """How a difference of such a metric is written."""
    return FigureKind.POINTS if kind is MetricKind.CONVERSION else FigureKind.NUMBER


def value_kind(kind: MetricKind) -> FigureKind:
    """How a value of such a metric is written."""
    return FigureKind.SHARE if kind is MetricKind.CONVERSION else FigureKind.NUMBER


def period(plan: Plan) -> str:
    """From the first to the last day, as far as they are set."""
    if plan.starts_on and plan.ends_on:
        return str(_("%(start)s to %(end)s", start=day(plan.starts_on), end=day(plan.ends_on)))
    if plan.ends_on:
        return str(_("until %(end)s", end=day(plan.ends_on)))
    return str(_("from %(start)s", start=day(plan.starts_on))) if plan.starts_on else ""


def money(plan: Plan) -> str:
    """The budget cap."""
    if plan.budget is None:
        return ""
    return figure(
        Figure(FigureKind.MONEY, float(plan.budget.amount), currency=plan.budget.currency)
    )


def _parts(plan: Plan) -> Iterable[tuple[str, str, str]]:
    """(code, label, value) of every part."""
    primary = plan.primary
    kind = primary.kind if primary else MetricKind.MEAN
    yield "primary", _("Primary metric"), metric_line(primary) if primary else ""
    yield "column", _("Its column"), ", ".join(primary.columns) if primary else ""
    yield "baseline", _("Value today"), _value(plan.baseline, value_kind(kind))
    if kind is MetricKind.MEAN:
        yield "sd", _("Spread between units"), _value(plan.baseline_sd, FigureKind.NUMBER)
    else:
        yield "sd", _("Spread between units"), ""
    yield "expected", _("Expected effect"), _signed(plan.expected_effect, difference_kind(kind))
    guardrails = metric_rows(plan, MetricRole.GUARDRAIL)
    yield "guardrails", _("Must not get worse"), "; ".join(guardrails)
    yield "secondary", _("Also watched"), "; ".join(metric_rows(plan, MetricRole.SECONDARY))
    yield "control", _("Control arm"), plan.control or ""
    yield "split", _("Declared split"), _split(plan)
    yield "variant", _("Column of the arm"), plan.variant or ""
    yield "unit", _("Column of the unit"), plan.unit or ""
    yield "alpha", _("Risk of a false alarm"), figure(Figure(FigureKind.SHARE, plan.alpha))
    yield "power", _("Wanted chance to see it"), figure(Figure(FigureKind.SHARE, plan.power))
    yield "period", _("Period"), period(plan)
    planned = Figure(FigureKind.COUNT, plan.planned_units) if plan.planned_units else None
    yield "units", _("Planned units per arm"), figure(planned) if planned else ""
    yield "owner", _("Owner"), person_name(plan.owner)
    yield "steward", _("Data steward"), person_name(plan.steward)
    yield "budget", _("Budget cap"), money(plan)


def person_name(user_id: str | None) -> str:
    """The name of a person of the plan; empty where there is none."""
    user = db.session.get(User, user_id) if user_id else None
    return user.name if user else ""


def _split(plan: Plan) -> str:
    if not plan.split:
        return ""
    return ", ".join(
        f"{arm} {figure(Figure(FigureKind.SHARE, share))}" for arm, share in plan.split.items()
    )


def _value(value: float | None, kind: FigureKind) -> str:
    return "" if value is None else figure(Figure(kind, value))


def _signed(value: float | None, kind: FigureKind) -> str:
    return "" if value is None else figure(Figure(kind, value, is_signed=True))
