"""Run the migrations with the app's own engine, or print them as SQL."""

from __future__ import annotations

from alembic import context
from flask import current_app

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
    with db.engine.connect().execution_options(hadi_write=True) as connection:
        context.configure(connection=connection, **_options())
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
