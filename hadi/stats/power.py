"""Can this test succeed? Units needed, power, smallest effect seen, and the likely verdicts.

Planning asks for the effect the team *expects*, apart from the threshold it must reach; see
`hadi.stats.verdict_odds` for why.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hadi.stats.distributions import (
    normal_cdf,
    normal_quantile,
    t_quantile_two_sided,
    two_sided_z,
)
from hadi.stats.errors import NotEstimable
from hadi.stats.multiplicity import simultaneous_alpha
from hadi.stats.small_conversions import enumerated_odds, is_enumerable
from hadi.stats.verdict_odds import normal_odds, student_odds

_MOST_UNITS = 1e15  # beyond it a plan is not a plan


@dataclass(frozen=True, slots=True)
class PowerAnswer:
    """What a plan can expect.

    `n_per_arm` is what the expected effect needs at the wanted power (None: no number of units
    would do). `power`, `mde` (smallest effect found at the wanted power, a magnitude; None: none)
    and `verdict_probabilities` hold at `at_n_per_arm`: the planned units where they were given,
    the needed ones otherwise. With unequal shares units per arm are the total over the number of
    arms; `units` then has what each arm gets, control first. With several arms all of it is about
    one treatment, the one with the smallest share.
    """

    n_per_arm: int | None
    power: float
    mde: float | None
    verdict_probabilities: Mapping[str, float]
    at_n_per_arm: int
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Split:
    """Shares of the control and of the smallest treatment in all units of `arms` arms, and
    every arm's own."""

    control: float
    treatment: float
    shares: tuple[float, ...]

    @classmethod
    def of(cls, arms: int, shares: Sequence[float] | None) -> _Split:
        given = tuple(shares) if shares is not None else (1.0,) * arms
        if len(given) < 2 or min(given) <= 0.0:
            raise NotEstimable("power_needs_two_arms")
        total = math.fsum(given)
        parts = tuple(share / total for share in given)
        return cls(parts[0], min(parts[1:]), parts)

    @property
    def comparisons(self) -> int:
        return len(self.shares) - 1

    def units(self, n_per_arm: float) -> tuple[int, ...]:
        total = n_per_arm * len(self.shares)
        return tuple(max(round(total * share), 2) for share in self.shares)

    def pair(self, n_per_arm: float) -> tuple[int, int]:
        """Units of the control and of the smallest treatment."""
        units = self.units(n_per_arm)
        return units[0], min(units[1:])


def conversion_plan(
    *,
    baseline: float,
    effect: float,
    alpha: float = 0.05,
    power: float = 0.8,
    threshold: float = 0.0,
    n_per_arm: int | None = None,
    arms: int = 2,
    shares: Sequence[float] | None = None,
    sign: int | None = None,
    has_mde: bool = True,
) -> PowerAnswer:
    """Plan a test of two shares (pooled z; Fisher's exact test where it would decide).

    Parameters
    ----------
    baseline : float
        The control's expected share, a fraction from 0 to 1.
    effect : float
        The expected difference, a fraction: 0.05 is five percentage points.
    alpha, power : float
        Two-sided error (divided by the number of treatments) and wanted power, fractions.
    threshold : float
        What the effect must reach, a magnitude, a fraction.
    n_per_arm : int, optional
        Planned units per arm.
    arms : int
        Number of arms with equal shares; `shares` (control first) says otherwise.
    sign : int, optional
        +1 where more is better, -1 where less is; by default the effect's own direction.
    has_mde : bool
        False leaves the smallest effect out, which costs most of the time.

    Raises
    ------
    NotEstimable
        ``power_share_outside`` (baseline or baseline + effect is no share),
        ``power_no_effect``, ``power_wrong_direction`` or ``power_out_of_reach`` (nothing needed
        can be said and no units were planned), ``power_needs_two_arms``.

    Notes
    -----
    The pooled-null formula (Fleiss, Levin & Paik 2003, Statistical Methods for Rates and
    Proportions, eq. 4.14, without continuity correction); where Fisher's test would decide, the
    size is raised until the enumerated power suffices.
    """
    if not 0.0 <= baseline <= 1.0 or not 0.0 <= baseline + effect <= 1.0:
        raise NotEstimable("power_share_outside")
    split = _Split.of(arms, shares)
    sign = sign or (-1 if effect < 0 else 1)
    level = simultaneous_alpha(alpha, split.comparisons)

    def odds(n: float, size: float) -> tuple[float, Mapping[str, float]]:
        return _conversion_odds(baseline, sign * size, split, n, sign, level, threshold)

    def need() -> int | None:
        total = conversion_total_units(
            baseline, effect, alpha=level, power=power, shares=(split.control, split.treatment)
        ) / (split.control + split.treatment)
        return _raised(total / len(split.shares), lambda n: odds(n, sign * effect)[0], power)

    most = 1.0 - baseline if sign > 0 else baseline
    reach = most if has_mde else 0.0
    return _answer(split, sign * effect, power, n_per_arm, need, odds, reach)


