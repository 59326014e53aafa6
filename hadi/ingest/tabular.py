"""From a staged table of text cells to typed columns: what is the same for every kind of file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import totals
from hadi.ingest.cells import text_of
from hadi.ingest.choices import DECIMALS, BadRows, Choices, Totals
from hadi.ingest.columns import Column, Typing
from hadi.ingest.engine import one_row, parquet, quoted
from hadi.ingest.limits import Limits
from hadi.ingest.lines import SHOWN
from hadi.ingest.progress import Progress
from hadi.ingest.reading import Reading
from hadi.ingest.report import BadRow, Decision

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Lines = Callable[[list[int]], dict[int, int]]  # rows, from 0, to lines of the file, from 1

_SHOWN_CHARS = 200


def read_cells(
    connection: DuckDBPyConnection,
    staged: Path,
    names: tuple[str, ...],
    filename: str,
    limits: Limits,
    choices: Choices,
    *,
    delimiter: str | None,
    lines: Lines | None = None,
    text: Path | None = None,
    progress: Progress | None = None,
) -> Reading:
    """The reading of staged cells: types, and a query for the typed rows.

    `lines` tells where the rows stand in the file; `text` is the staged file itself, where it is
    to be searched for totals.
    """
    cells = _Cells(connection, staged, names, filename)
    keeps = choices.totals is Totals.KEEP
    tail = totals.last_rows(text, delimiter or ",", len(names)) if text is not None else []
    found = totals.labelled(connection, staged, len(names), tail)
    if found is not None and not keeps:
        cells.left_out.append(found.condition)
    if progress is not None:
        progress(0.1)
    typing = Typing(
        connection, cells.table(), names, filename, limits, delimiter, choices
    )  # fmt: skip
    if progress is not None:
        progress(0.9)
    if found is None:
        found = totals.summed(connection, staged, typing.columns, tail)
        if found is not None and not keeps:
            cells.left_out.append(found.condition)
    bad_rows, count = cells.bad(typing.columns, choices, lines)
    return Reading(
        cells.query(typing.columns),
        tuple((column.name, column.type) for column in typing.columns),
        decimal=_decimal(typing.columns),
        notes=tuple(typing.notes),
        decisions=(*_decisions(typing.columns, found, choices), *typing.decisions),
        bad_rows=tuple(bad_rows),
        bad_row_count=count,
    )


class _Cells:
    """The staged cells, less the rows that are left out (conditions over them and their `row`)."""

    def __init__(
        self, connection: DuckDBPyConnection, staged: Path, names: Sequence[str], filename: str
    ) -> None:
        self.connection = connection
        self.staged = staged
        self.names = names
        self.filename = filename
        self.left_out: list[str] = []
        self.bad_cells: list[str] = []

    def table(self) -> str:
        """SQL of the rows that are read, with `row` where that is needed to tell them."""
        if not self.left_out:
            return parquet([self.staged])
        kept = " AND ".join(f"NOT ({condition})" for condition in self.left_out)
        return (
            f"(SELECT * FROM (SELECT *, file_row_number AS row FROM "
            f"{totals.numbered(self.staged)}) WHERE {kept})"
        )

    def trimmed(self, columns: Sequence[Column]) -> str:
        return ", ".join(f"{text_of(c.source)} AS {c.text}" for c in columns)

    def query(self, columns: Sequence[Column]) -> str:
        """The typed columns of the rows that are not blank throughout."""
        shown = ", ".join(f"{c.expression} AS {quoted(c.name)}" for c in columns)
        filled = " OR ".join(f"{c.text} IS NOT NULL" for c in columns)
        good = "".join(f" AND NOT {condition}" for condition in self.bad_cells)
        return (
            f"SELECT {shown} FROM (SELECT {self.trimmed(columns)} FROM {self.table()}) "
            f"WHERE ({filled}){good}"
        )

    def bad(
        self, columns: Sequence[Column], choices: Choices, lines: Lines | None
    ) -> tuple[list[BadRow], int]:
        """The rows with a cell that is not of the type chosen for its column: the first, and how
        many they are. Raises Unreadable unless they are to be left out."""
        strict = [column for column in columns if column.is_bad]
        if not strict:
            return [], 0
        conditions = [column.is_bad or "false" for column in strict]
        saved, self.left_out = self.left_out, self.left_out or ["false"]  # it needs the row
        table = self.table()
        self.left_out = saved
        source = f"(SELECT row, {self.trimmed(columns)} FROM {table})"
        anywhere = " OR ".join(conditions)
        count = one_row(self.connection, f"SELECT count(*) FROM {source} WHERE {anywhere}")[0]
        if count == 0:
            return [], 0
        flags = ", ".join(conditions)
        texts = ", ".join(column.text for column in columns)
        found = self.connection.execute(
            f"SELECT row, [{flags}], [{texts}] FROM {source} WHERE {anywhere} "
            f"ORDER BY row LIMIT {SHOWN}"
        ).fetchall()
        where = lines([row for row, _, _ in found]) if lines else {}
        bad_rows = []
        for row, is_bad, cells in found:
            column = strict[is_bad.index(True)]
            value = cells[list(columns).index(column)]
            kind = Text(f"column_type_{column.type.value}")
            reason = Text("bad_cell", column=column.name, value=value[:80], type=kind)
            shown = "; ".join(cell or "" for cell in cells)[:_SHOWN_CHARS]
            bad_rows.append(BadRow(where.get(row, row + 2), reason, shown))
        if choices.bad_rows is not BadRows.LEAVE_OUT:
            raise self._refusal(bad_rows[0], count)
        self.bad_cells = conditions
        return bad_rows, count

    def _refusal(self, first: BadRow, count: int) -> Unreadable:
        text = Text(
            "file_cell_type", file=self.filename, line=str(first.line), **first.reason.params
        )
        if count > 1:
            text = Text("file_bad_rows", first=text, n=count - 1)
        return Unreadable(text, {"bad_rows": BadRows.LEAVE_OUT.value})


def _decimal(columns: Sequence[Column]) -> str | None:
    signs = {column.decimal for column in columns if column.decimal}
    return next(iter(signs)) if len(signs) == 1 else ("." if signs else None)


def _decisions(
    columns: Sequence[Column], found: totals.Found | None, choices: Choices
) -> list[Decision]:
    """What was decided of all columns, and of the rows that sum up others."""
    decisions = []
    signs = {column.decimal for column in columns if column.decimal}
    if len(signs) == 1 or choices.decimal:
        decisions.append(
            Decision(
                "decimal",
                choices.decimal or signs.pop(),
                DECIMALS,
                is_chosen=choices.decimal is not None,
            )
        )
    if choices.date_order is not None:
        options = ("dmy", "mdy", "ymd")
        decisions.append(Decision("date_order", choices.date_order.value, options, is_chosen=True))
    if found is not None:
        decisions.append(
            Decision(
                "totals",
                (choices.totals or Totals.LEAVE_OUT).value,
                tuple(Totals),
                is_chosen=choices.totals is not None,
                detail=Text("decided_totals", n=found.count),
                examples=found.examples,
            )
        )
    return decisions
