"""The one place that knows which pilot method answers, and turns its answer into one shape.

On the log scale every effect is a fraction of what would have been (0.14 is +14 %), on the linear
scale it has the value's own units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from hadi.domain.pilot_plan import Decide, Method, PilotPlan
from hadi.stats import panel as panels
from hadi.stats import pilot
from hadi.stats.distributions import t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hadi.stats.pilot import Placebo, StoreTest
    from hadi.stats.results import Parameter

MOST_PATHS = 60  # of the other sites, in a chart


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The pilots over time beside what would have been, in the value's units, with the band in
    which a site without the change would be; and the gaps, of the pilots and of other sites, as
    effects. Each has a number for every period, NaN where there is none."""

    actual: NDArray[np.float64]
    counterfactual: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    gaps: NDArray[np.float64]
    others: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The effect with its interval (an end that is not known is None), the p of the test that
    goes with the interval, and that of the placebo test. `decides` is the p that the verdict
    takes; None is one too small for a float."""

    method: str
    estimate: float
    low: float | None
    high: float | None
    p_value: float | None
    log10_p: float | None
    decides: float | None
    decides_log10: float | None
    placebo: Placebo | None
    placebo_reason: NotEstimable | None
    n_treated: int
    n_controls: int
    weights: Mapping[str, float]
    series: Series
    df: float | None = None
    standard_error: float | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def estimate(panel: Panel, plan: PilotPlan, *, alpha: float) -> Found:
    """The effect by the plan's method. Raises NotEstimable."""
    panel = panels.usable(panel)
    scale = Scale(plan.scale.value)
    if plan.method is Method.DID:
        return _did(panel, plan, scale, alpha=alpha)
    raise NotEstimable("pilot_no_method")


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
            for row in _some(panel.controls)
        },
    )


def _some(rows: tuple[int, ...]) -> tuple[int, ...]:
    """As many of the rows as a chart can show, spread evenly."""
    if len(rows) <= MOST_PATHS:
        return rows
    return tuple(rows[i * len(rows) // MOST_PATHS] for i in range(MOST_PATHS))
