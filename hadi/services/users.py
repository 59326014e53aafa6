"""People: adding them, their roles, their passwords, and letting them go.

Nobody is deleted, since the log points at people; a deactivated person cannot sign in and what
they had open ends with their next request.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import email_validator
from flask import current_app
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_password
from sqlalchemy import func, select

from hadi.config import Settings
from hadi.db import db, transaction
from hadi.domain.errors import Invalid, NotFound, Stale
from hadi.domain.permissions import Actor, ActorKind, Permission, RoleName, require
from hadi.domain.text import Text
from hadi.models import Role, User
from hadi.services import events
from hadi.services.workspace import LANGUAGES

NAME_LENGTH = 120
PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 256
RESET_PATH = "/reset"
# Only the form is checked: companies use names of their own, such as shop.local.
ADDRESS_RULES: Any = {"check_deliverability": False, "globally_deliverable": False}
if "local" in email_validator.SPECIAL_USE_DOMAIN_NAMES:
    email_validator.SPECIAL_USE_DOMAIN_NAMES.remove("local")


# ------------------------------------------------------------------------------------- reading
def everyone(*, is_active: bool | None = None) -> list[User]:
    """The people of the workspace by name; with `is_active`, only those who are or are not."""
    query = select(User).order_by(func.lower(User.name), User.id)
    if is_active is not None:
        query = query.where(User.active.is_(is_active))
    return list(db.session.scalars(query))


def get(user_id: str) -> User:
    """The person with this id. Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound(Text("user.not_found"))
    return user


def find(email: str) -> User | None:
    """The person with this address, however it is capitalised."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def actor_for(user: User) -> Actor:
    """The person as someone who acts."""
    return Actor(ActorKind.PERSON, user.id, role_names(user))


def role_names(user: User) -> frozenset[RoleName]:
    return frozenset(RoleName(role.name) for role in user.roles)


# ------------------------------------------------------------------------------ administrators
def add(
    *,
    email: str,
    name: str,
    roles: Collection[str],
    language: str | None = None,
    password: str | None = None,
    by: Actor,
    now: datetime,
) -> User:
    """Add a person; without a password they set one through a link. Raises NotAllowed, Invalid."""
    require(by, Permission.MANAGE_PEOPLE)
    fields = _faults(name, roles, language)
    address = _address(email, fields)
    if password is not None and (fault := _password_fault(password, address)):
        fields["password"] = fault
    if fields:
        raise Invalid(Text("user.unusable"), fields)
    secret = _hashed(password) if password is not None else None
    with transaction():
        if find(address) is not None:
            taken = Text("user.email_taken", email=address)
            raise Invalid(Text("user.unusable"), {"email": taken})
        user = User(
            email=address,
            name=name.strip(),
            password=secret,
            active=True,
            fs_uniquifier=secrets.token_hex(16),
            language=language,
            created_at=now,
            roles=_roles(roles),
        )
        db.session.add(user)
        db.session.flush()
        _record(
            "user.added",
            user,
            by,
            now,
            {"email": (None, address), "roles": (None, _written(roles))},
        )
    return user


def edit(
    *,
    user_id: str,
    name: str,
    roles: Collection[str],
    version: int,
    by: Actor,
    now: datetime,
) -> User:
    """Change a person's name and roles. Raises NotAllowed, NotFound, Invalid or Stale."""
    require(by, Permission.MANAGE_PEOPLE)
    if fields := _faults(name, roles, None):
        raise Invalid(Text("user.unusable"), fields)
    with transaction():
        user = _current(user_id, version)
        if RoleName.ADMIN not in roles:
            _keep_an_admin(user)
        before = {"name": user.name, "roles": _written(role.name for role in user.roles)}
        after = {"name": name.strip(), "roles": _written(roles)}
        if changes := events.difference(before, after):
            user.name = name.strip()
            user.roles = _roles(roles)
            # A change of roles alone touches only the joining table, not the version.
            user.version = user.version + 1
            _record("user.edited", user, by, now, changes)
    return user


def set_active(*, user_id: str, is_active: bool, version: int, by: Actor, now: datetime) -> User:
    """Let a person go, which ends their sessions, or have them back. Raises NotAllowed, NotFound,
    Invalid or Stale."""
    require(by, Permission.MANAGE_PEOPLE)
    with transaction():
        user = _current(user_id, version)
        if user.active != is_active:
            if not is_active:
                _keep_an_admin(user)
                user.fs_uniquifier = secrets.token_hex(16)  # no session outlives the leaving
            user.active = is_active
            verb = "user.activated" if is_active else "user.deactivated"
            _record(verb, user, by, now, {"active": (not is_active, is_active)})
    return user


def set_password(*, user_id: str, password: str, by: Actor, now: datetime) -> None:
    """Set a person's password and end their sessions. Raises NotAllowed, NotFound, Invalid."""
    if by.user_id != user_id or by.kind is not ActorKind.PERSON:
        require(by, Permission.MANAGE_PEOPLE)
    if fault := _password_fault(password, get(user_id).email):
        raise Invalid(Text("user.unusable"), {"password": fault})
    keep_password(user_id=user_id, hashed=_hashed(password), by=by, now=now)


