"""Periods of revenue and client bases out of a list: shown first, line by line, then stored as a
whole or not at all.

A line whose days (and unit, or territory) are entered already corrects that entry. Columns are
known by what people call them; what stands between leads and clients are the stages. A column that
is not known is named and left aside, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from hadi.db import await_turn, db, transaction
from hadi.domain.errors import HadiError, Invalid, Unreadable
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line
from hadi.models import ClientBase, LeverPeriod
from hadi.services import client_bases, lever_periods
from hadi.services.lever_reading import read_span
from hadi.services.unit_import import Does
from hadi.speech import NAMES, BabelSpeaker

MOST_FAULTS = 50
_PERIOD_NAMES: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit", "store", "shop", "territory", "team", "магазин", "точка", "подразделение",
             "территория", "bolt", "üzlet", "egység", "terület"),
    "starts_on": ("from", "starts on", "start", "month", "week", "period", "date", "с", "начало",
                  "месяц", "неделя", "период", "дата", "hónap", "hét", "időszak", "kezdet", "tól"),
    "ends_on": ("to", "ends on", "end", "till", "по", "до", "конец", "vége", "ig"),
    "leads": ("leads", "visitors", "requests", "лиды", "обращения", "посетители", "трафик",
              "érdeklődők", "látogatók", "leadek"),
    "clients": ("clients", "customers", "buyers", "клиенты", "покупатели", "ügyfelek", "vevők"),
    "purchases": ("purchases", "orders", "receipts", "checks", "покупки", "заказы", "чеки",
                  "vásárlások", "rendelések", "blokkok"),
    "revenue": ("revenue", "sales", "turnover", "выручка", "оборот", "продажи", "bevétel",
                "árbevétel", "forgalom"),
    "currency": ("currency", "валюта", "pénznem"),
    "note": ("note", "comment", "примечание", "комментарий", "megjegyzés"),
}  # fmt: skip
_BASE_NAMES: Mapping[str, tuple[str, ...]] = {
    "territory": ("territory", "region", "store", "unit", "территория", "регион", "магазин",
                  "terület", "régió", "bolt"),
    "starts_on": _PERIOD_NAMES["starts_on"],
    "ends_on": _PERIOD_NAMES["ends_on"],
    "active": ("active", "active clients", "akb", "акб", "активные", "активные клиенты",
               "aktív", "aktív ügyfelek"),
    "ever": ("ever", "ever bought", "okb", "окб", "общая база", "покупали когда-либо",
             "valaha vásárolt", "teljes"),
    "potential": ("potential", "could buy", "потенциальные", "потенциальная база", "potenciális"),
    "note": _PERIOD_NAMES["note"],
}  # fmt: skip
# Columns that an export has, and an import works out by itself.
_DERIVED = ("conversion", "check", "frequency", "who", "who_email", "entered", "voided",
            "void_reason", "definition", "whole", "ratio", "stages")  # fmt: skip
_NEEDED = {"period": ("starts_on", "leads", "clients", "purchases", "revenue"),
           "base": ("territory", "active")}  # fmt: skip
_MONEY = re.compile(r"[^\d.,\-]")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: what it does, and what is wrong with it."""

    line: int
    label: str
    does: Does
    faults: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list does, or has done. `columns` are (title, part) as they were taken."""

    rows: tuple[Row, ...]
    columns: tuple[tuple[str, str], ...]
    stages: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def faults(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.does is Does.FAULT)

    def count(self, does: Does) -> int:
        return sum(row.does is does for row in self.rows)


class _Undone(Exception):
    """Ends a preview; no error."""


@dataclass(frozen=True, slots=True)
class _Columns:
    places: Mapping[str, int]
    stages: tuple[tuple[str, int], ...]
    titles: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]


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
    lines = _lines(text)
    columns = _columns(lines[0], _PERIOD_NAMES, "period", has_stages=True)

    def put(body: dict[str, Any], at: datetime) -> tuple[str, Does]:
        body["unit"] = body.get("unit") or unit
        body["currency"] = body.get("currency") or currency
        body["revenue"] = _amount(body.get("revenue"))
        body["ends_on"] = body.get("ends_on") or body.get("starts_on")
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
    lines = _lines(text)
    columns = _columns(lines[0], _BASE_NAMES, "base", has_stages=False)

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
    columns: _Columns,
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
            found.append(Imported(rows, columns.titles, names, columns.unread))
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


def _row(line: Line, columns: _Columns, put: Put, now: datetime) -> Row:
    def cell(place: int) -> str:
        return line.cells[place] if place < len(line.cells) else ""

    body: dict[str, Any] = {name: cell(place) for name, place in columns.places.items()}
    if columns.stages:
        body["stages"] = [(name, cell(place)) for name, place in columns.stages if cell(place)]
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
    days = read_span(body, now=now, wrong=wrong)
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
    days = read_span(body, now=now, wrong=wrong)
    if wrong:
        return None
    query = select(ClientBase).where(
        ClientBase.starts_on == days["starts_on"],
        ClientBase.ends_on == days["ends_on"],
        ClientBase.voided_at.is_(None),
    )
    name = folded(str(body.get("territory") or ""))
    return next((b for b in db.session.scalars(query) if folded(b.territory) == name), None)


def _lines(text: str) -> list[Line]:
    lines = small_tables.from_text(text)
    if len(lines) < 2:
        raise Unreadable(Text("lever_import_empty"))
    if len(lines) > lever_periods.MOST + 1:
        raise Unreadable(Text("small_table_long", most=lever_periods.MOST))
    return lines


def _columns(
    head: Line, names: Mapping[str, Sequence[str]], kind: str, *, has_stages: bool
) -> _Columns:
    """Where each part stands. Raises Unreadable naming what is missing or there twice."""
    titles = _titles(names)
    derived = _titles(dict.fromkeys(_DERIVED, ()))
    places: dict[str, int] = {}
    others: list[tuple[str, int]] = []
    for place, title in enumerate(head.cells):
        name = titles.get(folded(title))
        if name is None:
            if title and folded(title) not in derived:
                others.append((title, place))
        elif name in places:
            first = head.cells[places[name]]
            raise Unreadable(Text("lever_import_twice", first=first, second=title))
        else:
            places[name] = place
    missing = [name for name in _NEEDED[kind] if name not in places]
    if missing:
        column = Text(f"lever_export_{missing[0]}")
        raise Unreadable(Text("lever_import_missing", column=column))
    inner = []
    if has_stages:
        low, high = sorted((places["leads"], places["clients"]))
        inner = [(title, place) for title, place in others if low < place < high]
    return _Columns(
        places,
        tuple(inner),
        tuple((head.cells[place], name) for name, place in places.items()),
        tuple(title for title, place in others if (title, place) not in inner),
    )


def _titles(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What a column may be called -> the part that it holds."""
    found: dict[str, str] = {}
    for name, ways in names.items():
        said = [BabelSpeaker(language).say(Text(f"lever_export_{name}")) for language in NAMES]
        for title in (name, name.replace("_", " "), *ways, *said):
            found.setdefault(folded(title), name)
    return found


def _amount(cell: object) -> str:
    """An amount as it stands in a list: its groups and its currency's sign taken away."""
    bare = _MONEY.sub("", str(cell or "")).strip(".,")
    if "," in bare and "." in bare:
        last = max(bare.rfind(","), bare.rfind("."))
        return re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", bare):
        return re.sub(r"[.,]", "", bare)
    return bare
