"""What happened to a roll-out, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hadi.domain.permissions import ActorKind
from hadi.domain.text import Text
from hadi.domain.wording import WORDING
from hadi.models import Event
from hadi.web.shared.language import day, moment, say
from hadi.web.shared.pages import Change, HistoryEntry
from hadi.web.shared.render import initials

WITH_WAVE = {"wave_started", "wave_planned", "rollout_narrowed"}
DAYS = {"starts_on", "measure_on"}


def entries(events: Iterable[Event]) -> tuple[HistoryEntry, ...]:
    return tuple(_entry(event) for event in events)


def _entry(event: Event) -> HistoryEntry:
    name = event.actor.name if event.actor else None
    by_itself = Text("actor_job" if event.actor_kind is ActorKind.JOB else "actor_unknown")
    return HistoryEntry(
        at=event.at.isoformat(),
        when=moment(event.at),
        who=name or say(by_itself),
        initials=initials(name) if name else "H",
        what=say(_sentence(event)),
        changes=tuple(
            Change(say(Text(f"label_{part}")), _value(part, before), _value(part, after))
            for part, (before, after) in event.changes.items()
        ),
        note=_refusal(event) if event.verb == "refused" else _note(event.details),
        is_refused=event.verb == "refused",
    )


def _sentence(event: Event) -> Text:
    details = event.details
    if event.verb == "refused":
        is_right = all(code.startswith("not_allowed.") for code in details["blockers"])
        code = "event_refused_right" if is_right else "event_refused"
        return Text(code, step=Text(f"step_{details['step']}"))
    if event.verb == "wave_measured":
        code = "event_wave_held" if details["has_held"] else "event_wave_did_not_hold"
        return Text(code, wave=details["wave"])
    if event.verb in WITH_WAVE:
        return Text(f"event_{event.verb}", wave=details["wave"])
    return Text(f"event_{event.verb}")


def _value(part: str, value: Any) -> str | None:
    if not value:
        return None
    if part == "status":
        return say(Text(f"rollout_{value}"))
    return day(date.fromisoformat(value)) if part in DAYS else str(value)


def _note(details: Mapping[str, Any]) -> str | None:
    written = [str(details[name]) for name in ("reason", "scope", "note") if details.get(name)]
    return " – ".join(written) or None


def _refusal(event: Event) -> str | None:
    """What stood in the way, as far as it reads without its circumstances."""
    found = [WORDING.get(code) for code in event.details["blockers"]]
    codes = event.details["blockers"]
    whole = [
        say(Text(code))
        for code, wording in zip(codes, found, strict=True)
        if isinstance(wording, str) and "%(" not in wording
    ]
    return " ".join(whole) or None
