"""What is left of a pilot's effect that fades: its later half, estimated as the whole was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hadi.analysis.pilot_methods import estimate
from hadi.domain.pilot_plan import PilotPlan
from hadi.stats.errors import NotEstimable
from hadi.stats.fading import Fading
from hadi.stats.panel import Panel


@dataclass(frozen=True, slots=True)
class Left:
    """The effect of the later half of the periods with its interval, as `Found` has them."""

    estimate: float
    low: float | None
    high: float | None


def left(panel: Panel, pilot: PilotPlan, faded: Fading | None, *, alpha: float) -> Left | None:
    """What is left where the effect fades, else None.

    The plan's own method answers once more, with the later half of the periods as all the time
    after (the larger half of an odd number): so the interval is one of these periods, and needs no
    rule of its own. Where the method has no answer for them, their mean stands without one.
    """
    if faded is None or not faded.is_fading:
        return None
    try:
        lately = estimate(later_half(panel), pilot, alpha=alpha)
    except NotEstimable:
        return Left(faded.last_half, None, None)
    return Left(lately.estimate, lately.low, lately.high)


def later_half(panel: Panel) -> Panel:
    """The panel without the earlier half of the time after."""
    first = panel.first_post
    begins = first + (len(panel.times) - first) // 2
    kept = [*range(first), *range(begins, len(panel.times))]
    return Panel(
        panel.sites,
        tuple(panel.times[column] for column in kept),
        np.ascontiguousarray(panel.values[:, kept]),
        panel.treated,
        first,
    )
