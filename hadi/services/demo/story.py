"""What a story of the demo workspace is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random
from typing import Any

from hadi.domain.scaling import RolloutStatus
from hadi.services.demo.places import Where


class Reach(StrEnum):
    """How far a story has come."""

    IDEA = "idea"
    DRAFT = "draft"  # an idea with a plan that still lacks something
    PLANNED = "planned"
    STARTED = "started"  # running, no data yet
    COLLECTING = "collecting"  # running, data attached, the end not reached
    MEASURED = "measured"
    INSIGHT = "insight"  # measured, the insight written, the decision open
    CONCLUDED = "concluded"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Counted:
    """A conversion: (successes, units) of the control and of the new way."""

    control: tuple[int, int]
    treatment: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mean: values drawn around `mean` for `units` in each arm, moved to differ by `effect`."""

    units: int
    mean: float
    spread: float  # standard deviation
    effect: float


@dataclass(frozen=True, slots=True)
class Study:
    """A test that needs more than two columns: what its plan says besides, and its file. `rows`
    draws them for a test that begins on that day; `after_days` is when a look on the way is taken
    (None: at the end); `then` is what is done with the data after the first check; `dated` is what
    of the plan depends on the day on which it begins."""

    plan: Mapping[str, Any]
    head: tuple[str, ...]
    rows: Callable[[Random, date], list[list[object]]]
    after_days: int | None = None
    then: Callable[..., None] | None = None
    dated: Callable[[date], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """The primary metric of a story, in the metric's own units (shares as fractions)."""

    name: str
    threshold: float | str
    baseline: float
    expected: float
    better: str = "higher"
    is_proxy: bool = False
    sd: float | None = None  # of a mean


@dataclass(frozen=True, slots=True)
class Guard:
    """A guardrail: its metric, and its values as another conversion of the same units."""

    name: str
    control: int  # successes
    treatment: int
    margin: float
    better: str = "lower"


@dataclass(frozen=True, slots=True)
class Closing:
    """Insight and decision."""

    decision: str
    reason: str
    learned: str
    holds_where: str
    next: str
    override: str = ""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Where the roll-out stands, and what its waves showed."""

    status: RolloutStatus
    scope: str = ""
    held: bool | None = None
    effect: tuple[float, float, float] | None = None  # as measured again: estimate, low, high
    note: str = ""
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The weeks before the start are attached to plan a pilot by; `count` pilots are drawn from
    them by chance with that `seed`."""

    count: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent so many days after the start, in the currency of the demo."""

    day: int
    amount: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One hypothesis of the demo, with everything that happened to it."""

    change: str
    effect: str = ""
    reason: str = ""
    author: str = "lead"
    owner: str = ""
    steward: str = "analyst"
    language: str = "en"
    reach: Reach = Reach.IDEA
    age_days: int = 30  # since it was captured
    lasts_days: int = 28  # planned length of the test
    measure: Measure | None = None
    data: Counted | Drawn | None = None
    study: Study | None = None
    past: Past | None = None
    where: Where | None = None
    guard: Guard | None = None
    budget: int = 300
    worth: Mapping[str, Any] | None = None  # what the plan says the effect is worth
    costs: tuple[Spent, ...] = ()
    arms: tuple[str, ...] = ("usual", "new")
    file: str = ""  # name of the attached file; empty: typed counts
    is_weekly: bool = False  # the file comes week by week, each added to the ones before
    corrected: str = ""  # why the file took the place of an earlier one
    table: str = ""  # of the demo's database, which the test asks instead
    closing: Closing | None = None
    scaling: Scaling | None = None
    archive_reason: str = ""
