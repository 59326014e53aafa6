"""What measuring a wave again showed, held against what the test had promised."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from hadi.domain.errors import Invalid
from hadi.domain.text import Text

MOST_STORES = 1000
_LARGEST = 1e100  # beyond, squares overflow


@dataclass(frozen=True, slots=True)
class Realised:
    """The effect of a wave with its interval, in the metric's own units; parts may be missing."""

    effect: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of_stores(cls, effects: Sequence[float], *, alpha: float = 0.05) -> Realised:
        """The mean effect of stores of which each was measured for itself, with the interval of
        Student's t over the stores; without one where all are alike, which no spread can tell
        from chance. Raises Invalid under "stores"."""
        from hadi.stats.student import quantile

        fault = None
        if not 2 <= len(effects) <= MOST_STORES:
            fault = Text("measurement_few_stores", limit=MOST_STORES)
        elif not all(math.isfinite(effect) and abs(effect) < _LARGEST for effect in effects):
            fault = Text("measurement_not_finite")
        if fault:
            raise Invalid(Text("measurement_invalid"), {"stores": fault})
        mean, spread = fmean(effects), stdev(effects)
        if spread == 0.0:
            return cls(mean)
        reach = quantile(alpha, len(effects) - 1) * spread / math.sqrt(len(effects))
        return cls(mean, mean - reach, mean + reach)

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
