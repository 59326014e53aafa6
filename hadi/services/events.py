"""Writing to the log, and reading a hypothesis's history from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import afterwards, db, transaction
from hadi.domain.permissions import NO_STAKE, Actor, Permission, Stake, allows
from hadi.models import Event, Hypothesis

# What of a subject's changes is money: all of it, or the named parts.
_MONEY: Mapping[str, frozenset[str] | None] = {
    "cost": None, "money_estimate": None, "plan": frozenset({"money"}), "test": frozenset({"cap"}),
    "lever_period": frozenset({"revenue"}), "lever_target": frozenset({"check"}),
}  # fmt: skip
Changes = Mapping[str, tuple[Any, Any]]


def record(
    verb: str,
    *,
    subject: str,
    subject_id: str,
    by: Actor,
    now: datetime,
    hypothesis: Hypothesis | None = None,
    changes: Changes | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an event to the transaction under way. Values have to be JSON."""
    db.session.add(
        Event(
            at=now,
            actor_kind=by.kind,
            actor_id=by.user_id,
            token_id=by.token_id,
            verb=verb,
            subject=subject,
            subject_id=subject_id,
            hypothesis_id=hypothesis.id if hypothesis else None,
            changes={name: list(pair) for name, pair in (changes or {}).items()},
            details=dict(details or {}),
        )
    )


def refused(
    step: str,
    *,
    subject: str,
    subject_id: str,
    by: Actor,
    now: datetime,
    codes: Sequence[str],
    hypothesis: Hypothesis | None = None,
) -> None:
    """Log an attempt that was refused, in a transaction of its own: also when the one it was
    made in is undone."""

    def write() -> None:
        with transaction():
            record(
                "refused",
                subject=subject,
                subject_id=subject_id,
                by=by,
                now=now,
                hypothesis=hypothesis,
                details={"step": step, "blockers": list(codes)},
            )

    afterwards(write)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields whose values differ, with both values."""
    names = dict.fromkeys([*before, *after])
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }


def seen_changes(event: Event, by: Actor, stake: Stake = NO_STAKE) -> dict[str, Any]:
    """What an event changed, without amounts of money for those who may not see them."""
    hidden = _MONEY.get(event.subject, frozenset())
    if hidden == frozenset() or allows(by, Permission.VIEW_MONEY, stake):
        return dict(event.changes)
    if hidden is None:
        return {}
    return {name: pair for name, pair in event.changes.items() if name not in hidden}


def history(*, hypothesis_id: str, before: int | None = None, limit: int = 50) -> list[Event]:
    """A hypothesis's events, newest first; `before` is an event id to go on from."""
    query = (
        select(Event)
        .where(Event.hypothesis_id == hypothesis_id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Event.id < before)
    return list(db.session.scalars(query))
