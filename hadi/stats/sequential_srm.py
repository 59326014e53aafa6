"""The sample-ratio check that may be read every day: a broken split is found while it can still be
mended, without the false alarms of a chi-square looked at again and again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hadi.stats.distributions import p_from_log
from hadi.stats.srm import contradicts, expected_units

CONCENTRATION = 100.0  # how near the declared shares a mended split is thought to lie


@dataclass(frozen=True, slots=True)
class SequentialSampleRatio:
    """Counts so far against the declared shares, valid at any look.

    `log_bayes_factor` (natural logarithm) weighs "some other shares" against the declared ones.
    `p_value` is None where it underflows (`log10_p` still holds it). All three are None when
    `unexpected_arms` is not empty: units in an arm declared to get none are impossible, not
    unlikely. The running minimum over the looks is a valid p-value as well.
    """

    log_bayes_factor: float | None
    p_value: float | None
    log10_p: float | None
    expected: Mapping[str, float]
    unexpected_arms: tuple[str, ...] = ()

    def is_below(self, alpha: float) -> bool:
        """Whether the counts contradict the declared shares at `alpha`."""
        return contradicts(self.log10_p, self.unexpected_arms, alpha)


def sample_ratio(
    counts: Mapping[str, int], shares: Mapping[str, float], *, concentration: float = CONCENTRATION
) -> SequentialSampleRatio:
    """The always-valid test of the counts against the declared shares.

    Parameters
    ----------
    counts : mapping of arm to int
        Randomised units so far (not rows). An arm with a share and no count had none.
    shares : mapping of arm to float
        Declared shares, >= 0; they need not sum to one. A zero-share arm takes no part.
    concentration : float
        Of the Dirichlet prior about the declared shares, > 0: the larger, the sooner small
        deviations are found and the later large ones.

    Returns
    -------
    SequentialSampleRatio
        ``p_value`` is min(1, 1 / Bayes factor).

    Raises
    ------
    NotEstimable
        ``ratio_one_arm`` with fewer than two positive shares, ``ratio_no_units`` without units.

    Notes
    -----
    Lindon & Malek (2022), Anytime-valid inference for multinomial count data, NeurIPS 35: a
    Dirichlet-multinomial against a multinomial. The log-gammas are written out by Stirling's
    series, so that their leading terms meet as one Kullback-Leibler divergence: nothing overflows
    or cancels, even at 1e12 units.
    """
    if not concentration > 0.0:
        raise ValueError(f"concentration {concentration} > 0")
    expected, unexpected = expected_units(counts, shares)
    if unexpected:
        return SequentialSampleRatio(None, None, None, expected, unexpected)
    weight = math.fsum(shares[arm] for arm in expected)
    theta = [shares[arm] / weight for arm in expected]
    seen = [counts.get(arm, 0) for arm in expected]
    log_factor = _log_bayes_factor(seen, theta, concentration)
    p_value, log10_p = p_from_log(-log_factor)
    return SequentialSampleRatio(log_factor, p_value, log10_p, expected)


def _log_bayes_factor(seen: list[int], theta: list[float], concentration: float) -> float:
    """log of the Dirichlet-multinomial over the multinomial probability of the counts.

    With A = concentration * theta + counts and N their sum, the leading terms of the log-gammas,
    sum A log A - N log N - sum counts log theta, are N times the divergence of A / N from theta,
    plus sum concentration * theta * log theta.
    """
    total = sum(seen)
    whole = concentration + total
    terms = [_stirling_rest(concentration), -_stirling_rest(whole)]
    terms.append((concentration - 0.5) * math.log(concentration) + 0.5 * math.log(whole))
    for n, t in zip(seen, theta, strict=True):
        prior = concentration * t
        posterior = prior + n
        excess = (n - total * t) / (whole * t)
        terms.append(whole * t * _divergence(excess))
        terms.append(prior * math.log(t) - 0.5 * math.log(posterior))
        terms.append(_stirling_rest(posterior) - _stirling_rest(prior))
        terms.append(-(prior - 0.5) * math.log(prior))
    return math.fsum(terms)


def _divergence(x: float) -> float:
    """(1 + x) log(1 + x) - x for x >= -1, exact near 0 where the two would cancel."""
    if x <= -1.0:  # an arm without units, where 100 units more are rounding
        return 1.0
    if abs(x) > 0.01:
        return (1.0 + x) * math.log1p(x) - x
    # sum of (-x)^k / (k (k - 1)) from k = 2
    return math.fsum((-x) ** k / (k * (k - 1)) for k in range(2, 10))


def _stirling_rest(a: float) -> float:
    """log gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2, for a > 0 (Abramowitz & Stegun 1964,
    6.1.41)."""
    if a < 100.0:
        return math.lgamma(a) - (a - 0.5) * math.log(a) + a - 0.5 * math.log(2.0 * math.pi)
    inverse = 1.0 / (a * a)
    return (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse / 1260.0)) / a
