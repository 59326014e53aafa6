"""`hadi power pilot`: can this pilot succeed at all? The sites' own past says so before it runs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from hadi.cli.files import prepared, reading_options
from hadi.cli.pilot_options import (
    SITES,
    as_laid,
    column_names,
    listed,
    named,
    value_metric,
    wide_options,
)
from hadi.domain.errors import Invalid
from hadi.domain.pilot_plan import Decide, PilotPlan, Scale
from hadi.domain.plan import Design, Plan, Threshold
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.stats.errors import NotEstimable

if TYPE_CHECKING:
    from hadi.ingest.panels import PanelTable
    from hadi.stats.panel import Panel
    from hadi.stats.pilot_power import Design as Planned
    from hadi.stats.pilot_power import Detectable
    from hadi.stats.site_noise import Noise

USUAL_AFTER = 8
PILOTS = (1, 2, 5)
LENGTHS = (1.0, 1.5, 2.0)
_READING = ("sheet", "encoding", "delimiter", "decimal", "dates", "factors", "bad_rows")


@click.command()
@click.argument("file", metavar="FILE")
@wide_options
@click.option(
    "--treated",
    multiple=True,
    metavar=SITES,
    help="The pilots planned; may be given again. Else see --pilots.",
)
@click.option("--pilots", type=int, help="How many pilots, where they are not named: 1.")
@click.option("--controls", multiple=True, metavar=SITES, help="Compared with; else all others.")
@click.option("--start", metavar="TIME", help="The past ends before it; else at the last period.")
@click.option("--after", type=int, default=USUAL_AFTER, show_default=True, help="Periods after.")
@click.option("--effect", metavar="D", help="The expected effect: 0.1 or 10%.")
@click.option("--threshold", metavar="T", help="What the effect must reach: 0.05 or 5%.")
@click.option("--scale", type=click.Choice(["log", "linear"]), default="log", show_default=True)
@click.option(
    "--decide", type=click.Choice(["placebo", "store_t"]), default="placebo", show_default=True
)
@click.option("--alpha", type=float, default=0.05, show_default=True)
@click.option("--power", "wanted", type=float, default=0.8, show_default=True)
@reading_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def pilot(file: str, is_json: bool, **given: Any) -> None:
    """What pilots could show, by the past of the sites in FILE.

    FILE has a row for each site and period, or a row for each period and a column for each site
    (--wide).
    """
    asked = _Asked.of(given)
    reading = {name: given[name] for name in _READING}
    with prepared([file], asked.plan, reading) as found:
        from hadi.ingest.tables import TableSource

        plan, taken = as_laid(asked.plan, given["value"] or "", found.paths)
        asked = replace(asked, plan=plan)
        table = TableSource(found.paths, labels=found.labels).panel(asked.plan)
    try:
        answer = _answer(asked, table)
    except NotEstimable as unknown:
        params = {name: str(value) for name, value in unknown.params.items()}
        raise Invalid(Text(unknown.code, **params)) from None
    if is_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False, allow_nan=False))
        return
    notes = [f"Note   {note}" for note in (*taken, *_sites_taken(table))]
    click.echo("\n".join([*_lines(answer), *([""] if notes else []), *notes]))


def _sites_taken(table: PanelTable) -> Iterator[Text]:
    """Of a file with a column for each site: which columns those were."""
    if table.is_wide:
        from hadi.analysis.pilot_checks import columns_taken

        yield columns_taken(table)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options, checked. Fractions on the log scale; the effect signed as it was given."""

    plan: Plan
    pilots: int
    after: int
    effect: float | None
    threshold: float
    power: float

    @property
    def pilot(self) -> PilotPlan:
        assert self.plan.pilot is not None
        return self.plan.pilot

    @property
    def is_log(self) -> bool:
        return self.pilot.scale is Scale.LOG

    @classmethod
    def of(cls, given: dict[str, Any]) -> _Asked:
        """Raises Invalid."""
        for option, value, is_right, said in (
            ("--alpha", given["alpha"], 0.0 < given["alpha"] < 0.5, "above 0 and below 0.5"),
            ("--power", given["wanted"], 0.0 < given["wanted"] < 1.0, "above 0 and below 1"),
            ("--after", given["after"], 1 <= given["after"] <= 10_000, "from 1 to 10000"),
            ("--pilots", given["pilots"], (given["pilots"] or 0) >= 1, "of 1 or more"),
        ):
            if value is not None and not is_right:
                raise Invalid(Text("option_range", option=option, range=said))
        if given["treated"] and given["pilots"] is not None:
            raise Invalid(Text("option_either", option="--pilots", other="--treated"))
        scale = Scale(given["scale"])
        site, value = column_names(given)
        metric = value_metric(value)
        treated = listed("--treated", given["treated"]) if given["treated"] else ()
        plan = Plan(
            design=Design.PILOT, metrics=(metric,), alpha=given["alpha"],
            pilot=PilotPlan(
                site=site, time=named("--time", given["time"]),
                value=metric.columns[0], treated=treated,
                controls=listed("--controls", given["controls"]) if given["controls"] else (),
                start=given["start"], scale=scale, decide=Decide(given["decide"]),
            ),
        )  # fmt: skip
        effect = _size("--effect", given["effect"], scale, is_signed=True)
        threshold = _size("--threshold", given["threshold"], scale) or 0.0
        pilots = len(treated) or given["pilots"] or 1
        return cls(plan, pilots, given["after"], effect, threshold, given["wanted"])


