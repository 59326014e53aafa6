"""Parquet as other tools write it: the columns that hold plain values, under usable names.

Its types are kept. What no cell of a table can hold (lists, records, bytes) is left out, and said.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import columns, engine
from hadi.ingest.cells import text_of
from hadi.ingest.engine import one_row, parquet, quoted
from hadi.ingest.limits import Limits
from hadi.ingest.reading import Reading
from hadi.ingest.report import ColumnType
from hadi.ingest.staging import clean_header

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PARQUET_TYPES = {
    "BOOLEAN": ColumnType.BOOLEAN,
    "DATE": ColumnType.DATE,
    "VARCHAR": ColumnType.TEXT,
    "UUID": ColumnType.TEXT,
    "TIME": ColumnType.TEXT,  # of day: text, as in a workbook
    "FLOAT": ColumnType.NUMBER,
    "DOUBLE": ColumnType.NUMBER,
}


def _parquet_type(written: str) -> ColumnType | None:
    """Our word for DuckDB's type; None for what no cell of a table can hold."""
    if written.startswith("DECIMAL"):
        return ColumnType.NUMBER
    if written.startswith("TIMESTAMP"):
        return ColumnType.TIME
    if written.startswith("ENUM"):
        return ColumnType.TEXT
    if "INT" in written and written.isalpha():
        return ColumnType.INTEGER
    return _PARQUET_TYPES.get(written)


def read_parquet(
    connection: DuckDBPyConnection, path: Path, filename: str, limits: Limits
) -> Reading:
    import duckdb

    table = parquet([path])
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
    except duckdb.Error as error:
        raise Unreadable(
            Text("file_parquet_broken", file=filename, reason=engine.reason(error))
        ) from None
    header = clean_header([row[0] for row in described], filename, limits)
    shown: list[str] = []
    types: list[tuple[str, ColumnType]] = []
    notes = list(header.notes)
    for (original, written, *_), name in zip(described, header.names, strict=True):
        kind = _parquet_type(written)
        if kind is None:
            notes.append(Text("note_column_left_out", column=name, type=written))
            continue
        expression = quoted(original)
        if kind is ColumnType.TEXT:
            expression = text_of(f"CAST({expression} AS VARCHAR)")
        shown.append(f"{expression} AS {quoted(name)}")
        types.append((name, kind))
    if not shown:
        raise Unreadable(Text("file_no_columns", file=filename))
    _check_cells(connection, table, described, filename, limits)
    return Reading(f"SELECT {', '.join(shown)} FROM {table}", tuple(types), notes=tuple(notes))


def _check_cells(
    connection: DuckDBPyConnection,
    table: str,
    described: list[Any],
    filename: str,
    limits: Limits,
) -> None:
    """Refuse a text cell that is too long, naming its row."""
    import duckdb

    for name, written, *_ in described:
        if written != "VARCHAR":
            continue
        try:
            longest = one_row(connection, f"SELECT max(length({quoted(name)})) FROM {table}")[0]
        except duckdb.Error as error:
            raise Unreadable(
                Text("file_parquet_broken", file=filename, reason=engine.reason(error))
            ) from None
        if longest is not None and longest > limits.max_cell_chars:
            raise columns.long_cell(connection, table, quoted(name), name, filename, limits)
