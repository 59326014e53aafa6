"""Two means compared by Welch's test, with the lift by Fieller's theorem.

Unequal variances are the rule in retail (a good change sells more *and* varies more), so the
pooled t test is not offered.
"""

from __future__ import annotations

import math
import sys

from hadi.stats.distributions import log_t_two_sided, p_from_log, t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison, Interval, Lift
from hadi.stats.samples import Moments


def compare(control: Moments, treatment: Moments, *, alpha: float) -> Comparison:
    """Compare two means.

    Parameters
    ----------
    control, treatment : Moments
        Count, mean and sum of squared deviations of the units that have a value.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        ``estimate`` is treatment minus control in the metric's units; ``interval`` and ``p_value``
        are Welch's (1938, Biometrika 29) with the degrees of freedom of Satterthwaite (1946,
        Biometrics Bulletin 2, eq. 17); ``method`` is ``welch_t``. ``lift`` is the difference over
        |control mean| with the interval of Fieller (1954, JRSS B 16); its unbounded ends are None,
        and it is None itself when the control's own interval holds 0.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``,
        ``no_variation`` (all values of each arm are equal) or ``numbers_too_large``.
    """
    for role, arm in (("control", control), ("treatment", treatment)):
        if arm.n < 2:
            raise NotEstimable(f"{role}_one_unit" if arm.n else f"{role}_empty")
    error0, error1 = _squared_error(control), _squared_error(treatment)
    variance = error0 + error1
    difference = control.gap_to(treatment)
    if not math.isfinite(variance) or not math.isfinite(difference):
        raise NotEstimable("numbers_too_large")
    if variance <= 0.0:
        raise NotEstimable("no_variation")
    share0, share1 = error0 / variance, error1 / variance
    df = 1.0 / (share0 * share0 / (control.n - 1) + share1 * share1 / (treatment.n - 1))
    error = math.sqrt(variance)
    statistic = difference / error
    quantile = t_quantile_two_sided(alpha, df)
    reach = quantile * error
    p_value, log10_p = p_from_log(log_t_two_sided(statistic, df))
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=control.mean,
        treatment=treatment.mean,
        estimate=difference,
        interval=Interval(difference - reach, difference + reach, 1.0 - alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(control, treatment, quantile, alpha),
        method="welch_t",
        statistic=statistic,
        df=df,
        standard_error=error,
    )


def fieller(
    numerator: float,
    denominator: float,
    numerator_variance: float,
    denominator_variance: float,
    quantile: float,
) -> tuple[float | None, float | None]:
    """Fieller's interval of a ratio of two independent estimates.

    Parameters
    ----------
    numerator, denominator : float
        The two estimates; the denominator is not 0.
    numerator_variance, denominator_variance : float
        Squared standard errors.
    quantile : float
        The two-sided quantile, e.g. 1.96.

    Returns
    -------
    tuple of float or None
        (low, high). Both None when g >= 1: the ratios not excluded then are the whole line or all
        but a stretch of it, which no interval with two ends can say.
        Fieller (1954), JRSS B 16, 175-185, eq. 12.
    """
    relative_reach = quantile * math.sqrt(denominator_variance) / denominator
    g = relative_reach * relative_reach
    if g >= 1.0:
        return None, None
    ratio = numerator / denominator
    inside = (1.0 - g) * numerator_variance + ratio * ratio * denominator_variance
    reach = quantile / abs(denominator) * math.sqrt(inside)
    return (ratio - reach) / (1.0 - g), (ratio + reach) / (1.0 - g)


def _squared_error(sample: Moments) -> float:
    """Squared standard error of the mean. Spread below the rounding of the mean itself is no
    spread: a column of one repeated value must not turn into a certainty."""
    variance = max(sample.variance, 0.0)
    if math.sqrt(variance) <= 4.0 * sys.float_info.epsilon * abs(sample.mean):
        return 0.0
    return variance / sample.n


def _lift(control: Moments, treatment: Moments, quantile: float, alpha: float) -> Lift | None:
    error0 = _squared_error(control)
    own = t_quantile_two_sided(alpha, control.n - 1)
    if abs(control.mean) <= own * math.sqrt(error0):
        return None
    # With d the difference and c the control: Fieller on (c + d) / c, less one, signed so that
    # more than the control is positive even where the control is below zero.
    ends = fieller(treatment.mean, control.mean, _squared_error(treatment), error0, quantile)
    if control.mean > 0:
        low, high = (None if end is None else end - 1.0 for end in ends)
    else:
        high, low = (None if end is None else 1.0 - end for end in ends)
    estimate = control.gap_to(treatment) / abs(control.mean)
    return Lift(estimate, Interval(low, high, 1.0 - alpha))
