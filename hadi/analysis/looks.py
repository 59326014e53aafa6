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
    1 (None: nothing is planned); `earlier` holds the fractions of the looks before. `number` counts
    the looks, this one included; of planned ones it is the mark of the schedule that is passed, out
    of `count`. `is_open`: the result may be seen now. `is_final`: the end is reached.
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
        used = max(self.earlier, default=0.0)
        if self.is_open and self.fraction is not None:
            used = max(used, self.fraction)
        return min((_mark(used, self.count) + 1) / self.count, 1.0)

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
    if plan.looks is Looks.ANYTIME:
        seen = tuple(sorted(f for f in earlier if fraction is None or f < fraction - _CLOSE))
        look = replace(look, number=len(seen) + 1, earlier=seen)
        tuning = float(plan.planned_units) if plan.planned_units else TUNING
        ends_here = opened_early and not is_final
        return replace(look, is_open=True, opened_early=ends_here, tuning=tuning)
    return _planned(look, plan, earlier)


def _planned(look: Look, plan: Plan, earlier: Sequence[float]) -> Look:
    """A look by the schedule, which has one to give once a mark is passed that no earlier look
    had passed. Data that lost units (a correction) are judged as the last look was: what was
    spent cannot be taken back."""
    count, last = plan.look_count or 2, max(earlier, default=0.0)
    fraction = max(look.fraction or 0.0, last)
    is_again = bool(earlier) and fraction <= last + _CLOSE
    is_due = _mark(fraction, count) > _mark(last, count)
    return replace(
        look,
        fraction=fraction,
        number=_mark(fraction, count),
        earlier=tuple(sorted(f for f in set(earlier) if f < fraction - _CLOSE)),
        is_open=look.is_final or look.opened_early or is_due or is_again,
        opened_early=look.opened_early and not look.is_final and not is_due,
        count=count,
        spending=plan.spending or Spending.OBRIEN_FLEMING,
    )


def _mark(fraction: float, count: int) -> int:
    """How many marks of an even schedule are passed."""
    return math.floor(fraction * count + 1e-6)


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
