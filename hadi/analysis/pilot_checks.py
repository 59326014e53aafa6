"""What can be said of a pilot's data before any effect is looked at: sites, periods and gaps.

Sites are named by the plan, never guessed. A missing period is reported and left missing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hadi.analysis.pilot_found import Found
from hadi.domain.errors import Unreadable
from hadi.domain.pilot_plan import Decide, PilotPlan, Scale
from hadi.domain.plan import Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.panels import PanelTable
from hadi.stats import panel as panels
from hadi.stats.panel import Gap, Panel

MOST_NAMED = 5
MOST_COLUMNS = 30
LEAST_OF_TOTAL, NEAR_TOTAL = 4, 1e-4  # periods that agree, and how well: totals are rounded
POOR = 0.5  # of the pilots' movement before the start: a mix that explains less is a poor one


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A plan laid over a table: the panel of every metric (its pilots and controls alone, where
    the plan names controls), and the sites of the table that take no part."""

    table: PanelTable
    panels: dict[str, Panel]
    idle: tuple[str, ...]

    @property
    def any(self) -> Panel:
        return next(iter(self.panels.values()))

    @property
    def first_post(self) -> int:
        return self.any.first_post

    @property
    def start(self) -> str:
        return self.table.periods.labels[self.first_post]

    @property
    def after(self) -> int:
        """Periods from the start on of which a pilot has a value."""
        post = self.any.post[list(self.any.treated)]
        return int((post == post).any(axis=0).sum())  # NaN is unlike itself


def lay(table: PanelTable, plan: Plan) -> Laid:
    """Take the plan's sites and its start from the table. Raises Unreadable with what is not there,
    and what is near it."""
    pilot = plan.pilot
    assert pilot is not None
    site, time = pilot.site or "site", pilot.time or "time"
    if not pilot.treated:
        raise Unreadable(Text("plan_needs_treated"))
    if pilot.start is None:
        raise Unreadable(Text("plan_needs_start"))
    if len(table.periods.labels) < 2:
        raise Unreadable(Text("panel_one_period"))
    for named in (*pilot.treated, *pilot.controls):
        if named not in table.sites:
            raise Unreadable(unknown(named, table, site))
    first_post = table.periods.first_from(pilot.start, column=time)
    chosen = {*pilot.treated, *pilot.controls} if pilot.controls else set(table.sites)
    rows = [row for row, name in enumerate(table.sites) if name in chosen]
    sites = tuple(table.sites[row] for row in rows)
    treated = tuple(place for place, name in enumerate(sites) if name in set(pilot.treated))
    if len(treated) == len(sites):
        raise Unreadable(Text("panel_no_control"))
    found = {
        name: Panel(sites, table.periods.labels, values[rows], treated, first_post)
        for name, values in table.values.items()
    }
    return Laid(table, found, tuple(name for name in table.sites if name not in chosen))


def unknown(named: str, table: PanelTable, column: str) -> Text:
    """The refusal of a site that the data do not have."""
    text = unknown_site(named, (*table.sites, *table.left_out), column)
    if not table.is_wide:
        return text
    code = "panel_column_unknown" if text.code == "panel_site_unknown" else "panel_column_nowhere"
    return Text(code, **{name: value for name, value in text.params.items() if name != "column"})


def unknown_site(named: str, sites: Sequence[str], column: str) -> Text:
    """The refusal of a site that is not there, with the nearest ones."""
    folded = {_plain(site): site for site in reversed(sites)}
    near = difflib.get_close_matches(_plain(named), folded, n=3, cutoff=0.5)
    if near:
        listed = ", ".join(f"“{folded[name]}”" for name in near)
        return Text("panel_site_unknown", site=named, column=column, near=listed)
    return Text("panel_site_nowhere", site=named, column=column, sites=named_some(sites))


def _plain(site: str) -> str:
    """A name as it is compared: s7 is like S07."""
    return re.sub(r"0+(?=\d)", "", site.casefold())


def named_some(names: Sequence[str], *, most: int = MOST_NAMED) -> str:
    """Some names in quotation marks; three dots for the rest."""
    listed = ", ".join(f"“{name}”" for name in names[:most])
    return f"{listed}, …" if len(names) > most else listed


def validity(laid: Laid, plan: Plan) -> tuple[Check, ...]:
    """Every check of the data, in its order."""
    return tuple(_validity(laid, plan))


def _validity(laid: Laid, plan: Plan) -> Iterator[Check]:
    pilot, panel = plan.pilot, laid.any
    assert pilot is not None
    yield _controls(laid, pilot)
    if laid.table.is_wide:
        yield _columns(laid.table)
    yield _missing(panels.gaps(panel))
    if absent := laid.table.periods.absent:
        text = Text("check_periods_absent", n=len(absent), periods=named_some(absent))
        yield Check("absent_periods", CheckStatus.WARN, text)
    yield _left_out(panel)
    yield _several_rows(laid.table)
    if laid.table.blank_rows:
        text = Text("check_panel_blank", n=laid.table.blank_rows)
        yield Check("blank_rows", CheckStatus.WARN, text)


