"""The scale-up board as it is read: columns, what they add up to, and what a winner promised.

A fixed number of queries, however many winners there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Metric, MetricKind, MetricRole
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.domain.text import FigureKind
from hadi.domain.weekly_effect import remaining
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
    """What the test promised of the primary metric, in the units in which waves are measured: its
    own, or, of a pilot judged on the log scale, fractions of what would have been. Of an effect
    that fades it is what is left; `whole` is that over all of the test, which a wave, new to its
    stores as the test was to its own, is held against."""

    metric: Metric
    estimate: float
    low: float | None
    high: float | None
    whole: float
    is_relative: bool = False

    @property
    def kind(self) -> FigureKind:
        """How effects are written beside it."""
        if self.is_relative:
            return FigureKind.PERCENT
        is_share = self.metric.kind is MetricKind.CONVERSION
        return FigureKind.POINTS if is_share else FigureKind.NUMBER

    @property
    def unit(self) -> str:
        """The units for programs and files: a fraction of what would have been, a share as a
        fraction (0.05 is five points), or the metric's own."""
        if self.is_relative:
            return "relative"
        return "share" if self.kind is FigureKind.POINTS else "value"

    @property
    def fades(self) -> bool:
        return self.estimate != self.whole


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
    in the metric's own units, so the promise is the difference; only of a pilot on the log scale,
    which compares stores of any size, it is the fraction by which they changed."""
    analysis = rollout.conclusion.analysis
    metric, record = analysis.plan_version.plan.primary, analysis.record
    if metric is None:
        return None
    if "effect" in record and record.get("scale", "log") == "log":
        return _promised(metric, record["effect"], remaining(record), is_relative=True)
    primary = [c for c in record["comparisons"] if c["role"] == MetricRole.PRIMARY]
    named = [c for c in primary if c["arm"] == record.get("arm")]
    comparison = next(iter(named or primary), None)
    difference = comparison["difference"] if comparison else None
    return _promised(metric, difference, remaining(record), is_relative=False)


def _promised(
    metric: Metric,
    found: Mapping[str, Any] | None,
    left: Mapping[str, Any] | None,
    *,
    is_relative: bool,
) -> Promise | None:
    if not found or found["estimate"] is None:
        return None
    still = left or found
    return Promise(
        metric, still["estimate"], still["low"], still["high"], found["estimate"], is_relative
    )


def what_a_card_shows() -> tuple[ExecutableOption, ...]:
    """What is loaded with a roll-out that is listed."""
    concluded = joinedload(Rollout.conclusion)
    return (
        joinedload(Rollout.hypothesis),
        joinedload(Rollout.owner),
        concluded.joinedload(Conclusion.author),
        concluded.joinedload(Conclusion.analysis).joinedload(Analysis.plan_version),
    )
