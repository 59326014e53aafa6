"""Two arms of randomised clusters (stores, sellers) compared; their units are no evidence apart.

Customers of one store resemble each other, and the whole store was given the change. A test of
the customers would count every one of them and find effects that are not there; here the clusters
count. Everything is computed from their sums (sizes, totals, squared deviations within).
"""

from __future__ import annotations

import math

import numpy as np

from hadi.stats import means
from hadi.stats.arrays import Clusters
from hadi.stats.cluster_power import design_effect, is_judged_by_permutation
from hadi.stats.cluster_variance import ArmSums, arms_of, satterthwaite_df
from hadi.stats.distributions import log_t_two_sided, p_from_log, t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.permutation import SEED, Permutation, permute
from hadi.stats.results import Comparison, Interval, Lift, Parameter
from hadi.stats.samples import Moments
from hadi.stats.wild_bootstrap import Bootstrap, wild_bootstrap

__all__ = ["cluster_means", "compare", "design_effect", "icc", "naive"]

# Beside the deciding test up to so many clusters in all; with more the t is as good.
MOST_PERMUTED = 40
MOST_BOOTSTRAPPED = 30

# A cluster with more than half of its arm: CR2's t then claims 7 % to 10 % of nothing (simulated
# at six to twenty-four clusters), and the permutation decides. Beyond 90 % the interval would
# claim more than 20 %, and there is no answer: the arm is that one cluster.
DOMINANT_SHARE = 0.5
GIANT_SHARE = 0.9


def compare(control: Clusters, treatment: Clusters, *, alpha: float) -> Comparison:
    """Compare the values of two arms whose clusters were randomised whole.

    Parameters
    ----------
    control, treatment : Clusters
        Sums of each cluster; no cluster is in both arms.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        `n_control` and `n_treatment` count clusters. An arm's value is sum(totals) / sum(sizes);
        ``estimate`` is their difference, as of ordinary least squares of the units on the arm.
        ``standard_error`` is CR2 and ``df`` Satterthwaite's (Bell & McCaffrey 2002, Survey
        Methodology 28, 169-181; the sums are derived in `cluster_variance`); ``interval`` and,
        by method ``cluster_cr2_t``, ``p_value`` are of Student's t with them. ``lift`` is
        Fieller's, each arm's value with its own CR2 error; None when the control's own
        interval holds 0.

        With under five clusters in an arm (and so whenever under ten in all), or with one that
        holds over half of its arm's size, ``p_value`` is the permutation test's and the method
        ``cluster_permutation``. The interval stays CR2's, as
        do ``statistic`` and ``df``: on so few degrees of freedom it is wide enough not to
        promise more than the permutation, and inverting the permutation gives no interval at
        all where its smallest p exceeds alpha. An effect is called real where both agree.

        ``parameters``: see `_parameters`.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``; ``control_one_cluster``,
        ``treatment_one_cluster`` (no degree of freedom); ``control_giant_cluster``,
        ``treatment_giant_cluster`` (one holds over 90 % of its arm's size); ``no_variation`` (in
        either arm all clusters have one value); ``numbers_too_large``.

    Notes
    -----
    Where `sizes` is the denominator of a ratio or the exposure of a rate, the same algebra is
    weighted least squares of the clusters' quotients totals / sizes on the arm, with weights
    `sizes` and the working model Var(quotient of g) = sigma^2 / size_g: a denominator's unit
    stands where the single unit stands otherwise. The variance is robust to that model being
    wrong; the degrees of freedom and the correction of CR2 rest on it.
    """
    _refuse_few(control, treatment)
    arms = arms_of(control, treatment)
    _refuse_giants(arms)
    df = satterthwaite_df(*arms)
    difference = arms[1].gap - arms[0].gap
    error = math.sqrt(arms[0].squared_error + arms[1].squared_error)
    statistic = difference / error
    log_p = log_t_two_sided(statistic, df)
    with np.errstate(all="ignore"):  # by-products of extreme numbers are None, not warnings
        permutation = _permutation(arms)
        parameters = _parameters(control, treatment, arms, log_p, permutation, alpha)
    quantile = t_quantile_two_sided(alpha, df)
    method, (p_value, log10_p) = "cluster_cr2_t", p_from_log(log_p)
    if permutation is not None and _is_judged_by_permutation(arms):
        method, p_value = "cluster_permutation", permutation.p_value
        log10_p = math.log10(p_value)
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=arms[0].value,
        treatment=arms[1].value,
        estimate=difference,
        interval=_around(difference, quantile * error, alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(arms, difference, quantile, alpha),
        method=method,
        statistic=statistic,
        df=df,
        standard_error=error,
        parameters=parameters,
    )


