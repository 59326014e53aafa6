"""Answers that stay true however often one looks: confidence sequences and always-valid p-values.

People open a running test every morning. A fixed 95 % interval looked at daily is wrong far more
often than 5 % of the time; these intervals hold at all looks together, at the price of width.
Only the standard library is needed, since `hadi check --looks anytime` must start fast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from hadi.stats.distributions import (
    log_normal_two_sided,
    log_t_two_sided,
    p_from_log,
    t_quantile_two_sided,
    two_sided_z,
)
from hadi.stats.errors import NotEstimable
from hadi.stats.group_sequential import boundaries, nominal_alpha
from hadi.stats.results import Comparison, Interval, Lift

__all__ = [
    "DEFAULT_TUNING",
    "ConfidenceSequence",
    "MixtureTest",
    "always_valid",
    "boundaries",
    "confidence_sequence",
    "equivalent_alpha",
    "msprt",
    "nominal_alpha",
    "rho",
    "running",
]

DEFAULT_TUNING = 5000.0  # units of both arms together, where the plan names no number
SMALL_DF = 30.0  # below it Student's deviate is taken instead of the normal one
_SMALLEST_ALPHA = 1e-100  # beyond it quantiles of Student's distribution leave the floats


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """One look of a confidence sequence. `p_value` is None where it underflows."""

    interval: Interval
    half_width: float
    p_value: float | None
    log10_p: float
    rho: float


@dataclass(frozen=True, slots=True)
class MixtureTest:
    """A mixture sequential probability ratio test. `p_value` is None where it underflows."""

    log_likelihood_ratio: float
    p_value: float | None
    log10_p: float
    half_width: float


def rho(alpha: float, tuning: float) -> float:
    """The mixing parameter under which the sequence is narrowest at `tuning` units.

    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Annals of Statistics 52, 2613-2640,
    appendix on tuning: rho^2 = (-2 log alpha + log(1 - 2 log alpha)) / tuning.
    """
    if not 0.0 < alpha < 1.0 or not tuning > 0.0:
        raise ValueError(f"alpha {alpha} of 0..1, tuning {tuning} > 0")
    twice = -2.0 * math.log(alpha)
    return math.sqrt((twice + math.log1p(twice)) / tuning)


def confidence_sequence(
    estimate: float,
    standard_error: float,
    n: int,
    *,
    alpha: float,
    tuning: float = DEFAULT_TUNING,
) -> ConfidenceSequence:
    """The interval and p-value of one look, valid at all looks together.

    Parameters
    ----------
    estimate, standard_error : float
        The estimate so far and its standard error (> 0), in the same units.
    n : int
        Units seen so far, both arms together, > 0.
    alpha : float
        Two-sided error over all looks, 0 < alpha < 1.
    tuning : float
        Units (both arms) at which the sequence is to be narrowest.

    Returns
    -------
    ConfidenceSequence
        ``interval`` is estimate -/+ ``half_width``. ``p_value`` is the smallest alpha whose
        sequence, at this rho, leaves 0 out; at most 1.

    Raises
    ------
    NotEstimable
        ``anytime_no_error`` when the standard error is 0 or no number.

    Notes
    -----
    The asymptotic confidence sequence of Waudby-Smith et al. (2024), Annals of Statistics 52,
    2613-2640, theorem 2.2, with the normal mixture of Robbins (1970), Annals of Mathematical
    Statistics 41, 1397-1409: error * sqrt(2 (v + 1) / v * log(sqrt(v + 1) / alpha)), where
    v = n rho^2.
    """
    if not (math.isfinite(standard_error) and standard_error > 0.0):
        raise NotEstimable("anytime_no_error")
    mixing = rho(alpha, tuning)
    half = standard_error * _multiplier(n, alpha, mixing)
    p_value, log10_p = p_from_log(_log_p(estimate / standard_error, n, mixing))
    interval = Interval(estimate - half, estimate + half, 1.0 - alpha)
    return ConfidenceSequence(interval, half, p_value, log10_p, mixing)


def equivalent_alpha(n: int, *, alpha: float, tuning: float = DEFAULT_TUNING) -> float:
    """The two-sided alpha whose fixed normal interval is as wide as the sequence's at `n` units.

    A method compared at it gives what the sequence alone cannot: the lift's interval, and an
    interval where there is no standard error. Never below 1e-100, where quantiles end: with a
    handful of units against a large `tuning` such an interval is narrower than the sequence, and
    still far too wide to decide anything.
    """
    multiplier = _multiplier(n, alpha, rho(alpha, tuning))
    return max(math.exp(log_normal_two_sided(multiplier)), _SMALLEST_ALPHA)


def always_valid(
    comparison: Comparison,
    *,
    alpha: float,
    tuning: float = DEFAULT_TUNING,
    widened: Comparison | None = None,
    n: int | None = None,
) -> Comparison:
    """A comparison turned into one look of a sequence: its interval, p-value and lift replaced.

    Parameters
    ----------
    comparison : Comparison
        Of the units seen so far, by any method.
    alpha : float
        Two-sided error over all looks, 0 < alpha < 1.
    tuning : float
        Units (both arms) at which the sequence is to be narrowest.
    widened : Comparison, optional
        The same arms compared at `equivalent_alpha`. The lift comes from it, and the interval too
        where the method has no standard error. Without it there is no lift.
    n : int, optional
        Randomised units so far where the arms' counts are not those: clusters in a cluster design,
        on the same scale as `tuning`.

    Returns
    -------
    Comparison
        ``method`` ends in ``_anytime``; ``parameters`` keeps the method's own and adds ``rho``,
        ``tuning`` and ``fixed_p`` (the p-value that holds for a single look only). With a standard
        error, interval and p-value are `confidence_sequence`'s; with fewer than 30 degrees of
        freedom Student's tail is turned into a normal deviate first, since the sequence is a
        large-sample method; where a permutation decided, the p-value is at most as far out as
        that test's own. Without one, the p-value is the sequence's at the normal deviate of
        the method's own p-value.

    Raises
    ------
    NotEstimable
        ``anytime_no_error`` when the method has no standard error (or one of 0) and `widened` or
        the p-value is missing.
    """
    if n is None:
        n = comparison.n_control + comparison.n_treatment
    mixing = rho(alpha, tuning)
    error = comparison.standard_error
    if error is not None and math.isfinite(error) and error > 0.0:
        deviate, multiplier = _deviate_and_multiplier(comparison, error, n, alpha, mixing)
        if comparison.method.endswith("_permutation") and comparison.log10_p is not None:
            # So few units that a permutation decides: no look claims more than they can show.
            own = _normal_deviate(comparison.log10_p * math.log(10.0))
            deviate = min(abs(deviate), own)
        half = error * multiplier
        interval = Interval(comparison.estimate - half, comparison.estimate + half, 1.0 - alpha)
    elif widened is not None and comparison.log10_p is not None:
        deviate = _normal_deviate(comparison.log10_p * math.log(10.0))
        interval = replace(widened.interval, level=1.0 - alpha)
    else:
        raise NotEstimable("anytime_no_error")
    p_value, log10_p = p_from_log(_log_p(deviate, n, mixing))
    return replace(
        comparison,
        interval=interval,
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(widened, alpha),
        method=f"{comparison.method}_anytime",
        parameters={
            **comparison.parameters,
            "rho": mixing,
            "tuning": tuning,
            "fixed_p": comparison.p_value,
        },
    )


def msprt(estimate: float, standard_error: float, *, tau: float, alpha: float) -> MixtureTest:
    """The mixture sequential probability ratio test of an effect of 0.

    Parameters
    ----------
    estimate, standard_error : float
        The estimate so far and its standard error (> 0), in the same units.
    tau : float
        Standard deviation (> 0) of the effects expected, same units.
    alpha : float
        Two-sided error over all looks.

    Returns
    -------
    MixtureTest
        The likelihood ratio of effects from N(0, tau^2) to no effect, p = min(1, 1 / ratio), and
        the half-width of the interval of effects not rejected at `alpha`.

    Raises
    ------
    NotEstimable
        ``anytime_no_error`` when the standard error is 0 or no number.

    Notes
    -----
    Johari, Koomen, Pekelis & Walsh (2017), Peeking at A/B tests, KDD, and (2022), Operations
    Research 70, 1806-1821.
    """
    if not (math.isfinite(standard_error) and standard_error > 0.0):
        raise NotEstimable("anytime_no_error")
    if not tau > 0.0:
        raise ValueError(f"tau {tau} > 0")
    relative = tau / standard_error  # ratios only: squares of large units would overflow
    information = relative * relative
    log_p = _log_mixture_p(estimate / standard_error, information)
    reach = math.sqrt(1.0 + 1.0 / information)
    reach *= math.sqrt(math.log1p(information) - 2.0 * math.log(alpha))
    p_value, log10_p = p_from_log(log_p)
    return MixtureTest(-log_p, p_value, log10_p, standard_error * reach)


def running(p_values: Sequence[float]) -> list[float]:
    """The smallest p-value (or log10 of it) so far, look by look: once shown, it stays shown."""
    return list(accumulate(p_values, min))


def _multiplier(n: int, alpha: float, mixing: float) -> float:
    """Half-width in standard errors."""
    if n <= 0:
        raise ValueError(f"{n} units")
    v = n * mixing * mixing
    return math.sqrt((v + 1.0) / v * (math.log1p(v) - 2.0 * math.log(alpha)))


def _log_p(deviate: float, n: int, mixing: float) -> float:
    """log of the always-valid p-value before it is capped at 1."""
    if n <= 0:
        raise ValueError(f"{n} units")
    return _log_mixture_p(deviate, n * mixing * mixing)


def _log_mixture_p(deviate: float, information: float) -> float:
    """-log of the ratio of a N(0, 1 + information) to a N(0, 1) density at `deviate`."""
    deviate = min(abs(deviate), 1e150)  # its square has to fit a float
    return 0.5 * (math.log1p(information) - deviate * deviate * (information / (1.0 + information)))


def _deviate_and_multiplier(
    comparison: Comparison, error: float, n: int, alpha: float, mixing: float
) -> tuple[float, float]:
    """The estimate in standard errors and the half-width in them, on the normal scale."""
    multiplier = _multiplier(n, alpha, mixing)
    df = comparison.df
    if df is None or df >= SMALL_DF:
        return comparison.estimate / error, multiplier
    tail = max(math.exp(log_normal_two_sided(multiplier)), _SMALLEST_ALPHA)
    # Where the tail was cut off the normal multiplier may be the wider one.
    multiplier = max(multiplier, t_quantile_two_sided(tail, df))
    return _normal_deviate(log_t_two_sided(comparison.estimate / error, df)), multiplier


def _normal_deviate(log_p: float) -> float:
    """The z >= 0 with two-sided tail exp(log_p); beyond floats by Newton's method on the log."""
    if log_p >= 0.0:
        return 0.0
    if log_p > -690.0:
        return two_sided_z(math.exp(log_p))
    z = math.sqrt(-2.0 * log_p)
    for _ in range(8):
        z += (log_normal_two_sided(z) - log_p) / (z + 1.0 / z)  # Mills' ratio for the slope
    return z


def _lift(widened: Comparison | None, alpha: float) -> Lift | None:
    if widened is None or widened.lift is None:
        return None
    return replace(widened.lift, interval=replace(widened.lift.interval, level=1.0 - alpha))
