"""Which days of the calendar the periods of data are: days, weeks, months, quarters.

Periods are ordered without a calendar (week 9 comes before week 10); when they were is another
question, and it decides whether a plan came before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import gcd

from hadi.domain.months import (
    When,
    first_day,
    is_decimal_year,
    last_day,
    month_of,
    ordinal,
    read_when,
)
from hadi.ingest.periods import named_part

_MONTHS = 12
_QUARTERS = 4
_QUARTER = 3
_SHORTEST_MONTH = 28
_WEEK_LETTERS, _QUARTER_LETTERS = ("W", "Н"), ("Q", "К")

Read = Callable[[str], "Span | None"]


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a period, both ends inside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Judged:
    """The days that a verdict rests on; `rows` are theirs, `early` those of periods that began
    before the plan was fixed."""

    first: date
    last: date
    rows: int = 0
    early: int = 0


def judged(
    counts: Mapping[str, int],
    *,
    start: str | None = None,
    locked_on: date | None = None,
    are_periods: bool = True,
) -> Judged | None:
    """The days of the periods from `start` on, where they are named after a calendar; `counts` are
    their rows. What is before the start is history on purpose. `are_periods`: days a week apart
    stand for weeks, the firsts of months for months."""
    read = reader(counts)
    spans = {label: span for label in counts if (span := read(label)) is not None}
    if 2 * len(spans) <= len(counts):
        return None
    begin = read(start) if start else None
    if start and begin is None:
        return None
    after = {label: s for label, s in spans.items() if begin is None or s.first >= begin.first}
    if not after:
        return None
    longer = _lasting(spans.values()) if are_periods else lambda day: day
    return Judged(
        first=min(span.first for span in after.values()),
        last=max(
            longer(span.last) if span.first == span.last else span.last for span in after.values()
        ),
        rows=sum(counts[label] for label in after),
        early=sum(counts[label] for label, s in after.items() if locked_on and s.first < locked_on),
    )


def reader(labels: Iterable[str]) -> Read:
    """How the labels of a column are read, all of them alike: 2026-05 is a month, unless another
    of them is 2026-31."""
    labels = list(labels)
    bare = [named for label in labels if (named := named_part(label.strip())) and not named[1]]
    are_weeks = any(number > _MONTHS for _, _, number in bare)
    are_decimal = any(is_decimal_year(label) for label in labels)

    def read(label: str) -> Span | None:
        named = named_part(label.strip())
        if named is not None:
            year, letter, number = named
            if letter in _WEEK_LETTERS or (not letter and are_weeks):
                return _week(year, number)
            if letter in _QUARTER_LETTERS:
                return _quarter(year, number)
        when = read_when(label, has_decimal_years=are_decimal)
        if when is None:
            return None
        if when.is_week:
            return Span(when.first, when.first + timedelta(days=6))
        return Span(when.first, last_day(when))

    return read


def _week(year: int, week: int) -> Span | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Span(monday, monday + timedelta(days=6))


def _quarter(year: int, quarter: int) -> Span | None:
    if not 1 <= quarter <= _QUARTERS:
        return None
    month = ordinal(year, _QUARTER * (quarter - 1) + 1)
    return Span(first_day(month), last_day(When(month + _QUARTER - 1)))


def _lasting(spans: Iterable[Span]) -> Callable[[date], date]:
    """Where periods are named by their first day: until when one goes on."""
    days = sorted({span.first for span in spans})
    gaps = [(after - before).days for before, after in pairwise(days)]
    if not gaps:
        return lambda day: day
    if min(gaps) >= _SHORTEST_MONTH and len({day.day for day in days}) == 1 and days[0].day == 1:
        step = gcd(*(month_of(after) - month_of(before) for before, after in pairwise(days)))
        return lambda day: last_day(When(month_of(day) + step - 1))
    return lambda day: day + timedelta(days=min(gaps) - 1)
