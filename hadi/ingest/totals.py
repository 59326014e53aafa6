"""Rows that sum up others: counted as data they would double every sum.

Only the end of the file is looked at, where such rows stand; what is found there is looked for
above too. A file without any costs nothing.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.ingest import layout
from hadi.ingest.cells import text_of
from hadi.ingest.columns import Column
from hadi.ingest.engine import literal, one_row, parquet
from hadi.ingest.report import ColumnType

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TAIL_BYTES = 64 * 1024
_TAIL_ROWS = 10
_LABEL_COLUMNS = 5  # a label stands in one of the first
_FEW_ROWS = 100_000  # so many are summed up without a sign that the last row is a total
_WORDS = (
    r"((grand |sub|sub-)?totals?|sum|sum total)( (for|of|by|in) .{1,60})?|"
    r"(итого|итог|итоги|всего|сумма|общий итог|промежуточный итог)( (по|за|в) .{1,60})?|"
    r"(mind)?összesen|(rész|vég)összeg"
)
_PATTERN = rf"({_WORDS})[ :=.]*"
_LABEL = re.compile(_PATTERN, re.IGNORECASE)
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that sum up others: `condition` is SQL over the staged cells and their `row`."""

    condition: str
    count: int
    examples: tuple[str, ...]


def last_rows(text: Path, delimiter: str, width: int) -> list[list[str]]:
    """The last rows of a text file, as far as they are of the table's width."""
    with text.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read().decode(errors="replace")
    if size > _TAIL_BYTES:
        tail = tail.partition("\n")[2]
    try:
        rows = list(csv.reader(io.StringIO(tail, newline=""), delimiter=delimiter))
    except csv.Error:
        return []
    return [row for row in rows if len(row) == width and any(c.strip() for c in row)][-_TAIL_ROWS:]


def labelled(
    connection: DuckDBPyConnection, staged: Path, width: int, tail: Sequence[Sequence[str]]
) -> Found | None:
    """The rows that a word (Total, Итого, Összesen) says to be totals."""
    if not any(_is_labelled(row) for row in tail):
        return None
    cells = [text_of(f"c{i}") for i in range(min(width, _LABEL_COLUMNS))]
    first = f"coalesce({', '.join([*cells, 'NULL'])})"
    condition = f"coalesce(regexp_full_match(lower({first}), {literal(_PATTERN)}), false)"
    most, rows = one_row(
        connection,
        f"SELECT max(n) FILTER (label IS NOT NULL), sum(n) FROM (SELECT count(*) AS n, "
        f"CASE WHEN {condition} THEN lower({first}) END AS label FROM {parquet([staged])} "
        f"GROUP BY label)",
    )
    if most is None or most > max(1, layout.SHARE_OF_TOTALS * rows):
        return None  # a store is called Total
    return _found(connection, staged, width, condition)


def _is_labelled(row: Sequence[str]) -> bool:
    first = next((cell.strip() for cell in row[:_LABEL_COLUMNS] if cell.strip()), "")
    return _LABEL.fullmatch(first) is not None


def summed(
    connection: DuckDBPyConnection,
    staged: Path,
    columns: Sequence[Column],
    tail: Sequence[Sequence[str]],
) -> Found | None:
    """The last row, where no word says so but its numbers are the sums of those above."""
    if not tail:
        return None
    last = tail[-1]
    table = parquet([staged])
    rows = one_row(connection, f"SELECT count(*) FROM {table}")[0]
    has_blank = any(not cell.strip() for cell in last)
    if rows < 4 or not (has_blank or rows <= _FEW_ROWS):
        return None
    named = [i for i, column in enumerate(columns) if column.type not in _NUMBERS]
    counted = [column for column in columns if column.type in _NUMBERS]
    is_nameless = any(not last[i].strip() for i in named if i < len(last))
    if not counted or (not is_nameless and (len(counted) < 2 or rows < 7)):
        return None
    above, below = f"row < {rows - 1}", f"row = {rows - 1}"
    parts = [
        f"sum(v{i}) FILTER ({above}), max(abs(v{i})) FILTER ({above}), max(v{i}) FILTER ({below})"
        for i in range(len(counted))
    ]
    values = ", ".join(f"CAST({c.expression} AS DOUBLE) AS v{i}" for i, c in enumerate(counted))
    cells = ", ".join(f"{text_of(c.source)} AS {c.text}" for c in counted)
    row = one_row(
        connection,
        f"SELECT {', '.join(parts)} FROM (SELECT row, {values} FROM "
        f"(SELECT file_row_number AS row, {cells} FROM {numbered(staged)}))",
    )
    triples = [row[3 * i : 3 * i + 3] for i in range(len(counted))]
    told = [triple for triple in triples if triple[2] is not None and triple[0] is not None]
    sums = [
        total
        for total, most, found in told
        if math.isclose(total, found, rel_tol=1e-6) and abs(found) > most
    ]
    enough = 2 * len(sums) >= len(told) if is_nameless else len(sums) == len(told) >= 2
    if not sums or not enough:
        return None
    return Found(f"row = {rows - 1}", 1, ("; ".join(last),))


def numbered(staged: Path) -> str:
    """The staged table with `file_row_number`, from 0."""
    return parquet([staged])[:-1] + ", file_row_number=true)"


def _found(
    connection: DuckDBPyConnection, staged: Path, width: int, condition: str
) -> Found | None:
    shown = ", ".join(f"coalesce(c{i}, '')" for i in range(width))
    found = connection.execute(
        f"SELECT concat_ws('; ', {shown}), count(*) OVER () FROM {parquet([staged])} "
        f"WHERE {condition} LIMIT 3"
    ).fetchall()
    if not found:
        return None
    return Found(condition, found[0][1], tuple(str(row[0])[:120] for row in found))
