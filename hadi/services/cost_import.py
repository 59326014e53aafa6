"""Costs out of a list: shown first, line by line, then entered as a whole or not at all.

A list comes as people have it: from a spreadsheet, from bookkeeping, with decimal commas and days
as 02.03.2026. A line that the ledger has already is not entered a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO

from hadi.domain.costs import CostKind
from hadi.domain.errors import Blocked, Invalid, Unreadable
from hadi.domain.folding import folded
from hadi.domain.money import Money
from hadi.domain.months import no_day, read_when
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line
from hadi.models import Hypothesis, Test
from hadi.services import costs, hypotheses
from hadi.speech import NAMES, BabelSpeaker

MOST_LINES = 1_000
MOST_FAULTS = 50
ORDER = ("spent_on", "kind", "amount", "currency", "note")
_TITLES: Mapping[str, tuple[str, ...]] = {
    "spent_on": ("spent on", "date", "day", "дата", "день", "dátum", "nap"),
    "kind": ("what for", "type", "category", "вид", "тип", "статья", "категория", "típus"),
    "amount": ("sum", "cost", "сумма", "стоимость", "расход", "összeg", "költség"),
    "currency": ("валюта", "pénznem", "deviza"),
    "note": ("comment", "description", "примечание", "комментарий", "описание", "megjegyzés"),
    "hypothesis": ("hypothesis_id", "hypothesis id", "гипотеза", "hipotézis"),
    "voided": ("зачеркнуто",),
}  # fmt: skip
_KINDS: Mapping[str, CostKind] = {
    "hours": CostKind.WORK, "salary": CostKind.WORK, "wages": CostKind.WORK,
    "работа": CostKind.WORK, "часы": CostKind.WORK, "зарплата": CostKind.WORK,
    "munka": CostKind.WORK, "bér": CostKind.WORK, "materials": CostKind.GOODS,
    "товар": CostKind.GOODS, "товары": CostKind.GOODS, "материалы": CostKind.GOODS,
    "áru": CostKind.GOODS, "anyag": CostKind.GOODS, "обучение": CostKind.TRAINING,
    "тренинг": CostKind.TRAINING, "képzés": CostKind.TRAINING, "bonus": CostKind.DISCOUNT,
    "скидка": CostKind.DISCOUNT, "скидки": CostKind.DISCOUNT, "бонусы": CostKind.DISCOUNT,
    "kedvezmény": CostKind.DISCOUNT, "marketing": CostKind.ADVERTISING,
    "реклама": CostKind.ADVERTISING, "reklám": CostKind.ADVERTISING,
    "software": CostKind.EQUIPMENT, "оборудование": CostKind.EQUIPMENT,
    "eszköz": CostKind.EQUIPMENT, "прочее": CostKind.OTHER, "другое": CostKind.OTHER,
    "egyéb": CostKind.OTHER,
}  # fmt: skip
_CURRENCIES = {
    "€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "руб": "RUB", "р": "RUB", "ft": "HUF",
    "huf": "HUF", "евро": "EUR",
}  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_BESIDE = re.compile(r"(?P<before>[^\d.,+\-−]*)(?P<number>[+\-−]?[\d.,]+)(?P<after>[^\d,]*)")


class Does(StrEnum):
    """What a line of the list does."""

    ADD = "add"
    KNOWN = "known"  # the ledger has it
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what was read of it (or what it says, where it is wrong) and what is wrong."""

    line: int
    does: Does
    parts: Mapping[str, Any]
    cells: Mapping[str, str]
    faults: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list does, or has done; `unread` are the titles of columns that are not known."""

    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()

    def count(self, does: Does) -> int:
        return sum(row.does is does for row in self.rows)

    @property
    def faults(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.does is Does.FAULT)

    @property
    def sums(self) -> tuple[Money, ...]:
        """What is to be entered, one sum a currency."""
        found: dict[str, Decimal] = {}
        for row in self.rows:
            if row.does is Does.ADD:
                named = row.parts["currency"]
                found[named] = found.get(named, Decimal(0)) + row.parts["amount"]
        return tuple(Money(amount, currency) for currency, amount in sorted(found.items()))


def as_text(file: BinaryIO, filename: str) -> str:
    """The list in a file, as text that can be shown, mended and sent. Raises Unreadable."""
    return small_tables.as_text(small_tables.from_file(file, filename))


def preview(hypothesis_id: str, text: str, *, currency: str, by: Actor, now: datetime) -> Imported:
    """What the list would enter; nothing is stored. `currency` is that of lines which name none.
    Raises Unreadable, NotAllowed."""
    hypothesis = hypotheses.find(hypothesis_id, by=by)
    require(by, Permission.EDIT_COSTS, hypotheses.stake(hypothesis))
    test = hypothesis.current_test
    assert test is not None
    return _all(hypothesis, test, text, currency=currency, by=by, now=now)


def run(hypothesis_id: str, text: str, *, currency: str, by: Actor, now: datetime) -> Imported:
    """Enter the whole list. Raises Unreadable, NotAllowed, and Invalid with the faults by line
    where any line is wrong: then nothing is entered."""
    with costs.working(hypothesis_id, "import_costs", by=by, now=now) as (hypothesis, test):
        found = _all(hypothesis, test, text, currency=currency, by=by, now=now)
        if found.faults:
            told = {
                f"lines.{row.line}.{name}": Text(
                    "cost_import_fault", line=str(row.line), fault=fault
                )
                for row in found.faults[:MOST_FAULTS]
                for name, fault in row.faults.items()
            }
            raise Invalid(Text("cost_import_faults", n=len(found.faults)), told)
        for row in found.rows:
            if row.does is Does.ADD:
                costs.enter(hypothesis, test, row.parts, by=by, now=now)
    return found


def _all(
    hypothesis: Hypothesis, test: Test, text: str, *, currency: str, by: Actor, now: datetime
) -> Imported:
    lines = small_tables.from_text(text)
    if not lines:
        raise Unreadable(Text("cost_import_empty"))
    columns, unread = _columns(lines[0])
    body = lines[1:] if columns else lines
    columns = columns or {name: place for place, name in enumerate(ORDER)}
    if not body:
        raise Unreadable(Text("cost_import_empty"))
    if len(body) > MOST_LINES:
        raise Unreadable(Text("cost_import_long", most=MOST_LINES))
    known = Counter(
        _key(_parts_of(cost)) for cost in costs.listing(hypothesis, by=by) if not cost.is_void
    )
    kinds = _kinds()
    rows = [
        _row(line, columns, kinds, known, hypothesis, test, currency=currency, now=now)
        for line in body
    ]
    return Imported(tuple(rows), tuple(unread))


def _parts_of(cost: Any) -> dict[str, Any]:
    """An entry's parts, as those of a line."""
    return {name: getattr(cost, name) for name in ORDER}


