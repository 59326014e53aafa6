"""What happened to an entry of the calendar, in words."""

from __future__ import annotations

from typing import Any

from hadi.domain.permissions import ActorKind
from hadi.domain.text import Text
from hadi.domain.wording import WORDING
from hadi.models import Event
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Change, HistoryEntry
from hadi.web.shared.render import initials

# Values that have words, by the field they belong to.
_VALUES = {"kind": "day_kind_{}", "scope": "day_scope_{}"}


def entry(event: Event) -> HistoryEntry:
    """An event as who did what, with what changed."""
    is_person = event.actor is not None and event.actor_kind is not ActorKind.JOB
    return HistoryEntry(
        at=event.at.isoformat(),
        when=moment(event.at),
        who=event.actor.name if is_person and event.actor else say(Text("actor_job")),
        initials=initials(event.actor.name) if event.actor else "H",
        what=say(Text(f"event_{event.verb}")),
        changes=tuple(
            Change(say(Text(f"calendar_export_{name}")), _value(name, before), _value(name, after))
            for name, (before, after) in event.changes.items()
            if event.verb == "days_edited"
        ),
    )


def _value(name: str, value: Any) -> str | None:
    if value in (None, "", []):
        return None
    if isinstance(value, list):
        return ", ".join(map(str, value))
    code = _VALUES.get(name, "").format(value)
    return say(Text(code)) if code in WORDING else str(value)
