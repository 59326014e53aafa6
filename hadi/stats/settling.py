"""What would settle an open question: how many more units, and how long they take to come.

Apart from `power`, since every check asks it and few ask for a plan.
"""

from __future__ import annotations

import math

from hadi.stats.distributions import normal_quantile, two_sided_z


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
