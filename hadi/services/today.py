"""What needs someone today: decisions, insights, data and starts that wait, most actionable first;
and the same for the whole team, for its weekly meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hadi.db import db
from hadi.domain.costs import BudgetLevel
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, RoleName, Stake, allows, require
from hadi.domain.plan import Plan
from hadi.domain.scaling import RolloutStatus
from hadi.models import Analysis, Dataset, Hypothesis, PlanVersion, Rollout, Test, Unit
from hadi.services import log_gaps, running_tests, workspace
from hadi.services.running_tests import Collision, Running

SOON = timedelta(days=7)
YEAR = timedelta(days=365)
MOST = 400  # hypotheses looked at; those that wait longest come first
LIVE = (State.IDEA, State.PLANNED, State.RUNNING, State.MEASURED)


class Wait(StrEnum):
    """Why something is on the page, in the order it is shown."""

    DECIDE = "decide"
    OVER_BUDGET = "over_budget"  # a leader decides
    BUDGET = "budget"  # its owner is told that it is used up
    INSIGHT = "insight"
    ENDED = "ended"
    ATTACH = "attach"
    CHOOSE = "choose"  # what follows from a wave that did not hold; a leader does
    MEASURE = "measure"
    COLLIDES = "collides"  # its owner is told of a test in the same stores
    LOG = "log"  # a store's log misses weeks of it
    START = "start"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hypothesis (or roll-out) and what it waits for: since when, and due on which day."""

    wait: Wait
    hypothesis: Hypothesis
    since: datetime
    rollout: Rollout | None = None
    due_on: date | None = None
    near: tuple[Collision, ...] = ()  # the tests that it collides with
    stores: tuple[tuple[Unit, int], ...] = ()  # whose log misses how many weeks


