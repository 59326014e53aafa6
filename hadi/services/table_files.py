"""A table as a file: CSV, XLSX or Parquet, written row by row, whoever the table comes from.

Numbers stay numbers and dates stay dates in each of the three. What a spreadsheet would run is made
harmless in the two it opens; Parquet is read by programs and keeps every text as it is. What was
left out of the table is said in the file's name, and inside it where the format has a place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

from hadi.domain.errors import Invalid
from hadi.domain.text import Text
from hadi.ingest.neutral import neutralise, neutralise_split

EXCEL_ROWS = 1_048_575  # under the head
EXCEL_COLUMNS = 16_384
EXCEL_CELL = 32_767  # characters
CHUNK_BYTES = 1 << 16
BLOCK_ROWS = 5_000
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # neither file can hold them well
_EXCEL_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_EXCEL_WHOLE = 10**15  # from here on Excel rounds whole numbers
_FIRST_DAY = date(1900, 3, 1)  # before it, Excel counts days of its own

Cell = object  # str, numbers, Decimal, bool, dates, Text, None; anything else is said as text
Say = Callable[[Text], str]


class Format(StrEnum):
    """What a table can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


MIMETYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"  # with its time zone: shown in the reader's
    CLOCK = "clock"  # day and time as somebody's clock showed them, in no zone that is known


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its name for programs, its title for people."""

    name: str
    title: str | Text
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are read once, while they are written. `stem` begins the file's name; `suffix`, in
    its name, and `notes`, inside it, say what was left out; `size` is how many rows there are, as
    far as it is known beforehand.
    `batches` are the same rows for Parquet, where their source has them in columns already."""

    stem: str
    heads: tuple[Head, ...]
    rows: Iterable[Sequence[Cell]]
    notes: tuple[Text, ...] = ()
    suffix: str = ""
    size: int | None = None
    batches: Callable[[], Iterator[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever the file is for: says texts in a language, and lives in a time zone. `separator` is
    what their spreadsheet splits a CSV at; with `;` numbers have a decimal comma."""

    say: Say
    zone: tzinfo
    separator: str = ","


def as_csv(table: Table, reader: Reader) -> Iterator[bytes]:
    """The table as CSV in UTF-8, piece by piece; the mark at its start tells Excel so.

    Every text stands in quotation marks. With another separator than ours a row becomes one cell,
    and only texts in quotation marks cannot be read as parts of a formula that a number begins.
    """
    written = [_csv_line([_title(head, reader) for head in table.heads], reader)]
    size = 0
    yield b"\xef\xbb\xbf"
    for row in table.rows:
        line = _csv_line(row, reader)
        written.append(line)
        size += len(line)
        if size > CHUNK_BYTES:
            yield "".join(written).encode("utf-8", "replace")
            written, size = [], 0
    yield "".join(written).encode("utf-8", "replace")


def as_xlsx(table: Table, reader: Reader, *, into: BinaryIO) -> None:
    """The table as a workbook; what is to be said of it stands on a second sheet. Raises Invalid
    where Excel has not that many rows or columns."""
    from openpyxl import Workbook

    refuse_too_large(table)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("HADI")
    sheet.freeze_panes = "A2"
    for place, head in enumerate(table.heads[:60], start=1):
        letters = _letters(place)
        sheet.column_dimensions[letters].width = 40 if head.kind is Kind.TEXT and place > 2 else 18
    sheet.append([_excel(_title(head, reader), reader) for head in table.heads])
    shortened = 0
    for number, row in enumerate(table.rows):
        if number >= EXCEL_ROWS:
            sheet.close()  # or its half of a file would be complained of when it is collected
            raise _too_many_rows()
        cells = [_excel(cell, reader) for cell in row]
        shortened += sum(type(cell) is str and len(cell) > EXCEL_CELL for cell in cells)
        sheet.append(cells)
    notes = [*table.notes, *([Text("export_shortened", n=shortened)] if shortened else [])]
    if notes:
        about = book.create_sheet("Notes")
        about.column_dimensions["A"].width = 100
        for note in notes:
            about.append([_excel(note, reader)])
    book.save(into)


def as_parquet(table: Table, reader: Reader, *, into: BinaryIO) -> None:
    """The table as Parquet: columns by their names for programs, moments in UTC."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    said = "\n".join(reader.say(note) for note in table.notes)
    if table.batches is not None:
        batches = table.batches()
        first = next(batches)
        schema = first.schema.remove_metadata()
    else:
        schema = pa.schema([(head.name, _arrow_type(head.kind)) for head in table.heads])
        batches, first = _batches(table, schema, reader), None
    if said:
        schema = schema.with_metadata({"hadi.notes": said})
    with pq.ParquetWriter(into, schema, compression="zstd") as writer:
        if first is not None:
            writer.write_table(pa.Table.from_batches([first]).cast(schema))
        for batch in batches:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def write(table: Table, format: Format, reader: Reader, *, into: BinaryIO) -> None:
    """The table in that format. Raises Invalid where the format cannot hold it."""
    match format:
        case Format.CSV:
            into.writelines(as_csv(table, reader))
        case Format.XLSX:
            as_xlsx(table, reader, into=into)
        case Format.PARQUET:
            as_parquet(table, reader, into=into)


def refuse_too_large(table: Table) -> None:
    """Raises Invalid for what is known beforehand not to fit into a sheet of Excel."""
    if table.size is not None and table.size > EXCEL_ROWS:
        raise _too_many_rows()
    if len(table.heads) > EXCEL_COLUMNS:
        raise Invalid(Text("export_too_many_columns", most=EXCEL_COLUMNS))


def _too_many_rows() -> Invalid:
    return Invalid(Text("export_too_many_rows", most=EXCEL_ROWS))


# ------------------------------------------------------------------------------------- cells
def _title(head: Head, reader: Reader) -> str:
    return reader.say(head.title) if isinstance(head.title, Text) else head.title


def _csv_line(row: Sequence[Cell], reader: Reader) -> str:
    return reader.separator.join([_csv(cell, reader) for cell in row]) + "\r\n"


def _csv(cell: Cell, reader: Reader) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Text):
        cell = reader.say(cell)
    if isinstance(cell, str):
        text = neutralise_split(_UNWRITABLE.sub("", cell))
        return '"' + text.replace('"', '""') + '"' if text else ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float, Decimal)):
        return _csv_number(cell, reader)
    if isinstance(cell, datetime):
        return _csv_moment(cell, reader)
    # A list or a duration out of somebody's Parquet is written as it is said.
    return cell.isoformat() if isinstance(cell, date | time) else _csv(str(cell), reader)


