"""Can a test that randomises clusters (stores, sellers) succeed? Clusters, not units, are its size.

Units of one cluster resemble each other, so each adds less than a unit of its own would: the
design effect says how many times more of them are needed. And with a handful of clusters the
permutation test decides, whose smallest p may lie above alpha whatever the data: then no effect
can be confirmed, and planning has to say so before the run.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

from hadi.stats.distributions import normal_cdf, normal_quantile, t_quantile_two_sided, two_sided_z
from hadi.stats.errors import NotEstimable

FEW_CLUSTERS = 5  # an arm with fewer is judged by permutation
_MOST_CLUSTERS = 10**12  # beyond it a plan is not a plan


@dataclass(frozen=True, slots=True)
class ClusterUnits:
    """Size of a cluster-randomised test, per arm.

    `individual` is what units randomised one by one would need, `units` that times
    `design_effect`, unrounded (both by the normal formula); `clusters` is the whole number of
    clusters that reaches the wanted power with Student's t and, where few, the permutation test.
    """

    individual: float
    design_effect: float
    units: float
    clusters: int


def design_effect(mean_size: float, icc: float, cv: float = 0.0) -> float:
    """How many times more units a test needs for randomising whole clusters.

    Parameters
    ----------
    mean_size : float
        Mean units per cluster, > 0.
    icc : float
        Intracluster correlation of the outcome, at most 1.
    cv : float
        Standard deviation of the cluster sizes over their mean; 0 when they are equal.

    Returns
    -------
    float
        1 + ((1 + cv^2) m - 1) icc. Eldridge, Ashby & Kerry (2006), International Journal of
        Epidemiology 35, 1292-1300, eq. 2; for equal sizes Donner & Klar (2000), Design and
        Analysis of Cluster Randomization Trials, section 5.2.
    """
    return 1.0 + ((1.0 + cv * cv) * mean_size - 1.0) * icc


def smallest_attainable_p(clusters_control: int, clusters_treatment: int) -> float:
    """The smallest p an exact two-sided permutation of the arms can give, whatever the data.

    One over the number of assignments; with as many clusters in either arm the mirror assignment
    always ties, and it is twice that. 1 when an arm is empty.
    """
    fewer = min(clusters_control, clusters_treatment)
    if fewer <= 0:
        return 1.0
    total = clusters_control + clusters_treatment
    ties = 2 if clusters_control == clusters_treatment else 1
    if fewer > 600:  # the number of assignments has no end of digits, and p none in a float
        return sys.float_info.min
    return max(ties / math.comb(total, fewer), sys.float_info.min)


def is_judged_by_permutation(clusters_control: int, clusters_treatment: int) -> bool:
    """Whether the clusters are few: under five in an arm, and so whenever under ten in all.

    Below that the tails of CR2's t rest on a variance of three or fewer deviations from an arm's
    value, and the permutation test, exact at any number, decides instead.
    """
    return min(clusters_control, clusters_treatment) < FEW_CLUSTERS


def standard_error(
    clusters_control: int,
    clusters_treatment: int,
    *,
    sd: float,
    icc: float,
    cluster_size: float,
    cv: float = 0.0,
) -> float:
    """Expected standard error of the difference of two arm values, in the metric's units.

    sd * sqrt(design effect / units), both arms together. `sd` is the standard deviation of the
    units over all clusters (of a share p: sqrt(p (1 - p))), `icc` 0 to 1, `cluster_size` the mean
    units per cluster, `cv` the relative standard deviation of the cluster sizes.
    """
    _check(sd, icc, cluster_size, cv)
    per_cluster = design_effect(cluster_size, icc, cv) / cluster_size
    return sd * math.sqrt(per_cluster * (1.0 / clusters_control + 1.0 / clusters_treatment))


def power_at(
    clusters_per_arm: int,
    *,
    effect: float,
    sd: float,
    icc: float,
    cluster_size: float,
    cv: float = 0.0,
    alpha: float = 0.05,
    clusters_treatment: int | None = None,
) -> float:
    """Chance that the difference is found real, in the expected direction.

    Parameters
    ----------
    clusters_per_arm : int
        Clusters in each arm; in the control when `clusters_treatment` differs.
    effect, sd : float
        Expected difference (either sign) and standard deviation of units, in the metric's units.
    icc, cluster_size, cv : float
        As in `standard_error`.
    alpha : float
        Two-sided error.

    Returns
    -------
    float
        By the noncentral t with clusters - 2 degrees of freedom (Hayes & Moulton 2017, Cluster
        Randomised Trials, section 7.3, with the exact t); 0 where the permutation test decides
        and its smallest p exceeds alpha, or without two clusters in each arm.

    Raises
    ------
    NotEstimable
        ``power_sd_not_positive``, ``power_icc_outside``, ``power_cluster_size``.
    """
    control = clusters_per_arm
    treatment = control if clusters_treatment is None else clusters_treatment
    _check(sd, icc, cluster_size, cv)
    if min(control, treatment) < 2:
        return 0.0
    if not _can_reach(control, treatment, alpha):
        return 0.0
    error = standard_error(control, treatment, sd=sd, icc=icc, cluster_size=cluster_size, cv=cv)
    return _t_power(abs(effect) / error, control + treatment - 2.0, alpha)


def clusters_needed(
    effect: float,
    sd: float,
    icc: float,
    cluster_size: float,
    cv: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int:
    """Clusters per arm, arms being equal, for the wanted power; the smallest number that has it.

    Parameters are those of `power_at`. At least as many as the permutation test needs to be able
    to reach alpha at all (four per arm at 5 %).

    Raises
    ------
    NotEstimable
        Those of `power_at`, ``power_no_effect`` and ``power_out_of_reach``.
    """
    if effect == 0.0:
        raise NotEstimable("power_no_effect")

    def enough(clusters: int) -> bool:
        reached = power_at(
            clusters, effect=effect, sd=sd, icc=icc, cluster_size=cluster_size, cv=cv, alpha=alpha
        )
        return reached >= power

    low, high = 1, 2
    while not enough(high):
        low, high = high, high * 2
        if high > _MOST_CLUSTERS:
            raise NotEstimable("power_out_of_reach")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def smallest_effect(
    clusters_per_arm: int,
    *,
    sd: float,
    icc: float,
    cluster_size: float,
    cv: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
    clusters_treatment: int | None = None,
) -> float | None:
    """The smallest difference found with the wanted power, a magnitude in the metric's units.

    None when no difference is: too few clusters for the permutation test to reach alpha. Raises
    what `power_at` raises.
    """
    treatment = clusters_per_arm if clusters_treatment is None else clusters_treatment

    def enough(effect: float) -> bool:
        reached = power_at(
            clusters_per_arm,
            effect=effect,
            sd=sd,
            icc=icc,
            cluster_size=cluster_size,
            cv=cv,
            alpha=alpha,
            clusters_treatment=treatment,
        )
        return reached >= power

    if not enough(sd * 1e9):
        return None
    high = sd * 1e-9
    while not enough(high):
        high *= 4.0
    return _bisect(enough, high / 4.0, high)


def cluster_mean_units(
    *,
    effect: float,
    sd: float,
    icc: float,
    cluster_size: float,
    cv: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
) -> ClusterUnits:
    """Units and clusters per arm for a difference of means; parameters and errors are those of
    `clusters_needed`."""
    clusters = clusters_needed(effect, sd, icc, cluster_size, cv, alpha, power)
    reach = two_sided_z(alpha) + normal_quantile(power)
    individual = 2.0 * (reach * sd / effect) ** 2
    inflation = design_effect(cluster_size, icc, cv)
    return ClusterUnits(individual, inflation, individual * inflation, clusters)


def cluster_conversion_units(
    *,
    baseline: float,
    effect: float,
    icc: float,
    cluster_size: float,
    cv: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
) -> ClusterUnits:
    """Units and clusters per arm for a difference of shares (fractions).

    As for means, with the standard deviation of either arm's share. Raises what
    `clusters_needed` raises and ``power_share_outside``.
    """
    sd = conversion_sd(baseline, effect)
    return cluster_mean_units(
        effect=effect, sd=sd, icc=icc, cluster_size=cluster_size, cv=cv, alpha=alpha, power=power
    )


def conversion_sd(baseline: float, effect: float) -> float:
    """The common standard deviation of units that stands for both arms' shares: the root of the
    mean of p (1 - p). Raises ``power_share_outside``."""
    after = baseline + effect
    if not 0.0 <= baseline <= 1.0 or not 0.0 <= after <= 1.0:
        raise NotEstimable("power_share_outside")
    return math.sqrt((baseline * (1.0 - baseline) + after * (1.0 - after)) / 2.0)


def _can_reach(control: int, treatment: int, alpha: float) -> bool:
    if not is_judged_by_permutation(control, treatment):
        return True
    return smallest_attainable_p(control, treatment) <= alpha


def _check(sd: float, icc: float, cluster_size: float, cv: float) -> None:
    if not sd > 0.0 or not math.isfinite(sd):
        raise NotEstimable("power_sd_not_positive")
    if not 0.0 <= icc <= 1.0:
        raise NotEstimable("power_icc_outside")
    if not (cluster_size >= 1.0 and cv >= 0.0 and math.isfinite(cluster_size * (1.0 + cv * cv))):
        raise NotEstimable("power_cluster_size")


def _t_power(noncentrality: float, df: float, alpha: float) -> float:
    """P(T > critical) of the noncentral t."""
    quantile = t_quantile_two_sided(alpha, df)
    if df >= 1e6:
        return normal_cdf(noncentrality - quantile)
    if noncentrality < 35.0:
        from scipy.special import nctdtr

        return 1.0 - float(nctdtr(df, noncentrality, quantile))
    # scipy's answer is NaN in places from 37 on. Averaged instead over equally likely values of
    # the estimated standard error; at any usual alpha every one of them answers 1.
    from scipy.special import chdtri, ndtr

    parts = [(i + 0.5) / 1_000 for i in range(1_000)]
    return float(ndtr(noncentrality - quantile * (chdtri(df, parts) / df) ** 0.5).mean())


def _bisect(is_enough: Callable[[float], bool], low: float, high: float) -> float:
    """The smallest value that is enough, `high` being so; to nine digits."""
    while high - low > 1e-9 * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
