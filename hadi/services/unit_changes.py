"""What was learned holds for the way a store sold: where its sales model, its technology or its
head has changed since, the insight, or the wave that runs there, is to be checked again.

Read from the log of the units, so that a change which was taken back counts for nothing and one
that comes with a list counts like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.folding import folded
from hadi.domain.store_likeness import TRAITS
from hadi.domain.text import Text, day_figure
from hadi.domain.units import SalesModel
from hadi.models import Conclusion, Event, Rollout, Test, Unit, Wave
from hadi.services import units, workspace
from hadi.services.unit_register import Register

PARTS = ("sales_model", "technology", "head")
SHOWN = 4  # changes that are named


@dataclass(frozen=True, slots=True)
class Changed:
    """A part of a unit that is no longer as it was; `at` is the last time it was changed."""

    unit: Unit
    part: str
    before: str
    after: str
    at: datetime

    @property
    def text(self) -> Text:
        day = self.at.astimezone(workspace.zone()).date()
        return Text(
            f"check_again_{self.part}", unit=self.unit.name, before=self._said(self.before),
            after=self._said(self.after), day=day_figure(day),
        )  # fmt: skip

    def _said(self, value: str) -> Text | str:
        if not value:
            return Text("check_again_empty")
        if self.part == "sales_model" and value in set(SalesModel):
            return Text(f"sales_model_{value}_short")
        return value


@dataclass(frozen=True, slots=True)
class _Edit:
    at: datetime
    changes: Mapping[str, tuple[str, str]]


class Changes:
    """What changed in units since some moment, asked of the log once for many of them."""

    def __init__(self, named: Iterable[Unit]) -> None:
        self._units = {unit.id: unit for unit in named}
        self._edits: dict[str, list[_Edit]] = {}
        ids = list(self._units)
        for start in range(0, len(ids), 500):
            query = (
                select(Event)
                .where(
                    Event.subject == "unit",
                    Event.subject_id.in_(ids[start : start + 500]),
                    Event.verb == "unit_edited",
                )
                .order_by(Event.id)
            )
            for event in db.session.scalars(query):
                parts = {
                    part: (str(event.changes[part][0] or ""), str(event.changes[part][1] or ""))
                    for part in TRAITS
                    if part in event.changes
                }
                if parts:
                    self._edits.setdefault(event.subject_id, []).append(_Edit(event.at, parts))

    def since(self, moments: Mapping[str, datetime]) -> list[Changed]:
        """What of each unit, by its id, is otherwise than it was at its moment; latest first."""
        found = []
        for unit_id, moment in moments.items():
            unit = self._units.get(unit_id)
            edits = [edit for edit in self._edits.get(unit_id, ()) if edit.at > moment]
            if unit is None:
                continue
            for part in PARTS:
                touched = [edit for edit in edits if part in edit.changes]
                if not touched:
                    continue
                before, after = touched[0].changes[part][0], touched[-1].changes[part][1]
                if before and folded(before) != folded(after):  # what was not known is no change
                    found.append(Changed(unit, part, before, after, touched[-1].at))
        return sorted(found, key=lambda each: (each.at, each.unit.name), reverse=True)

    def were(self, moments: Mapping[str, datetime]) -> dict[str, dict[str, str]]:
        """What of each unit, by its id, was otherwise at its moment: its parts as they were."""
        found: dict[str, dict[str, str]] = {}
        for unit_id, moment in moments.items():
            for edit in self._edits.get(unit_id, ()):
                if edit.at > moment:
                    was = found.setdefault(unit_id, {})
                    for part, (before, _after) in edit.changes.items():
                        was.setdefault(part, before)
        return found


def of_conclusions(found: Sequence[Conclusion]) -> dict[str, list[Text]]:
    """What is to be checked again of decisions, by their ids: what changed where their tests ran,
    since these began."""
    tests = {test.id: test for test in _tests(found)}
    if not tests:
        return {}
    named = units.of_hypotheses({each.hypothesis_id for each in found})
    register = Register()
    stores = {
        each.id: register.stores(
            [*named.get(each.hypothesis_id, ()), *_pilots(tests[each.test_id], register)]
        )
        for each in found
        if each.test_id in tests
    }
    changes = Changes(unit for each in stores.values() for unit in each)
    said = {}
    for each in found:
        test = tests.get(each.test_id)
        if test is None or test.started_at is None:
            continue
        moments = dict.fromkeys((unit.id for unit in stores[each.id]), test.started_at)
        texts = sentences(changes.since(moments))
        if texts:
            said[each.id] = texts
    return said


def of_waves(rollout: Rollout, register: Register) -> dict[int, list[Text]]:
    """The same of the waves of a roll-out, by their numbers: since they began, or since they were
    measured again."""
    stores = {
        wave.number: register.stores(register.meant(wave.scope).units) for wave in rollout.waves
    }
    changes = Changes(unit for each in stores.values() for unit in each)
    said = {}
    for wave in rollout.waves:
        moment = wave.measured_at or _begun(wave)
        moments = dict.fromkeys((unit.id for unit in stores[wave.number]), moment)
        texts = sentences(changes.since(moments))
        if texts:
            said[wave.number] = texts
    return said


def sentences(found: Sequence[Changed]) -> list[Text]:
    """The changes in words; beyond a few, how many more."""
    texts = [each.text for each in found[:SHOWN]]
    if len(found) > SHOWN:
        texts.append(Text("check_again_more", n=len(found) - SHOWN))
    return texts


def _begun(wave: Wave) -> datetime:
    day = wave.starts_on
    return datetime(day.year, day.month, day.day, tzinfo=workspace.zone())


def _tests(found: Sequence[Conclusion]) -> list[Test]:
    ids = {each.test_id for each in found}
    query = select(Test).where(Test.id.in_(ids)).options(joinedload(Test.plan_version))
    return list(db.session.scalars(query)) if ids else []


def _pilots(test: Test, register: Register) -> list[Unit]:
    plan = test.plan
    if plan is None or plan.pilot is None:
        return []
    return list(register.known_as(plan.pilot.treated).values())
