"""The two commonest tests on whole arrays at once: simulations and many metrics ask for thousands.

The formulas are those of `means.compare` and `proportions.compare`, number for number; only the
loop is NumPy's. A test without an answer is NaN here, and `is_estimable` says which those are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hadi.stats import proportions
from hadi.stats.distributions import log_t_two_sided, two_sided_z
from hadi.stats.samples import Conversion

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_LARGE_DF = 1e6
_EXPANDED_DF = 1e4
_SMALLEST = 1e-290  # below it a tail is computed as a logarithm, one by one
_LN_10 = math.log(10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """One entry a test, all arrays of one shape; NaN where `is_estimable` is False. `p_value` is
    NaN also where it underflows a float: `log10_p` then holds it. `df` is infinite where the
    normal distribution decides; `statistic` is NaN where an exact test does."""

    estimate: Floats
    low: Floats
    high: Floats
    p_value: Floats
    log10_p: Floats
    statistic: Floats
    df: Floats
    standard_error: Floats
    is_estimable: NDArray[np.bool_]


def welch(
    n0: ArrayLike,
    m0: ArrayLike,
    v0: ArrayLike,
    n1: ArrayLike,
    m1: ArrayLike,
    v1: ArrayLike,
    *,
    alpha: float = 0.05,
) -> Comparisons:
    """Welch's test of many pairs of means; see `means.compare`.

    Parameters
    ----------
    n0, m0, v0, n1, m1, v1 : array_like
        Units, mean and unbiased variance of the control (0) and the treatment (1); broadcast
        against each other.
    alpha : float
        Two-sided error of the intervals.

    Returns
    -------
    Comparisons
        Not estimable: under two units in an arm, no variation, or numbers that are not finite.
        A p below 1e-290 with fewer than a million degrees of freedom is computed one by one, a
        hundred thousand of them in seconds.
    """
    n0, m0, v0, n1, m1, v1 = _floats(n0, m0, v0, n1, m1, v1)
    with np.errstate(all="ignore"):
        error0, error1 = _squared_error(n0, m0, v0), _squared_error(n1, m1, v1)
        variance = error0 + error1
        estimate = m1 - m0
        is_estimable = (n0 >= 2) & (n1 >= 2) & (variance > 0)
        is_estimable &= np.isfinite(variance) & np.isfinite(estimate)
        share0, share1 = error0 / variance, error1 / variance
        df = 1.0 / (share0 * share0 / (n0 - 1.0) + share1 * share1 / (n1 - 1.0))
        error = np.sqrt(variance)
        statistic = estimate / error
    # Student's function is the dear part: asked only where it decides.
    is_large, is_small = is_estimable & (df >= _LARGE_DF), is_estimable & (df < _LARGE_DF)
    log_p = np.full_like(estimate, np.nan)
    reach = _t_quantiles(np.where(is_estimable, df, np.inf), alpha) * error
    log_p[is_large] = _large_df_logs(statistic[is_large], df[is_large])
    log_p[is_small] = _t_logs(statistic[is_small], df[is_small])
    return _masked(estimate, reach, reach, log_p, statistic, df, error, is_estimable)


def two_proportions(
    n0: ArrayLike, x0: ArrayLike, n1: ArrayLike, x1: ArrayLike, *, alpha: float = 0.05
) -> Comparisons:
    """Two shares compared, many times; see `proportions.compare`.

    Parameters
    ----------
    n0, x0, n1, x1 : array_like
        Whole units and successes of the control (0) and the treatment (1), 0 <= x <= n; broadcast
        against each other. Exact below 1e15.
    alpha : float
        Two-sided error of the intervals.

    Returns
    -------
    Comparisons
        Small tables (under 400 units, or an expected cell under 10) have the p of
        `proportions.compare`, each distinct table computed once: a hundred thousand different small
        ones take seconds. Not estimable: under two units in an arm, or no variation.

    Raises
    ------
    ValueError
        For counts that are not whole or do not fit each other.
    """
    n0, x0, n1, x1 = _floats(n0, x0, n1, x1)
    for n, x in ((n0, x0), (n1, x1)):
        if not (np.all(x >= 0) and np.all(x <= n) and np.all(x == np.floor(x))):
            raise ValueError("successes are whole numbers from 0 to the units")
        if not np.all(n == np.floor(n)):
            raise ValueError("units are whole numbers")
    z, total, successes = two_sided_z(alpha), n0 + n1, x0 + x1
    with np.errstate(all="ignore"):
        is_estimable = (n0 >= 2) & (n1 >= 2) & (successes > 0) & (successes < total)
        estimate = _share_gap(n0, x0, n1, x1)
        below0, above0 = _wilson_reach(n0, x0, z)
        below1, above1 = _wilson_reach(n1, x1, z)
        pooled = successes / total
        spread = np.sqrt(pooled * ((total - successes) / total) * (1.0 / n0 + 1.0 / n1))
        statistic = estimate / spread
        rarest = np.minimum(n0, n1) * np.minimum(successes, total - successes)
        error = np.sqrt(_share_variance(n0, x0) + _share_variance(n1, x1))
    is_small = (total < proportions.SMALL_TOTAL) | (rarest < proportions.SMALL_EXPECTED * total)
    is_small &= is_estimable
    log_p = _normal_logs(statistic)
    _fill_small(log_p, (n0, x0, n1, x1), is_small, alpha)
    statistic = np.where(is_small, np.nan, statistic)
    df = np.full_like(estimate, np.inf)
    below, above = np.hypot(below1, above0), np.hypot(above1, below0)
    return _masked(estimate, below, above, log_p, statistic, df, error, is_estimable)


def _floats(*given: ArrayLike) -> list[Floats]:
    """As arrays of one shape, at least of one dimension; read only."""
    arrays = (np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in given)
    return list(np.broadcast_arrays(*arrays))


def _squared_error(n: Floats, mean: Floats, variance: Floats) -> Floats:
    """As `means.squared_error`: spread below the rounding of the mean itself is none."""
    positive = np.maximum(variance, 0.0)
    is_flat = np.sqrt(positive) <= 4.0 * np.finfo(np.float64).eps * np.abs(mean)
    return np.where(is_flat, 0.0, positive / n)


def _share_gap(n0: Floats, x0: Floats, n1: Floats, x1: Floats) -> Floats:
    """x1 / n1 - x0 / n0 by the difference of the counts, which a float holds exactly, and over the
    larger arm, beside whose size the rounding is none."""
    up = ((x1 - x0) - x0 * ((n1 - n0) / n0)) / n1
    down = ((x1 - x0) - x1 * ((n1 - n0) / n1)) / n0
    return np.where(n1 >= n0, up, down)


def _share_variance(n: Floats, x: Floats) -> Floats:
    return x / n * ((n - x) / n) / n


def _wilson_reach(n: Floats, x: Floats, z: float) -> tuple[Floats, Floats]:
    """As `proportions.wilson`: how far it reaches (below, above) the share."""
    failures = n - x
    weight = n + z * z
    half = z * np.sqrt(x / n * failures + z * z / 4.0) / weight
    shift = z * z * ((failures - x) / (2.0 * n)) / weight
    below = np.where(x > 0, np.maximum(half - shift, 0.0), 0.0)
    above = np.where(failures > 0, np.maximum(half + shift, 0.0), 0.0)
    return below, above


def _normal_logs(z: Floats) -> Floats:
    """log P(|Z| >= |z|)."""
    from scipy.special import log_ndtr

    logs: Floats = np.minimum(log_ndtr(-np.abs(z)) + math.log(2.0), 0.0)
    return logs


def _t_quantiles(df: Floats, alpha: float) -> Floats:
    """The positive t that leaves `alpha` in both tails together; from 10,000 degrees of freedom on
    by the expansion of Cornish & Fisher (Abramowitz & Stegun 1964, 26.7.5), true there to 1e-14."""
    from scipy.special import stdtrit

    z = two_sided_z(alpha)
    square = z * z
    terms = (
        z * (square + 1.0) / 4.0,
        z * ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        z
        * ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0)
        / 92160.0,
    )
    with np.errstate(all="ignore"):
        part = 1.0 / df
        quantiles: Floats = z + part * (
            terms[0] + part * (terms[1] + part * (terms[2] + part * terms[3]))
        )
    is_small = df < _EXPANDED_DF
    quantiles[is_small] = -stdtrit(df[is_small], alpha / 2.0)
    return quantiles


def _t_logs(t: Floats, df: Floats) -> Floats:
    """log P(|T| >= |t|) of Student's t with df < 1e6; the far tails by the scalar code."""
    from scipy.special import stdtr

    tails = 2.0 * stdtr(df, -np.abs(t))
    is_near = tails > _SMALLEST
    logs: Floats = np.log(np.where(is_near, np.minimum(tails, 1.0), 1.0))
    for i in np.flatnonzero(~is_near):
        logs[i] = log_t_two_sided(float(t[i]), float(df[i]))
    return logs


