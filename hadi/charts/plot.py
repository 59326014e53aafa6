"""What charts with two axes share: heights, lines with gaps, and bands.

Shapes are paths for a viewBox of 0 0 100 100 stretched over the plot, so that they fit a phone and
a poster; everything with letters stands outside it, at percentages, and keeps its size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hadi.charts.axis import round_values
from hadi.domain.text import Figure, FigureKind

Height = float | None  # a value that may be missing


@dataclass(frozen=True, slots=True)
class Level:
    """A round value across the plot: `y` in percent from the top."""

    y: float
    label: Figure
    is_zero: bool = False


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A marked time: `x` in percent, `label` as the reader reads it."""

    x: float
    label: str
    anchor: str
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Rise:
    """The span from `low` (at the bottom) to `high` (at the top)."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[Height], *, room: float = 0.06) -> Rise:
        """The span of what is there, with a little room at both ends."""
        known = [v for v in values if v is not None and math.isfinite(v)]
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        if low == high:
            size = abs(low) or 1.0
            low, high = low - 0.5 * size, high + 0.5 * size
        spare = room * (high - low)
        return cls(low - spare, high + spare)

    def y(self, value: float) -> float:
        """Where `value` lies, in percent from the top, held within the picture."""
        share = (self.high - value) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 3)

    def levels(
        self,
        kind: FigureKind,
        *,
        at_most: int = 5,
        is_signed: bool = False,
        currency: str | None = None,
    ) -> tuple[Level, ...]:
        return tuple(
            Level(self.y(v), Figure(kind, v, is_signed and v != 0, currency), v == 0)
            for v in round_values(self.low, self.high, at_most=at_most)
        )


def line_path(xs: Sequence[float], heights: Sequence[Height], rise: Rise) -> str:
    """The line through what is there; it is broken where a value is missing, and a value with no
    neighbours is a dot (a line of no length with round ends)."""
    parts: list[str] = []
    for run in runs(heights):
        points = [f"{xs[i]:g} {rise.y(heights[i] or 0.0):g}" for i in run]
        parts.append("M" + " L".join(points if len(points) > 1 else points * 2))
    return " ".join(parts)


def band_path(
    xs: Sequence[float], lows: Sequence[Height], highs: Sequence[Height], rise: Rise
) -> str:
    """The area between two lines, where both are there."""
    both = [
        a if a is not None and b is not None else None for a, b in zip(lows, highs, strict=True)
    ]
    parts = []
    for run in runs(both):
        over = [f"{xs[i]:g} {rise.y(highs[i] or 0.0):g}" for i in run]
        under = [f"{xs[i]:g} {rise.y(lows[i] or 0.0):g}" for i in reversed(run)]
        parts.append("M" + " L".join((*over, *under)) + " Z")
    return " ".join(parts)


def runs(heights: Sequence[Height]) -> list[list[int]]:
    """The stretches without a gap, each as the indices of its values."""
    found: list[list[int]] = []
    for i, height in enumerate(heights):
        if height is None or not math.isfinite(height):
            continue
        if found and found[-1][-1] == i - 1:
            found[-1].append(i)
        else:
            found.append([i])
    return found


def last_known(heights: Sequence[Height]) -> int | None:
    """The index of the last value that is there."""
    found = runs(heights)
    return found[-1][-1] if found else None
