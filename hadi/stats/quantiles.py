"""A quantile of two arms compared: the median basket, the delivery time of the slowest tenth.

The spread of a sample quantile is read from the order statistics around it, so that neither a
density is estimated nor anything drawn by chance, and the answer is the same on every run.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hadi.stats.distributions import (
    log_t_two_sided,
    p_from_log,
    t_quantile_two_sided,
    two_sided_z,
)
from hadi.stats.errors import NotEstimable
from hadi.stats.means import fieller
from hadi.stats.results import Comparison, Interval, Lift

if TYPE_CHECKING:
    from hadi.stats.arrays import Distribution

GRAINS = 10  # values among the order statistics around a quantile; with as many, steps are small
Z = two_sided_z(0.05)  # the order statistics are those of a 95 % interval, whatever alpha is


def compare(
    control: Distribution, treatment: Distribution, *, q: float, alpha: float
) -> Comparison:
    """Compare one quantile of two arms.

    Parameters
    ----------
    control, treatment : Distribution
        The units that have a value; all values finite.
    q : float
        Which quantile, 0 < q < 1: 0.5 is the median.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        ``estimate`` is the difference of the sample quantiles (definition 2 of Hyndman & Fan
        1996, The American Statistician 50) in the metric's units. The squared standard error of
        each is (n - 1)/n (u - l)^2 / (2 z)^2 with u and l the outer order statistics of its 95 %
        interval (`outer_ranks`), as GrowthBook does. Where these order statistics share fewer than
        ten values, each many times, u - l gives way to twice the longer of the quantile's distances
        to u and l: the arms' quantiles lie a whole step apart by chance then, and half the
        interval would call every step an effect. The test and the interval are Student's with
        the degrees of freedom of Satterthwaite. ``method`` is ``quantile_order_statistics``.
        ``parameters``: ``q``; ``control_rank_low``, ``control_rank_high``,
        ``treatment_rank_low``, ``treatment_rank_high``, the ranks of those order statistics, from
        1; ``control_ties`` and ``treatment_ties``, the share of an arm's units that have exactly
        the value of its quantile. ``lift`` is by Fieller (1954, JRSS B 16); None when the
        control's own interval holds 0.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``,
        ``control_few_for_quantile``, ``treatment_few_for_quantile`` (``needed`` units, ``n`` are
        there), ``no_variation`` (both quantiles lie within ties so heavy that the order
        statistics around them are equal) or ``numbers_too_large``.
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"a quantile of {q}")
    error0, ranks0 = _squared_error(control, q, "control")
    error1, ranks1 = _squared_error(treatment, q, "treatment")
    value0, value1 = quantile(control, q), quantile(treatment, q)
    variance, difference = error0 + error1, value1 - value0
    if not math.isfinite(variance) or not math.isfinite(difference):
        raise NotEstimable("numbers_too_large")
    if variance <= 0.0:
        raise NotEstimable("no_variation")
    share0, share1 = error0 / variance, error1 / variance
    df = 1.0 / (share0 * share0 / (control.n - 1) + share1 * share1 / (treatment.n - 1))
    error = math.sqrt(variance)
    t = t_quantile_two_sided(alpha, df)
    p_value, log10_p = p_from_log(log_t_two_sided(difference / error, df))
    own = t_quantile_two_sided(alpha, control.n - 1) * math.sqrt(error0)
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=value0,
        treatment=value1,
        estimate=difference,
        interval=Interval(difference - t * error, difference + t * error, 1.0 - alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(value0, value1, error0, error1, t, alpha) if abs(value0) > own else None,
        method="quantile_order_statistics",
        statistic=difference / error,
        df=df,
        standard_error=error,
        parameters={
            "q": q,
            "control_rank_low": ranks0[0],
            "control_rank_high": ranks0[1],
            "treatment_rank_low": ranks1[0],
            "treatment_rank_high": ranks1[1],
            "control_ties": _share_at(control, value0),
            "treatment_ties": _share_at(treatment, value1),
        },
    )


