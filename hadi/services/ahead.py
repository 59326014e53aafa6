"""What else happens while a planned test will run: said before it starts, when its days, its stores
or the other test can still be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hadi.domain.calendar import DayScope
from hadi.domain.overlaps import Closeness
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.domain.verdict import CheckStatus
from hadi.models import CalendarEntry, Hypothesis
from hadi.services import calendar, running_tests, surrounding_days, surrounding_tests, workspace
from hadi.services.running_tests import Collision
from hadi.services.surrounding_ground import Planned

MOST = 10  # of each


@dataclass(frozen=True, slots=True)
class Near:
    """Another test that comes into the way, and what both share."""

    collision: Collision
    text: Text

    @property
    def closeness(self) -> Closeness:
        return self.collision.overlap.closeness

    @property
    def key(self) -> str:
        return self.collision.other.hypothesis.key


@dataclass(frozen=True, slots=True)
class Ahead:
    """`warnings` are days that reach only a part of what is compared, `entries` all that lie on the
    days of the test where it runs. Nothing where it is not known when it runs."""

    first: date | None = None
    last: date | None = None
    near: tuple[Near, ...] = ()
    warnings: tuple[Text, ...] = ()
    entries: tuple[CalendarEntry, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.first is not None


def ahead(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> Ahead:
    """What else happens while the current test of a hypothesis runs."""
    require(by, Permission.VIEW)
    today = now.astimezone(workspace.zone()).date()
    own = running_tests.own(hypothesis)
    if own is None:
        return Ahead()
    ground = Planned.of(own)
    assert ground.after is not None
    near = [
        Near(collision, surrounding_tests.sentence(own, collision))
        for collision in running_tests.collisions(own, today=today)
    ]
    warned = tuple(
        check.detail
        for check in surrounding_days.checks(ground)
        if check.status is CheckStatus.WARN
    )
    entries = [
        entry
        for entry in calendar.between(ground.after.first, ground.after.last)
        if entry.scope is DayScope.ALL
        or not ground.stores
        or surrounding_days.touched(entry, ground.stores)
    ]
    return Ahead(own.runs.first, own.runs.last, tuple(near[:MOST]), warned, tuple(entries[:MOST]))
