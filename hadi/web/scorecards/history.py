"""What happened to a scorecard, in words."""

from __future__ import annotations

from hadi.domain.permissions import Actor, ActorKind
from hadi.domain.text import Text
from hadi.models import Event, Scorecard
from hadi.services import scorecards
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import HistoryEntry
from hadi.web.shared.render import initials


def entries(card: Scorecard, *, by: Actor) -> tuple[HistoryEntry, ...]:
    """The latest first."""
    return tuple(_entry(event) for event in scorecards.history(card, by=by))


def _entry(event: Event) -> HistoryEntry:
    is_person = event.actor is not None and event.actor_kind is not ActorKind.JOB
    return HistoryEntry(
        at=event.at.isoformat(),
        when=moment(event.at),
        who=event.actor.name if is_person and event.actor else say(Text("actor_job")),
        initials=initials(event.actor.name) if event.actor else "H",
        what=say(Text(f"event_{event.verb}")),
        note=_note(event),
    )


def _note(event: Event) -> str | None:
    """Which criterion or visit, and why."""
    told = event.details
    parts = [
        f"{told['number']}" if "number" in told else "",
        str(told.get("visit") or ""),
        str(told.get("filename") or ""),
        str(told.get("reason") or ""),
    ]
    return " · ".join(part for part in parts if part) or None
