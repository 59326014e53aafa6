"""Do the groups differ at all? One question for three arms or more, before any pair is looked at.

The same arithmetic asks whether an effect is the same in every segment (`segments`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hadi.stats import means as welch_means
from hadi.stats.distributions import log_chi_square_tail, log_f_tail, p_from_log
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion, Moments

if TYPE_CHECKING:
    from hadi.stats.arrays import Distribution


@dataclass(frozen=True, slots=True)
class Omnibus:
    """`p_value` is None where it underflows a float; `log10_p` then still holds it. `df_within` is
    None where the reference distribution is chi-square, not F."""

    method: str
    statistic: float
    df: int
    df_within: float | None
    p_value: float | None
    log10_p: float


def conversions(arms: Sequence[Conversion]) -> Omnibus:
    """Are all shares the same?

    Parameters
    ----------
    arms : sequence of Conversion
        Two or more.

    Returns
    -------
    Omnibus
        Pearson's chi-square (1900, Philosophical Magazine 50) with k - 1 degrees of freedom;
        ``method`` is ``omnibus_chi_square``. Cochran (1952, Annals of Mathematical Statistics 23)
        asks expected counts of 5; below, the pairs' own exact tests decide.

    Raises
    ------
    NotEstimable
        ``nothing_to_compare`` (one arm), ``arm_empty``, ``arm_one_unit``, or ``no_variation``
        (every unit converted, or none did).
    """
    _refuse_few([arm.n for arm in arms])
    units, successes = sum(arm.n for arm in arms), sum(arm.successes for arm in arms)
    if successes in (0, units):
        raise NotEstimable("no_variation")
    # (x N - n X)^2 in whole numbers: beside 1e12 units a difference of shares loses digits.
    squares = [((arm.successes * units - arm.n * successes) ** 2, arm.n) for arm in arms]
    whole = successes * (units - successes)
    statistic = math.fsum(square / (whole * n) for square, n in squares)
    return _chi_square("omnibus_chi_square", statistic, len(arms) - 1)


def means(arms: Sequence[Moments]) -> Omnibus:
    """Are all means the same, whatever their variances?

    Parameters
    ----------
    arms : sequence of Moments
        Two or more.

    Returns
    -------
    Omnibus
        Welch (1951), Biometrika 38, 330-336, eq. 29; ``method`` is ``omnibus_welch_f``. With two
        arms its p is that of `means.compare`.

    Raises
    ------
    NotEstimable
        ``nothing_to_compare``, ``arm_empty``, ``arm_one_unit``, ``no_variation`` (within an arm:
        its weight would be without bound) or ``numbers_too_large``.
    """
    _refuse_few([arm.n for arm in arms])
    errors = [welch_means.squared_error(arm) for arm in arms]
    # By their distances from the first arm: an offset they share takes no digits.
    apart = [arms[0].gap_to(arm) for arm in arms]
    return _weighted(apart, errors, [arm.n - 1.0 for arm in arms], "omnibus_welch_f")


def estimates(
    values: Sequence[float],
    variances: Sequence[float],
    dfs: Sequence[float] | None = None,
    *,
    method: str = "omnibus_wald",
) -> Omnibus:
    """Are all values the same, of arms or segments, each with its own error?

    Parameters
    ----------
    values : sequence of float
        Two or more independent estimates.
    variances : sequence of float
        Their squared standard errors, > 0.
    dfs : sequence of float, optional
        Degrees of freedom of each variance. With them the reference distribution is Welch's F
        (1951, eq. 29), which holds for small groups; without, chi-square.
    method : str
        What the answer calls itself.

    Returns
    -------
    Omnibus
        Cochran's Q (1937, JRSS Supplement 4, 102-118), the squares of the distances from the mean
        weighted by 1 / variance; with `dfs`, Welch's F of it.

    Raises
    ------
    NotEstimable
        ``nothing_to_compare``, ``no_variation`` (a variance of 0) or ``numbers_too_large``.
    """
    if len(values) < 2:
        raise NotEstimable("nothing_to_compare")
    return _weighted([v - values[0] for v in values], variances, dfs, method)


def ranks(arms: Sequence[Distribution]) -> Omnibus:
    """Do the values of some arm tend to be larger?

    Parameters
    ----------
    arms : sequence of Distribution
        Two or more.

    Returns
    -------
    Omnibus
        Kruskal & Wallis (1952), JASA 47, 583-621, eq. 1.3: H by mid-ranks, corrected for ties,
        chi-square with k - 1 degrees of freedom; ``method`` is ``omnibus_kruskal_wallis``. Takes
        memory for the distinct values only.

    Raises
    ------
    NotEstimable
        ``nothing_to_compare``, ``arm_empty``, ``arm_one_unit``, or ``no_variation`` (all values
        of all arms are equal).
    """
    import numpy as np

    sizes = [arm.n for arm in arms]
    _refuse_few(sizes)
    values, places = np.unique(np.concatenate([arm.values for arm in arms]), return_inverse=True)
    ties = np.zeros(values.size, dtype=np.int64)
    np.add.at(ties, places, np.concatenate([arm.counts for arm in arms]))
    units = sum(sizes)
    # Twice the distance of each mid-rank from their mean: whole numbers, exact to 4e18.
    apart = 2 * np.cumsum(ties) - ties - units
    spread = float((apart.astype(np.float64) ** 2 * ties).sum()) / (4.0 * (units - 1))
    if spread <= 0.0:
        raise NotEstimable("no_variation")
    between, first = 0.0, 0
    for arm, n in zip(arms, sizes, strict=True):
        own = apart[places[first : first + arm.values.size]]
        between += (float((own.astype(np.float64) * arm.counts).sum()) / 2.0) ** 2 / n
        first += arm.values.size
    return _chi_square("omnibus_kruskal_wallis", between / spread, len(arms) - 1)


def _refuse_few(sizes: Sequence[int]) -> None:
    if len(sizes) < 2:
        raise NotEstimable("nothing_to_compare")
    if min(sizes) < 2:
        raise NotEstimable("arm_one_unit" if min(sizes) else "arm_empty")


def _weighted(
    values: Sequence[float],
    variances: Sequence[float],
    dfs: Sequence[float] | None,
    method: str,
) -> Omnibus:
    if not all(map(math.isfinite, (*values, *variances))):
        raise NotEstimable("numbers_too_large")
    smallest = min(variances)
    if smallest <= 0.0:
        raise NotEstimable("no_variation")
    # Relative to the largest weight: variances of 1e-300 must not overflow.
    weights = [smallest / variance for variance in variances]
    total = math.fsum(weights)
    centre = math.fsum(w * v for w, v in zip(weights, values, strict=True)) / total
    q = math.fsum((v - centre) / s * (v - centre) for v, s in zip(values, variances, strict=True))
    if not math.isfinite(q):
        raise NotEstimable("numbers_too_large")
    k = len(values)
    if dfs is None:
        return _chi_square(method, q, k - 1)
    unevenness = math.fsum((1.0 - w / total) ** 2 / f for w, f in zip(weights, dfs, strict=True))
    statistic = q / (k - 1) / (1.0 + 2.0 * (k - 2) / (k * k - 1.0) * unevenness)
    df_within = (k * k - 1.0) / (3.0 * unevenness)
    p_value, log10_p = p_from_log(log_f_tail(statistic, k - 1, df_within))
    return Omnibus(method, statistic, k - 1, df_within, p_value, log10_p)


def _chi_square(method: str, statistic: float, df: int) -> Omnibus:
    p_value, log10_p = p_from_log(log_chi_square_tail(statistic, df))
    return Omnibus(method, statistic, df, None, p_value, log10_p)
