"""How precisely n units measure each kind of metric: the formulas of planning, one per kind.

Each returns a `Model` for `hadi.stats.planning_odds`; `hadi.stats.power` documents what is
asked, in what units, and which formula it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hadi.stats.distributions import normal_cdf, normal_quantile, two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.planning_frame import Frame
from hadi.stats.planning_odds import Model, Odds, Spread
from hadi.stats.planning_search import bisect
from hadi.stats.power_formulas import conversion_total_units, mean_total_units, rate_total_units
from hadi.stats.small_conversions import enumerated_odds, is_enumerable
from hadi.stats.small_rates import enumerated_rate_odds, is_enumerable_rate

NORMAL, LOGNORMAL = "normal", "lognormal"


def conversion_model(baseline: float, frame: Frame) -> Model:
    """Raises ``power_share_outside``."""
    after = baseline + frame.sign * frame.size
    if not 0.0 <= baseline <= 1.0 or not 0.0 <= after <= 1.0:
        raise NotEstimable("power_share_outside")

    def reached(size: float) -> float:
        return min(max(baseline + frame.sign * size, 0.0), 1.0)

    def spread(n0: float, n1: float, size: float) -> Spread:
        treatment = reached(size)
        pooled = (n0 * baseline + n1 * treatment) / (n0 + n1)
        return Spread(
            baseline * (1.0 - baseline) / n0,
            treatment * (1.0 - treatment) / n1,
            pooled * (1.0 - pooled) * (1.0 / n0 + 1.0 / n1),
        )

    def exact(n0: int, n1: int, size: float, alpha: float, threshold: float) -> Odds | None:
        treatment = reached(size)
        if not is_enumerable(n0, n1, baseline, treatment):
            return None
        return Odds(
            *enumerated_odds(
                n0, n1, baseline, treatment, sign=frame.sign, alpha=alpha, threshold=threshold
            )
        )

    def both_units(frame: Frame, alpha: float) -> float:
        shares = (frame.split.control, frame.split.treatment)
        effect = frame.sign * frame.size
        return conversion_total_units(
            baseline, effect, alpha=alpha, power=frame.power, shares=shares
        )

    most = 1.0 - baseline if frame.sign > 0 else baseline
    return Model(spread, most=most, is_pooled=True, exact=exact, both_units=both_units, rel=1e-4)


def mean_model(sd: float) -> Model:
    """Raises ``power_sd_not_positive``."""
    _refuse_no_spread(sd)

    def both_units(frame: Frame, alpha: float) -> float:
        shares = (frame.split.control, frame.split.treatment)
        return mean_total_units(frame.size, sd, alpha=alpha, power=frame.power, shares=shares)

    return Model(_known_variance(sd * sd), is_student=True, both_units=both_units)


def rate_model(baseline: float, exposure: float, frame: Frame) -> Model:
    """Raises ``power_rate_outside`` (the rate or the rate reached is below zero, or both are
    zero) or ``power_exposure_not_positive``."""
    after = baseline + frame.sign * frame.size
    if not (baseline >= 0.0 and after >= 0.0 and math.isfinite(after)) or baseline + after == 0.0:
        raise NotEstimable("power_rate_outside")
    if not exposure > 0.0 or not math.isfinite(exposure):
        raise NotEstimable("power_exposure_not_positive")

    def reached(size: float) -> float:
        return max(baseline + frame.sign * size, 0.0)

    def spread(n0: float, n1: float, size: float) -> Spread:
        treatment = reached(size)
        pooled = (n0 * baseline + n1 * treatment) / (n0 + n1)
        return Spread(
            baseline / (n0 * exposure),
            treatment / (n1 * exposure),
            pooled / exposure * (1.0 / n0 + 1.0 / n1),
        )

    def exact(n0: int, n1: int, size: float, alpha: float, threshold: float) -> Odds | None:
        mean0, mean1 = n0 * exposure * baseline, n1 * exposure * reached(size)
        if not is_enumerable_rate(mean0, mean1):
            return None
        return Odds(
            *enumerated_rate_odds(
                (n0 * exposure, n1 * exposure),
                (mean0, mean1),
                sign=frame.sign,
                alpha=alpha,
                threshold=threshold,
            )
        )

    def both_units(frame: Frame, alpha: float) -> float:
        shares = (frame.split.control, frame.split.treatment)
        effect = frame.sign * frame.size
        return (
            rate_total_units(baseline, effect, alpha=alpha, power=frame.power, shares=shares)
            / exposure
        )

    most = math.inf if frame.sign > 0 else baseline
    return Model(spread, most=most, is_pooled=True, exact=exact, both_units=both_units, rel=1e-4)


def rank_model(sd: float) -> Model:
    """Raises ``power_sd_not_positive``."""
    _refuse_no_spread(sd)

    def spread(n0: float, n1: float, size: float) -> Spread:
        # Noether's drift turned into the error of the shift, so that the test and its interval
        # agree; at a vanishing shift it is the asymptotic error of Hodges & Lehmann's estimate.
        relative = size / sd
        if abs(relative) < 1e-6:
            scale = math.pi / 3.0
        else:
            excess = normal_cdf(abs(relative) / math.sqrt(2.0)) - 0.5
            scale = relative * relative / (12.0 * excess * excess)
        return Spread(scale * sd / n0 * sd, scale * sd / n1 * sd)

    def exact(n0: int, n1: int, size: float, alpha: float, threshold: float) -> Odds | None:
        from hadi.stats.planning_small_ranks import DRAWS, is_small, rank_odds

        if not is_small(n0, n1):
            return None
        found, verdicts = rank_odds(n0, n1, size / sd, alpha, threshold / sd)
        return Odds(found, verdicts, DRAWS)

    # Twenty standard deviations apart the arms do not overlap: no shift is easier to see.
    return Model(spread, most=20.0 * sd, exact=exact, can_cluster=False, rel=5e-3)


def quantile_model(sd: float, q: float, baseline: float | None, shape: str) -> Model:
    """Raises ``power_sd_not_positive``, ``power_q_outside`` or ``power_lognormal_baseline``."""
    _refuse_no_spread(sd)
    if not 0.0 < q < 1.0:
        raise NotEstimable("power_q_outside")
    z = normal_quantile(q)
    log_sd: float | None = None
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) / sd
    if shape == LOGNORMAL:
        if baseline is None or not baseline > 0.0:
            raise NotEstimable("power_lognormal_baseline")
        log_sd = _log_sd(sd / baseline, z)
        density *= sd / (log_sd * baseline)

    def exact(n0: int, n1: int, size: float, alpha: float, threshold: float) -> Odds | None:
        from hadi.stats.planning_simulation import DRAWS, is_small_quantile, quantile_odds

        if not is_small_quantile(n0, n1, q):
            return None
        unit = sd if log_sd is None else baseline or sd
        found, verdicts = quantile_odds(
            n0, n1, q, size / unit, alpha, threshold / unit, log_sd=log_sd
        )
        return Odds(found, verdicts, DRAWS)

    variance = q * (1.0 - q) / (density * density)

    def spread(n0: float, n1: float, size: float) -> Spread:
        plain = variance / n0 + variance / n1
        # The order statistics read are rounded outwards, half a rank on either side on average.
        ranks = two_sided_z(0.05) * math.sqrt(min(n0, n1) * q * (1.0 - q))
        wider = 1.0 + 0.5 / ranks
        return Spread(variance / n0, variance / n1, plain * wider * wider)

    return Model(spread, exact=exact, can_cluster=False, rel=5e-3)


def _known_variance(variance: float) -> Callable[[float, float, float], Spread]:
    def spread(n0: float, n1: float, size: float) -> Spread:
        return Spread(variance / n0, variance / n1)

    return spread


def _log_sd(relative: float, z: float) -> float:
    """The standard deviation of the logarithms of a lognormal metric whose standard deviation is
    `relative` times its quantile with normal score `z`."""

    def is_enough(s: float) -> bool:
        log_ratio = 0.5 * math.log(math.expm1(s * s)) + 0.5 * s * s - s * z
        return log_ratio >= math.log(relative)

    high = 1e-6
    while not is_enough(high):
        high *= 1.25
        if high > 20.0:
            raise NotEstimable("power_out_of_reach")
    return bisect(is_enough, high / 1.25, high, 1e-10)


def _refuse_no_spread(sd: float) -> None:
    if not sd > 0.0 or not math.isfinite(sd):
        raise NotEstimable("power_sd_not_positive")
