"""How often a test of a given size would end in each verdict.

Power alone misleads: at a true effect equal to the threshold, a test of *any* size is confirmed
about half the time. These shares follow the table of `hadi.domain.verdict` (a unit test holds
the two together), for an effect that the team expects.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from hadi.stats.distributions import normal_cdf, t_quantile_two_sided

CONFIRMED = "confirmed"
BELOW_THRESHOLD = "below_threshold"
REFUTED = "refuted"
NOT_ENOUGH_DATA = "not_enough_data"
HARMFUL = "harmful"
VERDICTS = (CONFIRMED, BELOW_THRESHOLD, REFUTED, NOT_ENOUGH_DATA, HARMFUL)


def normal_odds(
    effect: float, error: float, reach: float, critical: float, threshold: float
) -> dict[str, float]:
    """The probability of each verdict when the estimate is normal.

    Parameters
    ----------
    effect : float
        The true effect, better being positive.
    error : float
        Standard error of the estimate, > 0.
    reach : float
        Half the width of the interval.
    critical : float
        The smallest estimate that the test calls significant.
    threshold : float
        Magnitude T >= 0 in the same units.

    Returns
    -------
    dict
        Verdict to probability, summing to 1.
    """

    def below(estimate: float) -> float:
        return normal_cdf((estimate - effect) / error)

    real_from = max(reach, critical)
    promise_out_of_reach = threshold - reach  # estimates below it have their upper end below T
    harmful = below(-reach)
    confirmed = 1.0 - below(max(real_from, threshold))
    less = max(below(promise_out_of_reach) - below(real_from), 0.0)
    refuted = max(below(min(promise_out_of_reach, real_from)) - harmful, 0.0)
    rest = max(1.0 - harmful - confirmed - less - refuted, 0.0)
    return dict(zip(VERDICTS, (confirmed, less, refuted, rest, harmful), strict=True))


def student_odds(
    effect: float, error: float, df: float, alpha: float, threshold: float
) -> dict[str, float]:
    """The same for a difference of normal means whose variance is itself estimated.

    The estimated standard error varies around `error` as the root of chi-square over `df`; the
    shares are averaged over 200 equally likely values of it. From 2,000 degrees of freedom on
    it hardly varies and is taken as known.
    """
    quantile = t_quantile_two_sided(alpha, df)
    if df >= 2000:
        scales = [1.0]
    else:
        from scipy.special import chdtri

        scales = [math.sqrt(float(chdtri(df, (i + 0.5) / 200)) / df) for i in range(200)]
    return _average(
        normal_odds(effect, error, quantile * error * s, quantile * error * s, threshold)
        for s in scales
    )


def _average(odds: Iterable[dict[str, float]]) -> dict[str, float]:
    every = list(odds)
    return {verdict: math.fsum(o[verdict] for o in every) / len(every) for verdict in VERDICTS}