def _size(
    option: str, written: str | None, scale: Scale, *, is_signed: bool = False
) -> float | None:
    """A change as it was given. Raises Invalid."""
    if written is None:
        return None
    is_below = is_signed and written.strip().startswith(("-", "−"))
    read = Threshold.parse(written.strip().lstrip("-−") if is_below else written, option)
    if read.is_relative and scale is Scale.LINEAR:
        raise Invalid(Text("power_pilot_relative", option=option))
    if is_below and scale is Scale.LOG and read.value >= 1.0:
        raise Invalid(Text("option_range", option=option, range="above -100%"))
    return -read.value if is_below else read.value


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the planned pilot can show, and what other sizes could."""

    asked: _Asked
    design: Planned
    found: Detectable
    odds: dict[str, float]
    power: float
    effect: float | None  # that the odds are of
    fewest: int | None
    reaches: tuple[tuple[int, int, Detectable], ...]
    helps: tuple[tuple[str, Planned, Detectable], ...]
    is_wandering: bool  # more periods after the start do not help

    @property
    def text(self) -> Text:
        """The answer in a sentence."""
        counts = {"treated": self.design.n_treated, "controls": self.design.n_controls}
        p = Figure(FigureKind.P_VALUE, self.found.smallest_p)
        if self.found.effect is None:
            alpha = Figure(FigureKind.P_VALUE, self.design.alpha)
            return Text("power_pilot_never", p=p, alpha=alpha, **counts)
        return Text(
            "power_pilot_sees",
            after=self.design.after, effect=self.figure(self.found.effect),
            power=Figure(FigureKind.SHARE, self.design.power), **counts,
        )  # fmt: skip

    def figure(self, effect: float) -> Figure:
        kind = FigureKind.PERCENT if self.asked.is_log else FigureKind.NUMBER
        return Figure(kind, effect, is_signed=True)

    def as_json(self) -> dict[str, Any]:
        return {
            "n_per_arm": self.fewest,
            "power": self.power,
            "mde": self.found.effect,
            "verdict_probabilities": self.odds,
            "smallest_attainable_p": self.found.smallest_p,
            "sentence": str(self.text),
            "sentence_text": self.text.as_json(),
            "at_effect": self.effect,
            "pilots": self.design.n_treated,
            "controls": self.design.n_controls,
            "before": self.design.before,
            "after": self.design.after,
            "mde_by_t": self.found.by_t,
            "mde_by_placebo": self.found.by_placebo,
            "change_sd": self.found.change_sd,
            "detectable": [
                {
                    "pilots": n, "after": after, "effect": each.effect, "by_t": each.by_t,
                    "smallest_p": each.smallest_p,
                }
                for n, after, each in self.reaches
            ],
            "helps": [
                {
                    "lever": lever, "pilots": design.n_treated, "controls": design.n_controls,
                    "before": design.before, "after": design.after, "alpha": design.alpha,
                    "effect": each.effect, "smallest_p": each.smallest_p,
                }
                for lever, design, each in self.helps
            ],
        }  # fmt: skip


def _answer(asked: _Asked, table: PanelTable) -> _Answer:
    """Raises NotEstimable, Unreadable."""
    from hadi.analysis.pilot_odds import verdict_odds
    from hadi.stats.pilot_power import Design as Planned
    from hadi.stats.pilot_power import detectable, options
    from hadi.stats.site_noise import noise

    panel, spare = _history(asked, table)
    from hadi.stats.panel import Scale as PanelScale

    scale = PanelScale(asked.pilot.scale.value)
    past = noise(panel, scale=scale)
    sites = len(panel.sites)
    if asked.pilots >= sites:
        raise NotEstimable("draw_too_many", n=asked.pilots, sites=sites)
    design = Planned(
        n_treated=asked.pilots, n_controls=sites - asked.pilots, before=panel.first_post,
        after=asked.after, alpha=asked.plan.alpha, power=asked.power,
        by_placebo=asked.pilot.decide is Decide.PLACEBO, scale=scale,
    )  # fmt: skip
    own = [float(past.relative[row]) for row in panel.treated]
    known = [noise for noise in own if math.isfinite(noise) and noise > 0.0]
    # Named pilots that are noisier than the others see less; that one was quiet so far may be luck.
    usual = math.sqrt(sum(noise**2 for noise in known) / len(known)) if known else 1.0
    relative = max(1.0, usual)
    found = detectable(past, design, relative=relative)
    expected = asked.effect if asked.effect is not None else found.effect or found.by_t
    odds: dict[str, float] = {}
    power = 0.0
    if expected is not None and sites > 2:
        sign = -1 if expected < 0.0 else 1
        told, power = verdict_odds(
            found.change_sd,
            design,
            effect=expected,
            threshold=asked.threshold,
            sign=sign,
            relative=relative,
        )
        odds = dict(told)
    lengths = sorted({math.ceil(asked.after * times) for times in LENGTHS})
    counts = sorted({*PILOTS, asked.pilots})
    reaches = tuple(
        (
            n,
            after,
            detectable(past, replace(design, n_treated=n, n_controls=sites - n, after=after)),
        )
        for n in counts
        if n < sites
        for after in lengths
    )
    helps = tuple(
        (option.lever.value, option.design, option.found)
        for option in options(past, design, spare_sites=spare)
    )
    fewest = _fewest(past, design, asked.effect)
    wandering = past.wanders(design.before, asked.after, lengths[-1])
    return _Answer(asked, design, found, odds, power, expected, fewest, reaches, helps, wandering)


def _history(asked: _Asked, table: PanelTable) -> tuple[Panel, int]:
    """The past of the sites that take part, and how many take none. Raises Unreadable."""
    from hadi.analysis.pilot_checks import unknown
    from hadi.domain.errors import Unreadable
    from hadi.stats.panel import Panel

    pilot = asked.pilot
    for site in (*pilot.treated, *pilot.controls):
        if site not in table.sites:
            raise Unreadable(unknown(site, table, pilot.site or ""))
    count = len(table.periods.labels)
    end = count
    if pilot.start is not None:
        end = table.periods.first_from(pilot.start, column=pilot.time or "")
    chosen = {*pilot.treated, *pilot.controls} if pilot.controls else set(table.sites)
    rows = [row for row, site in enumerate(table.sites) if site in chosen]
    values = next(iter(table.values.values()))[rows]
    names = tuple(table.sites[row] for row in rows)
    treated = tuple(place for place, site in enumerate(names) if site in set(pilot.treated))
    panel = Panel(names, table.periods.labels, values, treated, end)
    return panel, len(table.sites) - len(names)


def _fewest(past: Noise, design: Planned, effect: float | None) -> int | None:
    """The fewest of these sites that have to be pilots: to show the effect, or to show any."""
    from hadi.stats.pilot_power import detectable

    sites = design.n_treated + design.n_controls
    size = math.inf if effect is None else abs(effect)
    if effect is not None and effect < 0.0 and design.scale.value == Scale.LOG.value:
        size = -effect / (1.0 + effect)  # on the log scale -9 % is as far as +10 %
    for count in range(1, sites // 2 + 1):
        found = detectable(past, replace(design, n_treated=count, n_controls=sites - count))
        if found.effect is not None and found.effect <= size:
            return count
    return None


def _lines(answer: _Answer) -> Iterator[str]:
    yield str(answer.text)
    if answer.found.effect is None and answer.found.by_t is not None:
        yield str(Text("power_pilot_by_t", effect=answer.figure(answer.found.by_t)))
    if answer.effect is not None and answer.odds:
        confirmed = Figure(FigureKind.SHARE, answer.odds.get("confirmed", 0.0))
        yield str(
            Text("power_pilot_odds", effect=answer.figure(answer.effect), confirmed=confirmed)
        )
    yield ""
    yield f"{'Pilots':>6}  {'after':>5}  {'sees':>11}  smallest p"
    for pilots, after, found in answer.reaches:
        least = "<0.001" if found.smallest_p < 0.001 else f"{found.smallest_p:.3f}"
        yield f"{pilots:>6}  {after:>5}  {_seen(answer, found):>11}  {least}"
    if any(found.effect is None and found.by_t is not None for _n, _a, found in answer.reaches):
        yield str(Text("power_pilot_marked"))
    if answer.is_wandering:
        yield str(Text("pilot_chance_drift"))
    if answer.helps:
        yield ""
        yield "What would help most"
    for lever, design, found in answer.helps:
        seen = "–" if found.effect is None else ENGLISH.figure(answer.figure(found.effect))
        yield f"  {lever.replace('_', ' '):<14} {_told(design)}: sees {seen}"


def _seen(answer: _Answer, found: Detectable) -> str:
    """The smallest effect; where the placebo test sees none whatever, what Student's t would."""
    if found.effect is not None:
        return ENGLISH.figure(answer.figure(found.effect))
    return "–" if found.by_t is None else f"t: {ENGLISH.figure(answer.figure(found.by_t))}"


def _told(design: Planned) -> str:
    test = "placebo" if design.by_placebo else "t test"
    return (
        f"{design.n_treated} and {design.n_controls} sites, {design.before} and {design.after} "
        f"periods, alpha {design.alpha:g}, {test}"
    )
