"""Lines over time: a pilot beside what was expected of it, its gap, and the gaps of all the others.

Three pictures and one specification. Lines say what they are by a role, which the template words;
the label stands at the end of the line it names, never in a box of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hadi.charts.axis import anchor
from hadi.charts.plot import Height, Level, Rise, TimeTick, band_path, last_known, line_path
from hadi.domain.text import Figure, FigureKind

_TICKS = 5
# A label covers about the last fifth of the width.
_LABEL_REACH = 5
# A band that reaches further beyond the lines than so many times their own height is cut off.
_WIDEST_BAND = 1.5
# Below this (percent from the top) a label would stand on those of the times.
_LOWEST = 90.0


class LineRole(StrEnum):
    """What a line is; the template says it in the reader's language."""

    PILOT = "pilot"
    EXPECTED = "expected"
    GAP = "gap"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A line of the picture. `name` is the data's own (a store), for what needs naming by itself.
    `label_y` in percent from the top; `is_label_above` says on which side of its end it stands."""

    role: LineRole
    path: str
    name: str = ""
    label_y: float | None = None
    is_label_above: bool = True


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A row of the folded table: the time (or the store), and its figures."""

    name: str
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class TimeChart:
    """`start_x` is where the change began; `zero_y` the line of no gap. Lines are drawn in order,
    the one that matters last. `columns` names the columns of `rows`, as codes of the template."""

    lines: tuple[TimeLine, ...]
    levels: tuple[Level, ...]
    ticks: tuple[TimeTick, ...]
    columns: tuple[str, ...]
    rows: tuple[TimeRow, ...]
    start_x: float | None = None
    start_label: str = ""
    zero_y: float | None = None
    band: str = ""
    left_out: int = 0  # lines that are not drawn, that the rest may be seen

    @property
    def start_anchor(self) -> str:
        """The label leans to where there is room for it."""
        return "start" if self.start_x is None or self.start_x < 60 else "end"


def pilot_chart(
    times: Sequence[str],
    actual: Sequence[Height],
    expected: Sequence[Height],
    *,
    start: int,
    low: Sequence[Height] | None = None,
    high: Sequence[Height] | None = None,
    kind: FigureKind = FigureKind.NUMBER,
    currency: str | None = None,
) -> TimeChart:
    """The pilot's own values beside what its controls let expect; `start` is the index of the first
    time after. `low` and `high` are the band around the expected line, None where there is none."""
    lows, highs = low or [None] * len(times), high or [None] * len(times)
    rise = _rise((*actual, *expected), (*lows, *highs))
    xs = _places(len(times))
    ends = _ends((LineRole.EXPECTED, expected), (LineRole.PILOT, actual), rise=rise)
    lines = tuple(
        TimeLine(role, line_path(xs, heights, rise), "", *ends[role])
        for role, heights in ((LineRole.EXPECTED, expected), (LineRole.PILOT, actual))
    )
    has_band = any(value is not None for value in lows)
    shown = (actual, expected, lows, highs) if has_band else (actual, expected)
    return TimeChart(
        lines=lines,
        levels=rise.levels(kind, currency=currency),
        ticks=_ticks(times),
        columns=("pilot", "expected", "low", "high")[: len(shown)],
        rows=_rows(times, shown, kind, currency=currency),
        start_x=_start(start, len(times)),
        start_label=times[start],
        band=band_path(xs, lows, highs, rise) if has_band else "",
    )


def gap_chart(
    times: Sequence[str],
    gaps: Sequence[Height],
    *,
    start: int,
    low: Sequence[Height] | None = None,
    high: Sequence[Height] | None = None,
    kind: FigureKind = FigureKind.PERCENT,
    currency: str | None = None,
) -> TimeChart:
    """The difference between the pilot and what was expected of it, around zero."""
    lows, highs = low or [None] * len(times), high or [None] * len(times)
    rise = _rise((0.0, *gaps), (*lows, *highs))
    xs = _places(len(times))
    has_band = any(value is not None for value in lows)
    shown = (gaps, lows, highs) if has_band else (gaps,)
    return TimeChart(
        lines=(TimeLine(LineRole.GAP, line_path(xs, gaps, rise)),),
        levels=rise.levels(kind, is_signed=True, currency=currency),
        ticks=_ticks(times),
        columns=("gap", "low", "high")[: len(shown)],
        rows=_rows(times, shown, kind, is_signed=True, currency=currency),
        start_x=_start(start, len(times)),
        start_label=times[start],
        zero_y=rise.y(0.0),
        band=band_path(xs, lows, highs, rise) if has_band else "",
    )


