"""A funnel laid over an export of deals: what share of everyone who came to a stage moved on, how
tidy the CRM is, and what of it forbids a verdict.

Behind `hadi funnel`, the pages of funnels and the API.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hadi.domain.crm_hygiene import Hygiene, Invoices
from hadi.domain.funnels import FEWEST_TO_COMPARE, FunnelSpec, FunnelStage
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check
from hadi.ingest.deal_columns import DealColumns
from hadi.ingest.deals import Deals, Read, Standing, Step, open_deals
from hadi.stats.distributions import two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.proportions import newcombe_reach
from hadi.stats.results import Interval
from hadi.stats.samples import Conversion
from hadi.stats.shares import wilson

USUAL_EFFECT = 0.05  # in points: what a test of a step is usually to see


@dataclass(frozen=True, slots=True)
class StepFound:
    """From one stage to a later one; `days` is how long it may take."""

    start: FunnelStage
    end: FunnelStage
    step: Step
    days: int | None
    alpha: float = 0.05

    @property
    def interval(self) -> Interval | None:
        return share_interval(self.step, self.alpha)

    def as_json(self) -> dict[str, Any]:
        return {"from": self.start.name, "to": self.end.name, "days": self.days} | step_json(
            self.step, self.alpha
        )


@dataclass(frozen=True, slots=True)
class GroupFound:
    """A manager, territory, role or source at the key stage. `stands` is "above", "below" or "like"
    all the others together, None where there are too few deals to say; `standing` tells of all its
    deals."""

    step: Step
    standing: Standing | None
    stands: str | None
    alpha: float = 0.05

    @property
    def name(self) -> str | None:
        return self.step.name

    @property
    def interval(self) -> Interval | None:
        return share_interval(self.step, self.alpha)

    def as_json(self) -> dict[str, Any]:
        hygiene = _hygiene_of(self.standing).as_json() if self.standing else None
        return {"name": self.name, "stands": self.stands, "hygiene": hygiene} | step_json(
            self.step, self.alpha
        )


@dataclass(frozen=True, slots=True)
class Planning:
    """What a test takes that is to see `effect` more move on: units in each of two arms at 5 %
    error and 80 % power, and the weeks in which so many deals come."""

    baseline: float
    effect: float
    n_per_arm: int
    per_week: float | None

    @property
    def weeks(self) -> int | None:
        return math.ceil(2 * self.n_per_arm / self.per_week) if self.per_week else None

    @property
    def text(self) -> Text:
        figures: dict[str, Any] = {
            "effect": Figure(FigureKind.POINTS, self.effect),
            "share": _share(self.baseline),
            "units": self.n_per_arm,
        }
        if self.weeks is None or self.per_week is None:
            return Text("funnel_plan", **figures)
        week = Figure(FigureKind.COUNT, round(self.per_week))
        return Text("funnel_plan_weeks", n=self.weeks, per_week=week, **figures)

    def as_json(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline,
            "effect": self.effect,
            "n_per_arm": self.n_per_arm,
            "per_week": self.per_week,
            "weeks": self.weeks,
            "sentence": str(self.text),
            "sentence_text": self.text.as_json(),
        }


def planning_of(
    baseline: float | None, per_week: float | None, *, effect: float = USUAL_EFFECT
) -> Planning | None:
    """What a test from that share on would take; None where the share leaves no room for it."""
    from hadi.stats.power import conversion_plan

    if baseline is None or not 0.0 < baseline < 1.0 - effect:
        return None
    try:
        needed = conversion_plan(
            baseline=baseline, effect=effect, alpha=0.05, power=0.8, has_mde=False
        ).n_per_arm
    except NotEstimable:
        return None
    return None if needed is None else Planning(baseline, effect, needed, per_week)


@dataclass(frozen=True, slots=True)
class FunnelFound:
    """Everything that a funnel tells. `steps` are those from stage to stage; `before` and `after`
    the ways to the key stage and from it to the end (`before` None where the key is first)."""

    spec: FunnelSpec
    read: Read
    as_of: datetime | None
    steps: tuple[StepFound, ...]
    before: StepFound | None
    after: StepFound
    hygiene: Hygiene
    groups: Mapping[str, tuple[GroupFound, ...]]
    per_week: float | None = None  # deals that come to the key stage

    @property
    def key(self) -> StepFound:
        """From the key stage to the next."""
        return self.steps[self.spec.key_place]

    @property
    def checks(self) -> tuple[Check, ...]:
        from hadi.analysis.funnel_checks import checks_of

        return checks_of(self.read, [self.key.step], self.hygiene, self.key.days, self.as_of)

    @property
    def text(self) -> Text:
        """The answer in one sentence."""
        return step_sentence(self.key)

    @property
    def planning(self) -> Planning | None:
        """What a test of the key stage would take."""
        return planning_of(self.key.step.conversion, self.per_week)

    def as_json(self, *, has_managers: bool = True) -> dict[str, Any]:
        """The object of `hadi funnel --json`; without what it tells of single people where that is
        not seen."""
        groups = {
            name: [group.as_json() for group in found]
            for name, found in self.groups.items()
            if has_managers or name != "manager"
        }
        return {
            "sentence": str(self.text),
            "sentence_text": self.text.as_json(),
            "key_stage": self.spec.key.name,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "deals": self.read.deals,
            "rows": self.read.rows,
            "stages": [step.as_json() for step in self.steps],
            "before_key": self.before.as_json() if self.before else None,
            "after_key": self.after.as_json(),
            "hygiene": self.hygiene.as_json(),
            "planning": self.planning.as_json() if self.planning else None,
            "groups": groups,
            "checks": [check_json(check) for check in self.checks],
        }


def funnel(
    paths: Sequence[Path],
    spec: FunnelSpec,
    columns: DealColumns,
    *,
    as_of: datetime | None = None,
    until: datetime | None = None,
    invoices: int | None = None,
    laid: Invoices | None = None,
    alpha: float = 0.05,
) -> FunnelFound:
    """Lay `spec` over an export. `invoices`: how many were written in the time of the deals;
    `laid`: what a file of them says, where they were counted in one.
    Raises Unreadable with one sentence."""
    with open_deals(paths, columns, spec, as_of=as_of, until=until) as deals:
        top = len(spec.path) - 1

        def way(start: int, end: int) -> StepFound:
            return StepFound(
                spec.path[start], spec.path[end], deals.step(start, end), deals.days(start, end),
                alpha,
            )  # fmt: skip

        key = spec.key_place
        return FunnelFound(
            spec=spec,
            read=deals.read,
            as_of=deals.as_of,
            steps=tuple(way(place, place + 1) for place in range(top)),
            before=way(0, key) if key else None,
            after=way(key, top),
            hygiene=hygiene_of(deals, invoices, laid),
            groups={name: _groups(deals, name, alpha) for name in columns.groups},
            per_week=deals.per_week(key),
        )


def hygiene_of(deals: Deals, invoices: int | None, laid: Invoices | None = None) -> Hygiene:
    return replace(_hygiene_of(deals.standing(), laid.count if laid else invoices), laid=laid)


def share_interval(step: Step, alpha: float) -> Interval | None:
    return wilson(step.moved, step.entered, alpha=alpha) if step.entered else None


def step_json(step: Step, alpha: float = 0.05) -> dict[str, Any]:
    """A step in numbers; `snapshot` and `closed_only` are what it is not."""
    interval = share_interval(step, alpha)
    return {
        "entered": step.entered,
        "moved": step.moved,
        "lost": step.lost,
        "open": step.open,
        "open_share": step.open_share,
        "too_young": step.young,
        "undated": step.undated,
        "conversion": step.conversion,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "not_this": {"snapshot": step.of_present, "closed_only": step.of_closed},
    }


def check_json(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "status": check.status.value,
        "p_value": check.p_value,
        "detail": str(check.detail),
        "text": check.detail.as_json(),
    }


def step_sentence(found: StepFound) -> Text:
    """What a step says, in one sentence."""
    step, interval = found.step, found.interval
    names = {"start": found.start.name, "end": found.end.name}
    if interval is None or step.conversion is None:
        return Text("funnel_nobody_entered", **names)
    assert interval.low is not None and interval.high is not None
    return Text(
        "funnel_step", n=step.entered, moved=step.moved, share=_share(step.conversion),
        low=_share(interval.low), high=_share(interval.high), **names,
    )  # fmt: skip


def _groups(deals: Deals, name: str, alpha: float) -> tuple[GroupFound, ...]:
    """The largest first: none is ranked by how it did."""
    place = deals.spec.key_place
    steps = deals.steps_by(place, place + 1, name)
    standings = {standing.name: standing for standing in deals.standing_by(name)}
    stand = stands(steps, alpha=alpha)
    return tuple(
        GroupFound(step, standings.get(step.name), stand.get(step.name), alpha)
        for step in sorted(steps, key=lambda s: (s.name is None, -s.entered, s.name or ""))
    )


def stands(steps: Sequence[Step], *, alpha: float) -> dict[str | None, str]:
    """Who stands "above", "below" or "like" all the others together, by Newcombe's interval of the
    difference. The level is shared among those compared, so that of groups that are all alike one
    or more is told apart in `alpha` of the cases at most; groups with few deals are left out."""
    entered, moved = sum(s.entered for s in steps), sum(s.moved for s in steps)
    compared = [
        step
        for step in steps
        if step.name is not None
        and step.entered >= FEWEST_TO_COMPARE
        and entered - step.entered >= FEWEST_TO_COMPARE
    ]
    found: dict[str | None, str] = {}
    for step in compared:
        own = Conversion(step.entered, step.moved)
        rest = Conversion(entered - step.entered, moved - step.moved)
        below, above = newcombe_reach(rest, own, two_sided_z(alpha / len(compared)))
        difference = own.rate - rest.rate
        found[step.name] = (
            "above" if difference > below else "below" if -difference > above else "like"
        )
    return found


def _hygiene_of(standing: Standing, invoices: int | None = None) -> Hygiene:
    return Hygiene(
        standing.open, standing.without_task, standing.overdue, standing.won, invoices or None
    )


def _share(value: float) -> Figure:
    return Figure(FigureKind.SHARE, value)
