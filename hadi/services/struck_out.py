"""Records that are struck out with a reason and taken back, never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hadi.domain.errors import Blocked, Blocker, Invalid
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text


class Struck(Protocol):
    """A record that can be struck out."""

    void_reason: str
    voided_at: datetime | None
    updated_at: datetime


def refuse_struck(record: Struck) -> None:
    """Raises Blocked for a record that is struck out: it is not corrected, but taken back first."""
    if record.voided_at is not None:
        raise Blocked(Text("step_refused"), [Blocker(Text("entry_is_void"), "void")])


def strike(record: Struck, reason: str, *, now: datetime) -> str:
    """Strike a record out; the reason as it was kept. Raises Invalid, Blocked."""
    reason = cleaned(reason)
    if not reason or len(reason) > LIMIT:
        long = Text("statement_too_long", limit=LIMIT)
        fault = long if reason else Text("entry_void_needs_reason")
        raise Invalid(Text("entry_not_voided"), {"reason": fault})
    refuse_struck(record)
    record.voided_at, record.void_reason, record.updated_at = now, reason, now
    return reason


def take_back(record: Struck, *, now: datetime) -> None:
    """Count a record again. Raises Blocked."""
    if record.voided_at is None:
        raise Blocked(Text("step_refused"), [Blocker(Text("entry_is_not_void"), "void")])
    record.voided_at, record.void_reason, record.updated_at = None, "", now
