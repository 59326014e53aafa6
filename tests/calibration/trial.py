"""One scenario simulated again and again, and what it may answer.

A scenario draws two arms (or a stream of looks), asks the method, and says whether it rejected
though nothing was there, and whether the interval held the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from hadi.stats.errors import NotEstimable

ALPHA = 0.05


class Promise(Enum):
    """What a method says of its error rate."""

    EXACT = "as promised"  # the rate is alpha, within the simulation's own error
    AT_MOST = "at most"  # the rate is alpha or less: exact tests of counts, sequences


@dataclass(frozen=True)
class Drawn:
    """One draw: whether the test rejected, and whether each interval held the truth; None where
    the draw has nothing to say of it."""

    rejected: bool | None = None
    held: bool | None = None


@dataclass(frozen=True)
class Scenario:
    """`draw` makes one draw; `cost` divides the number of draws of the cheapest scenarios."""

    section: str
    name: str
    draw: Callable[[np.random.Generator], Drawn]
    promise: Promise = Promise.EXACT
    cost: int = 1
    alpha: float = ALPHA


@dataclass(frozen=True)
class Result:
    """Rates over the draws that had an answer; None where the scenario does not ask."""

    scenario: Scenario
    draws: int
    unanswered: int
    false_positives: float | None
    coverage: float | None

    @property
    def error(self) -> float:
        """Monte-Carlo standard error of a rate equal to alpha."""
        alpha = self.scenario.alpha
        return math.sqrt(alpha * (1.0 - alpha) / max(self.draws, 1))

    def faults(self, *, errors: float) -> list[str]:
        """What breaks the promise by more than so many Monte-Carlo errors."""
        found = []
        slack, alpha = errors * self.error, self.scenario.alpha
        is_exact = self.scenario.promise is Promise.EXACT
        rate, held = self.false_positives, self.coverage
        if rate is not None and (rate > alpha + slack or (is_exact and rate < alpha - slack)):
            found.append(f"{self.scenario.name}: {rate:.4f} false positives at {alpha}")
        # Intervals may be a point off to either side (94 to 96 %), apart from the simulation's own
        # error; a promise of "at most" may hold more often.
        low, high = 0.94 - slack, 1.0 if not is_exact else 0.96 + slack
        if held is not None and not low <= held <= high:
            found.append(f"{self.scenario.name}: the interval held the truth in {held:.4f}")
        return found


def simulate(scenario: Scenario, draws: int, *, seed: int = 20260301) -> Result:
    """Draw as often as the scenario's cost allows; the seed is its own, so that scenarios do not
    move each other."""
    # Not hash(): it differs from run to run.
    own = [seed, *scenario.name.encode()]
    rng = np.random.default_rng(own)
    runs = max(draws // scenario.cost, 50)
    rejected: list[bool] = []
    held: list[bool] = []
    unanswered = 0
    for _ in range(runs):
        try:
            found = scenario.draw(rng)
        except NotEstimable:
            unanswered += 1
            continue
        if found.rejected is not None:
            rejected.append(found.rejected)
        if found.held is not None:
            held.append(found.held)
    return Result(
        scenario,
        runs - unanswered,
        unanswered,
        sum(rejected) / len(rejected) if rejected else None,
        sum(held) / len(held) if held else None,
    )
