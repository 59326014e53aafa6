"""Which days the periods of data are, and which of them a plan came after."""

from __future__ import annotations

from datetime import date

import pytest

from hadi.ingest.period_spans import Judged, Span, judged, reader


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2026-02-03", date(2026, 2, 3), date(2026, 2, 3)),
        ("03.02.2026", date(2026, 2, 3), date(2026, 2, 3)),
        ("2026-W05", date(2026, 1, 26), date(2026, 2, 1)),
        ("2026 н 5", date(2026, 1, 26), date(2026, 2, 1)),
        ("W5 2026", date(2026, 1, 26), date(2026, 2, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("202602", date(2026, 2, 1), date(2026, 2, 28)),
        ("02.2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("февраль 2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("К2 2026", date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_a_period_is_read_as_its_days(label: str, first: date, last: date) -> None:
    assert reader([label])(label) == Span(first, last)


@pytest.mark.parametrize("label", ["7", "week 7", "2026-W60", "2026-Q5", "spring", ""])
def test_what_is_no_period_of_the_calendar_is_none(label: str) -> None:
    assert reader([label])(label) is None


def test_numbers_beyond_twelve_are_weeks() -> None:
    read = reader(["2026-05", "2026-31"])
    assert read("2026-05") == Span(date(2026, 1, 26), date(2026, 2, 1))


def test_only_what_came_after_the_change_counts() -> None:
    months = {f"2026-{month:02d}": 10 for month in range(1, 7)}
    found = judged(months, start="2026-04", locked_on=date(2026, 5, 20))
    assert found == Judged(date(2026, 4, 1), date(2026, 6, 30), rows=30, early=20)
    assert judged(months, start="whenever", locked_on=None) is None


def test_a_period_goes_on_until_the_next() -> None:
    weeks = dict.fromkeys(("2026-03-02", "2026-03-09", "2026-03-16"), 1)
    found, of_days = judged(weeks), judged(weeks, are_periods=False)
    assert found and found.last == date(2026, 3, 22)
    assert of_days and of_days.last == date(2026, 3, 16)
    months = judged(dict.fromkeys(("2026-01-01", "2026-02-01", "2026-03-01"), 1))
    assert months and months.last == date(2026, 3, 31)
    quarters = judged(dict.fromkeys(("2025-10-01", "2026-01-01", "2026-04-01"), 1))
    assert quarters and quarters.last == date(2026, 6, 30)


def test_a_slip_among_many_periods_hides_nothing() -> None:
    found = judged({"2026-W05": 3, "2026-W06": 3, "total": 1})
    assert found and found.last == date(2026, 2, 8)
    assert judged({"a": 1, "b": 1}) is None
    assert judged({}) is None
