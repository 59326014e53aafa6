"""What a pilot method answers, whichever it was.

On the log scale every effect is a fraction of what would have been (0.14 is +14 %), on the linear
scale it has the value's own units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hadi.stats.errors import NotEstimable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hadi.stats.pilot import Placebo
    from hadi.stats.results import Parameter
    from hadi.stats.synthetic_placebo import SyntheticPlacebo

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
    takes; None is one too small for a float.

    Of a mix: `pre_rmspe` is how far it missed the pilots before the start and `pre_spread` how
    much these moved then, both on the scale compared; `left_sites` and `left_times` had holes, and
    `no_interval` says why there is none."""

    method: str
    estimate: float
    low: float | None
    high: float | None
    p_value: float | None
    log10_p: float | None
    decides: float | None
    decides_log10: float | None
    placebo: Placebo | SyntheticPlacebo | None
    placebo_reason: NotEstimable | None
    n_treated: int
    n_controls: int
    weights: Mapping[str, float]
    series: Series
    df: float | None = None
    standard_error: float | None = None
    no_interval: str | None = None
    pre_rmspe: float | None = None
    pre_spread: float | None = None
    is_exact_fit: bool = False
    left_sites: tuple[str, ...] = ()
    left_times: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def some(rows: tuple[int, ...]) -> tuple[int, ...]:
    """As many of the rows as a chart can show, spread evenly."""
    if len(rows) <= MOST_PATHS:
        return rows
    return tuple(rows[i * len(rows) // MOST_PATHS] for i in range(MOST_PATHS))
