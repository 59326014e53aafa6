"""The log of a unit, week by week: its people, how many of them began in that week, and goods that
ran out. Who began is counted over weeks, so that nobody counts twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db, lock, new_id, transaction
from hadi.domain.errors import Invalid, NotFound, Stale
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text, day_figure
from hadi.models import Event, Unit, UnitWeek
from hadi.services import events, units, workspace

PARTS = ("week", "staff", "staff_new", "stock_out", "stock_note", "note")
MOST_PEOPLE = 100_000
FIRST_DAY = date(1990, 1, 1)


def monday(day: date) -> date:
    """The first day of the ISO week that a day lies in."""
    return day - timedelta(days=day.weekday())


def listing(unit: Unit, *, by: Actor) -> list[UnitWeek]:
    """The weeks of a unit, the latest first."""
    require(by, Permission.VIEW)
    query = select(UnitWeek).where(UnitWeek.unit_id == unit.id)
    return list(
        db.session.scalars(
            query.options(joinedload(UnitWeek.author)).order_by(UnitWeek.week.desc())
        )
    )


def between(unit_ids: list[str], first: date, last: date) -> list[UnitWeek]:
    """The weeks of those units that overlap the span, in their order."""
    query = (
        select(UnitWeek)
        .where(UnitWeek.unit_id.in_(unit_ids), UnitWeek.week.between(monday(first), last))
        .order_by(UnitWeek.week, UnitWeek.unit_id)
    )
    return list(db.session.scalars(query))


def find(week_id: str, unit: Unit, *, by: Actor) -> UnitWeek:
    """A week of that unit, by id or by a day of it. Raises NotFound."""
    require(by, Permission.VIEW)
    written = week_id[:20].replace("\0", "")
    found = db.session.get(UnitWeek, written)
    if found is None and (day := _date(written)) is not None:
        found = db.session.scalar(
            select(UnitWeek).where(UnitWeek.unit_id == unit.id, UnitWeek.week == monday(day))
        )
    if found is None or found.unit_id != unit.id:
        raise NotFound(Text("no_such_unit_week"))
    return found


def write(unit_id: str, *, body: Mapping[str, Any], by: Actor, now: datetime) -> UnitWeek:
    """Enter what happened in a week, or correct it: a week is there once, and what `body` leaves
    out of it stays. Raises NotAllowed, Invalid with every fault."""
    with transaction():
        unit = units.locked(unit_id)
        require(by, Permission.LOG_UNITS, units.stake(unit))
        day = _day(body.get("week"), now)
        asked = select(UnitWeek).where(UnitWeek.unit_id == unit.id, UnitWeek.week == day)
        entry = db.session.scalar(asked)
        return _put(unit, entry, {**body, "week": day}, by=by, now=now)


def edit(
    unit_id: str,
    week_id: str,
    *,
    body: Mapping[str, Any],
    version: int | None,
    by: Actor,
    now: datetime,
) -> UnitWeek:
    """Correct a week; what `body` leaves out stays. Raises Invalid, Stale."""
    with transaction():
        unit = units.locked(unit_id)
        require(by, Permission.LOG_UNITS, units.stake(unit))
        entry = _locked(week_id, unit, version=version)
        return _put(unit, entry, {**body, "week": entry.week}, by=by, now=now)


def remove(
    unit_id: str, week_id: str, *, version: int | None = None, by: Actor, now: datetime
) -> date:
    """Take a week out of the log; `restore` has it back. Raises NotFound, Stale."""
    with transaction():
        unit = units.locked(unit_id)
        require(by, Permission.LOG_UNITS, units.stake(unit))
        entry = _locked(week_id, unit, version=version)
        week = entry.week
        units.record(
            "unit_week_removed", unit, by=by, now=now, week=week.isoformat(), was=_told(entry)
        )
        db.session.delete(entry)
        db.session.flush()
    return week


def restore(unit_id: str, week: date, *, by: Actor, now: datetime) -> UnitWeek:
    """Have a week back that was taken out, as it was last. Raises NotFound, and Invalid where it
    was entered anew."""
    with transaction():
        unit = units.locked(unit_id)
        require(by, Permission.LOG_UNITS, units.stake(unit))
        asked = select(UnitWeek.id).where(UnitWeek.unit_id == unit.id, UnitWeek.week == week)
        if db.session.scalar(asked) is not None:
            text = Text("unit_week_there", week=day_figure(week))
            raise Invalid(Text("unit_week_invalid"), {"week": text})
        return _put(unit, None, {**_last(unit, week), "week": week}, by=by, now=now)


def _last(unit: Unit, week: date) -> dict[str, Any]:
    """What was in a week when it was taken out."""
    taken = db.session.scalars(
        select(Event)
        .where(
            Event.subject == "unit", Event.subject_id == unit.id, Event.verb == "unit_week_removed"
        )
        .order_by(Event.id.desc())
    )
    for event in taken:
        if event.details.get("week") == week.isoformat():
            return dict(event.details["was"])
    raise NotFound(Text("no_such_unit_week"))


def _put(
    unit: Unit, entry: UnitWeek | None, body: Mapping[str, Any], *, by: Actor, now: datetime
) -> UnitWeek:
    before = _told(entry) if entry is not None else {}
    given = {name: body[name] for name in PARTS if name in body}
    if given.get("stock_note") and given.get("stock_out") is None:
        given["stock_out"] = True  # whoever names goods that ran out says that they did
    parts = _read(before | given)
    if entry is None:
        entry = UnitWeek(
            id=new_id(), unit_id=unit.id, week=body["week"], author_id=by.user_id, created_at=now,
            updated_at=now,
        )  # fmt: skip
        db.session.add(entry)
    for name, value in parts.items():
        setattr(entry, name, value)
    changed = events.difference(before, _told(entry))
    if changed or not before:
        entry.updated_at = now
        db.session.flush()
        units.record(
            "unit_week_written", unit, by=by, now=now, changes=changed, week=entry.week.isoformat()
        )
    return entry


def _locked(week_id: str, unit: Unit, *, version: int | None) -> UnitWeek:
    entry = lock(UnitWeek, week_id[:20].replace("\0", ""))
    if entry is None or entry.unit_id != unit.id:
        raise NotFound(Text("no_such_unit_week"))
    if version is not None and version != entry.version:
        raise Stale(Text("unit_week_changed_meanwhile"))
    return entry


def _day(value: object, now: datetime) -> date:
    """The Monday of the week that a day lies in. Raises Invalid."""
    day = value if isinstance(value, date) else _date(str(value or ""))
    if day is None:
        raise Invalid(Text("unit_week_invalid"), {"week": Text("unit_week_needs_day")})
    if not FIRST_DAY <= day <= now.astimezone(workspace.zone()).date():
        raise Invalid(Text("unit_week_invalid"), {"week": Text("unit_week_in_future")})
    return monday(day)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _read(body: Mapping[str, Any]) -> dict[str, Any]:
    wrong: dict[str, Text] = {}
    parts: dict[str, Any] = {
        name: _people(body.get(name), name, wrong) for name in ("staff", "staff_new")
    }
    staff, new = parts["staff"], parts["staff_new"]
    if staff is not None and new is not None and new > staff:
        wrong["staff_new"] = Text("unit_week_more_new")
    for name in ("stock_note", "note"):
        parts[name] = cleaned(str(body.get(name) or ""))
        if len(parts[name]) > LIMIT:
            wrong[name] = Text("statement_too_long", limit=LIMIT)
    parts["stock_out"] = bool(body.get("stock_out"))
    if parts["stock_note"] and not parts["stock_out"]:
        wrong["stock_out"] = Text("unit_week_goods_named", goods=parts["stock_note"][:60])
    if not wrong and all(value in (None, "", False) for value in parts.values()):
        wrong["staff"] = Text("unit_week_empty")
    if wrong:
        raise Invalid(Text("unit_week_invalid"), wrong)
    return parts


def _people(value: object, name: str, wrong: dict[str, Text]) -> int | None:
    if value in (None, ""):
        return None
    written = str(value)
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 9 else -1
    if not 0 <= number <= MOST_PEOPLE:
        wrong[name] = Text("unit_week_people", most=MOST_PEOPLE)
        return None
    return number


def _told(entry: UnitWeek) -> dict[str, Any]:
    """A week as the log keeps it."""
    return {
        "staff": entry.staff,
        "staff_new": entry.staff_new,
        "stock_out": entry.stock_out,
        "stock_note": entry.stock_note,
        "note": entry.note,
    }
