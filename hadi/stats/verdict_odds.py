"""How often a test of a given size would end in each verdict.

Power alone misleads: at a true effect equal to the threshold, a test of *any* size is confirmed
about half the time. These shares follow the table of `hadi.domain.verdict` (a unit test holds
the two together), for an effect that the team expects.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from hadi.stats.distributions import normal_cdf, two_sided_z

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[float64]
    Flags: TypeAlias = NDArray[bool_]

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


def welch_odds(
    effect: float,
    squared_errors: tuple[float, float],
    dfs: tuple[float, float],
    alpha: float,
    threshold: float,
    *,
    is_modelled: bool = False,
    normal_from: float = math.inf,
) -> tuple[float, dict[str, float]]:
    """The chance that the effect is called real, and of each verdict, where both arms' variances
    are estimated: Welch's test.

    Parameters
    ----------
    effect, threshold : float
        As in `normal_odds`.
    squared_errors, dfs : tuple
        Of the control's and the treatment's value: its squared standard error, and the degrees of
        freedom (> 0) with which that is estimated.
    alpha : float
        Two-sided error.
    is_modelled : bool
        True takes the degrees of freedom that equal variances would have (Bell & McCaffrey 2002,
        Survey Methodology 28, for clusters) instead of those of the variances seen
        (Satterthwaite 1946, Biometrics Bulletin 2, eq. 17).
    normal_from : float
        Degrees of freedom from which the test takes the normal quantile, as confidence sequences
        do.

    Returns
    -------
    tuple
        (power, odds): the normal shares averaged over the chi-square distributions of the two
        variances by Gauss-Hermite quadrature on their normal scores. Exact for normal values.
    """
    import numpy as np
    from scipy.special import ndtr

    error = math.sqrt(math.fsum(squared_errors))
    share = round(squared_errors[0] / error / error, 5)
    scales, quantiles, weights = _estimated_errors(dfs, share, alpha, is_modelled, normal_from)
    reach = error * scales * quantiles

    def below(estimate: Floats) -> Floats:
        found: Floats = ndtr((estimate - effect) / error)
        return found

    def mean(values: Floats) -> float:
        return min(max(float(weights @ values), 0.0), 1.0)

    harmful, real_from = below(-reach), below(reach)
    out_of_reach = below(threshold - reach)
    shares = (
        mean(1.0 - np.maximum(real_from, below(np.full_like(reach, threshold)))),
        mean(np.maximum(out_of_reach - real_from, 0.0)),
        mean(np.maximum(np.minimum(out_of_reach, real_from) - harmful, 0.0)),
    )
    worse = mean(harmful)
    rest = max(1.0 - math.fsum(shares) - worse, 0.0)
    return mean(1.0 - real_from), dict(zip(VERDICTS, (*shares, rest, worse), strict=True))


def outcome_odds(
    weights: Floats, *, real: Flags, harmful: Flags, reaches: Flags, short: Flags
) -> tuple[float, dict[str, float]]:
    """The same over outcomes that are listed or were simulated.

    Parameters
    ----------
    weights : array
        The probability of each outcome, summing to 1.
    real, harmful, reaches, short : arrays
        What each outcome would show: the effect is real (interval and test), the whole interval
        lies below zero, the estimate is T or more, the whole interval lies below T. All False
        where there is no estimate, which counts as not enough data.

    Returns
    -------
    tuple
        (power, odds).
    """
    import numpy as np

    left = np.ones_like(real, dtype=bool)
    odds: dict[str, float] = {}
    rules: tuple[tuple[str, Flags], ...] = (
        (HARMFUL, harmful),
        (CONFIRMED, real & reaches),
        (BELOW_THRESHOLD, real & short),
        (REFUTED, short),
    )
    for verdict, applies in rules:
        odds[verdict] = min(float(weights[left & applies].sum()), 1.0)
        left &= ~applies
    odds[NOT_ENOUGH_DATA] = max(1.0 - math.fsum(odds.values()), 0.0)
    return min(float(weights[real].sum()), 1.0), {verdict: odds[verdict] for verdict in VERDICTS}


@lru_cache(maxsize=1024)
def _estimated_errors(
    dfs: tuple[float, float], share: float, alpha: float, is_modelled: bool, normal_from: float
) -> tuple[Floats, Floats, Floats]:
    """Over the estimates that two variances may have: the estimated standard error over the true
    one, Student's quantile, and the probability. `share` is the control's part of the variance."""
    import numpy as np
    from scipy.special import chdtri, gammaincinv, ndtr, stdtrit

    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    weights = weights / weights.sum()
    lower, upper = ndtr(nodes), ndtr(-nodes)
    parts = [
        # From the nearer tail: the other's probability is 1 to a computer.
        part * np.where(nodes < 0, 2.0 * gammaincinv(df / 2.0, lower), chdtri(df, upper)) / df
        for part, df in zip((share, 1.0 - share), dfs, strict=True)
    ]
    first, second = (grid.ravel() for grid in np.meshgrid(*parts, indexing="ij"))
    total = first + second
    if is_modelled:
        model = welch_df((share, 1.0 - share), dfs)
        df = np.full_like(total, model)
    else:
        df = total**2 / (first**2 / dfs[0] + second**2 / dfs[1])
    quantiles = np.where(df >= normal_from, two_sided_z(alpha), -stdtrit(df, alpha / 2.0))
    both: Floats = np.outer(weights, weights).ravel()
    errors: Floats = np.sqrt(total)
    return errors, np.asarray(quantiles, dtype=np.float64), both


def welch_df(squared_errors: tuple[float, float], dfs: tuple[float, float]) -> float:
    """Satterthwaite's degrees of freedom (1946, eq. 17) of a sum of two squared errors."""
    total = math.fsum(squared_errors)
    parts = [v / total * (v / total) / df for v, df in zip(squared_errors, dfs, strict=True)]
    return 1.0 / math.fsum(parts)
