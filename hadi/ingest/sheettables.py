"""The table of a sheet: its header, its rows without totals and footnotes, and how its cells are
written.

The rows are gone over twice: once to learn what each column holds, once to write them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hadi.domain.text import Text
from hadi.ingest import layout
from hadi.ingest.choices import Choices, Totals
from hadi.ingest.layout import Layout, is_blank
from hadi.ingest.report import ColumnType, Decision
from hadi.ingest.sheetcells import Column, Days, Writing, is_error, written
from hadi.ingest.sheets import Sheet
from hadi.ingest.sheetscan import address

MAX_TOTALS = 10_000


@dataclass(slots=True)
class Survey:
    """What one pass over the rows has told. Rows count from the first of the sheet's table."""

    rows: int = 0
    columns: list[Column] = field(default_factory=list)
    totals: dict[int, str] = field(default_factory=dict)
    footnotes: list[int] = field(default_factory=list)
    errors: int = 0
    first_error: tuple[int, int] | None = None
    carried: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header found; `names` are as written, one for every column."""

    sheet: Sheet
    layout: Layout
    names: tuple[str, ...]

    @property
    def has_rows(self) -> bool:
        """Whether anything stands under the header, as far as the head goes."""
        under = self.sheet.head[self.layout.body :]
        return len(self.sheet.head) >= layout.HEAD or any(layout.filled(row) for row in under)

    def rows(self, survey: Survey | None = None) -> Iterator[tuple[int, list[Any]]]:
        """The rows under the header that are not blank, merged cells carried down over theirs."""
        starts: dict[int, list[layout.Merged]] = {}
        for each in self.sheet.merged:
            if each.top >= self.layout.body and each.bottom > each.top:
                starts.setdefault(each.top, []).append(each)
        active: list[tuple[layout.Merged, Any]] = []
        for place, row in enumerate(self.sheet.rows()):
            if place < self.layout.body:
                continue
            if active:
                active = [(m, value) for m, value in active if m.bottom >= place]
                for each, value in active:
                    if is_blank(row[each.left]):
                        row[each.left] = value
            for each in starts.get(place, ()):
                value = row[each.left]
                # A number that belongs to several rows together is not the number of each.
                if isinstance(value, str | dt.date) and not is_blank(value):
                    active.append((each, value))
                    if survey is not None:
                        survey.carried += 1
            yield place, row

    def cell(self, row: int, column: int) -> str:
        """The cell's name in the sheet, such as B7."""
        return address(self.sheet.top + row, self.sheet.left + column)

    def row_number(self, row: int) -> int:
        """The row's number in the sheet, as people count."""
        return self.sheet.top + row + 1


def table_of(sheet: Sheet, choices: Choices) -> Table:
    found = sheet.layout(first=choices.header_row, count=choices.header_rows)
    names = layout.names(sheet.head, sheet.merged, found, sheet.width, written)
    return Table(sheet, found, tuple(names))


def survey(table: Table, choices: Choices) -> Survey:
    """One pass over the rows."""
    found = Survey(columns=[Column() for _ in table.names])
    totals: list[tuple[int, list[Any]]] = []
    held: list[tuple[int, list[Any]]] = []  # lone cells under an empty row: footnotes, if they end
    is_after_blank = False
    for place, row in table.rows(found):
        count = len(row) - row.count("")
        if count < 3:  # it matters, and blanks may be written as spaces
            count = layout.filled(row)
        if count == 0:
            is_after_blank = True
            continue
        if is_after_blank and count == 1 and len(row) > 2 and _first_text(row) is not None:
            held.append((place, row))
            continue
        for each in held:
            _see(found, *each)
        held = []
        is_after_blank = False
        label = layout.total_label(row)
        if label is not None and len(totals) < MAX_TOTALS:
            found.totals[place] = label
            totals.append((place, row))
            continue
        _see(found, place, row)
    found.footnotes = [place for place, _ in held]
    if choices.totals is Totals.KEEP or not _are_totals(found):
        for each in totals:
            _see(found, *each)
    return found


def _first_text(row: list[Any]) -> str | None:
    return next((c for c in row if isinstance(c, str) and not is_blank(c)), None)


def _are_totals(found: Survey) -> bool:
    """Rows that sum up others; not those of a store that is called Total."""
    labels = [label.casefold() for label in found.totals.values()]
    if not labels or found.rows == 0:
        return False
    most = max(labels.count(label) for label in set(labels[:100]))
    return most <= max(1, layout.SHARE_OF_TOTALS * (found.rows + len(labels)))


def _see(found: Survey, place: int, row: list[Any]) -> None:
    found.rows += 1
    for at, (column, cell) in enumerate(zip(found.columns, row, strict=False)):
        if cell == "":
            continue
        if type(cell) is str:
            if is_blank(cell):
                continue
            if is_error(cell):
                found.errors += 1
                found.first_error = found.first_error or (place, at)
                continue
        column.see(place, cell)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is written: which columns and rows, each cell's writing, and what was said."""

    table: Table
    columns: tuple[int, ...]
    writings: tuple[Writing, ...]
    left_out: frozenset[int]
    notes: tuple[Text, ...]
    decisions: tuple[Decision, ...]

    def rows(self) -> Iterator[list[str]]:
        """The rows as text, without what is left out."""
        texts = [written if writing.is_plain else writing.text for writing in self.writings]
        ways = tuple(zip(self.columns, texts, strict=True))
        for place, row in self.table.rows():
            if place in self.left_out:
                continue
            cells = [text(row[column]) for column, text in ways]
            if any(cells):
                yield cells