def _controls(laid: Laid, pilot: PilotPlan) -> Check:
    """Which sites are compared with; the plan fixes it, or every other site of the data is."""
    n = len(laid.any.controls)
    if pilot.controls:
        text = Text("check_controls_named", n=n)
        return Check("controls", CheckStatus.PASS, text)
    return Check("controls", CheckStatus.PASS, Text("check_controls_all", n=n))


def _columns(table: PanelTable) -> Check:
    """A total among the sites is caught where it is one: as a control it would hold the pilots'
    own gain."""
    total = _total_of(table)
    if total is not None:
        return Check("wide", CheckStatus.WARN, Text("check_wide_total", site=total))
    return Check("wide", CheckStatus.PASS, columns_taken(table))


def _total_of(table: PanelTable) -> str | None:
    """The site whose values are the sum, or the average, of those of all others in every period
    that all of them have."""
    for values in table.values.values():
        whole = values[:, ~np.isnan(values).any(axis=0)]
        others = len(whole) - 1
        if others < 2 or whole.shape[1] < LEAST_OF_TOTAL:
            continue
        rest = whole.sum(axis=0) - whole
        for share in (rest, rest / others):
            alike = np.isclose(whole, share, rtol=NEAR_TOTAL, atol=0.0).all(axis=1)
            is_told = ~np.isclose(whole, whole[:, :1]).all(axis=1)  # a line says nothing
            if (alike & is_told).any():
                return table.sites[int(np.argmax(alike & is_told))]
    return None


def columns_taken(table: PanelTable) -> Text:
    """Which columns were taken for sites: a total among them would be a control."""
    n, sites = len(table.sites), named_some(table.sites, most=MOST_COLUMNS)
    if not table.left_out:
        return Text("check_wide", n=n, sites=sites)
    left = named_some(table.left_out, most=MOST_COLUMNS)
    return Text("check_wide_named", n=n, sites=sites, left=left)


def _missing(found: Sequence[Gap]) -> Check:
    if not found:
        return Check("missing_periods", CheckStatus.PASS, Text("check_periods_pass"))
    worst = max(found, key=lambda gap: gap.before + gap.after)
    text = Text(
        "check_periods_missing",
        n=len(found), site=worst.site, gone=worst.before + worst.after,
        periods=worst.before_of + worst.after_of,
        sites=named_some([gap.site for gap in found]),
    )  # fmt: skip
    return Check("missing_periods", CheckStatus.WARN, text)


def _left_out(panel: Panel) -> Check:
    """Controls that have nothing before or nothing after: there is no change to see in them."""
    controls = {panel.sites[row] for row in panel.controls}
    out = [gap.site for gap in panels.gaps(panel) if not gap.is_usable and gap.site in controls]
    if not out:
        return Check("left_out", CheckStatus.PASS, Text("check_left_out_pass"))
    text = Text("check_left_out", n=len(out), sites=named_some(out))
    return Check("left_out", CheckStatus.WARN, text)


def _several_rows(table: PanelTable) -> Check:
    code = "check_several_rows" if table.groups is None else "check_several_of_seller"
    if table.merged is None:
        return Check("several_rows", CheckStatus.PASS, Text(f"{code}_pass"))
    site, time = table.merged
    text = Text(code, n=table.merged_rows, site=site, time=time)
    return Check("several_rows", CheckStatus.WARN, text)


def fit(found: Found, scale: Scale) -> Iterator[Check]:
    """How well a mix stood in for the pilots before the start, and what it had to do without."""
    if found.pre_rmspe is None:
        return
    if found.is_exact_fit:
        yield Check("pre_fit", CheckStatus.WARN, Text("check_pre_fit_exact"))
    else:
        yield _fit(found.pre_rmspe, found.pre_spread or 0.0, scale)
    if found.left_sites or found.left_times:
        sites, times = named_some(found.left_sites), named_some(found.left_times)
        text = Text("check_mix_left_out", sites=sites or "–", times=times or "–")
        yield Check("mix_left_out", CheckStatus.WARN, text)


def _fit(error: float, spread: float, scale: Scale) -> Check:
    explained = max(0.0, 1.0 - (error / spread) ** 2) if spread > 0.0 else 0.0
    is_log = scale is Scale.LOG
    missed = Figure(FigureKind.PERCENT if is_log else FigureKind.NUMBER, error)
    is_poor = explained < POOR
    code = "check_pre_fit_warn" if is_poor else "check_pre_fit_pass"
    text = Text(code, error=missed, share=Figure(FigureKind.SHARE, explained))
    return Check("pre_fit", CheckStatus.WARN if is_poor else CheckStatus.PASS, text)


def attainable(
    smallest: float | None, pilot: PilotPlan, alpha: float, *, treated: int, controls: int
) -> Check | None:
    """Whether the placebo test could ever confirm: it is said with every result, too."""
    if smallest is None or pilot.decide is Decide.STORE_T:
        return None
    p = Figure(FigureKind.P_VALUE, smallest)
    level = Figure(FigureKind.P_VALUE, alpha)
    figures: dict[str, int | Figure] = {"treated": treated, "controls": controls, "p": p}
    if smallest <= alpha:
        text = Text("check_attainable_pass", **figures)
        return Check("smallest_p", CheckStatus.PASS, text, smallest)
    text = Text("check_attainable_warn", alpha=level, **figures)
    return Check("smallest_p", CheckStatus.WARN, text, smallest)