def placebo_chart(
    times: Sequence[str],
    gaps: Sequence[Height],
    others: Mapping[str, Sequence[Height]],
    *,
    start: int,
    left_out: int = 0,
    kind: FigureKind = FigureKind.PERCENT,
    currency: str | None = None,
) -> TimeChart:
    """The pilot's gap among those of all the others, as if each of them had been the pilot."""
    rise = Rise.over((0.0, *gaps, *(value for line in others.values() for value in line)))
    xs = _places(len(times))
    end = _ends((LineRole.PILOT, gaps), rise=rise)[LineRole.PILOT]
    thin = [
        TimeLine(LineRole.OTHER, line_path(xs, line, rise), name) for name, line in others.items()
    ]

    def means(name: str, line: Sequence[Height]) -> TimeRow:
        halves = (_mean(line[:start]), _mean(line[start:]))
        return TimeRow(
            name,
            tuple(None if v is None else Figure(kind, v, v != 0, currency) for v in halves),
        )

    return TimeChart(
        lines=(*thin, TimeLine(LineRole.PILOT, line_path(xs, gaps, rise), "", *end)),
        levels=rise.levels(kind, is_signed=True, currency=currency),
        ticks=_ticks(times),
        columns=("before", "after"),
        rows=(means("", gaps), *(means(name, line) for name, line in others.items())),
        start_x=_start(start, len(times)),
        start_label=times[start],
        zero_y=rise.y(0.0),
        left_out=left_out,
    )


def _rise(lines: Sequence[Height], band: Sequence[Height]) -> Rise:
    """Room for the lines and, as far as it does not squeeze them, for the band around them."""
    known = [value for value in lines if value is not None]
    if not known:
        return Rise.over(band)
    low, high = min(known), max(known)
    reach = _WIDEST_BAND * ((high - low) or abs(high) or 1.0)
    held = (None if v is None else min(max(v, low - reach), high + reach) for v in band)
    return Rise.over((*known, *held))


def _places(count: int) -> list[float]:
    """Even steps over the width, in percent."""
    if count < 2:
        raise ValueError("a line needs two times")
    return [round(100 * i / (count - 1), 3) for i in range(count)]


def _start(start: int, count: int) -> float:
    """Between the last time before and the first one after."""
    if not 0 < start < count:
        raise ValueError("the change begins after the first time and before the last is over")
    return round(100 * (start - 0.5) / (count - 1), 3)


def _ticks(times: Sequence[str]) -> tuple[TimeTick, ...]:
    """A few times at even steps, the first and the last among them."""
    last = len(times) - 1
    shown = sorted({round(last * i / (_TICKS - 1)) for i in range(_TICKS)})
    xs = _places(len(times))
    return tuple(
        TimeTick(xs[i], times[i], anchor(xs[i]), is_minor=place % 2 == 1)
        for place, i in enumerate(shown)
    )


def _ends(
    *lines: tuple[LineRole, Sequence[Height]], rise: Rise
) -> dict[LineRole, tuple[float | None, bool]]:
    """Where each line's label stands: the higher line's above it, the lower one's below. A label
    reaches back over the last part of its line, so it keeps clear of all of that part."""
    spans: dict[LineRole, tuple[float, float]] = {}
    for role, values in lines:
        end = last_known(values)
        if end is not None:
            reach = values[max(0, end - len(values) // _LABEL_REACH) : end + 1]
            ys = [rise.y(value) for value in reach if value is not None]
            spans[role] = (min(ys), max(ys))
    order = sorted(spans, key=lambda role: spans[role])
    found: dict[LineRole, tuple[float | None, bool]] = {role: (None, True) for role, _v in lines}
    for place, role in enumerate(order):
        top, bottom = spans[role]
        found[role] = (top, True) if place == 0 else (min(bottom, _LOWEST), False)
    return found


def _rows(
    times: Sequence[str],
    columns: Sequence[Sequence[Height]],
    kind: FigureKind,
    *,
    is_signed: bool = False,
    currency: str | None = None,
) -> tuple[TimeRow, ...]:
    def one(value: Height) -> Figure | None:
        return None if value is None else Figure(kind, value, is_signed and value != 0, currency)

    return tuple(
        TimeRow(time, tuple(one(column[i]) for column in columns)) for i, time in enumerate(times)
    )


def _mean(values: Sequence[Height]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None
