"""The scale-up board as a table: a row for each wave, and one for each winner that has none yet."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Rollout, Wave
from hadi.services import rollout_gain
from hadi.services.rollout_list import promise_of, what_a_card_shows
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 200

COLUMNS = (
    Listed("key"),
    Listed("change"),
    Listed("status"),
    Listed("owner"),
    Listed("owner_email", tag=ColumnTag.PERSONAL),
    Listed("payback"),
    Listed("margin_per_week", Kind.NUMBER, tag=ColumnTag.MARGIN),
    Listed("margin_low", Kind.NUMBER, tag=ColumnTag.MARGIN),
    Listed("margin_high", Kind.NUMBER, tag=ColumnTag.MARGIN),
    Listed("currency", tag=ColumnTag.MARGIN),
    Listed("metric"),
    Listed("unit"),
    Listed("promised", Kind.NUMBER),
    Listed("promised_low", Kind.NUMBER),
    Listed("promised_high", Kind.NUMBER),
    Listed("wave", Kind.WHOLE),
    Listed("where"),
    Listed("starts_on", Kind.DAY),
    Listed("measure_on", Kind.DAY),
    Listed("measured", Kind.MOMENT),
    Listed("has_held", Kind.FLAG),
    Listed("effect", Kind.NUMBER),
    Listed("low", Kind.NUMBER),
    Listed("high", Kind.NUMBER),
    Listed("note"),
    Listed("stop_reason"),
    Listed("created", Kind.MOMENT),
    Listed("updated", Kind.MOMENT),
)


def table(*, by: Actor) -> Table:
    """Every roll-out in the order of the board. Raises NotAllowed before the first row is read."""
    require(by, Permission.VIEW)
    size = db.session.scalar(select(func.count()).select_from(Wave)) or 0
    size += db.session.scalar(select(func.count()).select_from(Rollout)) or 0
    return listed("rollouts", COLUMNS, _rows(), prefix="rollout_export", size=size, by=by)


def _rows() -> Iterator[tuple[Cell, ...]]:
    query = (
        select(Rollout)
        .options(*what_a_card_shows(), selectinload(Rollout.waves), joinedload(Rollout.owner))
        .order_by(Rollout.status, Rollout.position, Rollout.id)
    )
    found = db.session.scalars(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        for rollout in block:
            waves: list[Wave | None] = [*rollout.waves] or [None]
            yield from (_row(rollout, wave) for wave in waves)


def _row(rollout: Rollout, wave: Wave | None) -> tuple[Cell, ...]:
    promise, owner, weekly = promise_of(rollout), rollout.owner, rollout_gain.of(rollout)
    gain = weekly.gain if weekly else None
    return (
        rollout.hypothesis.key,
        rollout.hypothesis.change,
        Text(f"rollout_{rollout.status.value}"),
        owner.name if owner else None,
        owner.email if owner else None,
        Text(f"payback_{rollout.payback.value}"),
        gain.estimate if gain else None,
        gain.low if gain else None,
        gain.high if gain else None,
        weekly.currency if weekly else None,
        promise.metric.name if promise else None,
        Text(f"rollout_unit_{promise.unit}") if promise else None,
        promise.estimate if promise else None,
        promise.low if promise else None,
        promise.high if promise else None,
        *(_of_wave(wave) if wave else (None,) * 10),
        rollout.stop_reason,
        rollout.created_at,
        rollout.updated_at,
    )


def _of_wave(wave: Wave) -> tuple[Cell, ...]:
    return (
        wave.number,
        wave.scope,
        wave.starts_on,
        wave.measure_on,
        wave.measured_at,
        wave.has_held,
        wave.effect,
        wave.low,
        wave.high,
        wave.note,
    )
