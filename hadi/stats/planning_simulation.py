"""Tests without a formula, planned by running them: few clusters, and quantiles of few units.

Seeded and vectorised: the same plan always has the same answer, within a second. All draws of one
size share their random numbers, so that power grows smoothly with the effect.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from hadi.stats.distributions import normal_quantile, t_quantile_two_sided
from hadi.stats.verdict_odds import outcome_odds, welch_df

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

DRAWS = 4_000
_SEED = 20_261_121
_FEW_BEYOND = 100.0
_MOST_ASSIGNMENTS = 3_000  # of clusters to arms; beyond it as many are drawn


def few_cluster_odds(
    clusters_control: int,
    clusters_treatment: int,
    effect: float,
    squared_errors: tuple[float, float],
    alpha: float,
    threshold: float,
) -> tuple[float, dict[str, float]]:
    """Power and verdicts where a permutation of few clusters decides.

    Parameters
    ----------
    clusters_control, clusters_treatment : int
        Clusters of each arm, at least 2.
    effect : float
        True effect, better being positive.
    squared_errors : tuple
        Of the control's and of the treatment's value, in squares of the same units.
    alpha : float
        Two-sided error of the permutation and of the interval.
    threshold : float
        Magnitude T >= 0.

    Returns
    -------
    tuple
        (power, odds) over 4,000 draws of normal cluster means of equal weight. The interval is
        Student's with the degrees of freedom of Bell & McCaffrey (2002); the permutation's
        statistic is the difference of the arms' means, two-sided.
    """
    import numpy as np

    k0, k1 = clusters_control, clusters_treatment
    spread0, spread1 = math.sqrt(squared_errors[0] * k0), math.sqrt(squared_errors[1] * k1)
    means = _normal_draws(k0 + k1) * np.repeat((spread0, spread1), (k0, k1))
    means[:, k0:] += effect
    control, treatment = means[:, :k0], means[:, k0:]
    estimate = treatment.mean(axis=1) - control.mean(axis=1)
    error = np.sqrt(control.var(axis=1, ddof=1) / k0 + treatment.var(axis=1, ddof=1) / k1)
    df = welch_df((1.0 / k0, 1.0 / k1), (k0 - 1.0, k1 - 1.0))
    reach = t_quantile_two_sided(alpha, df) * error
    real = estimate > reach
    real[real] = _permuted(means[real], k1) <= alpha
    return outcome_odds(
        np.full(DRAWS, 1.0 / DRAWS),
        real=real,
        harmful=estimate < -reach,
        reaches=estimate >= threshold,
        short=estimate + reach < threshold,
    )


def _permuted(means: Floats, treated: int) -> Floats:
    """The two-sided permutation p of each row, whose last `treated` clusters had the change."""
    import numpy as np

    clusters = means.shape[1]
    sums = means @ _assignments(clusters, treated)
    # The difference of the means is linear in the treated sum; the two-sided statistic, its size.
    totals = means.sum(axis=1, keepdims=True)
    centre = totals * (treated / clusters)
    away = np.abs(sums - centre)
    seen = away[:, :1] * (1.0 - 1e-9)
    found: Floats = (away >= seen).mean(axis=1)
    return found


@lru_cache(maxsize=32)
def _assignments(clusters: int, treated: int) -> Floats:
    """A column per assignment, 1 for the treated clusters; the first is the real one."""
    import numpy as np

    count = math.comb(clusters, treated)
    if count <= _MOST_ASSIGNMENTS:
        # In reverse, so that the real one, the last clusters, comes first.
        chosen = np.array(list(combinations(range(clusters), treated))[::-1])
    else:
        rng = np.random.default_rng(_SEED)
        keys = rng.random((_MOST_ASSIGNMENTS, clusters))
        keys[0] = -np.arange(clusters)
        chosen = np.argsort(keys, axis=1)[:, :treated]
    columns = np.zeros((clusters, len(chosen)))
    columns[chosen, np.arange(len(chosen))[:, None]] = 1.0
    return columns


@lru_cache(maxsize=8)
def _kept_draws(columns: int) -> Floats:
    import numpy as np

    return np.random.default_rng(_SEED).standard_normal((DRAWS, columns))


def _normal_draws(columns: int) -> Floats:
    """Standard normal numbers, a row per draw; the caller may write into them."""
    return _kept_draws(columns).copy()


def is_small_quantile(n_control: int, n_treatment: int, q: float) -> bool:
    """Whether so few units lie beyond the quantile that the density's formula is too rough."""
    return min(n_control, n_treatment) * min(q, 1.0 - q) < _FEW_BEYOND


