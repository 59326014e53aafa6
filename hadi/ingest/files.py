"""From a file as it was sent to an immutable table and a report of how it was read.

The table is Parquet, named by the SHA-256 of its own bytes. It appears under that name whole or
not at all, and nothing else is left behind, whatever goes wrong on the way.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest import engine, parquet
from hadi.ingest.armnames import with_arms
from hadi.ingest.aside import read_aside
from hadi.ingest.choices import Choices
from hadi.ingest.digests import file_digest
from hadi.ingest.engine import literal, one_row, quoted
from hadi.ingest.excel import Sheets
from hadi.ingest.jsonlines import stage_json
from hadi.ingest.limits import MB, Limits
from hadi.ingest.progress import Progress, execute, part
from hadi.ingest.reading import Reading
from hadi.ingest.report import ColumnReport, Decision, ParseReport
from hadi.ingest.sniffing import WORKBOOKS, FileKind, kind_of
from hadi.ingest.staging import stage
from hadi.ingest.tabular import read_cells
from hadi.ingest.texts import read_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 1 * MB
SCRATCH = ".incoming-"
ABANDONED = 24 * 3600  # seconds; no file takes that long to read


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table that will not change: where it is, the SHA-256 of its bytes, how it was read."""

    path: Path
    digest: str
    report: ParseReport
    member: str | None = None  # of the archive it came in


def open_table(
    source: Path | BinaryIO,
    filename: str,
    *,
    folder: Path,
    limits: Limits | None = None,
    choices: Choices | None = None,
    sheet: str | None = None,
    sheets: Sheets = "auto",
    progress: Progress | None = None,
) -> StoredTable:
    """Read a CSV, TSV, XLSX or Parquet file and store its table in `folder`.

    Parameters
    ----------
    source : the file, or an open binary stream (an upload, stdin).
    filename : its name as the person knows it; the extension must agree with the content.
    choices : how it is to be read, where a person has said so.
    sheet, sheets : for workbooks; see `excel.read_workbook`.
    progress : is told the share that is done; what it raises stops the reading.

    Raises Unreadable (TooLarge) with one sentence and the choices that mend it; then `folder` is
    as it was.
    """
    limits = limits or Limits()
    choices = choices or Choices()
    reads = part(progress, 0.0, 0.85)
    folder.mkdir(parents=True, exist_ok=True)
    _clear_away(folder)
    # Inside `folder`, so that the last step is a rename on one file system.
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as name:
        scratch = Path(name)
        path = received(source, filename, scratch, limits)
        kind = kind_of(path, filename)
        with engine.session(files=[path], folder=scratch, is_reading=True) as connection:
            try:
                if kind is FileKind.PARQUET:
                    reading = parquet.read_parquet(connection, path, filename, limits)
                elif kind in WORKBOOKS:
                    reading = _workbook(
                        connection, path, filename, scratch, limits, kind, choices, sheet, sheets,
                        reads,
                    )  # fmt: skip
                elif kind is FileKind.JSON:
                    reading = _json(connection, path, filename, scratch, limits, choices, reads)
                elif kind is FileKind.ZIP:
                    raise Unreadable(Text("file_zip_not_workbook", file=filename))
                else:
                    reading = read_text(connection, path, filename, scratch, limits, choices, reads)
                reading = with_arms(connection, reading, filename, choices)
                written, report = _write(
                    connection, reading, filename, scratch, part(progress, 0.85, 0.99)
                )
            except OSError as error:
                raise Unreadable(
                    Text("file_not_stored", file=filename, reason=error.strerror or str(error))
                ) from error
        digest = file_digest(written)
        target = folder / f"{digest}.parquet"
        if not target.exists():
            written.chmod(0o440)
            _sync(written)
            os.replace(written, target)
        return StoredTable(target, digest, report)


def _clear_away(folder: Path) -> None:
    """Remove what a process that was killed while it read a file has left."""
    for left in folder.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left)


