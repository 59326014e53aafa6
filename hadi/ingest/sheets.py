"""A workbook's sheets as rows of cells, through calamine: where each stands, what is merged.

Rows are handed out one at a time: the reader holds a sheet compactly, Python objects of every cell
would not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import layout
from hadi.ingest.layout import Layout, Merged
from hadi.ingest.sheetscan import Facts
from hadi.ingest.unzipping import Scan

if TYPE_CHECKING:
    import python_calamine as calamine


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds something. Rows and columns count from the first that does; `top` and
    `left` are its place in the sheet, 0-based."""

    name: str
    is_hidden: bool
    top: int
    left: int
    width: int
    head: tuple[tuple[Any, ...], ...]
    merged: tuple[Merged, ...]
    facts: Facts
    source: calamine.CalamineSheet
    is_1904: bool = False

    def rows(self) -> Iterator[list[Any]]:
        """Every row, anew each time."""
        # calamine pads what lies above, not what lies to the left
        return islice(self.source.iter_rows(), self.top, None)

    def layout(self, *, first: int | None, count: int | None) -> Layout:
        """Where the header is; `first` is the row of the sheet as people count."""
        if first is not None:
            first = min(max(first - 1 - self.top, 0), max(len(self.head) - 1, 0))
        return layout.find(self.head, self.merged, first=first, count=count)


@dataclass(frozen=True, slots=True)
class Book:
    """The names of the sheets in the workbook's order, and those of them that are hidden."""

    listed: tuple[str, ...]
    hidden: tuple[str, ...]
    source: calamine.CalamineWorkbook
    scan: Scan

    def sheet(self, name: str) -> Sheet | None:
        """The sheet; None where it is empty."""
        source = self.source.get_sheet_by_name(name)
        if source.start is None:
            return None
        top, left = source.start
        facts = self.scan.sheets.get(name, Facts())
        ranges = source.merged_cell_ranges
        if ranges is None:
            merged = [Merged(*each) for each in facts.merged]
        else:
            merged = [Merged(*start, *end) for start, end in ranges]
        rows = islice(source.iter_rows(), top, top + layout.HEAD)
        return Sheet(
            name,
            name in self.hidden,
            top,
            left,
            source.width,
            tuple(tuple(row) for row in rows),
            tuple(_within(merged, top, left, source.width)),
            facts,
            source,
            self.scan.is_1904,
        )


def _within(merged: list[Merged], top: int, left: int, width: int) -> Iterator[Merged]:
    """The ranges in the table's own rows and columns; those outside of it left out."""
    for each in merged:
        moved = Merged(
            each.top - top,
            max(each.left - left, 0),
            each.bottom - top,
            min(each.right - left, width - 1),
        )
        if moved.top >= 0 and moved.right >= moved.left and moved.bottom >= moved.top:
            yield moved


@contextmanager
def opened(path: Path, filename: str, scan: Scan) -> Iterator[Book]:
    """The workbook; whatever its reader stumbles over is one sentence."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            sheets = [
                s for s in workbook.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            hidden = [s.name for s in sheets if s.visible != calamine.SheetVisibleEnum.Visible]
            yield Book(tuple(s.name for s in sheets), tuple(hidden), workbook, scan)
    except calamine.PasswordError:
        raise Unreadable(Text("file_encrypted", file=filename)) from None
    except (calamine.CalamineError, OSError, ValueError, OverflowError):
        raise Unreadable(Text("file_xlsx_broken", file=filename)) from None
    except BaseException as error:
        # A panic of the reader is no `Exception`, and nothing that it says is for a person.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable(Text("file_xlsx_broken", file=filename)) from None
