"""A year's profile: how far each month lies above or below the average month."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hadi.charts.plot import Level, Rise
from hadi.domain.text import Figure, FigureKind

MONTHS = tuple(range(1, 13))
# What a bar takes of its month's room.
_BAR = 0.62


@dataclass(frozen=True, slots=True)
class MonthBar:
    """One month: `x` and `width` of its bar and `y`, `height` from the line of the average month,
    in percent; `middle_x` is where its name stands."""

    month: int
    middle_x: float
    x: float
    width: float
    y: float
    height: float
    is_above: bool
    coefficient: Figure
    span: str = ""  # "before" or "after": months that are compared


@dataclass(frozen=True, slots=True)
class SeasonProfile:
    """`one_y` is the line of the average month."""

    bars: tuple[MonthBar, ...]
    levels: tuple[Level, ...]
    one_y: float
    highest: MonthBar
    lowest: MonthBar
    has_spans: bool


def season_profile(
    coefficients: Mapping[int, float],
    *,
    before: Collection[int] = (),
    after: Collection[int] = (),
) -> SeasonProfile:
    """Specify the profile of `coefficients` (month 1..12 -> a number around 1); `before` and
    `after` are the months that are compared. Raises ValueError unless all twelve are there."""
    if set(coefficients) != set(MONTHS):
        raise ValueError("a year has twelve months")
    rise = Rise.over((*coefficients.values(), 1.0), room=0.12)
    one_y = rise.y(1.0)
    step = 100 / 12

    def bar(month: int) -> MonthBar:
        value = coefficients[month]
        y = rise.y(value)
        span = "before" if month in before else "after" if month in after else ""
        return MonthBar(
            month=month,
            middle_x=round((month - 0.5) * step, 3),
            x=round((month - 0.5 - _BAR / 2) * step, 3),
            width=round(_BAR * step, 3),
            y=min(y, one_y),
            height=round(abs(y - one_y), 3),
            is_above=value >= 1,
            coefficient=Figure(FigureKind.NUMBER, round(value, 4)),
            span=span,
        )

    bars = tuple(bar(month) for month in MONTHS)
    return SeasonProfile(
        bars=bars,
        levels=rise.levels(FigureKind.NUMBER, at_most=4),
        one_y=one_y,
        highest=max(bars, key=lambda b: coefficients[b.month]),
        lowest=min(bars, key=lambda b: coefficients[b.month]),
        has_spans=bool(before or after),
    )