def _csv_number(number: float | Decimal, reader: Reader) -> str:
    if not math.isfinite(number):
        return "" if math.isnan(number) else f'"{"∞" if number > 0 else "−∞"}"'
    written = str(number) if isinstance(number, (int, Decimal)) else repr(float(number))
    return written.replace(".", ",") if reader.separator == ";" else written


def _csv_moment(moment: datetime, reader: Reader) -> str:
    if moment.tzinfo is None:  # of a data set: as it was there
        return moment.isoformat(" ")
    return moment.astimezone(reader.zone).strftime("%Y-%m-%d %H:%M")


def _excel(cell: Cell, reader: Reader) -> Any:
    """A cell as a workbook takes it: texts said, moments in local time, nothing that runs."""
    if isinstance(cell, Text):
        cell = reader.say(cell)
    if isinstance(cell, str):
        return neutralise(_EXCEL_UNWRITABLE.sub("", cell))
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, (int, float, Decimal)):
        return _excel_number(cell)
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            cell = cell.astimezone(reader.zone).replace(tzinfo=None, second=0, microsecond=0)
        return cell if cell.date() >= _FIRST_DAY else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell if cell >= _FIRST_DAY else cell.isoformat()
    return cell if isinstance(cell, time) else _excel(str(cell), reader)


def _excel_number(number: float | Decimal) -> Any:
    if not math.isfinite(number):
        return None if math.isnan(number) else ("∞" if number > 0 else "−∞")
    if isinstance(number, int) and abs(number) >= _EXCEL_WHOLE:
        return str(number)
    return number


def _letters(place: int) -> str:
    """The name of a column of a sheet: 1 is A, 27 is AA."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


# ----------------------------------------------------------------------------------- Parquet
def _arrow_type(kind: Kind) -> Any:
    import pyarrow as pa

    return {
        Kind.TEXT: pa.string(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.DAY: pa.date32(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.CLOCK: pa.timestamp("us"),
    }[kind]


def _batches(table: Table, schema: Any, reader: Reader) -> Iterator[Any]:
    import pyarrow as pa

    rows = iter(table.rows)
    while block := list(islice(rows, BLOCK_ROWS)):
        columns = [
            pa.array([_arrow(row[place], reader) for row in block], type=field.type)
            for place, field in enumerate(schema)
        ]
        yield pa.record_batch(columns, schema=schema)


def _arrow(cell: Cell, reader: Reader) -> Any:
    if isinstance(cell, Text):
        return reader.say(cell)
    return float(cell) if isinstance(cell, Decimal) else cell
