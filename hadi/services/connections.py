"""Connections: the team's own databases, added, tested, put aside and brought back.

A password goes in and never comes out: it is encrypted at once, kept until another is typed, and
forgotten when the address it belongs to changes, so that nobody can have it sent elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import null, select, update

from hadi.db import db, let_go, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, HadiError, Invalid, NotFound, Stale
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest import engines
from hadi.models import Connection, Feed
from hadi.models.connection import ConnectionKind
from hadi.services import events, secrets, source_files
from hadi.services.connection_fields import (
    SECRET_KINDS,
    checked,
    checked_limits,
    leads_elsewhere,
)

NAME_LENGTH = 120
SECRET_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of a connection found: the engine, the tables it may read, how long it took; or
    the one sentence that says why it cannot be reached."""

    seconds: float
    engine: str = ""
    tables: tuple[str, ...] = ()
    problem: Text | None = None


def listing(*, by: Actor) -> list[Connection]:
    """All connections by their names, those put aside last."""
    require(by, Permission.MANAGE_SOURCES)
    query = select(Connection).order_by(
        Connection.archived_at.is_not(None), Connection.name, Connection.id
    )
    return list(db.session.scalars(query))


def find(connection_id: str, *, by: Actor) -> Connection:
    """The connection with that id. Raises NotAllowed, NotFound."""
    require(by, Permission.MANAGE_SOURCES)
    connection = db.session.get(Connection, connection_id.replace("\0", ""))
    if connection is None:
        raise NotFound(Text("no_such_connection"))
    return connection


