"""What the levers of a unit, or of the whole business, are to reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from hadi.db import await_turn, db, new_id, transaction
from hadi.domain.errors import Stale
from hadi.domain.lever_reading import read_targets
from hadi.domain.levers import Lever
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import LeverTarget, Unit
from hadi.models.lever import WHOLE
from hadi.services import events
from hadi.services.lever_periods import stake


def of(unit: Unit | None) -> LeverTarget | None:
    """The targets that were set for a unit, or for the whole."""
    place = unit.id if unit else WHOLE
    return db.session.scalar(select(LeverTarget).where(LeverTarget.place == place))


def of_units(unit_ids: Sequence[str]) -> dict[str, LeverTarget]:
    """The targets of those units that have any."""
    query = select(LeverTarget).where(LeverTarget.place.in_(unit_ids))
    return {target.place: target for target in db.session.scalars(query)}


def values(target: LeverTarget | None) -> dict[Lever, Fraction]:
    """The targets as numbers."""
    body = target.body if target else {}
    return {lever: Fraction(body[lever.value]) for lever in Lever if lever.value in body}


def save(
    unit: Unit | None, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> LeverTarget:
    """Set all targets: inflow (leads a week), conversion (a fraction), check (an amount, with its
    currency), frequency (purchases of a client). What is left out has none. `version` is 0 where
    none were set. Raises NotAllowed, Invalid with every fault, Stale."""
    require(by, Permission.EDIT_LEVERS, stake(unit))
    found, currency = read_targets(body)
    with transaction():
        await_turn("lever_targets")
        target = of(unit)
        if version is not None and version != (target.version if target else 0):
            raise Stale(Text("entry_changed_meanwhile"))
        before = dict(target.body) | {"currency": target.currency} if target else {}
        if target is None:
            target = LeverTarget(
                id=new_id(), place=unit.id if unit else WHOLE, unit_id=unit.id if unit else None,
                author_id=by.user_id, created_at=now, updated_at=now,
            )  # fmt: skip
            db.session.add(target)
        target.body, target.currency = found, currency
        changed = events.difference(before, found | {"currency": currency})
        if changed:
            target.updated_at = now
            db.session.flush()
            events.record(
                "lever_targets_set", subject="lever_target", subject_id=target.id, by=by, now=now,
                changes=changed, details={"unit": unit.name} if unit else None,
            )  # fmt: skip
    return target
