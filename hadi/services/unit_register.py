"""Every unit that is known, read once: what lies in what, and which ones a text means.

People say where a wave goes in words of their own. What they write is taken apart where lists are
taken apart; a part that is no code, alias, name or region is searched for names, the longest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from hadi.db import db
from hadi.domain.folding import folded
from hadi.domain.store_likeness import Likened
from hadi.domain.units import UnitKind
from hadi.models import Unit
from hadi.services import units
from hadi.services.unit_reading import names_in

SHORTEST = 3  # letters of a name that is looked for within a text
_PREFIX = re.compile(r"^(?:region|регион\w*|régió\w*)s?\s*:?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """The units that a text means, by name, and the parts of it that mean none."""

    units: tuple[Unit, ...]
    unread: tuple[str, ...]


class Register:
    """The units of the workspace. For one request: it does not follow what changes meanwhile."""

    @cached_property
    def all(self) -> list[Unit]:
        return list(db.session.scalars(select(Unit).order_by(Unit.name, Unit.id)))

    @cached_property
    def _names(self) -> units.Names:
        return units.names_of(self.all)

    @cached_property
    def _parts(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.all:
            if unit.parent_id is not None:
                found.setdefault(unit.parent_id, []).append(unit)
        return found

    @cached_property
    def _regions(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.all:
            if unit.region and not unit.is_closed and unit.kind is not UnitKind.TERRITORY:
                found.setdefault(folded(unit.region), []).append(unit)
        return found

    @cached_property
    def _labels(self) -> dict[str, list[Unit]]:
        """What units go by, longest first; codes of digits alone are no names."""
        found: dict[str, list[Unit]] = {}
        for unit in self.all:
            for label in {unit.code_key, folded(unit.name), *map(folded, unit.aliases)}:
                if len(label) >= SHORTEST and any(sign.isalpha() for sign in label):
                    found.setdefault(label, []).append(unit)
        return dict(sorted(found.items(), key=lambda each: -len(each[0])))

    def stores(self, named: Iterable[Unit]) -> list[Unit]:
        """What is sold in: units as they are, and of a territory the open ones within it. One that
        has none stands for itself."""
        found: dict[str, Unit] = {}
        seen: set[str] = set()
        waiting = list(named)
        while waiting:
            unit = waiting.pop()
            if unit.id in seen:
                continue
            seen.add(unit.id)
            is_land = unit.kind is UnitKind.TERRITORY  # others need no look at what is there
            inside = self._parts.get(unit.id, []) if is_land else []
            within = [each for each in inside if not each.is_closed]
            if within:
                waiting += within
            else:
                found[unit.id] = unit
        return sorted(found.values(), key=lambda unit: (unit.name, unit.id))

    def known_as(self, labels: Iterable[str]) -> dict[str, Unit]:
        """The units that labels of data mean."""
        wanted = list(labels)
        return units.known_as(wanted, self._names) if wanted else {}

    def meant(self, text: str) -> Meant:
        """The units that a text means."""
        found: dict[str, Unit] = {}
        unread = []
        parts = names_in(text)
        exact = self.known_as(parts)
        for part in parts:
            inside = [exact[part]] if part in exact else list(self._within(part))
            found |= {unit.id: unit for unit in inside}
            if not inside:
                unread.append(part)
        by_name = sorted(found.values(), key=lambda unit: (unit.name, unit.id))
        return Meant(tuple(by_name), tuple(unread))

    def _within(self, part: str) -> Iterator[Unit]:
        """The units of a region, or those whose names occur in a part, each letter taken once."""
        region = self._regions.get(folded(_PREFIX.sub("", part)))
        if region:
            yield from region
            return
        left = folded(part)
        for label, meant in self._labels.items():
            pattern = rf"(?<!\w){re.escape(label)}(?!\w)"
            if label in left and len(meant) == 1 and re.search(pattern, left):
                left = re.sub(pattern, "\n", left)
                yield meant[0]


def likened(unit: Unit, was: Mapping[str, str] | None = None) -> Likened:
    """A unit as it is held against others; `was` is what was otherwise when it counts."""
    model = unit.sales_model.value if unit.sales_model is not None else ""
    traits = {
        "sales_model": model, "technology": unit.technology, "format": unit.format,
        "region": unit.region, "head": unit.head,
    }  # fmt: skip
    return Likened(unit.name, {**traits, **(was or {})})
