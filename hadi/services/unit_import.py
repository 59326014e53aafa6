"""Units out of a list: shown first, line by line, then stored as a whole or not at all.

A line whose code is known changes that unit in the columns that the list has; any other is a new
one. Columns are known by their titles in every language that HADI speaks, so that what was
exported can be changed in a spreadsheet and brought back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, BinaryIO

from hadi.db import await_turn, db, transaction
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.domain.units import SalesModel, UnitKind
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line
from hadi.services import events, units
from hadi.services.unit_reading import PARTS, Known, read
from hadi.speech import NAMES, BabelSpeaker

MOST_FAULTS = 50
# Ways to call a column beside its name and its title.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "code": ("id", "no", "№", "store id", "код", "код магазина", "kód"),
    "name": ("store", "title", "название", "магазин", "наименование", "név", "bolt"),
    "kind": ("type", "тип", "típus"),
    "responsible": ("responsible_email", "owner", "ответственный", "felelős"),
    "head": ("manager", "руководитель", "заведующий", "vezető"),
    "aliases": ("alias", "also known as", "псевдонимы", "синонимы"),
    "parent": ("territory", "территория", "terület"),
    "region": ("регион", "régió"),
    "format": ("формат",),
    "sales_model": ("model", "модель продаж", "értékesítési modell"),
    "technology": ("технология", "technológia"),
}
# Ways to write a value beside the value itself and its words.
_VALUES: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "shop": "store", "магазин": "store", "точка": "store", "bolt": "store", "üzlet": "store",
        "территория": "territory", "terület": "territory", "команда": "team", "отдел": "team",
        "csapat": "team",
    },
    "sales_model": {
        "пассивная": "passive", "passzív": "passive", "активная": "active", "aktív": "active",
    },
}  # fmt: skip
_MEMBERS: Mapping[str, Sequence[StrEnum]] = {
    "kind": tuple(UnitKind),
    "sales_model": tuple(SalesModel),
}
_WORDED = {
    "kind": ("unit_kind_{}",),
    "sales_model": ("sales_model_{}", "sales_model_{}_short"),
}
_UNKNOWN = {"kind": "unit_import_kind_unknown", "sales_model": "unit_import_model_unknown"}


class Does(StrEnum):
    """What a line of the list does."""

    ADD = "add"
    CHANGE = "change"
    NOTHING = "nothing"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: what it does, which columns it changes, and what is wrong with it."""

    line: int
    code: str
    name: str
    does: Does
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    faults: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list does, or has done."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    unread: tuple[str, ...]  # titles of columns that are not known

    def count(self, does: Does) -> int:
        return sum(row.does is does for row in self.rows)

    @property
    def faults(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.does is Does.FAULT)


class _Undone(Exception):
    """Ends a preview; no error."""


def as_text(file: BinaryIO, filename: str, *, by: Actor) -> str:
    """The list in a file, as text that can be shown, mended and sent. Raises Unreadable."""
    require(by, Permission.MANAGE_UNITS)
    return small_tables.as_text(small_tables.from_file(file, filename))


def preview(text: str, *, responsible: str = "", by: Actor, now: datetime) -> Imported:
    """What the list would do; nothing is stored. `responsible` is who answers for new units where
    the list names nobody. Raises Unreadable, NotAllowed."""
    found: list[Imported] = []
    try:
        with transaction():
            found.append(_all(text, responsible=responsible, by=by, now=now))
            raise _Undone
    except _Undone:
        db.session.expire_all()
    return found[0]


def run(text: str, *, responsible: str = "", by: Actor, now: datetime) -> Imported:
    """Store the whole list. Raises Unreadable, NotAllowed, and Invalid with the faults by line
    where any line is wrong: then nothing is stored."""
    with transaction():
        found = _all(text, responsible=responsible, by=by, now=now)
        wrong = found.faults
        if wrong:
            told = {
                f"lines.{row.line}.{name}": Text(
                    "unit_import_fault", line=str(row.line), fault=fault
                )
                for row in wrong[:MOST_FAULTS]
                for name, fault in row.faults.items()
            }
            raise Invalid(Text("unit_import_faults", n=len(wrong)), told)
    return found


def _all(text: str, *, responsible: str, by: Actor, now: datetime) -> Imported:
    require(by, Permission.MANAGE_UNITS)
    lines = small_tables.from_text(text)
    if not lines:
        raise Unreadable(Text("unit_import_empty"))
    columns, unread = _columns(lines[0])
    await_turn(units.TURN)
    known = Known()
    seen: dict[str, int] = {}
    rows: dict[int, Row] = {}
    # Territories first: stores further up may lie in one that stands below them.
    for line, body in sorted(_bodies(lines[1:], columns), key=_territories_first):
        rows[line.number] = _row(line, body, known, seen, responsible=responsible, by=by, now=now)
    db.session.flush()
    if not rows:
        raise Unreadable(Text("unit_import_empty"))
    return Imported(tuple(rows[n] for n in sorted(rows)), tuple(columns), tuple(unread))


