"""A decoded text file as a table of text: every cell as written, columns named c0, c1, ...

The cells' own names and values never become SQL: names are bound to positions here and quoted
where the table is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest.engine import literal
from hadi.ingest.limits import Limits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """The columns' names, cleaned, and what had to be said about them."""

    names: tuple[str, ...]
    notes: tuple[Text, ...] = ()


def clean_header(cells: Sequence[str], filename: str, limits: Limits) -> Header:
    """Names without outer blanks; a nameless column is named after its place; two columns of
    one name (capitals apart) are refused, since no one could say which is meant."""
    if len(cells) > limits.max_columns:
        raise TooLarge(
            Text("file_columns", file=filename, found=len(cells), limit=limits.max_columns)
        )
    names: list[str] = []
    notes: list[Text] = []
    seen: dict[str, int] = {}
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\ufeff", "").split())
        if not name:
            name = f"column {place}"
            notes.append(Text("note_column_unnamed", place=str(place), name=name))
        if len(name) > 200:
            raise Unreadable(Text("file_header_long", file=filename, place=str(place)))
        if name.casefold() in seen:
            raise Unreadable(
                Text(
                    "file_header_twice",
                    file=filename,
                    name=name,
                    first=str(seen[name.casefold()]),
                    second=str(place),
                )
            )
        seen[name.casefold()] = place
        names.append(name)
    return Header(tuple(names), tuple(notes))


def stage(
    connection: DuckDBPyConnection,
    path: Path,
    filename: str,
    delimiter: str,
    n_columns: int,
    folder: Path,
) -> Path:
    """Write the cells of the text file as Parquet; one clear sentence where a line is broken."""
    import duckdb

    staged = folder / "staged.parquet"
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(n_columns))
    query = (
        f"COPY (SELECT * FROM read_csv({literal(str(path.resolve()))}, auto_detect=false, "
        f"header=true, delim={literal(delimiter)}, quote='\"', escape='\"', "
        f"columns={{{columns}}}, null_padding=false, strict_mode=true, "
        f"max_line_size={MAX_LINE_BYTES}, buffer_size={4 * MAX_LINE_BYTES})) "
        f"TO {literal(str(staged.resolve()))} (FORMAT parquet)"
    )
    try:
        connection.execute(query)
    except duckdb.Error as error:
        raise _broken(str(error), filename, n_columns) from None
    return staged


def _broken(message: str, filename: str, n_columns: int) -> Unreadable:
    line = _found(r"CSV Error on Line: (\d+)", message)
    if line is None:
        return Unreadable(Text("file_not_table", file=filename))
    fields = _found(r"Expected Number of Columns: \d+ Found: (\d+)", message)
    if fields is not None:
        return Unreadable(
            Text("file_ragged", file=filename, line=line, found=fields, expected=str(n_columns))
        )
    if "unterminated quote" in message:
        return Unreadable(Text("file_open_quote", file=filename, line=line))
    if "aximum line size" in message:
        return TooLarge(Text("file_line_long", file=filename, line=line))
    return Unreadable(Text("file_line_broken", file=filename, line=line))


def _found(pattern: str, message: str) -> str | None:
    match = re.search(pattern, message)
    return match.group(1) if match else None
