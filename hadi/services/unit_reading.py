"""What is typed, sent or imported of a unit, read: every fault by its field, at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.errors import Invalid
from hadi.domain.folding import folded
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.domain.units import SalesModel, UnitKind
from hadi.models import Unit, User

PARTS = (
    "kind", "code", "name", "aliases", "region", "format", "head", "responsible", "sales_model",
    "technology", "parent",
)  # fmt: skip
LENGTHS = {"code": 40, "name": 120, "region": 80, "format": 80, "head": 120, "technology": 200}
ALIAS_LENGTH = 120
MOST_ALIASES = 50
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Parts:
    """A unit that was read: its columns, and the records that two of them point at."""

    columns: Mapping[str, Any]
    responsible: User
    parent: Unit | None


class Known:
    """The units and people that are there, looked up once for however many units are read. A code
    or an alias may mean one unit only, or data could not tell which."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.by_code: dict[str, Unit] = {}
        self._names: dict[str, str] = {}  # folded -> the unit's id
        self._keys: dict[str, tuple[str, ...]] = {}
        self._people: dict[str, list[User]] = {}
        self._parents: dict[str, str | None] = {}
        self._parts: Counter[str | None] = Counter()
        query = select(Unit).options(joinedload(Unit.responsible), joinedload(Unit.parent))
        for unit in db.session.scalars(query):
            self.add(unit)

    def add(self, unit: Unit) -> None:
        """Take in a unit as it is named now."""
        for key in self._keys.get(unit.id, ()):
            if self._names.get(key) == unit.id:
                del self._names[key]
        keys = (unit.code_key, *map(folded, unit.aliases))
        self.units[unit.id] = self.by_code[unit.code_key] = unit
        self._keys[unit.id] = keys
        self._parts[self._parents.get(unit.id)] -= 1
        self._parts[unit.parent_id] += 1
        self._parents[unit.id] = unit.parent_id
        self._names.update(dict.fromkeys(keys, unit.id))

    def by(self, written: str, *, besides: Unit | None) -> str | None:
        """The name of the other unit that goes by that, if any does."""
        who = self._names.get(folded(written))
        if who is None or (besides is not None and who == besides.id):
            return None
        return self.units[who].name

    def unit(self, written: str) -> Unit | None:
        """The unit with that id or code."""
        return self.units.get(written) or self.by_code.get(folded(written))

    def has_parts(self, unit: Unit) -> bool:
        """Whether units lie in it."""
        return self._parts[unit.id] > 0

    def people(self, written: str) -> list[User]:
        """Who is meant by an id, an address or a name."""
        if written not in self._people:
            address = func.lower(User.email) == written.lower()
            asked = select(User).where(or_(User.id == written, address, User.name == written))
            self._people[written] = list(db.session.scalars(asked.limit(2)))
        return self._people[written]


def read(body: Mapping[str, Any], *, unit: Unit | None = None, known: Known | None = None) -> Parts:
    """The parts of a unit, of `unit` where it is there already. Raises Invalid with every
    fault."""
    wrong: dict[str, Text] = {}
    known = known or Known()
    columns: dict[str, Any] = {name: _line(body.get(name), name, wrong) for name in LENGTHS}
    for name in ("code", "name"):
        if not columns[name]:
            wrong[name] = Text(f"unit_needs_{name}")
    kind = _choice(UnitKind, body.get("kind"), "kind", wrong)
    if kind is None and "kind" not in wrong:
        wrong["kind"] = Text("unit_needs_kind")
    aliases = _aliases(body.get("aliases"), columns, wrong)
    _refuse_taken(columns["code"], aliases, unit, known, wrong)
    responsible = _responsible(body.get("responsible"), unit, known, wrong)
    parent = _parent(body.get("parent"), unit, known, wrong)
    model = _choice(SalesModel, body.get("sales_model"), "sales_model", wrong)
    if unit is not None and kind is not UnitKind.TERRITORY and known.has_parts(unit):
        wrong.setdefault("kind", Text("unit_has_parts", unit=unit.name))
    if wrong:
        raise Invalid(Text("unit_invalid"), wrong)
    assert responsible is not None
    columns |= {
        "kind": kind, "aliases": aliases, "sales_model": model, "responsible_id": responsible.id,
        "parent_id": parent.id if parent else None,
    }  # fmt: skip
    return Parts(columns, responsible, parent)


