"""Arms under other names are read as the arms of the plan, and the report says so."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.tags import without_values
from hadi.ingest.choices import Choices
from hadi.ingest.files import StoredTable, open_table

Read = Callable[..., StoredTable]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]
RUSSIAN = "group;sale\n контроль ;1\nновый;0\nконтроль;0\nстарый;1\n;1\n"


def chosen(column: str = "group", **arms: str) -> Choices:
    return Choices.from_json({"columns": {column: {"arms": arms}}})


def test_values_become_arms_and_are_told(read: Read, rows_of: Rows) -> None:
    stored = read(RUSSIAN, choices=chosen(контроль="usual", новый="new", absent="new"))
    assert [row[0] for row in rows_of(stored)] == ["usual", "new", "usual", "старый", None]
    assert [str(note) for note in stored.report.notes] == [
        "“group”: “контроль” is read as “usual” (2 rows).",
        "“group”: “новый” is read as “new” (1 row).",
    ]
    (decision,) = [each for each in stored.report.decisions if each.field == "arms"]
    assert (decision.column, decision.is_chosen) == ("group", True)
    assert decision.value == "контроль → usual, новый → new"
    assert stored.report.columns[0].examples == ("usual", "new", "старый")


def test_several_values_may_be_one_arm_also_one_that_is_there(read: Read, rows_of: Rows) -> None:
    content = RUSSIAN.replace("старый", "usual")
    stored = read(content, choices=chosen(контроль="usual"))
    assert [row[0] for row in rows_of(stored)] == ["usual", "новый", "usual", "usual", None]
    assert str(stored.report.notes[-1]) == (
        "“group”: several values are together the arm “usual”: “usual”, “контроль”."
    )


def test_names_may_be_exchanged(read: Read, rows_of: Rows) -> None:
    stored = read("arm;y\nA;1\nB;0\n", choices=chosen("arm", A="B", B="A"))
    assert [row[0] for row in rows_of(stored)] == ["B", "A"]


@pytest.mark.parametrize("value", ["it's", '"; DROP', "a\tb", "Ё\u00a0ж"])
def test_a_value_is_never_sql(folder: Path, rows_of: Rows, value: str) -> None:
    import duckdb

    folder.mkdir()
    path = folder / "odd.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (g VARCHAR, y INTEGER)")
        connection.execute("INSERT INTO t VALUES (?, 1), ('new', 0)", [value])
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    stored = open_table(
        io.BytesIO(path.read_bytes()), "odd.parquet", folder=folder / "stored",
        choices=chosen("g", **{value: "o'usual"}),
    )  # fmt: skip
    assert [row[0] for row in rows_of(stored)] == ["o'usual", "new"]


def test_numbers_become_names(read: Read, rows_of: Rows) -> None:
    """Codes are arms too; those that are left keep the name that the check would give them."""
    stored = read("arm;y\n0;1\n1;0\n", choices=chosen("arm", **{"0": "usual"}))
    assert rows_of(stored) == [("usual", 1), ("1", 0)]
    assert stored.report.columns[0].type == "text"
    stored = read("arm;y\n0.5;1\n1.0;0\n", choices=chosen("arm", **{"0.5": "usual"}))
    assert [row[0] for row in rows_of(stored)] == ["usual", "1"]


def test_what_is_not_there_changes_nothing(read: Read) -> None:
    plain = read(RUSSIAN)
    for choices in (chosen(absent="usual"), chosen("other", контроль="usual")):
        again = read(RUSSIAN, choices=choices)
        assert (again.digest, again.report) == (plain.digest, plain.report)


@pytest.mark.parametrize(
    ("arms", "field"),
    [
        ([], "columns.g.arms"),
        ({"a": 1}, "columns.g.arms.a"),
        ({"a": " "}, "columns.g.arms.a"),
        ({" ": "usual"}, "columns.g.arms"),
        ({"a\0": "usual"}, "columns.g.arms"),
        ({str(i): "usual" for i in range(101)}, "columns.g.arms"),
    ],
)
def test_what_is_no_choice_is_refused_by_name(arms: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Choices.from_json({"columns": {"g": {"arms": arms}}})
    assert list(refusal.value.fields) == [field]


def test_a_choice_comes_back_as_it_was() -> None:
    data = {"columns": {"g": {"arms": {"контроль": "usual"}}}}
    assert Choices.from_json(data).as_json() == data
    assert Choices.from_json({"columns": {"g": {"arms": {}}}}).as_json() == {"columns": {"g": {}}}


def test_who_may_not_see_the_column_reads_none_of_its_values(read: Read) -> None:
    report = read(RUSSIAN, choices=chosen(контроль="usual")).report.as_json()
    assert "контроль" not in str(without_values(report, {"group"}))
