"""Ledgers as a table: of one hypothesis, or of all whose money the reader may see."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, Stake, allows, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Cost, Hypothesis, Test
from hadi.services import hypotheses
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 500
COLUMNS = (
    Listed("hypothesis"),
    Listed("test", Kind.WHOLE),
    Listed("spent_on", Kind.DAY),
    Listed("kind"),
    Listed("amount", Kind.NUMBER),
    Listed("currency"),
    Listed("note"),
    Listed("who"),
    Listed("who_email", tag=ColumnTag.PERSONAL),
    Listed("entered", Kind.MOMENT),
    Listed("voided", Kind.MOMENT),
    Listed("void_reason"),
)


def table(*, hypothesis: str | None = None, by: Actor) -> Table:
    """The entries, by hypothesis and day; those struck out too, with the reason. Raises NotAllowed,
    NotFound before the first row is read."""
    condition, stem = _condition(hypothesis, by)
    counted = select(func.count(Cost.id)).join(Hypothesis).join(Test, Cost.test_id == Test.id)
    size = db.session.scalar(counted.where(condition)) or 0
    return listed(stem, COLUMNS, _rows(condition), prefix="cost_export", size=size, by=by)


def _condition(named: str | None, by: Actor) -> tuple[ColumnElement[bool], str]:
    if named:
        found = hypotheses.find(named, by=by)
        require(by, Permission.VIEW_MONEY, hypotheses.stake(found))
        return Cost.hypothesis_id == found.id, f"{found.key}-costs"
    # Whoever would see no money of their own either is told so.
    require(by, Permission.VIEW_MONEY, Stake(author=by.user_id))
    if allows(by, Permission.VIEW_MONEY):
        return true(), "costs"
    # Who sees money only of their own gets their own.
    return or_(
        Hypothesis.author_id == by.user_id,
        Hypothesis.owner_id == by.user_id,
        Hypothesis.id.in_(
            select(Test.hypothesis_id)
            .join(Hypothesis, Hypothesis.current_test_id == Test.id)
            .where(Test.steward_id == by.user_id)
        ),
    ), "costs"


def _rows(condition: ColumnElement[bool]) -> Iterator[tuple[Cell, ...]]:
    query = (
        select(Cost, Hypothesis.number, Test.number)
        .join(Hypothesis, Cost.hypothesis_id == Hypothesis.id)
        .join(Test, Cost.test_id == Test.id)
        .where(condition)
        .options(joinedload(Cost.author))
        .order_by(Hypothesis.number, Cost.spent_on, Cost.created_at, Cost.id)
    )
    found = db.session.execute(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        yield from (_row(cost, number, test) for cost, number, test in block)


def _row(cost: Cost, number: int, test: int) -> tuple[Cell, ...]:
    return (
        f"H-{number}",
        test,
        cost.spent_on,
        Text(f"cost_{cost.kind.value}"),
        cost.amount,
        cost.currency,
        cost.note,
        cost.author.name,
        cost.author.email,
        cost.created_at,
        cost.voided_at,
        cost.void_reason,
    )
