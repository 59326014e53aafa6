"""What measuring a wave again showed, held against what the test had promised."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hadi.domain.text import Text


@dataclass(frozen=True, slots=True)
class Realised:
    """The effect of a wave with its interval, in the metric's own units; parts may be missing."""

    effect: float | None = None
    low: float | None = None
    high: float | None = None

    def faults(self) -> dict[str, Text]:
        """What makes it unusable, by part."""
        named = {"effect": self.effect, "low": self.low, "high": self.high}
        odd = {
            name: Text("measurement_not_finite")
            for name, value in named.items()
            if value is not None and not math.isfinite(value)
        }
        if odd:
            return odd
        if self.effect is None:
            has_end = self.low is not None or self.high is not None
            return {"effect": Text("measurement_needs_effect")} if has_end else {}
        found = {}
        if self.low is not None and self.low > self.effect:
            found["low"] = Text("measurement_low_above")
        if self.high is not None and self.high < self.effect:
            found["high"] = Text("measurement_high_below")
        return found

    def falls_short_of(self, promise: float, *, sign: int) -> bool:
        """Whether the whole interval lies on the worse side of the promise. `sign` is -1 where
        less is better."""
        best = self.high if sign > 0 else self.low
        return best is not None and sign * best < sign * promise
