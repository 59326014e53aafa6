"""Funnels: defined once by a team, changed with a history, archived and taken back.

The deals that are laid under one are in `funnel_deals`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hadi.db import await_turn, db, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale
from hadi.domain.folding import folded
from hadi.domain.funnels import LONGEST_NAME, FunnelSpec, read_funnel
from hadi.domain.permissions import Actor, Permission, Stake, allows, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.models import Event, Funnel, User
from hadi.services import events
from hadi.services.search import matches

SUBJECT = "funnel"
TURN = "funnels"
PARTS = ("name", "stages", "days", "note", "responsible")
MOST_HISTORY = 50


# ------------------------------------------------------------------------------------- reading
def listing(*, query: str = "", is_archived: bool = False, by: Actor) -> list[Funnel]:
    """The funnels by name; those in use, or the archived ones."""
    require(by, Permission.VIEW)
    there = Funnel.archived_at.is_not(None) if is_archived else Funnel.archived_at.is_(None)
    asked = (
        select(Funnel)
        .where(there, matches(Funnel.name_key, query))
        .options(joinedload(Funnel.responsible))
        .order_by(Funnel.name_key, Funnel.id)
    )
    return list(db.session.scalars(asked))


def find(funnel_id: str, *, by: Actor) -> Funnel:
    """The funnel with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(Funnel, funnel_id[:20].replace("\0", ""))
    if found is None:
        raise NotFound(Text("no_such_funnel"))
    return found


def stake(funnel: Funnel) -> Stake:
    """How people stand to a funnel: whoever is responsible leads its managers."""
    return Stake(author=funnel.author_id, owner=funnel.responsible_id)


def sees_managers(funnel: Funnel, *, by: Actor) -> bool:
    """Whether what is told of single managers is shown to this person."""
    return allows(by, Permission.VIEW_MANAGERS, stake(funnel))


