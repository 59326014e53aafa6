"""Normal, Student and chi-square tails and quantiles that stay true far beyond p = 1e-308.

Big tests ask for tails that underflow a float, and `hadi check` must start fast. So the tails
are computed as logarithms, and `scipy.special` is loaded only for Fisher's F; the normal,
Student's t and chi-square need the standard library alone.
"""

from __future__ import annotations

import math
import sys
from statistics import NormalDist

from hadi.stats import student

_STANDARD = NormalDist()
_LOG_2 = math.log(2.0)
_LARGE_DF = 1e6


def normal_cdf(x: float) -> float:
    """P(Z <= x) of the standard normal, accurate in the lower tail."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def normal_quantile(probability: float) -> float:
    """The standard normal quantile; 0 < probability < 1 (Wichura 1988, AS 241)."""
    return _STANDARD.inv_cdf(probability)


def two_sided_z(alpha: float) -> float:
    """The positive z that leaves `alpha` in both tails together."""
    return -normal_quantile(alpha / 2.0)


def log_normal_two_sided(z: float) -> float:
    """log P(|Z| >= |z|), natural logarithm; never underflows.

    Beyond |z| = 35 by the asymptotic series of Mills' ratio (Abramowitz & Stegun 1964, 26.2.12),
    whose error there is below 1e-12.
    """
    x = abs(z) / math.sqrt(2.0)
    if x < 25.0:
        return math.log(math.erfc(x))
    inverse = 1.0 / (2.0 * x * x)
    series = 1.0 - inverse * (1.0 - 3.0 * inverse * (1.0 - 5.0 * inverse * (1.0 - 7.0 * inverse)))
    return -x * x - math.log(x * math.sqrt(math.pi)) + math.log(series)


def t_quantile_two_sided(alpha: float, df: float) -> float:
    """The positive t that leaves `alpha` in both tails together; df > 0.

    For df >= 1e6 the Cornish-Fisher expansion (Abramowitz & Stegun 1964, 26.7.5), exact to
    rounding there.
    """
    if df >= _LARGE_DF:
        z = two_sided_z(alpha)
        return z + z * (z * z + 1.0) / (4.0 * df)
    return student.quantile(alpha, df)


def log_t_two_sided(t: float, df: float) -> float:
    """log P(|T| >= |t|) of Student's t with df > 0 degrees of freedom; never underflows.

    For df >= 1e6 the normal deviate of Wallace (1959, Annals of Mathematical Statistics 30,
    eq. 5.3); below, `student.log_tail`. True to 1e-9 of the logarithm; beyond |t| = 100 with
    df >= 1e6, to 1e-6.
    """
    t = min(abs(t), 1e150)  # its square has to fit a float
    if df >= _LARGE_DF:
        deviate = math.sqrt(df * math.log1p(t * t / df))
        return log_normal_two_sided(deviate * (8.0 * df + 1.0) / (8.0 * df + 3.0))
    return student.log_tail(t, df)


def log_f_tail(statistic: float, df: float, df_within: float) -> float:
    """log P(F >= statistic) of Fisher's F with df and df_within > 0; never underflows.

    The regularised incomplete beta function I_x(df_within/2, df/2) at
    x = df_within / (df_within + df F), and where that underflows its continued fraction
    (Abramowitz & Stegun 1964, 26.5.8) in logarithms. Beyond df_within = 1e9, where a float of x
    holds too few digits, the chi-square of df F when df is whole.
    """
    if statistic <= 0.0:
        return 0.0
    if df_within > 1e9 and df == int(df):
        return log_chi_square_tail(df * statistic, int(df))
    from scipy.special import betainc

    a, b = 0.5 * df_within, 0.5 * df
    log_x = -math.log1p(df * statistic / df_within)
    tail = float(betainc(a, b, math.exp(log_x)))
    if tail > 1e-290:
        return math.log(min(tail, 1.0))
    log_y = log_x + math.log(df) + math.log(statistic) - math.log(df_within)
    log_beta = math.lgamma(b) - b * math.log(a) - b * (b - 1.0) / (2.0 * a)
    if a < 1e4:  # beyond it lgamma itself would cancel away the digits
        log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    front = a * log_x + b * log_y - math.log(a) - log_beta
    return front + math.log(student.beta_fraction(a, b, math.exp(log_x)))


def log_chi_square_tail(statistic: float, df: int) -> float:
    """log P(X >= statistic) of chi-square with a whole number df >= 1 of degrees of freedom.

    The finite sums of Abramowitz & Stegun (1964, 26.4.4 and 26.4.5): every term is positive, so
    nothing cancels, and in logarithms nothing underflows.
    """
    if statistic <= 0.0:
        return 0.0
    if math.isinf(statistic):
        return -math.inf
    half = 0.5 * statistic
    if df % 2:
        terms = [log_normal_two_sided(math.sqrt(statistic))]
        exponents = [k + 0.5 for k in range((df - 1) // 2)]
    else:
        terms = []
        exponents = [float(k) for k in range(df // 2)]
    terms += [e * math.log(half) - half - math.lgamma(e + 1.0) for e in exponents]
    return min(log_sum(terms), 0.0)


def log_sum(logs: list[float]) -> float:
    """log of the sum of exp(logs)."""
    top = max(logs)
    return top + math.log(math.fsum(math.exp(x - top) for x in logs))


def p_from_log(log_p: float) -> tuple[float | None, float]:
    """(p, log10 p) from a natural logarithm; p is None where a float cannot hold it."""
    log_p = min(log_p, 0.0)
    p = math.exp(log_p)
    return (p if p >= sys.float_info.min else None), log_p / math.log(10.0)
