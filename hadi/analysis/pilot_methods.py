"""The one place that knows which pilot method answers; the difference of changes answers here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hadi.analysis.pilot_found import Found, Series, some
from hadi.domain.pilot_plan import Decide, Method, PilotPlan
from hadi.stats import panel as panels
from hadi.stats import pilot
from hadi.stats.distributions import t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale

if TYPE_CHECKING:
    from hadi.stats.pilot import Placebo, StoreTest


def estimate(panel: Panel, plan: PilotPlan, *, alpha: float) -> Found:
    """The effect by the plan's method. Raises NotEstimable."""
    panel = panels.usable(panel)
    scale = Scale(plan.scale.value)
    if plan.method is Method.DID:
        return _did(panel, plan, scale, alpha=alpha)
    from hadi.analysis.pilot_mixes import mixed

    return mixed(panel, plan.method, scale, alpha=alpha)


def _did(panel: Panel, plan: PilotPlan, scale: Scale, *, alpha: float) -> Found:
    test = pilot.store_test(panel, scale=scale, alpha=alpha)
    ranked, reason = _placebo(panel, scale)
    if plan.decide is Decide.STORE_T:
        decides = test.p_value, test.log10_p
    elif ranked is None:
        assert reason is not None
        raise reason
    else:
        decides = ranked.p_value, math.log10(ranked.p_value)
    share = 1.0 / len(panel.controls)
    return Found(
        method="pilot_did",
        estimate=test.estimate,
        low=test.low,
        high=test.high,
        p_value=test.p_value,
        log10_p=test.log10_p,
        decides=decides[0],
        decides_log10=decides[1],
        placebo=ranked,
        placebo_reason=reason,
        n_treated=test.n_treated,
        n_controls=test.n_controls,
        weights={panel.sites[row]: share for row in panel.controls},
        series=_did_series(panel, scale, test, alpha=alpha),
        df=test.df,
        standard_error=test.standard_error,
    )


def _placebo(panel: Panel, scale: Scale) -> tuple[Placebo | None, NotEstimable | None]:
    try:
        return pilot.placebo(panel, scale=scale), None
    except NotEstimable as unknown:
        return None, unknown


def _did_series(panel: Panel, scale: Scale, test: StoreTest, *, alpha: float) -> Series:
    """What the controls' own movement makes of the pilots, with a band for a single period: how
    far controls stray from each other then, by Student's t."""
    expected = pilot.counterfactual(panel, scale=scale)
    paths = pilot.gap_paths(panel, scale=scale)
    own = panels.mean_there(paths[list(panel.treated)].T)
    others = paths[list(panel.controls)]
    n = len(panel.controls)
    if n > 2:
        with np.errstate(all="ignore"):
            spread = np.nanstd(np.where(np.isnan(others).all(axis=0), 0.0, others), axis=0, ddof=1)
        spread *= (n - 1) / n  # a control's path is against the n - 1 others
        reach = t_quantile_two_sided(alpha, n - 1) * spread
        reach *= math.sqrt(1.0 / test.n_treated + 1.0 / n)
    else:
        reach = np.full(expected.shape, math.nan)
    is_log = scale == Scale.LOG
    return Series(
        actual=pilot.average_pilot(panel, scale=scale),
        counterfactual=expected,
        low=expected * np.exp(-reach) if is_log else expected - reach,
        high=expected * np.exp(reach) if is_log else expected + reach,
        gaps=np.expm1(own) if is_log else own,
        others={
            panel.sites[row]: np.expm1(paths[row]) if is_log else paths[row]
            for row in some(panel.controls)
        },
    )