def _row(
    line: Line,
    body: dict[str, Any],
    known: Known,
    seen: dict[str, int],
    *,
    responsible: str,
    by: Actor,
    now: datetime,
) -> Row:
    code, key = str(body.get("code") or ""), folded(str(body.get("code") or ""))
    unit = known.by_code.get(key)
    faults = body.pop("faults")
    first = seen.setdefault(key, line.number)
    if key and first != line.number:
        text = Text("unit_import_twice", code_written=code, line=str(first))
        name = str(body.get("name") or "")
        return Row(line.number, code, name, Does.FAULT, faults={**faults, "code": text})
    before = units.told(unit) if unit is not None else {}
    # A new one is a store unless a column says otherwise: most lists are of stores.
    new = {"kind": UnitKind.STORE, "responsible": responsible}
    kept = units.written(unit) if unit is not None else new
    for part in ("kind", "responsible"):  # what every unit has is not emptied by a blank cell
        if not body.get(part):
            body.pop(part, None)
    name = str(body.get("name") or (unit.name if unit else ""))
    try:
        parts = read(kept | body, unit=unit, known=known)
    except Invalid as refused:
        return Row(line.number, code, name, Does.FAULT, faults={**refused.fields, **faults})
    if faults:
        return Row(line.number, code, name, Does.FAULT, faults=faults)
    stored = units.put(unit, parts, by=by, now=now)
    known.add(stored)
    changes = events.difference(before, units.told(stored, parts))
    does = Does.ADD if unit is None else Does.CHANGE if changes else Does.NOTHING
    return Row(line.number, code, name, does, changes)


def _bodies(
    lines: Sequence[Line], columns: Mapping[str, int]
) -> Iterator[tuple[Line, dict[str, Any]]]:
    """The lines as `read` takes them; a value that is no choice is a fault of its own."""
    for line in lines:
        body: dict[str, Any] = {}
        faults: dict[str, Text] = {}
        for name, place in columns.items():
            cell = line.cells[place] if place < len(line.cells) else ""
            if name in _MEMBERS and cell:
                value = _values(name).get(folded(cell))
                if value is None:
                    faults[name] = Text(_UNKNOWN[name], written=cell[:60])
                    continue
                cell = value
            body[name] = cell
        yield line, {**body, "faults": faults}


def _territories_first(each: tuple[Line, dict[str, Any]]) -> tuple[bool, int]:
    line, body = each
    return body.get("kind") != UnitKind.TERRITORY.value, line.number


def _columns(head: Line) -> tuple[dict[str, int], list[str]]:
    """Where each part of a unit stands, and the titles that say nothing. Raises Unreadable."""
    titles = _titles()
    found: dict[str, int] = {}
    unread = []
    for place, title in enumerate(head.cells):
        name = titles.get(folded(title))
        if name is None:
            if title:
                unread.append(title)
        elif name in found and name != "responsible":
            raise Unreadable(
                Text(
                    "unit_import_column_twice",
                    column=Text(f"unit_column_{name}"),
                    first=head.cells[found[name]],
                    second=title,
                )
            )
        else:
            found[name] = place  # of a person's name and address, the address, which is exact
    if "code" not in found:
        raise Unreadable(Text("unit_import_no_code"))
    return found, unread


@cache
def _titles() -> dict[str, str]:
    """What a column may be called -> the part of a unit that it holds."""
    found: dict[str, str] = {}
    for name in PARTS:
        said = [BabelSpeaker(language).say(Text(f"unit_column_{name}")) for language in NAMES]
        for title in (name, name.replace("_", " "), *said, *_ALSO.get(name, ())):
            found.setdefault(folded(title), name)
    for language in NAMES:
        title = BabelSpeaker(language).say(Text("unit_column_responsible_email"))
        found.setdefault(folded(title), "responsible")
    return found


@cache
def _values(name: str) -> dict[str, str]:
    """How a value may be written -> the value."""
    found = {folded(written): value for written, value in _VALUES[name].items()}
    for member in _MEMBERS[name]:
        found[folded(member.value)] = member.value
        for template in _WORDED[name]:
            for language in NAMES:
                said = BabelSpeaker(language).say(Text(template.format(member.value)))
                found.setdefault(folded(said), member.value)
    return found
