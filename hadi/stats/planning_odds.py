"""The chance of each verdict at one size: one look or several, units or clusters.

A metric says how precisely n units measure it (`Model`); what follows from that is the same for
all and stands here once.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hadi.stats.cluster_power import is_judged_by_permutation, smallest_attainable_p
from hadi.stats.distributions import normal_cdf, two_sided_z
from hadi.stats.planning_frame import ANYTIME, FIXED, PLANNED, Frame
from hadi.stats.verdict_odds import (
    HARMFUL,
    NOT_ENOUGH_DATA,
    REFUTED,
    VERDICTS,
    normal_odds,
    welch_odds,
)

_KNOWN_FROM = 20_000  # degrees of freedom from which an estimated variance counts as known
_MOST_SIMULATED = 60  # clusters of both arms; beyond it the t formula serves few of them as well


@dataclass(frozen=True, slots=True)
class Spread:
    """Squared standard errors of the two arms' values at the sizes asked. `null` is the squared
    error of the difference as the test's hypothesis of no effect pools it, where it does."""

    control: float
    treatment: float
    null: float | None = None

    @property
    def error(self) -> float:
        # None or all convert: nothing varies.
        return max(math.sqrt(self.control + self.treatment), sys.float_info.min)

    @property
    def strict(self) -> float:
        """How much more than the interval the test asks for, as a factor of the estimate."""
        return max(math.sqrt(self.null) / self.error, 1.0) if self.null is not None else 1.0


@dataclass(frozen=True, slots=True)
class Odds:
    """Power and verdicts at one size; `draws` where they were simulated."""

    found: float
    verdicts: Mapping[str, float]
    draws: int | None = None
    ends_at: float | None = None  # share of the planned units, with several looks


@dataclass(frozen=True, slots=True)
class Model:
    """How precisely units measure a metric.

    `spread(n0, n1, size)` for n0 and n1 units (fractions of one allowed) and a true effect of
    `size`, better being positive. `is_student`: both arms' variances are estimated and Student's
    distribution allows for it. `most`: the largest effect possible. `is_pooled`: the test's
    hypothesis of no effect pools both arms. `exact(n0, n1, size, alpha,
    threshold)`: what a small test of one look does, listed or simulated; None where the formula is
    as good. `both_units(frame, alpha)`: units of control and treatment together that the published
    formula asks for. `rel`: how closely the smallest effect is searched for.
    """

    spread: Callable[[float, float, float], Spread]
    is_student: bool = False
    most: float = math.inf
    is_pooled: bool = False
    exact: Callable[[int, int, float, float, float], Odds | None] | None = None
    both_units: Callable[[Frame, float], float] | None = None
    can_cluster: bool = True
    rel: float = 1e-6


def odds_at(frame: Frame, model: Model, n: float, size: float) -> Odds:
    """Power and verdicts of n units (clusters) per arm at a true effect of `size`."""
    if frame.clusters is not None:
        return _cluster_odds(frame, model, n, size)
    n0, n1 = frame.pair(n)
    alpha = frame.last_alpha()
    if frame.looks == FIXED and model.exact is not None:
        exact = model.exact(n0, n1, size, alpha, frame.threshold)
        if exact is not None:
            return exact
    return _formula_odds(frame, model, model.spread(n0, n1, size), (n0 - 1.0, n1 - 1.0), size)


def _formula_odds(
    frame: Frame, model: Model, spread: Spread, dfs: tuple[float, float], size: float
) -> Odds:
    """By the normal or Student's distribution; planned looks by the normal one alone."""
    alpha, error = frame.last_alpha(), spread.error
    if frame.looks == PLANNED:
        from hadi.stats.planning_looks import DRAWS, look_odds, schedule

        plan = schedule(frame.look_count, frame.alpha, frame.spending)
        ended = look_odds(size, error, plan, frame.threshold, _strict(model, spread, dfs, alpha))
        return Odds(ended.found, ended.verdicts, DRAWS, ended.ends_at)
    is_student = model.is_student or frame.clusters is not None
    if is_student and min(dfs) < _KNOWN_FROM and error > sys.float_info.min:
        return Odds(
            *welch_odds(
                size,
                (spread.control, spread.treatment),
                dfs,
                alpha,
                frame.threshold,
                is_modelled=frame.clusters is not None,
                normal_from=_normal_from(frame),
            )
        )
    reach = two_sided_z(alpha) * error
    # A sequence's p-value comes from its interval's own error: no hypothesis pools anything.
    is_own = model.is_pooled and frame.looks == ANYTIME
    critical = reach if is_own else reach * spread.strict
    found = 1.0 - normal_cdf((max(reach, critical) - size) / error)
    return Odds(found, normal_odds(size, error, reach, critical, frame.threshold))


def _normal_from(frame: Frame) -> float:
    if frame.looks != ANYTIME:
        return math.inf
    from hadi.stats.sequential import SMALL_DF

    return SMALL_DF


def _strict(model: Model, spread: Spread, dfs: tuple[float, float], alpha: float) -> float:
    """The pooled test's strictness, or Student's beside the normal's at the last look."""
    varies = spread.error > sys.float_info.min
    if not model.is_student or min(dfs) >= _KNOWN_FROM or not varies:
        return spread.strict
    from hadi.stats.distributions import t_quantile_two_sided
    from hadi.stats.verdict_odds import welch_df

    df = welch_df((spread.control, spread.treatment), dfs)
    return t_quantile_two_sided(alpha, df) / two_sided_z(alpha)


def _cluster_odds(frame: Frame, model: Model, n: float, size: float) -> Odds:
    """Clusters are the units: their arm values vary by the design effect more than as many
    independent units would. Few of them are judged by permutation, which is simulated."""
    shape = frame.clusters
    assert shape is not None
    k0, k1 = frame.pair(n)
    alpha = frame.last_alpha()
    units = model.spread(k0 * shape.size, k1 * shape.size, size)
    spread = Spread(units.control * shape.effect, units.treatment * shape.effect)
    is_few = is_judged_by_permutation(k0, k1)
    if min(k0, k1) < 2:  # an arm of one cluster has no variance: no interval, no verdict
        return Odds(0.0, dict.fromkeys(VERDICTS, 0.0) | {NOT_ENOUGH_DATA: 1.0})
    if is_few and frame.looks != PLANNED and k0 + k1 <= _MOST_SIMULATED:
        from hadi.stats.planning_simulation import DRAWS, few_cluster_odds

        found, verdicts = few_cluster_odds(
            k0, k1, size, (spread.control, spread.treatment), alpha, frame.threshold
        )
        return Odds(found, verdicts, DRAWS)
    clustered = replace(model, is_student=True)
    odds = _formula_odds(frame, clustered, spread, (k0 - 1.0, k1 - 1.0), size)
    if is_few and smallest_attainable_p(k0, k1) > alpha:
        return _never_real(odds)
    return odds


def _never_real(odds: Odds) -> Odds:
    """What the interval alone would have called real stays open."""
    kept = {v: odds.verdicts[v] for v in (REFUTED, HARMFUL)}
    rest = {v: 0.0 for v in VERDICTS if v not in kept}
    rest[NOT_ENOUGH_DATA] = max(1.0 - math.fsum(kept.values()), 0.0)
    both = rest | kept
    return replace(odds, found=0.0, verdicts={v: both[v] for v in VERDICTS})
