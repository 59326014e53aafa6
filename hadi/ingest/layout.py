"""Where the table stands in a sheet: under titles, below a header of one row or several.

People decorate: a title, an empty row, years merged over months, a Total at the end. These are
rules over cells and merged ranges alone, so that they can be tried without a workbook.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

Cell: TypeAlias = Any  # str, bool, int, float, date, datetime, time, timedelta; "" is blank
Row: TypeAlias = Sequence[Cell]

HEAD = 60  # rows that are looked at for the header
MAX_HEADER_ROWS = 5
SHARE_OF_TOTALS = 0.2  # of the rows under one label: then it is a name, not a sum
_YEARS = range(1900, 2101)
_TOTAL = re.compile(
    r"(grand |sub)?-?totals?( (for|of|by|in) .*)?|.{1,60} total|sum|sum total|Σ|"
    r"(итого|итог|всего|сумма|общий итог|промежуточный итог|итоги)( (по|за|в) .*)?|.{1,60} итог|"
    r"(mind)?összesen|(rész|vég)összeg|.{1,60} összesen|összesítés",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range, 0-based and inclusive, in the table's own rows and columns."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_wide(self) -> bool:
        return self.right > self.left


@dataclass(frozen=True, slots=True)
class Layout:
    """The header's first row (0-based) and how many rows it takes."""

    first: int
    count: int

    @property
    def body(self) -> int:
        """The first row under the header."""
        return self.first + self.count


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def filled(row: Row) -> int:
    return sum(not is_blank(cell) for cell in row)


def find(
    rows: Sequence[Row],
    merged: Sequence[Merged],
    *,
    first: int | None = None,
    count: int | None = None,
) -> Layout:
    """The header among the first rows; `first` and `count` are what a person said of it."""
    counts = [filled(row) for row in rows[:HEAD]]
    width = max(counts, default=0)
    if first is None:
        dense = max(2, (width + 1) // 2) if width > 1 else 1
        found = next((i for i, n in enumerate(counts) if n >= dense), 0)
        while _is_above(rows, found):
            found += 1
        top = found
        if count is None:
            while top > 0 and _is_group(rows, merged, top - 1):
                top -= 1
        first = top
    else:
        found = first
    if count is None:
        last = _last_row(rows, merged, first, max(found, first))
        count = min(last - first + 1, MAX_HEADER_ROWS)
    return Layout(first, count)


def _is_above(rows: Sequence[Row], place: int) -> bool:
    """Whether what looks like a header is a line above it ("from | 1 May"): it ends sooner than
    the row of names under it."""
    if place + 2 >= min(len(rows), HEAD):
        return False
    row, under = rows[place], rows[place + 1]
    if is_blank(row[0]) or not is_blank(row[-1]) or is_blank(under[-1]):
        return False
    return filled(under) > filled(row) and all(is_name(c) for c in under if not is_blank(c))


def _is_group(rows: Sequence[Row], merged: Sequence[Merged], place: int) -> bool:
    """Whether a row above the header groups its columns: a wide merged cell that is no title."""
    wide = [m for m in merged if m.top <= place <= m.bottom and m.is_wide]
    if not wide or filled(rows[place]) == 0:
        return False
    return filled(rows[place]) > 1 or all(m.left > 0 for m in wide)


def _last_row(rows: Sequence[Row], merged: Sequence[Merged], first: int, found: int) -> int:
    """The header goes on below a wide merged cell, and as far down as a tall one reaches."""
    last = found
    place = first
    while place <= last and last < first + MAX_HEADER_ROWS - 1:
        for each in merged:
            if each.top != place:
                continue
            is_grouping = each.is_wide and each.bottom == place and _names(rows, place + 1, each)
            if is_grouping or each.bottom > place:
                last = max(last, each.bottom, place + 1 if is_grouping else place)
        place += 1
    return min(last, len(rows) - 2 if len(rows) > 1 else last)


def _names(rows: Sequence[Row], place: int, over: Merged) -> bool:
    """Whether the row under a wide merged cell names its columns: words or years, no numbers."""
    if place >= len(rows):
        return False
    row = rows[place]
    under = [cell for cell in row[over.left : over.right + 1] if not is_blank(cell)]
    return len(under) > 1 and all(is_name(cell) for cell in row if not is_blank(cell))


def is_name(cell: Cell) -> bool:
    """Whether a cell can be part of a header: text, a year, a month written as its first day."""
    if isinstance(cell, dt.date):
        return True
    if isinstance(cell, float) and cell.is_integer():
        return int(cell) in _YEARS
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell in _YEARS
    return isinstance(cell, str)


def names(
    rows: Sequence[Row], merged: Sequence[Merged], layout: Layout, width: int, written: Any
) -> list[str]:
    """The columns' names, of several rows joined: "2026 / January". `written` makes text of a
    cell. Blank cells of an upper row belong to the group on their left, merged or not."""
    parts: list[list[str]] = [[] for _ in range(width)]
    for place in range(layout.first, min(layout.body, len(rows))):
        row = list(rows[place]) + [""] * (width - len(rows[place]))
        cells = ["" if is_blank(cell) else str(written(cell)).strip() for cell in row[:width]]
        is_upper = place < layout.body - 1
        covered = set()
        for each in merged:
            if each.top <= place <= each.bottom and each.left < width:
                top = rows[each.top]
                value = top[each.left] if each.left < len(top) else ""
                said = "" if is_blank(value) else str(written(value)).strip()
                for column in range(each.left, min(each.right, width - 1) + 1):
                    cells[column] = said
                    covered.add(column)
        if is_upper and not any(m.is_wide and m.top <= place <= m.bottom for m in merged):
            carried = ""
            for column in range(width):
                carried = cells[column] or carried
                cells[column] = carried
        for column, cell in enumerate(cells):
            if cell and cell not in parts[column][-1:]:
                parts[column].append(cell)
    return [" / ".join(each) for each in parts]


@lru_cache(maxsize=65536)
def _is_label(cell: str) -> bool:
    label = " ".join(cell.split()).rstrip(" :=.")
    return len(label) <= 80 and _TOTAL.fullmatch(label) is not None


def total_label(row: Row) -> str | None:
    """The word that says the row sums up others, where it does and numbers stand beside it."""
    first = next((cell for cell in row if not is_blank(cell)), None)
    if not isinstance(first, str) or not _is_label(first):
        return None
    cells = [cell for cell in row if not is_blank(cell)]
    label = " ".join(cells[0].split()).rstrip(" :=.")
    # Where the sums themselves are blank (formulas that were never computed) the label is alone.
    summed = (int, float, dt.timedelta)
    has_sums = any(isinstance(c, summed) and not isinstance(c, bool) for c in cells)
    return label if has_sums or len(cells) == 1 else None
