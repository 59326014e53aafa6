"""Entries of the calendar: what is read, what is refused, what is part of the season."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hadi.domain.calendar import LONGEST, DayKind, Days, DayScope, comes_back, read_days
from hadi.domain.errors import Invalid

WHOLE: dict[str, Any] = {"name": "Promotion", "kind": "promotion", "starts_on": "2026-03-09"}


def faults(**parts: Any) -> set[str]:
    with pytest.raises(Invalid) as refused:
        read_days(WHOLE | parts)
    return set(refused.value.fields)


def test_a_day_is_enough() -> None:
    days = read_days(WHOLE)
    assert (days.starts_on, days.ends_on, days.scope) == (
        date(2026, 3, 9), date(2026, 3, 9), DayScope.ALL,
    )  # fmt: skip
    assert read_days(WHOLE | {"ends_on": "22.03.2026"}).length == 14


def test_places_are_named_once_however_they_are_written() -> None:
    days = read_days(WHOLE | {"scope": "units", "places": "S03; s03\nShop  seven,"})
    assert days.places == ("S03", "Shop seven")
    assert read_days(WHOLE | {"scope": "all", "places": "S03"}).places == ()


def test_every_fault_is_named() -> None:
    assert faults(name="", kind="", starts_on="") == {"name", "kind", "starts_on"}
    assert faults(kind="war", scope="moon") == {"kind", "scope"}
    assert faults(starts_on="soon") == {"starts_on"}
    assert faults(starts_on="2026-03") == {"starts_on"}
    assert faults(starts_on="1889-03-01") == {"starts_on"}
    assert faults(ends_on="2026-03-08") == {"ends_on"}
    assert faults(ends_on=date(2026 + LONGEST // 365 + 1, 3, 9)) == {"ends_on"}
    assert faults(scope="region") == faults(scope="units") == {"places"}
    assert faults(scope="units", places=[f"S{n}" for n in range(501)]) == {"places"}
    assert faults(name="x" * 121, note="x" * 1001) == {"name", "note"}


def test_a_holiday_of_every_year_is_part_of_the_season() -> None:
    def days(kind: DayKind, name: str, day: date) -> Days:
        return Days(kind, name, day, day)

    may = days(DayKind.HOLIDAY, "First of May", date(2026, 5, 1))
    before = days(DayKind.HOLIDAY, "first of may", date(2024, 5, 1))
    assert comes_back(may, [before])
    assert not comes_back(may, [may])
    easter = days(DayKind.HOLIDAY, "Easter", date(2026, 4, 5))
    assert not comes_back(easter, [days(DayKind.HOLIDAY, "Easter", date(2025, 4, 20))])
    sale = days(DayKind.PROMOTION, "Sale", date(2026, 5, 1))
    assert not comes_back(sale, [days(DayKind.PROMOTION, "Sale", date(2025, 5, 1))])
