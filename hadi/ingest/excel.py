"""Excel workbooks: which sheet is the table, or which sheets are the arms."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.ingest.staging import Header, clean_header
from hadi.ingest.unzipping import check_workbook

Sheets = Literal["auto", "one", "as_arms"]

MAX_ARMS = 20
_ARM_NAMES = {"variant", "group", "arm", "treatment", "test group", "test_group", "version"}


@dataclass(frozen=True, slots=True)
class Staged:
    """A workbook's table as a CSV of ours, ready to be staged like any other."""

    path: Path
    header: Header
    sheet: str
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    header: Header
    rows: Sequence[Sequence[Any]]


def read_workbook(
    path: Path,
    filename: str,
    folder: Path,
    limits: Limits,
    *,
    sheet: str | None = None,
    sheets: Sheets = "auto",
) -> Staged:
    """Write the workbook's table as CSV into `folder`.

    `sheet` names the one to read. Otherwise, where every sheet that is not empty has the same
    header and no column could name the arm, the sheets are the arms: they are stacked, with a
    column that holds the sheet's name. Else the first sheet that is not empty is read.
    """
    check_workbook(path, filename, limits)
    found = _open(path, filename, limits, sheet)
    if not found:
        raise Unreadable(Text("file_no_rows", file=filename))
    is_alike = len(found) > 1 and len({s.header.names for s in found}) == 1
    if sheets == "as_arms" and not is_alike:
        raise Unreadable(Text("file_sheets_differ", file=filename))
    is_stacked = is_alike and (
        sheets == "as_arms"
        or (sheets == "auto" and len(found) <= MAX_ARMS and not _has_arm_column(found))
    )
    if is_stacked:
        return _stacked(found, folder)
    first = found[0]
    notes = list(first.header.notes)
    if len(found) > 1:
        others = ", ".join(f"“{s.name}”" for s in found[1:])
        notes.append(Text("note_other_sheets", sheet=first.name, others=others))
    target = _write(folder, [first.header.names], first.rows)
    return Staged(target, first.header, first.name, tuple(notes))


def _open(path: Path, filename: str, limits: Limits, wanted: str | None) -> list[_Sheet]:
    """The sheets that have a header and rows, in the workbook's order."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            sheets = [
                s for s in workbook.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            listed = [s.name for s in sheets]
            shown = [s.name for s in sheets if s.visible == calamine.SheetVisibleEnum.Visible]
            if wanted is not None and wanted not in listed:
                names = ", ".join(f"“{name}”" for name in listed)
                raise Unreadable(
                    Text("file_sheet_missing", file=filename, sheet=wanted, sheets=names)
                )
            read = [
                (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=True))
                for name in ([wanted] if wanted is not None else shown)
            ]
    except calamine.PasswordError:
        raise Unreadable(Text("file_encrypted", file=filename)) from None
    except calamine.CalamineError:
        raise Unreadable(Text("file_xlsx_broken", file=filename)) from None
    tables: list[_Sheet] = []
    for name, rows in read:
        rows = [row for row in rows if any(cell != "" for cell in row)]
        if len(rows) > 1:
            header = clean_header([_text(cell) for cell in rows[0]], filename, limits)
            tables.append(_Sheet(name, header, rows[1:]))
    return tables


def _has_arm_column(sheets: list[_Sheet]) -> bool:
    """Whether a column could name the arm: called so, or of few different words."""
    names = sheets[0].header.names
    if any(name.casefold() in _ARM_NAMES for name in names):
        return True
    for place in range(len(names)):
        cells = {row[place] for s in sheets for row in s.rows if row[place] != ""}
        if 2 <= len(cells) <= MAX_ARMS and all(isinstance(cell, str) for cell in cells):
            return True
    return False


def _stacked(sheets: list[_Sheet], folder: Path) -> Staged:
    names = sheets[0].header.names
    taken = {name.casefold() for name in names}
    column = next(name for name in ("sheet", "sheet name", "sheet of arm") if name not in taken)
    header = Header((column, *names), sheets[0].header.notes)
    rows = ([s.name, *row] for s in sheets for row in s.rows)
    listed = ", ".join(f"“{s.name}”" for s in sheets)
    notes = (*header.notes, Text("note_sheets_as_arms", sheets=listed, column=column))
    return Staged(_write(folder, [header.names], rows), header, listed, notes)


def _write(folder: Path, head: Sequence[Sequence[str]], rows: Any) -> Path:
    target = folder / "sheet.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows(head)
        writer.writerows(_cells(rows))
    return target


def _cells(rows: Any) -> Iterator[list[str]]:
    for row in rows:
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A cell as the text that types back to the same value."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return str(cell.total_seconds())
    return str(cell)