def mean_plan(
    *,
    sd: float,
    effect: float,
    alpha: float = 0.05,
    power: float = 0.8,
    threshold: float = 0.0,
    n_per_arm: int | None = None,
    arms: int = 2,
    shares: Sequence[float] | None = None,
    sign: int | None = None,
    has_mde: bool = True,
) -> PowerAnswer:
    """Plan a test of two means (t test, noncentral t).

    Parameters are those of `conversion_plan`, with `effect` and `threshold` in the metric's
    units and `sd`, the standard deviation between units (> 0), in the same.

    Raises
    ------
    NotEstimable
        ``power_sd_not_positive``, ``power_no_effect``, ``power_wrong_direction``,
        ``power_out_of_reach``, ``power_needs_two_arms``.

    Notes
    -----
    Cohen (1988), Statistical Power Analysis, section 2.4, with the exact noncentral t.
    """
    if not sd > 0.0 or not math.isfinite(sd):
        raise NotEstimable("power_sd_not_positive")
    split = _Split.of(arms, shares)
    sign = sign or (-1 if effect < 0 else 1)
    level = simultaneous_alpha(alpha, split.comparisons)

    def odds(n: float, size: float) -> tuple[float, Mapping[str, float]]:
        n0, n1 = split.pair(n)
        error = sd * math.sqrt(1.0 / n0 + 1.0 / n1)
        found = _t_power(size / error, n0 + n1 - 2.0, level)
        return found, student_odds(size, error, n0 + n1 - 2.0, level, threshold)

    def need() -> int | None:
        total = mean_total_units(
            effect, sd, alpha=level, power=power, shares=(split.control, split.treatment)
        ) / (split.control + split.treatment)
        each = total / len(split.shares)
        return max(math.ceil(each - 1e-9), 2) if each <= _MOST_UNITS else None

    reach = math.inf if has_mde else 0.0
    return _answer(split, sign * effect, power, n_per_arm, need, odds, reach)


def conversion_total_units(
    baseline: float,
    effect: float,
    *,
    alpha: float,
    power: float,
    shares: tuple[float, float] = (0.5, 0.5),
) -> float:
    """Units of control and treatment together, unrounded, by the pooled-null formula.

    Where unequal shares make the interval wider than the test, the interval decides.
    """
    weight = shares[0] + shares[1]
    unpooled, pooled = _conversion_variances(
        baseline, baseline + effect, shares[0] / weight, shares[1] / weight
    )
    deciding = math.sqrt(max(pooled, unpooled))
    reach = two_sided_z(alpha) * deciding + normal_quantile(power) * math.sqrt(unpooled)
    return (reach / effect) ** 2


def mean_total_units(
    effect: float,
    sd: float,
    *,
    alpha: float,
    power: float,
    shares: tuple[float, float] = (0.5, 0.5),
) -> float:
    """Units of control and treatment together, unrounded: the root of the noncentral t power.

    As in the published tables, a result significant in the wrong direction counts too (one in a
    million at the usual power).
    """
    weight = shares[0] + shares[1]
    control, treatment = shares[0] / weight, shares[1] / weight
    scale = sd * math.sqrt(1.0 / control + 1.0 / treatment)
    guess = ((two_sided_z(alpha) + normal_quantile(power)) * scale / effect) ** 2

    def enough(total: float) -> bool:
        away = abs(effect) / scale * math.sqrt(total)
        wrong = _t_power(-away, total - 2.0, alpha)
        return _t_power(away, total - 2.0, alpha) + wrong >= power

    low, high = 2.0 + 1e-6, max(guess, 3.0)
    while not enough(high):
        if not high <= 4.0 * _MOST_UNITS:
            return math.inf
        low, high = high, high * 2.0
    return _bisect(enough, low, high, 1e-10)


def units_to_settle(
    *,
    estimate: float,
    low: float | None,
    high: float | None,
    n_control: int,
    n_treatment: int,
    alpha: float,
    threshold: float = 0.0,
    sign: int = 1,
    power: float = 0.8,
    at_most: float = 100.0,
) -> int | None:
    """Units per arm that would turn "not enough data" into an answer, were the estimate the truth.

    With the chance `power`. An estimate above the threshold is settled when it would be real and
    still above; one below it, when the threshold (or, without one, zero) would be left outside
    the interval. None when nothing practicable would: the interval is unbounded, the estimate
    lies on the threshold, or more than `at_most` times the units are needed. Rounded up to two
    digits, for it is a forecast.
    """
    if low is None or high is None or not high > low:
        return None
    z, spare = two_sided_z(alpha), normal_quantile(power)
    error = (high - low) / (2.0 * z)
    oriented = sign * estimate
    gap = oriented - threshold
    needed = [(abs(gap), spare if gap >= 0 else z + spare)]
    if gap >= 0:
        needed.append((oriented, z + spare))
    if any(distance <= 0.0 for distance, _ in needed):
        return None
    factor = max((reach * error / distance) ** 2 for distance, reach in needed)
    if factor > at_most:
        return None
    units = max(factor, 1.0) * 2.0 / (1.0 / n_control + 1.0 / n_treatment)
    step = 10.0 ** max(math.floor(math.log10(units)) - 1, 0)
    return math.ceil(units / step) * int(step)


