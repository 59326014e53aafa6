"""One series, from cells, from lines that somebody pasted, and from a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hadi.domain import months
from hadi.domain.errors import Unreadable
from hadi.domain.months import When, read_span, read_when
from hadi.ingest.files import open_table
from hadi.ingest.series import Cell, SeriesTable, by_month, laid_out
from hadi.ingest.series_lines import read_lines, written_lines
from hadi.ingest.tables import TableSource


def month(text: str) -> int:
    found = read_when(text)
    assert found is not None
    return found.month


@pytest.mark.parametrize(
    "written",
    ["2024-05", "2024-05-01", "01.05.2024", "05.2024", "5/2024", "май 2024", "Мая 2024 г.",
     "май.24", "2024. május", "2024. máj.", "May 2024", "2024 May", "may-24", "2024M05", "202405",
     "2024.333", "31.05.2024 г.", "5 мая 2024", "2024-05-01 00:00:00", "2024-W20"],
)  # fmt: skip
def test_a_month_however_it_is_written(written: str) -> None:
    assert months.written(month(written)) == "2024-05"


@pytest.mark.parametrize("written", ["2024", "13.2024", "700", "1 234", "summer", "", "31.02.2024"])
def test_what_is_no_month(written: str) -> None:
    assert read_when(written) is None


def test_a_year_is_its_first_month_beside_fractions_of_years() -> None:
    assert read_when("1949") is None
    assert read_when("1949", has_decimal_years=True) == When(1949 * 12)
    assert read_when("1949.5", has_decimal_years=True) == When(1949 * 12 + 6)
    assert read_when("Jan-87") == When(1987 * 12)


def test_a_span() -> None:
    assert read_span("2024-02..2024-04", "before") == (When(24289), When(24291))
    assert read_span("май 2024", "before") == (When(24292), When(24292))


def table(*cells: tuple[str, float | None]) -> SeriesTable:
    return laid_out([Cell(label, value) for label, value in cells], "month")


def test_gaps_stay_gaps_and_rows_of_one_month_are_summed() -> None:
    found = table(("2024-01", 1.0), ("2024-04", 4.0), ("2024-04", 6.0), ("2024-05", None))
    assert found.labels == ("2024-01", "2024-02", "2024-03", "2024-04")
    assert found.missing == ("2024-02", "2024-03")
    assert found.values[3] == 10.0
    assert (found.merged_rows, found.merged) == (1, "2024-04")


def test_the_step_is_found() -> None:
    assert table(("31.01.2024", 1), ("29.02.2024", 2), ("31.03.2024", 3)).step == "month"
    assert table(("2024-01-01", 1), ("2024-01-08", 2), ("2024-01-22", 3)).step == "week"
    assert table(("2024-01-01", 1), ("2024-01-02", 2), ("2024-01-05", 3)).step == "day"


def test_quarters_are_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        table(*((f"{y}-{m:02}", 1.0) for y in (2023, 2024) for m in (1, 4, 7, 10)))
    assert refused.value.text.code == "series_quarters"


def test_days_are_added_up_to_whole_months() -> None:
    from datetime import date, timedelta

    first = date(2024, 1, 20)
    cells = []
    for place in range(100):
        day = first + timedelta(days=place)
        if day.weekday() != 6:  # closed on Sundays
            cells.append((day.isoformat(), 2.0))
    series, partial = by_month(table(*cells))
    known = np.flatnonzero(np.isfinite(series.values))
    assert [months.written(series.start + int(k)) for k in known] == ["2024-02", "2024-03"]
    assert series.values[known] == pytest.approx([50.0, 52.0])
    assert [months.written(m) for m in partial] == ["2024-01", "2024-04"]


def test_a_week_is_spread_over_its_days() -> None:
    from datetime import date, timedelta

    cells = [((date(2024, 1, 1) + timedelta(weeks=n)).isoformat(), 7.0) for n in range(14)]
    series, partial = by_month(table(*cells))
    assert series.values[:3] == pytest.approx([31.0, 29.0, 31.0])
    assert len(partial) == 1


PASTED = [
    ("2024-01;700\n2024-02;720", [700, 720]),
    ("month\trevenue\n01.2024\t1 700,5\n02.2024\t1 720,5", [1700.5, 1720.5]),
    ("январь 2024 700\nфевраль 2024 720 руб.", [700, 720]),
    ("2024. január 1 700 Ft\n2024. február 1 720 Ft", [1700, 1720]),
    ("2024-01, 1,700\n2024-02, 1,720", [1700, 1720]),
    ("2024\t700\t720\t850", [700, 720, 850]),
    ("Год;Янв;Фев\n2024;700;720", [700, 720]),
    ("2024;1;700\n2024;2;720", [700, 720]),
    ("2024-01 700\n2024-02 -\n2024-03 720", [700, None, 720]),
    ('"2024-01";"700.25"\n"2024-02";"720"', [700.25, 720]),
]


@pytest.mark.parametrize(("text", "values"), PASTED)
def test_lines_as_people_paste_them(text: str, values: list[float | None]) -> None:
    cells = read_lines(text)
    assert [cell.value for cell in cells] == values
    assert month(str(cells[0].label)) == month("2024-01")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "series_nothing"), ("2024-01;700\nand so on\n2024-03;3", "series_lines")],
)
def test_lines_that_are_none(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_lines(text)
    assert refused.value.text.code == code


def test_years_of_twelve_months_between_blanks() -> None:
    twelve = "700 720 850 980 1100 1150 1120 1100 1200 1180 1000 900"
    cells = read_lines(f"2022 {twelve}\n2023 {twelve}\n2024 700 720")
    assert [cell.label for cell in cells[:2]] == ["2022-01", "2022-02"]
    assert len(cells) == 26 and cells[25].value == 720
    small = read_lines("2022 7 8 9 10 11 12 13 14 15 16 17 18")
    assert [cell.value for cell in small] == list(range(7, 19))
    with pytest.raises(Unreadable) as refused:
        read_lines("2022 700 720 850 980 1 100 1 150 1 120 1 100 1 200 1 180 1 000 900\n2023-01 5")
    assert refused.value.text.params["line"] == "1"


def test_what_is_written_is_read_again() -> None:
    found = table(("2024-01", 700.25), ("2024-03", 720.0))
    again = laid_out(read_lines("\n".join(written_lines(found.labels, list(found.values)))), "x")
    assert again.start == found.start
    assert again.values == pytest.approx(found.values, nan_ok=True)


def test_a_year_and_a_month_in_two_columns(tmp_path: Path) -> None:
    from hadi.domain.plan import Design, Plan
    from hadi.domain.season_plan import SeasonPlan

    file = tmp_path / "aces.csv"
    file.write_text("year,month,aces\n2024,1,7\n2024,2,8\n", encoding="utf-8")
    stored = open_table(file, file.name, folder=tmp_path / "kept")
    plan = Plan(design=Design.BEFORE_AFTER, season=SeasonPlan(time="year,Month", value=" ACES"))
    found = TableSource(stored.path).series(plan)
    assert found.labels == ("2024-01", "2024-02")
    assert found.values == pytest.approx([7.0, 8.0])
