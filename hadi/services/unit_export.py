"""The units, and the log of their weeks, as tables. What is exported can be imported again."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Unit, UnitWeek
from hadi.services import unit_list, units
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table
from hadi.services.unit_list import Shown, UnitFilters

BLOCK = 500
EVERYTHING = UnitFilters(shown=Shown.ALL)
COLUMNS = (
    Listed("code"),
    Listed("name"),
    Listed("kind"),
    Listed("region"),
    Listed("format"),
    Listed("head"),
    Listed("responsible"),
    Listed("responsible_email", tag=ColumnTag.PERSONAL),
    Listed("sales_model"),
    Listed("technology"),
    Listed("aliases"),
    Listed("parent"),
    Listed("closed", Kind.MOMENT),
)
WEEK_COLUMNS = (
    Listed("code"),
    Listed("name"),
    Listed("week", Kind.DAY),
    Listed("staff", Kind.WHOLE),
    Listed("staff_new", Kind.WHOLE),
    Listed("stock_out", Kind.FLAG),
    Listed("stock_note"),
    Listed("note"),
    Listed("who"),
)


def table(*, filters: UnitFilters = EVERYTHING, by: Actor) -> Table:
    """Every unit found, by name. Raises NotAllowed before the first row is read."""
    require(by, Permission.VIEW)
    size = unit_list.size(filters)
    return listed("units", COLUMNS, _rows(filters), prefix="unit_column", size=size, by=by)


def weeks(*, unit: str | None = None, by: Actor) -> Table:
    """The log of a unit, or of all, by unit and week. Raises NotAllowed, NotFound before the first
    row is read."""
    require(by, Permission.VIEW)
    of = units.find(unit, by=by) if unit else None
    query = select(UnitWeek).join(Unit)
    if of is not None:
        query = query.where(UnitWeek.unit_id == of.id)
    size = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    asked = query.options(joinedload(UnitWeek.unit), joinedload(UnitWeek.author)).order_by(
        Unit.name, Unit.id, UnitWeek.week
    )
    stem = f"{of.code}-weeks" if of is not None else "unit-weeks"
    return listed(stem, WEEK_COLUMNS, _weeks(asked), prefix="unit_week_column", size=size, by=by)


def _weeks(asked: Select[UnitWeek]) -> Iterator[tuple[Cell, ...]]:
    """Asked when the first row is: a download is written after its request's session has ended."""
    found = db.session.scalars(asked, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        yield from (_week(entry) for entry in block)


def _rows(filters: UnitFilters) -> Iterator[tuple[Cell, ...]]:
    query = unit_list.found(filters)
    found = db.session.scalars(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        yield from (_row(unit) for unit in block)


def _row(unit: Unit) -> tuple[Cell, ...]:
    return (
        unit.code,
        unit.name,
        Text(f"unit_kind_{unit.kind.value}"),
        unit.region,
        unit.format,
        unit.head,
        unit.responsible.name,
        unit.responsible.email,
        Text(f"sales_model_{unit.sales_model.value}_short") if unit.sales_model else "",
        unit.technology,
        "; ".join(unit.aliases),
        unit.parent.code if unit.parent else "",
        unit.closed_at,
    )


def _week(entry: UnitWeek) -> tuple[Cell, ...]:
    return (
        entry.unit.code,
        entry.unit.name,
        entry.week,
        entry.staff,
        entry.staff_new,
        entry.stock_out,
        entry.stock_note,
        entry.note,
        entry.author.name,
    )