def _answer(
    split: _Split,
    size: float,
    power: float,
    planned: int | None,
    need: Callable[[], int | None],
    odds: Callable[[float, float], tuple[float, Mapping[str, float]]],
    most: float,
) -> PowerAnswer:
    """`size` is the expected effect, better being positive; `most` the largest possible (0: the
    smallest effect is not asked for)."""
    needed = need() if size > 0.0 else None
    n = planned if planned is not None else needed
    if n is None:
        if size == 0.0:
            raise NotEstimable("power_no_effect")
        raise NotEstimable("power_wrong_direction" if size < 0.0 else "power_out_of_reach")
    found, probabilities = odds(n, size)
    return PowerAnswer(
        n_per_arm=needed,
        power=found,
        mde=_smallest_effect(lambda effect: odds(n, effect)[0] >= power, abs(size), most),
        verdict_probabilities=probabilities,
        at_n_per_arm=n,
        units=split.units(n),
    )


def _smallest_effect(is_found: Callable[[float], bool], guess: float, most: float) -> float | None:
    if most <= 0.0:
        return None
    if is_found(0.0):
        return 0.0
    if math.isfinite(most):
        return _bisect(is_found, 0.0, most, 1e-4) if is_found(most) else None
    high = guess or 1.0
    while not is_found(high):
        high *= 2.0
        if not math.isfinite(high):
            return None
    while is_found(high / 2.0):
        high /= 2.0
    return _bisect(is_found, high / 2.0, high, 1e-6)


def _bisect(is_enough: Callable[[float], bool], low: float, high: float, rel: float) -> float:
    """The smallest value that is enough, `high` being so; within `rel` of itself."""
    while high - low > rel * high:
        middle = 0.5 * (low + high)
        if is_enough(middle):
            high = middle
        else:
            low = middle
    return high


def _raised(n: float, power_at: Callable[[float], float], power: float) -> int | None:
    """The formula's units per arm, raised while the test's own power falls short."""
    if n > _MOST_UNITS:
        return None
    units = max(math.ceil(n - 1e-9), 2)
    for _ in range(400):
        # The formula meets the wanted power to rounding; only Fisher's strictness is made up for.
        if power_at(units) >= power - 1e-6:
            return units
        units += max(units // 50, 1)
    return None


def _conversion_variances(
    control: float, treatment: float, weight0: float, weight1: float
) -> tuple[float, float]:
    """Variance of the difference for one unit in all: as it is, and as the null pools it."""
    pooled = (weight0 * control + weight1 * treatment) / (weight0 + weight1)
    unpooled = control * (1.0 - control) / weight0 + treatment * (1.0 - treatment) / weight1
    return unpooled, pooled * (1.0 - pooled) * (1.0 / weight0 + 1.0 / weight1)


def _conversion_odds(
    baseline: float,
    effect: float,
    split: _Split,
    n_per_arm: float,
    sign: int,
    alpha: float,
    threshold: float,
) -> tuple[float, Mapping[str, float]]:
    n0, n1 = split.pair(n_per_arm)
    treatment = min(max(baseline + effect, 0.0), 1.0)
    if is_enumerable(n0, n1, baseline, treatment):
        return enumerated_odds(
            n0, n1, baseline, treatment, sign=sign, alpha=alpha, threshold=threshold
        )
    unpooled, pooled = _conversion_variances(baseline, treatment, n0, n1)
    error = max(math.sqrt(unpooled), sys.float_info.min)  # none or all: nothing varies
    z = two_sided_z(alpha)
    reach, critical = z * error, z * math.sqrt(pooled)
    size = sign * (treatment - baseline)
    found = 1.0 - normal_cdf((max(reach, critical) - size) / error)
    return found, normal_odds(size, error, reach, critical, threshold)


def _t_power(noncentrality: float, df: float, alpha: float) -> float:
    """P(T > critical) of the noncentral t: found real, in the direction expected."""
    quantile = t_quantile_two_sided(alpha, df)
    if df >= 1e6:
        return normal_cdf(noncentrality - quantile)
    from scipy.special import nctdtr

    return 1.0 - float(nctdtr(df, noncentrality, quantile))
