"""Entries that are corrected with what they were before in the log, struck out with a reason and
taken back, never deleted.

What an entry is, who may change it and what would enter it twice, each kind says for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from hadi.db import await_turn, db, lock, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale
from hadi.domain.permissions import Actor, Permission, Stake, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.services import events


class Entry(Protocol):
    """A record of such a kind."""

    id: Any  # columns of a table: their types are theirs
    version: Any
    void_reason: Any
    voided_at: Any
    updated_at: Any


def refuse_struck(record: Entry) -> None:
    """Raises Blocked for a record that is struck out: it is not corrected, but taken back first."""
    if record.voided_at is not None:
        raise Blocked(Text("step_refused"), [Blocker(Text("entry_is_void"), "void")])


def strike(record: Entry, reason: str, *, now: datetime) -> str:
    """Strike a record out; the reason as it was kept. Raises Invalid, Blocked."""
    reason = cleaned(reason)
    if not reason or len(reason) > LIMIT:
        long = Text("statement_too_long", limit=LIMIT)
        fault = long if reason else Text("entry_void_needs_reason")
        raise Invalid(Text("entry_not_voided"), {"reason": fault})
    refuse_struck(record)
    record.voided_at, record.void_reason, record.updated_at = now, reason, now
    return reason


def take_back(record: Entry, *, now: datetime) -> None:
    """Count a record again. Raises Blocked."""
    if record.voided_at is None:
        raise Blocked(Text("step_refused"), [Blocker(Text("entry_is_not_void"), "void")])
    record.voided_at, record.void_reason, record.updated_at = None, "", now


_E = TypeVar("_E", bound=Entry)
Put = Callable[..., _E]


@dataclass(frozen=True, slots=True)
class Entries(Generic[_E]):
    """One kind of entry. `noun` names it in the log, `turn` is awaited where two could enter the
    same. `put(entry or None, body, by=, now=)` stores one that was sent and logs it; `written` is
    an entry as `put` takes it, of which `parts` may be left out; `refuse_twice` raises where an
    entry that is taken back was entered anew."""

    model: type[_E]
    noun: str
    turn: str
    parts: tuple[str, ...]
    permission: Permission
    require_any: Callable[[Actor], None]
    stake: Callable[[_E], Stake]
    written: Callable[[_E], dict[str, Any]]
    put: Put[_E]
    refuse_twice: Callable[[_E], None]
    said: Callable[[_E], dict[str, Any]]

    def find(self, entry_id: str, *, by: Actor) -> _E:
        """The entry with that id. Raises NotFound."""
        require(by, Permission.VIEW)
        found: _E | None = db.session.get(self.model, _plain(entry_id))
        if found is None:
            raise NotFound(Text(f"no_such_{self.noun}"))
        return found

    def add(self, *, body: Mapping[str, Any], by: Actor, now: datetime) -> _E:
        """Enter one. Raises NotAllowed, Invalid with every fault."""
        return self.add_many(bodies=[body], by=by, now=now)[0]

    def add_many(
        self, *, bodies: Sequence[Mapping[str, Any]], by: Actor, now: datetime
    ) -> list[_E]:
        """Enter several, all or none. Raises Invalid, NotAllowed."""
        self.require_any(by)
        with transaction():
            await_turn(self.turn)
            return [self.put(None, body, by=by, now=now) for body in bodies]

    def edit(
        self, entry_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor,
        now: datetime,
    ) -> _E:  # fmt: skip
        """Correct one; parts that `body` leaves out stay. Raises Invalid, Stale, Blocked."""
        with transaction():
            await_turn(self.turn)
            entry = self._locked(entry_id, version=version, by=by)
            refuse_struck(entry)
            given = {name: body[name] for name in self.parts if name in body}
            return self.put(entry, self.written(entry) | given, by=by, now=now)

    def void(
        self, entry_id: str, *, reason: str, version: int | None = None, by: Actor, now: datetime
    ) -> _E:
        """Strike one out, with a reason. Raises Invalid, Stale, Blocked."""
        with transaction():
            entry = self._locked(entry_id, version=version, by=by)
            kept = strike(entry, reason, now=now)
            self.log("voided", entry, by=by, now=now, reason=kept)
        return entry

    def restore(self, entry_id: str, *, version: int | None = None, by: Actor, now: datetime) -> _E:
        """Count one again. Raises Stale, Blocked; Invalid where it was entered anew."""
        with transaction():
            await_turn(self.turn)
            entry = self._locked(entry_id, version=version, by=by)
            self.refuse_twice(entry)
            take_back(entry, now=now)
            self.log("restored", entry, by=by, now=now)
        return entry

    def kept(self, entry: _E, before: Mapping[str, Any], after: Mapping[str, Any], *, by: Actor,
             now: datetime) -> _E:  # fmt: skip
        """Log what `put` has stored: entered where there was nothing before, else corrected; of
        what stayed as it was, nothing."""
        changed = events.difference(before, after)
        if changed:
            entry.updated_at = now
            db.session.flush()
            self.log("edited" if before else "added", entry, by=by, now=now, changes=changed)
        return entry

    def log(
        self,
        done: str,
        entry: _E,
        *,
        by: Actor,
        now: datetime,
        changes: events.Changes | None = None,
        reason: str = "",
    ) -> None:
        """Log what was done to an entry, inside the transaction under way."""
        details = {**self.said(entry), **({"reason": reason} if reason else {})}
        events.record(
            f"{self.noun}_{done}", subject=self.noun, subject_id=entry.id, by=by, now=now,
            changes=changes, details=details or None,
        )  # fmt: skip

    def _locked(self, entry_id: str, *, version: int | None, by: Actor) -> _E:
        entry: _E | None = lock(self.model, _plain(entry_id))
        if entry is None:
            raise NotFound(Text(f"no_such_{self.noun}"))
        require(by, self.permission, self.stake(entry))
        if version is not None and version != entry.version:
            raise Stale(Text("entry_changed_meanwhile"))
        return entry


def _plain(entry_id: str) -> str:
    return entry_id[:20].replace("\0", "")
