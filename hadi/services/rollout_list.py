"""The scale-up board as it is read: columns, what they add up to, and what a winner promised.

A fixed number of queries, however many winners there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Metric, MetricRole
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.models import Analysis, Conclusion, Event, Rollout

MOST = 40  # cards of a column; the rest is one click away


@dataclass(frozen=True, slots=True)
class BoardContent:
    """The cards of each column in their order, and how many each has in all."""

    columns: Mapping[RolloutStatus, list[Rollout]]
    counts: Mapping[RolloutStatus, int]


@dataclass(frozen=True, slots=True)
class Stakes:
    """What the board adds up to. `unassessed` winners have no payback yet."""

    winners: int
    waiting: int
    overdue: int
    unassessed: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What the test measured of the primary metric, in the metric's own units."""

    metric: Metric
    estimate: float
    low: float | None
    high: float | None


def board(*, most: int = MOST, whole: RolloutStatus | None = None, by: Actor) -> BoardContent:
    """The columns of the board: the first `most` cards of each, all of the column `whole`."""
    require(by, Permission.VIEW)
    rank = func.row_number().over(
        partition_by=Rollout.status, order_by=(Rollout.position, Rollout.id)
    )
    ranked = select(Rollout.id, rank.label("rank")).subquery()
    is_shown = ranked.c.rank <= most
    query = (
        select(Rollout)
        .join(ranked, ranked.c.id == Rollout.id)
        .where(is_shown if whole is None else is_shown | (Rollout.status == whole))
        .options(*what_a_card_shows())
        .order_by(Rollout.position, Rollout.id)
    )
    columns: dict[RolloutStatus, list[Rollout]] = {status: [] for status in RolloutStatus}
    for rollout in db.session.scalars(query):
        columns[rollout.status].append(rollout)
    counted = select(Rollout.status, func.count()).group_by(Rollout.status)
    return BoardContent(columns, dict(db.session.execute(counted).all()))


def stakes(*, today: date, by: Actor) -> Stakes:
    """How many winners there are, and how many of them still have to show that they hold."""
    require(by, Permission.VIEW)
    is_waiting = (Rollout.status == RolloutStatus.ROLLING_OUT) & Rollout.measure_on.is_not(None)
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(is_waiting),
            func.count().filter(is_waiting & (Rollout.measure_on < today)),
            func.count().filter(Rollout.payback == Payback.NOT_ASSESSED),
        ).select_from(Rollout)
    ).one()
    return Stakes(*row)


def history(rollout: Rollout, *, limit: int = 60, by: Actor) -> list[Event]:
    """What happened to a roll-out, newest first."""
    require(by, Permission.VIEW)
    query = (
        select(Event)
        .where(Event.subject == "rollout", Event.subject_id == rollout.id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def promise_of(rollout: Rollout) -> Promise | None:
    """What the test promised; None where the primary metric had no estimate. Waves are measured
    in the metric's own units, so the promise is the difference, never the lift."""
    analysis = rollout.conclusion.analysis
    metric = analysis.plan_version.plan.primary
    record = analysis.record
    primary = [c for c in record["comparisons"] if c["role"] == MetricRole.PRIMARY]
    named = [c for c in primary if c["arm"] == record.get("arm")]
    comparison = next(iter(named or primary), None)
    difference = comparison["difference"] if comparison else None
    if metric is None or not difference or difference["estimate"] is None:
        return None
    return Promise(metric, difference["estimate"], difference["low"], difference["high"])


def what_a_card_shows() -> tuple[ExecutableOption, ...]:
    """What is loaded with a roll-out that is listed."""
    concluded = joinedload(Rollout.conclusion)
    return (
        joinedload(Rollout.hypothesis),
        joinedload(Rollout.owner),
        concluded.joinedload(Conclusion.author),
        concluded.joinedload(Conclusion.analysis).joinedload(Analysis.plan_version),
    )
