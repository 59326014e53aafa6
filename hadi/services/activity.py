"""The log of the whole workspace, for administrators: who did what, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import Event, Hypothesis, User

PAGE_SIZE = 50
BLOCK = 500
_NEWEST_FIRST = (Event.at.desc(), Event.id.desc())


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `about` names what it happened to, as far as it has a name."""

    at: datetime
    who: str | None  # None: HADI itself
    is_by_token: bool
    verb: str
    about: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the log, newest first, and how many lines there are."""

    lines: tuple[Line, ...]
    total: int


def page(*, person_id: str | None = None, number: int = 1, by: Actor) -> Lines:
    """The `number`-th page, of one person or of everybody. Raises NotAllowed."""
    require(by, Permission.EDIT_SETTINGS)
    wanted = _of(person_id)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    shown = wanted.options(joinedload(Event.actor)).order_by(*_NEWEST_FIRST)
    events = list(db.session.scalars(shown.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)))
    return Lines(tuple(_lines(events)), total)


def total(*, person_id: str | None = None, by: Actor) -> int:
    """How many lines there are. Raises NotAllowed."""
    require(by, Permission.EDIT_SETTINGS)
    return db.session.scalar(select(func.count()).select_from(_of(person_id).subquery())) or 0


def everything(*, person_id: str | None = None, by: Actor) -> Iterator[Line]:
    """Every line, newest first, for a file. Raises NotAllowed before the first is read."""
    require(by, Permission.EDIT_SETTINGS)
    return _stream(person_id)


def _stream(person_id: str | None) -> Iterator[Line]:
    wanted = _of(person_id).options(joinedload(Event.actor)).order_by(*_NEWEST_FIRST)
    last: Event | None = None
    while True:
        query = wanted if last is None else wanted.where(_is_older_than(last))
        events = list(db.session.scalars(query.limit(BLOCK)))
        if not events:
            return
        last = events[-1]
        yield from _lines(events)


def _is_older_than(event: Event) -> ColumnElement[bool]:
    return or_(Event.at < event.at, and_(Event.at == event.at, Event.id < event.id))


def _of(person_id: str | None) -> Select[Event]:
    query = select(Event)
    return query.where(Event.actor_id == person_id) if person_id else query


def _lines(events: Iterable[Event]) -> Iterator[Line]:
    known = list(events)
    people = _names({event.subject_id for event in known if event.subject == "user"})
    numbers = _numbers({event.hypothesis_id for event in known if event.hypothesis_id})
    for event in known:
        yield Line(
            event.at,
            event.actor.name if event.actor else None,
            event.token_id is not None,
            event.verb,
            _about(event, people, numbers),
        )


def _about(event: Event, people: Mapping[str, str], numbers: Mapping[str, int]) -> str:
    if event.hypothesis_id:
        return f"H-{numbers[event.hypothesis_id]}"
    if event.subject == "user":
        return people.get(event.subject_id, "")
    return str(event.details.get("name", ""))


def _names(ids: set[str]) -> dict[str, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _numbers(ids: set[str]) -> dict[str, int]:
    query = select(Hypothesis.id, Hypothesis.number).where(Hypothesis.id.in_(ids))
    return {row.id: row.number for row in db.session.execute(query)}
