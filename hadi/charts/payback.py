"""Money earned against money spent, week by week: when a change has paid for itself, if ever."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hadi.charts.axis import Axis, Tick
from hadi.charts.plot import Level, Rise, band_path, line_path
from hadi.domain.text import Figure, FigureKind

_ROWS = 8  # of the folded table


@dataclass(frozen=True, slots=True)
class PaybackRow:
    """One week of the table: what is earned by then (with its interval) and what is spent."""

    week: Figure
    earned: Figure
    low: Figure
    high: Figure
    spent: Figure


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where a line crosses the cost: positions in percent. `weeks` is None for never, and `x`
    then the right edge; `is_beyond` says that it lies after what is drawn."""

    x: float
    y: float
    weeks: Figure | None
    is_beyond: bool


@dataclass(frozen=True, slots=True)
class PaybackCurve:
    """Paths for a viewBox of 0 0 100 100. `soonest` and `latest` are the ends of the interval of
    `point`; `latest.weeks` is None where the lower end of the effect never pays back."""

    earned: str
    spent: str
    band: str
    levels: tuple[Level, ...]
    x_ticks: tuple[Tick, ...]
    point: BreakEven
    soonest: BreakEven
    latest: BreakEven
    limit_x: float | None
    limit: Figure | None
    spent_end_y: float
    earned_end_y: float
    rows: tuple[PaybackRow, ...]


def payback_curve(
    *,
    one_off: float,
    per_week: tuple[float, float, float],
    weekly_cost: float = 0.0,
    limit_weeks: float | None = None,
    currency: str,
    horizon_weeks: int | None = None,
) -> PaybackCurve:
    """Specify the curve. `one_off` is spent at the start and `weekly_cost` every week; `per_week`
    is the margin earned a week: estimate, lower and upper end; all in `currency`. `limit_weeks` is
    how long payback may take. The horizon is chosen unless given."""
    estimate, low, high = per_week
    if not low <= estimate <= high:
        raise ValueError("the estimate lies within its interval")
    crossings = [_weeks(one_off, weekly_cost, earned) for earned in (estimate, high, low)]
    weeks = horizon_weeks or _horizon(crossings, limit_weeks)
    axis = Axis(0.0, float(weeks), margin=0.0)
    ends = [earned * weeks for earned in per_week]
    rise = Rise.over((0.0, one_off, one_off + weekly_cost * weeks, *ends))
    xs = [0.0, 100.0]
    spent_end = one_off + weekly_cost * weeks

    def crossing(at: float | None) -> BreakEven:
        shown = None if at is None else min(at, float(weeks))
        return BreakEven(
            x=100.0 if shown is None else axis.x(shown),
            y=rise.y(one_off + weekly_cost * (weeks if shown is None else shown)),
            weeks=None if at is None else Figure(FigureKind.NUMBER, at),
            is_beyond=at is None or at > weeks,
        )

    point, soonest, latest = (crossing(at) for at in crossings)
    return PaybackCurve(
        earned=line_path(xs, [0.0, ends[0]], rise),
        spent=line_path(xs, [one_off, spent_end], rise),
        band=band_path(xs, [0.0, ends[1]], [0.0, ends[2]], rise),
        levels=rise.levels(FigureKind.MONEY, at_most=5, currency=currency),
        x_ticks=tuple(axis.ticks(FigureKind.COUNT, at_most=6)),
        point=point,
        soonest=soonest,
        latest=latest,
        limit_x=axis.x(limit_weeks)
        if limit_weeks is not None and axis.holds(limit_weeks)
        else None,
        limit=None if limit_weeks is None else _weeks_figure(limit_weeks),
        spent_end_y=rise.y(spent_end),
        earned_end_y=rise.y(ends[0]),
        rows=_rows(weeks, one_off, weekly_cost, per_week, currency),
    )


def _weeks_figure(weeks: float) -> Figure:
    """A limit is most often a round number, and is written as one."""
    is_whole = float(weeks).is_integer()
    return Figure(FigureKind.COUNT if is_whole else FigureKind.NUMBER, weeks)


def _weeks(one_off: float, weekly_cost: float, earned: float) -> float | None:
    """When earnings reach the cost; None for never."""
    if one_off <= 0:
        return 0.0
    net = earned - weekly_cost
    return one_off / net if net > 0 else None


def _horizon(crossings: list[float | None], limit_weeks: float | None) -> int:
    """Far enough to see the break-even and the limit, not so far that they shrink to the edge."""
    point, _soonest, latest = crossings
    wanted = [12.0]
    if limit_weeks is not None:
        wanted.append(1.15 * limit_weeks)
    if point is not None:
        wanted.append(1.5 * point)
        if latest is not None and latest <= 3 * point:
            wanted.append(1.1 * latest)
    # A payback after decades is drawn as one that lies beyond the picture.
    return min(math.ceil(max(wanted)), 520)


def _rows(
    weeks: int,
    one_off: float,
    weekly_cost: float,
    per_week: tuple[float, float, float],
    currency: str,
) -> tuple[PaybackRow, ...]:
    shown = sorted({round(weeks * i / _ROWS) for i in range(_ROWS + 1)})

    def money(value: float) -> Figure:
        return Figure(FigureKind.MONEY, value, currency=currency)

    return tuple(
        PaybackRow(
            Figure(FigureKind.COUNT, week),
            money(per_week[0] * week),
            money(per_week[1] * week),
            money(per_week[2] * week),
            money(one_off + weekly_cost * week),
        )
        for week in shown
    )
