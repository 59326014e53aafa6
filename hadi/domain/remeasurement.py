"""What measuring a wave again showed, held against what the test had promised.

Whether a wave held follows from its effect and interval, where there are both (`follows`):

- the promise lies beyond the whole interval, on the better side: it did not hold;
- else the interval lies on the better side of no effect: it held;
- else it covers the promise and no effect alike: that is not known yet.

People know more than numbers do: that a wave did not hold may be said against "it held", and that
it held where it is not known yet, with the reason. Against "it did not hold" nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, stdev

from hadi.domain.errors import Blocked, Blocker, Invalid
from hadi.domain.numbers import MOST
from hadi.domain.text import FigureKind, Text

MOST_STORES = 1000


class Follows(StrEnum):
    """What the numbers of a wave say of the promise."""

    HELD = "held"
    DID_NOT_HOLD = "did_not_hold"
    NOT_KNOWN = "not_known"
    NOTHING = "nothing"  # there is no effect, or no promise to hold it against


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
        else:
            fault = next(filter(None, map(_odd, effects)), None)
        if fault:
            raise Invalid(Text("measurement_invalid"), {"stores": fault})
        mean, spread = fmean(effects), stdev(effects)
        if spread == 0.0:
            return cls(mean)
        reach = quantile(alpha, len(effects) - 1) * spread / math.sqrt(len(effects))
        return cls(mean, mean - reach, mean + reach)

    def faults(self, kind: FigureKind = FigureKind.NUMBER) -> dict[str, Text]:
        """What makes it unusable, by part. `kind` says in which unit effects are: no share moves
        by more than all of it, and nothing falls by more than what there was."""
        named = {"effect": self.effect, "low": self.low, "high": self.high}
        odd = {name: _odd(value) for name, value in named.items() if value is not None}
        if any(odd.values()):
            return {name: text for name, text in odd.items() if text}
        if self.effect is None:
            has_end = self.low is not None or self.high is not None
            return {"effect": Text("measurement_needs_effect")} if has_end else {}
        if not _can_be(self.effect, kind):
            return {"effect": Text("measurement_impossible")}
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

    def follows(self, promise: float | None, *, sign: int) -> Follows:
        """Whether it held, as far as the numbers say; see above. `sign` is -1 where less is
        better. An end that is not known excludes nothing; an effect without any says nothing."""
        is_bare = self.low is None and self.high is None
        if self.effect is None or promise is None or is_bare:
            return Follows.NOTHING
        if self.falls_short_of(promise, sign=sign):
            return Follows.DID_NOT_HOLD
        worst = self.low if sign > 0 else self.high
        return Follows.HELD if worst is not None and sign * worst > 0.0 else Follows.NOT_KNOWN


def _odd(value: float) -> Text | None:
    """What is wrong with a number for itself: a slip of the keyboard overflows every sum."""
    if not math.isfinite(value):
        return Text("measurement_not_finite")
    return None if abs(value) <= MOST else Text("measurement_impossible")


def _can_be(effect: float, kind: FigureKind) -> bool:
    if kind is FigureKind.POINTS:
        return abs(effect) <= 1.0
    return kind is not FigureKind.PERCENT or effect >= -1.0


def settled(found: Follows, said: bool | None, *, reason: str) -> bool:
    """Whether the wave held, from its numbers and from what a person says (None: nothing). Raises
    Blocked with what stands against it, Invalid where it has to be said."""
    if said and found is Follows.DID_NOT_HOLD:
        raise Blocked(Text("step_refused"), [Blocker(Text("wave_cannot_have_held"), "held")])
    if said and found is Follows.NOT_KNOWN and not reason:
        raise Blocked(Text("step_refused"), [Blocker(Text("wave_held_needs_reason"), "note")])
    if said is not None:
        return said
    if found in (Follows.HELD, Follows.DID_NOT_HOLD):
        return found is Follows.HELD
    raise Invalid(Text("measurement_invalid"), {"held": Text("measurement_say_held")})
