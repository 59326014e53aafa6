"""What is odd about a table is found, named with its column, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hadi.domain.plan import Plan
from hadi.domain.quality import Finding, Level
from hadi.ingest.quality import Asked, Looked, look_into
from hadi.ingest.quality import table as tables
from tests.factories.tables import plan, table

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
COLUMNS = {"u": "VARCHAR", "arm": "VARCHAR", "store": "VARCHAR", "day": "DATE", "x": "DOUBLE"}
PLAN = plan("x=mean(x)", unit="u")


def asked(of: Plan | None = PLAN, zone: str = "Europe/Budapest", **more: Any) -> Asked:
    return Asked(of, ZoneInfo(zone), NOW, **more)


def sales(*, days: int = 42, stores: int = 6, a_day: int = 2, seed: int = 1) -> list[list[Any]]:
    """Receipts of some stores, every day some, skewed as money is."""
    random = Random(seed)
    rows: list[list[Any]] = []
    for day in range(days):
        for store in range(stores):
            for _ in range(a_day):
                x = round(random.lognormvariate(6, 0.7), 2)
                when = date(2026, 3, 2) + timedelta(days=day)
                rows.append([f"u{len(rows)}", "AB"[len(rows) % 2], f"s{store}", when, x])
    return rows


def look(
    folder: Path, rows: Sequence[Sequence[Any]], of: Asked | None = None, **columns: str
) -> Looked:
    path = table(folder / "t.parquet", columns or COLUMNS, rows)
    return look_into([path], of or asked(day="day", store="store"))


def odd(found: Looked) -> dict[str, Finding]:
    return {f.code: f for f in found.findings if f.level is not Level.GREEN}


def every(found: Iterable[Finding], code: str) -> list[Finding]:
    return [finding for finding in found if finding.code == code]


def test_sound_data_are_green(tmp_path: Path) -> None:
    found = look(tmp_path, sales())
    assert odd(found) == {}
    assert (found.first_day, found.last_day) == (date(2026, 3, 2), date(2026, 4, 12))
    assert found.rows == 504


def test_a_store_in_thousands_is_red_where_the_verdict_hangs_on_it(tmp_path: Path) -> None:
    rows = sales()
    for row in rows:
        row[4] = row[4] / 1000 if row[2] == "s3" else row[4]
    found = odd(look(tmp_path, rows))["unit_mismatch"]
    assert found.level is Level.RED and found.figures["groups"] == ["s3"]
    assert "“s3”" in str(found.detail) and "1,000 times smaller" in str(found.detail)
    beside = plan("y=conversion(y)", unit="u")
    found = odd(look(tmp_path, rows, asked(beside, day="day", store="store")))
    assert "unit_mismatch" not in found, "a column that nobody measures by is left alone"


def test_kopecks_in_one_week(tmp_path: Path) -> None:
    rows = sales()
    for row in rows:
        row[4] = row[4] * 100 if row[3] >= date(2026, 4, 6) else row[4]
    found = odd(look(tmp_path, rows))["unit_mismatch"]
    assert found.figures["by"] == "week" and found.figures["times"] == 100


def test_a_file_in_other_units(tmp_path: Path) -> None:
    rows = sales()
    first = table(tmp_path / "a.parquet", COLUMNS, rows[:300])
    other = [[*row[:4], row[4] / 1000] for row in rows[300:]]
    second = table(tmp_path / "b.parquet", COLUMNS, other)
    found = look_into([first, second], asked(labels=["april.csv", "may.csv"]))
    mismatch = odd(found)["unit_mismatch"]
    assert mismatch.figures["by"] == "part" and "“may.csv”" in str(mismatch.detail)


def test_impossible_days(tmp_path: Path) -> None:
    rows = sales()
    rows[0][3] = date(1900, 1, 1)
    rows[1][3] = date(2026, 12, 4)  # 12 April read the other way round
    found = odd(look(tmp_path, rows))
    assert found["ancient"].level is found["future"].level is Level.AMBER
    for row in rows[:20]:
        row[3] = date(2026, 12, 4)
    assert odd(look(tmp_path, rows))["future"].level is Level.RED


def test_rows_without_a_day_are_of_no_day(tmp_path: Path) -> None:
    rows = sales()
    rows[0][3] = rows[1][3] = None
    found = look(tmp_path, rows)
    assert (found.first_day, found.last_day) == (date(2026, 3, 2), date(2026, 4, 12))
    nothing = look(tmp_path, [[*row[:3], None, row[4]] for row in rows])
    assert (nothing.first_day, nothing.last_day) == (None, None)


def test_rows_outside_the_period(tmp_path: Path) -> None:
    of = plan("x=mean(x)", unit="u", starts_on=date(2026, 3, 9), ends_on=date(2026, 4, 12))
    found = odd(look(tmp_path, sales(), asked(of, day="day")))["outside_period"]
    assert found.level is Level.AMBER and found.figures == {
        "column": "day",
        "before": 84,
        "after": 0,
    }
    late = plan("x=mean(x)", unit="u", starts_on=date(2026, 4, 6))
    assert odd(look(tmp_path, sales(), asked(late, day="day")))["outside_period"].level is Level.RED


def test_rows_of_days_before_the_plan_are_counted(tmp_path: Path) -> None:
    found = look(tmp_path, sales(), asked(day="day", locked_on=date(2026, 3, 9)))
    assert found.unlocked == 84


def test_a_store_that_misses_weeks(tmp_path: Path) -> None:
    gone = (date(2026, 3, 16), date(2026, 3, 29))
    rows = [r for r in sales() if r[2] != "s2" or not gone[0] <= r[3] <= gone[1]]
    found = odd(look(tmp_path, rows))["missing_weeks"]
    assert found.figures["stores"] == {"s2": ["2026-03-16", "2026-03-23"]}
    assert "“s2”" in str(found.detail) and "16 March 2026" in str(found.detail)


def test_sellers_who_sell_now_and_then_miss_no_weeks(tmp_path: Path) -> None:
    random = Random(5)
    rows = [[*row[:2], f"seller {random.randrange(150)}", *row[3:]] for row in sales()]
    assert "missing_weeks" not in odd(look(tmp_path, rows))


def test_estimates_are_heaped_on_round_numbers(tmp_path: Path) -> None:
    random = Random(2)
    rows = sales()
    for row in rows:
        row[4] = float(round(row[4], -2) if random.random() < 0.4 else round(row[4]))
    found = odd(look(tmp_path, rows))["heaping"]
    assert found.figures["base"] in (10, 100) and "estimated rather than counted" in str(
        found.detail
    )


def test_prices_in_whole_hundreds_are_no_heap(tmp_path: Path) -> None:
    rows = [[*row[:4], float(max(1, round(row[4] / 100)) * 100)] for row in sales()]
    assert "heaping" not in odd(look(tmp_path, rows))


def test_a_single_row_with_much_of_the_total(tmp_path: Path) -> None:
    rows = sales()
    rows[7][4] = 90_000.0
    assert odd(look(tmp_path, rows))["outliers"].figures["column"] == "x"


def test_columns_that_never_change(tmp_path: Path) -> None:
    rows = [[*row[:4], 7.0] for row in sales()]
    found = odd(look(tmp_path, rows))["constant"]
    assert "“x”" in str(found.detail) and "“7.0”" in str(found.detail)


def test_values_that_cannot_be(tmp_path: Path) -> None:
    rows = sales()
    rows[3][4] = -120.0
    found = odd(look(tmp_path, rows, asked(day="day", money=frozenset({"x"}))))["impossible"]
    assert "below zero" in str(found.detail)
    columns = {"arm": "VARCHAR", "a": "INTEGER", "r": "INTEGER", "add-on share": "DOUBLE"}
    many = [["AB"[i % 2], i % 5, 10 + i % 7, (i % 9) / 10] for i in range(400)]
    many[5][1] = 99
    many[6][3] = 12.0
    path = table(tmp_path / "ratio.parquet", columns, many)
    ratio = plan("s=ratio(a,r)", "q=mean(add-on share)")
    impossible = every(look_into([path], asked(ratio)).findings, "impossible")
    assert {f.detail.code for f in impossible} == {"quality_over_one", "quality_part_above_whole"}


def test_local_times_that_never_were(tmp_path: Path) -> None:
    """The clocks of Budapest leapt from two to three on 29 March 2026."""
    columns = {"arm": "VARCHAR", "at": "TIMESTAMP", "x": "DOUBLE"}
    rows = [["AB"[i % 2], f"2026-03-29 0{i % 6}:{i % 60:02}:00", 1.0 + i] for i in range(60)]
    path = table(tmp_path / "stamps.parquet", columns, rows)
    (found,) = every(look_into([path], asked(plan("x=mean(x)"), day="at")).findings, "time_zones")
    assert found.level is Level.AMBER and found.figures["never"] == 10
    assert "2026-03-29 02:" in str(found.detail)
    (found,) = every(
        look_into([path], asked(plan("x=mean(x)"), "UTC", day="at")).findings, "time_zones"
    )
    assert found.level is Level.GREEN


def test_local_times_that_came_twice_are_counted(tmp_path: Path) -> None:
    columns = {"arm": "VARCHAR", "at": "TIMESTAMP", "x": "DOUBLE"}
    rows = [["AB"[i % 2], f"2025-10-26 0{i % 6}:{i % 60:02}:00", 1.0 + i] for i in range(60)]
    path = table(tmp_path / "stamps.parquet", columns, rows)
    (found,) = every(look_into([path], asked(plan("x=mean(x)"), day="at")).findings, "time_zones")
    assert found.level is Level.GREEN and found.figures["twice"] == 10


def test_days_that_another_zone_has_moved(tmp_path: Path) -> None:
    """Midnights of Moscow as UTC writes them: nine in the evening of the day before."""
    columns = {"arm": "VARCHAR", "at": "TIMESTAMP", "x": "DOUBLE"}
    rows = [["AB"[i % 2], f"2026-03-{1 + i % 28:02} 21:00:00", 1.0 + i] for i in range(60)]
    path = table(tmp_path / "moved.parquet", columns, rows)
    of = asked(plan("x=mean(x)"), "Europe/Moscow", day="at")
    (found,) = every(look_into([path], of).findings, "time_zones")
    assert found.detail.code == "quality_days_moved" and "21:00" in str(found.detail)


def test_stamps_of_text_with_and_without_a_zone(tmp_path: Path) -> None:
    columns = {"arm": "VARCHAR", "at": "VARCHAR", "x": "DOUBLE"}
    rows = [["A", "2026-03-01T10:00:00+03:00", 1.0], ["B", "2026-03-01 10:00", 2.0]] * 4
    path = table(tmp_path / "mixed.parquet", columns, rows)
    (found,) = every(look_into([path], asked(plan("x=mean(x)"), day="at")).findings, "time_zones")
    assert found.figures == {"column": "at", "zoned": 4, "naive": 4}


def test_a_zone_in_one_file_only(tmp_path: Path) -> None:
    first = table(
        tmp_path / "a.parquet",
        {"arm": "VARCHAR", "at": "TIMESTAMP"},
        [["A", NOW.replace(tzinfo=None)]],
    )
    second = table(tmp_path / "b.parquet", {"arm": "VARCHAR", "at": "TIMESTAMPTZ"}, [["B", NOW]])
    found = odd(look_into([first, second], asked(plan("c=conversion(c)"))))
    assert found["time_zones"].detail.code == "quality_zones_by_file"


def test_a_large_table_is_looked_at_in_part_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SAMPLE", 120)
    rows = sales()
    for row in rows:
        row[4] = row[4] * 1000 if row[2] == "s1" else row[4]
    found = look(tmp_path, rows)
    assert "one row of 4" in str(every(found.findings, "sampled")[0].detail)
    assert odd(found)["unit_mismatch"].figures["groups"] == ["s1"]
    constant = look(tmp_path, [[*row[:4], 7.0] for row in rows])
    assert "constant" in odd(constant)
    almost = [[*row[:4], 7.0] for row in rows]
    almost[1][4] = 8.0  # none of the rows that are looked at
    assert "constant" not in odd(look(tmp_path, almost))


def test_odd_tables_are_no_trouble(tmp_path: Path) -> None:
    """Nothing in it, nested columns, infinities, days beyond the calendar."""
    assert look(tmp_path, []).rows == 0
    path = tmp_path / "odd.parquet"
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 'A' AS arm, [1, 2] AS l, {{'a': 1}} AS s, 'inf'::DOUBLE AS x,"
            f" 'infinity'::DATE AS day, 'infinity'::TIMESTAMP AS at, NULL AS n, 1::HUGEINT AS h"
            f" UNION ALL SELECT 'B', NULL, NULL, 'nan'::DOUBLE, NULL, NULL, NULL, 2)"
            f" TO '{path}' (FORMAT parquet)"
        )
    found = look_into([path], asked(plan("x=mean(x)"), day="day"))
    assert found.rows == 2
