"""What needs someone today: decisions, data, insights and starts that wait, most actionable
first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from hadi.db import db
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, RoleName, allows, require
from hadi.domain.plan import Plan
from hadi.domain.scaling import RolloutStatus
from hadi.models import Analysis, Hypothesis, Rollout, Test
from hadi.services.hypotheses import stake
from hadi.services.hypothesis_list import with_row

SOON = timedelta(days=7)
MOST = 400  # hypotheses looked at; those changed last come first


class Wait(StrEnum):
    """Why something is on the page, in the order it is shown."""

    DECIDE = "decide"
    INSIGHT = "insight"
    ENDED = "ended"
    ATTACH = "attach"
    MEASURE = "measure"
    START = "start"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hypothesis (or roll-out) and what it waits for."""

    wait: Wait
    hypothesis: Hypothesis
    since: datetime
    rollout: Rollout | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """The page's content: what waits for the actor, what ends and starts soon, the pulse."""

    waiting: list[Waiting]
    soon: list[tuple[date, str, Hypothesis]]  # (day, "starts" | "ends", hypothesis)
    median_cycle_days: int | None  # from idea to verdict, of the last results


def today(*, by: Actor, now: datetime) -> Today:
    """Look at the live hypotheses and roll-outs once, and sort what waits for `by`."""
    require(by, Permission.VIEW)
    live = (State.IDEA, State.PLANNED, State.RUNNING, State.MEASURED)
    query = with_row(
        select(Hypothesis).where(Hypothesis.state.in_(live)).order_by(Hypothesis.updated_at.desc())
    )
    hypotheses = list(db.session.scalars(query.limit(MOST)))
    waiting = [w for h in hypotheses if (w := _waiting(h, by=by, now=now))]
    waiting += _rollouts(by=by, now=now)
    order = list(Wait)
    waiting.sort(key=lambda w: (order.index(w.wait), w.since))
    return Today(waiting, _soon(hypotheses, now=now), _median_cycle_days())


def _waiting(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> Waiting | None:
    wait = _wait_of(hypothesis, now=now)
    if wait is None or not _concerns(wait, hypothesis, by):
        return None
    plan = _plan(hypothesis)
    return Waiting(wait, hypothesis, hypothesis.state_since, due_on=plan.ends_on)


def _wait_of(hypothesis: Hypothesis, *, now: datetime) -> Wait | None:
    test = hypothesis.current_test
    match hypothesis.state:
        case State.IDEA:
            return Wait.COMPLETE
        case State.PLANNED:
            return Wait.START
        case State.MEASURED:
            return Wait.DECIDE if test and test.learned else Wait.INSIGHT
        case State.RUNNING:
            ends_on = _plan(hypothesis).ends_on
            return Wait.ENDED if ends_on and ends_on < now.date() else Wait.ATTACH
    return None


def _concerns(wait: Wait, hypothesis: Hypothesis, by: Actor) -> bool:
    """People see what is theirs; analysts also data that wait, leaders also decisions."""
    mine = stake(hypothesis)
    if by.user_id in (mine.author, mine.owner, mine.steward):
        return True
    if wait in (Wait.ATTACH, Wait.ENDED, Wait.INSIGHT):
        return RoleName.ANALYST in by.roles
    return wait is Wait.DECIDE and bool({RoleName.LEADER, RoleName.ANALYST} & by.roles)


def _rollouts(*, by: Actor, now: datetime) -> list[Waiting]:
    if not allows(by, Permission.MOVE_ROLLOUT):
        return []
    due = select(Rollout).where(
        Rollout.status == RolloutStatus.ROLLING_OUT, Rollout.measure_on <= now.date() + SOON
    )
    return [
        Waiting(Wait.MEASURE, r.hypothesis, r.updated_at, rollout=r, due_on=r.measure_on)
        for r in db.session.scalars(due)
    ]


def _soon(hypotheses: list[Hypothesis], *, now: datetime) -> list[tuple[date, str, Hypothesis]]:
    days: list[tuple[date, str, Hypothesis]] = []
    window = now.date(), now.date() + SOON
    for hypothesis in hypotheses:
        plan = _plan(hypothesis)
        starts = plan.starts_on if hypothesis.state is State.PLANNED else None
        ends = plan.ends_on if hypothesis.state is State.RUNNING else None
        if starts and window[0] <= starts <= window[1]:
            days.append((starts, "starts", hypothesis))
        if ends and window[0] <= ends <= window[1]:
            days.append((ends, "ends", hypothesis))
    return sorted(days, key=lambda item: (item[0], item[2].number))


def _plan(hypothesis: Hypothesis) -> Plan:
    test = hypothesis.current_test
    return (test.plan if test else None) or Plan()


def _median_cycle_days() -> int | None:
    rows = db.session.execute(
        select(Hypothesis.created_at, Analysis.created_at)
        .join(Test, Test.hypothesis_id == Hypothesis.id)
        .join(Analysis, Test.result_id == Analysis.id)
        .where(Test.number == 1)
        .order_by(Analysis.created_at.desc())
        .limit(50)
    ).all()
    days = sorted((measured - created).days for created, measured in rows)
    return days[len(days) // 2] if days else None
