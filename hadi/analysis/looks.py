"""When a result may be looked at, and what each look costs.

`fixed`: once, at the planned end. `anytime`: always, at the price of a wider interval. `planned`:
at shares of the planned units, each look with its part of alpha; a look off the schedule is
opened with a reason, like any early one, and spends what is due at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hadi.domain.plan import Looks, Plan, Spending
from hadi.ingest.source import Summaries
from hadi.stats.multiplicity import simultaneous_alpha

TUNING = 5000.0  # units of both arms at which the sequence is tightest, without a plan
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the data. `fraction` is the smallest arm's share of the planned units, at most
    1 (None: nothing is planned); `number` counts the looks so far, this one included; `earlier`
    holds their fractions. `is_open`: the result may be seen now. `is_final`: the end is reached.
    `opened_early`: someone gave a reason to see it, or to end the test, before that."""

    kind: Looks
    is_open: bool
    is_final: bool
    opened_early: bool = False
    fraction: float | None = None
    number: int = 1
    count: int | None = None
    earlier: tuple[float, ...] = ()
    spending: Spending | None = None
    tuning: float = TUNING

    def level(self, alpha: float, comparisons: int) -> float:
        """The alpha of each interval and test at this look."""
        each = simultaneous_alpha(alpha, comparisons)
        if self.kind is not Looks.PLANNED or self.fraction is None or not self.is_open:
            return each
        from hadi.stats.group_sequential import nominal_alpha

        spending = self.spending or Spending.OBRIEN_FLEMING
        fractions = (*self.earlier, self.fraction)
        return nominal_alpha(fractions, alpha=each, spending=spending.value)

    @property
    def is_repeated(self) -> bool:
        """Whether the same test will be looked at again, or may have no end."""
        if self.kind is Looks.FIXED:
            return False
        return not self.is_final or (self.kind is Looks.ANYTIME and self.fraction is None)

    @property
    def next_due(self) -> float | None:
        """The fraction of the planned units from which on the schedule gives another look; None
        where it has none, or this is the last."""
        if self.kind is not Looks.PLANNED or self.count is None or self.is_final:
            return None
        used = self.number if self.is_open else self.number - 1
        return min((used + 1) / self.count, 1.0)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "open": self.is_open,
            "final": self.is_final,
            "opened_early": self.opened_early,
            "fraction": self.fraction,
            "number": self.number,
            "count": self.count,
            "earlier": list(self.earlier),
            "next_due": self.next_due,
            "spending": self.spending.value if self.spending else None,
            "tuning": self.tuning if self.kind is Looks.ANYTIME else None,
        }


def look_of(
    summaries: Summaries,
    plan: Plan,
    *,
    is_final: bool,
    opened_early: bool = False,
    earlier: Sequence[float] = (),
) -> Look:
    """The look that the data allow now. `earlier` are the fractions at which this test was seen
    before."""
    fraction = _fraction(summaries, plan)
    if is_final and plan.looks is Looks.PLANNED:
        fraction = 1.0  # the last look spends all that is left, even where fewer units came
    look = Look(plan.looks, is_final or opened_early, is_final, opened_early, fraction)
    if plan.looks is Looks.FIXED:
        return replace(look, opened_early=opened_early and not is_final)
    seen = tuple(sorted(f for f in earlier if fraction is None or f < fraction - _CLOSE))
    look = replace(look, number=len(seen) + 1, earlier=seen)
    if plan.looks is Looks.ANYTIME:
        tuning = float(plan.planned_units) if plan.planned_units else TUNING
        ends_here = opened_early and not is_final
        return replace(look, is_open=True, opened_early=ends_here, tuning=tuning)
    count = plan.look_count or 2
    is_due = fraction is not None and _is_due(fraction, seen, earlier, count)
    return replace(
        look,
        is_open=is_final or opened_early or is_due,
        opened_early=opened_early and not is_final and not is_due,
        count=count,
        spending=plan.spending or Spending.OBRIEN_FLEMING,
    )


def _is_due(fraction: float, seen: Sequence[float], earlier: Sequence[float], count: int) -> bool:
    """Whether the schedule has a look to give: more of its marks are passed than were used, or
    this very state of the data was seen already."""
    passed = math.floor(fraction * count + 1e-6)
    is_again = any(abs(f - fraction) <= _CLOSE for f in earlier)
    return is_again or passed > len(seen)


def has_ended(summaries: Summaries, plan: Plan, today: date | None) -> bool:
    """Whether the planned end is reached: every arm has its planned units, or the last day is
    over. A plan that names neither has no end to wait for."""
    if plan.planned_units is None and plan.ends_on is None:
        return True
    if plan.ends_on is not None and today is not None and today > plan.ends_on:
        return True
    planned = plan.planned_units
    return planned is not None and all(arm.units >= planned for arm in summaries.arms)


def _fraction(summaries: Summaries, plan: Plan) -> float | None:
    if not plan.planned_units:
        return None
    return min(min(arm.units for arm in summaries.arms) / plan.planned_units, 1.0)