@dataclass(frozen=True, slots=True)
class Dated:
    """A test that starts or ends in the next days."""

    day: date
    is_end: bool
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class Today:
    """The page's content: what waits, what starts and ends soon, the pulse."""

    waiting: list[Waiting]
    soon: list[Dated]
    median_cycle_days: int | None  # from idea to verdict, of the last results
    has_hypotheses: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the data of running tests, by test id."""

    attached: dict[str, datetime]
    checked: dict[str, datetime]


def today(*, by: Actor, now: datetime) -> Today:
    """What waits for `by`."""
    require(by, Permission.VIEW)
    day = now.astimezone(workspace.zone()).date()
    waiting = _waiting(_concerning(by), day=day) + _budgets_of(by) + _collisions_of(by, day=day)
    waiting += _logs(log_gaps.of_person(by.user_id, day=day))
    if allows(by, Permission.MOVE_ROLLOUT):
        waiting += _rollouts(until=day + SOON) + _failed()
    return _content(waiting, day)


def meeting(*, by: Actor, now: datetime) -> Today:
    """What waits for anybody, for the weekly meeting of the team."""
    require(by, Permission.VIEW)
    day = now.astimezone(workspace.zone()).date()
    waiting = _waiting(Hypothesis.state.in_(LIVE[1:]), day=day)
    waiting += _rollouts(until=day + SOON) + _failed()
    if allows(by, Permission.VIEW_MONEY):
        waiting += _budgets(Wait.OVER_BUDGET, BudgetLevel.OVER)
    waiting += _collisions(day) + _logs(log_gaps.of_team(day=day))
    return _content(waiting, day)


def verdicts_since(moment: datetime, *, by: Actor) -> list[Hypothesis]:
    """The hypotheses whose current test got its final result since then, latest first."""
    require(by, Permission.VIEW)
    query = (
        select(Hypothesis)
        .join(Test, Hypothesis.current_test_id == Test.id)
        .join(Analysis, Test.result_id == Analysis.id)
        .where(Analysis.created_at >= moment)
        .options(joinedload(Hypothesis.owner))
        .order_by(Analysis.created_at.desc())
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def _content(waiting: list[Waiting], day: date) -> Today:
    order = list(Wait)
    waiting.sort(key=lambda w: (order.index(w.wait), w.due_on or date.max, w.since))
    has_any = db.session.scalar(select(Hypothesis.id).limit(1)) is not None
    return Today(waiting, _soon(day), _median_cycle_days(), has_any)


def _concerning(actor: Actor) -> ColumnElement[bool]:
    """People see what is theirs; analysts also results and data that wait, leaders also
    decisions."""
    mine = or_(
        Hypothesis.author_id == actor.user_id,
        Hypothesis.owner_id == actor.user_id,
        Test.steward_id == actor.user_id,
    )
    is_analyst, is_leader = RoleName.ANALYST in actor.roles, RoleName.LEADER in actor.roles
    return or_(
        and_(Hypothesis.state.in_(LIVE), mine),
        Hypothesis.state == State.RUNNING if is_analyst else false(),
        Hypothesis.state == State.MEASURED if is_analyst or is_leader else false(),
    )


def _waiting(condition: ColumnElement[bool], *, day: date) -> list[Waiting]:
    query = (
        select(Hypothesis)
        .outerjoin(Test, Hypothesis.current_test_id == Test.id)
        .where(Hypothesis.state.in_(LIVE), condition)
        .options(
            contains_eager(Hypothesis.current_test).joinedload(Test.plan_version),
            joinedload(Hypothesis.owner),
        )
        .order_by(Hypothesis.state_since, Hypothesis.id)
        .limit(MOST)
    )
    hypotheses = list(db.session.scalars(query))
    known = _data_of(h.current_test_id for h in hypotheses if h.state is State.RUNNING)
    found = []
    for hypothesis in hypotheses:
        wait = _wait_of(hypothesis, known, day=day)
        if wait is not None:
            due_on = plan_of(hypothesis).ends_on if hypothesis.state is State.RUNNING else None
            found.append(Waiting(wait, hypothesis, hypothesis.state_since, due_on=due_on))
    return found


def _wait_of(hypothesis: Hypothesis, known: _Known, *, day: date) -> Wait | None:
    test = hypothesis.current_test
    match hypothesis.state:
        case State.IDEA:
            return Wait.COMPLETE
        case State.PLANNED:
            return Wait.START
        case State.MEASURED:
            is_written = bool(test and test.learned and test.holds_where and test.next)
            return Wait.DECIDE if is_written else Wait.INSIGHT
        case State.RUNNING:
            return _wait_of_running(hypothesis, known, day=day)
    return None


def _wait_of_running(hypothesis: Hypothesis, known: _Known, *, day: date) -> Wait | None:
    """Data are asked for until there are some; the check when the end is reached, or, without a
    last day, when data are newer than the last check."""
    test_id = hypothesis.current_test_id or ""
    attached_at = known.attached.get(test_id)
    if attached_at is None:
        return Wait.ATTACH
    ends_on = plan_of(hypothesis).ends_on
    if ends_on is not None:
        return Wait.ENDED if ends_on < day else None
    checked_at = known.checked.get(test_id)
    return Wait.ENDED if checked_at is None or checked_at < attached_at else None


def _data_of(test_ids: Iterable[str | None]) -> _Known:
    ids = [test_id for test_id in test_ids if test_id]
    if not ids:
        return _Known({}, {})
    attached = (
        select(Dataset.test_id, func.max(Dataset.attached_at))
        .where(Dataset.test_id.in_(ids), Dataset.version.is_not(None))
        .group_by(Dataset.test_id)
    )
    checked = (
        select(Analysis.test_id, func.max(Analysis.created_at))
        .where(Analysis.test_id.in_(ids))
        .group_by(Analysis.test_id)
    )
    return _Known(
        {test_id: at for test_id, at in db.session.execute(attached) if at is not None},
        dict(db.session.execute(checked).all()),
    )


def _budgets_of(actor: Actor) -> list[Waiting]:
    """Leaders decide of the tests that cost too much; owners are told of theirs."""
    if allows(actor, Permission.DECIDE_BUDGET):
        decisions = _budgets(Wait.OVER_BUDGET, BudgetLevel.OVER)
        return decisions + _budgets(Wait.BUDGET, BudgetLevel.REACHED, owner=actor)
    if not allows(actor, Permission.VIEW_MONEY, Stake(owner=actor.user_id)):
        return []
    return _budgets(Wait.BUDGET, BudgetLevel.REACHED, BudgetLevel.OVER, owner=actor)


def _budgets(wait: Wait, *levels: BudgetLevel, owner: Actor | None = None) -> list[Waiting]:
    """The tests under way whose costs stand so to their cap."""
    query = (
        select(Hypothesis)
        .join(Test, Hypothesis.current_test_id == Test.id)
        .where(Test.budget_level.in_(levels), Hypothesis.state.in_(LIVE))
        .options(contains_eager(Hypothesis.current_test), joinedload(Hypothesis.owner))
        .order_by(Hypothesis.state_since, Hypothesis.id)
        .limit(MOST)
    )
    if owner is not None:
        query = query.where(Hypothesis.owner_id == owner.user_id)
    return [Waiting(wait, found, found.state_since) for found in db.session.scalars(query)]


def _collisions_of(actor: Actor, *, day: date) -> list[Waiting]:
    """The owner's tests that share stores, days and metric with another from today on."""
    mine = select(Hypothesis.id).where(
        Hypothesis.owner_id == actor.user_id, Hypothesis.state.in_(running_tests.UNDER_WAY)
    )
    if db.session.scalar(mine.limit(1)) is None:
        return []
    everything = running_tests.all_between(day, day + YEAR)
    return [
        _collision(running, near)
        for running, near in running_tests.colliding(_under_way(everything), everything)
        if running.hypothesis.owner_id == actor.user_id
    ]


