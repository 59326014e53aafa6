"""The calendar of the workspace: days unlike others, entered, changed, deleted and brought back.

Stores are named as people name them. Those that are known become links, so that a store that is
renamed keeps its days; others stay as they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from hadi.db import await_turn, db, lock, new_id, transaction
from hadi.domain.calendar import FIELDS, DayKind, Days, DayScope, read_days
from hadi.domain.errors import Blocked, Blocker, NotFound, Stale
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import CalendarEntry, Event, Unit
from hadi.services import events, units
from hadi.services.search import folded, matches

SUBJECT = "calendar_entry"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; empty looks at everything. Days that only touch the span count."""

    query: str = ""
    kind: DayKind | None = None
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [CalendarEntry.deleted_at.is_(None), matches(CalendarEntry.search, self.query)]
        if self.kind is not None:
            found.append(CalendarEntry.kind == self.kind)
        if self.first is not None:
            found.append(CalendarEntry.ends_on >= self.first)
        if self.last is not None:
            found.append(CalendarEntry.starts_on <= self.last)
        return found


def listing(filters: Filters, *, by: Actor) -> list[CalendarEntry]:
    """The entries in the order of their days."""
    require(by, Permission.VIEW)
    query = (
        select(CalendarEntry)
        .where(*filters.conditions())
        .options(joinedload(CalendarEntry.author))
        .order_by(CalendarEntry.starts_on, CalendarEntry.ends_on, CalendarEntry.id)
    )
    return list(db.session.scalars(query))


def between(first: date, last: date) -> list[CalendarEntry]:
    """Whatever lies on any day of that span."""
    found = Filters(first=first, last=last).conditions()
    query = select(CalendarEntry).where(*found)
    return list(db.session.scalars(query.order_by(CalendarEntry.starts_on, CalendarEntry.id)))


