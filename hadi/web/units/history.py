"""What happened to a unit, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hadi.domain.permissions import ActorKind
from hadi.domain.text import Text, day_figure
from hadi.domain.wording import WORDING
from hadi.models import Event
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Change, HistoryEntry
from hadi.web.shared.render import initials

# Values that have words, by the field they belong to.
_VALUES = {"kind": "unit_kind_{}", "sales_model": "sales_model_{}"}


def entry(event: Event) -> HistoryEntry:
    """An event as who did what, with what changed."""
    week = event.details.get("week")
    when = {"week": day_figure(date.fromisoformat(week))} if week else {}
    is_person = event.actor is not None and event.actor_kind is not ActorKind.JOB
    return HistoryEntry(
        at=event.at.isoformat(),
        when=moment(event.at),
        who=event.actor.name if is_person and event.actor else say(Text("actor_job")),
        initials=initials(event.actor.name) if event.actor else "H",
        what=say(Text(f"event_{event.verb}", **when)),
        changes=_changes(event.changes) if event.verb != "unit_added" else (),
    )


def _changes(changes: Mapping[str, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(_label(name), _value(name, before), _value(name, after))
        for name, (before, after) in changes.items()
        if before not in (None, "", False) or after not in (None, "", False)
    )


def _label(name: str) -> str:
    codes = (f"unit_column_{name}", f"unit_week_column_{name}")
    return next((say(Text(code)) for code in codes if code in WORDING), name)


def _value(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        return say(Text("value_yes" if value else "value_no"))
    code = _VALUES.get(name, "").format(value)
    return say(Text(code)) if code in WORDING else str(value)