def names_in(typed: str) -> list[str]:
    """Several names as they are typed or pasted into one cell."""
    return [name for part in re.split(r"[;,|\n]", typed) if (name := cleaned(part))]


def _line(value: object, name: str, wrong: dict[str, Text]) -> str:
    written = " ".join(cleaned("" if value is None else str(value)).split())
    if len(written) > LENGTHS[name]:
        wrong[name] = Text("statement_too_long", limit=LENGTHS[name])
    return written


def _choice(kind: type[_E], value: object, name: str, wrong: dict[str, Text]) -> _E | None:
    if value in (None, ""):
        return None
    try:
        return kind(str(value))
    except ValueError:
        wrong[name] = Text("field_not_a_choice", field=name, options=", ".join(kind))
        return None


def _aliases(value: object, columns: Mapping[str, str], wrong: dict[str, Text]) -> list[str]:
    """The other names, each once and none that says the code or the name again."""
    listed = names_in(value) if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]
    found = {folded(columns["code"]), folded(columns["name"])}
    kept = []
    for each in listed:
        alias = " ".join(cleaned(str(each)).split())
        if not alias or folded(alias) in found:
            continue
        found.add(folded(alias))
        kept.append(alias)
    if len(kept) > MOST_ALIASES:
        wrong["aliases"] = Text("unit_many_aliases", n=MOST_ALIASES)
    elif any(len(alias) > ALIAS_LENGTH for alias in kept):
        wrong["aliases"] = Text("statement_too_long", limit=ALIAS_LENGTH)
    return kept


def _refuse_taken(
    code: str, aliases: Iterable[str], unit: Unit | None, known: Known, wrong: dict[str, Text]
) -> None:
    if code and (other := known.by(code, besides=unit)) is not None:
        wrong.setdefault("code", Text("unit_code_taken", written=code, unit=other))
    for alias in aliases:
        if (other := known.by(alias, besides=unit)) is not None:
            wrong.setdefault("aliases", Text("unit_alias_taken", alias=alias, unit=other))


def _responsible(
    value: object, unit: Unit | None, known: Known, wrong: dict[str, Text]
) -> User | None:
    """One person, by id, by address or by a name that one alone has. Who left stays responsible
    until somebody else is named."""
    written = cleaned(str(value or ""))
    if not written:
        wrong["responsible"] = Text("unit_needs_responsible")
        return None
    found = known.people(written)
    if len(found) != 1:
        code = "unit_responsible_unclear" if found else "unit_no_such_person"
        wrong["responsible"] = Text(code, person=written[:80])
        return None
    person = found[0]
    if not person.active and (unit is None or unit.responsible_id != person.id):
        wrong["responsible"] = Text("unit_person_left", person=person.name)
    return person


def _parent(value: object, unit: Unit | None, known: Known, wrong: dict[str, Text]) -> Unit | None:
    """The territory it lies in, by id or code."""
    written = cleaned(str(value or ""))
    if not written:
        return None
    found = known.unit(written)
    if found is None:
        wrong["parent"] = Text("no_such_unit", unit=written[:40])
    elif found.kind is not UnitKind.TERRITORY:
        wrong["parent"] = Text("unit_parent_no_territory", unit=found.name)
    elif unit is not None and lies_in(found, unit):
        wrong["parent"] = Text("unit_parent_circle", unit=found.name)
    return found


def lies_in(part: Unit, unit: Unit) -> bool:
    """Whether `part` is the unit itself or lies in it."""
    seen: set[str] = set()
    above: Unit | None = part
    while above is not None and above.id not in seen:
        if above.id == unit.id:
            return True
        seen.add(above.id)
        above = above.parent
    return False
