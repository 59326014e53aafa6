"""Can this pilot succeed? The plan of a pilot held against the past weeks of its sites.

How much sites drift apart without any change says what a change must bring to be seen, which of
them suit as pilots and as controls, and which single change to the plan would help most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.pilot_plan import Decide, PilotPlan
from hadi.domain.pilot_plan import Scale as PlanScale
from hadi.domain.plan import Better, MetricKind, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.ingest.panels import PanelTable
from hadi.models import PilotHistory
from hadi.services import pilots
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale
from hadi.stats.pilot_draw import RankedPilot, rank_controls, rank_pilots
from hadi.stats.pilot_power import (
    Design,
    Detectable,
    Lever,
    Option,
    attainable,
    detectable,
    options,
)
from hadi.stats.site_noise import Noise, noise

USUAL_PERIODS = 8
PILOTS = (1, 2, 5)
MOST_RANKED = 200
LENGTHS = (1.0, 1.5, 2.0)  # times the planned periods


@dataclass(frozen=True, slots=True)
class Reach:
    """What a design can show: the smallest effect (None: none at all) and the smallest p. `by_t`
    is what Student's t would see where the test that decides sees nothing."""

    n_treated: int
    after: int
    effect: Figure | None
    smallest_p: Figure
    is_planned: bool = False
    by_t: Figure | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """One change that helps: in words, and as fields of the plan where a button can make it."""

    text: Text
    change: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A site with the reason for its place; `is_taken` where the plan has it already."""

    site: str
    why: tuple[Text, ...]
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Chances:
    """The answer. Where `missing` or `problem` says why there is none, the rest may be empty.
    `alarm` is said first: nothing this test could show would count."""

    missing: tuple[Text, ...] = ()
    problem: Text | None = None
    alarm: Text | None = None
    sentences: tuple[Text, ...] = ()
    smallest_p: Figure | None = None
    effect: Figure | None = None
    reaches: tuple[Reach, ...] = ()
    advice: tuple[Advice, ...] = ()
    controls: tuple[Suggested, ...] = ()
    pilots: tuple[Suggested, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A plan over a history: `pool` are the rows that take part, `spare` the sites left out."""

    plan: Plan
    pilot: PilotPlan
    history: Panel
    noise: Noise
    pool: tuple[str, ...]
    spare: tuple[str, ...]
    design: Design
    treated: tuple[str, ...]  # of the plan's, those that the history knows

    @property
    def is_log(self) -> bool:
        return self.pilot.scale is PlanScale.LOG

    def figure(self, effect: float | None) -> Figure | None:
        """An effect as it is read: in the direction that is better."""
        if effect is None:
            return None
        kind = FigureKind.PERCENT if self.is_log else FigureKind.NUMBER
        if self.plan.primary is not None and self.plan.primary.better is Better.LOWER:
            effect = -effect / (1.0 + effect) if self.is_log else -effect
        return Figure(kind, effect, is_signed=True)


def chances(
    plan: Plan, history: PilotHistory | None, *, folder: Path, is_brief: bool = False
) -> Chances:
    """What this pilot can show. `is_brief`: without ranked sites, for a form that asks often."""
    pilot = plan.pilot or PilotPlan()
    missing = tuple(_missing(plan, pilot, history))
    if history is None or not history.is_mapped:
        return _by_names(plan, pilot, missing)
    try:
        asked = _asked(plan, pilot, history, folder)
        return _answer(asked, missing, is_brief=is_brief)
    except NotEstimable as refusal:
        return Chances(missing=missing, problem=_told(refusal))
    except (Unreadable, Invalid) as refusal:
        return Chances(missing=missing, problem=refusal.text)


def _by_names(plan: Plan, pilot: PilotPlan, missing: tuple[Text, ...]) -> Chances:
    """Without past weeks: what the number of sites alone says, where the plan names them all."""
    treated, controls = len(pilot.treated), len(pilot.controls)
    if not treated or not controls:
        return Chances(missing=missing)
    smallest = attainable(treated + controls, treated)
    design = Design(treated, controls, 1, 1, plan.alpha, plan.power, pilot.decide is Decide.PLACEBO)
    return Chances(missing=missing, alarm=_never(design, smallest), smallest_p=_p(smallest))


