"""Rows as JSON: an object a line or one array of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hadi.ingest.choices import BadRows, Choices
from hadi.ingest.files import StoredTable

Read = Callable[..., StoredTable]
Refused = Callable[..., str]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]

LINES = [{"arm": "A", "x": 1.5, "ok": True}, {"arm": "B", "x": 2, "ok": None, "more": "007"}]


def lines(rows: list[Any]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n"


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (lines(LINES), "data.jsonl"),
        (lines(LINES), "data.ndjson"),
        (lines(LINES), "-"),
        (json.dumps(LINES), "data.json"),
        (json.dumps(LINES, indent=2), "data.json"),
        ("\ufeff" + lines(LINES), "data.json"),
    ],
)
def test_rows_of_json(read: Read, rows_of: Rows, content: str, filename: str) -> None:
    stored = read(content, filename)
    assert rows_of(stored) == [("A", 1.5, True, None), ("B", 2.0, None, "007")]
    types = {column.name: column.type.value for column in stored.report.columns}
    assert types == {"arm": "text", "x": "number", "ok": "boolean", "more": "text"}


def test_keys_are_only_names(read: Read, rows_of: Rows) -> None:
    row = {"a/b": 1, "c~d": 2, 'e"f': 3, "g'h": 4, "": 5, "$.x": 6, "Ж": 7}
    stored = read(lines([row]), "data.jsonl")
    assert rows_of(stored) == [(1, 2, 3, 4, 5, 6, 7)]
    assert [c.name for c in stored.report.columns][-1] == "Ж"


def test_long_identifiers_are_not_merged(read: Read, rows_of: Rows) -> None:
    stored = read('{"id": 12345678901234567890123}\n{"id": 12345678901234567890124}\n', "d.jsonl")
    assert rows_of(stored) == [("12345678901234567890123",), ("12345678901234567890124",)]


def test_nested_values_are_left_out_and_said(read: Read, refused: Refused) -> None:
    stored = read(lines([{"x": 1, "list": [1], "of": {"a": 1}}]), "data.jsonl")
    assert [c.name for c in stored.report.columns] == ["x"]
    said = " ".join(str(note) for note in stored.report.notes)
    assert "“list” was left out" in said and "“of” was left out" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}\n\n{"a":\n{"a": 2}\n', 'line 3 is no JSON object: “{"a":”'),
        ("1\n2\n", "not rows"),
        ('{"data": [\n{"a": 1}\n]}', "not rows"),
        ("[1, 2]", "not rows"),
        ('[{"a": 1}, {"a": ', "damaged"),
        ("[]", "no rows"),
        ("[{}]", "no column"),
        ('{"a": [1]}\n', "no column"),
        ('{"a": ' + "[" * 100_000 + "}\n", "line 1"),
        ('{"a": 1, "A": 2}\n', "two columns called “A”"),
    ],
)
def test_json_that_is_no_table(refused: Refused, content: str, words: str) -> None:
    assert words in refused(content, "data.json")


def test_too_many_keys(refused: Refused) -> None:
    assert "columns" in refused(lines([{f"k{i}": 1 for i in range(600)}]), "data.json")


def test_bad_lines_can_be_left_out(read: Read, rows_of: Rows) -> None:
    content = '{"a": 1}\nnonsense\n{"a": 2}\n'
    stored = read(content, "data.jsonl", choices=Choices(bad_rows=BadRows.LEAVE_OUT))
    assert rows_of(stored) == [(1,), (2,)]
    assert stored.report.bad_row_count == 1
    assert (stored.report.bad_rows[0].line, stored.report.bad_rows[0].text) == (2, "nonsense")