def naive(control: Clusters, treatment: Clusters, *, alpha: float) -> Comparison:
    """What Welch's test of the single units would claim, wrongly, of randomised clusters.

    For the warning beside the right answer. Method ``welch_t``; `n_control` and `n_treatment`
    count units. Raises NotEstimable ``no_unit_values`` where units have no value of their own (a
    ratio, a rate), and what `means.compare` raises.
    """
    if control.within is None or treatment.within is None:
        raise NotEstimable("no_unit_values")
    for role, arm in (("control", control), ("treatment", treatment)):
        if not arm.n:
            raise NotEstimable(f"{role}_empty")
    return means.compare(_moments(control), _moments(treatment), alpha=alpha)


def cluster_means(control: Clusters, treatment: Clusters, *, alpha: float) -> Comparison:
    """Compare the plain averages of the clusters' own values, every cluster counting alike.

    Student's t with the pooled variance of the cluster values and G - 2 degrees of freedom
    (Donner & Klar 2000, Design and Analysis of Cluster Randomization Trials, section 7.2). It
    asks about the average cluster, `compare` about the average unit: where large clusters respond
    otherwise than small ones the two differ, and neither is wrong. Method ``cluster_means_t``;
    no lift. Raises what `compare` raises.
    """
    _refuse_few(control, treatment)
    first, second = Moments.of(control.means.tolist()), Moments.of(treatment.means.tolist())
    df = control.n + treatment.n - 2.0
    with np.errstate(all="ignore"):
        variance = (first.m2 + second.m2) / df * (1.0 / first.n + 1.0 / second.n)
    difference = first.gap_to(second)
    if not math.isfinite(variance) or not math.isfinite(difference):
        raise NotEstimable("numbers_too_large")
    if not means.varies(first) and not means.varies(second):
        raise NotEstimable("no_variation")
    error = math.sqrt(variance)
    p_value, log10_p = p_from_log(log_t_two_sided(difference / error, df))
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=first.mean,
        treatment=second.mean,
        estimate=difference,
        interval=_around(difference, t_quantile_two_sided(alpha, df) * error, alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=None,
        method="cluster_means_t",
        statistic=difference / error,
        df=df,
        standard_error=error,
    )


def icc(control: Clusters, treatment: Clusters) -> float | None:
    """Intracluster correlation of the units, pooled within the arms.

    The analysis-of-variance estimator (Donner & Klar 2000, section 1.4; Donner & Koval 1980,
    Biometrics 36, 19-25): (MSB - MSW) / (MSB + (m0 - 1) MSW), as it comes: below 0 where clusters
    differ less than chance would have them. None where units have no value of their own (a
    ratio, a rate), where every cluster is one unit, or where nothing varies.
    """
    if control.within is None or treatment.within is None:
        return None
    arms = (control, treatment)
    units = sum(float(arm.sizes.sum()) for arm in arms)
    count = control.n + treatment.n
    if count <= 2 or units <= count:
        return None
    with np.errstate(all="ignore"):
        between = sum(_between(arm) for arm in arms) / (count - 2)
        within = float(control.within.sum() + treatment.within.sum()) / (units - count)
        squares = sum(float((arm.sizes**2).sum() / arm.sizes.sum()) for arm in arms)
    usual_size = (units - squares) / (count - 2)
    whole = between + (usual_size - 1.0) * within
    return (between - within) / whole if 0.0 < whole < math.inf else None


def _parameters(
    control: Clusters,
    treatment: Clusters,
    arms: tuple[ArmSums, ArmSums],
    log_cr2_p: float,
    permutation: Permutation | None,
    alpha: float,
) -> dict[str, Parameter]:
    """By-products, by name; None where one has no answer.

    ``clusters`` in all; ``units``; ``cr2_p`` (also when the permutation decides);
    ``permutation_p``, ``permutation_assignments``, ``permutation_exact``, ``smallest_p`` (up to
    40 clusters, and whenever it decides); ``bootstrap_p``, ``bootstrap_weights``,
    ``bootstrap_draws``, ``bootstrap_exact`` (up to 30 clusters); ``seed`` of what was drawn;
    ``largest_share`` of a cluster in its arm's size; ``cluster_means_estimate``,
    ``cluster_means_p``; ``icc``; ``size_cv``, the relative standard deviation of the clusters'
    units; ``design_effect`` (an icc below 0 taken as 0); ``naive_p`` and ``naive_log10_p``, of
    the units.
    """
    count = control.n + treatment.n
    bootstrap = None
    if count <= MOST_BOOTSTRAPPED:
        bootstrap = wild_bootstrap(*_both(arms), n_control=control.n)
    similarity = icc(control, treatment)
    units = np.concatenate((control.units, treatment.units))
    size_cv = float(units.std() / units.mean()) if units.sum() > 0.0 else None
    inflation = None
    if similarity is not None and size_cv is not None:
        inflation = design_effect(float(units.mean()), max(similarity, 0.0), size_cv)
    return {
        "clusters": count,
        "units": float(units.sum()),
        "largest_share": max(arm.largest_share for arm in arms),
        "cr2_p": p_from_log(log_cr2_p)[0],
        **_permutation_parameters(permutation),
        **_bootstrap_parameters(bootstrap),
        "seed": _seed_used(permutation, bootstrap),
        **_other_tests(control, treatment, alpha),
        "icc": similarity,
        "size_cv": size_cv,
        "design_effect": inflation,
    }