def _never(design: Design, smallest: float) -> Text | None:
    """What is said where no data whatever could confirm the test that decides."""
    # 1 / 20 is meant to be 0.05, whatever the last digit of a float says.
    if not design.by_placebo or smallest <= design.alpha * (1.0 + 1e-12):
        return None
    return Text(
        "pilot_chance_never",
        treated=_counted("pilots", design.n_treated),
        controls=_counted("controls", design.n_controls),
        p=_p(smallest), alpha=_p(design.alpha),
    )  # fmt: skip


def _missing(plan: Plan, pilot: PilotPlan, history: PilotHistory | None) -> Iterator[Text]:
    if history is None:
        yield Text("pilot_ask_history")
    elif not history.is_mapped:
        yield Text("history_not_mapped")
    elif not history.divisor and plan.primary and plan.primary.kind is MetricKind.RATIO:
        yield Text("pilot_ask_divisor", name=plan.primary.name)
    if not pilot.treated:
        yield Text("pilot_ask_pilots")
    elif history is not None and history.is_mapped:
        unknown = [site for site in pilot.treated if site not in history.sites]
        if unknown:
            yield Text("pilot_ask_known", site=unknown[0][:80])


def _asked(plan: Plan, pilot: PilotPlan, history: PilotHistory, folder: Path) -> _Asked:
    table = pilots.panel(history, folder=folder)
    scale = Scale(pilot.scale.value)
    named = {*pilot.treated, *pilot.controls} if pilot.controls else set(table.sites)
    pool = tuple(site for site in table.sites if site in named) or table.sites
    before = _first_of_change(table, pilot)
    panel = history_panel(table, before)
    spread = _noise(table, panel.first_post, scale)
    pilots_named = set(pilot.treated)
    treated = tuple(site for site in pool if site in pilots_named)
    n_treated = len(treated) or 1
    design = Design(
        n_treated=n_treated,
        n_controls=max(len(pool) - n_treated, 0),
        before=before,
        after=plan.planned_units or USUAL_PERIODS,
        alpha=plan.alpha,
        power=plan.power,
        by_placebo=pilot.decide is Decide.PLACEBO,
        scale=scale,
    )
    taken = set(pool)
    spare = tuple(site for site in table.sites if site not in taken)
    return _Asked(plan, pilot, panel, spread, pool, spare, design, treated)


def history_panel(table: PanelTable, before: int) -> Panel:
    """The past weeks as sites over time, up to the first period of the change."""
    values = next(iter(table.values.values()))
    return Panel(table.sites, table.periods.labels, values, (), before)


def _first_of_change(table: PanelTable, pilot: PilotPlan) -> int:
    """Where the history stops being past: at the planned start, if it reaches that far."""
    count = len(table.periods.labels)
    if pilot.start is None:
        return count
    try:
        return table.periods.first_from(pilot.start, column=pilot.time or "")
    except (Invalid, Unreadable):
        return count  # it lies after them, as it should


@lru_cache(maxsize=32)
def _noise(table: PanelTable, before: int, scale: Scale) -> Noise:
    """Kept, for a form asks again and again about the same table, which is itself kept."""
    return noise(history_panel(table, before), scale=scale)


def _answer(asked: _Asked, missing: tuple[Text, ...], *, is_brief: bool) -> Chances:
    found = detectable(asked.noise, asked.design)
    return Chances(
        missing=missing,
        alarm=_never(asked.design, found.smallest_p),
        sentences=tuple(_sentences(asked, found)),
        smallest_p=_p(found.smallest_p),
        effect=asked.figure(found.effect),
        reaches=tuple(_reaches(asked)),
        advice=tuple(_advice(asked)),
        controls=() if is_brief or not asked.treated else tuple(_controls(asked)),
        pilots=() if is_brief else tuple(_pilots(asked)),
    )


