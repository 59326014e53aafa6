"""Which tests run when and where, and which of them come into each other's way.

Where a test runs is what its hypothesis names, and the sites of its plan as far as they are known:
a store that goes by another name in the data is the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hadi.db import db
from hadi.domain.folding import folded
from hadi.domain.lifecycle import State
from hadi.domain.overlaps import Closeness, Overlap, Runs, overlap
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import MetricRole, Plan
from hadi.domain.units import UnitKind
from hadi.ingest.periods import start_day
from hadi.models import Analysis, Hypothesis, PilotHistory, Test, Unit
from hadi.services import units, workspace

MOST = 400  # tests that are looked at, the newest first
UNDER_WAY = (State.PLANNED, State.RUNNING)
RAN = (State.RUNNING, State.MEASURED, State.CONCLUDED)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Running:
    """A test with its days and places. `beside` are the labels of a pilot's other sites."""

    hypothesis: Hypothesis
    test: Test
    plan: Plan
    runs: Runs
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collision:
    """Another test, and what both share."""

    other: Running
    overlap: Overlap


def between(first: date, last: date, *, by: Actor) -> list[Running]:
    """The tests that run on any day of that span, in the order in which they begin."""
    require(by, Permission.VIEW)
    return all_between(first, last)


def all_between(first: date, last: date) -> list[Running]:
    """As `between`, for rules that nobody asked for."""
    query = (
        select(Test)
        .join(Hypothesis, Test.hypothesis_id == Hypothesis.id)
        .outerjoin(Analysis, Test.result_id == Analysis.id)
        .where(
            or_(
                and_(Hypothesis.state.in_(RAN), Test.started_at.is_not(None)),
                and_(Hypothesis.state == State.PLANNED, Test.id == Hypothesis.current_test_id),
            ),
            or_(Analysis.id.is_(None), Analysis.created_at >= _morning(first)),
        )
        .options(
            contains_eager(Test.hypothesis).joinedload(Hypothesis.owner),
            joinedload(Test.plan_version),
            contains_eager(Test.result),
        )
        .order_by(Test.created_at.desc(), Test.id)
        .limit(MOST)
    )
    found = _placed(db.session.scalars(query))
    there = [
        each
        for each in found
        if each.runs.first <= last and (each.runs.last is None or each.runs.last >= first)
    ]
    return sorted(there, key=lambda each: (each.runs.first, each.hypothesis.number))


def own(hypothesis: Hypothesis) -> Running | None:
    """The current test of a hypothesis among others; None while it says nothing of its days."""
    test = hypothesis.current_test
    found = _placed([test] if test else [])
    return found[0] if found else None


def collisions(running: Running, *, today: date) -> list[Collision]:
    """The tests of other hypotheses that come into its way, the nearest first."""
    last = running.runs.last or max(today, running.runs.first)
    return among(running, all_between(running.runs.first, last))


def colliding(
    concerned: Iterable[Running], everything: Iterable[Running]
) -> list[tuple[Running, list[Collision]]]:
    """Those of the first that collide with any of the second, with what they collide with."""
    known = list(everything)
    found = [(running, among(running, known)) for running in concerned]
    return [
        (running, near)
        for running, all_found in found
        if (near := [c for c in all_found if c.overlap.closeness is Closeness.COLLIDES])
    ]


def window(plan: Plan, test: Test, *, zone: tzinfo) -> tuple[date, date | None] | None:
    """The first and the last day of a test, as far as they are known."""
    begun = test.started_at.astimezone(zone).date() if test.started_at else None
    first = start_day(plan) or plan.starts_on or begun
    if first is None:
        return None
    last = plan.ends_on
    if last is None and plan.pilot is not None and plan.planned_units:
        last = first + plan.planned_units * WEEK - timedelta(days=1)
    result = test.result
    if result is not None:
        measured = result.created_at.astimezone(zone).date()
        last = min(last, measured) if last else measured
    return first, max(first, last) if last else None


