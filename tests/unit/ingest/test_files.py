"""Files as people send them: what is understood, and how it is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.ingest.files import StoredTable
from tests.factories.tables import table, workbook

Read = Callable[..., StoredTable]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]


def types(stored: StoredTable) -> dict[str, str]:
    return {column.name: column.type.value for column in stored.report.columns}


def notes(stored: StoredTable) -> str:
    return " ".join(str(note) for note in stored.report.notes)


def test_a_table_is_named_by_its_bytes_and_alone(read: Read, folder: Path) -> None:
    stored = read("arm,x\nA,1\nB,2\n")
    assert stored.digest == hashlib.sha256(stored.path.read_bytes()).hexdigest()
    assert [path.name for path in folder.iterdir()] == [f"{stored.digest}.parquet"]
    again = read("arm,x\nA,1\nB,2\n")
    assert again.path == stored.path


def test_the_report_tells_what_was_read(read: Read) -> None:
    report = read("arm;x;note\nA;1,5;\nB;2;hello\nC;;\n").report.as_json()
    decided = {(d["field"], d["column"]): d["value"] for d in report.pop("decisions")}
    assert decided == {
        ("encoding", None): "utf-8",
        ("delimiter", None): ";",
        ("header_row", None): "1",
        ("header_rows", None): "1",
        ("decimal", None): ",",
        ("type", "arm"): "text",
        ("type", "x"): "number",
        ("type", "note"): "text",
    }
    assert report == {
        "rows": 3,
        "columns": [
            {"name": "arm", "type": "text", "examples": ["A", "B", "C"], "missing": 0},
            {"name": "x", "type": "number", "examples": ["1.5", "2.0"], "missing": 1},
            {"name": "note", "type": "text", "examples": ["hello"], "missing": 2},
        ],
        "encoding": "utf-8",
        "delimiter": ";",
        "decimal": ",",
        "sheet": None,
        "notes": [],
        "bad_rows": [],
        "bad_row_count": 0,
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(read: Read, rows_of: Rows, delimiter: str, end: str) -> None:
    lines = [["arm", "x"], ["A", "1"], ["B", "2"]]
    stored = read(end.join(delimiter.join(line) for line in lines) + end)
    assert rows_of(stored) == [("A", 1), ("B", 2)]
    assert stored.report.delimiter == delimiter


def test_mixed_line_ends_and_blank_lines(read: Read, rows_of: Rows) -> None:
    assert rows_of(read(b"arm,x\r\nA,1\n\nB,2\r\n\r\n")) == [("A", 1), ("B", 2)]


@pytest.mark.parametrize(
    ("encoding", "city", "said"),
    [
        ("utf-8", "Москва", "utf-8"),
        ("utf-8-sig", "Győr", "utf-8-sig"),
        ("utf-16", "Москва", "utf-16"),
        ("utf-16-le", "Moscow", "utf-16-le"),
        ("utf-16-be", "Moscow", "utf-16-be"),
        ("cp1251", "Москва", "cp1251"),
        ("cp1250", "Győr űr", "cp1250"),
        ("cp1252", "Málaga", "cp1252"),
    ],
)
def test_encodings(read: Read, rows_of: Rows, encoding: str, city: str, said: str) -> None:
    stored = read(f"arm,city,x\nA,{city},1\nB,{city},2\n".encode(encoding))
    assert rows_of(stored) == [("A", city, 1), ("B", city, 2)]
    assert stored.report.encoding == said
    decision = stored.report.decisions[0]
    assert (decision.field, decision.value) == ("encoding", said)
    assert ("guessed" in str(decision.detail)) == said.startswith("cp")


def test_excel_says_its_delimiter(read: Read, rows_of: Rows) -> None:
    assert rows_of(read("sep=;\narm;x\nA;1\nB;2\n")) == [("A", 1), ("B", 2)]


@pytest.mark.parametrize(
    ("cells", "delimiter", "kind", "values"),
    [
        (["1", "2"], ",", "integer", [1, 2]),
        (["1.5", "-2", "+3", "1e3"], ",", "number", [1.5, -2.0, 3.0, 1000.0]),
        (["1,5", "2"], ";", "number", [1.5, 2.0]),
        (["1\u00a0234,5", "12"], ";", "number", [1234.5, 12.0]),
        (["1 234", "999"], "\t", "number", [1234.0, 999.0]),
        (["1,234,567", "12.5"], "\t", "number", [1234567.0, 12.5]),
        (["1.234,5", "2"], ";", "number", [1234.5, 2.0]),
        (["1,234", "5,678"], ";", "number", [1.234, 5.678]),
        (["1,234", "5,678"], ",", "number", [1234.0, 5678.0]),
        (["1,234", "5,678"], "\t", "text", ["1,234", "5,678"]),
        (["TRUE", "false"], ",", "boolean", [True, False]),
        (["007", "12"], ",", "text", ["007", "12"]),
        (["12345678901234567890", "1"], ",", "text", ["12345678901234567890", "1"]),
        (["1_000", "1"], ",", "text", ["1_000", "1"]),
        (["1", "x"], ",", "text", ["1", "x"]),
        (["NA", "1"], ",", "integer", [None, 1]),
        (["NA", "EU"], ",", "text", ["NA", "EU"]),
        (["n/a", "TRUE"], ",", "boolean", [None, True]),
        (["inf", "1"], ",", "text", ["inf", "1"]),
    ],
)
def test_numbers_as_people_write_them(
    read: Read, rows_of: Rows, cells: list[str], delimiter: str, kind: str, values: list[Any]
) -> None:
    lines = [f'k{delimiter}"{cell}"' for cell in cells]
    stored = read("\n".join([f"key{delimiter}x", *lines]) + "\n")
    assert types(stored)["x"] == kind
    assert [row[1] for row in rows_of(stored)] == values


def test_the_rest_of_the_file_tells_the_decimal_sign(read: Read, rows_of: Rows) -> None:
    stored = read("k\tx\ty\na\t1,234\t2,5\nb\t5,678\t3,25\n")
    assert rows_of(stored) == [("a", 1.234, 2.5), ("b", 5.678, 3.25)]
    dotted = read("k;x;y\na;1.234;2,5\nb;5.678;3,25\n")
    assert rows_of(dotted) == [("a", 1234.0, 2.5), ("b", 5678.0, 3.25)]


def test_an_ambiguous_column_is_asked(read: Read) -> None:
    (question,) = read("k\tx\na\t1,234\nb\t5,678\n").report.questions
    assert (question.field, question.column, question.options) == ("decimal", "x", (".", ","))
    assert question.examples == ("1,234", "5,678")


def test_words_for_no_value_are_told(read: Read) -> None:
    stored = read("arm,x\nA,1\nB,NA\nB,n/a\n")
    assert "“x”: 2 cells" in notes(stored)
    assert stored.report.columns[1].missing == 2


def test_dates_are_seen(read: Read) -> None:
    stored = read("day,at,local\n2026-01-02,2026-01-02 10:00:00,02.01.2026\n")
    assert types(stored) == {"day": "date", "at": "time", "local": "date"}


def test_headers_are_cleaned_and_the_nameless_named(read: Read) -> None:
    stored = read(",  arm  ,x\n0,A,1\n1,B,2\n")
    assert list(types(stored)) == ["column 1", "arm", "x"]
    assert "Column 1 has no name" in notes(stored)


@pytest.mark.parametrize("name", ['a"b', "a'b", "x); DROP TABLE t; --", "SELECT", "naïve Ж", "a.b"])
def test_a_name_of_a_column_is_only_a_name(read: Read, rows_of: Rows, name: str) -> None:
    escaped = name.replace('"', '""')
    stored = read(f'"{escaped}",x\nA,1\nB,2\n')
    assert list(types(stored)) == [name, "x"]
    assert rows_of(stored) == [("A", 1), ("B", 2)]


def test_one_column_is_a_table(read: Read, rows_of: Rows) -> None:
    stored = read("x\n1\n\n2\n")
    assert rows_of(stored) == [(1,), (2,)]
    assert stored.report.delimiter is None


def test_a_newline_in_a_quoted_cell(read: Read, rows_of: Rows) -> None:
    assert rows_of(read('arm,x\n"A\nB",1\n')) == [("A\nB", 1)]


class TestWorkbooks:
    def test_the_first_sheet_that_is_not_empty(self, read: Read, rows_of: Rows) -> None:
        content = workbook(
            {"blank": [], "data": [["arm", "x"], ["A", 1], ["B", 2.5]], "more": [["y"], [1]]}
        )
        stored = read(content, "book.xlsx")
        assert rows_of(stored) == [("A", 1.0), ("B", 2.5)]
        assert stored.report.sheet == "data"
        assert "“more”" in notes(stored)

    def test_a_sheet_by_name(self, read: Read, rows_of: Rows) -> None:
        content = workbook({"one": [["x"], [1]], "two": [["y"], [2]]})
        stored = read(content, "book.xlsx", sheet="two")
        assert rows_of(stored) == [(2,)]

    def test_two_sheets_as_arms(self, read: Read, rows_of: Rows) -> None:
        content = workbook({"Control": [["x"], [1], [2]], "Test": [["x"], [3]]})
        stored = read(content, "book.xlsx")
        assert rows_of(stored) == [("Control", 1), ("Control", 2), ("Test", 3)]
        assert list(types(stored)) == ["sheet", "x"]
        assert "the column “sheet” names the sheet" in notes(stored)

    def test_sheets_with_an_arm_column_are_not_stacked(self, read: Read, rows_of: Rows) -> None:
        content = workbook(
            {"May": [["arm", "x"], ["A", 1], ["B", 2]], "June": [["arm", "x"], ["A", 3]]}
        )
        assert rows_of(read(content, "book.xlsx")) == [("A", 1), ("B", 2)]
        stacked = read(content, "book.xlsx", sheets="as_arms")
        assert len(rows_of(stacked)) == 3

    def test_cells_keep_their_kind(self, read: Read) -> None:
        import datetime as dt

        rows: list[list[object]] = [
            ["arm", "flag", "day", "share"],
            ["A", True, dt.date(2026, 1, 2), 0.1],
            ["B", None, dt.date(2026, 1, 3), 1e-9],
        ]
        stored = read(workbook({"one": rows}), "book.xlsx")
        assert types(stored) == {
            "arm": "text",
            "flag": "boolean",
            "day": "date",
            "share": "number",
        }


class TestParquet:
    def test_types_are_kept_and_text_is_trimmed(
        self, read: Read, rows_of: Rows, tmp_path: Path
    ) -> None:
        path = table(
            tmp_path / "t.parquet",
            {" arm ": "VARCHAR", "x": "DOUBLE", "flag": "BOOLEAN", "n": "BIGINT"},
            [[" A ", 1.5, True, 3], ["", None, None, None]],
        )
        stored = read(path.read_bytes(), "t.parquet")
        assert types(stored) == {"arm": "text", "x": "number", "flag": "boolean", "n": "integer"}
        assert rows_of(stored)[0][:3] == ("A", 1.5, True)

    def test_nested_columns_are_left_out(self, read: Read, tmp_path: Path) -> None:
        path = table(tmp_path / "t.parquet", {"x": "INTEGER", "l": "INTEGER[]"}, [[1, [1, 2]]])
        stored = read(path.read_bytes(), "t.parquet")
        assert list(types(stored)) == ["x"]
        assert "“l” was left out" in notes(stored)