def quantile(sample: Distribution, q: float) -> float:
    """The sample quantile: the value of rank n q rounded up, or the mean of that and the next
    where n q is whole (definition 2 of Hyndman & Fan 1996), so that a median is the usual one."""
    place = _whole_if_close(sample.n * q)
    low, high = value_at(sample, max(math.ceil(place), 1)), value_at(sample, math.floor(place) + 1)
    return low if low == high else low + (high - low) / 2.0


def outer_ranks(n: int, q: float, z: float = Z) -> tuple[int, int]:
    """The ranks, from 1, of the order statistics that hold the quantile by the normal
    approximation of the binomial, rounded outwards (Conover 1999, Practical Nonparametric
    Statistics, 3rd ed., section 3.2). Under 1 or above `n` where there are too few units."""
    reach = z * math.sqrt(n * q * (1.0 - q))
    low, high = _whole_if_close(n * q - reach), _whole_if_close(n * q + reach)
    return math.floor(low), math.ceil(high)


def units_needed(q: float) -> int:
    """The fewest units whose order statistics hold the quantile."""
    if q < 0.5:  # n q - z sqrt(n q (1 - q)) >= 1, solved for sqrt(n q)
        root = (Z * math.sqrt(1.0 - q) + math.sqrt(Z * Z * (1.0 - q) + 4.0)) / 2.0
        least = root * root / q
    else:  # n q + z sqrt(n q (1 - q)) <= n
        least = Z * Z * q / (1.0 - q)
    n = max(math.floor(least) - 2, 2)  # from here rounding decides
    while not _has_ranks(n, q):
        n += 1
    return n


def value_at(sample: Distribution, rank: int) -> float:
    """The value of a rank, from 1 to n."""
    return float(sample.values[int(np.searchsorted(np.cumsum(sample.counts), rank))])


def _has_ranks(n: int, q: float) -> bool:
    low, high = outer_ranks(n, q)
    return low >= 1 and high <= n


def _whole_if_close(place: float) -> float:
    """0.07 of 100 units are 7, not the 7.000000000000001 that floats make of it."""
    return float(round(place)) if math.isclose(place, round(place), rel_tol=1e-12) else place


def _squared_error(sample: Distribution, q: float, role: str) -> tuple[float, tuple[int, int]]:
    if sample.n < 2:
        raise NotEstimable(f"{role}_one_unit" if sample.n else f"{role}_empty")
    if not _has_ranks(sample.n, q):
        raise NotEstimable(f"{role}_few_for_quantile", n=sample.n, needed=units_needed(q))
    low, high = outer_ranks(sample.n, q)
    below, above = value_at(sample, low), value_at(sample, high)
    error = (above - below) / (2.0 * Z)
    if _is_grainy(sample, low, high):
        centre = quantile(sample, q)
        error = max(centre - below, above - centre) / Z
    return (sample.n - 1) / sample.n * (error * error), (low, high)


def _is_grainy(sample: Distribution, low: int, high: int) -> bool:
    """Whether the ranks hold but a few values, most of them many times over: days, stars, items.
    The quantile then moves in steps as wide as its interval, and may stand at one end of it."""
    ends = np.searchsorted(np.cumsum(sample.counts), (low, high))
    distinct = int(ends[1] - ends[0]) + 1
    return distinct < GRAINS and 2 * distinct <= high - low + 1


def _share_at(sample: Distribution, value: float) -> float:
    place = int(np.searchsorted(sample.values, value))
    is_there = place < sample.values.size and sample.values[place] == value
    return int(sample.counts[place]) / sample.n if is_there else 0.0


def _lift(
    value0: float, value1: float, error0: float, error1: float, t: float, alpha: float
) -> Lift:
    """Signed so that more than the control is positive even where the control is below zero."""
    ends = fieller(value1, value0, error1, error0, t)
    if value0 > 0:
        low, high = (None if end is None else end - 1.0 for end in ends)
    else:
        high, low = (None if end is None else 1.0 - end for end in ends)
    return Lift((value1 - value0) / abs(value0), Interval(low, high, 1.0 - alpha))
