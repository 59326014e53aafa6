"""Parts of a plan that can each be read and cannot be right together.

They are told as what keeps a test from starting, and not as unreadable: a draft may pass through
them while it is written, and a plan that was stored before a rule was known stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable

from hadi.domain.errors import Blocker
from hadi.domain.months import read_span, read_when
from hadi.domain.pilot_plan import Decide, PilotPlan, Scale
from hadi.domain.plan import Design, Looks, Metric, MetricKind, Plan, Threshold
from hadi.domain.season_plan import SeasonPlan
from hadi.domain.text import Text

FEWEST_BETWEEN_LOOKS = 2


def nonsense(plan: Plan) -> Iterable[Blocker]:
    """Everything in the plan that cannot be meant."""
    yield from _columns(plan)
    yield from _looks(plan)
    yield from _shares(plan)
    if plan.pilot is not None:
        yield from _pilot(plan, plan.pilot)
    if plan.season is not None:
        yield from _season(plan, plan.season)


def expects_worse(plan: Plan) -> Text | None:
    """What to say where the expected effect, signed as measured, is a worsening."""
    primary, effect = plan.primary, plan.expected_effect
    if primary is None or primary.better is None or not effect or primary.sign * effect > 0:
        return None
    return Text(f"planning_expects_worse_{primary.better.value}", name=primary.name)


def _columns(plan: Plan) -> Iterable[Blocker]:
    """The arm, the unit and the cluster are three things, and so three columns. The day and the
    seller may be what is drawn; the arm they are not."""
    seen: set[str] = set()
    for field in ("variant", "unit", "cluster"):
        column = getattr(plan, field)
        if column in seen:
            yield Blocker(Text("plan_column_shared", column=column), field)
        elif column:
            seen.add(column)
    for field in ("day", "group"):
        if plan.variant and getattr(plan, field) == plan.variant:
            yield Blocker(Text("plan_column_is_arm", column=plan.variant), field)
    for segment in plan.segments:
        if segment in seen:
            yield Blocker(Text("plan_segment_is_drawn", column=segment), "segments")


def _looks(plan: Plan) -> Iterable[Blocker]:
    if plan.looks is not Looks.PLANNED or not plan.planned_units or not plan.look_count:
        return
    if plan.planned_units < FEWEST_BETWEEN_LOOKS * plan.look_count:
        code = "plan_looks_crowded"
        if plan.design is Design.CLUSTER:
            code += "_clusters"
        text = Text(code, n=plan.planned_units, looks=plan.look_count)
        yield Blocker(text, "look_count")


def _shares(plan: Plan) -> Iterable[Blocker]:
    """No share moves by more than from none to all."""
    for metric in plan.metrics:
        if metric.kind is not MetricKind.CONVERSION:
            continue
        is_primary = metric is plan.primary
        if metric.threshold and _reach(metric, metric.threshold, plan, is_primary) > 1.0:
            field = "threshold" if is_primary else "metrics"
            yield Blocker(Text("plan_share_threshold", name=metric.name), field)
        if (metric.margin or 0.0) > 1.0:
            yield Blocker(Text("plan_share_margin", name=metric.name), "metrics")
        if is_primary and abs(plan.expected_effect or 0.0) > 1.0:
            yield Blocker(Text("plan_share_expected", name=metric.name), "expected_effect")


def _reach(metric: Metric, threshold: Threshold, plan: Plan, is_primary: bool) -> float:
    """A threshold as a difference of shares, as far as the plan says what it is relative to."""
    if not threshold.is_relative:
        return threshold.value
    return threshold.value * (plan.baseline or 0.0) if is_primary else 0.0


def _pilot(plan: Plan, pilot: PilotPlan) -> Iterable[Blocker]:
    """A site is a pilot or a control; a column is a site's, a period's or a value's; and what is
    judged in per cent is promised in per cent."""
    both = [site for site in pilot.treated if site in pilot.controls]
    if both:
        yield Blocker(Text("plan_site_twice", site=both[0]), "controls")
    named = {"site": pilot.site, "time": pilot.time, "value": pilot.value}
    seen: set[str] = set()
    for field, column in named.items():
        if column in seen:
            yield Blocker(Text("plan_pilot_column_shared", column=column), field)
        elif column:
            seen.add(column)
    primary = plan.primary
    if primary and primary.columns and pilot.value and primary.columns[0] != pilot.value:
        text = Text("plan_value_differs", name=primary.name, column=pilot.value)
        yield Blocker(text, "value")
    if plan.looks is not Looks.FIXED:
        yield Blocker(Text("plan_pilot_looks"), "looks")
    if pilot.method.is_mix and pilot.decide is Decide.STORE_T:
        yield Blocker(Text("plan_pilot_decide"), "decide")
    if pilot.scale is not Scale.LOG:
        return
    for metric in plan.metrics:
        threshold = metric.threshold
        if threshold and not threshold.is_relative and threshold.value > 1.0:
            field = "threshold" if metric is primary else "metrics"
            yield Blocker(Text("plan_log_threshold", name=metric.name), field)


def _season(plan: Plan, season: SeasonPlan) -> Iterable[Blocker]:
    """One series for each metric, looked at once; before ends where the change starts."""
    if season.time and season.time == season.value:
        yield Blocker(Text("plan_pilot_column_shared", column=season.time), "value")
    primary = plan.primary
    if primary and primary.columns and season.value and primary.columns[0] != season.value:
        text = Text("plan_value_differs", name=primary.name, column=season.value)
        yield Blocker(text, "value")
    if plan.looks is not Looks.FIXED:
        yield Blocker(Text("plan_season_looks"), "looks")
    start = read_when(season.start or "")
    if start and season.before and read_span(season.before, "before")[1] >= start:
        yield Blocker(Text("plan_before_late"), "before")
