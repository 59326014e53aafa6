"""Stores whose log misses weeks of a test that runs there: whether new people or empty shelves
stand behind a result can only be told by weeks that somebody wrote down while they were fresh.

A business that keeps no log is asked for none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from hadi.db import db
from hadi.domain.lifecycle import State
from hadi.models import Unit, UnitWeek
from hadi.services import running_tests
from hadi.services.running_tests import Running
from hadi.services.unit_weeks import monday

BACK = timedelta(weeks=12)  # tests that ended longer ago are nobody's gap any more
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Gap:
    """A test, the stores whose log misses weeks of it, and how many weeks each."""

    running: Running
    stores: tuple[tuple[Unit, int], ...]

    @property
    def weeks(self) -> int:
        return sum(count for _unit, count in self.stores)


def of_team(*, day: date) -> list[Gap]:
    """The gaps of every test that runs."""
    if db.session.scalar(select(UnitWeek.id).limit(1)) is None:
        return []
    under_way = [
        running
        for running in running_tests.all_between(day - BACK, day)
        if running.hypothesis.state is State.RUNNING
        and running.test.id == running.hypothesis.current_test_id
    ]
    return _gaps(under_way, day)


def of_person(user_id: str | None, *, day: date) -> list[Gap]:
    """The gaps of the stores that a person is responsible for."""
    asked = select(Unit.id).where(Unit.responsible_id == user_id, Unit.closed_at.is_(None))
    if user_id is None or db.session.scalar(asked.limit(1)) is None:
        return []
    found = []
    for gap in of_team(day=day):
        own = tuple(each for each in gap.stores if each[0].responsible_id == user_id)
        if own:
            found.append(Gap(gap.running, own))
    return found


def _gaps(under_way: Iterable[Running], day: date) -> list[Gap]:
    tests = [(running, weeks) for running in under_way if (weeks := _weeks(running, day))]
    ids = {place for running, _weeks in tests for place in running.runs.changed}
    if not ids:
        return []
    query = select(Unit).where(Unit.id.in_(ids), Unit.closed_at.is_(None))
    stores = {unit.id: unit for unit in db.session.scalars(query)}
    lands = {unit.parent_id for unit in stores.values()}  # of whom the stores keep the log
    first = min(weeks[0] for _running, weeks in tests)
    logged = select(UnitWeek.unit_id, UnitWeek.week).where(
        UnitWeek.unit_id.in_(stores), UnitWeek.week >= first
    )
    there = {(unit_id, week) for unit_id, week in db.session.execute(logged)}
    found = []
    for running, weeks in tests:
        missing = [
            (unit, count)
            for place in running.runs.changed
            if (unit := stores.get(place)) is not None and unit.id not in lands
            if (count := sum((unit.id, week) not in there for week in weeks))
        ]
        if missing:
            by_name = sorted(missing, key=lambda each: (each[0].name, each[0].id))
            found.append(Gap(running, tuple(by_name)))
    return found


def _weeks(running: Running, day: date) -> list[date]:
    """The Mondays of the weeks of a test that are over."""
    runs = running.runs
    last = min(runs.last, day - WEEK) if runs.last is not None else day - WEEK
    first = monday(runs.first)
    weeks = (monday(last) - first) // WEEK + 1 if monday(last) >= first else 0
    return [first + n * WEEK for n in range(weeks) if first + n * WEEK + WEEK <= day]
