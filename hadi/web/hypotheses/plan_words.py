"""A plan in words: label and value for each part, and what changed between two versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from hadi.db import db
from hadi.domain.pilot_plan import PilotPlan, Scale
from hadi.domain.plan import (
    Better,
    Design,
    Looks,
    Metric,
    MetricKind,
    MetricRole,
    Plan,
    Spending,
)
from hadi.domain.season_plan import FIELDS as SEASON_PARTS
from hadi.domain.season_plan import SeasonPlan
from hadi.domain.text import Figure, FigureKind
from hadi.domain.verdict_sentence import threshold_figure
from hadi.models import User
from hadi.web.hypotheses.plan_pilot import decide_word, method_word, scale_word
from hadi.web.hypotheses.plan_season import season_method_word
from hadi.web.shared.language import day, figure, speaker
from hadi.web.shared.money_words import worth_rows
from hadi.web.shared.pages import Change
from hadi.web.shared.typed_lists import written_names
from hadi.web.shared.typed_numbers import hundredfold, written_number

Row = tuple[str, str]

# Parts that most plans leave out: they are shown only where they say something.
_RARE = {
    "sd", "exposure", "covariates", "winsor", "cluster", "cluster_size", "cluster_cv", "icc",
    "segments", "day", "group", "treated", "controls", "start", "site", "time", "value", "method",
    "scale", "decide", "components", "before", "season", "counts", "season_start",
    "season_time", "season_value", "profile",
}  # fmt: skip
WORTH = "money"  # not everyone may see it: pages that may show it ask for it
# Parts that nobody needs where periods are followed.
_NOT_OF_PERIODS = {"column", "baseline", "control", "split", "variant", "unit", "looks"}


def plan_rows(plan: Plan) -> tuple[Row, ...]:
    """What a plan says, part by part, in the order the form asks; empty parts are empty."""
    return tuple(
        (label, value)
        for code, label, value in _parts(plan)
        if code != WORTH
        and (value or code not in _RARE)
        and not (plan.own and code in _NOT_OF_PERIODS)
    )


def metric_rows(plan: Plan, role: MetricRole) -> tuple[str, ...]:
    """The metrics of one role, each as a line."""
    own = plan.own is not None
    percent = _by_percent(plan)
    return tuple(
        metric_line(m, is_followed=own, by_percent=percent) for m in plan.metrics if m.role is role
    )


def _by_percent(plan: Plan) -> bool:
    """Whether what may get worse is a share of what would have been."""
    is_log = plan.pilot is not None and plan.pilot.scale is Scale.LOG
    return is_log or plan.season is not None


def metric_line(metric: Metric, *, is_followed: bool = False, by_percent: bool = False) -> str:
    """A metric as a line: name, kind, direction, what it must reach. One that is followed over time
    has no units, and its kind needs saying only where it is a ratio or a rate."""
    is_plain = is_followed and metric.kind is MetricKind.MEAN
    parts = [metric.name] if is_plain else [metric.name, measure_word(metric).lower()]
    if metric.better is not None:
        parts.append(better_word(metric.better).lower())
    reach = threshold_figure(metric)
    if reach is not None:
        parts.append(_("at least %(threshold)s", threshold=figure(reach)))
    elif metric.threshold is not None and metric.role is MetricRole.PRIMARY:
        parts.append(_("any improvement counts"))
    if metric.margin is not None:
        kind = FigureKind.PERCENT if by_percent else difference_kind(metric.kind)
        margin = figure(Figure(kind, metric.margin))
        parts.append(_("may get worse by less than %(margin)s", margin=margin))
    if metric.is_proxy:
        parts.append(_("indirect"))
    return ", ".join(parts)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two stored plans, in words."""
    before, after = _of_its_design(before), _of_its_design(after)
    old = {code: value for code, _label, value in _parts(Plan.from_json(before))}
    return tuple(
        Change(label, old[code] or None, value or None)
        for code, label, value in _parts(Plan.from_json(after))
        if old[code] != value
    )


