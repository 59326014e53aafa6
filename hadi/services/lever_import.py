"""Periods of revenue and client bases out of a list: shown first, line by line, then stored as a
whole or not at all.

A line whose days (and unit, or territory) are entered already corrects that entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from hadi.analysis.lever_lists import (
    BASE_NAMES,
    PERIOD_NAMES,
    Columns,
    amount_in,
    columns_of,
    lines_of,
)
from hadi.db import await_turn, db, transaction
from hadi.domain.errors import HadiError, Invalid
from hadi.domain.folding import folded
from hadi.domain.lever_reading import read_span
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line
from hadi.models import ClientBase, LeverPeriod
from hadi.services import client_bases, lever_periods, workspace
from hadi.services.unit_import import Does

MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: what it does, and what is wrong with it."""

    line: int
    label: str
    does: Does
    faults: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list does, or has done. `unread` are titles of columns that were not taken."""

    rows: tuple[Row, ...]
    stages: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def faults(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.does is Does.FAULT)

    def count(self, does: Does) -> int:
        return sum(row.does is does for row in self.rows)


class _Undone(Exception):
    """Ends a preview; no error."""


Put = Callable[[dict[str, Any], datetime], tuple[str, Does]]


def as_text(file: BinaryIO, filename: str, *, by: Actor) -> str:
    """The list in a file, as text that can be shown, mended and sent. Raises Unreadable."""
    require(by, Permission.VIEW)
    return small_tables.as_text(small_tables.from_file(file, filename))


def periods(
    text: str,
    *,
    unit: str = "",
    currency: str = "",
    is_stored: bool,
    by: Actor,
    now: datetime,
) -> Imported:
    """Periods out of a list; `unit` and `currency` where the list names none. Nothing is stored
    unless `is_stored`, and then all or none. Raises Unreadable, NotAllowed, Invalid with the faults
    by line."""
    lines = lines_of(text)
    columns = columns_of(lines[0], PERIOD_NAMES, "period", has_stages=True)

    def put(body: dict[str, Any], at: datetime) -> tuple[str, Does]:
        body["unit"] = body.get("unit") or unit
        body["currency"] = body.get("currency") or currency
        body["revenue"] = amount_in(body.get("revenue"))
        known = _known_period(body, at)
        kept = known.version if known else 0
        stored = lever_periods.put(known, body, by=by, now=at)
        where = f"{stored.unit.name}, " if stored.unit_id and stored.unit else ""
        return f"{where}{stored.starts_on} – {stored.ends_on}", _does(known, kept, stored.version)

    return _run(lines[1:], columns, put, lever_periods.TURN, is_stored=is_stored, now=now)


def bases(
    text: str,
    *,
    starts_on: object = None,
    ends_on: object = None,
    is_stored: bool,
    by: Actor,
    now: datetime,
) -> Imported:
    """Client bases out of a list; the days where the list has none. Raises as `periods` does."""
    lines = lines_of(text)
    columns = columns_of(lines[0], BASE_NAMES, "base", has_stages=False)

    def put(body: dict[str, Any], at: datetime) -> tuple[str, Does]:
        if not body.get("starts_on"):
            body |= {"starts_on": starts_on, "ends_on": ends_on}
        known = _known_base(body, at)
        kept = known.version if known else 0
        stored = client_bases.put(known, body, by=by, now=at)
        label = f"{stored.territory}, {stored.starts_on} – {stored.ends_on}"
        return label, _does(known, kept, stored.version)

    return _run(lines[1:], columns, put, client_bases.TURN, is_stored=is_stored, now=now)


def _run(
    lines: Sequence[Line],
    columns: Columns,
    put: Put,
    turn: str,
    *,
    is_stored: bool,
    now: datetime,
) -> Imported:
    found: list[Imported] = []
    try:
        with transaction():
            await_turn(turn)
            rows = tuple(_row(line, columns, put, now) for line in lines)
            names = tuple(name for name, _ in columns.stages)
            found.append(Imported(rows, names, columns.unread))
            if not is_stored:
                raise _Undone
            if found[0].faults:
                raise Invalid(Text("lever_import_invalid", n=len(found[0].faults)), _told(found[0]))
    except _Undone:
        db.session.expire_all()
    return found[0]


def _told(found: Imported) -> dict[str, Text]:
    return {
        f"lines.{row.line}.{name}": Text("lever_import_fault", line=str(row.line), fault=fault)
        for row in found.faults[:MOST_FAULTS]
        for name, fault in row.faults.items()
    }


def _row(line: Line, columns: Columns, put: Put, now: datetime) -> Row:
    body = columns.body(line)
    label = " ".join(
        filter(None, (str(body.get(n) or "") for n in ("unit", "territory", "starts_on")))
    )
    try:
        with db.session.begin_nested():
            label, does = put(body, now)
    except Invalid as refused:
        return Row(line.number, label, Does.FAULT, refused.fields or {"line": refused.text})
    except HadiError as refused:
        return Row(line.number, label, Does.FAULT, {"line": refused.text})
    return Row(line.number, label, does)


def _does(known: object, before: int, after: int) -> Does:
    if known is None:
        return Does.ADD
    return Does.CHANGE if after != before else Does.NOTHING


def _known_period(body: Mapping[str, Any], now: datetime) -> LeverPeriod | None:
    """The entry of the same days of the same unit."""
    wrong: dict[str, Text] = {}
    days = read_span(body, today=workspace.day_of(now), wrong=wrong)
    unit = lever_periods.named_unit(body.get("unit"), wrong)
    if wrong:
        return None
    return db.session.scalar(
        select(LeverPeriod).where(
            LeverPeriod.unit_id == (unit.id if unit else None),
            LeverPeriod.starts_on == days["starts_on"],
            LeverPeriod.ends_on == days["ends_on"],
            LeverPeriod.voided_at.is_(None),
        )
    )


def _known_base(body: Mapping[str, Any], now: datetime) -> ClientBase | None:
    """The entry of the same days of the same territory."""
    wrong: dict[str, Text] = {}
    days = read_span(body, today=workspace.day_of(now), wrong=wrong)
    if wrong:
        return None
    query = select(ClientBase).where(
        ClientBase.starts_on == days["starts_on"],
        ClientBase.ends_on == days["ends_on"],
        ClientBase.voided_at.is_(None),
    )
    name = folded(str(body.get("territory") or ""))
    return next((b for b in db.session.scalars(query) if folded(b.territory) == name), None)
