"""Where and when the data of a test lie: the stores of each arm, the days before and from the
start on. Read once, when something asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.folding import folded
from hadi.domain.months import When, last_day, month_of, read_span
from hadi.domain.plan import Plan
from hadi.ingest.periods import start_day
from hadi.ingest.places import places_of_arms
from hadi.models import Dataset, Hypothesis, Test, Unit
from hadi.models.dataset import DatasetKind
from hadi.services import quality, units
from hadi.services.dataset_records import paths_of, source
from hadi.services.running_tests import Places, Running, place_id

PILOTS, CONTROLS = "pilots", "controls"
_OPEN = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Store:
    """A store of the data: its label, and the places that it is or lies in."""

    label: str
    places: frozenset[str]
    unit: Unit | None

    @property
    def name(self) -> str:
        return self.unit.name if self.unit is not None else self.label


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days, both ends inside."""

    first: date
    last: date


class Lies(Protocol):
    """Where and when a test lies; `arms` are empty where it has none in stores of its own."""

    @property
    def arms(self) -> Mapping[str, Sequence[Store]]: ...

    @property
    def stores(self) -> Sequence[Store]: ...

    @property
    def after(self) -> Days | None: ...

    @property
    def before(self) -> Days | None: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan says of it, before there are data."""

    arms: Mapping[str, Sequence[Store]]
    stores: Sequence[Store]
    after: Days | None
    before: Days | None

    @classmethod
    def of(cls, running: Running) -> Planned:
        """By the days and places of a test that has not begun. One without an end is looked at
        for half a year."""
        plan, runs = running.plan, running.runs
        after = Days(runs.first, runs.last or runs.first + _OPEN)
        labels = _pilot_labels(plan, running.beside)
        places = Places(label for arm in labels.values() for label in arm)
        arms = {arm: [store_of(label, places) for label in each] for arm, each in labels.items()}
        season = plan.season
        before = _span(season.before, after.first) if season is not None else None
        found = [store for arm in arms.values() for store in arm]
        return cls(arms, found or named_stores(running.hypothesis), after, before)


class Ground:
    """What lies under the data."""

    def __init__(
        self,
        hypothesis: Hypothesis,
        test: Test,
        plan: Plan,
        dataset: Dataset,
        *,
        today: date,
        folder: Path,
    ) -> None:
        self.hypothesis, self.test, self.plan = hypothesis, test, plan
        self.dataset, self.today, self.folder = dataset, today, folder

    @cached_property
    def arms(self) -> Mapping[str, Sequence[Store]]:
        """The stores of each arm."""
        labels = self._labels
        places = Places(label for arm in labels.values() for label in arm)
        return {arm: [store_of(label, places) for label in each] for arm, each in labels.items()}

    @cached_property
    def stores(self) -> Sequence[Store]:
        """Every store of the test: those of its data, else those that the hypothesis names."""
        found = {store.label: store for arm in self.arms.values() for store in arm}
        if found:
            return list(found.values())
        return named_stores(self.hypothesis)

    @cached_property
    def after(self) -> Days | None:
        """The days of the test itself."""
        first, last = self._first_and_last
        start = start_day(self.plan) or self.plan.starts_on or first
        if start is None:
            return None
        if first is not None and last is not None and start < first and self.plan.own is None:
            start = first  # a test that took longer to begin
        ends = [end for end in (self.plan.ends_on, self.today) if end is not None]
        stop = self._last_of(last) if last is not None else min(ends)
        if self.plan.ends_on is not None:
            stop = min(stop, self.plan.ends_on)
        return Days(start, stop) if start <= stop else None

    @cached_property
    def before(self) -> Days | None:
        """The days that those are held against, where it is not another arm alone."""
        if self.after is None or self.plan.own is None:
            return None
        until = self.after.first - timedelta(days=1)
        season = self.plan.season
        if season is not None:
            return _span(season.before, self.after.first)
        first = self._first_and_last[0]
        return Days(first, until) if first is not None and first <= until else None

    # --------------------------------------------------------------------------------- parts
    @cached_property
    def _labels(self) -> Mapping[str, Sequence[str]]:
        plan = self.plan.bound(self.dataset.mapping)
        if plan.pilot is not None:
            return _pilot_labels(plan, self._sites)
        place = plan.cluster or plan.group
        is_file = self.dataset.kind is DatasetKind.FILE and self.dataset.has_content
        if plan.season is not None or place is None or plan.variant is None or not is_file:
            return {}
        try:
            paths = paths_of(self.dataset, folder=self.folder)
            return places_of_arms(paths, variant=plan.variant, place=place)
        except Unreadable:  # the analysis itself says what is wrong
            return {}

    @cached_property
    def _panel(self) -> tuple[tuple[str, ...], tuple[date, ...]]:
        """The sites of a pilot's data, and its periods where they are days."""
        try:
            table = source(self.dataset, folder=self.folder).panel(
                self.plan.bound(self.dataset.mapping)
            )
        except (Unreadable, Invalid):
            return (), ()
        return table.sites, table.periods.days

    @property
    def _sites(self) -> tuple[str, ...]:
        return self._panel[0]

    @cached_property
    def _first_and_last(self) -> tuple[date | None, date | None]:
        if self.plan.pilot is not None and self._panel[1]:
            return self._panel[1][0], self._panel[1][-1]
        report = quality.report_of(self.dataset)  # the days before a change as well
        return (report.first_day, report.last_day) if report else (None, None)

    def _last_of(self, period: date) -> date:
        """The last day of a period that begins then: of a month, where a series has months."""
        if self.plan.season is not None and period.day == 1:
            return last_day(When(month_of(period)))
        return period + self._step - timedelta(days=1)

    @cached_property
    def _step(self) -> timedelta:
        """From a period to the next: the last one goes on for as long."""
        days = self._panel[1] if self.plan.pilot is not None else ()
        return min((after - before for before, after in pairwise(days)), default=timedelta(days=1))


def store_of(label: str, places: Places) -> Store:
    return Store(label, frozenset({place_id(label), *places.of([label])}), places.unit(label))


def named_stores(hypothesis: Hypothesis) -> list[Store]:
    """The stores that a hypothesis names as where it runs, and those that lie in them."""
    places = Places(())
    return [
        Store(unit.code, frozenset(places.within([unit])), unit)
        for unit in units.of_hypothesis(hypothesis)
    ]


def _pilot_labels(plan: Plan, sites: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The sites that get the change and those beside them; without controls, all others."""
    pilot = plan.pilot
    if pilot is None:
        return {}
    beside = pilot.controls or tuple(site for site in sites if site not in pilot.treated)
    return {PILOTS: pilot.treated, CONTROLS: beside} if pilot.treated and beside else {}


def reached(stores: Iterable[Store], places: Iterable[str], regions: Iterable[str]) -> list[str]:
    """The labels of the stores that lie in any of those places, or in a region of that name."""
    there, named = frozenset(places), {folded(region) for region in regions}
    return [
        store.label
        for store in stores
        if store.places & there
        or (store.unit is not None and folded(store.unit.region) in named and store.unit.region)
    ]


def _span(written: str | None, start: date) -> Days | None:
    """The months before a start that it is compared with: those named, else the three before."""
    if not written:
        return Days(_months_before(start, 3), start - timedelta(days=1))
    try:
        first, last = read_span(written, "before")
    except Invalid:
        return None
    return Days(first.first, last_day(last))


def _months_before(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 - count
    return date(month // 12, month % 12 + 1, 1)
