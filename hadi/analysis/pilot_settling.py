"""What would settle a pilot that stayed open: more pilots, more time, or nothing that is likely."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from hadi.analysis.pilot_found import Found
from hadi.domain.pilot_plan import Decide, PilotPlan
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale
from hadi.stats.pilot_power import Design, detectable
from hadi.stats.site_noise import Noise, noise

MOST_MORE = 10  # pilots that could be added
LONGER = (1.5, 2.0, 3.0, 4.0)  # times as long after the start


def settling_of(panel: Panel, plan: Plan, pilot: PilotPlan, found: Found, sign: int) -> Text | None:
    """With what an effect of the size that was seen would be told from chance with the planned
    power, by the past of these sites; None where that is not known."""
    scale = Scale(pilot.scale.value)
    if pilot.method.is_mix:  # how well a mix will fit is not known beforehand
        return Text("pilot_settles_mix")
    if sign * found.estimate <= 0.0:
        return Text("pilot_settles_never")
    size = abs(found.estimate)
    if scale == Scale.LOG and found.estimate < 0.0:
        size = math.expm1(-math.log1p(found.estimate))
    design = Design(
        n_treated=found.n_treated,
        n_controls=found.n_controls,
        before=panel.first_post,
        after=len(panel.times) - panel.first_post,
        alpha=plan.alpha,
        power=plan.power,
        by_placebo=pilot.decide is Decide.PLACEBO,
        scale=scale,
    )
    try:
        past = noise(panel, scale=scale)
        for text, other in _larger(design):
            if _sees(past, other, size):
                return text
    except NotEstimable:
        return None
    return Text("pilot_settles_never")


def _sees(past: Noise, design: Design, size: float) -> bool:
    effect = detectable(past, design).effect
    return effect is not None and effect <= size


def _larger(design: Design) -> Iterator[tuple[Text, Design]]:
    """Designs of the same sites, the smallest change first."""
    for times in LONGER:
        after = math.ceil(design.after * times)
        yield Text("pilot_settles_longer", n=after), replace(design, after=after)
    sites = design.n_treated + design.n_controls
    for count in range(design.n_treated + 1, design.n_treated + MOST_MORE + 1):
        if 2 * count > sites:
            return
        text = Text("pilot_settles_pilots", n=count, sites=sites)
        yield text, replace(design, n_treated=count, n_controls=sites - count)