def quantile_odds(
    n_control: int,
    n_treatment: int,
    q: float,
    effect: float,
    alpha: float,
    threshold: float,
    *,
    log_sd: float | None,
) -> tuple[float, dict[str, float]]:
    """Power and verdicts of a small comparison of quantiles.

    Parameters
    ----------
    n_control, n_treatment : int
        Units of each arm.
    q : float
        0 < q < 1.
    effect, threshold : float
        True shift, better being positive, and T >= 0: in standard deviations of a normal metric,
        or as a fraction of the quantile's value today of a lognormal one.
    alpha : float
        Two-sided error.
    log_sd : float or None
        Standard deviation of the logarithms; None is a normal metric.

    Returns
    -------
    tuple
        (power, odds) over 4,000 draws of the order statistics that `quantiles.compare` reads.
    """
    import numpy as np
    from scipy.special import stdtrit

    control = _quantile_draws(0, n_control, q, log_sd)
    treatment = _quantile_draws(1, n_treatment, q, log_sd)
    nothing = np.zeros(DRAWS, dtype=bool)
    weights = np.full(DRAWS, 1.0 / DRAWS)
    if control is None or treatment is None:  # too few units for the ranks the method reads
        return outcome_odds(weights, real=nothing, harmful=nothing, reaches=nothing, short=nothing)
    estimate = treatment[0] - control[0] + effect
    errors = control[1] ** 2, treatment[1] ** 2
    total = errors[0] + errors[1]
    df = total**2 / (errors[0] ** 2 / (n_control - 1.0) + errors[1] ** 2 / (n_treatment - 1.0))
    reach = -stdtrit(df, alpha / 2.0) * np.sqrt(total)
    return outcome_odds(
        weights,
        real=estimate > reach,
        harmful=estimate < -reach,
        reaches=estimate >= threshold,
        short=estimate + reach < threshold,
    )


@lru_cache(maxsize=128)
def _quantile_draws(
    arm: int, n: int, q: float, log_sd: float | None
) -> tuple[Floats, Floats] | None:
    """A sample quantile and its standard error, per draw: the quantile of a metric whose true one
    is 0 (a lognormal one's is 1, and taken away). Only the ranks that are read are drawn: spacings
    of uniform values are gamma distributed (Devroye 1986, Random Variate Generation, V.3)."""
    import numpy as np
    from scipy.special import ndtri

    z = normal_quantile(0.975)
    half = z * math.sqrt(n * q * (1.0 - q))
    low, high = math.floor(n * q - half), math.ceil(n * q + half)
    if low < 1 or high > n:
        return None
    # The sample quantile is one order statistic, or the mean of two.
    place = float(round(n * q)) if math.isclose(n * q, round(n * q)) else n * q
    ranks = (low, math.ceil(place), math.floor(place) + 1, high)
    rng = np.random.default_rng((_SEED, arm))
    steps = np.diff((0, *ranks, n + 1))
    sums = np.cumsum(rng.standard_gamma(steps.astype(np.float64), (DRAWS, 5)), axis=1)
    scores = ndtri(sums[:, :4] / sums[:, 4:]) - normal_quantile(q)
    values = scores if log_sd is None else np.expm1(log_sd * scores)
    error = (values[:, 3] - values[:, 0]) / (2.0 * z) * math.sqrt((n - 1.0) / n)
    return 0.5 * (values[:, 1] + values[:, 2]), error