def metrics_of(plan: Plan) -> frozenset[str]:
    """What a test is about: its primary metric by its name and by its columns."""
    named = [
        name
        for metric in plan.metrics
        if metric.role is MetricRole.PRIMARY
        for name in (metric.name, *metric.columns)
    ]
    value = plan.own.value if plan.own else None
    return frozenset(folded(name) for name in [*named, value] if name)


def among(running: Running, others: Iterable[Running]) -> list[Collision]:
    """The others that come into its way, the nearest first."""
    order = list(Closeness)
    found = [
        Collision(other, shared)
        for other in others
        if other.hypothesis.id != running.hypothesis.id
        and (shared := overlap(running.runs, other.runs)) is not None
    ]
    return sorted(found, key=lambda c: (order.index(c.overlap.closeness), c.overlap.first))


# ------------------------------------------------------------------------------------- places
def _placed(tests: Iterable[Test]) -> list[Running]:
    """The tests with their days and places; those that say nothing of their days are left out."""
    known: list[tuple[Test, Plan, date, date | None]] = []
    zone = workspace.zone()
    for test in tests:
        plan = test.plan
        span = window(plan, test, zone=zone) if plan is not None else None
        if plan is not None and span is not None:
            known.append((test, plan, *span))
    named = units.of_hypotheses({test.hypothesis_id for test, *_rest in known})
    past = _past_sites([test.id for test, plan, *_rest in known if plan.pilot is not None])
    sites = {test.id: _sites(plan, past.get(test.id, ())) for test, plan, *_rest in known}
    labels = {label for pair in sites.values() for part in pair for label in part}
    places = Places(labels)
    found = []
    for test, plan, first, last in known:
        treated, watched = (places.of(part) for part in sites[test.id])
        own_units = places.within(named.get(test.hypothesis_id, ()))
        changed = treated | {k: v for k, v in own_units.items() if k not in watched}
        runs = Runs(test.hypothesis.key, first, last, changed, watched | changed, metrics_of(plan))
        found.append(Running(test.hypothesis, test, plan, runs, sites[test.id][1]))
    return found


def _sites(plan: Plan, past: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of a pilot's sites: those that get the change, and those beside them; without
    controls, all of the past weeks it was planned by."""
    pilot = plan.pilot
    if pilot is None:
        return (), ()
    beside = pilot.controls or past
    return pilot.treated, tuple(site for site in beside if site not in pilot.treated)


def _past_sites(test_ids: Sequence[str]) -> dict[str, list[str]]:
    """The sites of the past weeks of those tests."""
    if not test_ids:
        return {}
    query = select(PilotHistory.test_id, PilotHistory.sites)
    return dict(db.session.execute(query.where(PilotHistory.test_id.in_(test_ids))).all())


class Places:
    """What labels of data mean: units by their ids, and labels that mean none by themselves. A
    territory is all the stores in it."""

    def __init__(self, labels: Iterable[str]) -> None:
        wanted = set(labels)
        self._known = units.known_as(wanted)
        self._children: Mapping[str, list[Unit]] | None = None

    def of(self, labels: Iterable[str]) -> dict[str, str]:
        """The places of labels: ids to names."""
        found: dict[str, str] = {}
        for label in labels:
            unit = self._known.get(label)
            found |= self.within([unit]) if unit is not None else {place_id(label): label}
        return found

    def unit(self, label: str) -> Unit | None:
        return self._known.get(label)

    def within(self, named: Iterable[Unit]) -> dict[str, str]:
        """Those units, and what lies in them."""
        found: dict[str, str] = {}
        waiting = list(named)
        while waiting:
            unit = waiting.pop()
            if unit.id in found:
                continue
            found[unit.id] = unit.name
            if unit.kind is UnitKind.TERRITORY:
                waiting += self._inside().get(unit.id, [])
        return found

    def _inside(self) -> Mapping[str, list[Unit]]:
        if self._children is None:
            children: dict[str, list[Unit]] = {}
            for unit in db.session.scalars(select(Unit).where(Unit.parent_id.is_not(None))):
                children.setdefault(unit.parent_id or "", []).append(unit)
            self._children = children
        return self._children


def place_id(label: str) -> str:
    """The place of a label that no unit is known by: it is the same wherever it is written so."""
    return f"={folded(label)}"


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=workspace.zone())