def kept_columns(table: Table, found: Survey) -> tuple[int, ...]:
    """Without those that have neither a name nor a cell."""
    pairs = enumerate(zip(table.names, found.columns, strict=True))
    return tuple(place for place, (name, column) in pairs if name or column.filled)


def plan_of(table: Table, found: Survey, names: tuple[str, ...], choices: Choices) -> Plan:
    """How the table is written under `names`, those of its kept columns."""
    columns = kept_columns(table, found)
    notes: list[Text] = []
    decisions: list[Decision] = []
    writings: list[Writing] = []
    is_1904 = table.sheet.is_1904
    for place, name in zip(columns, names, strict=True):
        chosen = choices.columns.get(name)
        kind = chosen.type if chosen is not None else None
        column = found.columns[place]
        writing = _writing(column, name, kind, is_1904)
        writings.append(writing)
        notes += _column_notes(table, place, name, column, writing)
        decisions += _column_decisions(table, place, name, column, kind)
    left_out = set(found.footnotes)
    if _are_totals(found):
        if choices.totals is not Totals.KEEP:
            left_out |= set(found.totals)
        decisions.append(_totals_decision(found, choices))
    notes += _row_notes(table, found, is_leaving_out=bool(left_out & set(found.totals)))
    return Plan(
        table, columns, tuple(writings), frozenset(left_out), tuple(notes), tuple(decisions)
    )


_DAYS = (ColumnType.DATE, ColumnType.TIME)


def _writing(column: Column, name: str, kind: ColumnType | None, is_1904: bool) -> Writing:
    serials = column.days is Days.SERIALS or column.looks_like_days(name)
    if kind is not None:
        serials = kind in _DAYS and column.numbers > 0
    has_time = column.instants > 0 or (serials and column.fractions > 0)
    return Writing(
        serials=serials,
        instants=has_time or kind is ColumnType.TIME,
        number_texts=column.has_number_texts and kind is not ColumnType.TEXT,
        no_midnights=column.has_zero_dates,
        is_1904=is_1904,
    )


def _column_notes(
    table: Table, place: int, name: str, column: Column, writing: Writing
) -> Iterator[Text]:
    def cell(row: int | None) -> str:
        return table.cell(row or 0, place)

    if writing.serials and column.dates:
        first = cell(column.first_number)
        yield Text("note_serial_dates", column=name, n=column.numbers, cell=first)
    if writing.no_midnights:
        first = cell(column.first_midnight)
        yield Text("note_zero_dates", column=name, n=column.midnights, cell=first)
    if writing.number_texts:
        first = cell(column.first_number_text)
        yield Text("note_numbers_as_text", column=name, n=column.number_texts, cell=first)
    if column.is_mixed and column.first_text is not None:
        row, value = column.first_text
        yield Text("note_text_among_numbers", column=name, cell=cell(row), value=shown(value))


def _column_decisions(
    table: Table, place: int, name: str, column: Column, kind: ColumnType | None
) -> Iterator[Decision]:
    """Whether numbers are days, where the sheet itself does not say."""
    if column.looks_like_days(name):
        day = ColumnType.TIME if column.fractions else ColumnType.DATE
        plain = ColumnType.NUMBER if column.fractions else ColumnType.INTEGER
        detail = Text("decided_serial_dates", value=written(column.least))
    elif column.days is not Days.AS_IS:
        day = ColumnType.TIME if column.instants or column.fractions else ColumnType.DATE
        plain = ColumnType.TEXT
        first = table.cell(column.first_date or 0, place)
        detail = Text("decided_dates_or_numbers", cell=first)
        if column.days is Days.SERIALS and kind is None:
            return  # told by its note; a day-like number among dates is a day
    else:
        return
    is_unclear = column.days is Days.UNCLEAR
    value = kind.value if kind else (None if is_unclear else day.value)
    options = (day.value, plain.value)
    yield Decision("type", value, options, name, is_chosen=kind is not None, detail=detail)


def _totals_decision(found: Survey, choices: Choices) -> Decision:
    taken = choices.totals or Totals.LEAVE_OUT
    labels = tuple(dict.fromkeys(found.totals.values()))[:3]
    detail = Text("decided_totals", n=len(found.totals))
    options = tuple(each.value for each in Totals)
    return Decision(
        "totals",
        taken.value,
        options,
        is_chosen=choices.totals is not None,
        detail=detail,
        examples=labels,
    )


def _row_notes(table: Table, found: Survey, *, is_leaving_out: bool) -> Iterator[Text]:
    if is_leaving_out:
        row, label = next(iter(found.totals.items()))
        number = str(table.row_number(row))
        yield Text("note_totals_left_out", n=len(found.totals), label=shown(label), row=number)
    if found.footnotes:
        first = str(table.row_number(found.footnotes[0]))
        yield Text("note_footnotes_left_out", n=len(found.footnotes), row=first)
    if found.carried:
        yield Text("note_merged_carried", n=found.carried)
    facts = table.sheet.facts
    errors = facts.errors + found.errors
    if errors:
        first_cell = facts.first_error
        if first_cell is None and found.first_error is not None:
            first_cell = table.cell(*found.first_error)
        yield Text("note_error_cells", n=errors, cell=first_cell or "?")
    if facts.uncached:
        cell = facts.first_uncached or "?"
        yield Text("note_uncached_formulas", n=facts.uncached, cell=cell)


def shown(value: str) -> str:
    """A cell within a sentence: one line, not too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return clean if len(clean) <= 60 else f"{clean[:57]}..."
