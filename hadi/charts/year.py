"""A year as a strip: spans of days as bars, those that overlap one under the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

LEAST = 0.7  # per cent of the year: a single day is still seen
MOST_LANES = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both inside. `kind` chooses how the bar looks; what is `beneath`
    has lanes of its own, under the others."""

    first: date
    last: date
    label: str
    kind: str
    beneath: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of the year: `x` and `width` in per cent; `lane` counts from 0."""

    x: float
    width: float
    lane: int
    label: str
    kind: str


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
    there = [span for span in spans if span.last >= first and span.first <= last]
    above, lanes = _placed([span for span in there if not span.beneath], first, last, 0)
    beneath, all_lanes = _placed([span for span in there if span.beneath], first, last, lanes)
    return YearStrip(
        year=year,
        bars=(*above, *beneath),
        lanes=all_lanes,
        months=tuple(_place(date(year, month, 1), first, last) for month in range(1, 13)),
        today_x=_place(today, first, last) if today.year == year else None,
        hidden=len(there) - len(above) - len(beneath),
    )


def _placed(spans: Iterable[Span], first: date, last: date, lanes: int) -> tuple[list[Bar], int]:
    """The bars of the spans below so many lanes, and how many lanes there are then."""
    ends: list[float] = []
    bars: list[Bar] = []
    for span in sorted(spans, key=lambda s: (s.first, -(s.last - s.first).days, s.label)):
        x = _place(max(span.first, first), first, last)
        stop = _place(min(span.last, last) + timedelta(days=1), first, last)
        width = max(LEAST, stop - x)
        x = min(x, 100 - width)
        lane = next((n for n, end in enumerate(ends) if end <= x), len(ends))
        if lanes + lane >= MOST_LANES:
            continue
        ends[lane : lane + 1] = [x + width]
        bars.append(Bar(round(x, 3), round(width, 3), lanes + lane, span.label, span.kind))
    return bars, lanes + len(ends)


def _place(day: date, first: date, last: date) -> float:
    return round((day - first).days * 100 / ((last - first).days + 1), 3)
