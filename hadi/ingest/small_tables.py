"""Lists that people keep: a few thousand rows of text out of a workbook, a text file or the
clipboard, cell by cell as they stand.

Nothing is typed or left out here: a code such as 007 stays what it is, and whoever reads the rows
says which line is wrong.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.encodings import decode
from hadi.ingest.files import received
from hadi.ingest.limits import MB, Limits
from hadi.ingest.sheetcells import written
from hadi.ingest.sheets import opened
from hadi.ingest.sniffing import WORKBOOKS, FileKind, kind_of
from hadi.ingest.unzipping import Scan, check_workbook

MOST_ROWS = 5_000
MOST_CHARS = 2_000_000
LIMITS = Limits(max_bytes=8 * MB, max_sheet_cells=1_000_000)
_DELIMITERS = ("\t", ";", ",", "|")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is not blank: its number as people count, and its cells."""

    number: int
    cells: tuple[str, ...]


def from_text(text: str) -> list[Line]:
    """The rows of pasted or decoded text. Raises Unreadable where they are too many."""
    if len(text) > MOST_CHARS:
        raise Unreadable(Text("small_table_long", most=MOST_ROWS))
    body = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    reader = csv.reader(
        io.StringIO(body, newline=""), delimiter=_delimiter(body), skipinitialspace=True
    )
    try:
        return _kept((reader.line_num, row) for row in reader)
    except csv.Error:
        raise Unreadable(Text("small_table_quotes", line=str(reader.line_num))) from None


def from_file(file: BinaryIO, filename: str, *, limits: Limits = LIMITS) -> list[Line]:
    """The rows of a text file, or of the first sheet of a workbook that holds any. Raises
    Unreadable."""
    with tempfile.TemporaryDirectory(prefix="hadi-list-") as name:
        scratch = Path(name)
        path = received(file, filename, scratch, limits)
        kind = kind_of(path, filename)
        if kind in WORKBOOKS:
            return _sheet(path, filename, kind, limits)
        if kind is not FileKind.TEXT:
            raise Unreadable(Text("small_table_kind", file=filename))
        decoded = decode(path, filename, scratch)
        return from_text(decoded.path.read_text(encoding="utf-8", errors="replace"))


def as_text(lines: Iterable[Line]) -> str:
    """The rows as text that `from_text` reads again: cells between tabs."""
    return "\n".join("\t".join(_cell(cell) for cell in line.cells) for line in lines)


def _sheet(path: Path, filename: str, kind: FileKind, limits: Limits) -> list[Line]:
    scan = Scan()
    if kind is not FileKind.XLS:
        scan = check_workbook(path, filename, kind, limits, None)
    with opened(path, filename, scan) as book:
        for name in book.listed:
            sheet = book.sheet(name) if name not in book.hidden else None
            if sheet is None:
                continue
            top = sheet.top
            found = _kept(
                (top + place + 1, [written(cell) for cell in row])
                for place, row in enumerate(sheet.rows())
            )
            if found:
                return found
    raise Unreadable(Text("file_no_rows", file=filename))


def _kept(rows: Iterable[tuple[int, Sequence[str]]]) -> list[Line]:
    lines = list(islice(_filled(rows), MOST_ROWS + 1))
    if len(lines) > MOST_ROWS:
        raise Unreadable(Text("small_table_long", most=MOST_ROWS))
    return lines


def _filled(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Line]:
    for number, row in rows:
        cells = tuple(cell.replace("\0", "").strip() for cell in row)
        if any(cells):
            yield Line(number, cells)


def _delimiter(text: str) -> str:
    """What stands most often in the first line; a tab before all others, as it is pasted."""
    head = next((line for line in text.split("\n") if line.strip()), "")
    return max(
        _DELIMITERS, key=lambda sign: (head.count(sign) > 0 and sign == "\t", head.count(sign))
    )


def _cell(cell: str) -> str:
    line = " ".join(cell.split())
    return '"{}"'.format(line.replace('"', '""')) if line.startswith('"') else line