def _permutation_parameters(found: Permutation | None) -> dict[str, Parameter]:
    return {
        "permutation_p": found.p_value if found else None,
        "permutation_assignments": found.assignments if found else None,
        "permutation_exact": found.is_exact if found else None,
        "smallest_p": found.smallest_p if found else None,
    }


def _bootstrap_parameters(found: Bootstrap | None) -> dict[str, Parameter]:
    return {
        "bootstrap_p": found.p_value if found else None,
        "bootstrap_weights": found.weights if found else None,
        "bootstrap_draws": found.draws if found else None,
        "bootstrap_exact": found.is_exact if found else None,
    }


def _seed_used(*found: Permutation | Bootstrap | None) -> int | None:
    return SEED if any(one is not None and not one.is_exact for one in found) else None


def _other_tests(control: Clusters, treatment: Clusters, alpha: float) -> dict[str, Parameter]:
    """The test of the cluster values and, for the warning, that of the units."""
    answer: dict[str, Parameter] = dict.fromkeys(
        ("cluster_means_estimate", "cluster_means_p", "naive_p", "naive_log10_p")
    )
    try:
        averages = cluster_means(control, treatment, alpha=alpha)
        answer["cluster_means_estimate"] = averages.estimate
        answer["cluster_means_p"] = averages.p_value
    except NotEstimable:
        pass
    try:
        single = naive(control, treatment, alpha=alpha)
        answer["naive_p"], answer["naive_log10_p"] = single.p_value, single.log10_p
    except NotEstimable:
        pass
    return answer


def _permutation(arms: tuple[ArmSums, ArmSums]) -> Permutation | None:
    if arms[0].n + arms[1].n > MOST_PERMUTED and not _is_judged_by_permutation(arms):
        return None
    return permute(*_both(arms), n_control=arms[0].n)


def _is_judged_by_permutation(arms: tuple[ArmSums, ArmSums]) -> bool:
    is_dominated = any(arm.largest_share > DOMINANT_SHARE for arm in arms)
    return is_dominated or is_judged_by_permutation(arms[0].n, arms[1].n)


def _both(arms: tuple[ArmSums, ArmSums]) -> tuple[np.ndarray, np.ndarray]:
    """(totals from the common centre, sizes) of all clusters, the control's first."""
    control, treatment = arms
    totals = np.concatenate((control.deviations, treatment.deviations))
    return totals, np.concatenate((control.sizes, treatment.sizes))


def _refuse_few(control: Clusters, treatment: Clusters) -> None:
    for role, arm in (("control", control), ("treatment", treatment)):
        if arm.n < 2:
            raise NotEstimable(f"{role}_one_cluster" if arm.n else f"{role}_empty")


def _refuse_giants(arms: tuple[ArmSums, ArmSums]) -> None:
    for role, arm in zip(("control", "treatment"), arms, strict=True):
        if arm.largest_share > GIANT_SHARE:
            raise NotEstimable(f"{role}_giant_cluster")


def _around(difference: float, reach: float, alpha: float) -> Interval:
    return Interval(difference - reach, difference + reach, 1.0 - alpha)


def _lift(
    arms: tuple[ArmSums, ArmSums], difference: float, quantile: float, alpha: float
) -> Lift | None:
    control, treatment = arms
    own = t_quantile_two_sided(alpha, 1.0 / control.inverse_df)
    if abs(control.value) <= own * math.sqrt(control.squared_error):
        return None
    low, high = means.fieller(
        treatment.value,
        control.value,
        treatment.squared_error,
        control.squared_error,
        quantile,
    )
    if control.value > 0.0:
        low, high = (None if end is None else end - 1.0 for end in (low, high))
    else:  # more than the control is positive below zero too
        low, high = (None if end is None else 1.0 - end for end in (high, low))
    return Lift(difference / abs(control.value), Interval(low, high, 1.0 - alpha))


def _moments(arm: Clusters) -> Moments:
    """All units of an arm: the squares within clusters and those between them."""
    assert arm.within is not None
    with np.errstate(all="ignore"):
        m2 = float(arm.within.sum()) + _between(arm)
    return Moments(round(float(arm.sizes.sum())), arm.value, m2)


def _between(arm: Clusters) -> float:
    """Sum over the units of (cluster mean - arm value)^2."""
    return float((arm.sizes * (arm.means - arm.value) ** 2).sum())
