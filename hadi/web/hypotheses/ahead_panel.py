"""“What else happens then”: the calendar and the other tests, beside a plan."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.calendar import DayScope
from hadi.domain.overlaps import Closeness
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import CalendarEntry, Hypothesis
from hadi.services import ahead
from hadi.services.ahead import Near
from hadi.services.surrounding_days import when
from hadi.web.shared.access import now
from hadi.web.shared.language import say


@dataclass(frozen=True, slots=True)
class NearLine:
    """Another test; `is_warning` where both can no longer be told apart."""

    text: str
    key: str
    url: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class AheadPanel:
    """`is_known` is False while the plan says nothing of its days."""

    is_known: bool
    near: tuple[NearLine, ...]
    warnings: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]  # the days, and what is then
    calendar_url: str

    @property
    def is_calm(self) -> bool:
        """Whether nothing else happens."""
        return not (self.near or self.warnings or self.entries)


def ahead_panel(hypothesis: Hypothesis, actor: Actor) -> AheadPanel:
    found = ahead.ahead(hypothesis, by=actor, now=now())
    year = found.first.year if found.first else None
    return AheadPanel(
        is_known=found.is_known,
        near=tuple(_near(each) for each in found.near),
        warnings=tuple(say(text) for text in found.warnings),
        entries=tuple(_entry(entry) for entry in found.entries),
        calendar_url=url_for("calendar.index", year=year),
    )


def _near(near: Near) -> NearLine:
    url = url_for("hypotheses.show", key=near.key)
    return NearLine(say(near.text), near.key, url, near.closeness is Closeness.COLLIDES)


def _entry(entry: CalendarEntry) -> tuple[str, str]:
    days = entry.days
    kind = say(Text(f"day_kind_{days.kind.value}"))
    what = _("%(kind)s: %(name)s", kind=kind, name=days.name)
    if days.scope is not DayScope.ALL:
        names = [*(unit.name for unit in entry.units), *entry.places]
        what = _("%(what)s (%(where)s)", what=what, where=", ".join(names))
    return say(when(days.starts_on, days.ends_on)), what
