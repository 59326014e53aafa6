"""Which sites are the pilots and which are their controls, as the past weeks advise or a draw says.

Whatever is taken is written into the plan, as if it had been typed in its form; a draw is an event
with its seed, so that drawing again until the favourite comes out can be seen by everyone.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hadi.db import db, transaction
from hadi.domain.errors import Invalid
from hadi.domain.metric_rules import PILOTABLE
from hadi.domain.permissions import Actor
from hadi.domain.plan import Design, Metric, MetricKind, MetricRole, Plan
from hadi.domain.text import Text
from hadi.models import Event, Hypothesis, PilotHistory
from hadi.services import events, hypotheses, pilots, plans
from hadi.stats.errors import NotEstimable
from hadi.stats.pilot_draw import draw as drawn_by

SEED_LIMIT = 2**31
DRAWN = "pilots_drawn"


def take(
    hypothesis_id: str, *, change: Mapping[str, Any], version: int, by: Actor, now: datetime
) -> Hypothesis:
    """Write a change into the plan: any of its fields, such as `treated` and `controls`, `alpha`,
    `planned_units` or `decide`. Raises Invalid, Stale, NotAllowed, Blocked."""
    hypothesis = hypotheses.find(hypothesis_id, by=by)
    test = hypothesis.current_test
    history = pilots.history_of(test.id) if test else None
    _check_sites(history, change)
    body = {**as_pilot(test.plan if test else None, history), **change}
    if "controls" not in change and "treated" in change:
        # A site that becomes a pilot is no control any more.
        body["controls"] = [site for site in body["controls"] if site not in change["treated"]]
    return plans.save(hypothesis_id, body=body, version=version, by=by, now=now)


def draw(
    hypothesis_id: str,
    *,
    candidates: Sequence[str],
    count: int,
    seed: int | None = None,
    folder: Path,
    version: int,
    by: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Draw `count` pilots among the candidates, evenly from each stratum where the history has one;
    the plan gets them and the log the seed. Without a seed one is made. The same seed draws the
    same sites. Raises Invalid, Stale, NotAllowed, Blocked."""
    hypothesis = hypotheses.find(hypothesis_id, by=by)
    test = hypothesis.current_test
    history = pilots.history_of(test.id) if test else None
    if history is None or test is None:
        raise Invalid(Text("history_absent"))
    _check_sites(history, {"candidates": list(candidates)})
    chosen = [site for site in history.sites if site in set(candidates)]
    if count < 1:
        raise Invalid(Text("history_draw_count"), {"count": Text("history_draw_count")})
    if len(chosen) <= count:
        raise Invalid(Text("history_draw_none"), {"candidates": Text("history_draw_none")})
    groups = pilots.strata(history, folder=folder)
    seed = secrets.randbelow(SEED_LIMIT) if seed is None else seed
    try:
        found = drawn_by(chosen, count, strata=groups or None, seed=seed)
    except NotEstimable as refusal:
        raise Invalid(Text(refusal.code)) from refusal
    with transaction():
        take(hypothesis.id, change={"treated": list(found)}, version=version, by=by, now=now)
        events.record(
            DRAWN, subject="pilot_history", subject_id=history.id, by=by, now=now,
            hypothesis=hypothesis,
            details={
                "sites": ", ".join(found), "drawn": list(found), "seed": str(seed), "count": count,
                "candidates": len(chosen), "stratum": history.stratum or "",
            },
        )  # fmt: skip
    return tuple(found)


def draws(hypothesis: Hypothesis) -> list[Event]:
    """The draws of the current test, newest first."""
    test = hypothesis.current_test
    query = select(Event).where(Event.hypothesis_id == hypothesis.id, Event.verb == DRAWN)
    if test is not None:
        query = query.where(Event.at >= test.created_at)
    return list(db.session.scalars(query.order_by(Event.id.desc())))


def as_pilot(plan: Plan | None, history: PilotHistory | None) -> dict[str, Any]:
    """The plan as that of a pilot: one of another design keeps what every plan has."""
    if plan is not None and plan.pilot is not None:
        body = plan.as_json()
    else:
        old = plan or Plan()
        primary = old.primary
        kept = Plan(
            design=Design.PILOT,
            metrics=(
                Metric(
                    primary.name, _followed(primary), role=MetricRole.PRIMARY,
                    better=primary.better, threshold=primary.threshold, is_proxy=primary.is_proxy,
                ),
            )
            if primary
            else (),
            alpha=old.alpha, power=old.power, budget=old.budget, starts_on=old.starts_on,
            ends_on=old.ends_on, owner=old.owner, steward=old.steward,
        )  # fmt: skip
        body = {**kept.as_json(), "treated": [], "controls": []}
    if history is not None and history.is_mapped:
        for field in ("site", "time", "value"):
            body[field] = body.get(field) or getattr(history, field)
        metrics = [dict(metric) for metric in body["metrics"]]
        if metrics and not metrics[0]["columns"] and body["value"]:
            _name_columns(metrics[0], body["value"], history.divisor)
        body["metrics"] = metrics
    return body


def _followed(metric: Metric) -> MetricKind:
    """A ratio stays one; whatever else was measured of units is an average of sites."""
    return metric.kind if metric.kind in PILOTABLE else MetricKind.MEAN


def _name_columns(metric: dict[str, Any], value: str, divisor: str | None) -> None:
    """The columns of the history for a metric that has none: its value, and what divides it."""
    if divisor:
        metric |= {"kind": MetricKind.RATIO.value, "columns": [value, divisor]}
    elif metric["kind"] == MetricKind.MEAN:
        metric["columns"] = [value]


def _check_sites(history: PilotHistory | None, change: Mapping[str, Any]) -> None:
    known = set(history.sites) if history else set()
    for field in ("treated", "controls", "candidates"):
        for site in change.get(field) or ():
            if known and site not in known:
                refusal = Text("history_site_unknown", site=str(site)[:80])
                raise Invalid(refusal, {field: refusal})
