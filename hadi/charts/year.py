"""A year as a strip: spans of days as bars, those that overlap one under the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LEAST = 0.7  # per cent of the year: a single day is still seen
MOST_LANES = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both inside. `kind` chooses how the bar looks."""

    first: date
    last: date
    label: str
    kind: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of the year: `x` and `width` in per cent; `lane` counts from 0."""

    x: float
    width: float
    lane: int
    label: str
    kind: str
    url: str | None


@dataclass(frozen=True, slots=True)
class YearStrip:
    """`months` are where each begins, in per cent; `today_x` is None in another year. `hidden` is
    how many bars found no lane."""

    year: int
    bars: tuple[Bar, ...]
    lanes: int
    months: tuple[float, ...]
    today_x: float | None
    hidden: int


def year_strip(year: int, spans: Iterable[Span], *, today: date) -> YearStrip:
    """Place the spans that touch the year, the earliest first, each in the first lane that is
    free."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (last - first).days + 1

    def place(day: date) -> float:
        return round((day - first).days * 100 / days, 3)

    ends: list[float] = []
    bars: list[Bar] = []
    hidden = 0
    for span in sorted(spans, key=lambda s: (s.first, -(s.last - s.first).days, s.label)):
        if span.last < first or span.first > last:
            continue
        x = place(max(span.first, first))
        stop = place(min(span.last, last)) + 100 / days
        width = max(LEAST, round(stop - x, 3))
        x = min(x, 100 - width)
        lane = next((n for n, end in enumerate(ends) if end <= x), len(ends))
        if lane == MOST_LANES:
            hidden += 1
            continue
        ends[lane : lane + 1] = [x + width]
        bars.append(Bar(round(x, 3), width, lane, span.label, span.kind, span.url))
    return YearStrip(
        year=year,
        bars=tuple(bars),
        lanes=len(ends),
        months=tuple(place(date(year, month, 1)) for month in range(1, 13)),
        today_x=place(today) if today.year == year else None,
        hidden=hidden,
    )
