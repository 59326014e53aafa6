"""The units as a list: found by words, kind, region, way of selling, and what they lack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.units import SalesModel, UnitKind
from hadi.models import Unit, UnitWeek
from hadi.models.unit import hypothesis_unit
from hadi.services.search import matches


class Shown(StrEnum):
    """Which units are looked at."""

    OPEN = "open"
    CLOSED = "closed"
    UNREADY = "unready"  # open, without a sales model or a technology
    ALL = "all"


@dataclass(frozen=True, slots=True)
class UnitFilters:
    """What is looked for; empty looks at every open unit."""

    query: str = ""
    kind: UnitKind | None = None
    model: SalesModel | None = None
    region: str = ""
    shown: Shown = Shown.OPEN

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [matches(Unit.search, self.query)]
        if self.kind is not None:
            found.append(Unit.kind == self.kind)
        if self.model is not None:
            found.append(Unit.sales_model == self.model)
        if self.region:
            found.append(Unit.region == self.region)
        if self.shown is Shown.CLOSED:
            found.append(Unit.closed_at.is_not(None))
        elif self.shown is not Shown.ALL:
            found.append(Unit.closed_at.is_(None))
        if self.shown is Shown.UNREADY:
            found.append(or_(Unit.sales_model.is_(None), Unit.technology == ""))
        return found


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, how many hypotheses name it, and the last week of its log."""

    unit: Unit
    hypotheses: int
    last: UnitWeek | None


@dataclass(frozen=True, slots=True)
class Units:
    """One page of units."""

    items: list[UnitRow]
    total: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))


def listed(
    *, filters: UnitFilters = UnitFilters(), page: int = 1, page_size: int = 50, by: Actor
) -> Units:
    """Units by name; `page` starts at 1."""
    require(by, Permission.VIEW)
    total = size(filters)
    page = min(max(page, 1), max(1, -(-total // page_size)))
    query = found(filters).limit(page_size).offset((page - 1) * page_size)
    return Units(rows(list(db.session.scalars(query))), total, page, page_size)


def rows(units: list[Unit]) -> list[UnitRow]:
    """The units with what a list says of them, in two queries however many they are."""
    ids = [unit.id for unit in units]
    counted = (
        select(hypothesis_unit.c.unit_id, func.count())
        .where(hypothesis_unit.c.unit_id.in_(ids))
        .group_by(hypothesis_unit.c.unit_id)
    )
    counts: dict[str, int] = dict(db.session.execute(counted).all())
    latest = (
        select(UnitWeek.unit_id, func.max(UnitWeek.week).label("week"))
        .where(UnitWeek.unit_id.in_(ids))
        .group_by(UnitWeek.unit_id)
        .subquery()
    )
    weeks = select(UnitWeek).join(
        latest, (UnitWeek.unit_id == latest.c.unit_id) & (UnitWeek.week == latest.c.week)
    )
    last = {week.unit_id: week for week in db.session.scalars(weeks)}
    return [UnitRow(unit, counts.get(unit.id, 0), last.get(unit.id)) for unit in units]


def size(filters: UnitFilters = UnitFilters(shown=Shown.ALL)) -> int:
    """How many units the filters find."""
    return db.session.scalar(select(func.count(Unit.id)).where(*filters.conditions())) or 0


def found(filters: UnitFilters) -> Select[Any]:
    """The query of everything the filters find, by name, with whoever is responsible."""
    return (
        select(Unit)
        .where(*filters.conditions())
        .options(joinedload(Unit.responsible), joinedload(Unit.parent))
        .order_by(Unit.name, Unit.id)
    )


def regions() -> list[str]:
    """The regions that units lie in."""
    query = select(Unit.region).where(Unit.region != "").distinct().order_by(Unit.region)
    return list(db.session.scalars(query))


def formats() -> list[str]:
    """The formats that units have."""
    query = select(Unit.format).where(Unit.format != "").distinct().order_by(Unit.format)
    return list(db.session.scalars(query))
