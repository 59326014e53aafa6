"""A horizontal axis: which round numbers to mark, and where a value lies between its ends.

Positions are percentages of the picture's width. SVG takes them as they are (`x="37.5%"`), so a
chart fits a phone and a poster without scaling its letters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hadi.domain.text import Figure, FigureKind

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A marked value: `x` in percent of the width, `label` the number to write."""

    x: float
    value: float
    label: Figure
    is_zero: bool = False
    is_minor: bool = False  # its label gives way first where there is little room

    @property
    def anchor(self) -> str:
        return anchor(self.x)


@dataclass(frozen=True, slots=True)
class Axis:
    """The span from `low` to `high`, drawn between `margin` and 100 − `margin` percent."""

    low: float
    high: float
    margin: float = 4.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError("an axis needs two different finite ends")

    def x(self, value: float) -> float:
        """Where `value` lies, in percent, held within the picture."""
        share = (value - self.low) / (self.high - self.low)
        inside = min(max(share, 0.0), 1.0)
        return round(self.margin + inside * (100 - 2 * self.margin), 3)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    def ticks(self, kind: FigureKind, *, at_most: int = 5, is_signed: bool = False) -> list[Tick]:
        """Round values inside the axis, at most `at_most` of them."""
        values = round_values(self.low, self.high, at_most=at_most)
        step = values[1] - values[0] if len(values) > 1 else 1.0
        return [
            Tick(
                x=self.x(value),
                value=value,
                label=Figure(kind, value, is_signed and value != 0),
                is_zero=value == 0,
                is_minor=len(values) > 3 and round(value / step) % 2 == 1,
            )
            for value in values
        ]


def round_values(low: float, high: float, *, at_most: int = 5) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten within [low, high]."""
    span = high - low
    exponent = math.floor(math.log10(span / at_most))
    for step in (s * 10.0**e for e in (exponent, exponent + 1) for s in _STEPS):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= at_most:
            # `i * step` gathers binary dust (0.30000000000000004); the label must not show it.
            return [float(f"{i * step:.12g}") + 0.0 for i in range(first, last + 1)]
    return []


def anchor(x: float) -> str:
    """How a label at `x` percent is aligned so that it stays inside the picture."""
    if x < 8:
        return "start"
    return "end" if x > 92 else "middle"
