"""What several looks do to a plan: where a test ends, and with which verdict.

Each look may end the test, so the verdict is that of the first look that has one. How often an
effect is found is computed (the recursive integration of `group_sequential`); the verdicts and
the moment of the end, which depend on the threshold too, are simulated on seeded random walks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from hadi.stats.distributions import log_normal_two_sided, two_sided_z
from hadi.stats.group_sequential import boundaries, crossing_probabilities
from hadi.stats.verdict_odds import CONFIRMED, NOT_ENOUGH_DATA, VERDICTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

DRAWS = 20_000
ANYTIME_LOOKS = 20  # how often someone is assumed to look at a test that may be looked at anytime
_SURE = 60.0  # standard errors at the end from which no boundary is missed


@dataclass(frozen=True, slots=True)
class Schedule:
    """Looks at equal steps of information: their fractions, how large |z| must be at each, and
    the two-sided alpha that this is."""

    fractions: tuple[float, ...]
    bounds: tuple[float, ...]
    alphas: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LookOdds:
    """Power, verdicts, and the share of the planned units after which the test ends on average."""

    found: float
    verdicts: dict[str, float]
    ends_at: float


@lru_cache(maxsize=64)
def schedule(count: int, alpha: float, spending: str) -> Schedule:
    """`count` planned looks of a two-sided test at `alpha` (Lan & DeMets 1983)."""
    fractions = tuple((i + 1) / count for i in range(count))
    bounds = tuple(boundaries(fractions, alpha=alpha, spending=spending))
    return Schedule(fractions, bounds, tuple(math.exp(log_normal_two_sided(z)) for z in bounds))


@lru_cache(maxsize=64)
def anytime_schedule(alpha: float, total_over_tuning: float) -> Schedule:
    """Twenty looks at a confidence sequence that is tuned to the planned units per arm;
    `total_over_tuning` is the units of both arms at the end over those."""
    from hadi.stats.sequential import equivalent_alpha

    fractions = tuple((i + 1) / ANYTIME_LOOKS for i in range(ANYTIME_LOOKS))
    totals = (round(1e6 * total_over_tuning * f) for f in fractions)
    alphas = tuple(equivalent_alpha(n, alpha=alpha, tuning=1e6) for n in totals)
    return Schedule(fractions, tuple(two_sided_z(a) for a in alphas), alphas)


def found_by(effect: float, error: float, plan: Schedule, strict: float = 1.0) -> float:
    """The chance that some look finds the effect, in either direction: computed, not simulated.

    Parameters
    ----------
    effect, error : float
        True effect, and the standard error of its estimate at the planned end, in the same units.
    strict : float
        How many times larger |z| must be than the boundary for the test to be significant too.
    """
    drift = effect / error
    if abs(drift) > _SURE:
        return 1.0
    bounds = [z * strict for z in plan.bounds]
    return min(math.fsum(crossing_probabilities(plan.fractions, bounds, drift=drift)), 1.0)


def look_odds(
    effect: float, error: float, plan: Schedule, threshold: float, strict: float = 1.0
) -> LookOdds:
    """Verdicts of a test that ends at the first look that has one; parameters as of `found_by`.

    A verdict is any but "not enough data", by the table of `hadi.domain.verdict` on the interval
    of that look; the last look's stands.
    """
    import numpy as np

    walks = _walks(plan.fractions)
    open_ = np.ones(DRAWS, dtype=bool)
    shares = dict.fromkeys(VERDICTS, 0.0)
    ends_at = wrong = 0.0
    for i, (fraction, z) in enumerate(zip(plan.fractions, plan.bounds, strict=True)):
        estimate = effect + error * walks[i]
        reach = z * error / math.sqrt(fraction)
        real = open_ & (estimate > reach * strict)
        harmful = open_ & (estimate < -reach)
        confirmed = real & (estimate >= threshold)
        less = real & ~confirmed & (estimate + reach < threshold)
        refuted = open_ & ~real & ~harmful & (estimate + reach < threshold)
        ended = [int(np.count_nonzero(e)) for e in (confirmed, less, refuted, harmful)]
        for verdict, count in zip(
            (v for v in VERDICTS if v != NOT_ENOUGH_DATA), ended, strict=True
        ):
            shares[verdict] += count / DRAWS
        wrong += ended[3] / DRAWS
        ends_at += fraction * sum(ended) / DRAWS
        open_ &= ~(confirmed | less | refuted | harmful)
    left = float(np.count_nonzero(open_)) / DRAWS
    shares[NOT_ENOUGH_DATA] = left
    found = max(found_by(effect, error, plan, strict) - wrong, 0.0)
    if threshold == 0.0:  # then to be found is to be confirmed, and that is known exactly
        shares[NOT_ENOUGH_DATA] = max(left + shares[CONFIRMED] - found, 0.0)
        shares[CONFIRMED] = 1.0 - math.fsum(shares[v] for v in VERDICTS if v != CONFIRMED)
    return LookOdds(found, shares, ends_at + left)


@lru_cache(maxsize=8)
def _walks(fractions: Sequence[float]) -> Floats:
    """Errors of the estimate at each look, one row per look, in standard errors of the end.

    The ends are the normal quantiles themselves (stratified), the way there Brownian bridges: most
    verdicts fall at the end, and there almost nothing is left to chance.
    """
    import numpy as np
    from scipy.special import ndtri

    rng = np.random.default_rng(20_261_121)
    walk = np.asarray(ndtri((np.arange(DRAWS) + 0.5) / DRAWS))
    rows = [walk]
    for later, now in zip(reversed(fractions[1:]), reversed(fractions[:-1]), strict=True):
        spread = math.sqrt(now * (1.0 - now / later))
        walk = walk * (now / later) + spread * rng.standard_normal(DRAWS)
        rows.append(walk / now)
    return np.stack(rows[::-1])
