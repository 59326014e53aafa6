"""The database: one handle, one way to write.

Reading may happen any time; writing happens inside `transaction()`, which takes the write lock
first (`BEGIN IMMEDIATE` on SQLite), so that two writers wait for each other instead of losing
an update or failing half-way.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask
from flask_migrate import Migrate, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import DeclarativeBase

from hadi.resources import folder


class Base(DeclarativeBase):
    """Root of the models; every constraint has a predictable name, so that migrations can."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


M = TypeVar("M")

db = SQLAlchemy(model_class=Base)
migrate = Migrate()

_WRITE = "hadi_write"
_AFTERWARDS = "hadi_afterwards"


def new_id() -> str:
    """An opaque id: 20 lower-case hexadecimal characters."""
    return secrets.token_hex(10)


def init_app(app: Flask) -> None:
    """Bind the database and its migrations to the app."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(folder("migrations")), compare_type=True)
    with app.app_context():
        _prepare(db.engine)


def migrate_to_head(app: Flask) -> None:
    """Create or bring up to date every table."""
    with app.app_context():
        upgrade(directory=str(folder("migrations")))


@contextmanager
def transaction() -> Iterator[None]:
    """One writing transaction: all of it or nothing. Nested uses join the outer one."""
    session = db.session()
    if session.info.get(_WRITE):
        yield
        return
    # A reading transaction cannot be made a writing one; what it read is read again.
    session.rollback()
    session.info[_WRITE] = True
    try:
        session.connection(execution_options={_WRITE: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITE, None)
        for act in session.info.pop(_AFTERWARDS, ()):
            act()


def afterwards(act: Callable[[], None]) -> None:
    """Run `act` when the writing transaction under way is over, however it ends; at once where
    there is none. What must be kept of an attempt that is undone is written like this."""
    session = db.session()
    if session.info.get(_WRITE):
        session.info.setdefault(_AFTERWARDS, []).append(act)
    else:
        act()


def is_writing() -> bool:
    """Whether a writing transaction of this session is under way."""
    return bool(db.session().info.get(_WRITE))


@contextmanager
def aside() -> Iterator[Connection]:
    """A short writing transaction of its own, beside whatever the session reads meanwhile. Not
    from within `transaction()`: on SQLite it would wait for itself."""
    connected = db.engine.connect().execution_options(**{_WRITE: True})
    with connected as connection, connection.begin():
        yield connection


def lock(model: type[M], record_id: str) -> M | None:
    """The record, locked for this transaction and read anew: it may have been read before, and
    changed while we waited for whoever held it."""
    primary_key = inspect(model).primary_key[0]
    query = select(model).where(primary_key == record_id).with_for_update()
    found: M | None = db.session.scalar(query.execution_options(populate_existing=True))
    return found


def await_turn(name: str) -> None:
    """Wait for whoever is about the thing of that name, until this transaction is over. On SQLite
    everyone who writes waits; what is read after this was written by all who came before."""
    if db.engine.dialect.name == "postgresql":
        turn = func.hashtextextended(name, 0)
        db.session.execute(select(func.pg_advisory_xact_lock(turn)))


def let_go() -> None:
    """End the reading transaction under way, so that long work holds nothing; a writing one,
    which somebody further out has begun, stays."""
    session = db.session()
    if not session.info.get(_WRITE):
        session.rollback()


def _prepare(engine: Engine) -> None:
    if engine.dialect.name != "sqlite" or event.contains(engine, "connect", _set_up_sqlite):
        return
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    # The driver's own transaction handling begins late and loses updates: we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
