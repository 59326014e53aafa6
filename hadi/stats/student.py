"""Student's t from the standard library alone, so that a check of means needs no scipy.

To import `scipy.special` takes longer than all else that `hadi check` does with a small file.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_HALF_LOG_PI = 0.5 * math.log(math.pi)
_STIRLING_FROM = 20.0


def log_tail(t: float, df: float) -> float:
    """log P(|T| >= t) of Student's t with df > 0 degrees of freedom, t >= 0; never underflows.

    The regularised incomplete beta function I_x(df/2, 1/2) at x = df / (df + t^2) by its continued
    fraction (Abramowitz & Stegun 1964, 26.5.8), or one less the other side's where that converges
    faster. True to 1e-12 of the probability, and to 1e-10 from df = 1e5 on.
    """
    if t == 0.0:
        return 0.0
    a = 0.5 * df
    ratio = t / df * t
    log_x = -math.log1p(ratio)
    log_y = log_x + 2.0 * math.log(t) - math.log(df)
    front = a * log_x + 0.5 * log_y - log_beta_half(a)
    if ratio * (a + 1.0) > 1.5:  # x is below (a + 1) / (a + 5/2)
        return front - math.log(a) + math.log(beta_fraction(a, 0.5, math.exp(log_x)))
    below = 2.0 * math.exp(front) * beta_fraction(0.5, a, ratio / (1.0 + ratio))
    return math.log1p(-below)


@lru_cache(maxsize=256)
def quantile(alpha: float, df: float) -> float:
    """The positive t that leaves `alpha` in both tails together; 0 < alpha < 1, df > 0.

    Newton's method on the logarithm of the tail over that of t, which is concave, so that it
    converges from anywhere; it starts from the expansion of Cornish & Fisher (Abramowitz & Stegun
    1964, 26.7.5). As true as the tail.
    """
    z = -NormalDist().inv_cdf(0.5 * alpha)
    t = z * (1.0 + ((z * z + 1.0) + ((5 * z * z + 16.0) * z * z + 3.0) / (24.0 * df)) / (4.0 * df))
    target = math.log(alpha)
    for _ in range(200):
        log_p = log_tail(t, df)
        log_density = -0.5 * (df + 1.0) * math.log1p(t / df * t) - 0.5 * math.log(df)
        slope = 2.0 * math.exp(log_density - log_beta_half(0.5 * df) + math.log(t) - log_p)
        step = (log_p - target) / slope
        t *= math.exp(min(step, 50.0))
        # Every step squares the error: after this one it is below the rounding of the tail, where
        # further steps only wander about.
        if abs(step) < 1e-9:
            break
    return t


def log_beta_half(a: float) -> float:
    """log B(a, 1/2). From a = 20 by Stirling's series for the difference of two lgamma, which
    would cancel away their digits."""
    if a < _STIRLING_FROM:
        return _HALF_LOG_PI + math.lgamma(a) - math.lgamma(a + 0.5)
    w = 1.0 / (a * a)
    series = (1.0 / 8.0 - w * (1.0 / 192.0 - w * (1.0 / 640.0 - w * (17.0 / 14336.0)))) / a
    return _HALF_LOG_PI - 0.5 * math.log(a) + series


def beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of I_x(a, b) by Lentz's method, as modified by Thompson & Barnett
    (1986, Journal of Computational Physics 64)."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for step in (even, odd):
            d = 1.0 + step * d
            c = 1.0 + step / c
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = c if abs(c) > tiny else tiny
            value *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return value
