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
from hadi.ingest.choices import Headers
from hadi.ingest.engine import literal
from hadi.ingest.limits import Limits
from hadi.ingest.lines import MAX_LINE_BYTES
from hadi.ingest.progress import Progress, execute

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Header:
    """The columns' names, cleaned, and what had to be said about them."""

    names: tuple[str, ...]
    notes: tuple[Text, ...] = ()


def clean_header(
    cells: Sequence[str], filename: str, limits: Limits, headers: Headers | None = None
) -> Header:
    """Names without outer blanks; a nameless column is named after its place; two columns of
    one name (capitals apart) are refused, since no one could say which is meant, unless they are
    to be numbered."""
    if len(cells) > limits.max_columns:
        raise TooLarge(
            Text("file_columns", file=filename, found=len(cells), limit=limits.max_columns)
        )
    names: list[str] = []
    notes: list[Text] = []
    seen: dict[str, int] = {}
    written = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    taken = {name.casefold() for name in written}
    for place, name in enumerate(written, start=1):
        if not name:
            name = f"column {place}"
            notes.append(Text("note_column_unnamed", place=str(place), name=name))
        if len(name) > MAX_NAME:
            raise Unreadable(Text("file_header_long", file=filename, place=str(place)))
        if name.casefold() in seen:
            if headers is not Headers.NUMBER:
                raise _twice(filename, name, seen[name.casefold()], place)
            name = _numbered(name, taken)
            taken.add(name.casefold())
        seen[name.casefold()] = place
        names.append(name)
    return Header(tuple(names), tuple(notes))


def _twice(filename: str, name: str, first: int, second: int) -> Unreadable:
    return Unreadable(
        Text("file_header_twice", file=filename, name=name, first=str(first), second=str(second)),
        {"headers": Headers.NUMBER.value},
    )


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})".casefold() in taken:
        number += 1
    return f"{name} ({number})"


def stage(
    connection: DuckDBPyConnection,
    path: Path,
    filename: str,
    delimiter: str,
    n_columns: int,
    folder: Path,
    *,
    skip_rows: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Write the cells of the text file as Parquet; one clear sentence where a line is broken.

    `skip_rows` reach to the first row of values: the header and what stands above it.
    """
    import duckdb

    staged = folder / "staged.parquet"
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(n_columns))
    query = (
        f"COPY (SELECT * FROM read_csv({literal(str(path.resolve()))}, auto_detect=false, "
        f"header=false, skip={skip_rows}, delim={literal(delimiter)}, quote='\"', escape='\"', "
        f"columns={{{columns}}}, null_padding=false, strict_mode=true, "
        f"max_line_size={MAX_LINE_BYTES}, buffer_size={2 * MAX_LINE_BYTES})) "
        f"TO {literal(str(staged.resolve()))} (FORMAT parquet)"
    )
    try:
        execute(connection, query, progress)
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
