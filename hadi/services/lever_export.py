"""Periods of revenue and client bases as tables."""

from __future__ import annotations

from collections.abc import Iterator

from hadi.domain.client_bases import share
from hadi.domain.levers import Lever
from hadi.domain.permissions import Actor
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import ClientBase, LeverPeriod
from hadi.services import client_bases, lever_periods, units
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

PERIODS: tuple[Listed, ...] = (
    Listed("unit"),
    Listed("starts_on", Kind.DAY),
    Listed("ends_on", Kind.DAY),
    Listed("leads", Kind.WHOLE),
    Listed("stages"),
    Listed("clients", Kind.WHOLE),
    Listed("purchases", Kind.WHOLE),
    Listed("revenue", Kind.NUMBER),
    Listed("currency"),
    Listed("conversion", Kind.NUMBER),
    Listed("check", Kind.NUMBER),
    Listed("frequency", Kind.NUMBER),
    Listed("note"),
    Listed("who"),
    Listed("who_email", tag=ColumnTag.PERSONAL),
    Listed("entered", Kind.MOMENT),
    Listed("voided", Kind.MOMENT),
    Listed("void_reason"),
)
BASES: tuple[Listed, ...] = (
    Listed("territory"),
    Listed("unit"),
    Listed("starts_on", Kind.DAY),
    Listed("ends_on", Kind.DAY),
    Listed("active", Kind.WHOLE),
    Listed("ever", Kind.WHOLE),
    Listed("potential", Kind.WHOLE),
    Listed("definition"),
    Listed("whole", Kind.WHOLE),
    Listed("ratio", Kind.NUMBER),
    Listed("note"),
    Listed("who"),
    Listed("who_email", tag=ColumnTag.PERSONAL),
    Listed("entered", Kind.MOMENT),
    Listed("voided", Kind.MOMENT),
    Listed("void_reason"),
)
_OF_MONEY = frozenset({"revenue", "check"})


def periods(*, unit: str | None = None, by: Actor) -> Table:
    """The periods of a unit (or of the whole), the latest first; those struck out too. Revenue and
    check are left out for those who may not see them. Raises NotFound."""
    where = units.find(unit, by=by) if unit else None
    found = lever_periods.listing(where, has_struck=True, by=by)
    columns = PERIODS
    if not lever_periods.sees_money(where, by):
        columns = tuple(
            Listed(c.name, c.kind, ColumnTag.MONEY) if c.name in _OF_MONEY else c for c in PERIODS
        )
    stem = f"levers-{where.code}" if where else "levers"
    return listed(stem, columns, _periods(found), prefix="lever_export", size=len(found), by=by)


def bases(*, by: Actor) -> Table:
    """Every client base with the whole one by the definition in force; those struck out too."""
    found = client_bases.listing(by=by)
    rows = _bases(found)
    return listed("client-bases", BASES, rows, prefix="lever_export", size=len(found), by=by)


def _periods(found: list[LeverPeriod]) -> Iterator[tuple[Cell, ...]]:
    for period in found:
        counted = period.turnover
        factors = (
            counted.value(lever) for lever in (Lever.CONVERSION, Lever.CHECK, Lever.FREQUENCY)
        )
        yield (
            period.unit.name if period.unit else None,
            period.starts_on,
            period.ends_on,
            period.leads,
            "; ".join(f"{name}: {count}" for name, count in counted.stages),
            period.clients,
            period.purchases,
            period.revenue,
            period.currency,
            *(None if value is None else float(value) for value in factors),
            period.note,
            period.author.name,
            period.author.email,
            period.created_at,
            period.voided_at,
            period.void_reason,
        )


def _bases(found: list[ClientBase]) -> Iterator[tuple[Cell, ...]]:
    meant = client_bases.definition()
    for base in found:
        held = share(base.counts, meant)
        yield (
            base.territory,
            base.unit.name if base.unit else None,
            base.starts_on,
            base.ends_on,
            base.active,
            base.ever,
            base.potential,
            Text(f"base_{meant.value}"),
            held.whole if held else None,
            held.ratio if held else None,
            base.note,
            base.author.name,
            base.author.email,
            base.created_at,
            base.voided_at,
            base.void_reason,
        )
