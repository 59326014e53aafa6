"""API tokens: shown once, kept as a hash, limited in scope and time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from hadi.db import db, transaction
from hadi.domain.errors import Invalid, NotAllowed, NotFound
from hadi.domain.permissions import Actor, ActorKind, Permission, Scope, require
from hadi.domain.text import Text
from hadi.models import ApiToken
from hadi.services import events, users

PREFIX = "hadi_"
NAME_LENGTH = 80
LONGEST_DAYS = 366
# Writing "last used" at every request would make a writer of every reader.
_USE_NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just created. `plain` is not stored and cannot be had again."""

    token: ApiToken
    plain: str


def create(
    *,
    user_id: str | None = None,
    name: str,
    scopes: Collection[str],
    days: int,
    by: Actor,
    now: datetime,
) -> NewToken:
    """A token for the person who acts, or for another one by an administrator.

    Raises NotAllowed, NotFound, Invalid.
    """
    owner_id = user_id or by.user_id
    if owner_id is None:
        raise NotAllowed(Text("token.needs_person"))
    _require_own(by, owner_id)
    owner = users.get(owner_id)
    _check(name, scopes, days)
    plain = PREFIX + secrets.token_urlsafe(32)
    with transaction():
        token = ApiToken(
            user_id=owner.id,
            name=name.strip(),
            hash=_digest(plain),
            hint=plain[-4:],
            scopes=[scope.value for scope in Scope if scope.value in scopes],
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        db.session.add(token)
        db.session.flush()
        details = {"name": token.name, "scopes": token.scopes, "days": days, "for": owner_id}
        events.record(
            "token.created", subject="token", subject_id=token.id, by=by, now=now, details=details
        )
    return NewToken(token, plain)


def of_person(user_id: str) -> list[ApiToken]:
    """A person's tokens, newest first, revoked and expired ones included."""
    query = select(ApiToken).where(ApiToken.user_id == user_id)
    return list(db.session.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id)))


def is_alive(token: ApiToken, now: datetime) -> bool:
    """Whether the token opens anything."""
    return token.revoked_at is None and now < token.expires_at


def revoke(*, token_id: str, by: Actor, now: datetime) -> ApiToken:
    """End a token. Raises NotAllowed, NotFound."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(Text("token.not_found"))
    _require_own(by, token.user_id)
    with transaction():
        if token.revoked_at is None:
            token.revoked_at = now
            events.record(
                "token.revoked",
                subject="token",
                subject_id=token.id,
                by=by,
                now=now,
                details={"name": token.name},
            )
    return token


def authenticate(plain: str, now: datetime) -> Actor | None:
    """Who stands behind a token; None when it is unknown, over, or its person is gone."""
    if not plain.startswith(PREFIX):
        return None
    token = db.session.scalar(select(ApiToken).where(ApiToken.hash == _digest(plain)))
    if token is None or not is_alive(token, now) or not token.user.active:
        return None
    if token.last_used_at is None or now - token.last_used_at >= _USE_NOTED_EVERY:
        with transaction():
            token.last_used_at = now
    scopes = frozenset(Scope(scope) for scope in token.scopes)
    roles = users.role_names(token.user)
    return Actor(ActorKind.TOKEN, token.user_id, roles, scopes, token.id)


def _require_own(by: Actor, owner_id: str) -> None:
    if by.kind is ActorKind.PERSON and by.user_id == owner_id:
        require(by, Permission.OWN_ACCOUNT)
    else:
        require(by, Permission.MANAGE_PEOPLE)


def _check(name: str, scopes: Collection[str], days: int) -> None:
    fields: dict[str, Text] = {}
    if not name.strip():
        fields["name"] = Text("token.name_missing")
    elif len(name.strip()) > NAME_LENGTH:
        fields["name"] = Text("token.name_long", n=NAME_LENGTH)
    unknown = [scope for scope in scopes if scope not in {known.value for known in Scope}]
    if unknown:
        fields["scopes"] = Text("token.scope_unknown", scope=unknown[0])
    elif not scopes:
        fields["scopes"] = Text("token.scope_missing")
    if not 1 <= days <= LONGEST_DAYS:
        fields["days"] = Text("token.days_unusable", most=LONGEST_DAYS)
    if fields:
        raise Invalid(Text("token.unusable"), fields)


def _digest(plain: str) -> str:
    # The token is 256 random bits: nothing to guess, so a plain digest is enough.
    return hashlib.sha256(plain.encode()).hexdigest()