def _row(
    line: Line,
    columns: Mapping[str, int],
    kinds: Mapping[str, CostKind],
    known: Counter[tuple[Any, ...]],
    hypothesis: Hypothesis,
    test: Test,
    *,
    currency: str,
    now: datetime,
) -> Row:
    cells = {
        name: line.cells[place] if place < len(line.cells) else ""
        for name, place in columns.items()
    }
    if cells.get("voided"):  # an exported ledger: what is struck out there counts for nothing
        return Row(line.number, Does.KNOWN, {}, cells)
    wrong: dict[str, Text] = {}
    other = folded(cells.get("hypothesis", ""))
    if other and other not in (folded(hypothesis.key), hypothesis.id):
        wrong["hypothesis"] = Text("cost_import_other", key=cells["hypothesis"][:40])
    amount, sign = _amount(cells.get("amount", ""), wrong)
    written = cells.get("currency", "")
    named = _CURRENCIES.get(folded(written).rstrip("."), written) or sign or currency
    body = {
        "spent_on": _day(cells.get("spent_on", ""), wrong),
        "kind": _kind(cells.get("kind", ""), kinds, wrong),
        "amount": amount,
        "currency": named,
        "note": cells.get("note", ""),
    }
    parts: dict[str, Any] = {}
    try:
        parts = costs.read_parts(body, now)
        costs.refuse_after_stop(test, parts["spent_on"])
    except Invalid as refusal:
        wrong = {**refusal.fields, **wrong}
    except Blocked as refusal:
        wrong.setdefault("spent_on", refusal.blockers[0].text)
    if wrong:
        return Row(line.number, Does.FAULT, {}, cells, wrong)
    key = _key(parts)
    if known[key]:
        known[key] -= 1  # two alike in the list, one of them in the ledger: the other is new
        return Row(line.number, Does.KNOWN, parts, cells)
    return Row(line.number, Does.ADD, parts, cells)


