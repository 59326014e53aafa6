"""Published sample sizes, unrounded: what tables and other programs say of the same plan.

Planning starts from them and corrects for what they leave out (exact tests, Welch's degrees of
freedom, clusters, looks).
"""

from __future__ import annotations

import math

from hadi.stats.distributions import (
    normal_cdf,
    normal_quantile,
    t_quantile_two_sided,
    two_sided_z,
)
from hadi.stats.planning_search import MOST_UNITS, bisect


def conversion_total_units(
    baseline: float,
    effect: float,
    *,
    alpha: float,
    power: float,
    shares: tuple[float, float] = (0.5, 0.5),
) -> float:
    """Units of control and treatment together for a difference of shares (fractions).

    The pooled-null formula: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and
    Proportions, eq. 4.14, without continuity correction. Where unequal shares make the interval
    wider than the test, the interval decides.
    """
    weight0, weight1 = _weights(shares)
    treatment = baseline + effect
    pooled = weight0 * baseline + weight1 * treatment
    return _pooled_null(
        effect,
        baseline * (1.0 - baseline) / weight0 + treatment * (1.0 - treatment) / weight1,
        pooled * (1.0 - pooled) * (1.0 / weight0 + 1.0 / weight1),
        alpha,
        power,
    )


def rate_total_units(
    baseline: float,
    effect: float,
    *,
    alpha: float,
    power: float,
    shares: tuple[float, float] = (0.5, 0.5),
) -> float:
    """Exposure of control and treatment together for a difference of Poisson rates.

    Gu, Ng, Tang & Schucany (2008), Biometrical Journal 50, 283-298, the Wald statistic with the
    pooled null (their eq. for W1), for equal rates under the null.
    """
    weight0, weight1 = _weights(shares)
    treatment = baseline + effect
    pooled = weight0 * baseline + weight1 * treatment
    return _pooled_null(
        effect,
        baseline / weight0 + treatment / weight1,
        pooled * (1.0 / weight0 + 1.0 / weight1),
        alpha,
        power,
    )


def mean_total_units(
    effect: float,
    sd: float,
    *,
    alpha: float,
    power: float,
    shares: tuple[float, float] = (0.5, 0.5),
) -> float:
    """Units of control and treatment together for a difference of means: the root of the
    noncentral t power with equal variances (Cohen 1988, Statistical Power Analysis, section 2.4).

    As in the published tables, a result significant in the wrong direction counts too (one in a
    million at the usual power).
    """
    control, treatment = _weights(shares)
    scale = sd * math.sqrt(1.0 / control + 1.0 / treatment)
    if abs(effect) > 30.0 * scale:  # dozens of standard deviations: two units per arm see it
        return 4.0
    guess = ((two_sided_z(alpha) + normal_quantile(power)) * scale / effect) ** 2

    def enough(total: float) -> bool:
        away = abs(effect) / scale * math.sqrt(total)
        wrong = t_power(-away, total - 2.0, alpha)
        return t_power(away, total - 2.0, alpha) + wrong >= power

    low, high = 2.0 + 1e-6, max(guess, 3.0)
    while not enough(high):
        if not high <= 4.0 * MOST_UNITS:
            return math.inf
        low, high = high, high * 2.0
    return bisect(enough, low, high, 1e-10)


def noether_total_units(
    superiority: float, *, alpha: float, power: float, shares: tuple[float, float] = (0.5, 0.5)
) -> float:
    """Units of control and treatment together for a rank test, from P(B > A) with half of the
    ties: Noether (1987), JASA 82, 645-647, eq. 4."""
    weight0, weight1 = _weights(shares)
    reach = two_sided_z(alpha) + normal_quantile(power)
    return reach**2 / (12.0 * weight0 * weight1 * (superiority - 0.5) ** 2)


def t_power(noncentrality: float, df: float, alpha: float) -> float:
    """P(T > critical) of the noncentral t: found real, in the direction expected."""
    quantile = t_quantile_two_sided(alpha, df)
    if df >= 1e6:
        return normal_cdf(noncentrality - quantile)
    from scipy.special import nctdtr

    return 1.0 - float(nctdtr(df, noncentrality, quantile))


def _pooled_null(
    effect: float, unpooled: float, pooled: float, alpha: float, power: float
) -> float:
    """Both variances of the difference are those of one unit in all."""
    deciding = math.sqrt(max(pooled, unpooled))
    reach = two_sided_z(alpha) * deciding + normal_quantile(power) * math.sqrt(unpooled)
    return (reach / effect) ** 2


def _weights(shares: tuple[float, float]) -> tuple[float, float]:
    total = shares[0] + shares[1]
    return shares[0] / total, shares[1] / total
