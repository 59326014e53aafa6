"""Two arms compared by ranks: what one huge basket, or a scale of one to five, cannot distort.

Three questions have three answers here, and they may differ: by how much the units of one arm
exceed those of the other (the Hodges-Lehmann shift), how often they do (P(B > A)), and whether
that is chance (Brunner & Munzel). None assumes that the arms vary alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hadi.stats.distributions import (
    log_normal_two_sided,
    log_t_two_sided,
    p_from_log,
    t_quantile_two_sided,
    two_sided_z,
)
from hadi.stats.errors import NotEstimable
from hadi.stats.hodges_lehmann import PairwiseDifferences, below_and_upto
from hadi.stats.quantiles import outer_ranks, quantile, value_at
from hadi.stats.rank_permutation import is_small, studentised_p
from hadi.stats.results import Comparison, Interval, Lift, Parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hadi.stats.arrays import Distribution

EXACT_UNITS = 50  # both arms together; their counts of arrangements fit 64 bits


def compare(control: Distribution, treatment: Distribution, *, alpha: float) -> Comparison:
    """Compare two arms by ranks.

    Parameters
    ----------
    control, treatment : Distribution
        The units that have a value; all values finite. Ties are exact, however many.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        ``estimate`` is the Hodges-Lehmann (1963, Annals of Mathematical Statistics 34) shift, the
        median of all differences treatment - control, in the metric's units; ``control`` and
        ``treatment`` are the arms' own medians, whose difference need not be the shift.

        ``interval`` inverts the rank test (Moses; Lehmann 1975, Nonparametrics, section 2.3): the
        differences of rank M (1/2 -+ z s), rounded outwards, of all M. The error s of P(B > A) is
        Brunner & Munzel's after the treatment is moved back by the shift, not Mann & Whitney's,
        which would be too small or too large where the arms vary unequally; with arms that vary
        alike the ranks are those of the exact tables. The ends are None where there are too few
        pairs for them. ``standard_error`` is the interval's width over 2 z
        (Lehmann 1963, Annals of Mathematical Statistics 34), None where the interval has no width.

        ``p_value`` is Brunner & Munzel's (2000, Biometrical Journal 42, eq. 4.1 and 4.7) with
        Student's approximation; ``method`` is ``hodges_lehmann_brunner_munzel``. It may promise
        more than any arrangement of so few units can show, and is infinite where every unit of
        one arm exceeds every unit of the other: then the smallest two-sided p of a permutation
        test, 2 / choose(n0 + n1, n0), takes its place as ``hodges_lehmann_permutation``. With up
        to 20,000 arrangements of the units (eight an arm) all of them are looked at, and the p of
        that method is the studentised permutation's (`rank_permutation`).

        ``lift`` is the shift over |control median| with the ends of the shift's interval over it
        too, as for a change quoted in percent of a known level; None unless the interval of the
        control median by order statistics excludes 0.

        ``parameters``: ``superiority`` is P(B > A) + P(B = A)/2 with ``superiority_se`` and, on
        the logit scale, ``superiority_low`` and ``superiority_high``; ``mann_whitney_u`` (of the
        treatment), ``mann_whitney_p`` (corrected for ties, no continuity correction; exact where
        ``mann_whitney_exact``: up to 50 units without ties); ``brunner_munzel_p`` (None where
        infinite or too small for a float); ``smallest_p``, the smallest a permutation test can
        give; ``tied_pairs``, the share of pairs with B = A.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``,
        ``no_variation`` (all values of each arm are equal) or ``numbers_too_large``.
    """
    _refuse_undefined(control, treatment)
    ranks = _ranks(control, treatment)
    log_floor = _log_smallest_p(control.n, treatment.n)
    log_p, statistic = -math.inf, None
    if ranks.error > 0.0:
        statistic = (ranks.superiority - 0.5) / ranks.error
        log_p = log_t_two_sided(statistic, ranks.df)
    is_exact = is_small(control.n, treatment.n)
    exact = math.log(studentised_p(control, treatment)) if is_exact else -math.inf
    deciding = exact if is_exact else max(log_p, log_floor)
    p_value, log10_p = p_from_log(deciding)
    pairs = PairwiseDifferences(control, treatment)
    shift = pairs.median
    aligned = _ranks(control, treatment, shift)
    z = two_sided_z(alpha)
    low, high = _ends(pairs, z * aligned.error if log_floor <= math.log(alpha) else 0.5)
    error = None
    if low is not None and high is not None and high > low:
        error = (high - low) / (2.0 * z)
    centre0, centre1 = quantile(control, 0.5), quantile(treatment, 0.5)
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=centre0,
        treatment=centre1,
        estimate=shift,
        interval=Interval(low, high, 1.0 - alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(control, centre0, shift, low, high, alpha),
        method=_METHODS[is_exact or log_p < log_floor],
        statistic=statistic,
        df=aligned.df if statistic is None else ranks.df,
        standard_error=error,
        parameters={
            **_superiority(ranks, control.n, treatment.n, alpha),
            **_mann_whitney(ranks, control.n, treatment.n),
            "brunner_munzel_p": None if statistic is None else p_from_log(log_p)[0],
            "smallest_p": p_from_log(log_floor)[0],
            "tied_pairs": ranks.tied_pairs,
        },
    )


_METHODS = {False: "hodges_lehmann_brunner_munzel", True: "hodges_lehmann_permutation"}


@dataclass(frozen=True, slots=True)
class _Ranks:
    """`superiority` = P(B > A) + P(B = A)/2 with its standard error and degrees of freedom,
    `wins` = Mann & Whitney's U of the treatment, `tie_sum` = sum of t^3 - t over tied groups."""

    superiority: float
    error: float
    df: float
    wins: float
    tied_pairs: float
    tie_sum: float


