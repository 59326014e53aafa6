"""Does an effect fade? A straight line through daily differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hadi.stats.distributions import log_normal_two_sided, p_from_log
from hadi.stats.errors import NotEstimable


@dataclass(frozen=True, slots=True)
class Trend:
    """A line through estimates: `slope` for each step of x, `level` at the mean of x, and the test
    that the slope is zero."""

    slope: float
    standard_error: float
    level: float
    p_value: float | None
    log10_p: float | None


def weighted_slope(
    places: Sequence[float], estimates: Sequence[float], variances: Sequence[float]
) -> Trend:
    """Weighted least squares of independent estimates with known variances.

    Parameters
    ----------
    places, estimates, variances : sequences of float
        x, y and the squared standard error of y, of one length; variances > 0.

    Raises
    ------
    NotEstimable
        ``trend_too_short`` with fewer than three estimates or one x only.

    Notes
    -----
    Weights are the inverse variances, and the slope's variance 1 / sum w (x - mean)^2 is taken as
    known (Cochran 1937, Supplement to the JRSS 4, 102-118).
    """
    if len(estimates) < 3:
        raise NotEstimable("trend_too_short")
    weights = [1.0 / variance for variance in variances]
    total = math.fsum(weights)
    middle = math.fsum(w * x for w, x in zip(weights, places, strict=True)) / total
    level = math.fsum(w * y for w, y in zip(weights, estimates, strict=True)) / total
    spread = math.fsum(w * (x - middle) ** 2 for w, x in zip(weights, places, strict=True))
    if spread <= 0.0:
        raise NotEstimable("trend_too_short")
    rows = zip(weights, places, estimates, strict=True)
    slope = math.fsum(w * (x - middle) * (y - level) for w, x, y in rows) / spread
    error = 1.0 / math.sqrt(spread)
    p_value, log10_p = p_from_log(log_normal_two_sided(slope / error))
    return Trend(slope, error, level, p_value, log10_p)


def pooled_variances(variances: Sequence[float], units: Sequence[tuple[int, int]]) -> list[float]:
    """Squared standard errors of differences of two groups, were units equally noisy throughout.

    Parameters
    ----------
    variances : sequence of float
        The squared standard error of each difference, > 0.
    units : sequence of (int, int)
        The units of its two groups, each >= 1, three or more together.

    Returns
    -------
    list of float
        s^2 (1/n0 + 1/n1) with one s^2 for all: the mean of variance / (1/n0 + 1/n1) weighted by
        n0 + n1 - 2, as the pooled variance of Student (1908), Biometrika 6. A handful of units may
        look alike by chance; weighed by its own error such a day would decide the whole line, and
        find a slope in one of five series that have none.
    """
    shares = [1.0 / n0 + 1.0 / n1 for n0, n1 in units]
    freedom = [n0 + n1 - 2.0 for n0, n1 in units]
    rows = zip(variances, shares, freedom, strict=True)
    unit = math.fsum(v / share * df for v, share, df in rows) / math.fsum(freedom)
    return [unit * share for share in shares]
