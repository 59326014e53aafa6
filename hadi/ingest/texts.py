"""A text table from its bytes to typed columns, with what was decided on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import tabular
from hadi.ingest.choices import DELIMITERS, ENCODINGS, BadRows, Choices, Headers
from hadi.ingest.dialects import Dialect, read_dialect
from hadi.ingest.encodings import Decoded, decode
from hadi.ingest.limits import Limits
from hadi.ingest.lines import Shape, Sifted, sift
from hadi.ingest.progress import Progress, part
from hadi.ingest.reading import Reading
from hadi.ingest.report import BadRow, Decision
from hadi.ingest.staging import Header, clean_header, stage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LEAVE_OUT = {"bad_rows": BadRows.LEAVE_OUT.value}
# The reason of a bad row, as the sentence that refuses the file.
_REFUSALS = {
    "bad_row_ragged": "file_ragged",
    "bad_row_open_quote": "file_open_quote",
    "bad_row_quote": "file_line_broken",
    "bad_row_nul": "file_nul",
    "bad_row_undecodable": "file_undecodable",
    "bad_row_long": "file_line_long",
}
_SHOWN_TITLES = 3


@dataclass(frozen=True, slots=True)
class _Staged:
    """The cells as Parquet, and the text file they came from."""

    cells: Path
    text: Path
    bad_rows: tuple[BadRow, ...] = ()
    bad_row_count: int = 0


def read_text(
    connection: DuckDBPyConnection,
    path: Path,
    filename: str,
    scratch: Path,
    limits: Limits,
    choices: Choices,
    progress: Progress | None = None,
) -> Reading:
    """Read the text table at `path`; copies go into `scratch`, which the session may read.

    Raises Unreadable, naming the line, with the choices under which the rest can be read.
    """
    leaves_out = choices.bad_rows is BadRows.LEAVE_OUT
    decoded = decode(
        path,
        filename,
        scratch,
        encoding=choices.encoding,
        leaves_out=leaves_out,
        progress=part(progress, 0.0, 0.2),
    )
    dialect = read_dialect(
        decoded.path,
        filename,
        delimiter=choices.delimiter,
        header_row=choices.header_row,
        header_rows=choices.header_rows,
    )
    header = clean_header(_names(dialect), filename, limits, choices.headers)
    shape = Shape(dialect.delimiter, len(header.names), dialect.skip_lines, decoded.is_replaced)
    staged = _staged(
        connection, decoded, filename, scratch, shape, dialect, leaves_out,
        part(progress, 0.2, 0.6),
    )  # fmt: skip

    def lines(rows: list[int]) -> dict[int, int]:
        return sift(staged.text, filename, shape, rows=rows).lines

    reading = tabular.read_cells(
        connection,
        staged.cells,
        header.names,
        filename,
        limits,
        choices,
        delimiter=dialect.delimiter,
        lines=lines,
        text=staged.text,
        progress=part(progress, 0.6, 0.8),
    )
    return Reading(
        reading.query,
        reading.types,
        encoding=decoded.encoding,
        delimiter=dialect.delimiter if len(header.names) > 1 else None,
        decimal=reading.decimal,
        notes=(*header.notes, *reading.notes),
        decisions=(*_decisions(decoded, dialect, header, staged, choices), *reading.decisions),
        bad_rows=(*staged.bad_rows, *reading.bad_rows)[:20],
        bad_row_count=staged.bad_row_count + reading.bad_row_count,
    )


def _names(dialect: Dialect) -> list[str]:
    """The names of the columns; those of several rows joined, an upper one's to its right too."""
    if not dialect.names:
        return [""] * dialect.width
    parts: list[list[str]] = [[] for _ in range(dialect.width)]
    for place, row in enumerate(dialect.names):
        is_upper = place < len(dialect.names) - 1
        carried = ""
        for column in range(dialect.width):
            name = row[column].strip() if column < len(row) else ""
            if is_upper:
                carried = name = name or carried
            if name and name not in parts[column][-1:]:
                parts[column].append(name)
    return [" / ".join(each) for each in parts]


