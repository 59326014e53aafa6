"""Lists of periods and of client bases: which column is which, by what people call them.

What stands between leads and clients are the stages. A column that is not known is named and left
aside, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.folding import folded
from hadi.domain.lever_reading import read_period
from hadi.domain.text import Text
from hadi.domain.turnover import Turnover
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line
from hadi.speech import NAMES, BabelSpeaker

MOST_LINES = 2_000
PERIOD_NAMES: Mapping[str, tuple[str, ...]] = {
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
BASE_NAMES: Mapping[str, tuple[str, ...]] = {
    "territory": ("territory", "region", "store", "unit", "территория", "регион", "магазин",
                  "terület", "régió", "bolt"),
    "starts_on": PERIOD_NAMES["starts_on"],
    "ends_on": PERIOD_NAMES["ends_on"],
    "active": ("active", "active clients", "akb", "акб", "активные", "активные клиенты",
               "aktív", "aktív ügyfelek"),
    "ever": ("ever", "ever bought", "okb", "окб", "общая база", "покупали когда-либо",
             "valaha vásárolt", "teljes"),
    "potential": ("potential", "could buy", "потенциальные", "потенциальная база", "potenciális"),
    "note": PERIOD_NAMES["note"],
}  # fmt: skip
# Columns that an export has, and an import works out by itself.
_DERIVED = ("conversion", "check", "frequency", "who", "who_email", "entered", "voided",
            "void_reason", "definition", "whole", "ratio", "stages")  # fmt: skip
_NEEDED = {"period": ("starts_on", "leads", "clients", "purchases", "revenue"),
           "base": ("territory", "active")}  # fmt: skip
_MONEY = re.compile(r"[^\d.,\-]")
_POWER = re.compile(r"\d+([.,]\d+)?[eE][+-]?\d{1,2}")
_NO_AMOUNT = re.compile(r"[%()]|\d[^\W\d]+\d")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each part stands, the stages with their places, and what was not taken."""

    places: Mapping[str, int]
    stages: tuple[tuple[str, int], ...]
    unread: tuple[str, ...]

    def body(self, line: Line) -> dict[str, Any]:
        """A line by its parts, as the rules read it."""
        found: dict[str, Any] = {name: _cell(line, place) for name, place in self.places.items()}
        if self.stages:
            cells = [(name, _cell(line, place)) for name, place in self.stages]
            found["stages"] = [(name, cell) for name, cell in cells if cell]
        return found


def lines_of(text: str) -> list[Line]:
    lines = small_tables.from_text(text)
    if len(lines) < 2:
        raise Unreadable(Text("lever_import_empty"))
    if len(lines) > MOST_LINES + 1:
        raise Unreadable(Text("small_table_long", most=MOST_LINES))
    return lines


def columns_of(
    head: Line, names: Mapping[str, Sequence[str]], kind: str, *, has_stages: bool
) -> Columns:
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
    return Columns(
        places,
        tuple(inner),
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


def amount_in(cell: object) -> str:
    """An amount as it stands in a list: its groups and its currency's sign taken away. What is no
    amount stays as it is, to be refused: a share, one in brackets, digits with letters between."""
    written = str(cell or "").strip()
    if _POWER.fullmatch(written):  # 1.2E+06: the column was too narrow
        return f"{Decimal(written.replace(',', '.')):f}"
    if _NO_AMOUNT.search(written):
        return written
    bare = _MONEY.sub("", str(cell or "")).strip(".,")
    if "," in bare and "." in bare:
        last = max(bare.rfind(","), bare.rfind("."))
        return re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", bare):
        return re.sub(r"[.,]", "", bare)
    return bare


def _cell(line: Line, place: int) -> str:
    return line.cells[place] if place < len(line.cells) else ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A period of a list, with its days."""

    unit: str
    starts_on: date
    ends_on: date
    currency: str
    turnover: Turnover


def read_turnovers(
    lines: Sequence[Line], *, currency: str, today: date
) -> tuple[list[Counted], Columns]:
    """The periods of a list, for whoever stores none. Raises Unreadable, naming the first line
    that is wrong."""
    columns = columns_of(lines[0], PERIOD_NAMES, "period", has_stages=True)
    return list(_turnovers(lines[1:], columns, currency, today)), columns


def _turnovers(
    lines: Sequence[Line], columns: Columns, currency: str, today: date
) -> Iterator[Counted]:
    for line in lines:
        body = columns.body(line)
        body["currency"] = body.get("currency") or currency
        body["revenue"] = amount_in(body.get("revenue"))
        try:
            read = read_period(body, today=today)
        except Invalid as refused:
            fault = next(iter(refused.fields.values()), refused.text)
            said = Text("lever_import_fault", line=str(line.number), fault=fault)
            raise Unreadable(said) from None
        yield Counted(
            str(body.get("unit") or ""), read["starts_on"], read["ends_on"], read["currency"],
            Turnover(
                leads=read["leads"], clients=read["clients"], purchases=read["purchases"],
                revenue=read["revenue"], stages=tuple((n, c) for n, c in read["stages"]),
            ),
        )  # fmt: skip
