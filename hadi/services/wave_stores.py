"""The stores that a wave goes to, beside those where its hypothesis was tested: said before it is
scaled, while other stores can still be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from hadi.db import db
from hadi.domain.store_likeness import (
    Difference,
    Likened,
    differences,
    head_replication,
    is_like,
)
from hadi.domain.text import Text
from hadi.models import Rollout, Test, Unit, Wave
from hadi.services import units
from hadi.services.unit_changes import Changes
from hadi.services.unit_register import Meant, Register, likened

NEAREST = 12  # stores that are offered


@dataclass(frozen=True, slots=True)
class Beside:
    """A store, and in what it differs from those of the test."""

    unit: Unit
    differences: tuple[Difference, ...]

    @property
    def is_like(self) -> bool:
        return is_like(self.differences)


@dataclass(frozen=True, slots=True)
class Compared:
    """A wave's stores beside those of the test. `again` were in the test themselves; `unread` are
    the parts of the scope that mean no store; `head` says whether it was tried under another."""

    tested: tuple[Unit, ...]
    stores: tuple[Beside, ...]
    again: tuple[Unit, ...]
    unread: tuple[str, ...]
    head: Text | None

    @property
    def differing(self) -> tuple[Beside, ...]:
        return tuple(each for each in self.stores if not each.is_like)


@dataclass(frozen=True, slots=True)
class Tested:
    """The stores of a test, and what they were like when it began."""

    units: tuple[Unit, ...]
    traits: tuple[Likened, ...]


class Likeness:
    """The stores of a roll-out beside those of its test. `register` is shared by those of one
    page, `tested` given where those of many are asked for at once."""

    def __init__(self, rollout: Rollout, register: Register, tested: Tested | None = None) -> None:
        self.rollout, self.register = rollout, register
        found = tested or _tested([rollout], register)[rollout.id]
        self.tested, self._traits = found.units, found.traits

    def of(self, scope: str, *, but: Wave | None = None) -> Compared:
        """The stores that a scope names. `but` is the wave that it belongs to."""
        meant = self.register.meant(scope)
        stores = self.register.stores(meant.units)
        known = {unit.id for unit in self.tested}
        again = tuple(unit for unit in stores if unit.id in known)
        new = [unit for unit in stores if unit.id not in known]
        head = head_replication([likened(unit) for unit in new], self._traits, self._held(but))
        found = tuple(Beside(unit, differences(likened(unit), self._traits)) for unit in new)
        return Compared(self.tested, found, again,
                        _unread(meant), head)  # fmt: skip

    def nearest(self, scope: str = "") -> list[Beside]:
        """The open stores that neither the test nor a wave has had, most alike first."""
        if not self.tested:
            return []
        texts = (scope, *(wave.scope for wave in self.rollout.waves))
        gone = {unit.id for unit in self.tested}
        for text in texts:
            gone |= {unit.id for unit in self.register.stores(self.register.meant(text).units)}
        kinds = {unit.kind for unit in self.tested}
        others = (
            Beside(unit, differences(likened(unit), self._traits))
            for unit in self.register.all
            if unit.id not in gone and unit.kind in kinds and not unit.is_closed
        )
        return sorted(others, key=lambda each: (not each.is_like, len(each.differences)))

    def _held(self, but: Wave | None) -> list[Likened]:
        """The stores of the waves that held."""
        held = [wave.scope for wave in self.rollout.waves if wave.has_held and wave is not but]
        return [
            likened(unit)
            for scope in held
            for unit in self.register.stores(self.register.meant(scope).units)
        ]


def on_cards(shown: Iterable[Rollout]) -> dict[str, Text]:
    """What is to be said on cards, by the ids of the roll-outs: that stores of a wave which is
    open differ from those of the test. A fixed number of queries."""
    under_way = [
        (rollout, wave)
        for rollout in shown
        for wave in rollout.waves
        if wave.has_held is None and wave.scope
    ]
    if not under_way:
        return {}
    register = Register()
    tested = _tested([rollout for rollout, _wave in under_way], register)
    said = {}
    for rollout, wave in under_way:
        likeness = Likeness(rollout, register, tested[rollout.id])
        found = likeness.of(wave.scope, but=wave) if likeness.tested else None
        if found is not None and found.differing:
            count, number = len(found.differing), str(len(found.stores))
            said[rollout.id] = Text("wave_stores_on_card", n=count, all=number, wave=wave.number)
    return said


def _tested(shown: Sequence[Rollout], register: Register) -> dict[str, Tested]:
    """The stores of the tests of roll-outs, by the ids of these: those named as where it runs, and
    its pilots. What has changed in them since is another matter."""
    named = units.of_hypotheses({rollout.hypothesis_id for rollout in shown})
    test_ids = {rollout.id: rollout.conclusion.test_id for rollout in shown}
    asked = select(Test.id, Test.started_at).where(Test.id.in_(set(test_ids.values())))
    started = dict(db.session.execute(asked).all())
    stores = {}
    for rollout in shown:
        found = list(named.get(rollout.hypothesis_id, ()))
        pilot = rollout.conclusion.analysis.plan_version.plan.pilot
        if pilot is not None:
            found += register.known_as(pilot.treated).values()
        stores[rollout.id] = register.stores(found)
    changes = Changes(unit for each in stores.values() for unit in each)
    tested = {}
    for rollout_id, found in stores.items():
        begun = started.get(test_ids[rollout_id])
        were = changes.were({unit.id: begun for unit in found}) if begun is not None else {}
        traits = tuple(likened(unit, were.get(unit.id)) for unit in found)
        tested[rollout_id] = Tested(tuple(found), traits)
    return tested


def with_names(scope: str, named: Iterable[Unit], register: Register) -> str:
    """A scope with more stores in it; what it means already is not written twice."""
    there = {unit.id for unit in register.meant(scope).units}
    more = [unit.name for unit in named if unit.id not in there]
    return ", ".join([*([scope.strip()] if scope.strip() else []), *more])


def _unread(meant: Meant) -> tuple[str, ...]:
    return tuple(label[:60] for label in meant.unread)