def find(entry_id: str, *, by: Actor) -> CalendarEntry:
    """An entry that is not deleted. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(CalendarEntry, entry_id[:20].replace("\0", ""))
    if found is None or found.is_deleted:
        raise NotFound(Text("no_such_days"))
    return found


def add(*, body: Mapping[str, Any], by: Actor, now: datetime) -> CalendarEntry:
    """Enter days: kind, name, starts_on, ends_on, scope, places, note. Raises Invalid with every
    fault, NotAllowed."""
    require(by, Permission.EDIT_CALENDAR)
    days = read_days(body)
    with transaction():
        entry = _new(days, _known(days.places), by=by, now=now)
        db.session.flush()
        _record("days_added", entry, by=by, now=now, changes=events.difference({}, _told(entry)))
    return entry


def edit(
    entry_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> CalendarEntry:
    """Change days; what `body` leaves out stays. Raises Invalid, Stale, Blocked."""
    require(by, Permission.EDIT_CALENDAR)
    with transaction():
        entry = _locked(entry_id, version=version)
        if entry.is_deleted:
            raise Blocked(Text("step_refused"), [Blocker(Text("days_deleted"), "restore")])
        before = _told(entry)
        sent = {name: body[name] for name in FIELDS if name in body}
        days = replace(read_days(before | sent), uid=entry.uid)
        _write(entry, days, _known(days.places))
        changed = events.difference(before, _told(entry))
        if changed:
            entry.updated_at = now
            _record("days_edited", entry, by=by, now=now, changes=changed)
    return entry


def delete(entry_id: str, *, version: int | None = None, by: Actor, now: datetime) -> CalendarEntry:
    """Take days out of the calendar; they can be brought back. Raises Stale, Blocked."""
    require(by, Permission.EDIT_CALENDAR)
    with transaction():
        entry = _locked(entry_id, version=version)
        if entry.is_deleted:
            raise Blocked(Text("step_refused"), [Blocker(Text("days_deleted"), "restore")])
        entry.deleted_at = entry.updated_at = now
        _record("days_deleted", entry, by=by, now=now)
    return entry


def restore(entry_id: str, *, by: Actor, now: datetime) -> CalendarEntry:
    """Bring deleted days back. Raises Blocked where they are not deleted."""
    require(by, Permission.EDIT_CALENDAR)
    with transaction():
        entry = _locked(entry_id, version=None)
        if not entry.is_deleted:
            raise Blocked(Text("step_refused"), [Blocker(Text("days_not_deleted"), "restore")])
        entry.deleted_at, entry.updated_at = None, now
        _record("days_restored", entry, by=by, now=now)
    return entry


def unknown_places(entry: CalendarEntry) -> tuple[str, ...]:
    """The stores that no unit is known by."""
    return tuple(entry.places) if entry.scope is DayScope.UNITS else ()


def history(entry: CalendarEntry) -> list[Event]:
    """What happened to an entry, newest first."""
    query = (
        select(Event)
        .where(Event.subject == SUBJECT, Event.subject_id == entry.id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
    )
    return list(db.session.scalars(query))


# ------------------------------------------------------------------------------------- imports
@dataclass(frozen=True, slots=True)
class Compared:
    """Days of a file beside the calendar: what is new, what differs from the entry of that name in
    the other calendar, and what is there already."""

    new: tuple[Days, ...]
    changed: tuple[tuple[CalendarEntry, Days], ...]
    same: tuple[Days, ...]


def compare(found: Sequence[Days]) -> Compared:
    """What taking these days over would do; each counts once."""
    there = db.session.scalars(select(CalendarEntry).where(CalendarEntry.deleted_at.is_(None)))
    entries = list(there)
    by_key = {replace(entry.days, places=_all_places(entry)).key: entry for entry in entries}
    by_uid = {entry.uid: entry for entry in entries if entry.uid}
    known = _known([place for days in found for place in days.places])
    new: dict[tuple[object, ...], Days] = {}
    changed: list[tuple[CalendarEntry, Days]] = []
    same: list[Days] = []
    for days in found:
        key = replace(days, places=_canonical(days, known)).key
        own = by_uid.get(days.uid) if days.uid else None
        if key in by_key or key in new:
            same.append(days)
        elif own is not None:
            changed.append((own, days))
        else:
            new[key] = days
    return Compared(tuple(new.values()), tuple(changed), tuple(same))


def take_over(found: Sequence[Days], *, name: str, by: Actor, now: datetime) -> Compared:
    """Add the days of a file to the calendar: new ones are entered, those of the same name in the
    other calendar follow it, the rest is left alone. Raises NotAllowed."""
    require(by, Permission.EDIT_CALENDAR)
    with transaction():
        await_turn("calendar")  # the same file sent twice at once is still added once
        compared = compare(found)
        known = _known([place for days in found for place in days.places])
        for days in compared.new:
            _new(days, known, by=by, now=now)
        for entry, days in compared.changed:
            before = _told(entry)
            _write(entry, days, known)
            entry.updated_at = now
            changed = events.difference(before, _told(entry))
            _record("days_edited", entry, by=by, now=now, changes=changed)
        db.session.flush()
        if compared.new or compared.changed:
            events.record(
                "calendar_imported", subject="calendar", subject_id="", by=by, now=now,
                details={"name": name, "added": len(compared.new),
                         "changed": len(compared.changed)},
            )  # fmt: skip
    return compared


# ------------------------------------------------------------------------------------- parts
def read_filters(arguments: Mapping[str, Any]) -> Filters:
    """Filters that waited as values of JSON."""
    kind, first, last = (arguments.get(name) for name in ("day_kind", "first", "last"))
    return Filters(
        arguments.get("query") or "",
        DayKind(kind) if kind else None,
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
    )


def count(filters: Filters) -> int:
    """How many entries the filters find."""
    query = select(func.count(CalendarEntry.id)).where(*filters.conditions())
    return db.session.scalar(query) or 0


def _known(places: Iterable[str]) -> dict[str, Unit]:
    return units.known_as(places)


def _all_places(entry: CalendarEntry) -> tuple[str, ...]:
    return (*(unit.code for unit in entry.units), *entry.places)


def _canonical(days: Days, known: Mapping[str, Unit]) -> tuple[str, ...]:
    """Its places, known stores by their codes."""
    if days.scope is not DayScope.UNITS:
        return days.places
    return tuple(known[place].code if place in known else place for place in days.places)


def _new(days: Days, known: Mapping[str, Unit], *, by: Actor, now: datetime) -> CalendarEntry:
    entry = CalendarEntry(id=new_id(), author_id=by.user_id, created_at=now, updated_at=now)
    _write(entry, days, known)
    db.session.add(entry)
    return entry


def _write(entry: CalendarEntry, days: Days, known: Mapping[str, Unit]) -> None:
    entry.kind, entry.name, entry.note, entry.scope = days.kind, days.name, days.note, days.scope
    entry.starts_on, entry.ends_on, entry.uid = days.starts_on, days.ends_on, days.uid
    is_of_units = days.scope is DayScope.UNITS
    found = {known[p].id: known[p] for p in days.places if p in known} if is_of_units else {}
    entry.units = list(found.values())
    entry.places = [p for p in days.places if not is_of_units or p not in known]
    names = [name for unit in entry.units for name in (unit.code, unit.name)]
    entry.search = folded(days.name, days.note, *entry.places, *names)


def _locked(entry_id: str, *, version: int | None) -> CalendarEntry:
    entry = lock(CalendarEntry, entry_id[:20].replace("\0", ""))
    if entry is None:
        raise NotFound(Text("no_such_days"))
    if version is not None and version != entry.version:
        raise Stale(Text("days_changed_meanwhile"))
    return entry


def _told(entry: CalendarEntry) -> dict[str, Any]:
    """An entry as the log keeps it."""
    return replace(entry.days, places=_all_places(entry)).as_json()


def _record(
    verb: str,
    entry: CalendarEntry,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
) -> None:
    events.record(
        verb, subject=SUBJECT, subject_id=entry.id, by=by, now=now, changes=changes,
        details={"name": entry.name},
    )  # fmt: skip
