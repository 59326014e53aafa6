"""JSON as rows: an object a line, or one array of objects. Every key is a column.

DuckDB parses it; what it cannot is looked for line by line, so that the line can be named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest import encodings
from hadi.ingest.choices import BadRows, Choices
from hadi.ingest.engine import literal, one_row
from hadi.ingest.limits import MB, Limits
from hadi.ingest.progress import Progress, execute, part
from hadi.ingest.report import BadRow
from hadi.ingest.staging import Header, clean_header

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_OBJECT = 16 * MB
SHOWN = 20
_LEAVE_OUT = {"bad_rows": "leave_out"}


@dataclass(frozen=True, slots=True)
class Staged:
    """The cells as Parquet (c0, c1, ...), their names, and what was left out."""

    path: Path
    header: Header
    encoding: str
    is_guessed: bool
    notes: tuple[Text, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    bad_row_count: int = 0


def stage_json(
    connection: DuckDBPyConnection,
    path: Path,
    filename: str,
    scratch: Path,
    limits: Limits,
    choices: Choices,
    progress: Progress | None = None,
) -> Staged:
    """Write the values of the objects as Parquet into `scratch`."""
    import duckdb

    decoded = encodings.decode(path, filename, scratch, encoding=choices.encoding)
    is_array = _first_sign(decoded.path) == "["
    leaves_out = choices.bad_rows is BadRows.LEAVE_OUT and not is_array
    objects = _objects(decoded.path, is_array=is_array, leaves_out=leaves_out)
    try:
        keys = _keys(connection, objects, filename, limits)
        nested = _nested(connection, objects, keys) if keys else {}
        kept = [key for key in keys if key not in nested]
        if not kept:
            raise Unreadable(Text("file_no_columns", file=filename))
        header = clean_header(kept, filename, limits, choices.headers)
        target = scratch / "staged.parquet"
        shown = ", ".join(f"cells[{i}] AS c{i - 1}" for i in range(1, len(kept) + 1))
        query = (
            f"SELECT {shown} FROM (SELECT json_extract_string(json, {_pointers(kept)}) AS cells "
            f"FROM {objects} WHERE json_type(json) = 'OBJECT')"
        )
        execute(
            connection,
            f"COPY ({query}) TO {literal(str(target.resolve()))} (FORMAT parquet)",
            part(progress, 0.3, 1.0),
        )
    except duckdb.Error as error:
        raise _broken(decoded.path, filename, str(error), is_array=is_array) from None
    bad_rows, count = _bad_rows(decoded.path) if leaves_out else ((), 0)
    notes = [Text("note_column_left_out", column=k, type=nested[k]) for k in keys if k in nested]
    return Staged(
        target,
        header,
        decoded.encoding,
        decoded.is_guessed,
        tuple(notes),
        bad_rows,
        count,
    )


def _first_sign(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        while chunk := file.read(4096):
            if chunk.strip():
                return chunk.lstrip()[0]
    return ""


def _objects(path: Path, *, is_array: bool, leaves_out: bool) -> str:
    form = "array" if is_array else "newline_delimited"
    ignoring = ", ignore_errors=true" if leaves_out else ""
    return (
        f"read_json_objects({literal(str(path.resolve()))}, format='{form}', "
        f"compression='uncompressed', maximum_object_size={MAX_OBJECT}{ignoring})"
    )


def _keys(
    connection: DuckDBPyConnection, objects: str, filename: str, limits: Limits
) -> tuple[str, ...]:
    """Every key of any row: as the first rows order them, then the rest."""
    strangers = "count_if(json IS NOT NULL AND json_type(json) <> 'OBJECT'), count(json)"
    others, rows = one_row(connection, f"SELECT {strangers} FROM {objects}")
    if rows == 0:
        raise Unreadable(Text("file_no_rows", file=filename))
    if others:
        raise Unreadable(Text("file_json_not_rows", file=filename))
    head = f"SELECT json_keys(json) FROM {objects} WHERE json IS NOT NULL LIMIT 1000"
    first = [key for (keys,) in connection.execute(head).fetchall() for key in keys]
    every = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) AS key FROM {objects} ORDER BY key "
        f"LIMIT {limits.max_columns + 1}"
    ).fetchall()
    if len(every) > limits.max_columns:
        found = f"> {limits.max_columns}"
        raise TooLarge(Text("file_columns", file=filename, found=found, limit=limits.max_columns))
    return tuple(dict.fromkeys([*first, *(key for (key,) in every)]))


def _nested(connection: DuckDBPyConnection, objects: str, keys: tuple[str, ...]) -> dict[str, str]:
    """The keys whose values are all lists or objects, with which of the two."""
    kinds = [
        f"count_if(kinds[{i}] IN ('ARRAY', 'OBJECT')), "
        f"count_if(kinds[{i}] NOT IN ('ARRAY', 'OBJECT', 'NULL')), max(kinds[{i}])"
        for i in range(1, len(keys) + 1)
    ]
    row = one_row(
        connection,
        f"SELECT {', '.join(kinds)} FROM (SELECT json_type(json, {_pointers(keys)}) AS kinds "
        f"FROM {objects})",
    )
    found = zip(keys, row[0::3], row[1::3], row[2::3], strict=True)
    return {key: kind for key, deep, plain, kind in found if deep and not plain}


def _pointers(keys: tuple[str, ...] | list[str]) -> str:
    """The keys as a list of JSON pointers (RFC 6901)."""
    pointers = (f"/{key.replace('~', '~0').replace('/', '~1')}" for key in keys)
    return f"[{', '.join(literal(pointer) for pointer in pointers)}]"


def _broken(path: Path, filename: str, message: str, *, is_array: bool) -> Unreadable:
    if is_array:
        return Unreadable(Text("file_json_array_broken", file=filename))
    if _is_one_value(path):
        return Unreadable(Text("file_json_not_rows", file=filename))
    for bad in _bad_lines(path):
        if bad.reason.code == "bad_row_json_long":
            return TooLarge(Text("file_line_long", file=filename, line=str(bad.line)))
        return Unreadable(
            Text("file_json_line", file=filename, line=str(bad.line), shown=bad.text), _LEAVE_OUT
        )
    return Unreadable(Text("file_json_array_broken", file=filename))


def _is_one_value(path: Path) -> bool:
    """Whether the file is one object over several lines, as settings are written."""
    if path.stat().st_size > MAX_OBJECT:
        return False
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return True


def _bad_rows(path: Path) -> tuple[tuple[BadRow, ...], int]:
    shown: list[BadRow] = []
    count = 0
    for bad in _bad_lines(path):
        count += 1
        if len(shown) < SHOWN:
            shown.append(bad)
    return tuple(shown), count


def _bad_lines(path: Path) -> Iterator[BadRow]:
    """The lines that are no JSON, as an editor counts lines."""
    with path.open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(MAX_OBJECT + 1), b""), start=1):
            if len(raw) > MAX_OBJECT:
                yield BadRow(number, Text("bad_row_json_long"), _shown(raw))
                return
            if raw.strip():
                try:
                    json.loads(raw)
                except (ValueError, RecursionError):
                    yield BadRow(number, Text("bad_row_json"), _shown(raw))


def _shown(raw: bytes) -> str:
    text = raw[:400].decode("utf-8", errors="replace").strip()
    return "".join(c if c.isprintable() else " " for c in text)[:60]