def _sentences(asked: _Asked, found: Detectable) -> Iterator[Text]:
    design = asked.design
    if found.effect is not None:
        yield Text(
            "pilot_chance_sees",
            treated=_counted("pilots", design.n_treated),
            controls=_counted("controls", design.n_controls),
            after=_counted("periods", design.after),
            effect=_known(asked.figure(found.effect)),
            power=Figure(FigureKind.SHARE, design.power),
        )  # fmt: skip
    elif found.by_t is not None:
        yield Text("pilot_chance_by_t", effect=_known(asked.figure(found.by_t)))
    yield from _against_promise(asked, found)
    yield Text(
        "pilot_chance_basis",
        periods=_counted("periods", design.before),
        sites=_counted("sites", len(asked.history.sites)),
        sd=Figure(FigureKind.PERCENT if asked.is_log else FigureKind.NUMBER, found.change_sd),
    )  # fmt: skip
    longest = math.ceil(design.after * LENGTHS[-1])
    if asked.noise.wanders(design.before, design.after, longest):
        yield Text("pilot_chance_drift")
    if asked.pilot.method.is_mix:
        yield Text("pilot_chance_mix")


def _against_promise(asked: _Asked, found: Detectable) -> Iterator[Text]:
    """What the team expects, and what it asks for, beside what can be seen. Where nothing can be
    confirmed nothing is said to be enough."""
    expected = asked.plan.expected_effect
    seen = found.effect if found.effect is not None else found.by_t
    if seen is None:
        return
    if expected is not None:
        # On the log scale an effect of -9 % is as far as one of +10 %.
        size = abs(expected) if expected >= 0 or not asked.is_log else -expected / (1 + expected)
        if size >= seen and found.effect is None:
            return
        code = "pilot_chance_enough" if size >= seen else "pilot_chance_too_small"
        kind = FigureKind.PERCENT if asked.is_log else FigureKind.NUMBER
        yield Text(code, expected=Figure(kind, expected, is_signed=True))
        return
    threshold = asked.plan.primary.threshold if asked.plan.primary else None
    in_scale = threshold is not None and (asked.is_log or not threshold.is_relative)
    if threshold is not None and in_scale and 0 < threshold.value < seen:
        yield Text("pilot_chance_threshold", threshold=_known(asked.figure(threshold.value)))


def _reaches(asked: _Asked) -> Iterator[Reach]:
    """1, 2 and 5 pilots (and as many as planned), for the planned periods and for more."""
    sites, planned = len(asked.pool), asked.design
    counts = sorted({*PILOTS, planned.n_treated})
    lengths = sorted({math.ceil(planned.after * times) for times in LENGTHS})
    for count in counts:
        if count >= sites:
            continue
        for after in lengths:
            is_planned = (count, after) == (planned.n_treated, planned.after)
            design = replace(planned, n_treated=count, n_controls=sites - count, after=after)
            found = detectable(asked.noise, design)
            by_t = asked.figure(found.by_t) if found.effect is None else None
            yield Reach(
                count, after, asked.figure(found.effect), _p(found.smallest_p), is_planned, by_t
            )


def _advice(asked: _Asked) -> Iterator[Advice]:
    for option in options(asked.noise, asked.design, spare_sites=len(asked.spare)):
        told = _advised(asked, option)
        if told is not None:
            yield told


