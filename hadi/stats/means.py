"""Two means compared by Welch's test, with the lift by Fieller's theorem.

Unequal variances are the rule in retail (a good change sells more *and* varies more), so the
pooled t test is not offered. Ratios and adjusted means have the same last step: two values with
their squared errors. It stands here once, as `welch`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from hadi.stats.distributions import log_t_two_sided, p_from_log, t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison, Interval, Lift, Parameter
from hadi.stats.samples import Moments


@dataclass(frozen=True, slots=True)
class ArmValue:
    """What one arm is worth by some method (a mean, a ratio, an adjusted mean), in the metric's
    units, with the squared standard error of that value and its degrees of freedom."""

    n: int
    value: float
    squared_error: float
    df: float


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
    refuse_few(control.n, treatment.n)
    return welch(
        ArmValue(control.n, control.mean, squared_error(control), control.n - 1.0),
        ArmValue(treatment.n, treatment.mean, squared_error(treatment), treatment.n - 1.0),
        difference=control.gap_to(treatment),
        alpha=alpha,
        method="welch_t",
    )


def welch(
    control: ArmValue,
    treatment: ArmValue,
    *,
    difference: float,
    alpha: float,
    method: str,
    parameters: Mapping[str, Parameter] | None = None,
) -> Comparison:
    """Compare two independent values with squared errors of their own.

    Parameters
    ----------
    control, treatment : ArmValue
        Each squared error an estimate with `df` degrees of freedom.
    difference : float
        Treatment minus control. Given apart, because beside values of a thousand million the
        subtraction would lose the digits that matter.
    alpha, method, parameters
        As in `Comparison`.

    Returns
    -------
    Comparison
        As of `compare`: Welch (1938), Satterthwaite (1946, eq. 17), Fieller (1954).

    Raises
    ------
    NotEstimable
        ``no_variation`` or ``numbers_too_large``.
    """
    variance = control.squared_error + treatment.squared_error
    if not math.isfinite(variance) or not math.isfinite(difference):
        raise NotEstimable("numbers_too_large")
    if variance <= 0.0:
        raise NotEstimable("no_variation")
    share0, share1 = control.squared_error / variance, treatment.squared_error / variance
    df = 1.0 / (share0 * share0 / control.df + share1 * share1 / treatment.df)
    error = math.sqrt(variance)
    statistic = difference / error
    quantile = t_quantile_two_sided(alpha, df)
    reach = quantile * error
    p_value, log10_p = p_from_log(log_t_two_sided(statistic, df))
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=control.value,
        treatment=treatment.value,
        estimate=difference,
        interval=Interval(difference - reach, difference + reach, 1.0 - alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(control, treatment, difference, quantile, alpha),
        method=method,
        statistic=statistic,
        df=df,
        standard_error=error,
        parameters=dict(parameters or {}),
    )


def refuse_few(n_control: int, n_treatment: int) -> None:
    """Raise NotEstimable (``control_empty``, ``control_one_unit`` and so on) under two units."""
    for role, n in (("control", n_control), ("treatment", n_treatment)):
        if n < 2:
            raise NotEstimable(f"{role}_one_unit" if n else f"{role}_empty")


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
    found = _fieller(
        numerator / denominator, denominator, numerator_variance, denominator_variance, quantile
    )
    if found is None:
        return None, None
    ratio, (g, reach) = numerator / denominator, found
    return (ratio - reach) / (1.0 - g), (ratio + reach) / (1.0 - g)


def _fieller(
    ratio: float,
    denominator: float,
    numerator_variance: float,
    denominator_variance: float,
    quantile: float,
) -> tuple[float, float] | None:
    """(g, half the width before it is divided by 1 - g); None when g >= 1."""
    relative_reach = quantile * math.sqrt(denominator_variance) / denominator
    g = relative_reach * relative_reach
    if g >= 1.0:
        return None
    inside = (1.0 - g) * numerator_variance + ratio * ratio * denominator_variance
    return g, quantile / abs(denominator) * math.sqrt(inside)


def squared_error(sample: Moments) -> float:
    """Squared standard error of the mean. Spread below the rounding of the mean itself is no
    spread: a column of one repeated value must not turn into a certainty."""
    if not varies(sample):
        return 0.0
    return sample.variance / sample.n


def varies(sample: Moments) -> bool:
    """Whether the values differ by more than the rounding of their own mean; n >= 2."""
    variance = max(sample.variance, 0.0)
    return math.sqrt(variance) > 4.0 * sys.float_info.epsilon * abs(sample.mean)


def _lift(
    control: ArmValue, treatment: ArmValue, difference: float, quantile: float, alpha: float
) -> Lift | None:
    own = t_quantile_two_sided(alpha, control.df)
    if abs(control.value) <= own * math.sqrt(control.squared_error):
        return None
    # With d the difference and c the control: Fieller on (c + d) / c = 1 + d / c, less one. The
    # one is taken away on paper, as it would swallow the digits of a small lift of a large value.
    ratio = difference / control.value
    found = _fieller(
        1.0 + ratio, control.value, treatment.squared_error, control.squared_error, quantile
    )
    low: float | None = None
    high: float | None = None
    if found is not None:
        g, reach = found
        low, high = (ratio + g - reach) / (1.0 - g), (ratio + g + reach) / (1.0 - g)
        if control.value < 0:  # more than the control is positive below zero too
            low, high = -high, -low
    return Lift(difference / abs(control.value), Interval(low, high, 1.0 - alpha))
