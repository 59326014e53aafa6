"""Connections to the team's own databases. A password is written and never answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.api import conditions, found, shown
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.fields import Choice, Sent, Words, described
from hadi.api.paging import PageQuery, paged
from hadi.api.repeats import once
from hadi.api.source_schemas import ConnectionOut, Object, TestedOut
from hadi.api.voice import say
from hadi.domain.errors import NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.models import Connection
from hadi.models.connection import ConnectionKind
from hadi.services import connections

endpoints = Endpoints("connections", "The team's own databases, asked to read and no more")

STALE = Text("source_changed_meanwhile")
_SETTINGS = described(
    "postgresql: host, port, database, user, tls (prefer, require, verify-full), schema; "
    "mysql (MariaDB too; an extra): host, port, database, user, tls; "
    "duckdb, parquet: path; spark: host, port, user, tls (true or false), cluster"
)
_LIMITS = described("seconds, rows and cost that a question may take")
_PASSWORD = described(
    "Password or token; kept encrypted, never answered. null removes it", writeOnly=True
)


class ConnectionIn(Sent):
    name = Words(required=True, metadata=described("By which people find it", maxLength=120))
    kind = Choice(ConnectionKind, required=True)
    settings = Object(required=True, metadata=_SETTINGS)
    password = Words(allow_none=True, metadata=_PASSWORD)
    limits = Object(metadata=_LIMITS)


class ConnectionPatch(Sent):
    name = Words(metadata=described("By which people find it", maxLength=120))
    settings = Object(metadata=described("Those that change"))
    password = Words(allow_none=True, metadata=_PASSWORD)
    limits = Object(metadata=_LIMITS)


@endpoints.at("/connections", "GET")
@endpoints.answers(200, ConnectionOut(many=True), 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List connections by their names, those put aside last."""
    require(actor(), Permission.MANAGE_SOURCES)
    wanted = select(Connection).options(joinedload(Connection.author))
    ordered = wanted.order_by(Connection.archived_at.is_not(None), Connection.name, Connection.id)
    return answer_page(paged(ordered, query), _shown)


@endpoints.at("/connections", "POST")
@endpoints.answers(
    201, ConnectionOut, 400, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(ConnectionIn)
@once
def create(body: dict[str, Any]) -> Response:
    """Add a connection. Nothing is asked until it is tested or a feed uses it."""
    added = connections.create(
        kind=body["kind"], name=body["name"], settings=body["settings"],
        secret=body.get("password") or None, limits=body.get("limits"), by=actor(), now=now(),
    )  # fmt: skip
    settle()
    return answer(
        _shown(added), HTTPStatus.CREATED, version=added.version,
        location=f"/connections/{added.id}",
    )  # fmt: skip


@endpoints.at("/connections/<connection_id>", "GET")
@endpoints.answers(200, ConnectionOut, 404, has_etag=True)
def get(connection_id: str) -> Response:
    """One connection."""
    return _answer(_found(connection_id))


@endpoints.at("/connections/<connection_id>", "PATCH")
@endpoints.answers(
    200, ConnectionOut, 400, 404, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(ConnectionPatch)
def edit(body: dict[str, Any], connection_id: str) -> Response:
    """Change what is sent. A kept password goes to no other address: send it again with one."""
    connection = _found(connection_id)
    conditions.required(connection.version, stale=STALE)
    edited = connections.edit(
        connection.id,
        name=body.get("name", connection.name),
        settings={**connection.settings, **body.get("settings", {})},
        secret=body.get("password") or None,
        removes_secret="password" in body and not body["password"],
        limits={**connection.limits, **body.get("limits", {})},
        version=conditions.optional(connection.version, stale=STALE),
        by=actor(),
        now=now(),
    )
    settle()
    return _answer(edited)


@endpoints.at("/connections/<connection_id>/test", "POST")
@endpoints.answers(200, TestedOut, 404, 422, parameters=[IDEMPOTENCY_KEY])
@once
def test(connection_id: str) -> Response:
    """Connect now; what is wrong is told in a sentence."""
    tested = connections.test(_found(connection_id).id, by=actor(), now=now())
    return answer(
        {
            "ok": tested.problem is None,
            "engine": tested.engine or None,
            "tables": list(tested.tables),
            "seconds": round(tested.seconds, 3),
            "problem": say(tested.problem) if tested.problem else None,
        }
    )


@endpoints.at("/connections/<connection_id>/archive", "POST")
@endpoints.answers(
    200,
    ConnectionOut,
    404,
    412,
    422,
    has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)
@once
def archive(connection_id: str) -> Response:
    """Put a connection aside: its feeds ask no more."""
    return _kept(connections.archive, connection_id)


@endpoints.at("/connections/<connection_id>/restore", "POST")
@endpoints.answers(
    200,
    ConnectionOut,
    404,
    412,
    422,
    has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)
@once
def restore(connection_id: str) -> Response:
    """Have a connection back."""
    return _kept(connections.restore, connection_id)


def _kept(keep: Callable[..., Connection], connection_id: str) -> Response:
    """Put aside or had back, at the version that the caller has seen."""
    connection = _found(connection_id)
    version = conditions.optional(connection.version, stale=STALE)
    kept = keep(connection.id, version=version, by=actor(), now=now())
    settle()
    return _answer(kept)


def _found(connection_id: str) -> Connection:
    require(actor(), Permission.MANAGE_SOURCES)
    if not found.is_name(connection_id):
        raise NotFound(Text("no_such_connection"))
    return connections.find(connection_id, by=actor())


def _answer(connection: Connection) -> Response:
    return answer(_shown(connection), version=connection.version)


def _shown(connection: Connection) -> Mapping[str, Any]:
    return {
        "id": connection.id,
        "name": connection.name,
        "kind": connection.kind.value,
        "settings": dict(connection.settings),
        "has_password": connection.secret is not None,
        "limits": dict(connection.limits),
        "tested_at": shown.moment(connection.tested_at),
        "problem": say(Text.from_json(connection.problem)) if connection.problem else None,
        "archived_at": shown.moment(connection.archived_at),
        "version": connection.version,
        "author": shown.person(connection.author),
        "created_at": shown.moment(connection.created_at),
        "updated_at": shown.moment(connection.updated_at),
    }
