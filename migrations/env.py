"""Run the migrations with the app's own engine, or print them as SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

import hadi.models  # registers every table
from hadi.db import db

assert hadi.models  # imported for what it registers
target = db.metadatas[None]


def _options() -> dict[str, object]:
    return {
        "target_metadata": target,
        "compare_type": True,
        # SQLite cannot alter a column in place: Alembic rebuilds the table instead.
        "render_as_batch": db.engine.dialect.name == "sqlite",
    }


def run_offline() -> None:
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    context.configure(url=url, literal_binds=True, **_options())
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    connected = db.engine.connect().execution_options(hadi_write=True)
    with connected as connection, _references_unchecked(connection):
        context.configure(connection=connection, **_options())
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite rebuilds a table by dropping it, which other tables' references would forbid; the
    switch works outside a transaction only. What they refer to is checked when all is done."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if driver.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise RuntimeError("The migration has left a reference to nothing.")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    run_offline()
else:
    run_online()
