"""Text tables as they come: which delimiter, and on which line the header stands.

Only the beginning of the file is looked at, and what was found can be said otherwise.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.choices import DELIMITERS

SAMPLE_CHARS = 256 * 1024
_LOOKED_AT = 200  # rows

csv.field_size_limit(64 * 1024 * 1024)  # a huge cell is refused by us, with its row

_NUMBER = re.compile(r"[+\-\u2212(]?[\d.,:/\-\s\u00a0\u202f\u2009]*\d[\d.,:/\-\s]*\D{0,12}")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text table is divided. `names` is the header's row or rows (none: the columns have
    no names); `skip_rows` and `skip_lines` reach to the first row under it."""

    delimiter: str
    names: tuple[tuple[str, ...], ...]
    width: int
    header_line: int
    skip_rows: int
    skip_lines: int
    titles: tuple[str, ...] = ()  # what stands above the header


@dataclass(frozen=True, slots=True)
class _Row:
    line: int  # the first of it, from 1
    cells: list[str]
    next_line: int

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


def read_dialect(
    path: Path,
    filename: str,
    *,
    delimiter: str | None = None,
    header_row: int | None = None,
    header_rows: int | None = None,
) -> Dialect:
    """Look at the decoded file at `path`; what is given is not looked for."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        sample = file.read(SAMPLE_CHARS)
    if not sample.strip():
        raise Unreadable(Text("file_empty", file=filename))
    # Excel's own first line says the delimiter
    said = re.match(r"sep=(.)\r?\n", sample)
    is_whole = len(sample) < SAMPLE_CHARS
    body = sample[said.end() :] if said else sample
    if delimiter is None:
        delimiter = said.group(1) if said and said.group(1) in DELIMITERS else None
    if delimiter is None:
        delimiter = _delimiter(body, is_whole)
    rows = _rows(sample, delimiter)
    if header_row is not None:
        place = next((i for i, row in enumerate(rows) if row.next_line > header_row), None)
        if place is None:
            raise Unreadable(
                Text("file_no_header_row", file=filename, line=str(header_row)),
                {"header_row": 1},
            )
    else:
        place = _header(rows, 1 if said else 0)
    return _dialect(rows, place, delimiter, 1 if header_rows is None else header_rows)


def _dialect(rows: list[_Row], place: int, delimiter: str, count: int) -> Dialect:
    head = rows[place : place + count] if count else []
    width = max(len(row.cells) for row in head) if head else len(rows[place].cells)
    below = place + len(head)
    shown = [" ".join(cell.strip() for cell in row.cells if cell.strip()) for row in rows[:place]]
    return Dialect(
        delimiter=delimiter,
        names=tuple(tuple(row.cells) for row in head),
        width=max(width, 1),
        header_line=rows[place].line,
        skip_rows=below,
        skip_lines=head[-1].next_line - 1 if head else rows[place].line - 1,
        titles=tuple(title for title in shown if title and not title.startswith("sep=")),
    )


def _rows(sample: str, delimiter: str) -> list[_Row]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[_Row] = []
    line = 1
    try:
        for cells in reader:
            rows.append(_Row(line, cells, reader.line_num + 1))
            line = reader.line_num + 1
            if len(rows) > _LOOKED_AT:
                break
    except csv.Error:  # a broken quote: it is named when the whole file is read
        pass
    return rows or [_Row(1, sample.splitlines()[0].split(delimiter), 2)]


def _delimiter(sample: str, is_whole: bool) -> str:
    """The delimiter under which most rows have the same number of cells, the more the better; a
    comma where nothing divides."""

    def score(delimiter: str) -> tuple[float, int]:
        rows = [row.cells for row in _rows(sample, delimiter) if row.cells]
        if not is_whole and len(rows) > 1:
            rows.pop()  # cut in the middle
        width = _usual_width(rows)
        if width < 2:
            return 0.0, 0
        return sum(len(row) == width for row in rows) / len(rows), width

    best = max(DELIMITERS, key=score)
    return best if score(best) > (0.0, 0) else ","


def _usual_width(rows: list[list[str]]) -> int:
    """How many cells most rows have; on a tie the first row's, else the most."""
    widths = Counter(len(row) for row in rows)
    most = max(widths.values(), default=0)
    usual = [width for width, count in widths.items() if count == most]
    if not usual:
        return 1
    return len(rows[0]) if len(rows[0]) in usual else max(usual)


def _header(rows: list[_Row], start: int) -> int:
    """The row of the names: the first that is not blank, unless titles stand above it. A title
    fills a cell or two where the rows below fill most, and the names are words over numbers."""
    filled = [i for i, row in enumerate(rows) if i >= start and row.filled]
    if not filled:
        return next((i for i, row in enumerate(rows) if i >= start and row.cells), 0)
    first = filled[0]
    width = _usual_width([rows[i].cells for i in filled])
    for place in filled[:30]:
        row = rows[place]
        if place == first and len(row.cells) == width and _is_dense(row, width):
            return first
        if len(row.cells) != width or not _is_dense(row, width) or not _names_columns(row):
            continue
        is_ragged = len(rows[first].cells) != width
        if is_ragged or _is_over_numbers(row, [rows[i] for i in filled if i > place]):
            return place
    return first


def _is_dense(row: _Row, width: int) -> bool:
    return row.filled >= (2 if width == 2 else max(2, 0.6 * width)) or width == 1


def _names_columns(row: _Row) -> bool:
    """Words throughout, or years and such beside them."""
    words = sum(bool(cell.strip()) and not _NUMBER.fullmatch(cell.strip()) for cell in row.cells)
    return words >= max(1, row.filled / 2)


def _is_over_numbers(row: _Row, below: list[_Row]) -> bool:
    """Whether a word of the row stands above nothing but numbers or days."""
    for column, name in enumerate(row.cells):
        if not name.strip() or _NUMBER.fullmatch(name.strip()):
            continue
        cells = [each.cells[column].strip() for each in below if column < len(each.cells)]
        cells = [cell for cell in cells if cell]
        if cells and sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) > len(cells) / 2:
            return True
    return False
