"""What a person chooses of the reading of a file comes back as it was, or is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from hadi.domain.errors import Invalid
from hadi.ingest.choices import (
    BadRows,
    Choices,
    ColumnChoice,
    DateOrder,
    Headers,
    Totals,
)
from hadi.ingest.report import ColumnType


def test_what_was_chosen_comes_back() -> None:
    chosen = Choices(
        encoding="utf-8+cp1251",
        delimiter="\t",
        decimal=",",
        date_order=DateOrder.DMY,
        sheet="Март",
        header_row=3,
        header_rows=2,
        totals=Totals.KEEP,
        bad_rows=BadRows.LEAVE_OUT,
        headers=Headers.NUMBER,
        time_zone="Europe/Moscow",
        columns={"Выручка": ColumnChoice(ColumnType.NUMBER, ".", DateOrder.MDY, 1000.0)},
    )
    assert Choices.from_json(chosen.as_json()) == chosen
    assert Choices.from_json({}) == Choices()
    assert Choices.from_json({"encoding": None, "columns": {"x": {"type": None}}}) == Choices(
        columns={"x": ColumnChoice()}
    )


def test_a_tab_may_be_written_in_words() -> None:
    assert Choices.from_json({"delimiter": "tab"}).delimiter == "\t"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], "choices"),
        ({"colour": 1}, "colour"),
        ({"encoding": "utf-9"}, "encoding"),
        ({"encoding": ["utf-8"]}, "encoding"),
        ({"delimiter": ""}, "delimiter"),
        ({"delimiter": '"'}, "delimiter"),
        ({"delimiter": "1"}, "delimiter"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"decimal": "'"}, "decimal"),
        ({"date_order": "myd"}, "date_order"),
        ({"sheet": " "}, "sheet"),
        ({"sheet": "a\0b"}, "sheet"),
        ({"sheet": "\ud800"}, "sheet"),
        ({"header_row": 0}, "header_row"),
        ({"header_row": True}, "header_row"),
        ({"header_rows": 1.0}, "header_rows"),
        ({"totals": "drop"}, "totals"),
        ({"bad_rows": "mend"}, "bad_rows"),
        ({"headers": 1}, "headers"),
        ({"time_zone": "Moscow"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"time_zone": 3}, "time_zone"),
        ({"columns": []}, "columns"),
        ({"columns": {"x": 1}}, "columns.x"),
        ({"columns": {"x": {"type": "money"}}}, "columns.x.type"),
        ({"columns": {"x": {"factor": 0}}}, "columns.x.factor"),
        ({"columns": {"x": {"factor": float("nan")}}}, "columns.x.factor"),
        ({"columns": {"x": {"factor": 10**400}}}, "columns.x.factor"),
        ({"columns": {"x": {"factor": "1000"}}}, "columns.x.factor"),
        ({"columns": {"x": {"unit": "€"}}}, "columns.x.unit"),
    ],
)
def test_what_is_no_choice_is_named(data: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Choices.from_json(data)
    assert list(refusal.value.fields) == [field]
    assert field in str(refusal.value)
