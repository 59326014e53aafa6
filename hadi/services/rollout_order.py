"""The order of the cards in a column of the scale-up board."""

from __future__ import annotations

from sqlalchemy import func, select, update

from hadi.db import db
from hadi.domain.scaling import RolloutStatus
from hadi.models import Rollout

# Halving the same gap again and again comes to an end; well before it the column is spread anew.
NARROWEST = 1e-6


def end_of(status: RolloutStatus) -> float:
    """Behind every card of a column."""
    last = select(func.max(Rollout.position)).where(Rollout.status == status)
    return (db.session.scalar(last) or 0.0) + 1.0


def top_of(status: RolloutStatus) -> float:
    """Before every card of a column."""
    first = select(func.min(Rollout.position)).where(Rollout.status == status)
    return (db.session.scalar(first) or 0.0) - 1.0


def place(to: RolloutStatus, rollout: Rollout, *, after: str | None, at_end: bool) -> float:
    """A place between neighbours: halfway, so that no other card has to move. Behind the card
    `after`; without one at the column's end, or at its top when `at_end` is false."""
    if after is None:
        return end_of(to) if at_end else top_of(to)
    column = _column(to, without=rollout)
    at = next((i for i, (key, _) in enumerate(column) if key == after), None)
    if at is None or at == len(column) - 1:
        return end_of(to)
    if column[at + 1][1] - column[at][1] < NARROWEST:
        _spread(column)
        column = _column(to, without=rollout)
    return (column[at][1] + column[at + 1][1]) / 2


def card_before(rollout: Rollout) -> str:
    """The id of the card before this one in its column; "" where it is the first."""
    key = ""
    for other, position in _column(rollout.status, without=rollout):
        if (position, other) > (rollout.position, rollout.id):
            break
        key = other
    return key


def _column(status: RolloutStatus, *, without: Rollout) -> list[tuple[str, float]]:
    query = (
        select(Rollout.id, Rollout.position)
        .where(Rollout.status == status, Rollout.id != without.id)
        .order_by(Rollout.position, Rollout.id)
    )
    return [(row.id, row.position) for row in db.session.execute(query)]


def _spread(column: list[tuple[str, float]]) -> None:
    """Give the cards whole numbers again. Nothing a person decided changes by it, so that no
    card gets a new version."""
    for number, (key, _) in enumerate(column, start=1):
        moved = update(Rollout).where(Rollout.id == key).values(position=float(number))
        db.session.execute(moved, execution_options={"synchronize_session": "fetch"})
