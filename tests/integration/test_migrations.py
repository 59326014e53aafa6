"""The migrations make what the models describe, on both databases, and can be taken back."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import inspect

from hadi.db import db, migrate_to_head
from hadi.resources import folder
from tests.fixtures.database import close


def differences() -> list[object]:
    """What autogenerate would still change."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadatas[None]))


def test_the_migrations_match_the_models(app_context: Flask) -> None:
    assert differences() == []


def test_the_migrations_go_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        downgrade(directory=str(folder("migrations")), revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    close(app)
    migrate_to_head(app)
    with app.app_context():
        assert differences() == []


def test_migrating_twice_changes_nothing(app: Flask) -> None:
    migrate_to_head(app)
    with app.app_context():
        assert differences() == []
