"""Can this test succeed? Units needed, power, smallest effect seen, and the likely verdicts.

Planning asks for the effect the team *expects*, apart from the threshold it must reach; see
`hadi.stats.verdict_odds` for why. One function per kind of metric; what they share is described
in `hadi.stats.planning_frame` (`Asked` what may be asked of any of them, `PowerAnswer` the answer).

Raised by all as NotEstimable: ``power_no_effect``, ``power_wrong_direction`` or
``power_out_of_reach`` (nothing needed can be said and no units were planned),
``power_needs_two_arms``; with clusters ``power_icc_outside``, ``power_cluster_size``,
``power_cluster_half`` (only one of size and correlation is given) and, for ranks and quantiles,
``power_cluster_kind``.
"""

from __future__ import annotations

from typing import Unpack

from hadi.stats import planning_kinds as kinds
from hadi.stats.planning_engine import answer
from hadi.stats.planning_frame import Asked, Frame, PowerAnswer
from hadi.stats.power_formulas import (
    conversion_total_units,
    mean_total_units,
    noether_total_units,
    rate_total_units,
)
from hadi.stats.settling import units_to_settle, weeks_to_settle

__all__ = [
    "PowerAnswer",
    "conversion_plan",
    "conversion_total_units",
    "mean_plan",
    "mean_total_units",
    "noether_total_units",
    "quantile_plan",
    "rank_plan",
    "rate_plan",
    "rate_total_units",
    "ratio_plan",
    "units_to_settle",
    "weeks_to_settle",
]


def conversion_plan(*, baseline: float, effect: float, **asked: Unpack[Asked]) -> PowerAnswer:
    """Plan a test of two shares (pooled z; Fisher's exact test where it would decide).

    Parameters
    ----------
    baseline : float
        The control's expected share, a fraction from 0 to 1.
    effect : float
        The expected difference, a fraction: 0.05 is five percentage points. So is the threshold.

    Raises
    ------
    NotEstimable
        ``power_share_outside`` (baseline or baseline + effect is no share).

    Notes
    -----
    The pooled-null formula (Fleiss, Levin & Paik 2003, Statistical Methods for Rates and
    Proportions, eq. 4.14, without continuity correction); where Fisher's test would decide, the
    size is raised until the enumerated power suffices. Clusters: CR2's t on arm shares.
    """
    frame = Frame.of(effect, asked)
    return answer(frame, kinds.conversion_model(baseline, frame))


def mean_plan(*, sd: float, effect: float, **asked: Unpack[Asked]) -> PowerAnswer:
    """Plan a test of two means (Welch's t).

    Parameters
    ----------
    sd : float
        Standard deviation between units, > 0, in the metric's units like effect and threshold.
    effect : float
        The expected difference.

    Raises
    ------
    NotEstimable
        ``power_sd_not_positive``.

    Notes
    -----
    Starts from the noncentral t of equal variances (Cohen 1988, Statistical Power Analysis,
    section 2.4) and corrects for Welch's degrees of freedom, which in small or unequal arms are
    fewer (`verdict_odds.welch_odds`).
    """
    return answer(Frame.of(effect, asked), kinds.mean_model(sd))


def ratio_plan(*, sd: float, effect: float, **asked: Unpack[Asked]) -> PowerAnswer:
    """Plan a test of two ratios of sums, such as revenue per visit with customers randomised.

    Parameters
    ----------
    sd : float
        Standard deviation between units of the linearised value (numerator - R * denominator) /
        mean(denominator), R being the ratio today; > 0.
    effect : float
        The expected difference of the ratios.

    Notes
    -----
    The delta method turns a ratio into the mean of that value (Deng, Knoblich & Lu 2018, KDD,
    section 2), so the plan is a mean's; errors are those of `mean_plan`.
    """
    return mean_plan(sd=sd, effect=effect, **asked)


def rate_plan(
    *, baseline: float, effect: float, exposure: float = 1.0, **asked: Unpack[Asked]
) -> PowerAnswer:
    """Plan a test of two rates of events per exposure (exact conditional test).

    Parameters
    ----------
    baseline : float
        The control's expected rate, events per one of exposure, >= 0.
    effect : float
        The expected difference of the rates.
    exposure : float
        What a unit is exposed to on average, > 0: visits, days, kilometres.

    Raises
    ------
    NotEstimable
        ``power_rate_outside``, ``power_exposure_not_positive``.

    Notes
    -----
    Poisson variance with the pooled null (Gu, Ng, Tang & Schucany 2008, Biometrical Journal 50);
    up to about 600 expected events every outcome of the exact test is enumerated. Events that
    come in bunches need more.
    """
    frame = Frame.of(effect, asked)
    return answer(frame, kinds.rate_model(baseline, exposure, frame))


def rank_plan(*, sd: float, effect: float, **asked: Unpack[Asked]) -> PowerAnswer:
    """Plan a rank test, for a shift of a normal metric.

    Parameters
    ----------
    sd : float
        Standard deviation between units, > 0; of the bulk of them, for ranks ignore how far
        outliers are.
    effect : float
        The expected shift, in the metric's units.

    Raises
    ------
    NotEstimable
        ``power_sd_not_positive``.

    Notes
    -----
    Noether (1987), JASA 82, 645-647, eq. 4, with P(B > A) = Phi(effect / (sd sqrt 2)); small arms
    are simulated with the tests that decide (`planning_small_ranks`).
    """
    return answer(Frame.of(effect, asked), kinds.rank_model(sd))


def quantile_plan(
    *,
    sd: float,
    effect: float,
    q: float = 0.5,
    baseline: float | None = None,
    shape: str = kinds.NORMAL,
    **asked: Unpack[Asked],
) -> PowerAnswer:
    """Plan a test of two quantiles, the treatment's values being shifted.

    Parameters
    ----------
    sd : float
        Standard deviation between units, > 0.
    effect : float
        The expected shift, in the metric's units.
    q : float
        Which quantile, 0 < q < 1.
    baseline : float, optional
        The quantile's value today, > 0; a lognormal shape needs it.
    shape : str
        ``normal``, or ``lognormal`` for values above zero with a long tail (amounts, times).

    Raises
    ------
    NotEstimable
        ``power_sd_not_positive``, ``power_q_outside``, ``power_lognormal_baseline``.

    Notes
    -----
    Asymptotic variance q (1 - q) / (n f(x_q)^2) with f the density of the shape (Serfling 1980,
    Approximation Theorems, section 2.3.3); small arms are simulated (`planning_simulation`).
    """
    model = kinds.quantile_model(sd, q, baseline, shape)
    return answer(Frame.of(effect, asked), model)
