"""Pilots beside a weighted mix of their controls: each of these methods in the shape of `Found`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hadi.analysis.pilot_found import Found, Series, some
from hadi.domain.pilot_plan import Method
from hadi.stats.distributions import t_quantile_two_sided
from hadi.stats.panel import Panel, Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hadi.stats.results import Parameter
    from hadi.stats.synthetic import Synthetic
    from hadi.stats.synthetic_placebo import SyntheticPlacebo

_LEAST = 1e-12


def mixed(panel: Panel, method: Method, scale: Scale, *, alpha: float) -> Found:
    """The effect by one of the methods that mix. Raises NotEstimable."""
    found, placebo, more = _answer(panel, method, scale, alpha)
    log10_p = math.log10(placebo.p_value)
    return Found(
        method=f"pilot_{method.value}",
        estimate=found.estimate,
        low=placebo.low,
        high=placebo.high,
        p_value=placebo.p_value,
        log10_p=log10_p,
        decides=placebo.p_value,
        decides_log10=log10_p,
        placebo=placebo,
        placebo_reason=None,
        n_treated=len(panel.treated),
        n_controls=len(found.weights),
        weights=found.weights,
        series=_series(panel, found, placebo, scale, alpha=alpha),
        no_interval=placebo.no_interval,
        pre_rmspe=found.pre_rmspe,
        pre_spread=_spread(found, scale),
        is_exact_fit=found.is_exact_fit,
        left_sites=found.left_sites,
        left_times=found.left_times,
        parameters={
            "pre_rmspe": found.pre_rmspe,
            "post_rmspe": found.post_rmspe,
            "ratio": found.ratio if math.isfinite(found.ratio) else None,
            **more,
        },
    )


def _answer(
    panel: Panel, method: Method, scale: Scale, alpha: float
) -> tuple[Synthetic, SyntheticPlacebo, dict[str, Parameter]]:
    if method is Method.SYNTHETIC_DID:
        from hadi.stats.synthetic_did import synthetic_did

        weighted, placebo = synthetic_did(panel, scale=scale, alpha=alpha)
        return weighted.found, placebo, {"standard_error": weighted.standard_error}
    if method is Method.AUGMENTED:
        from hadi.stats.augmented import augmented

        found, placebo, penalty = augmented(panel, scale=scale, alpha=alpha)
        return found, placebo, {"ridge": penalty}
    from hadi.stats.synthetic_placebo import synthetic_with_placebos

    demeaned = method is Method.SYNTHETIC_DEMEANED
    found, placebo = synthetic_with_placebos(panel, scale=scale, demeaned=demeaned, alpha=alpha)
    return found, placebo, {}


def _spread(found: Synthetic, scale: Scale) -> float:
    """How much the pilots moved before the start, on the scale compared."""
    before = found.actual[: found.first_post]
    return float((np.log(before) if scale == Scale.LOG else before).std())


def _series(
    panel: Panel, found: Synthetic, placebo: SyntheticPlacebo, scale: Scale, *, alpha: float
) -> Series:
    """The lines over all periods; those that had to be left out have no number. The band of a
    period is how far the placebos stray then, each by how well it fitted before."""
    place = {time: column for column, time in enumerate(panel.times)}
    columns = [place[time] for time in found.times]

    def whole(values: NDArray[np.float64]) -> NDArray[np.float64]:
        line = np.full(len(panel.times), math.nan)
        line[columns] = values
        return line

    def effect(path: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.expm1(path)) if scale == Scale.LOG else path

    first = found.first_post
    others = placebo.paths[1:]
    fits = np.sqrt((others[:, :first] ** 2).mean(axis=1))
    reach = np.full(len(found.times), math.nan)
    if len(others) > 2 and found.pre_rmspe > 0.0:
        scaled = others * (found.pre_rmspe / np.maximum(fits, _LEAST))[:, np.newaxis]
        # A placebo that fits to the last digit would stray without bound.
        usual = scaled[fits > _LEAST + 1e-6 * found.pre_rmspe]
        if len(usual) > 2:
            deviation = np.sqrt((usual**2).mean(axis=0))
            reach = t_quantile_two_sided(alpha, len(usual) - 1) * deviation
    is_log = scale == Scale.LOG
    expected = found.counterfactual
    with np.errstate(over="ignore"):  # a band without an end is drawn as none
        low = expected * np.exp(-reach) if is_log else expected - reach
        high = expected * np.exp(reach) if is_log else expected + reach
    shown = some(tuple(range(1, len(placebo.paths))))
    return Series(
        actual=whole(found.actual),
        counterfactual=whole(expected),
        low=whole(low),
        high=whole(high),
        gaps=whole(effect(found.gaps)),
        others={
            ", ".join(placebo.chosen[number]): whole(effect(placebo.paths[number]))
            for number in shown
        },
    )
