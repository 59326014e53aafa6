"""Who asks: a bearer token and nothing else. A browser's session does not open the API, so that
no page elsewhere can use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus

from flask import current_app, g, request
from flask_limiter.util import get_remote_address

from hadi.api.problems import Problem
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.services import tokens

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="HADI"'}
_REFUSAL = {"WWW-Authenticate": 'Bearer realm="HADI", error="invalid_token"'}


def authenticate() -> None:
    """Find out who asks, before any view. Raises Problem (401)."""
    scheme, _, plain = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not plain.strip():
        raise Problem(HTTPStatus.UNAUTHORIZED, Text("api.unauthorized"), headers=_CHALLENGE)
    found = tokens.authenticate(plain.strip(), now())
    if found is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, Text("api.unauthorized"), headers=_REFUSAL)
    g.api_actor = found


def actor() -> Actor:
    """The person behind this request's token."""
    found: Actor = g.api_actor
    return found


def user_id() -> str:
    """The id of the person behind the token; every token has one."""
    found = actor().user_id
    assert found is not None
    return found


def caller() -> str:
    """Whom requests are counted for: the token, unread; without one, the address."""
    written = request.headers.get("Authorization")
    return sha256(written.encode()).hexdigest() if written else get_remote_address()


def now() -> datetime:
    """The moment, in UTC; tests put another clock into `app.config["CLOCK"]`."""
    clock: Callable[[], datetime] | None = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC)