def _ranks(control: Distribution, treatment: Distribution, shift: float = 0.0) -> _Ranks:
    """From each unit's placement: the share of the other arm below it, ties counting half."""
    n0, n1 = control.n, treatment.n
    below, upto = below_and_upto(control.values, treatment.values, -shift)
    lower = np.concatenate((np.zeros(1), np.cumsum(control.counts, dtype=np.float64)))
    tied = lower[upto] - lower[below]
    placed1 = (lower[below] + 0.5 * tied) / n0
    counts0, counts1 = control.counts.astype(np.float64), treatment.counts.astype(np.float64)
    superiority = float(counts1 @ placed1) / n1
    # A control value lies above the treatment's values that have no more control values below
    # them than stand before it: counting those serves the control without a second search.
    size = control.values.size
    above = np.cumsum(np.bincount(upto, weights=counts1, minlength=size + 1))[:size]
    above += np.cumsum(np.bincount(below, weights=counts1, minlength=size + 1))[:size]
    placed0 = 1.0 - above / (2.0 * n1)
    part0 = float(counts0 @ (placed0 - superiority) ** 2) / (n0 - 1) / n0
    part1 = float(counts1 @ (placed1 - superiority) ** 2) / (n1 - 1) / n1
    variance = part0 + part1
    df = float(n0 + n1 - 2)
    if variance > 0.0:
        share0, share1 = part0 / variance, part1 / variance
        df = 1.0 / (share0 * share0 / (n0 - 1) + share1 * share1 / (n1 - 1))
    alone = np.ones(size, dtype=bool)
    alone[below[upto > below]] = False
    groups = np.concatenate((counts1 + tied, counts0[alone]))
    return _Ranks(
        superiority=superiority,
        error=math.sqrt(variance),
        df=df,
        wins=superiority * n0 * n1,
        tied_pairs=float(counts1 @ tied) / n0 / n1,
        tie_sum=float(((groups - 1.0) * groups * (groups + 1.0)).sum()),
    )


def _refuse_undefined(control: Distribution, treatment: Distribution) -> None:
    for role, arm in (("control", control), ("treatment", treatment)):
        if arm.n < 2:
            raise NotEstimable(f"{role}_one_unit" if arm.n else f"{role}_empty")
    if control.values.size == treatment.values.size == 1:
        raise NotEstimable("no_variation")
    furthest = (
        float(treatment.values[-1]) - float(control.values[0]),
        float(control.values[-1]) - float(treatment.values[0]),
    )
    if not all(math.isfinite(2.0 * gap) for gap in furthest):
        raise NotEstimable("numbers_too_large")


