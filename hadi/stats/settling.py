"""What would settle an open question: how many units, and how many weeks of them."""

from __future__ import annotations

import math
from datetime import date

from hadi.stats.distributions import normal_quantile, t_quantile_two_sided, two_sided_z


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
    next_alpha: float | None = None,
    df: float | None = None,
    at_least: int = 0,
) -> int | None:
    """Units per arm that would turn "not enough data" into an answer, were the estimate the truth.

    With the chance `power`. An estimate above the threshold is settled when it would be real and
    still above; one below it, when the threshold (or, without one, zero) would be left outside
    the interval. None when nothing practicable would: the interval is unbounded, the estimate
    lies on the threshold, or more than `at_most` times the units are needed. Rounded up to two
    digits, for it is a forecast.

    Parameters
    ----------
    estimate, low, high : float
        The difference and its interval as they are now.
    n_control, n_treatment : int
        What was randomised and seen: units, or clusters (with the `df` of their interval).
    alpha : float
        Two-sided error of the interval given: of the look it was made at, over the comparisons.
    next_alpha : float, optional
        Two-sided error of the look that is to settle it, where that is another.
    df : float, optional
        Degrees of freedom of the interval; they grow with the units.
    at_least : int
        Fewest units per arm that can settle anything: clusters whose permutation reaches alpha.
    """
    if low is None or high is None or not high > low:
        return None
    now = two_sided_z(alpha) if df is None else t_quantile_two_sided(alpha, df)
    error = (high - low) / (2.0 * now)
    oriented = sign * estimate
    gap = oriented - threshold
    distances = [abs(gap)] + ([oriented] if gap >= 0 else [])
    if any(distance <= 0.0 for distance in distances):
        return None
    spare = normal_quantile(power)
    factor = 1.0
    for _ in range(1 if df is None else 6):  # the degrees of freedom depend on the answer
        level = alpha if next_alpha is None else next_alpha
        z = two_sided_z(level) if df is None else t_quantile_two_sided(level, df * max(factor, 1.0))
        reaches = [spare if gap >= 0 else z + spare] + ([z + spare] if gap >= 0 else [])
        factor = max((r * error / d) ** 2 for r, d in zip(reaches, distances, strict=True))
    if factor > at_most:
        return None
    units = max(max(factor, 1.0) * 2.0 / (1.0 / n_control + 1.0 / n_treatment), at_least)
    step = 10.0 ** max(math.floor(math.log10(units)) - 1, 0)
    return math.ceil(units / step) * int(step)


def weeks_to_settle(
    units: int | None, seen: int, starts_on: date | None, until: date | None
) -> int | None:
    """Weeks more until an arm has `units`, if they go on coming as they did; at least 1.

    Parameters
    ----------
    units : int or None
        What `units_to_settle` says; None stays None.
    seen : int
        Units of the smallest arm from `starts_on` to `until`, both days included.
    starts_on, until : date or None
        First day, and the last day of the plan or today, whichever came first. Without them, or
        without a unit seen, there is no answer.
    """
    if units is None or starts_on is None or until is None or seen <= 0:
        return None
    days = (until - starts_on).days + 1
    if days <= 0:
        return None
    return max(math.ceil((units - seen) * days / seen / 7.0 - 1e-9), 1)