def _staged(
    connection: DuckDBPyConnection,
    decoded: Decoded,
    filename: str,
    scratch: Path,
    shape: Shape,
    dialect: Dialect,
    leaves_out: bool,
    progress: Progress | None,
) -> _Staged:
    """Stage the rows; where some cannot be read, refuse the file or leave them out."""

    def staged(text: Path, progress: Progress | None) -> Path:
        return stage(
            connection, text, filename, shape.delimiter, shape.width, scratch,
            skip_rows=dialect.skip_rows, progress=progress,
        )  # fmt: skip

    if not decoded.has_bad_bytes:
        try:
            return _Staged(staged(decoded.path, progress), decoded.path)
        except Unreadable as error:
            refusal = error
    target = scratch / "sifted.csv" if leaves_out else None
    sifted = sift(decoded.path, filename, shape, target=target, progress=part(progress, 0.0, 0.5))
    if sifted.bad_row_count == 0 and not decoded.has_bad_bytes:
        raise refusal  # in DuckDB's words: it saw what this did not
    if target is None and sifted.bad_row_count == 0:
        return _Staged(staged(decoded.path, progress), decoded.path)
    if target is None:
        raise _refusal(filename, decoded.encoding, sifted)
    return _Staged(
        staged(target, part(progress, 0.5, 1.0)),
        decoded.path,
        tuple(sifted.bad_rows),
        sifted.bad_row_count,
    )


def _refusal(filename: str, encoding: str, sifted: Sifted) -> Unreadable:
    """The first bad row in a sentence, how many more there are, and the way out."""
    first = sifted.bad_rows[0]
    params = {**first.reason.params, "file": filename, "line": str(first.line)}
    if first.reason.code == "bad_row_undecodable":
        params["encoding"] = encoding
    text = Text(_REFUSALS[first.reason.code], **params)
    if sifted.bad_row_count > 1:
        text = Text("file_bad_rows", first=text, n=sifted.bad_row_count - 1)
    return Unreadable(text, _LEAVE_OUT if sifted.rows else None)


def _decisions(
    decoded: Decoded, dialect: Dialect, header: Header, staged: _Staged, choices: Choices
) -> list[Decision]:
    """What was decided of the file as a whole."""
    encoding, line = decoded.encoding, str(dialect.header_line)
    detail = None
    if decoded.is_guessed:
        detail = Text("decided_encoding_guessed", encoding=encoding)
    decisions = [
        Decision(
            "encoding", encoding, tuple(dict.fromkeys((encoding, *ENCODINGS))),
            is_chosen=choices.encoding is not None, detail=detail,
        )
    ]  # fmt: skip
    if len(header.names) > 1 or choices.delimiter:
        decisions.append(
            Decision(
                "delimiter",
                dialect.delimiter,
                tuple(dict.fromkeys((*DELIMITERS, dialect.delimiter))),
                is_chosen=choices.delimiter is not None,
            )
        )
    titles = dialect.titles
    decisions.append(
        Decision(
            "header_row",
            line,
            tuple(str(number) for number in range(1, max(10, dialect.header_line + 3))),
            is_chosen=choices.header_row is not None,
            detail=Text("decided_header_line", line=line) if titles else None,
            examples=titles[:_SHOWN_TITLES],
        )
    )
    decisions.append(
        Decision(
            "header_rows", str(len(dialect.names)), ("0", "1", "2", "3"),
            is_chosen=choices.header_rows is not None,
        )
    )  # fmt: skip
    if choices.headers is Headers.NUMBER:
        decisions.append(Decision("headers", Headers.NUMBER.value, tuple(Headers), is_chosen=True))
    if choices.bad_rows is BadRows.LEAVE_OUT:
        decisions.append(
            Decision("bad_rows", BadRows.LEAVE_OUT.value, tuple(BadRows), is_chosen=True)
        )
    return decisions
