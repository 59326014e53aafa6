"""The traps of a pilot, said beside its verdict: what else could look like the effect."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hadi.analysis.pilot_found import Found
from hadi.analysis.record import Warned
from hadi.analysis.warnings import LOW_POWER
from hadi.domain.pilot_plan import PilotPlan, Scale
from hadi.domain.pilot_sentence import Around, grew_alike, raw_figure
from hadi.domain.plan import Metric
from hadi.domain.text import Figure, FigureKind, Text, quoted
from hadi.ingest.panels import Groups
from hadi.stats import concentration as carrying
from hadi.stats.errors import NotEstimable
from hadi.stats.exaggeration import type_m
from hadi.stats.fading import Fading, fading
from hadi.stats.panel import Panel
from hadi.stats.panel import Scale as PanelScale
from hadi.stats.regression_to_mean import expected_rebound
from hadi.stats.site_noise import noise

WINDOW = 4  # periods by which whoever looks for the worst site looks
WORST = 0.2  # of all sites
NOTEWORTHY = 0.01  # of the level: a smaller rebound is not worth a word


@dataclass(frozen=True, slots=True, eq=False)
class Trap:
    """What the traps are looked for in: the panel of the primary metric and what was found."""

    panel: Panel
    pilot: PilotPlan
    metric: Metric
    found: Found
    around: Around
    fading: Fading | None
    groups: Groups | None = None
    expected: float | None = None  # effect, by the plan


def fades(found: Found, panel: Panel) -> Fading | None:
    """The slope of the effect over the periods after; None with too few of them."""
    try:
        return fading(found.series.gaps[panel.first_post :].tolist())
    except NotEstimable:
        return None


def traps(trap: Trap) -> Iterator[Warned]:
    """Every trap that these data show, in the order it is read."""
    around = trap.around
    if grew_alike(around):
        assert around.pilots is not None and around.controls is not None
        text = Text(
            "warning_common_trend",
            controls=raw_figure(around.controls, around),
            pilots=raw_figure(around.pilots, around),
        )
        yield Warned("common_trend", text)
    if (rebound := _rebound(trap)) is not None:
        yield Warned("rebound", rebound)
    if trap.fading is not None and trap.fading.is_fading:
        yield Warned("fading", _fading(trap.fading, trap.found, around))
    if (carried := _carried(trap)) is not None:
        yield Warned("carried", carried)
    if (exaggerated := _exaggerated(trap)) is not None:
        yield Warned("low_power", exaggerated)


def _exaggerated(trap: Trap) -> Text | None:
    """A significant result of a pilot that had little chance to see what it was made for, which
    so exaggerates; as `warnings` says it of every test."""
    found, alpha, error = trap.found, trap.around.alpha, trap.found.standard_error
    size = abs(trap.expected or 0.0)
    if not size and trap.metric.threshold is not None and _is_in_scale(trap):
        size = trap.metric.threshold.value
    if not size or not error or (found.decides is not None and found.decides > alpha):
        return None
    is_log = trap.pilot.scale is Scale.LOG
    chance = type_m(math.log1p(size) if is_log else size, error, alpha)
    if chance.power >= LOW_POWER:
        return None
    return Text(
        "warning_exaggeration",
        metric=trap.metric.name,
        power=Figure(FigureKind.SHARE, chance.power),
        effect=Figure(FigureKind.PERCENT if is_log else FigureKind.NUMBER, size),
        times=Figure(FigureKind.NUMBER, chance.ratio),
    )


def _is_in_scale(trap: Trap) -> bool:
    """Whether the threshold is written in what the effect is compared in."""
    threshold = trap.metric.threshold
    return trap.pilot.scale is Scale.LOG or (threshold is not None and not threshold.is_relative)


def bundle(pilot: PilotPlan) -> Iterator[Warned]:
    """Several parts of the change: of these nothing tells which one worked."""
    if len(pilot.components) > 1:
        text = Text("warning_bundle", n=len(pilot.components), parts=quoted(pilot.components))
        yield Warned("bundle", text)


def _fading(faded: Fading, found: Found, around: Around) -> Text:
    kind = FigureKind.POINTS if around.is_in_percent else FigureKind.NUMBER
    lately = faded.last_half if around.lately is None else around.lately
    return Text(
        "warning_fading",
        slope=Figure(kind, faded.slope, is_signed=True),
        lately=raw_figure(lately, around),
        mean=raw_figure(found.estimate, around),
    )


def _rebound(trap: Trap) -> Text | None:
    """The pilots were about the worst just before the start, and the past of all sites says that
    part of it was bad luck."""
    panel, sign = trap.panel, trap.metric.sign
    scale = PanelScale(trap.pilot.scale.value)
    before = panel.first_post
    try:
        found = expected_rebound(
            panel, noise(panel, scale=scale), window=WINDOW, baseline=before, scale=scale
        )
        level = 1.0 if scale == PanelScale.LOG else _level(trap)
    except NotEstimable:
        return None
    place = found.place if sign > 0 else found.of + 1 - found.place
    worst = found.of - max(len(panel.treated), math.ceil(WORST * found.of)) + 1
    if place < worst or sign * found.expected < NOTEWORTHY * level:
        return None
    return Text(
        "warning_rebound",
        n=found.of,
        place=Figure(FigureKind.COUNT, round(place)),
        window=min(WINDOW, before),
        expected=raw_figure(found.expected, trap.around),
    )


def _level(trap: Trap) -> float:
    """What the pilots' values are about."""
    actual = trap.found.series.actual[: trap.panel.first_post]
    known = actual[actual == actual]  # NaN is unlike itself
    return abs(float(known.mean())) if known.size else math.inf


def _carried(trap: Trap) -> Text | None:
    """One seller brings more than half of the pilots' gain beyond what the controls' growth would
    have brought. Of a ratio the gain is in its numerator: a seller's own, less what their
    denominator would have brought at the ratio expected."""
    groups = trap.groups
    if groups is None:
        return None
    first, series = trap.panel.first_post, trap.found.series
    usual, expected = series.actual[:first], series.counterfactual[first:]
    usual, expected = usual[usual == usual], expected[expected == expected]
    if not usual.size or not expected.size or float(usual.mean()) <= 0.0:
        return None
    if groups.below is None:
        growth = float(expected.mean() / usual.mean())
        before = groups.values[:, :first].mean(axis=1) * growth
    else:
        before = groups.below[:, first:].mean(axis=1) * float(expected.mean())
    after = groups.values[:, first:].mean(axis=1)
    gains = carrying.gains_of(
        dict(zip(groups.names, before.tolist(), strict=True)),
        dict(zip(groups.names, after.tolist(), strict=True)),
    )
    try:
        found = carrying.concentration(gains)
    except NotEstimable:
        return None
    if not found.is_carried or found.total * trap.found.estimate <= 0.0:
        return None
    return Text(
        "warning_carried",
        name=found.name,
        share=Figure(FigureKind.SHARE, found.share),
        left=Figure(FigureKind.NUMBER, found.left),
        total=Figure(FigureKind.NUMBER, found.total),
    )