def _of_its_design(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A plan without what only another design has: from one to the other, both leave their
    fields in the changes."""
    own: dict[Any, set[str]] = {
        Design.PILOT: set(PilotPlan.__dataclass_fields__),
        Design.BEFORE_AFTER: set(SEASON_PARTS),
    }
    strange = set().union(*own.values()) - own.get(body.get("design"), set())
    return {name: value for name, value in body.items() if name not in strange}


def kind_word(kind: MetricKind) -> str:
    match kind:
        case MetricKind.CONVERSION:
            return str(_("Share of units"))
        case MetricKind.MEAN:
            return str(_("Average per unit"))
        case MetricKind.RATIO:
            return str(_("One sum over another"))
        case MetricKind.RATE:
            return str(_("Events per exposure"))
        case MetricKind.RANK:
            return str(_("Typical value, by ranks"))
        case MetricKind.QUANTILE:
            return str(_("Median or quantile"))


def measure_word(metric: Metric) -> str:
    """The kind of a metric; of a quantile, which one."""
    if metric.kind is not MetricKind.QUANTILE:
        return kind_word(metric.kind)
    if metric.quantile == 0.5:
        return str(_("Median"))
    return str(_("%(share)s quantile", share=_exact_share(metric.quantile)))


def metric_title(metric: Metric) -> str:
    """A metric's name; a quantile's with which one it is."""
    if metric.kind is not MetricKind.QUANTILE:
        return metric.name
    return f"{metric.name}, {measure_word(metric).lower()}"


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


def design_word(design: Design) -> str:
    match design:
        case Design.SPLIT:
            return str(_("Units are drawn"))
        case Design.CLUSTER:
            return str(_("Whole stores, teams or sellers are drawn"))
        case Design.PILOT:
            return str(_("A pilot: one or a few sites beside the others"))
        case Design.BEFORE_AFTER:
            return str(_("Before and after: one series with its season"))


def looks_word(looks: Looks) -> str:
    match looks:
        case Looks.FIXED:
            return str(_("Once, at the end"))
        case Looks.ANYTIME:
            return str(_("Whenever you like"))
        case Looks.PLANNED:
            return str(_("At planned looks"))


def spending_word(spending: Spending) -> str:
    match spending:
        case Spending.OBRIEN_FLEMING:
            return str(_("Strict early (O’Brien–Fleming)"))
        case Spending.POCOCK:
            return str(_("Equally strict each time (Pocock)"))


def units_label(plan: Plan) -> str:
    """What the planned units of an arm are."""
    if plan.design is Design.CLUSTER:
        return str(_("Planned clusters per arm"))
    if plan.own is not None:
        return str(_("Planned periods from the start on"))
    return str(_("Planned units per arm"))


def difference_kind(kind: MetricKind) -> FigureKind:
    """How a difference of such a metric is written."""
    return FigureKind.POINTS if kind is MetricKind.CONVERSION else FigureKind.NUMBER


def is_in_percent(plan: Plan) -> bool:
    """Whether effects are fractions of what would have been: a pilot's on the logarithmic scale,
    and those of one series unless its threshold is in units."""
    if plan.season is not None:
        threshold = plan.primary.threshold if plan.primary else None
        return threshold is None or threshold.is_relative
    return plan.pilot is not None and plan.pilot.scale is Scale.LOG


def effect_kind(plan: Plan) -> FigureKind:
    """How the effect on a plan's primary metric is written: a pilot's in per cent, as a rule."""
    if is_in_percent(plan):
        return FigureKind.PERCENT
    return difference_kind(plan.primary.kind if plan.primary else MetricKind.MEAN)


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


def worth(plan: Plan) -> str:
    """What the effect is worth, part by part."""
    rows = worth_rows(plan.money) if plan.money else ()
    return "; ".join(f"{label}: {value}" for label, value in rows)


def person_name(user_id: str | None) -> str:
    """The name of a person of the plan; empty where there is none."""
    user = db.session.get(User, user_id) if user_id else None
    return user.name if user else ""


Part = tuple[str, str, str]


def _parts(plan: Plan) -> Iterable[Part]:
    """(code, label, value) of every part; each code always comes, so that two plans compare."""
    yield from _primary_parts(plan)
    yield "guardrails", _("Must not get worse"), _others(plan, MetricRole.GUARDRAIL)
    yield "secondary", _("Also watched"), _others(plan, MetricRole.SECONDARY)
    yield from _design_parts(plan)
    yield "segments", _("Looked into, to explore"), written_names(plan.segments)
    yield "day", _("Column of the day"), plan.day or ""
    yield "group", _("Column of the seller or store"), plan.group or ""
    yield "alpha", _("Risk of a false alarm"), figure(Figure(FigureKind.SHARE, plan.alpha))
    yield "power", _("Wanted chance to see it"), figure(Figure(FigureKind.SHARE, plan.power))
    yield "looks", _("The result opens"), _looks(plan)
    yield "period", _("Period"), period(plan)
    yield "units", units_label(plan), _value(plan.planned_units, FigureKind.COUNT)
    yield "owner", _("Owner"), person_name(plan.owner)
    yield "steward", _("Data steward"), person_name(plan.steward)
    yield "budget", _("Budget cap"), money(plan)
    yield WORTH, _("What the effect is worth"), worth(plan)


def _primary_line(plan: Plan) -> str:
    primary = plan.primary
    return metric_line(primary, is_followed=plan.own is not None) if primary else ""


def _primary_parts(plan: Plan) -> Iterable[Part]:
    primary = plan.primary
    kind = primary.kind if primary else MetricKind.MEAN
    columns = primary.columns if primary else ()
    column_label = _("Its columns") if len(kind.parts) > 1 else _("Its column")
    sd = None if kind is MetricKind.CONVERSION else plan.baseline_sd
    covariates = primary.covariates if primary else ()
    yield "primary", _("Primary metric"), _primary_line(plan)
    yield "column", column_label, written_names(columns)
    yield "baseline", _("Value today"), _value(plan.baseline, value_kind(kind))
    yield "sd", _("Spread between units"), _value(sd, FigureKind.NUMBER)
    yield "exposure", _("Exposure of a unit"), _value(plan.exposure, FigureKind.NUMBER)
    yield "expected", _("Expected effect"), _signed(plan.expected_effect, effect_kind(plan))
    yield "covariates", _("Adjusted by"), written_names(covariates)
    yield "winsor", _("Highest values cut at"), _cut(primary)


def _design_parts(plan: Plan) -> Iterable[Part]:
    yield "design", _("How it is compared"), design_word(plan.design) if plan.design else ""
    yield "cluster", _("Column of the store, team or seller"), plan.cluster or ""
    yield "cluster_size", _("Units of a cluster"), _number(plan.cluster_size)
    yield "cluster_cv", _("How clusters differ in size"), _value(plan.cluster_cv, FigureKind.SHARE)
    yield "icc", _("Likeness within a cluster"), _value(plan.icc, FigureKind.SHARE)
    yield "control", _("Control arm"), plan.control or ""
    yield "split", _("Declared split"), _split(plan)
    yield "variant", _("Column of the arm"), plan.variant or ""
    yield "unit", _("Column of the unit"), plan.unit or ""
    yield from _pilot_parts(plan.pilot)
    yield from _season_parts(plan.season)


def _pilot_parts(pilot: PilotPlan | None) -> Iterable[Part]:
    named = pilot or PilotPlan()
    controls = written_names(named.controls) or (_("all the others") if pilot else "")
    yield "treated", _("Sites that get the change"), written_names(named.treated)
    yield "controls", _("Compared with"), controls
    yield "start", _("First period of the change"), named.start or ""
    yield "components", _("Parts of the change"), written_names(named.components)
    yield "method", _("Without the change"), method_word(named.method) if pilot else ""
    yield "scale", _("The effect is counted"), scale_word(named.scale) if pilot else ""
    yield "decide", _("The test that decides"), decide_word(named.decide) if pilot else ""
    yield "site", _("Column of the site"), named.site or ""
    yield "time", _("Column of the period"), named.time or ""
    yield "value", _("Column of the value"), named.value or ""


def _season_parts(season: SeasonPlan | None) -> Iterable[Part]:
    named = season or SeasonPlan()
    before = named.before or (_("the three before the start") if season else "")
    method = season_method_word(named.method) if season else ""
    yield "season_start", _("Start of the change"), named.start or ""
    yield "before", _("Months before"), before
    yield "season", _("How the season is taken out"), method
    yield "profile", _("The season of"), named.profile.name if named.profile else ""
    yield "counts", _("The numbers are"), _("counts") if named.is_counts else ""
    yield "season_time", _("Column of the period"), named.time or ""
    yield "season_value", _("Column of the value"), named.value or ""


def _others(plan: Plan, role: MetricRole) -> str:
    """The metrics of a role with everything that is planned of them."""
    return "; ".join(
        ", ".join((_line(metric, plan), *_details(metric)))
        for metric in plan.metrics
        if metric.role is role
    )


def _line(metric: Metric, plan: Plan) -> str:
    is_followed = plan.own is not None
    return metric_line(metric, is_followed=is_followed, by_percent=_by_percent(plan))


def _details(metric: Metric) -> Iterable[str]:
    if len(metric.columns) > 1:
        yield str(_("columns %(names)s", names=written_names(metric.columns)))
    elif metric.columns:
        yield str(_("column %(names)s", names=written_names(metric.columns)))
    if metric.covariates:
        yield str(_("adjusted by %(names)s", names=written_names(metric.covariates)))
    if metric.winsor is not None:
        yield str(_("highest values cut at %(share)s", share=_cut(metric)))


def _cut(metric: Metric | None) -> str:
    """The quantile that values are cut at."""
    if metric is None or metric.winsor is None:
        return ""
    return _exact_share(metric.winsor)


def _exact_share(share: float) -> str:
    """A fraction as percent to its last digit: a quantile of 99.95% is not one of 100%."""
    language = speaker().language
    gap = "\u00a0" if language == "ru" else ""
    return f"{written_number(hundredfold(share), language=language)}{gap}%"


def _looks(plan: Plan) -> str:
    if plan.looks is not Looks.PLANNED:
        return looks_word(plan.looks)
    rule = spending_word(plan.spending or Spending.OBRIEN_FLEMING)
    if plan.look_count is None:
        return f"{looks_word(plan.looks)}. {rule}"
    counted = _("At %(n)s planned looks", n=plan.look_count)
    return f"{counted}. {rule}"


def _split(plan: Plan) -> str:
    if not plan.split:
        return ""
    return ", ".join(
        f"{arm} {figure(Figure(FigureKind.SHARE, share))}" for arm, share in plan.split.items()
    )


def _value(value: float | None, kind: FigureKind) -> str:
    return "" if value is None else figure(Figure(kind, value))


def _number(value: float | None) -> str:
    """A number that is mostly a whole one."""
    is_whole = value is not None and float(value).is_integer()
    return _value(value, FigureKind.COUNT if is_whole else FigureKind.NUMBER)


def _signed(value: float | None, kind: FigureKind) -> str:
    return "" if value is None else figure(Figure(kind, value, is_signed=True))
