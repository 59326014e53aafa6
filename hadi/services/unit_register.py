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
    """The units of the workspace. For one request: it does not follow what changes meanwhile.
    Names are read as names: of thousands of units, only those that are meant are loaded."""

    @cached_property
    def all(self) -> list[Unit]:
        return list(db.session.scalars(select(Unit).order_by(Unit.name, Unit.id)))

    @cached_property
    def _regions(self) -> dict[str, list[str]]:
        """The ids of what is sold in, by the region as it is compared."""
        asked = select(Unit.id, Unit.region).where(
            Unit.region != "", Unit.closed_at.is_(None), Unit.kind != UnitKind.TERRITORY
        )
        found: dict[str, list[str]] = {}
        for unit_id, region in db.session.execute(asked):
            found.setdefault(folded(region), []).append(unit_id)
        return found

    @cached_property
    def _labels(self) -> dict[str, set[str]]:
        """What units go by, longest first, to their ids; codes of digits alone are no names."""
        asked = select(Unit.id, Unit.code_key, Unit.name, Unit.aliases)
        found: dict[str, set[str]] = {}
        for unit_id, code_key, name, aliases in db.session.execute(asked):
            for label in {code_key, folded(name), *map(folded, aliases)}:
                if len(label) >= SHORTEST and any(sign.isalpha() for sign in label):
                    found.setdefault(label, set()).add(unit_id)
        return dict(sorted(found.items(), key=lambda each: -len(each[0])))

    def stores(self, named: Iterable[Unit]) -> list[Unit]:
        """What is sold in: units as they are, and of a territory the open ones within it. One that
        has none stands for itself."""
        found: dict[str, Unit] = {}
        lands: dict[str, Unit] = {}
        waiting = list(named)
        while waiting:
            new = {u.id: u for u in waiting if u.kind is UnitKind.TERRITORY and u.id not in lands}
            found |= {unit.id: unit for unit in waiting if unit.kind is not UnitKind.TERRITORY}
            lands |= new
            query = select(Unit).where(Unit.parent_id.in_(new), Unit.closed_at.is_(None))
            waiting = list(db.session.scalars(query)) if new else []
            for unit_id in new.keys() - {unit.parent_id for unit in waiting}:
                found[unit_id] = new[unit_id]
        return sorted(found.values(), key=_by_name)

    def known_as(self, labels: Iterable[str]) -> dict[str, Unit]:
        """The units that labels of data mean."""
        return units.known_as(labels)

    def meant(self, text: str) -> Meant:
        """The units that a text means."""
        found: dict[str, Unit] = {}
        unread = []
        parts = names_in(text)
        exact = self.known_as(parts)
        for part in parts:
            inside = [exact[part]] if part in exact else self._within(part)
            found |= {unit.id: unit for unit in inside}
            if not inside:
                unread.append(part)
        return Meant(tuple(sorted(found.values(), key=_by_name)), tuple(unread))

    def _within(self, part: str) -> list[Unit]:
        """The units of a region, or those whose names occur in a part, each letter taken once."""
        ids = self._regions.get(folded(_PREFIX.sub("", part))) or list(self._occurring(part))
        if not ids:
            return []
        return list(db.session.scalars(select(Unit).where(Unit.id.in_(ids))))

    def _occurring(self, part: str) -> Iterator[str]:
        left = folded(part)
        for label, ids in self._labels.items():
            if label not in left or len(ids) > 1:
                continue
            pattern = rf"(?<!\w){re.escape(label)}(?!\w)"
            if re.search(pattern, left):
                left = re.sub(pattern, "\n", left)
                yield from ids


def _by_name(unit: Unit) -> tuple[str, str]:
    return unit.name, unit.id


def likened(unit: Unit, was: Mapping[str, str] | None = None) -> Likened:
    """A unit as it is held against others; `was` is what was otherwise when it counts."""
    model = unit.sales_model.value if unit.sales_model is not None else ""
    traits = {
        "sales_model": model, "technology": unit.technology, "format": unit.format,
        "region": unit.region, "head": unit.head,
    }  # fmt: skip
    return Likened(unit.name, {**traits, **(was or {})})
