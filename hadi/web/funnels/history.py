"""What happened to a funnel, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from hadi.db import db
from hadi.domain.permissions import ActorKind
from hadi.domain.text import Text
from hadi.models import Event, User
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Change, HistoryEntry
from hadi.web.shared.render import initials

_TOLD = ("name", "filename", "reason", "invoices")


def entry(event: Event) -> HistoryEntry:
    """An event as who did what, with what changed."""
    is_person = event.actor is not None and event.actor_kind is not ActorKind.JOB
    said = {name: str(event.details.get(name) or "") for name in _TOLD}
    return HistoryEntry(
        at=event.at.isoformat(),
        when=moment(event.at),
        who=event.actor.name if is_person and event.actor else say(Text("actor_job")),
        initials=initials(event.actor.name) if event.actor else "H",
        what=say(Text(f"event_{event.verb}", **said)),
        changes=_changes(event) if event.verb == "funnel_edited" else (),
    )


def _changes(event: Event) -> tuple[Change, ...]:
    labels = {
        "name": _("Name"), "stages": _("Stages"), "days": _("Days in every other stage"),
        "note": _("Note"), "responsible": _("Responsible"),
    }  # fmt: skip
    return tuple(
        Change(labels.get(name, name), _value(name, before), _value(name, after))
        for name, (before, after) in event.changes.items()
    )


def _value(name: str, value: object) -> str | None:
    if value in (None, ""):
        return None
    if name == "responsible":
        person = db.session.get(User, str(value))
        return person.name if person else None
    return str(value)