def _advised(asked: _Asked, option: Option) -> Advice | None:
    design, now = option.design, asked.design
    effect = _known(asked.figure(option.found.effect))
    smallest = _p(option.found.smallest_p)
    match option.lever:
        case Lever.MORE_PILOTS:
            return _one_more_pilot(asked, effect, smallest)
        case Lever.MORE_CONTROLS:
            more = design.n_controls - now.n_controls
            text = Text("pilot_help_more_controls", n=more, effect=effect, p=smallest)
            wider = {"controls": _with_controls(asked, more)} if asked.treated else None
            return Advice(text, wider)
        case Lever.LONGER_AFTER:
            text = Text(
                "pilot_help_longer_after", n=design.after, before=str(now.after), effect=effect
            )
            return Advice(text, {"planned_units": design.after})
        case Lever.LONGER_BEFORE:
            text = Text(
                "pilot_help_longer_before", n=design.before, before=str(now.before), effect=effect
            )
            return Advice(text, None)
        case Lever.ALPHA:
            text = Text("pilot_help_alpha", alpha=_p(design.alpha), effect=effect)
            return Advice(text, {"alpha": design.alpha})
        case Lever.STORE_T:
            decide = None if asked.pilot.method.is_mix else {"decide": Decide.STORE_T.value}
            return Advice(Text("pilot_help_store_t", effect=effect), decide)


def _one_more_pilot(asked: _Asked, effect: Figure, smallest: Figure) -> Advice | None:
    """The quietest control that was not at an end of the list lately."""
    if not asked.treated:
        return None
    free = set(asked.pool) - set(asked.treated)
    ranked = [one for one in _ranked_pilots(asked) if one.site in free]
    calm = [one for one in ranked if not one.is_extreme] or ranked
    if not calm:
        return None
    site = calm[0].site
    text = Text("pilot_help_more_pilots", site=site, effect=effect, p=smallest)
    return Advice(text, {"treated": [*asked.treated, site]})


def _with_controls(asked: _Asked, more: int) -> list[str]:
    """The plan's controls and the best of those left out."""
    treated, spare = set(asked.treated), set(asked.spare)
    kept = [site for site in asked.pool if site not in treated]
    ranked = [site for site, _why in _strays(asked) if site in spare]
    return [*kept, *ranked[:more]]


def _controls(asked: _Asked) -> Iterator[Suggested]:
    taken = set(asked.pool) - set(asked.treated)
    for site, why in _strays(asked)[:MOST_RANKED]:
        yield Suggested(site, (why,), site in taken and bool(asked.pilot.controls))


def _strays(asked: _Asked) -> list[tuple[str, Text]]:
    """Every other site, the one that moves most like the pilots first."""
    treated = set(asked.treated)
    sums: dict[str, list[float]] = {}
    for pilot in asked.treated:
        for one in rank_controls(asked.history, pilot, scale=asked.design.scale):
            if one.site not in treated:
                sums.setdefault(one.site, []).append(one.strays)
    kind = FigureKind.PERCENT if asked.is_log else FigureKind.NUMBER
    found = [
        (mean, site, Text("pilot_why_control", strays=Figure(kind, mean)))
        for site, each in sums.items()
        for mean in (sum(each) / len(each),)
    ]
    return [(site, why) for _strays, site, why in sorted(found, key=lambda each: each[:2])]


def _ranked_pilots(asked: _Asked) -> tuple[RankedPilot, ...]:
    return rank_pilots(asked.history, asked.noise, asked.design)


def _pilots(asked: _Asked) -> Iterator[Suggested]:
    treated = set(asked.treated)
    for one in _ranked_pilots(asked)[:MOST_RANKED]:
        relative = Figure(FigureKind.SHARE, one.relative_noise)
        why = [Text("pilot_why_pilot", relative=relative)]
        if one.is_extreme:
            why.append(Text("pilot_why_highest" if one.last_place == 1 else "pilot_why_lowest"))
        yield Suggested(one.site, tuple(why), one.site in treated)


def _counted(what: str, n: int) -> Text:
    return Text(f"pilot_count_{what}", n=n)


def _known(figure: Figure | None) -> Figure:
    assert figure is not None
    return figure


def _p(value: float) -> Figure:
    return Figure(FigureKind.P_VALUE, value)


def _told(refusal: NotEstimable) -> Text:
    params = {
        name: value if isinstance(value, (str, int)) else Figure(FigureKind.NUMBER, value)
        for name, value in refusal.params.items()
    }
    return Text(refusal.code, **params)
