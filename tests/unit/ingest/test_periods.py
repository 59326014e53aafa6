"""Periods in their order, however they are written."""

from __future__ import annotations

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.periods import periods_of


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        (["10", "9", "-1"], ["-1", "9", "10"]),
        (["2026-02-02", "2026-01-26"], ["2026-01-26", "2026-02-02"]),
        (["02.02.2026", "26.01.2026"], ["2026-01-26", "2026-02-02"]),
        (["2026-W10", "2026-W9", "2025-W52"], ["2025-W52", "2026-W9", "2026-W10"]),
        (["02.2026", "12.2025"], ["12.2025", "02.2026"]),
        (["202601", "202512"], ["202512", "202601"]),
        (["week 10", "week 9"], ["week 9", "week 10"]),
        (["spring", "summer", "autumn"], ["spring", "summer", "autumn"]),
        (["2026-01-01", "later"], ["2026-01-01", "later"]),
    ],
)
def test_periods_are_ordered_as_what_they_are(written: list[str], ordered: list[str]) -> None:
    assert list(periods_of(written).labels) == ordered


def test_one_period_written_in_two_ways_is_one() -> None:
    found = periods_of(["01", "1", "2"])
    assert found.labels == ("01", "2")
    assert found.places == {"01": 0, "1": 0, "2": 1}


def test_the_start_is_the_first_period_from_there_on() -> None:
    weeks = periods_of(["2026-01-05", "2026-01-12", "2026-01-19"])
    assert weeks.first_from("2026-01-12", column="week") == 1
    assert weeks.first_from("13.01.2026", column="week") == 2


@pytest.mark.parametrize(
    ("labels", "start", "code"),
    [
        (["1", "2", "3"], "1", "panel_start_too_early"),
        (["1", "2", "3"], "4", "panel_start_too_late"),
        (["1", "2", "3"], "May", "panel_start_unreadable"),
        (["spring", "summer"], "winter", "panel_start_unknown"),
    ],
)
def test_a_start_that_is_not_there_names_what_is(labels: list[str], start: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        periods_of(labels).first_from(start, column="week")
    assert refused.value.text.code == code
    assert f"“{labels[0]}” to “{labels[-1]}”" in str(refused.value)


def test_a_period_of_which_no_row_is_is_named() -> None:
    assert periods_of(["1", "2", "4", "5", "6"]).absent == ("3",)
    weekly = [f"2026-01-{day:02}" for day in (5, 12, 26)] + ["2026-02-02", "2026-02-09"]
    assert periods_of(weekly).absent == ("2026-01-19",)
    months = ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert periods_of(months).absent == ()
