"""A territory as the sum of its stores: their people, and their logs week by week.

A sum says of how many stores it is one. Weeks that a store left out are never filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.units import UnitKind
from hadi.models import Unit, UnitWeek
from hadi.services.unit_register import Register

MOST_WEEKS = 26  # the latest


@dataclass(frozen=True, slots=True)
class SummedWeek:
    """A week of the stores together. `written` of them wrote it; `staffed` said how many people
    they are, so that a sum of fewer is seen to be one. `empty` are the stores where goods ran
    out."""

    week: date
    written: int
    staff: int | None
    staff_new: int | None
    staffed: int
    empty: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Summed:
    """The open stores of a territory, their people as each said last, and their weeks, the latest
    first."""

    stores: tuple[Unit, ...]
    staff: int | None
    staffed: int
    weeks: tuple[SummedWeek, ...]


def of(unit: Unit, *, by: Actor) -> Summed | None:
    """The sums of a territory; None of what is none, or has nothing within it."""
    require(by, Permission.VIEW)
    if unit.kind is not UnitKind.TERRITORY:
        return None
    stores = [each for each in Register().stores([unit]) if each.id != unit.id]
    if not stores:
        return None
    query = select(UnitWeek).where(UnitWeek.unit_id.in_([each.id for each in stores]))
    logged = list(db.session.scalars(query.order_by(UnitWeek.week.desc(), UnitWeek.unit_id)))
    latest: dict[str, int] = {}
    by_week: dict[date, list[UnitWeek]] = {}
    for entry in logged:
        if entry.staff is not None:
            latest.setdefault(entry.unit_id, entry.staff)
        by_week.setdefault(entry.week, []).append(entry)
    names = {each.id: each for each in stores}
    weeks = [_week(week, entries, names) for week, entries in by_week.items()]
    staff = sum(latest.values()) if latest else None
    return Summed(tuple(stores), staff, len(latest), tuple(weeks[:MOST_WEEKS]))


def _week(week: date, entries: Sequence[UnitWeek], names: dict[str, Unit]) -> SummedWeek:
    staff = [entry.staff for entry in entries if entry.staff is not None]
    new = [entry.staff_new for entry in entries if entry.staff_new is not None]
    empty = sorted((names[e.unit_id] for e in entries if e.stock_out), key=lambda unit: unit.name)
    return SummedWeek(
        week, len(entries), sum(staff) if staff else None, sum(new) if new else None, len(staff),
        tuple(empty),
    )  # fmt: skip
