"""Does a pilot's effect fade? A line through its weekly effects, and what is left in the last half.

A new thing is done with zeal. A mean over eight weeks then promises what the eighth week no longer
gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.distributions import log_t_two_sided, p_from_log
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, mean_there, usable
from hadi.stats.pilot import gap_paths

Floats = NDArray[np.float64]

ALPHA = 0.05
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Fading:
    """`slope` for each period, `mean` over all and `last_half` over the later half (the larger one
    of an odd number), as the effects are given; p two-sided, None where it underflows.

    `is_fading`: the slope leads towards zero with p below 0.05.
    """

    slope: float
    p_value: float | None
    log10_p: float
    mean: float
    last_half: float

    @property
    def is_fading(self) -> bool:
        return self.slope * self.mean < 0.0 and self.log10_p < math.log10(ALPHA)


def fading(effects: Sequence[float]) -> Fading:
    """Least squares through the effects of the periods after, in order; NaN is missing.

    Student's t of the slope with n - 2 degrees of freedom (Draper & Smith 1998, Applied Regression
    Analysis, section 1.4).

    Raises
    ------
    NotEstimable
        ``fading_few_periods`` with under four effects.
    """
    y = np.asarray(effects, dtype=float)
    there = np.flatnonzero(~np.isnan(y))
    if there.size < FEWEST:
        raise NotEstimable("fading_few_periods", n=int(there.size), needed=FEWEST)
    x, seen = there - there.mean(), y[there]
    level = float(seen.mean())
    slope = float(x @ (seen - level) / (x @ x))
    rest = seen - level - slope * x
    error = math.sqrt(float(rest @ rest) / (x.size - 2) / float(x @ x))
    rounding = 1e-13 * float(np.abs(seen).max())
    if abs(slope) <= rounding:
        slope, log_p = 0.0, 0.0
    else:
        log_p = log_t_two_sided(slope / max(error, 1e-12 * abs(slope)), x.size - 2)
    p_value, log10_p = p_from_log(log_p)
    last = seen[there >= y.size // 2]
    half = float(last.mean()) if last.size else level
    return Fading(slope, p_value, log10_p, level, half)


def weekly_effects(panel: Panel, *, scale: Scale) -> Floats:
    """The pilots' difference-in-differences in each period after, as fractions on the log scale.

    Their mean distance from the controls, less that before; NaN where no pilot has a value.

    Raises
    ------
    NotEstimable
        Those of `panel.usable` and `panel.scaled`.
    """
    panel = usable(panel)
    paths = gap_paths(panel, scale=scale)[list(panel.treated), panel.first_post :]
    effects = mean_there(paths.T)
    return np.asarray(np.expm1(effects)) if scale == Scale.LOG else effects
