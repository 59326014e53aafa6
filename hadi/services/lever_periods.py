"""Periods of revenue with the counts behind it, of a unit or of the whole business.

Entered one by one or many at once; corrected with what they were before in the log; struck out
with a reason, never deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db, new_id
from hadi.domain.errors import Invalid
from hadi.domain.lever_reading import read_period
from hadi.domain.permissions import NO_STAKE, Actor, Permission, Stake, allows, require
from hadi.domain.text import Text
from hadi.models import LeverPeriod, Unit
from hadi.services import units, workspace
from hadi.services.struck_out import Entries

PARTS = (
    "unit", "starts_on", "ends_on", "leads", "stages", "clients", "purchases", "revenue",
    "currency", "note",
)  # fmt: skip
TURN = "levers"
MOST = 2_000  # of one unit, and of one import


def stake(unit: Unit | None) -> Stake:
    """Who is responsible for a unit answers for its revenue; for the whole, nobody alone does."""
    return units.stake(unit) if unit else NO_STAKE


def sees_money(unit: Unit | None, by: Actor) -> bool:
    return allows(by, Permission.VIEW_MONEY, stake(unit))


def may_edit(unit: Unit | None, by: Actor) -> bool:
    return allows(by, Permission.EDIT_LEVERS, stake(unit))


def editable(by: Actor) -> list[Unit | None]:
    """Of what `by` may enter something: the whole (None), then open units by name."""
    return [unit for unit in (None, *units.everyone()) if may_edit(unit, by)]


def may_edit_any(by: Actor) -> bool:
    """Whether there is anything that `by` may enter: of the whole, or of a unit of theirs."""
    return bool(editable(by))


def require_any(by: Actor) -> None:
    """Raises NotAllowed for whoever may enter nothing at all."""
    if not may_edit_any(by):
        require(by, Permission.EDIT_LEVERS)


def listing(unit: Unit | None, *, has_struck: bool = False, by: Actor) -> list[LeverPeriod]:
    """The periods of a unit, or of the whole, the latest first."""
    require(by, Permission.VIEW)
    query = (
        select(LeverPeriod)
        .where(LeverPeriod.unit_id == (unit.id if unit else None))
        .options(joinedload(LeverPeriod.author), joinedload(LeverPeriod.unit))
        .order_by(LeverPeriod.ends_on.desc(), LeverPeriod.starts_on.desc(), LeverPeriod.id)
        .limit(MOST)
    )
    if not has_struck:
        query = query.where(LeverPeriod.voided_at.is_(None))
    return list(db.session.scalars(query))


def latest(unit_ids: Sequence[str]) -> dict[str, LeverPeriod]:
    """The last period of each unit that has one."""
    query = (
        select(LeverPeriod)
        .where(LeverPeriod.unit_id.in_(unit_ids), LeverPeriod.voided_at.is_(None))
        .order_by(LeverPeriod.ends_on, LeverPeriod.starts_on.desc(), LeverPeriod.id)
    )
    return {str(period.unit_id): period for period in db.session.scalars(query)}


def put(
    period: LeverPeriod | None, body: Mapping[str, Any], *, by: Actor, now: datetime
) -> LeverPeriod:
    """Store a period that was sent, and log it. Inside a transaction."""
    wrong: dict[str, Text] = {}
    unit = named_unit(body.get("unit"), wrong)
    if not wrong:
        require(by, Permission.EDIT_LEVERS, stake(unit))
    try:
        columns = read_period(body, today=workspace.day_of(now))
    except Invalid as refused:
        raise Invalid(refused.text, {**wrong, **refused.fields}) from None
    if wrong:
        raise Invalid(Text("lever_period_invalid"), wrong)
    _refuse_twice(unit, columns, period)
    before = _told(period) if period is not None else {}
    if period is None:
        period = LeverPeriod(id=new_id(), author_id=by.user_id, created_at=now, updated_at=now)
        db.session.add(period)
    period.unit_id = unit.id if unit else None
    for name, value in columns.items():
        setattr(period, name, value)
    return ENTRIES.kept(period, before, _told(period), by=by, now=now)


def named_unit(value: object, wrong: dict[str, Text]) -> Unit | None:
    """The unit by its id, code, name or alias; None for the whole."""
    label = str(value or "").replace("\0", "").strip()
    if not label:
        return None
    found = db.session.get(Unit, label[:20]) or units.known_as([label]).get(label)
    if found is None:
        wrong["unit"] = Text("no_such_unit", unit=label[:40])
    return found


def written(period: LeverPeriod) -> dict[str, Any]:
    """A period as `put` takes it."""
    return {
        "unit": period.unit_id,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "leads": period.leads,
        "stages": [list(stage) for stage in period.stages],
        "clients": period.clients,
        "purchases": period.purchases,
        "revenue": period.revenue,
        "currency": period.currency,
        "note": period.note,
    }


def _refuse_twice(
    unit: Unit | None, columns: Mapping[str, Any], period: LeverPeriod | None
) -> None:
    """Raises Invalid where the same days of the same unit are entered already."""
    query = select(LeverPeriod.id).where(
        LeverPeriod.unit_id == (unit.id if unit else None),
        LeverPeriod.starts_on == columns["starts_on"],
        LeverPeriod.ends_on == columns["ends_on"],
        LeverPeriod.voided_at.is_(None),
        LeverPeriod.id != (period.id if period else ""),
    )
    with db.session.no_autoflush:
        if db.session.scalar(query.limit(1)) is not None:
            raise Invalid(Text("lever_period_invalid"), {"starts_on": Text("period_twice")})


def _told(period: LeverPeriod) -> dict[str, Any]:
    """A period as the log keeps it."""
    return written(period) | {
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "revenue": str(period.revenue),
    }


ENTRIES = Entries(
    LeverPeriod, "lever_period", TURN, PARTS, Permission.EDIT_LEVERS, require_any,
    stake=lambda period: stake(period.unit), written=written, put=put, said=lambda _period: {},
    refuse_twice=lambda period: _refuse_twice(period.unit, written(period), period),
)  # fmt: skip
find, add, add_many = ENTRIES.find, ENTRIES.add, ENTRIES.add_many
edit, void, restore = ENTRIES.edit, ENTRIES.void, ENTRIES.restore