def history(funnel: Funnel, *, by: Actor) -> list[Event]:
    """What happened to a funnel and its deals, the latest first."""
    require(by, Permission.VIEW)
    query = (
        select(Event)
        .where(Event.subject == SUBJECT, Event.subject_id == funnel.id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
        .limit(MOST_HISTORY)
    )
    return list(db.session.scalars(query))


# ------------------------------------------------------------------------------------- writing
def create(*, body: Mapping[str, Any], by: Actor, now: datetime) -> Funnel:
    """Define a funnel: name, stages (name, kind, days), days, note, responsible. Raises Invalid
    with every fault, NotAllowed."""
    require(by, Permission.MANAGE_FUNNELS)
    with transaction():
        await_turn(TURN)
        parts, spec = _read(body, None, by=by)
        funnel = Funnel(
            id=new_id(), author_id=by.user_id, created_at=now, updated_at=now,
            body=spec.as_json(), **parts,
        )  # fmt: skip
        db.session.add(funnel)
        db.session.flush()
        record("funnel_created", funnel, by=by, now=now, changes=_changes({}, told(funnel)))
    return funnel


def edit(
    funnel_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> Funnel:
    """Change a funnel; parts that `body` leaves out stay. Raises Invalid, Stale, Blocked."""
    require(by, Permission.MANAGE_FUNNELS)
    with transaction():
        await_turn(TURN)
        funnel = locked(funnel_id, version=version)
        require_in_use(funnel)
        before = told(funnel)
        kept = {**before, **funnel.body}
        given = {name: body[name] for name in PARTS if name in body}
        parts, spec = _read(kept | given, funnel, by=by)
        for name, value in parts.items():
            setattr(funnel, name, value)
        funnel.body = spec.as_json()
        changed = _changes(before, told(funnel))
        if changed:
            funnel.updated_at = now
            db.session.flush()
            record("funnel_edited", funnel, by=by, now=now, changes=changed)
    return funnel


def archive(funnel_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Funnel:
    """Put a funnel away; what was made by it stays. Raises Stale, Blocked."""
    return _set_archived(funnel_id, now, version=version, by=by, now=now)


def restore(funnel_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Funnel:
    """Take a funnel back. Raises Stale, Blocked."""
    return _set_archived(funnel_id, None, version=version, by=by, now=now)


def _set_archived(
    funnel_id: str, at: datetime | None, *, version: int | None, by: Actor, now: datetime
) -> Funnel:
    require(by, Permission.MANAGE_FUNNELS)
    with transaction():
        funnel = locked(funnel_id, version=version)
        if funnel.is_archived is (at is not None):
            code = "funnel_is_archived" if at else "funnel_is_not_archived"
            raise Blocked(Text("step_refused"), [Blocker(Text(code), "archived")])
        funnel.archived_at, funnel.updated_at = at, now
        record("funnel_archived" if at else "funnel_restored", funnel, by=by, now=now)
    return funnel


def locked(funnel_id: str, *, version: int | None = None) -> Funnel:
    """The funnel, locked for this transaction. Raises NotFound, Stale."""
    funnel = lock(Funnel, funnel_id[:20].replace("\0", ""))
    if funnel is None:
        raise NotFound(Text("no_such_funnel"))
    if version is not None and version != funnel.version:
        raise Stale(Text("funnel_changed_meanwhile"))
    return funnel


def require_in_use(funnel: Funnel) -> None:
    if funnel.is_archived:
        raise Blocked(Text("step_refused"), [Blocker(Text("funnel_is_archived"), "archived")])


def record(
    verb: str,
    funnel: Funnel,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    **details: Any,
) -> None:
    """Log what was done to a funnel, inside the transaction under way."""
    db.session.flush()
    events.record(
        verb, subject=SUBJECT, subject_id=funnel.id, by=by, now=now, changes=changes,
        details={"name": funnel.name, **details},
    )  # fmt: skip


def told(funnel: Funnel) -> dict[str, Any]:
    """A funnel as the log keeps it: a line for each part."""
    spec = FunnelSpec.from_json(funnel.body)
    marks = {"key": " (key)", "won": " (won)", "lost": " (lost)"}
    stages = [
        f"{s.name}{marks.get(s.kind.value, '')}{f', {s.days} d' if s.days else ''}"
        for s in spec.stages
    ]
    return {
        "name": funnel.name,
        "stages": " → ".join(stages),
        "days": spec.days,
        "note": funnel.note,
        "responsible": funnel.responsible_id,
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> events.Changes:
    return events.difference(before, after)


def _read(
    body: Mapping[str, Any], funnel: Funnel | None, *, by: Actor
) -> tuple[dict[str, Any], FunnelSpec]:
    """The columns of a funnel and its stages. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    name = _name(body.get("name"), funnel, wrong)
    note = cleaned(str(body.get("note") or ""))
    if len(note) > LIMIT:
        wrong["note"] = Text("funnel_note_long", limit=LIMIT)
    responsible = _person(body.get("responsible") or by.user_id, funnel, wrong)
    spec = FunnelSpec(())
    try:
        spec = read_funnel(body.get("stages"), body.get("days"))
    except Invalid as refused:
        wrong |= refused.fields
    if wrong:
        raise Invalid(Text("funnel_invalid", n=len(wrong)), wrong)
    return {
        "name": name, "name_key": folded(name), "note": note, "responsible_id": responsible,
    }, spec  # fmt: skip


def _name(value: object, funnel: Funnel | None, wrong: dict[str, Text]) -> str:
    name = cleaned(str(value or ""))
    if not name:
        wrong["name"] = Text("funnel_needs_name")
    elif len(name) > LONGEST_NAME:
        wrong["name"] = Text("funnel_name_long", limit=LONGEST_NAME)
    else:
        same = select(Funnel.id).where(Funnel.name_key == folded(name))
        if funnel is not None:
            same = same.where(Funnel.id != funnel.id)
        if db.session.scalar(same.limit(1)) is not None:
            wrong["name"] = Text("funnel_name_taken")
    return name


def _person(value: object, funnel: Funnel | None, wrong: dict[str, Text]) -> str | None:
    """Somebody by id or address. Who left stays responsible until somebody else is named."""
    written = cleaned(str(value or ""))
    asked = select(User).where(
        or_(User.id == written[:20], func.lower(User.email) == written.lower())
    )
    found: User | None = db.session.scalar(asked.limit(1)) if written else None
    is_same = funnel is not None and found is not None and funnel.responsible_id == found.id
    if found is None or not (found.active or is_same):
        wrong["responsible"] = Text("funnel_no_person")
        return None
    return str(found.id)
