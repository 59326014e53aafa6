"""Passwords of connections: encrypted where they are stored, decrypted only to connect.

A password here has to be sent on to another database, so that a hash will not do. It is encrypted
with the first of `HADI_CREDENTIALS_KEY` and decrypted with any of them: a new key is put before the
old one, `hadi secrets rotate` encrypts everything anew, and then the old one can go.
"""

from __future__ import annotations

import base64
from datetime import datetime
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import select

from hadi.config import Settings
from hadi.db import db, transaction
from hadi.domain.errors import Unreadable
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import Connection
from hadi.services import events

SHORTEST_KEY = 32  # characters of HADI_CREDENTIALS_KEY


class KeyLost(Unreadable):
    """What is stored was encrypted with a key that is no longer here."""


def encrypted(plain: str) -> bytes:
    """The secret as it is stored."""
    return _ring().encrypt(plain.encode())


def decrypted(kept: bytes, *, name: str) -> str:
    """The secret of the connection called `name`. Raises KeyLost."""
    try:
        return _ring().decrypt(kept).decode()
    except InvalidToken:
        raise KeyLost(Text("secret_key_lost", name=name)) from None


def is_readable(kept: bytes) -> bool:
    """Whether a key that is here decrypts it."""
    try:
        _ring().decrypt(kept)
    except InvalidToken:
        return False
    return True


def is_current(kept: bytes) -> bool:
    """Whether the first key encrypted it."""
    try:
        Fernet(_derived(_keys()[0])).decrypt(kept)
    except InvalidToken:
        return False
    return True


def rotate(*, by: Actor, now: datetime) -> tuple[int, int]:
    """Encrypt every stored secret with the first key; how many were, and how many cannot be read
    by any key (they stay as they are)."""
    require(by, Permission.MANAGE_SOURCES)
    rotated = lost = 0
    with transaction():
        for connection in _with_secret():
            assert connection.secret is not None
            if not is_readable(connection.secret):
                lost += 1
            elif not is_current(connection.secret):
                connection.secret = _ring().rotate(connection.secret)
                rotated += 1
        if rotated:
            events.record(
                "secrets_rotated", subject="workspace", subject_id="workspace", by=by, now=now,
                details={"rotated": rotated, "lost": lost},
            )  # fmt: skip
    return rotated, lost


def faults() -> list[str]:
    """What `hadi doctor` has to say of the stored secrets, a sentence each."""
    said = [
        f"HADI_CREDENTIALS_KEY holds a key shorter than {SHORTEST_KEY} signs."
        for key in _keys()
        if len(key) < SHORTEST_KEY
    ][:1]
    for connection in _with_secret():
        assert connection.secret is not None
        if not is_readable(connection.secret):
            said.append(str(Text("secret_key_lost", name=connection.name)))
    return said


def _with_secret() -> list[Connection]:
    query = select(Connection).where(Connection.secret.is_not(None))
    return list(db.session.scalars(query.order_by(Connection.created_at, Connection.id)))


def _keys() -> tuple[str, ...]:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.credentials_keys()


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in _keys()])


@lru_cache(maxsize=16)
def _derived(key: str) -> bytes:
    """A Fernet key of any text: nobody has to make one in a particular format."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hadi credentials")
    return base64.urlsafe_b64encode(kdf.derive(key.encode()))