def received(source: Path | BinaryIO, filename: str, scratch: Path, limits: Limits) -> Path:
    """The file on disk, no larger than allowed."""
    limit = limits.max_bytes
    if isinstance(source, Path):
        if not source.is_file():
            raise Unreadable(Text("file_missing", file=filename))
        if limit is not None and source.stat().st_size > limit:
            raise _too_large(filename, limit)
        return source
    target = scratch / "received"
    size = 0
    with target.open("wb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise _too_large(filename, limit)
            file.write(chunk)
    return target


def _too_large(filename: str, limit: int) -> TooLarge:
    return TooLarge(Text("file_too_large", file=filename, limit=f"{limit / MB:.3g}"))


def _workbook(
    connection: DuckDBPyConnection,
    path: Path,
    filename: str,
    scratch: Path,
    limits: Limits,
    kind: FileKind,
    choices: Choices,
    sheet: str | None,
    sheets: Sheets,
    progress: Progress | None,
) -> Reading:
    book = read_aside(
        path,
        filename,
        scratch,
        limits,
        kind=kind,
        choices=choices,
        sheet=sheet,
        sheets=sheets,
        progress=part(progress, 0.0, 0.7),
    )
    names = book.header.names
    staged = stage(connection, book.path, filename, ",", len(names), scratch)
    # Numbers are numbers in a workbook; a comma inside text says nothing about the file.
    reading = read_cells(
        connection,
        staged,
        names,
        filename,
        limits,
        choices,
        delimiter=None,
        progress=part(progress, 0.7, 1.0),
    )
    return replace(
        reading,
        sheet=book.sheet,
        notes=(*book.notes, *reading.notes),
        decisions=_together(book.decisions, reading.decisions),
    )


def _together(ours: Sequence[Decision], others: Sequence[Decision]) -> tuple[Decision, ...]:
    """What the workbook's reader decided, and what was found of its cells; where both speak of one
    thing the former knows why, and the latter what else there is."""
    known = {(d.field, d.column): d for d in others}
    said: list[Decision] = []
    for decision in ours:
        other = known.pop((decision.field, decision.column), None)
        if other is not None:
            options = tuple(dict.fromkeys((*decision.options, *other.options)))
            examples = decision.examples or other.examples
            decision = replace(decision, options=options, examples=examples)
        said.append(decision)
    return (*said, *known.values())


def _json(
    connection: DuckDBPyConnection,
    path: Path,
    filename: str,
    scratch: Path,
    limits: Limits,
    choices: Choices,
    progress: Progress | None,
) -> Reading:
    staged = stage_json(
        connection, path, filename, scratch, limits, choices, part(progress, 0.0, 0.7)
    )
    names = staged.header.names
    reading = read_cells(
        connection, staged.path, names, filename, limits, choices, delimiter=None,
        progress=part(progress, 0.7, 1.0),
    )  # fmt: skip
    return replace(
        reading,
        encoding=staged.encoding,
        notes=(*staged.header.notes, *staged.notes, *reading.notes),
        bad_rows=(*staged.bad_rows, *reading.bad_rows),
        bad_row_count=staged.bad_row_count + reading.bad_row_count,
    )


def _write(
    connection: DuckDBPyConnection,
    reading: Reading,
    filename: str,
    scratch: Path,
    progress: Progress | None,
) -> tuple[Path, ParseReport]:
    """Write the typed table and describe it."""
    import duckdb

    target = scratch / "table.parquet"
    try:
        execute(
            connection,
            f"COPY ({reading.query}) TO {literal(str(target.resolve()))} "
            "(FORMAT parquet, COMPRESSION zstd)",
            progress,
        )
    except duckdb.Error as error:
        raise Unreadable(
            Text("file_not_stored", file=filename, reason=engine.reason(error))
        ) from None
    table = engine.parquet([target])
    counts = ", ".join(f"count({quoted(name)})" for name, _ in reading.types)
    rows, *filled = one_row(connection, f"SELECT count(*), {counts} FROM {table}")
    if rows == 0:
        raise Unreadable(Text("file_no_rows", file=filename))
    examples = _examples(connection, table, [name for name, _ in reading.types])
    report = ParseReport(
        rows=rows,
        columns=tuple(
            ColumnReport(name, kind, shown, rows - present)
            for (name, kind), shown, present in zip(reading.types, examples, filled, strict=True)
        ),
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        decimal=reading.decimal,
        sheet=reading.sheet,
        notes=reading.notes,
        decisions=reading.decisions,
        bad_rows=reading.bad_rows,
        bad_row_count=reading.bad_row_count,
    )
    return target, report


def _examples(
    connection: DuckDBPyConnection, table: str, names: list[str]
) -> list[tuple[str, ...]]:
    """The first three different values of each column, as text, from the first rows."""
    texts = ", ".join(f"left(CAST({quoted(name)} AS VARCHAR), 80)" for name in names)
    head = connection.execute(f"SELECT {texts} FROM {table} LIMIT 500").fetchall()
    return [
        tuple(dict.fromkeys(row[place] for row in head if row[place] is not None))[:3]
        for place in range(len(names))
    ]


def _sync(path: Path) -> None:
    """Make sure the bytes are on the disk before the name says so."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