def keep_password(
    *, user_id: str, hashed: str, session_key: str | None = None, by: Actor, now: datetime
) -> None:
    """Store a password that was checked and hashed already.

    What names the person's sessions and links changes with it, so that all of them end.
    """
    with transaction():
        user = get(user_id)
        user.password = hashed
        user.fs_uniquifier = session_key or secrets.token_hex(16)
        _record("user.password_set", user, by, now)


def rehash(*, user_id: str, hashed: str) -> None:
    """Store the same password under a hash of today's strength: nothing anybody did."""
    with transaction():
        get(user_id).password = hashed


def password_link(user: User) -> str:
    """An address, good once and for a day, at which the person sets a password.

    It begins with the configured public address: the one a request claims can be forged.
    """
    settings: Settings = current_app.extensions["hadi_settings"]
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    return f"{settings.base_url.rstrip('/')}{RESET_PATH}/{token}"


def note_sign_in(*, user_id: str, now: datetime) -> None:
    """Write into the log that the person signed in."""
    with transaction():
        user = get(user_id)
        _record("user.signed_in", user, actor_for(user), now)


# -------------------------------------------------------------------------------- one's own
def edit_profile(*, name: str, language: str | None, by: Actor, now: datetime) -> User:
    """Change one's own name and language. Raises NotAllowed, Invalid."""
    require(by, Permission.OWN_ACCOUNT)
    if fields := _faults(name, [RoleName.VIEWER], language):
        raise Invalid(Text("user.unusable"), fields)
    with transaction():
        user = get(by.user_id or "")
        before = {"name": user.name, "language": user.language}
        after = {"name": name.strip(), "language": language}
        if changes := events.difference(before, after):
            user.name, user.language = name.strip(), language
            _record("user.edited", user, by, now, changes)
    return user


def change_language(*, language: str, by: Actor, now: datetime) -> User:
    """Change one's own language alone. Raises NotAllowed, Invalid."""
    user = get(by.user_id or "")
    return edit_profile(name=user.name, language=language, by=by, now=now)


# ------------------------------------------------------------------------------------ checks
def _faults(name: str, roles: Collection[str], language: str | None) -> dict[str, Text]:
    fields: dict[str, Text] = {}
    if not name.strip():
        fields["name"] = Text("user.name_missing")
    elif len(name.strip()) > NAME_LENGTH:
        fields["name"] = Text("user.name_long", n=NAME_LENGTH)
    unknown = [role for role in roles if role not in {known.value for known in RoleName}]
    if unknown:
        known = ", ".join(RoleName)
        fields["roles"] = Text("user.role_unknown", role=unknown[0], roles=known)
    elif not roles:
        fields["roles"] = Text("user.role_missing")
    if language is not None and language not in LANGUAGES:
        fields["language"] = Text("user.language_unknown", language=language)
    return fields


def _address(email: str, fields: dict[str, Text]) -> str:
    """The address as it is stored: normalised and in small letters, so that it is found again."""
    try:
        found = email_validator.validate_email(email.strip(), **ADDRESS_RULES)
    except email_validator.EmailNotValidError:
        fields["email"] = Text("user.email_unusable", email=email.strip())
        return ""
    return found.normalized.lower()


def _password_fault(password: str, email: str) -> Text | None:
    if len(password) < PASSWORD_LENGTH_MIN:
        return Text("user.password_short", n=PASSWORD_LENGTH_MIN)
    if len(password) > PASSWORD_LENGTH_MAX:
        return Text("user.password_long", n=PASSWORD_LENGTH_MAX)
    if password.lower() == email:
        return Text("user.password_is_email")
    return None


def _hashed(password: str) -> str:
    # Normalised as sign-in does, so that one keyboard's “é” is another's.
    return str(hash_password(unicodedata.normalize("NFKD", password)))


def _current(user_id: str, version: int) -> User:
    user = get(user_id)
    if user.version != version:
        raise Stale(Text("user.stale"))
    return user


def _keep_an_admin(user: User) -> None:
    """Raises Invalid if the workspace would be left without an active administrator."""
    others = select(User.id).where(
        User.active.is_(True), User.id != user.id, User.roles.any(Role.name == RoleName.ADMIN)
    )
    is_admin = user.active and RoleName.ADMIN in role_names(user)
    if is_admin and db.session.scalar(others.limit(1)) is None:
        raise Invalid(Text("user.last_admin"), {"roles": Text("user.last_admin")})


def _roles(names: Collection[str]) -> list[Role]:
    """The roles' rows, made when they are first given."""
    there = {role.name: role for role in db.session.scalars(select(Role))}
    return [there.get(name) or Role(name=name) for name in _written(names)]


def _written(names: Iterable[str]) -> list[str]:
    return sorted({str(name) for name in names})


def _record(
    verb: str, user: User, by: Actor, now: datetime, changes: events.Changes | None = None
) -> None:
    events.record(verb, subject="user", subject_id=user.id, by=by, now=now, changes=changes)
