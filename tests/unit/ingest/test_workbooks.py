"""Workbooks as people make them: which part of one is the table, and what its cells are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from hadi.ingest.choices import Choices, ColumnChoice, Totals
from hadi.ingest.files import StoredTable
from hadi.ingest.report import ColumnType, Decision
from tests.factories.books import book, ods_row, open_document

Read = Callable[..., StoredTable]
Refused = Callable[..., str]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]


def types(stored: StoredTable) -> dict[str, str]:
    return {column.name: column.type.value for column in stored.report.columns}


def notes(stored: StoredTable) -> str:
    return " ".join(str(note) for note in stored.report.notes)


def decision(stored: StoredTable, field: str, column: str | None = None) -> Decision:
    found = [d for d in stored.report.decisions if (d.field, d.column) == (field, column)]
    assert len(found) == 1, stored.report.decisions
    return found[0]


class TestSheets:
    def test_the_first_with_a_table_is_read_and_another_can_be(
        self, read: Read, rows_of: Rows
    ) -> None:
        content = book({"Notes": [["see below"]], "May": [["x"], [1]], "More": [["y"], [2]]})
        stored = read(content, "book.xlsx")
        assert rows_of(stored) == [(1,)]
        chosen = decision(stored, "sheet")
        assert (chosen.value, chosen.options) == ("May", ("Notes", "May", "More"))
        again = read(content, "book.xlsx", choices=Choices(sheet="More"))
        assert rows_of(again) == [(2,)]
        assert decision(again, "sheet").is_chosen

    def test_several_alike_are_a_question(self, read: Read, rows_of: Rows) -> None:
        head = ["arm", "x"]
        content = book({"May": [head, ["A", 1], ["B", 2]], "June": [head, ["A", 3], ["B", 4]]})
        stored = read(content, "book.xlsx")
        asked = decision(stored, "sheet")
        assert asked.is_question and asked.options == ("May", "June", "*")
        both = read(content, "book.xlsx", choices=Choices(sheet="*"))
        assert rows_of(both) == [
            ("May", "A", 1),
            ("May", "B", 2),
            ("June", "A", 3),
            ("June", "B", 4),
        ]
        assert not read(content, "book.xlsx", choices=Choices(sheet="June")).report.questions

    def test_sheets_that_are_arms_are_stacked_and_can_be_taken_apart(
        self, read: Read, rows_of: Rows
    ) -> None:
        content = book({"Control": [["x"], [1]], "Test": [["x"], [3]]})
        stacked = read(content, "book.xlsx")
        assert decision(stacked, "sheet").value == "*"
        alone = read(content, "book.xlsx", choices=Choices(sheet="Test"))
        assert rows_of(alone) == [(3,)]

    def test_hidden_sheets_are_said_and_read_when_chosen(self, read: Read, rows_of: Rows) -> None:
        content = book({"May": [["x"], [1]], "Secret": [["y"], [2]]}, hidden=["Secret"])
        stored = read(content, "book.xlsx")
        assert rows_of(stored) == [(1,)]
        assert "Hidden sheets were not read: “Secret”" in notes(stored)
        chosen = read(content, "book.xlsx", choices=Choices(sheet="Secret"))
        assert rows_of(chosen) == [(2,)]
        assert "“Secret” is hidden" in notes(chosen)


class TestHeaders:
    def test_titles_above_are_left_out(self, read: Read, rows_of: Rows) -> None:
        rows = [["Sales of May"], [], ["from", "1 May"], ["store", "x", "y"], ["A", 1, 2]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert list(types(stored)) == ["store", "x", "y"]
        assert rows_of(stored) == [("A", 1, 2)]
        assert "found in row 4" in notes(stored)
        assert decision(stored, "header_row").value == "4"

    def test_the_header_can_be_said(self, read: Read, rows_of: Rows) -> None:
        rows = [["store", "x"], ["shop", "units"], ["A", 1]]
        stored = read(book({"s": rows}), "book.xlsx", choices=Choices(header_row=2))
        assert list(types(stored)) == ["shop", "units"]
        joined = read(book({"s": rows}), "book.xlsx", choices=Choices(header_rows=2))
        assert list(types(joined)) == ["store / shop", "x / units"]
        none = read(book({"s": rows}), "book.xlsx", choices=Choices(header_rows=0))
        assert len(rows_of(none)) == 3

    def test_merged_groups_are_joined_with_the_names_under_them(
        self, read: Read, rows_of: Rows
    ) -> None:
        rows = [
            ["Sales by month", None, None, None, None],
            ["store", 2025, None, 2026, None],
            [None, "January", "February", "January", "February"],
            ["A", 1, 2, 3, 4],
        ]
        merged = {"s": ["A1:E1", "A2:A3", "B2:C2", "D2:E2"]}
        stored = read(book({"s": rows}, merged=merged), "book.xlsx")
        assert list(types(stored)) == [
            "store", "2025 / January", "2025 / February", "2026 / January", "2026 / February",
        ]  # fmt: skip
        assert rows_of(stored) == [("A", 1, 2, 3, 4)]
        assert "“2025 / January”" in notes(stored)
        assert decision(stored, "header_rows").value == "2"

    def test_a_sparse_row_of_groups_belongs_to_the_header(self, read: Read) -> None:
        rows = [
            [None, "2026", None, None, None],
            ["store", "Jan", "Feb", "Mar", "Apr"],
            ["A", 1, 2, 3, 4],
        ]
        stored = read(book({"s": rows}, merged={"s": ["B1:E1"]}), "book.xlsx")
        assert list(types(stored))[1] == "2026 / Jan"

    def test_a_table_that_begins_in_the_middle(self, read: Read, rows_of: Rows) -> None:
        rows = [[], [], [None, None, "arm", "x"], [None, None, "A", 1], [], [None, None, "B", 2]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert rows_of(stored) == [("A", 1), ("B", 2)]
        assert decision(stored, "header_row").value == "3"

    def test_two_columns_of_one_name_can_be_numbered(self, refused: Refused, read: Read) -> None:
        from hadi.ingest.choices import Headers

        content = book({"s": [["x", "x"], [1, 2]]})
        assert "two columns called “x”" in refused(content, "book.xlsx")
        stored = read(content, "book.xlsx", choices=Choices(headers=Headers.NUMBER))
        assert list(types(stored)) == ["x", "x (2)"]


class TestRows:
    @pytest.mark.parametrize(
        "label",
        ["Total", "TOTAL:", "Grand total", "Итого", "Всего по сети", "Összesen", "Север Итог"],
    )
    def test_totals_are_left_out_and_can_be_kept(
        self, read: Read, rows_of: Rows, label: str
    ) -> None:
        content = book({"s": [["store", "x"], ["A", 1], ["B", 2], [label, 3]]})
        stored = read(content, "book.xlsx")
        assert rows_of(stored) == [("A", 1), ("B", 2)]
        assert "row 4" in notes(stored)
        assert decision(stored, "totals").examples == (label.rstrip(":"),)
        kept = read(content, "book.xlsx", choices=Choices(totals=Totals.KEEP))
        assert rows_of(kept)[2] == (label, 3)
        assert decision(kept, "totals").value == "keep"

    def test_totals_of_times_and_of_formulas_are_totals(self, read: Read, rows_of: Rows) -> None:
        rows = [
            ["a", "x"],
            ["A", 1],
            ["Total", "=SUM(B2)"],
            ["Total of all", dt.timedelta(hours=30)],
        ]
        assert rows_of(read(book({"s": rows}), "book.xlsx")) == [("A", 1)]

    def test_a_station_called_total_is_no_total(self, read: Read, rows_of: Rows) -> None:
        rows = [
            ["station", "x"],
            *[["Total", i] for i in range(5)],
            *[["Shell", i] for i in range(5)],
        ]
        stored = read(book({"s": rows}), "book.xlsx")
        assert len(rows_of(stored)) == 10
        assert "totals" not in notes(stored)

    def test_lines_of_text_under_the_table_are_left_out(self, read: Read, rows_of: Rows) -> None:
        rows = [["a", "x", "y"], ["A", 1, 2], [], ["B", 3, 4], [], ["Source: the till"], ["p. 1"]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert rows_of(stored) == [("A", 1, 2), ("B", 3, 4)]
        assert "2 lines of text under the table" in notes(stored)

    def test_merged_names_are_carried_down_and_merged_numbers_are_not(
        self, read: Read, rows_of: Rows
    ) -> None:
        rows = [["store", "week", "x", "sum"], ["A", 1, 5, 11], [None, 2, 6, None], ["B", 1, 7, 7]]
        stored = read(book({"s": rows}, merged={"s": ["A2:A3", "D2:D3"]}), "book.xlsx")
        assert rows_of(stored) == [("A", 1, 5, 11), ("A", 2, 6, None), ("B", 1, 7, 7)]
        assert "1 merged range" in notes(stored)


class TestCells:
    def test_errors_are_blank_and_the_first_is_named(self, read: Read, rows_of: Rows) -> None:
        rows = [["arm", "x"], ["A", 1], ["A", "#DIV/0!"], ["B", "#N/A"]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert rows_of(stored) == [("A", 1), ("A", None), ("B", None)]
        assert "2 cells hold an error" in notes(stored) and "the first is B3" in notes(stored)

    def test_formulas_without_values_are_said(self, read: Read) -> None:
        rows = [["arm", "x"], ["A", 1], ["B", "=1+1"]]
        assert "1 formula has no computed value" in notes(read(book({"s": rows}), "book.xlsx"))
        assert "B3" in notes(read(book({"s": rows}), "book.xlsx"))

    def test_nothing_but_formulas_without_values(self, refused: Refused) -> None:
        only = book({"s": [["=1", "=2"], ["=3", "=4"]]})
        assert "formulas without their values" in refused(only, "book.xlsx")

    def test_serial_numbers_among_dates_are_days(self, read: Read, rows_of: Rows) -> None:
        rows = [["day", "x"], [dt.date(2026, 1, 2), 1], [46025, 2], [dt.date(2026, 1, 4), 3]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert [row[0] for row in rows_of(stored)] == [dt.date(2026, 1, d) for d in (2, 3, 4)]
        assert "“day”: 1 number among dates (A3)" in notes(stored)

    @pytest.mark.parametrize("name", ["date", "Дата продажи", "dátum", "order_date"])
    def test_bare_serials_under_the_name_of_a_date(
        self, read: Read, rows_of: Rows, name: str
    ) -> None:
        content = book({"s": [[name, "x"], [46025, 1], [46026, 2]]})
        stored = read(content, "book.xlsx")
        assert types(stored)[name] == "date"
        assert rows_of(stored)[0][0] == dt.date(2026, 1, 3)
        assert decision(stored, "type", name).value == "date"
        whole = Choices(columns={name: ColumnChoice(type=ColumnType.INTEGER)})
        assert rows_of(read(content, "book.xlsx", choices=whole))[0][0] == 46025

    def test_days_that_count_from_1904(self, read: Read, rows_of: Rows) -> None:
        rows = [["date", "x"], [44563, 1], [44564, 2]]
        stored = read(book({"s": rows}, is_1904=True), "book.xlsx")
        assert rows_of(stored)[0][0] == dt.date(2026, 1, 3)

    def test_a_date_among_small_numbers_is_asked(self, read: Read) -> None:
        rows = [["size", "x"], [1, 1], [2, 2], [dt.date(2026, 5, 1), 3]]
        stored = read(book({"s": rows}), "book.xlsx")
        asked = decision(stored, "type", "size")
        assert asked.is_question and "A4" in str(asked.detail)
        assert types(stored)["size"] == "text"

    def test_midnight_is_a_time_where_others_have_one(self, read: Read, rows_of: Rows) -> None:
        rows = [["at"], [dt.datetime(2026, 1, 2, 10, 30)], [dt.datetime(2026, 1, 3)]]  # noqa: DTZ001
        stored = read(book({"s": rows}), "book.xlsx")
        assert types(stored) == {"at": "time"}

    def test_numbers_kept_as_text_beside_numbers(self, read: Read, rows_of: Rows) -> None:
        rows = [["x"], [1.5], ["2,5"], ["1 234,5"], ["n/a"]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert [r[0] for r in rows_of(stored)][:3] == [1.5, 2.5, 1234.5]
        assert "2 numbers were kept as text (the first is A3)" in notes(stored)

    def test_text_among_numbers_is_named(self, read: Read) -> None:
        rows = [["x"], [1], [2], [3], ["4 pcs"]]
        stored = read(book({"s": rows}), "book.xlsx")
        assert types(stored) == {"x": "text"}
        assert "A5 holds “4 pcs” among numbers" in notes(stored)

    def test_identifiers_stay_text(self, read: Read, rows_of: Rows) -> None:
        stored = read(book({"s": [["id", "x"], ["007", 1], ["012", 2]]}), "book.xlsx")
        assert rows_of(stored) == [("007", 1), ("012", 2)]


class TestOpenDocument:
    def test_a_sheet_is_read_with_its_merged_header(self, read: Read, rows_of: Rows) -> None:
        rows = (
            ods_row([None, ("2026", {"columns_spanned": "2"}), None])
            + ods_row(["store", "Jan", "Feb"])
            + ods_row(["A", 1, 2.5])
            + ods_row(["B", "#N/A", 4], rows_repeated="2")
            + ods_row([(None, {"columns_repeated": "16384"})], rows_repeated="1048000")
        )
        stored = read(open_document({"Лист": rows}), "book.ods")
        assert list(types(stored)) == ["store", "2026 / Jan", "2026 / Feb"]
        assert rows_of(stored) == [("A", 1, 2.5), ("B", None, 4.0), ("B", None, 4.0)]
        assert "2 cells hold an error" in notes(stored)


def test_progress_is_told_and_may_stop_the_reading(read: Read) -> None:
    shares: list[float] = []
    content = book({"s": [["x"], *[[i] for i in range(50)]]})
    read(content, "book.xlsx", progress=shares.append)
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1
