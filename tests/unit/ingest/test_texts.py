"""Text tables as people have them: every decision is shown, what cannot be told is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.choices import Choices
from hadi.ingest.files import StoredTable
from hadi.ingest.report import Decision

Read = Callable[..., StoredTable]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]


def types(stored: StoredTable) -> dict[str, str]:
    return {column.name: column.type.value for column in stored.report.columns}


def decision(stored: StoredTable, field: str, column: str | None = None) -> Decision:
    (found,) = [d for d in stored.report.decisions if (d.field, d.column) == (field, column)]
    return found


def chosen(**data: Any) -> dict[str, Any]:
    return {"choices": Choices.from_json(data)}


def _at(*parts: int) -> dt.datetime:
    """An instant as a file tells it: without a zone."""
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


class TestDays:
    @pytest.mark.parametrize(
        ("cells", "order", "days"),
        [
            (["03.04.2026", "4.5.2026"], "dmy", ["2026-04-03", "2026-05-04"]),
            (["13/04/2026", "01/02/2026"], "dmy", ["2026-04-13", "2026-02-01"]),
            (["04/13/2026", "01/02/2026"], "mdy", ["2026-04-13", "2026-01-02"]),
            (["2026. 04. 03.", "2026. 4. 15."], None, ["2026-04-03", "2026-04-15"]),
            (["2026/04/03", "2026/4/15"], None, ["2026-04-03", "2026-04-15"]),
            (["25.04.26", "17.05.26", "29.06.26"], "dmy", ["2026-04-25"]),
        ],
    )
    def test_evidence_or_convention_decides(
        self, read: Read, rows_of: Rows, cells: list[str], order: str | None, days: list[str]
    ) -> None:
        stored = read("arm;day\n" + "".join(f"A;{cell}\n" for cell in cells))
        assert types(stored)["day"] == "date"
        found = [row[1].isoformat() for row in rows_of(stored)]
        assert found[: len(days)] == days
        if order:
            assert decision(stored, "date_order", "day").value == order
            assert decision(stored, "date_order", "day").detail is not None

    def test_a_slash_in_doubt_is_asked_and_answered(self, read: Read, rows_of: Rows) -> None:
        content = "arm;day\nA;03/04/2026\nB;05/06/2026\n"
        asked = read(content)
        (question,) = asked.report.questions
        assert (question.field, question.column) == ("date_order", "day")
        assert question.options == ("dmy", "mdy")
        assert types(asked)["day"] == "text"
        for order, day in (("dmy", dt.date(2026, 4, 3)), ("mdy", dt.date(2026, 3, 4))):
            by_column = read(content, **chosen(columns={"day": {"date_order": order}}))
            by_file = read(content, **chosen(date_order=order))
            for stored in (by_column, by_file):
                assert rows_of(stored)[0][1] == day
                assert not stored.report.questions
                assert decision(stored, "date_order", "day").is_chosen

    def test_another_column_tells(self, read: Read, rows_of: Rows) -> None:
        stored = read("a;b\n03/04/2026;04/25/2026\n")
        assert rows_of(stored) == [(dt.date(2026, 3, 4), dt.date(2026, 4, 25))]

    def test_two_digit_years_in_doubt_are_asked(self, read: Read) -> None:
        (question,) = read("arm;day\nA;03.04.05\nB;06.07.08\n").report.questions
        assert question.options == ("dmy", "mdy", "ymd")

    def test_times(self, read: Read, rows_of: Rows) -> None:
        stored = read("arm;at\nA;03.04.2026 9:05\nB;14.04.2026 23:59:59\nC;14.04.2026\n")
        assert types(stored)["at"] == "time"
        assert rows_of(stored)[0][1] == _at(2026, 4, 3, 9, 5)
        american = read("arm,at\nA,4/13/26 1:05 PM\nB,4/3/26 12:00 AM\n")
        assert rows_of(american)[0][1] == _at(2026, 4, 13, 13, 5)
        assert rows_of(american)[1][1] == _at(2026, 4, 3)

    def test_times_with_an_offset_are_shown_in_one_zone(self, read: Read, rows_of: Rows) -> None:
        content = (
            "arm;at\nA;2026-01-02T10:00:00+03:00\nB;2026-01-02T10:00:00Z\nC;2026-01-02 10:00:00\n"
        )
        stored = read(content)
        assert [row[1].hour for row in rows_of(stored)] == [7, 10, 10]
        assert decision(stored, "time_zone").value == "UTC"
        moscow = read(content, **chosen(time_zone="Europe/Moscow"))
        assert [row[1].hour for row in rows_of(moscow)] == [10, 13, 10]
        assert decision(moscow, "time_zone").is_chosen
        alike = read("arm;at\nA;2026-01-02T10:00:00+03:00\n")
        assert rows_of(alike)[0][1] == _at(2026, 1, 2, 10)
        assert "(+03:00)" in str(alike.report.notes[0])
        plain = read("arm;at\nA;2026-01-02 10:00:00\n", **chosen(time_zone="Europe/Moscow"))
        assert rows_of(plain)[0][1] == _at(2026, 1, 2, 10)

    def test_another_writing_further_down(self, read: Read, rows_of: Rows) -> None:
        lines = ["03.04.2026"] * 3000 + ["14.04.2026 10:30"]
        stored = read("day\n" + "\n".join(lines) + "\n")
        assert types(stored) == {"day": "time"}
        assert rows_of(stored)[-1] == (_at(2026, 4, 14, 10, 30),)

    @pytest.mark.parametrize("cells", [["1.2.10", "1.3.1"], ["31.02.2026"], ["13/13/2026"]])
    def test_what_is_no_day_stays_text(self, read: Read, cells: list[str]) -> None:
        assert types(read("x;y\n" + "".join(f"{cell};a\n" for cell in cells)))["x"] == "text"

    def test_the_cell_that_is_no_day_is_named(self, read: Read) -> None:
        stored = read("day;x\n30.01.2026;1\n31.02.2026;2\n")
        assert "“31.02.2026” is no day" in str(stored.report.notes[0])


class TestNumbers:
    @pytest.mark.parametrize(
        ("cells", "values"),
        [
            (["1'234,5", "2"], [1234.5, 2.0]),
            (["1’234", "999"], [1234.0, 999.0]),
            (["1\u2009234,5", "−2,5"], [1234.5, -2.5]),
            (["12,5 %", "0", "3%"], [0.125, 0.0, 0.03]),
            (["1 200 ₽", "300 руб."], [1200.0, 300.0]),
            (["€1,5", "2 EUR"], [1.5, 2.0]),
            (["12 500 Ft", "90 Ft"], [12500.0, 90.0]),
            (["12 eFt", "1,5 eFt"], [12000.0, 1500.0]),
            (["10 тыс. руб.", "2,5 тыс.руб"], [10000.0, 2500.0]),
            (["3,5 млн ₽", "800 тыс. ₽", "0"], [3_500_000.0, 800_000.0, 0.0]),
        ],
    )
    def test_units_in_cells(
        self, read: Read, rows_of: Rows, cells: list[str], values: list[float]
    ) -> None:
        stored = read("arm;x\n" + "".join(f"A;{cell}\n" for cell in cells))
        assert [row[1] for row in rows_of(stored)] == values

    def test_percent_is_told_and_can_be_undone(self, read: Read, rows_of: Rows) -> None:
        content = "arm;x\nA;57 %\nB;29,0 %\n"
        stored = read(content)
        assert [row[1] for row in rows_of(stored)] == [0.57, 0.29]
        assert decision(stored, "factor", "x").value == "0.01"
        assert "fractions" in str(decision(stored, "factor", "x").detail)
        undone = read(content, **chosen(columns={"x": {"factor": 1}}))
        assert [row[1] for row in rows_of(undone)] == [57.0, 29.0]
        assert decision(undone, "factor", "x").is_chosen

    @pytest.mark.parametrize(
        ("name", "factor"),
        [
            ("Выручка, тыс. руб.", 1000),
            ("Revenue (k€)", 1000),
            ("Árbevétel eFt", 1000),
            ("Продажи, млн", 1_000_000),
            ("revenue_k_eur", 1000),
            ("spend, $", 1),
            ("Top 1000", 1),
            ("Group 5 m", 1),
        ],
    )
    def test_units_in_the_header(self, read: Read, rows_of: Rows, name: str, factor: int) -> None:
        content = f'arm;"{name}"\nA;1,5\nB;3\n'
        stored = read(content)
        assert [row[1] for row in rows_of(stored)] == [1.5 * factor, 3.0 * factor]
        found = [d for d in stored.report.decisions if d.field == "factor"]
        assert [d.value for d in found] == ([str(factor)] if factor > 1 else [])
        undone = read(content, **chosen(columns={name: {"factor": 1}}))
        assert [row[1] for row in rows_of(undone)] == [1.5, 3.0]

    def test_percent_in_the_header_over_shares_is_asked(self, read: Read, rows_of: Rows) -> None:
        assert rows_of(read("arm;Share, %\nA;12.5\nB;3\n"))[0][1] == 0.125
        (question,) = read("arm;Share, %\nA;0.125\nB;0.03\n").report.questions
        assert (question.field, question.options) == ("factor", ("0.01", "1"))

    def test_a_unit_beside_some_numbers_is_asked(self, read: Read, rows_of: Rows) -> None:
        content = "arm;x\nA;10 тыс.\nB;500\n"
        asked = read(content)
        assert [d.field for d in asked.report.questions] == ["factor"]
        assert types(asked)["x"] == "text"
        answered = read(content, **chosen(columns={"x": {"factor": 1}}))
        assert [row[1] for row in rows_of(answered)] == [10_000.0, 500.0]

    def test_two_currencies_are_no_numbers(self, read: Read) -> None:
        stored = read("arm;x\nA;10 €\nB;500 ₽\n")
        assert types(stored)["x"] == "text"
        assert "different units" in str(stored.report.notes[0])

    @pytest.mark.parametrize("cells", [["5 kg", "7 kg"], ["5 m", "7 m"], ["A1", "B2"]])
    def test_what_is_no_unit_stays_text(self, read: Read, cells: list[str]) -> None:
        assert types(read("x;y\n" + "".join(f"{cell};a\n" for cell in cells)))["x"] == "text"

    def test_the_decimal_sign_is_asked_and_answered(self, read: Read, rows_of: Rows) -> None:
        content = "k\tx\na\t1,234\nb\t5,678\n"
        assert [d.field for d in read(content).report.questions] == ["decimal"]
        for choice in ({"decimal": ","}, {"columns": {"x": {"decimal": ","}}}):
            assert rows_of(read(content, **chosen(**choice)))[0][1] == 1.234
        assert rows_of(read(content, **chosen(decimal=".")))[0][1] == 1234.0

    def test_points_that_may_be_thousands_are_asked(self, read: Read, rows_of: Rows) -> None:
        content = "k;x\na;1.234\nb;12.500\n"
        (question,) = read(content).report.questions
        assert (question.field, question.column) == ("decimal", "x")
        assert rows_of(read(content, **chosen(decimal=",")))[0][1] == 1234.0
        assert rows_of(read(content, **chosen(decimal=".")))[0][1] == 1.234
        assert rows_of(read("k,x\na,1.234\nb,12.500\n"))[0][1] == 1.234
        assert not read("k;x\na;0.234\nb;12.500\n").report.questions

    def test_errors_of_a_spreadsheet_are_blank_and_named(self, read: Read, rows_of: Rows) -> None:
        stored = read("arm;x;city\nA;1,5;#ССЫЛКА!\nB;#DIV/0!;Пермь\nB;#Н/Д;Томск\n")
        assert rows_of(stored) == [("A", 1.5, None), ("B", None, "Пермь"), ("B", None, "Томск")]
        said = " ".join(str(note) for note in stored.report.notes)
        assert "#DIV/0!, #Н/Д" in said and "#ССЫЛКА!" in said


class TestLayout:
    def test_titles_above_the_header_are_left_out(self, read: Read, rows_of: Rows) -> None:
        for head in ("Отчёт за март\n\n", "Отчёт;;\nПериод;03.2026;\n", ";;\nОтчёт;;\n"):
            stored = read(head + "arm;x;note\nA;1,5;a\nB;2,5;b\n")
            assert list(types(stored)) == ["arm", "x", "note"], head
            assert rows_of(stored) == [("A", 1.5, "a"), ("B", 2.5, "b")]
            assert decision(stored, "header_row").value == "3"
            assert any("Отчёт" in title for title in decision(stored, "header_row").examples)

    def test_the_header_can_be_said(self, read: Read, rows_of: Rows) -> None:
        content = "made up;by hand\narm;x\nA;1\n"
        assert list(types(read(content))) == ["made up", "by hand"]
        assert list(types(read(content, **chosen(header_row=2)))) == ["arm", "x"]
        joined = read(";2026;\narm;x;y\nA;1;2\n", **chosen(header_row=1, header_rows=2))
        assert list(types(joined)) == ["arm", "2026 / x", "2026 / y"]
        nameless = read("A;1\nB;2\n", **chosen(header_rows=0))
        assert rows_of(nameless) == [("A", 1), ("B", 2)]
        assert list(types(nameless)) == ["column 1", "column 2"]

    def test_a_header_that_is_not_there(self, refused: Callable[..., str]) -> None:
        assert "line 90" in refused("arm;x\nA;1\n", **chosen(header_row=90))

    def test_a_quoted_header_over_two_lines(self, read: Read, rows_of: Rows) -> None:
        stored = read('title\n"arm\n(name)";x\nA;1\nB;2\n')
        assert list(types(stored)) == ["arm (name)", "x"]
        assert rows_of(stored) == [("A", 1), ("B", 2)]

    @pytest.mark.parametrize("word", ["Итого", "ВСЕГО:", "Total", "Grand total", "Összesen"])
    def test_totals_are_left_out_and_can_be_kept(
        self, read: Read, rows_of: Rows, word: str
    ) -> None:
        content = f"id;arm;x\n1;A;1\n2;B;2\n{word};;3\n"
        stored = read(content)
        assert rows_of(stored) == [(1, "A", 1), (2, "B", 2)]
        found = decision(stored, "totals")
        assert (found.value, found.examples) == ("leave_out", (f"{word}; ; 3",))
        kept = read(content, **chosen(totals="keep"))
        assert len(rows_of(kept)) == 3
        assert decision(kept, "totals").is_chosen

    def test_subtotals_are_left_out_with_the_total(self, read: Read, rows_of: Rows) -> None:
        content = "store;x\nA;1\nA;2\nИтого по A;3\nB;4\nИтого по B;4\nИтого;7\n"
        assert rows_of(read(content)) == [("A", 1), ("A", 2), ("B", 4)]

    def test_a_station_called_total_is_no_total(self, read: Read, rows_of: Rows) -> None:
        stations = "".join(f"{('Shell', 'BP', 'Total')[i % 3]};{i}\n" for i in range(9))
        stored = read(f"station;x\n{stations}")
        assert len(rows_of(stored)) == 9
        assert "totals" not in [d.field for d in stored.report.decisions]

    def test_a_last_row_of_sums_without_a_word(self, read: Read, rows_of: Rows) -> None:
        content = "store;x;y\nA;1;10\nB;2;20\nC;3;30,5\n;6;60,5\n"
        assert len(rows_of(read(content))) == 3
        assert len(rows_of(read(content.replace(";6;", ";7;").replace("60,5", "9")))) == 4

    def test_data_are_no_totals(self, read: Read, rows_of: Rows) -> None:
        conversions = "unit,arm,paid\nu1,A,0\nu2,A,1\nu3,B,0\nu4,B,0\nu5,B,1\n"
        assert len(rows_of(read(conversions))) == 5
        assert "totals" not in [d.field for d in read(conversions).report.decisions]

    def test_two_columns_of_one_name_can_be_numbered(self, read: Read, rows_of: Rows) -> None:
        content = "arm,x,X,x (2)\nA,1,2,3\n"
        with pytest.raises(Unreadable) as refusal:
            read(content)
        assert refusal.value.remedy == {"headers": "number"}
        stored = read(content, **chosen(**refusal.value.remedy))
        assert list(types(stored)) == ["arm", "x", "X (3)", "x (2)"]


class TestTypes:
    @pytest.mark.parametrize(
        ("kind", "cells", "values"),
        [
            ("text", ["007", "12"], ["007", "12"]),
            ("number", ["007", "12,5"], [7.0, 12.5]),
            ("integer", ["007", "12"], [7, 12]),
            ("integer", ["12,0", "1 000"], [12, 1000]),
            ("boolean", ["да", "нет"], [True, False]),
            ("boolean", ["1", "0"], [True, False]),
            ("boolean", ["Igen", "nem"], [True, False]),
            ("date", ["20260403", "20260404"], [dt.date(2026, 4, 3), dt.date(2026, 4, 4)]),
            ("date", ["46115", "46116"], [dt.date(2026, 4, 3), dt.date(2026, 4, 4)]),
            ("date", ["03.04.2026", "2026-04-04"], [dt.date(2026, 4, 3), dt.date(2026, 4, 4)]),
            ("time", ["03.04.2026", "46115.5"], [_at(2026, 4, 3), _at(2026, 4, 3, 12)]),
            ("number", ["1e3", "2.5"], [1000.0, 2.5]),
            ("number", ["NA", "2"], [None, 2.0]),
        ],
    )  # fmt: skip
    def test_a_type_can_be_said(
        self, read: Read, rows_of: Rows, kind: str, cells: list[str], values: list[Any]
    ) -> None:
        content = "arm;x\n" + "".join(f"A;{cell}\n" for cell in cells)
        stored = read(content, **chosen(columns={"x": {"type": kind}}))
        assert types(stored)["x"] == kind
        assert [row[1] for row in rows_of(stored)] == values
        assert decision(stored, "type", "x").is_chosen

    @pytest.mark.parametrize(
        ("kind", "cell"),
        [
            ("number", "abc"),
            ("number", "1_000"),
            ("number", "inf"),
            ("integer", "1,5"),
            ("date", "31.02.2026"),
            ("time", "noon"),
            ("boolean", "maybe"),
        ],
    )
    def test_a_cell_that_cannot_be_it_is_named(
        self, read: Read, rows_of: Rows, kind: str, cell: str
    ) -> None:
        good = {"number": "1,5", "integer": "3", "boolean": "да"}.get(kind, "03.04.2026")
        content = f'arm;x;note\nA;{good};"two\nlines"\nA;{good};\nB;{cell};here\nA;{good};\n'
        with pytest.raises(Unreadable) as refusal:
            read(content, **chosen(columns={"x": {"type": kind}}))
        assert f"line 5, column “x”: “{cell}” is not" in str(refusal.value)
        assert refusal.value.remedy == {"bad_rows": "leave_out"}
        stored = read(content, **chosen(columns={"x": {"type": kind}}, bad_rows="leave_out"))
        assert len(rows_of(stored)) == 3
        assert stored.report.bad_row_count == 1
        (bad,) = stored.report.bad_rows
        assert bad.line == 5 and cell in bad.text and "“x”" in str(bad.reason)

    def test_a_question_of_a_chosen_type_is_still_asked(self, read: Read, rows_of: Rows) -> None:
        content = "arm\tday\tx\nA\t03/04/2026\t1,234\n"
        wanted = {"day": {"type": "date"}, "x": {"type": "number"}}
        stored = read(content, **chosen(columns=wanted))
        assert {d.field for d in stored.report.questions} == {"date_order", "decimal"}
        wanted["day"]["date_order"], wanted["x"]["decimal"] = "mdy", ","
        answered = rows_of(read(content, **chosen(columns=wanted)))
        assert answered == [("A", dt.date(2026, 3, 4), 1.234)]


def test_what_cannot_stop_is_told_how_far_it_is(read: Read, folder: Path) -> None:
    shares: list[float] = []
    read("arm,x\n" + "A,1\n" * 50_000, progress=shares.append)
    assert shares == sorted(shares)
    assert min(shares) >= 0
    assert max(shares) <= 1


def test_whoever_waits_may_stop_the_reading(read: Read, folder: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read("arm,x\n" + "A,1\n" * 1000, progress=stop)
    assert list(folder.iterdir()) == []


def test_a_power_of_ten_leaves_the_digits_as_they_are(read: Read, rows_of: Rows) -> None:
    """11.9 / 100 is a hair more than 0.119, and 0.07 * 1000 a hair more than 70."""
    rows = rows_of(read("arm;share;sold, тыс.\nA;11,9 %;0,07\nB;10,1 %;1,1\nC;0 %;-3\n"))
    assert rows == [("A", 0.119, 70.0), ("B", 0.101, 1100.0), ("C", 0.0, -3000.0)]
