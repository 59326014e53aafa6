"""The one way DuckDB is started: it sees the files it was given and nothing else.

No extension is fetched, no Python variable is scanned, no other path can be opened, and the
settings are locked, so that nothing written in a file (or in a column's name) can reach further.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PATH = re.compile(r"""(\s(in|of|from|for))?(\sfile)?\s["'][^"']*[/\\][^"']*["']""")
MEMORY_LIMIT = "60%"  # of the machine; beyond it DuckDB spills to the temporary folder
# To read a file: it goes past, so more memory and more threads (each holds a part of it) hardly
# make it faster, while several people send files at once.
READING_MEMORY = "640MB"
READING_THREADS = 4


@contextmanager
def session(
    *,
    files: Iterable[Path] = (),
    folder: Path | None = None,
    database: Path | None = None,
    timezone: str | None = None,
    is_reading: bool = False,
) -> Iterator[DuckDBPyConnection]:
    """A connection that may read `files`, and read and write inside `folder`; of a `database`, a
    file of DuckDB, it may read the tables. `timezone`: the one in which instants are shown.
    `is_reading`: a file goes past, in bounded memory."""
    import duckdb

    spill = Path(tempfile.gettempdir()) / f"hadi-spill-{os.urandom(8).hex()}"
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "memory_limit": READING_MEMORY if is_reading else MEMORY_LIMIT,
            "temp_directory": str(spill),
        }
    )
    try:
        if database is not None:
            # Attached, not opened: one process may open a file with one set of settings only.
            path = literal(str(database))
            connection.execute(f"ATTACH {path} AS source (TYPE duckdb, READ_ONLY); USE source")
        settings = ["enable_progress_bar=false"]  # it would go to stdout
        if is_reading:
            settings.append(f"threads={min(READING_THREADS, os.cpu_count() or 1)}")
        if timezone is not None:
            settings.append(f"TimeZone={literal(timezone)}")
        if folder is not None:
            settings.append(f"allowed_directories=[{literal(f'{folder.resolve()}/')}]")
        paths = ", ".join(literal(str(path.resolve())) for path in files)
        settings += [f"allowed_paths=[{paths}]", "enable_external_access=false"]
        settings.append("lock_configuration=true")
        connection.execute("; ".join(f"SET {setting}" for setting in settings))
        yield connection
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def quoted(name: str) -> str:
    """A column's name as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def parquet(paths: Sequence[Path]) -> str:
    """The table expression over Parquet files with the same columns."""
    if len(paths) == 1:
        return f"read_parquet({literal(str(paths[0].resolve()))})"
    listed = ", ".join(literal(str(path.resolve())) for path in paths)
    return f"read_parquet([{listed}], union_by_name=true)"


def one_row(connection: DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The single row of a query that always has one."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def reason(error: Exception) -> str:
    """The first line of DuckDB's message, without its class and the paths of the server: enough
    for a person."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return _PATH.sub("", first.partition(": ")[2] or first)
