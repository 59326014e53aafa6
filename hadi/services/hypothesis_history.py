"""A hypothesis's history with everyone it names, a page at a time in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import ApiToken, Event, Hypothesis, User
from hadi.services import events, hypotheses

PEOPLE_FIELDS = ("owner", "steward")


@dataclass(frozen=True, slots=True)
class History:
    """Events, newest first. `older` goes on where the page ends; `people` and `tokens` are the
    names of whoever the events speak of, by id; `changes` is what each event changed, by its id, as
    far as the reader may see it."""

    events: list[Event]
    total: int
    older: int | None
    people: Mapping[str, str]
    tokens: Mapping[str, str]
    changes: Mapping[int, Mapping[str, Any]]


def history(
    hypothesis: Hypothesis, *, before: int | None = None, limit: int = 30, by: Actor
) -> History:
    """A page of the history; `before` is where the last page ended."""
    require(by, Permission.VIEW)
    found = events.history(hypothesis_id=hypothesis.id, before=before, limit=limit + 1)
    page = found[:limit]
    total = db.session.scalar(
        select(func.count()).select_from(Event).where(Event.hypothesis_id == hypothesis.id)
    )
    return History(
        page,
        total or 0,
        page[-1].id if len(found) > limit else None,
        _names(User, _people(page)),
        _names(ApiToken, {event.token_id for event in page if event.token_id}),
        {event.id: events.seen_changes(event, by, hypotheses.stake(hypothesis)) for event in page},
    )


def _people(page: Iterable[Event]) -> set[str]:
    return {
        value
        for event in page
        for name, pair in event.changes.items()
        if name in PEOPLE_FIELDS
        for value in pair
        if isinstance(value, str)
    }


def _names(kind: type[Any], ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = db.session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))
    return {row.id: row.name for row in rows}
