"""The picture of every verdict: zero, the threshold, the interval and the point.

The region that matters (at least the threshold, on the side that is better) is shaded. The same
specification is drawn 24 px high in lists and large on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hadi.charts.axis import Axis, Tick, anchor
from hadi.domain.text import Figure, FigureKind

# Past this many times the rest of the picture an end is drawn as an arrow: one absurdly wide
# interval must not squeeze zero and the threshold into one pixel.
_WIDEST = 12.0

# What a number beside an end takes of the width of a phone, in percent.
_LABEL = 16.0


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Positions are percentages of the width; figures are what is written beside them.

    `low` and `high` are None where the interval has no end on that side. `low_is_open` and
    `high_is_open` ask for an arrow: the end is unbounded, or lies outside the picture.
    """

    estimate_x: float
    low_x: float
    high_x: float
    low_is_open: bool
    high_is_open: bool
    zero_x: float
    threshold_x: float | None
    region_x: float
    region_width: float
    better_is_right: bool
    ticks: tuple[Tick, ...]
    estimate: Figure
    low: Figure | None
    high: Figure | None
    threshold: Figure | None

    @property
    def width_x(self) -> float:
        return round(self.high_x - self.low_x, 3)

    @property
    def estimate_anchor(self) -> str:
        return anchor(self.estimate_x)

    @property
    def low_anchor(self) -> str:
        """The labels of the two ends lean away from each other, so they never collide; a label
        that would lie on the threshold leans inside, where there is room for both."""
        if self.low_x <= _LABEL or self._leans_inside(self.low_x, -_LABEL):
            return "start"
        return "end"

    @property
    def high_anchor(self) -> str:
        if self.high_x >= 100 - _LABEL or self._leans_inside(self.high_x, _LABEL):
            return "end"
        return "start"

    def _leans_inside(self, end: float, room: float) -> bool:
        """Whether a label beside `end` would lie on the threshold, and inside would not."""
        line = self.threshold_x
        if line is None or self.width_x < 2 * _LABEL:
            return False
        return 0 <= (line - end) / room <= 1

    @property
    def threshold_anchor(self) -> str:
        """The label leans into the shaded region, where there is room for it."""
        if self.threshold_x is None:
            return "middle"
        if self.better_is_right:
            return "start" if self.threshold_x < 70 else "end"
        return "end" if self.threshold_x > 30 else "start"


def interval_chart(
    estimate: float,
    low: float | None,
    high: float | None,
    *,
    threshold: float | None = None,
    sign: int = 1,
    kind: FigureKind = FigureKind.NUMBER,
    currency: str | None = None,
    room_for: Sequence[float] = (),
) -> IntervalChart:
    """Specify the picture of one comparison.

    `estimate`, `low` and `high` are differences in the metric's own units, treatment minus
    control; `threshold` is a magnitude in the same units; `sign` is −1 where less is better.
    Pictures that get the same `room_for` stand on one axis, to be compared.
    """
    goal = None if not threshold else sign * threshold
    axis = _axis(estimate, low, high, goal, room_for)
    zero_x = axis.x(0)
    better_from = axis.x(goal) if goal is not None else zero_x
    region = (better_from, 100.0) if sign > 0 else (0.0, better_from)

    def figure(value: float | None) -> Figure | None:
        return None if value is None else Figure(kind, value, value != 0, currency)

    return IntervalChart(
        estimate_x=axis.x(estimate),
        low_x=axis.x(low) if low is not None else 0.0,
        high_x=axis.x(high) if high is not None else 100.0,
        low_is_open=low is None or not axis.holds(low),
        high_is_open=high is None or not axis.holds(high),
        zero_x=zero_x,
        threshold_x=axis.x(goal) if goal is not None else None,
        region_x=region[0],
        region_width=round(region[1] - region[0], 3),
        better_is_right=sign > 0,
        ticks=tuple(axis.ticks(kind, is_signed=True)),
        estimate=Figure(kind, estimate, estimate != 0, currency),
        low=figure(low),
        high=figure(high),
        threshold=figure(goal),
    )


def _axis(
    estimate: float,
    low: float | None,
    high: float | None,
    goal: float | None,
    room_for: Sequence[float],
) -> Axis:
    core = [0.0, estimate, *room_for] + ([goal] if goal is not None else [])
    size = max(abs(value) for value in core) or max(
        (abs(end) for end in (low, high) if end is not None), default=1.0
    )
    reach = _WIDEST * (size or 1.0)
    shown = core + [end for end in (low, high) if end is not None and abs(end) <= reach]
    left, right = min(shown), max(shown)
    if low is not None and low < -reach:
        left = -reach
    if high is not None and high > reach:
        right = reach
    if left == right:
        left, right = left - 1.0, right + 1.0
    room = 0.08 * (right - left)
    # An open end gets room for its arrow beyond everything else that is drawn.
    return Axis(
        left - (3 * room if low is None else room), right + (3 * room if high is None else room)
    )