def _collisions(day: date) -> list[Waiting]:
    """The tests of the team that share stores, days and metric: each pair once, with the test that
    was thought of first."""
    everything = running_tests.all_between(day, day + YEAR)
    pairs = running_tests.colliding(_under_way(everything), everything)
    known = {running.hypothesis.id for running, _near in pairs}
    found = []
    for running, near in pairs:
        own = running.hypothesis
        later = [
            each
            for each in near
            if each.other.hypothesis.number > own.number or each.other.hypothesis.id not in known
        ]
        if later:
            found.append(_collision(running, later))
    return found


def _under_way(everything: Iterable[Running]) -> list[Running]:
    return [each for each in everything if each.hypothesis.state in running_tests.UNDER_WAY]


def _collision(running: Running, near: Iterable[Collision]) -> Waiting:
    return Waiting(
        Wait.COLLIDES, running.hypothesis, running.hypothesis.state_since,
        near=tuple(near),
    )  # fmt: skip


def _logs(gaps: Iterable[log_gaps.Gap]) -> list[Waiting]:
    """The tests with weeks that no store has written down."""
    return [
        Waiting(Wait.LOG, found, found.state_since, stores=gap.stores)
        for gap in gaps
        for found in [gap.running.hypothesis]
    ]


def _rollouts(*, until: date) -> list[Waiting]:
    """The waves to be measured again until that day."""
    due = (
        select(Rollout)
        .where(Rollout.status == RolloutStatus.ROLLING_OUT, Rollout.measure_on <= until)
        .options(joinedload(Rollout.hypothesis).joinedload(Hypothesis.owner))
        .order_by(Rollout.measure_on, Rollout.id)
        .limit(MOST)
    )
    return [
        Waiting(Wait.MEASURE, r.hypothesis, r.updated_at, rollout=r, due_on=r.measure_on)
        for r in db.session.scalars(due)
    ]


def _failed() -> list[Waiting]:
    """The roll-outs with a wave that did not hold: the next one waits for a leader's choice."""
    failed = (
        select(Rollout)
        .where(Rollout.status == RolloutStatus.DID_NOT_HOLD)
        .options(joinedload(Rollout.hypothesis).joinedload(Hypothesis.owner))
        .order_by(Rollout.updated_at, Rollout.id)
        .limit(MOST)
    )
    return [
        Waiting(Wait.CHOOSE, r.hypothesis, r.updated_at, rollout=r)
        for r in db.session.scalars(failed)
    ]


def _soon(day: date) -> list[Dated]:
    """The tests of the team that start or end in the next days, by day."""
    return sorted(
        _dated(State.PLANNED, "starts_on", day) + _dated(State.RUNNING, "ends_on", day),
        key=lambda dated: (dated.day, dated.hypothesis.number),
    )


def _dated(state: State, part: str, day: date) -> list[Dated]:
    # Dates of a plan are ISO strings: their order is that of the days.
    written = PlanVersion.body[part].as_string()
    query = (
        select(Hypothesis)
        .join(Test, Hypothesis.current_test_id == Test.id)
        .join(PlanVersion, Test.plan_id == PlanVersion.id)
        .where(Hypothesis.state == state)
        .where(written.between(day.isoformat(), (day + SOON).isoformat()))
        .options(
            contains_eager(Hypothesis.current_test).contains_eager(Test.plan_version),
            joinedload(Hypothesis.owner),
        )
        .order_by(Hypothesis.number)
        .limit(MOST)
    )
    return [
        Dated(getattr(plan_of(hypothesis), part), part == "ends_on", hypothesis)
        for hypothesis in db.session.scalars(query)
    ]


def plan_of(hypothesis: Hypothesis) -> Plan:
    """The plan of the current test, an empty one where there is none."""
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
