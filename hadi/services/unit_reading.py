"""What is typed, sent or imported of a unit, read: every fault by its field, at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func, or_, select

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


class Taken:
    """What units are called already: a code or an alias may mean one of them only, or data could
    not tell which."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str]] = {}
        for unit in db.session.scalars(select(Unit)):
            self.add(unit)

    def add(self, unit: Unit) -> None:
        for key in (unit.code_key, *map(folded, unit.aliases)):
            self._names[key] = unit.id, unit.name

    def drop(self, unit: Unit) -> None:
        self._names = {key: who for key, who in self._names.items() if who[0] != unit.id}

    def by(self, written: str, *, besides: Unit | None) -> str | None:
        """The name of the other unit that goes by that, if any does."""
        who, name = self._names.get(folded(written), (None, None))
        return None if besides is not None and who == besides.id else name


def read(body: Mapping[str, Any], *, unit: Unit | None = None, taken: Taken | None = None) -> Parts:
    """The parts of a unit, of `unit` where it is there already. Raises Invalid with every
    fault."""
    wrong: dict[str, Text] = {}
    columns: dict[str, Any] = {name: _line(body.get(name), name, wrong) for name in LENGTHS}
    for name in ("code", "name"):
        if not columns[name]:
            wrong[name] = Text(f"unit_needs_{name}")
    kind = _choice(UnitKind, body.get("kind"), "kind", wrong)
    if kind is None and "kind" not in wrong:
        wrong["kind"] = Text("unit_needs_kind")
    aliases = _aliases(body.get("aliases"), columns, wrong)
    _refuse_taken(columns["code"], aliases, unit, taken or Taken(), wrong)
    responsible = _responsible(body.get("responsible"), unit, wrong)
    parent = _parent(body.get("parent"), unit, wrong)
    model = _choice(SalesModel, body.get("sales_model"), "sales_model", wrong)
    if unit is not None and kind is not UnitKind.TERRITORY and _has_parts(unit):
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
    code: str, aliases: Iterable[str], unit: Unit | None, taken: Taken, wrong: dict[str, Text]
) -> None:
    if code and (other := taken.by(code, besides=unit)) is not None:
        wrong.setdefault("code", Text("unit_code_taken", written=code, unit=other))
    for alias in aliases:
        if (other := taken.by(alias, besides=unit)) is not None:
            wrong.setdefault("aliases", Text("unit_alias_taken", alias=alias, unit=other))


def _responsible(value: object, unit: Unit | None, wrong: dict[str, Text]) -> User | None:
    """One person, by id, by address or by a name that one alone has. Who left stays responsible
    until somebody else is named."""
    written = cleaned(str(value or ""))
    if not written:
        wrong["responsible"] = Text("unit_needs_responsible")
        return None
    asked = select(User).where(
        or_(User.id == written, func.lower(User.email) == written.lower(), User.name == written)
    )
    found = list(db.session.scalars(asked.limit(2)))
    if len(found) != 1:
        code = "unit_responsible_unclear" if found else "unit_no_such_person"
        wrong["responsible"] = Text(code, person=written[:80])
        return None
    person = found[0]
    if not person.active and (unit is None or unit.responsible_id != person.id):
        wrong["responsible"] = Text("unit_person_left", person=person.name)
    return person


def _parent(value: object, unit: Unit | None, wrong: dict[str, Text]) -> Unit | None:
    """The territory it lies in, by id or code."""
    written = cleaned(str(value or ""))
    if not written:
        return None
    found = db.session.scalar(
        select(Unit).where(or_(Unit.id == written[:20], Unit.code_key == folded(written)))
    )
    if found is None:
        wrong["parent"] = Text("no_such_unit", unit=written[:40])
    elif found.kind is not UnitKind.TERRITORY:
        wrong["parent"] = Text("unit_parent_no_territory", unit=found.name)
    elif unit is not None and _lies_in(found, unit):
        wrong["parent"] = Text("unit_parent_circle", unit=found.name)
    return found


def _lies_in(territory: Unit, unit: Unit) -> bool:
    """Whether `territory` is the unit itself or a part of it."""
    seen: set[str] = set()
    above: Unit | None = territory
    while above is not None and above.id not in seen:
        if above.id == unit.id:
            return True
        seen.add(above.id)
        above = above.parent
    return False


def _has_parts(unit: Unit) -> bool:
    found = select(Unit.id).where(Unit.parent_id == unit.id).limit(1)
    return db.session.scalar(found) is not None