def _large_df_logs(t: Floats, df: Floats) -> Floats:
    """Wallace's normal deviate, as in `distributions.log_t_two_sided`."""
    deviate = np.sqrt(df * np.log1p(t * t / df))
    return _normal_logs(deviate * (8.0 * df + 1.0) / (8.0 * df + 3.0))


def _fill_small(
    log_p: Floats,
    counts: tuple[Floats, Floats, Floats, Floats],
    is_small: NDArray[np.bool_],
    alpha: float,
) -> None:
    """The exact test of each distinct small table, written into `log_p`."""
    if not is_small.any():
        return
    tables = np.stack([count[is_small] for count in counts], axis=1)
    distinct, places = np.unique(tables, axis=0, return_inverse=True)
    logs = np.empty(len(distinct))
    for i, (n0, x0, n1, x1) in enumerate(distinct.astype(np.int64).tolist()):
        found = proportions.compare(Conversion(n0, x0), Conversion(n1, x1), alpha=alpha)
        logs[i] = math.nan if found.log10_p is None else found.log10_p * _LN_10
    log_p[is_small] = logs[places.ravel()]


def _masked(
    estimate: Floats,
    below: Floats,
    above: Floats,
    log_p: Floats,
    statistic: Floats,
    df: Floats,
    error: Floats,
    is_estimable: NDArray[np.bool_],
) -> Comparisons:
    """The answers, NaN where there is none."""
    with np.errstate(under="ignore", invalid="ignore"):
        p_value = np.exp(log_p)
    p_value[p_value < np.finfo(np.float64).tiny] = np.nan
    blank = ~is_estimable
    low, high, log10_p = estimate - below, estimate + above, log_p / _LN_10
    for column in (estimate, low, high, p_value, log10_p, statistic, df, error):
        column[blank] = np.nan
    return Comparisons(estimate, low, high, p_value, log10_p, statistic, df, error, is_estimable)
