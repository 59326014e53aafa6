"""Tables as files: numbers stay numbers, dates stay dates, and nothing runs."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hadi.domain.errors import Invalid
from hadi.domain.text import Text
from hadi.ingest.neutral import SEPARATORS, is_number, neutralise_split
from hadi.services import table_files
from hadi.services.table_files import Format, Head, Kind, Reader, Table

ENGLISH = Reader(str, UTC)
MOMENT = datetime(2026, 2, 20, 14, 5, 30, tzinfo=UTC)
HEADS = (
    Head("name", Text("export_key")),
    Head("rows", "Rows", Kind.WHOLE),
    Head("share", "Share", Kind.NUMBER),
    Head("is_final", "Final", Kind.FLAG),
    Head("day", "Day", Kind.DAY),
    Head("at", "At", Kind.MOMENT),
)
ROW = ("H-1", 12, -0.5, True, date(2026, 2, 20), MOMENT)
EMPTY = (None,) * 6
# What attacks and accidents are made of.
DANGEROUS = st.text(alphabet="=+-@,;|\t\r\n\"' a1.％＝", max_size=12)
CELLS = st.one_of(DANGEROUS, st.text(max_size=8), st.none(), st.integers(-9, 9))
_RUNS = re.compile(r"[=+\-@＝＋－＠]")


def table(*rows: Any, notes: tuple[Text, ...] = (), **more: Any) -> Table:
    return Table("table", HEADS, rows, notes, **more)


def written(found: Table, format: Format, reader: Reader = ENGLISH) -> bytes:
    file = io.BytesIO()
    table_files.write(found, format, reader, into=file)
    return file.getvalue()


def text_of(found: Table, reader: Reader = ENGLISH) -> str:
    return written(found, Format.CSV, reader).decode("utf-8-sig")


def test_a_csv_has_numbers_and_dates_as_they_are_read_everywhere() -> None:
    content = written(table(ROW, EMPTY), Format.CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    head, first, second, last = content.decode("utf-8-sig").split("\r\n")
    assert head == '"Key","Rows","Share","Final","Day","At"'
    assert first == '"H-1",12,-0.5,TRUE,2026-02-20,2026-02-20 14:05'
    assert (second, last) == (",,,,,", "")


def test_a_csv_for_decimal_commas_has_semicolons() -> None:
    reader = Reader(str, UTC, ";")
    assert '"H-1";12;-0,5;TRUE;2026-02-20' in text_of(table(ROW), reader)
    assert "2,50" in text_of(table((None, None, Decimal("2.50"), *EMPTY[3:])), reader)


def test_a_workbook_has_numbers_dates_and_notes() -> None:
    import openpyxl

    content = written(table(ROW, notes=(Text("export_nothing_left"),)), Format.XLSX)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["HADI"]
    head, first = list(sheet.iter_rows(values_only=True))
    assert head == ("Key", "Rows", "Share", "Final", "Day", "At")
    assert first == (
        "H-1", 12, -0.5, True, datetime.fromisoformat("2026-02-20"),
        datetime.fromisoformat("2026-02-20 14:05"),
    )  # fmt: skip
    assert "none of the columns" in str(book["Notes"]["A1"].value)


def test_parquet_has_types_names_and_notes() -> None:
    import pyarrow.parquet as pq

    content = written(table(ROW, EMPTY, notes=(Text("export_nothing_left"),)), Format.PARQUET)
    found = pq.read_table(io.BytesIO(content))
    assert found.column_names == [head.name for head in HEADS]
    assert [str(kind) for kind in found.schema.types] == [
        "string", "int64", "double", "bool", "date32[day]", "timestamp[us, tz=UTC]"
    ]  # fmt: skip
    assert found.to_pylist()[0] == dict(zip(found.column_names, ROW, strict=True))
    assert b"none of the columns" in found.schema.metadata[b"hadi.notes"]


def test_parquet_of_nothing_has_its_columns() -> None:
    import pyarrow.parquet as pq

    found = pq.read_table(io.BytesIO(written(table(), Format.PARQUET)))
    assert (found.num_rows, found.column_names[0]) == (0, "name")


def test_numbers_that_a_sheet_would_change_are_kept_as_text() -> None:
    import openpyxl

    heads = tuple(Head(name, name) for name in "abcdef")
    cells = (10**15, float("nan"), float("inf"), date(1812, 9, 7), "x" * 40_000, [1, 2])
    content = written(Table("t", heads, [cells]), Format.XLSX)
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = list(book["HADI"].iter_rows(values_only=True))[1]
    assert found[:4] == ("1000000000000000", None, "∞", "1812-09-07")
    assert (len(str(found[4])), found[5]) == (32_767, "[1, 2]")
    assert "1 text" in str(book["Notes"]["A1"].value)


def test_a_sheet_that_is_too_small_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="1,048,575 rows"):
        written(table(size=1_048_576), Format.XLSX)
    monkeypatch.setattr(table_files, "EXCEL_ROWS", 2)
    with pytest.raises(Invalid, match="take CSV or Parquet"):
        written(table(EMPTY, EMPTY, EMPTY), Format.XLSX)
    wide = Table("t", tuple(Head(str(n), str(n)) for n in range(16_385)), [])
    with pytest.raises(Invalid, match="16,384 columns"):
        written(wide, Format.XLSX)


def test_a_workbook_runs_nothing() -> None:
    import openpyxl

    content = written(Table("t", (Head("a", "=1"),), [("=1+1",), ("\x07-2",)]), Format.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["HADI"]
    assert [(c.data_type, c.value) for (c,) in sheet.iter_rows()] == [
        ("s", "'=1"), ("s", "'=1+1"), ("s", "-2")
    ]  # fmt: skip


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4), st.sampled_from(",;"))
@example([("a;=1", "x", 'y|"=1')], ",")
@example([("-1", "5+cmd|' /C calc'!A0", None)], ",")
@example([(-1, "5+cmd|' /C calc'!A0", None)], ",")
def test_nothing_in_a_csv_runs_whatever_it_is_split_at(rows: list[Any], separator: str) -> None:
    """Any program, any separator: no cell begins a formula. What a row begins with may be a
    number; whatever it is joined with then is text in quotation marks."""
    heads = tuple(Head(name, name) for name in "abc")
    content = text_of(Table("t", heads, rows), Reader(str, UTC, separator))
    for split_at in SEPARATORS:
        for line in csv.reader(io.StringIO(content, newline=""), delimiter=split_at):
            for cell in line:
                assert _is_harmless(cell), (split_at, cell)
        for naive in re.split(f"[\r\n{re.escape(split_at)}]", content):
            assert _is_harmless(naive), (split_at, naive)


def _is_harmless(cell: str) -> bool:
    if not _RUNS.match(cell.lstrip(' "')) or is_number(cell.strip('"')):
        return True
    # A row that is not split begins with its number; the rest can only be numbers and texts in
    # quotation marks (the last may not be closed), which no formula is made of.
    number, *rest = re.split(r"[,;]", cell, maxsplit=1)
    bare = re.sub(r'"[^"]*("|$)', "", "".join(rest))
    return is_number(number.strip('"')) and re.fullmatch(r"[-0-9,;]*", bare) is not None


@given(DANGEROUS)
def test_making_harmless_twice_changes_nothing_more(cell: str) -> None:
    once = neutralise_split(cell)
    assert neutralise_split(once) == once
    assert once.replace("'", "") == cell.replace("'", "")
