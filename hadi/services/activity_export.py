"""The log as a table: of a hypothesis for whoever may read it, of the workspace and its people for
administrators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, ActorKind, Permission, Stake, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.domain.wording import WORDING
from hadi.models import Event, User
from hadi.services import activity, events, hypotheses, users
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 500
# Details that say why, in the person's own words.
_NOTES = ("reason", "early_reason", "override", "note")
_PEOPLE = ("owner", "steward")

LINES = (
    Listed("at", Kind.MOMENT),
    Listed("who"),
    Listed("is_by_token", Kind.FLAG),
    Listed("what"),
    Listed("about"),
)
EVENTS = (
    Listed("at", Kind.MOMENT),
    Listed("who"),
    Listed("who_email", tag=ColumnTag.PERSONAL),
    Listed("is_by_token", Kind.FLAG),
    Listed("what"),
    Listed("verb"),
    Listed("changed"),
    Listed("note"),
)
PEOPLE = (
    Listed("id"),
    Listed("name"),
    Listed("email", tag=ColumnTag.PERSONAL),
    Listed("roles"),
    Listed("is_active", Kind.FLAG),
    Listed("has_password", Kind.FLAG),
    Listed("language"),
    Listed("added", Kind.MOMENT),
)


def log(*, person_id: str | None = None, by: Actor) -> Table:
    """The log of the workspace, newest first, of one person or of everybody. Raises NotAllowed."""
    lines = activity.everything(person_id=person_id, by=by)
    rows = (_line(line) for line in lines)
    size = activity.total(person_id=person_id, by=by)
    return listed("activity", LINES, rows, prefix="activity_export", size=size, by=by)


def history(hypothesis: str, *, by: Actor) -> Table:
    """Everything that happened to a hypothesis (its key or id), oldest first. Raises NotAllowed,
    NotFound."""
    found = hypotheses.find(hypothesis, by=by)
    query = select(Event).where(Event.hypothesis_id == found.id)
    size = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = _events(query, by, hypotheses.stake(found))
    stem = f"{found.key}-history"
    return listed(stem, EVENTS, rows, prefix="activity_export", size=size, by=by)


def people(*, by: Actor) -> Table:
    """The people of the workspace. Raises NotAllowed."""
    require(by, Permission.MANAGE_PEOPLE)
    found = users.everyone()
    rows = (_person(user) for user in found)
    return listed("people", PEOPLE, rows, prefix="people_export", size=len(found), by=by)


def _line(line: activity.Line) -> tuple[Cell, ...]:
    return (line.at, line.who or "HADI", line.is_by_token, _what(line.verb), line.about)


def _person(user: User) -> tuple[Cell, ...]:
    roles = ", ".join(sorted(role.value for role in users.role_names(user)))
    has_password = user.password is not None
    return (
        user.id, user.name, user.email, roles, user.active, has_password, user.language,
        user.created_at,
    )  # fmt: skip


def _events(query: Select[Any], by: Actor, stake: Stake) -> Iterator[tuple[Cell, ...]]:
    ordered = query.options(joinedload(Event.actor)).order_by(Event.id)
    found = db.session.scalars(ordered, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        names = _names(block)
        yield from (_event(event, events.seen_changes(event, by, stake), names) for event in block)


def _event(event: Event, changes: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Cell, ...]:
    notes = [str(event.details[name]) for name in _NOTES if event.details.get(name)]
    return (
        event.at,
        event.actor.name if event.actor else "HADI",
        event.actor.email if event.actor else None,
        event.actor_kind is ActorKind.TOKEN,
        _what(event.verb),
        event.verb,
        "\n".join(_changes(changes, names)),
        " – ".join(notes),
    )


def _changes(changes: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Each part that changed with what it was and what it is; people by their names."""
    for name, (before, after) in changes.items():
        was, became = (_said(value, names) for value in (before, after))
        yield f"{name}: {was} → {became}" if was else f"{name}: {became}"


def _said(value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    return names.get(value, value) if isinstance(value, str) else str(value)


def _names(block: Iterable[Event]) -> dict[str, str]:
    ids = {
        value
        for event in block
        for name in _PEOPLE
        for value in event.changes.get(name, ())
        if isinstance(value, str)
    }
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _what(verb: str) -> Text | str:
    code = f"activity_{verb}"
    return Text(code) if code in WORDING else verb
