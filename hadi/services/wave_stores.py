"""The stores that a wave goes to, beside those where its hypothesis was tested: said before it is
scaled, while other stores can still be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hadi.domain.store_likeness import (
    Difference,
    Likened,
    differences,
    head_replication,
    is_like,
)
from hadi.domain.text import Text
from hadi.models import Rollout, Unit, Wave
from hadi.services import units
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


class Likeness:
    """The stores of a roll-out beside those of its test. `register` is shared by those of one
    page."""

    def __init__(
        self, rollout: Rollout, register: Register, named: Iterable[Unit] | None = None
    ) -> None:
        self.rollout, self.register = rollout, register
        # `named`: the units of its hypothesis, where those of many are asked for at once.
        found = units.of_hypothesis(rollout.hypothesis) if named is None else named
        self.tested = register.stores(_tested(rollout, found, register))
        self._traits = [likened(unit) for unit in self.tested]

    def of(self, scope: str, *, but: Wave | None = None) -> Compared:
        """The stores that a scope names. `but` is the wave that it belongs to."""
        meant = self.register.meant(scope)
        stores = self.register.stores(meant.units)
        known = {unit.id for unit in self.tested}
        again = tuple(unit for unit in stores if unit.id in known)
        new = [unit for unit in stores if unit.id not in known]
        head = head_replication([likened(unit) for unit in new], self._traits, self._held(but))
        found = tuple(Beside(unit, differences(likened(unit), self._traits)) for unit in new)
        return Compared(tuple(self.tested), found, again,
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
    named = units.of_hypotheses({rollout.hypothesis_id for rollout, _wave in under_way})
    said = {}
    for rollout, wave in under_way:
        likeness = Likeness(rollout, register, named.get(rollout.hypothesis_id, ()))
        found = likeness.of(wave.scope, but=wave) if likeness.tested else None
        if found is not None and found.differing:
            count, number = len(found.differing), str(len(found.stores))
            said[rollout.id] = Text("wave_stores_on_card", n=count, all=number, wave=wave.number)
    return said


def _tested(rollout: Rollout, named: Iterable[Unit], register: Register) -> list[Unit]:
    """The units that the test named as where it runs, and its pilots."""
    plan = rollout.conclusion.analysis.plan_version.plan
    found = {unit.id: unit for unit in named}
    if plan.pilot is not None:
        pilots = register.known_as(plan.pilot.treated)
        found |= {unit.id: unit for unit in pilots.values()}
    return list(found.values())


def with_names(scope: str, named: Iterable[Unit], register: Register) -> str:
    """A scope with more stores in it; what it means already is not written twice."""
    there = {unit.id for unit in register.meant(scope).units}
    more = [unit.name for unit in named if unit.id not in there]
    return ", ".join([*([scope.strip()] if scope.strip() else []), *more])


def _unread(meant: Meant) -> tuple[str, ...]:
    return tuple(label[:60] for label in meant.unread)
