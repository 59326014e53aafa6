"""A table written in any dialect reads back as the same values."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hadi.ingest.bundles import open_tables
from hadi.ingest.choices import Choices
from tests.factories.books import book

FEW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
FEWER = settings(FEW, max_examples=8)

# Text that is surely text: no number, no word for "no value", no day.
_SIGNS = "абвЖxyzáő ;,|\t\"'-.#%&<>"
texts = st.text(alphabet=_SIGNS, max_size=12).map(lambda s: f"t{s}z")
whole = st.integers(-(10**9), 10**9)
cents = st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)
days = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))
truths = st.booleans()
KINDS = {"text": texts, "whole": whole, "cents": cents, "day": days, "truth": truths}


@dataclass(frozen=True)
class Table:
    """Columns of one kind each; the first is text and always filled."""

    kinds: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def names(self) -> list[str]:
        return [f"{kind} {place}" for place, kind in enumerate(self.kinds)]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = ("text", *draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4)))
    cells = [KINDS[kinds[0]], *(st.none() | KINDS[kind] for kind in kinds[1:])]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=8))
    return Table(kinds, tuple(rows))


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    decimal: str
    group: str
    ends: str
    encoding: str
    quoting: Any


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    group=st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    ends=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)


def written(value: Any, dialect: Dialect) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        plain = f"{value:,.2f}".replace(",", dialect.group)
        return plain.replace(".", dialect.decimal) if dialect.decimal == "," else plain
    return str(value)


def as_csv(table: Table, dialect: Dialect) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream, delimiter=dialect.delimiter, quoting=dialect.quoting, lineterminator=dialect.ends
    )
    writer.writerow(table.names)
    writer.writerows([written(cell, dialect) for cell in row] for row in table.rows)
    return stream.getvalue().encode(dialect.encoding)


def read(content: bytes, filename: str, **options: Any) -> list[list[tuple[Any, ...]]]:
    """The rows of every table in the file."""
    with TemporaryDirectory() as name, duckdb.connect() as connection:
        stored = open_tables(io.BytesIO(content), filename, folder=Path(name), **options)
        return [connection.read_parquet(str(table.path)).fetchall() for table in stored]


def plain(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Values as they compare: a number is a number, whatever its type."""
    return [
        tuple(round(float(c), 6) if isinstance(c, int | float | Decimal) else c for c in row)
        for row in rows
    ]


@FEW
@given(table=tables(), dialect=dialects)
def test_text_in_any_dialect(table: Table, dialect: Dialect) -> None:
    if dialect.encoding == "cp1251":
        letters = {ord("á"): "a", ord("ő"): "o", ord("\u202f"): "\u00a0"}
        rows = [[c.translate(letters) if isinstance(c, str) else c for c in r] for r in table.rows]
        table = Table(table.kinds, tuple(map(tuple, rows)))
        if dialect.group == "\u202f":
            dialect = Dialect(**{**vars(dialect), "group": "\u00a0"})
    choices = Choices(encoding=dialect.encoding if dialect.encoding == "cp1251" else None)
    (rows_read,) = read(as_csv(table, dialect), "data.csv", choices=choices)
    assert plain(rows_read) == plain(table.rows)


@FEW
@given(table=tables(), is_array=st.booleans(), is_sparse=st.booleans())
def test_json(table: Table, is_array: bool, is_sparse: bool) -> None:
    def cell(value: Any) -> Any:
        if isinstance(value, Decimal):
            return float(value)
        return value.isoformat() if isinstance(value, dt.date) else value

    objects = [
        {n: cell(v) for n, v in zip(table.names, row, strict=True) if not (is_sparse and v is None)}
        for row in table.rows
    ]
    names = list(dict.fromkeys(name for each in objects for name in each))
    if is_array:
        content = json.dumps(objects)
    else:
        content = "\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
    (rows_read,) = read(content.encode(), "data.json")
    places = [table.names.index(name) for name in names]
    expected = [tuple(row[place] for place in places) for row in table.rows]
    assert plain(rows_read) == plain(expected)


@FEWER
@given(table=tables(), n_titles=st.integers(0, 2))
def test_workbooks(table: Table, n_titles: int) -> None:
    def cell(value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else value

    titles = [["A title"], []][:n_titles]
    rows = [*titles, table.names, *([cell(v) for v in row] for row in table.rows)]
    (rows_read,) = read(book({"s": rows}), "data.xlsx")
    assert plain(rows_read) == plain(table.rows)


@FEW
@given(table=tables())
def test_parquet(table: Table) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "text": pa.string(), "whole": pa.int64(), "cents": pa.decimal128(18, 2),
        "day": pa.date32(), "truth": pa.bool_(),
    }  # fmt: skip
    columns = [
        pa.array([row[place] for row in table.rows], type=types[kind])
        for place, kind in enumerate(table.kinds)
    ]
    stream = io.BytesIO()
    pq.write_table(pa.table(columns, names=table.names), stream)
    (rows_read,) = read(stream.getvalue(), "data.parquet")
    assert plain(rows_read) == plain(table.rows)