def _key(parts: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(parts[name] for name in ORDER)


def _amount(cell: str, wrong: dict[str, Text]) -> tuple[str | None, str | None]:
    """The amount as plain digits, and the currency whose sign stands beside it. One sign before
    three digits could mean a thousand or a thousandth: that is asked and not guessed."""
    found = _BESIDE.fullmatch(_SPACES.sub("", cell))
    if found is None:
        wrong["amount"] = Text("amount_unreadable")
        return None, None
    beside = folded(found["before"] or found["after"]).strip(".")
    digits = found["number"].replace("−", "-")
    if "," in digits and "." in digits:
        thousands = "." if digits.rindex(",") > digits.rindex(".") else ","
        digits = digits.replace(thousands, "")
    elif re.fullmatch(r"\d{1,3}([.,])\d{3}(\1\d{3})+", digits):
        digits = digits.replace(",", "").replace(".", "")
    elif re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        whole, sign = re.sub("[.,]", "", digits), digits.replace(",", ".").rstrip("0")
        wrong["amount"] = Text("cost_import_amount", written=cell[:40], whole=whole, part=sign)
        return None, None
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        wrong["amount"] = Text("amount_unreadable")
        return None, None
    letters = beside.upper() if len(beside) == 3 and beside.isalpha() and beside.isascii() else None
    return digits, _CURRENCIES.get(beside, letters)


def _day(cell: str, wrong: dict[str, Text]) -> object:
    """The day; what is none goes to the rules as it is, which name it."""
    found = read_when(cell) if cell else None
    if cell and (found is None or found.day is None or found.is_week):
        wrong["spent_on"] = no_day(cell, Text("cost_import_day", written=cell[:40]))
    return found.day if found is not None and found.day is not None else None


def _kind(cell: str, kinds: Mapping[str, CostKind], wrong: dict[str, Text]) -> str | None:
    found = kinds.get(folded(cell)) if cell else None
    if cell and found is None:
        listed = ", ".join(kind.value for kind in CostKind)
        wrong["kind"] = Text("cost_import_kind", written=cell[:40], options=listed)
    return found.value if found else None


def _columns(head: Line) -> tuple[dict[str, int], list[str]]:
    """Where each part stands and the titles that say nothing; nothing where the first line holds a
    cost and no titles. Raises Unreadable."""
    titles = _titles()
    named = [titles.get(folded(cell)) for cell in head.cells]
    if not any(named):
        with suppress(IndexError):
            if read_when(head.cells[0]) is not None:
                return {}, []
        raise Unreadable(Text("cost_import_no_titles"))
    found: dict[str, int] = {}
    for place, name in enumerate(named):
        if name is not None:
            found.setdefault(name, place)
    missing = [name for name in ("spent_on", "kind", "amount") if name not in found]
    if missing:
        raise Unreadable(Text("cost_import_column", column=Text(f"cost_export_{missing[0]}")))
    unread = [cell for cell, name in zip(head.cells, named, strict=True) if cell and not name]
    return found, unread


def _titles() -> dict[str, str]:
    """What a column may be called -> the part that it holds."""
    found: dict[str, str] = {}
    for name in _TITLES:
        said = [BabelSpeaker(language).say(Text(f"cost_export_{name}")) for language in NAMES]
        for title in (name, name.replace("_", " "), *said, *_TITLES[name]):
            found.setdefault(folded(title), name)
    return found


def _kinds() -> dict[str, CostKind]:
    """How a kind may be written -> the kind."""
    found = {folded(written): kind for written, kind in _KINDS.items()}
    for kind in CostKind:
        said = [BabelSpeaker(language).say(Text(f"cost_{kind.value}")) for language in NAMES]
        found |= {folded(written): kind for written in (kind.value, *said)}
    return found