def create(
    *,
    kind: ConnectionKind,
    name: str,
    settings: Mapping[str, Any],
    secret: str | None = None,
    limits: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> Connection:
    """Add a connection. Raises NotAllowed, Invalid with every fault."""
    require(by, Permission.MANAGE_SOURCES)
    typed = _checked(kind, name, settings, secret, limits or {})
    with transaction():
        _require_free(typed.name, besides=None)
        connection = Connection(
            id=new_id(), name=typed.name, kind=kind, settings=typed.settings,
            secret=secrets.encrypted(typed.secret) if typed.secret else None,
            limits=typed.limits, author_id=by.user_id, created_at=now, updated_at=now,
        )  # fmt: skip
        db.session.add(connection)
        db.session.flush()
        events.record(
            "connection.created", subject="connection", subject_id=connection.id, by=by, now=now,
            details={"name": connection.name, "kind": kind.value},
        )  # fmt: skip
    return connection


def edit(
    connection_id: str,
    *,
    name: str,
    settings: Mapping[str, Any],
    secret: str | None = None,
    removes_secret: bool = False,
    limits: Mapping[str, Any] | None = None,
    version: int | None,
    by: Actor,
    now: datetime,
) -> Connection:
    """Change a connection; without a new secret the old one is kept, as long as it goes to the
    same address. `version` None takes whatever is there. Raises NotAllowed, Invalid, Stale."""
    kind = find(connection_id, by=by).kind
    typed = _checked(kind, name, settings, secret, limits or {})
    with transaction():
        connection = _locked(connection_id, version)
        _require_free(typed.name, besides=connection.id)
        before = _shown(connection)
        old_secret, elsewhere = (
            connection.secret,
            leads_elsewhere(kind, connection.settings, typed.settings),
        )
        if typed.secret:
            connection.secret = secrets.encrypted(typed.secret)
        elif removes_secret:
            connection.secret = None
        elif old_secret is not None and elsewhere:
            raise _refused("password", Text("source_password_again"))
        connection.name, connection.settings = typed.name, typed.settings
        connection.limits = typed.limits
        changes = events.difference(before, _shown(connection))
        if not changes and connection.secret == old_secret:
            return connection
        connection.updated_at = now
        details: dict[str, Any] = {"name": connection.name}
        if connection.secret != old_secret:
            details["password"] = "removed" if connection.secret is None else "changed"
        events.record(
            "connection.edited", subject="connection", subject_id=connection.id, by=by, now=now,
            changes=changes, details=details,
        )  # fmt: skip
    return connection


def archive(connection_id: str, *, version: int | None, by: Actor, now: datetime) -> Connection:
    """Put a connection aside: its feeds stop asking until it is back. Raises Stale."""
    return _set_aside(connection_id, now, version=version, by=by, now=now)


def restore(connection_id: str, *, version: int | None, by: Actor, now: datetime) -> Connection:
    """Have a connection back. Raises Stale, Invalid where another took its name."""
    return _set_aside(connection_id, None, version=version, by=by, now=now)


def test(connection_id: str, *, by: Actor, now: datetime) -> Tested:
    """Connect, ask the engine what it is and what there is to read, and keep how it went."""
    connection = find(connection_id, by=by)
    began = monotonic()
    try:
        tested = _probed(connection, began)
    except HadiError as refusal:
        tested = Tested(monotonic() - began, problem=worst(refusal))
    with transaction():
        # Not an edit: the version stays, so that nobody's open form turns stale.
        db.session.execute(
            update(Connection)
            .where(Connection.id == connection_id)
            .values(tested_at=now, problem=tested.problem.as_json() if tested.problem else null())
        )
    db.session.expire_all()
    return tested


def tables(connection_id: str, *, by: Actor) -> tuple[str, ...]:
    """The names of what can be read there. Raises Unreadable."""
    with opened(find(connection_id, by=by)) as backend:
        return engines.tables(backend)


@contextmanager
def opened(
    connection: Connection, *, most_seconds: float | None = None
) -> Iterator[engines.Backend]:
    """The engine behind a connection, to read from; for `most_seconds`, where somebody waits, or
    as long as the connection's limit allows, if that is less. Raises Unreadable, Invalid with one
    sentence; no sentence holds a secret. No transaction of ours is held meanwhile."""
    if connection.archived_at is not None:
        raise Blocked(
            Text("step_refused"),
            [Blocker(Text("source_put_aside", name=connection.name), "connection")],
        )
    settings = dict(connection.settings)
    if "path" in settings:
        settings["path"] = str(source_files.resolved(connection.kind, settings["path"]))
    secret = (
        secrets.decrypted(connection.secret, name=connection.name)
        if connection.secret is not None
        else None
    )
    kind, limits = connection.kind.value, engines.Limits(**connection.limits)
    if most_seconds is not None:
        limits = replace(limits, seconds=min(limits.seconds, most_seconds))
    let_go()
    with engines.open(kind, settings, secret, limits=limits) as backend:
        yield backend


def has_lost_secret(connection: Connection) -> bool:
    """Whether its password was encrypted with a key that is no longer here."""
    return connection.secret is not None and not secrets.is_readable(connection.secret)


def feeds_of(connection_id: str) -> int:
    """How many feeds ask it."""
    query = select(Feed.id).where(Feed.connection_id == connection_id, Feed.archived_at.is_(None))
    return len(list(db.session.scalars(query)))


@dataclass(frozen=True, slots=True)
class _Typed:
    name: str
    settings: dict[str, Any]
    secret: str | None
    limits: dict[str, int]


def _checked(
    kind: ConnectionKind,
    name: str,
    settings: Mapping[str, Any],
    secret: str | None,
    limits: Mapping[str, Any],
) -> _Typed:
    """Everything that was typed, or every fault of it at once."""
    wrong: dict[str, Text] = {}
    name = " ".join(name.split())
    if not name:
        wrong["name"] = Text("source_name_missing")
    elif len(name) > NAME_LENGTH or not name.isprintable():
        wrong["name"] = Text("source_name_unusable", n=NAME_LENGTH)
    kept: dict[str, Any] = {}
    kept_limits: dict[str, int] = {}
    try:
        kept, secret = checked(kind, settings, secret or None)
        if "path" in kept:
            source_files.resolved(kind, kept["path"])
        elif kind is ConnectionKind.POSTGRESQL and _is_own(kept):
            wrong["database"] = Text("source_is_own")
    except Invalid as refusal:
        wrong |= refusal.fields
    try:
        kept_limits = checked_limits(limits, kind)
    except Invalid as refusal:
        wrong |= refusal.fields
    if secret and kind not in SECRET_KINDS:
        wrong["password"] = Text("source_password_unused")
    elif secret and (len(secret) > SECRET_LENGTH or not secret.isprintable()):
        wrong["password"] = Text("source_password_unusable")
    if wrong:
        raise Invalid(Text("source_unusable"), wrong)
    return _Typed(name, kept, secret, kept_limits)


def _is_own(settings: Mapping[str, Any]) -> bool:
    """Whether this is the database that HADI itself keeps everything in, passwords included."""
    own = db.engine.url
    if not own.drivername.startswith("postgresql"):
        return False
    host = own.host or own.query.get("host")
    there = (str(settings["host"]).casefold(), settings["port"], settings["database"])
    return there == (str(host).casefold(), own.port or 5432, own.database)


def _probed(connection: Connection, began: float) -> Tested:
    with opened(connection) as backend:
        found = engines.check(backend)
    return Tested(monotonic() - began, found.engine, found.tables)


def worst(refusal: HadiError) -> Text:
    """The sentence that names what is wrong: of a field, or of a blocker, where there is one."""
    if isinstance(refusal, Invalid) and refusal.fields:
        return next(iter(refusal.fields.values()))
    if isinstance(refusal, Blocked) and refusal.blockers:
        return refusal.blockers[0].text
    return refusal.text


def _set_aside(
    connection_id: str, at: datetime | None, *, version: int | None, by: Actor, now: datetime
) -> Connection:
    require(by, Permission.MANAGE_SOURCES)
    with transaction():
        connection = _locked(connection_id, version)
        if (connection.archived_at is None) == (at is None):
            return connection
        if at is None:
            _require_free(connection.name, besides=connection.id)
        connection.archived_at = at
        connection.updated_at = now
        verb = "connection.restored" if at is None else "connection.archived"
        events.record(
            verb, subject="connection", subject_id=connection.id, by=by, now=now,
            details={"name": connection.name},
        )  # fmt: skip
    return connection


def _locked(connection_id: str, version: int | None) -> Connection:
    connection = lock(Connection, connection_id)
    if connection is None:
        raise NotFound(Text("no_such_connection"))
    if version is not None and connection.version != version:
        raise Stale(Text("source_changed_meanwhile"))
    return connection


def _require_free(name: str, *, besides: str | None) -> None:
    """Two connections in use do not share a name: people choose by it."""
    taken = select(Connection.id).where(
        Connection.name == name, Connection.archived_at.is_(None), Connection.id != (besides or "")
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise _refused("name", Text("source_name_taken", name=name))


def _refused(field: str, text: Text) -> Invalid:
    return Invalid(Text("source_unusable"), {field: text})


def _shown(connection: Connection) -> dict[str, Any]:
    """What the log may say of it."""
    return {"name": connection.name, **connection.settings, **connection.limits}
