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

    def __init__(self, rollout: Rollout, register: Register) -> None:
        self.rollout, self.register = rollout, register
        self.tested = register.stores(tested_units(rollout))
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


def tested_units(rollout: Rollout) -> list[Unit]:
    """The units that the test named as where it runs, and its pilots."""
    plan = rollout.conclusion.analysis.plan_version.plan
    found = {unit.id: unit for unit in units.of_hypothesis(rollout.hypothesis)}
    if plan.pilot is not None:
        found |= {unit.id: unit for unit in units.known_as(plan.pilot.treated).values()}
    return list(found.values())


def with_names(scope: str, named: Iterable[Unit], register: Register) -> str:
    """A scope with more stores in it; what it means already is not written twice."""
    there = {unit.id for unit in register.meant(scope).units}
    more = [unit.name for unit in named if unit.id not in there]
    return ", ".join([*([scope.strip()] if scope.strip() else []), *more])


def _unread(meant: Meant) -> tuple[str, ...]:
    return tuple(label[:60] for label in meant.unread)
