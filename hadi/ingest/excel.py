"""Workbooks, Excel's and OpenDocument's: which sheet is the table, or which sheets are the arms."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import layout
from hadi.ingest.choices import Choices
from hadi.ingest.limits import Limits
from hadi.ingest.progress import Progress
from hadi.ingest.report import Decision
from hadi.ingest.sheetcells import written
from hadi.ingest.sheets import Book, opened
from hadi.ingest.sheettables import Plan, Survey, Table, kept_columns, plan_of, survey, table_of
from hadi.ingest.sniffing import FileKind
from hadi.ingest.staging import Header, clean_header
from hadi.ingest.unzipping import Scan, check_workbook

Sheets: TypeAlias = Literal["auto", "one", "as_arms"]

ALL = "*"  # as a choice of sheet: every one, stacked; no sheet's name may hold it
MAX_ARMS = 20
_ARM_NAMES = {"variant", "group", "arm", "treatment", "test group", "test_group", "version"}


@dataclass(frozen=True, slots=True)
class Staged:
    """A workbook's table as a CSV of ours, ready to be staged like any other."""

    path: Path
    header: Header
    sheet: str
    notes: tuple[Text, ...]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A table that was gone over, under the names it gets."""

    table: Table
    survey: Survey
    header: Header

    def plan(self, choices: Choices) -> Plan:
        return plan_of(self.table, self.survey, self.header.names, choices)


def read_workbook(
    path: Path,
    filename: str,
    folder: Path,
    limits: Limits,
    *,
    kind: FileKind = FileKind.XLSX,
    choices: Choices | None = None,
    sheet: str | None = None,
    sheets: Sheets = "auto",
    progress: Progress | None = None,
) -> Staged:
    """Write the workbook's table as CSV into `folder`.

    `sheet` (or the choice) names the one to read. Otherwise, where every sheet that holds a table
    has the same header and no column could name the arm, the sheets are the arms: they are
    stacked, with a column that holds the sheet's name. Else the first with a table is read; where
    others have the same header, which one is meant is a question.
    """
    choices = choices or Choices()
    wanted = choices.sheet or sheet
    if wanted == ALL:
        wanted, sheets = None, "as_arms"
    scan = Scan()
    if kind is not FileKind.XLS:
        scan = check_workbook(path, filename, kind, limits, progress)
    with opened(path, filename, scan) as book:
        return _read(book, filename, folder, limits, choices, wanted, sheets)


def _read(
    book: Book,
    filename: str,
    folder: Path,
    limits: Limits,
    choices: Choices,
    wanted: str | None,
    sheets: Sheets,
) -> Staged:
    if wanted is not None and wanted not in book.listed:
        names = ", ".join(f"“{name}”" for name in book.listed)
        raise Unreadable(Text("file_sheet_missing", file=filename, sheet=wanted, sheets=names))
    looked_at = [wanted] if wanted else [n for n in book.listed if n not in book.hidden]
    opened_sheets = [sheet for sheet in map(book.sheet, looked_at) if sheet is not None]
    found = [table_of(sheet, choices) for sheet in opened_sheets]
    found = [table for table in found if table.has_rows]
    if not found:
        raise _no_rows(book, filename)
    alike = [table for table in found if table.names == found[0].names]
    is_alike = len(found) > 1 and len(alike) == len(found)
    if sheets == "as_arms" and not is_alike:
        raise Unreadable(Text("file_sheets_differ", file=filename))
    if is_alike and (sheets == "as_arms" or (sheets == "auto" and len(found) <= MAX_ARMS)):
        reads = [_gone_over(table, filename, limits, choices) for table in found]
        if sheets == "as_arms" or not _has_arm_column(reads):
            return _stacked(book, reads, folder, choices, filename)
    read = _gone_over(found[0], filename, limits, choices)
    if read.survey.rows == 0:
        raise _no_rows(book, filename)
    plan = read.plan(choices)
    target = _write(folder, read.header.names, plan.rows())
    name = found[0].sheet.name
    notes = (*read.header.notes, *_sheet_notes(book, found), *_header_notes(read), *plan.notes)
    is_question = len(alike) > 1 and wanted is None and sheets == "auto"
    decisions = [*_header_decisions(read, choices), *plan.decisions]
    if len(book.listed) > 1:
        code = "decided_sheet_alike" if is_question else "decided_sheet"
        stackable = (ALL,) if is_alike or (wanted and len(book.listed) > 1) else ()
        decisions.insert(
            0,
            Decision(
                "sheet",
                None if is_question else name,
                (*book.listed, *stackable),
                is_chosen=choices.sheet is not None,
                detail=Text(code),
            ),
        )
    return Staged(target, read.header, name, notes, tuple(decisions))


def _no_rows(book: Book, filename: str) -> Unreadable:
    has_formulas = any(facts.uncached for facts in book.scan.sheets.values())
    return Unreadable(Text("file_formulas_only" if has_formulas else "file_no_rows", file=filename))


def _gone_over(table: Table, filename: str, limits: Limits, choices: Choices) -> _Read:
    found = survey(table, choices)
    columns = kept_columns(table, found)
    names = [table.names[place] for place in columns]
    header = clean_header(names, filename, limits, choices.headers)
    return _Read(table, found, header)


def _has_arm_column(reads: Sequence[_Read]) -> bool:
    """Whether a column could name the arm: called so, or of few different words."""
    names = reads[0].table.names
    if any(name.casefold() in _ARM_NAMES for name in names):
        return True
    words: list[set[str] | None] = [set() for _ in names]
    for read in reads:
        for _, row in read.table.rows():
            for place, cell in enumerate(row):
                seen = words[place]
                if seen is None or layout.is_blank(cell):
                    continue
                if isinstance(cell, str):
                    seen.add(cell)
                if not isinstance(cell, str) or len(seen) > MAX_ARMS:
                    words[place] = None
    return any(seen is not None and len(seen) >= 2 for seen in words)


def _stacked(
    book: Book, reads: Sequence[_Read], folder: Path, choices: Choices, filename: str
) -> Staged:
    if len({read.header.names for read in reads}) > 1:
        raise Unreadable(Text("file_sheets_differ", file=filename))
    first = reads[0]
    names = first.header.names
    taken = {name.casefold() for name in names}
    column = next(name for name in ("sheet", "sheet name", "sheet of arm") if name not in taken)
    header = replace(first.header, names=(column, *names))
    plans = [read.plan(choices) for read in reads]
    rows = ([plan.table.sheet.name, *row] for plan in plans for row in plan.rows())
    stacked = [read.table.sheet.name for read in reads]
    listed = ", ".join(f"“{name}”" for name in stacked)
    notes = [*header.notes, Text("note_sheets_as_arms", sheets=listed, column=column)]
    notes += _hidden(book)
    decisions = [
        Decision(
            "sheet",
            ALL,
            (ALL, *book.listed),
            is_chosen=choices.sheet == ALL,
            detail=Text("decided_sheets_stacked"),
        ),
        *_header_decisions(first, choices),
    ]
    for plan in plans:
        notes += [note for note in plan.notes if note not in notes]
        known = {(d.field, d.column) for d in decisions}
        decisions += [d for d in plan.decisions if (d.field, d.column) not in known]
    target = _write(folder, header.names, rows)
    return Staged(target, header, listed, tuple(notes), tuple(decisions))


def _sheet_notes(book: Book, found: Sequence[Table]) -> list[Text]:
    read = found[0].sheet
    notes: list[Text] = []
    if len(found) > 1:
        others = ", ".join(f"“{table.sheet.name}”" for table in found[1:])
        notes.append(Text("note_other_sheets", sheet=read.name, others=others))
    if read.is_hidden:
        notes.append(Text("note_hidden_sheet_read", sheet=read.name))
    return notes + _hidden(book, read.name)


def _hidden(book: Book, read: str | None = None) -> list[Text]:
    hidden = [f"“{name}”" for name in book.hidden if name != read]
    return [Text("note_hidden_sheets", sheets=", ".join(hidden))] if hidden else []


def _header_notes(read: _Read) -> list[Text]:
    table = read.table
    notes: list[Text] = []
    above = table.sheet.head[: table.layout.first]
    if any(layout.filled(row) for row in above):
        row = str(table.row_number(table.layout.first))
        notes.append(Text("note_titles_above", row=row))
    if table.layout.count > 1:
        example = next((n for n in read.header.names if " / " in n), read.header.names[0])
        rows = str(table.layout.count)
        notes.append(Text("note_header_joined", rows=rows, example=example))
    return notes


def _header_decisions(read: _Read, choices: Choices) -> list[Decision]:
    table = read.table
    places = [i for i, row in enumerate(table.sheet.head) if layout.filled(row)][:12]
    rows = dict.fromkeys(str(table.row_number(i)) for i in (*places, table.layout.first))
    counts = [str(n) for n in range(layout.MAX_HEADER_ROWS + 1)]
    return [
        Decision(
            "header_row",
            str(table.row_number(table.layout.first)),
            tuple(rows),
            is_chosen=choices.header_row is not None,
            detail=Text("decided_sheet_header_row"),
            examples=tuple(written(c) for c in table.sheet.head[table.layout.first] if c != "")[:3],
        ),
        Decision(
            "header_rows",
            str(table.layout.count),
            tuple(counts),
            is_chosen=choices.header_rows is not None,
            detail=Text("decided_sheet_header_rows"),
        ),
    ]


def _write(folder: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    target = folder / "sheet.csv"
    with target.open("w", encoding="utf-8", newline="", errors="replace") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    return target