def _log_smallest_p(n0: int, n1: int) -> float:
    """Of a two-sided permutation test: 2 / choose(n0 + n1, n0)."""
    arrangements = math.lgamma(n0 + n1 + 1.0) - math.lgamma(n0 + 1.0) - math.lgamma(n1 + 1.0)
    return min(math.log(2.0) - arrangements, 0.0)


def _ends(pairs: PairwiseDifferences, reach: float) -> tuple[float | None, float | None]:
    rank = math.floor(pairs.pairs * (0.5 - reach))
    if rank < 1:
        return None, None
    last = pairs.pairs + 1 - rank
    return pairs.at(rank, rank)[0], pairs.at(last, last)[0]


def _superiority(ranks: _Ranks, n0: int, n1: int, alpha: float) -> dict[str, Parameter]:
    """Its interval on the logit scale, where it cannot leave 0 to 1. Where every unit of one arm
    exceeds every unit of the other: the exact limit of min(n0, n1) pairs with no unit in common,
    all of which went one way."""
    p = ranks.superiority
    low, high = 0.0, 1.0
    if ranks.error > 0.0:
        reach = t_quantile_two_sided(alpha, ranks.df) * ranks.error / (p * (1.0 - p))
        logit = math.log(p / (1.0 - p))
        low, high = _logistic(logit - reach), _logistic(logit + reach)
    elif p > 0.5:
        low = (alpha / 2.0) ** (1.0 / min(n0, n1))
    else:
        high = 1.0 - (alpha / 2.0) ** (1.0 / min(n0, n1))
    return {
        "superiority": p,
        "superiority_low": low,
        "superiority_high": high,
        "superiority_se": ranks.error if ranks.error > 0.0 else None,
    }


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def _mann_whitney(ranks: _Ranks, n0: int, n1: int) -> dict[str, Parameter]:
    """Mann & Whitney (1947), Annals of Mathematical Statistics 18; the variance with ties by
    Lehmann (1975), eq. 1.36."""
    is_exact = n0 + n1 <= EXACT_UNITS and ranks.tie_sum == 0.0
    if is_exact:
        ways = arrangements(n0, n1)
        rarer = min(round(ranks.wins), n0 * n1 - round(ranks.wins))
        p: float | None = min(2.0 * float(ways[: rarer + 1].sum()) / float(ways.sum()), 1.0)
    else:
        total = float(n0 + n1)
        variance = n0 / 12.0 * n1 * (total + 1.0 - ranks.tie_sum / total / (total - 1.0))
        deviation = (ranks.superiority - 0.5) * n0 * n1
        p = p_from_log(log_normal_two_sided(deviation / math.sqrt(variance)))[0]
    return {"mann_whitney_u": ranks.wins, "mann_whitney_p": p, "mann_whitney_exact": is_exact}


def arrangements(n0: int, n1: int) -> NDArray[np.int64]:
    """In how many orders of n0 + n1 <= 50 units without ties U is 0, 1, ..., n0 n1 (int64).

    The coefficients of the Gaussian binomial, factor by factor (Mann & Whitney 1947, eq. 3).
    """
    ways = np.zeros(n0 * n1 + 1, dtype=np.int64)
    ways[0] = 1
    for i in range(1, n0 + 1):
        k = n1 + i
        if k < ways.size:
            ways[k:] = ways[k:] - ways[:-k]
        for start in range(i, ways.size, i):  # divide by 1 - x^i
            stretch = ways[start : start + i]
            stretch += ways[start - i : start - i + stretch.size]
    return ways


def _lift(
    control: Distribution,
    centre: float,
    shift: float,
    low: float | None,
    high: float | None,
    alpha: float,
) -> Lift | None:
    first, last = outer_ranks(control.n, 0.5, two_sided_z(alpha))
    if first < 1 or value_at(control, first) <= 0.0 <= value_at(control, last):
        return None
    scale = abs(centre)
    lower = None if low is None else low / scale
    upper = None if high is None else high / scale
    return Lift(shift / scale, Interval(lower, upper, 1.0 - alpha))
