"""The migrations make what the models describe, on both databases, and can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import MetaData, String, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from hadi.db import db, migrate_to_head
from hadi.domain.folding import folded
from hadi.models import Analysis, Dataset, Workspace
from hadi.resources import folder
from tests.fixtures.database import close

MOMENT = datetime(2026, 2, 20, 9, 30, tzinfo=UTC)
# The columns of revision 0001 that are compared before and after.
FIRST = {
    "dataset": "id, test_id, version, kind, filename, digest, rows, report, mapping, counts, "
    "author_id, created_at, attached_at",
    "analysis": "id, dataset_id, plan_id, verdict, record, created_at",
    "plan_version": "id, test_id, number, body",
    "hypothesis": "id, number, state, change, version",
}


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


def test_what_the_first_tables_held_goes_up_and_comes_down(app: Flask) -> None:
    """A hypothesis with its test, plan, data and analysis, written when there was nothing else."""
    with app.app_context():
        downgrade(directory=str(folder("migrations")), revision="0001")
        write_first_rows()
        before = first_rows()
    migrate_to_head(app)
    with app.app_context():
        kept = db.session.scalars(db.select(Dataset).order_by(Dataset.id)).all()
        assert [(d.kind, d.role, d.relation, d.version) for d in kept] == [
            ("file", "outcome", "whole", 1), ("counts", "outcome", "whole", 2),
        ]  # fmt: skip
        file, counts = kept
        assert file.search == folded(file.filename) and file.search
        assert (file.tags, file.quality, file.quality_settings, file.deleted_at) == (
            {},
            None,
            {},
            None,
        )
        (part,) = file.parts
        assert (part.place, part.digest, part.rows) == (0, file.digest, file.rows)
        assert (part.filename, part.report) == (file.filename, file.report)
        assert part.created_at == file.created_at
        assert counts.parts == [] and counts.counts == [{"arm": "A", "units": 3}]
        analysis = db.session.scalars(db.select(Analysis)).one()
        assert analysis.dataset is file and analysis.plan_version.number == 1
        assert db.session.scalars(db.select(Workspace.retention_days)).one() is None
        assert first_rows() == before
        # Rows that are written once still are.
        with pytest.raises(DBAPIError, match="written once"):
            db.session.execute(text("UPDATE analysis SET verdict = 'confirmed'"))
        db.session.rollback()
    close(app)
    with app.app_context():
        downgrade(directory=str(folder("migrations")), revision="0001")
        assert first_rows() == before
    close(app)
    migrate_to_head(app)
    with app.app_context():
        again = db.session.scalars(db.select(Dataset).order_by(Dataset.id))
        assert [len(dataset.parts) for dataset in again] == [1, 0]
        assert differences() == []


def write_first_rows() -> None:
    """Rows as revision 0001 has them, foreign keys and all."""
    tables = MetaData()
    tables.reflect(db.engine)
    told = {"author_id": "u", "created_at": MOMENT}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("user", {"id": "u", "email": "u@x.example", "name": "U", "active": True,
                  "fs_uniquifier": "f", "created_at": MOMENT, "version": 1}),
        ("hypothesis", {"id": "h", "number": 1, "state": "measured", "title": "", "change": "c",
                        "effect": "", "reason": "", "language": "en", "updated_at": MOMENT,
                        "state_since": MOMENT, "archive_reason": "", "search": "c", "version": 1,
                        **told}),
        ("test", {"id": "t", "hypothesis_id": "h", "number": 1, "created_at": MOMENT,
                  "learned": "", "holds_where": "", "next": ""}),
        ("plan_version", {"id": "p", "test_id": "t", "number": 1, "body": {"design": "split"},
                          "reason": "", **told}),
        ("dataset", {"id": "d1", "test_id": "t", "version": 1, "kind": "file", "rows": 2**31 - 1,
                     "filename": "till.csv", "digest": "ab" * 32, "report": {"columns": [1]},
                     "mapping": {"arm": "group"}, "attached_at": MOMENT, **told}),
        ("dataset", {"id": "d2", "test_id": "t", "version": 2, "kind": "counts", "rows": 3,
                     "filename": "", "digest": "cd" * 32, "report": {}, "mapping": {},
                     "counts": [{"arm": "A", "units": 3}], "attached_at": MOMENT, **told}),
        ("analysis", {"id": "a", "test_id": "t", "dataset_id": "d1", "plan_id": "p",
                      "is_final": True, "early_reason": "", "verdict": "refuted",
                      "record": {"verdict": "refuted"}, **told}),
    ]  # fmt: skip
    with db.engine.begin() as connection:
        for name, row in rows:
            table = tables.tables[name]
            typed = {key: _stored(table.c[key].type, value) for key, value in row.items()}
            connection.execute(table.insert().values(typed))


def first_rows() -> dict[str, list[dict[str, Any]]]:
    """What stands in the columns that revision 0001 has."""
    with db.engine.connect() as connection:
        return {
            name: [
                dict(row)
                for row in connection.execute(text(f'SELECT {columns} FROM "{name}" ORDER BY id'))
                .mappings()
                .all()
            ]
            for name, columns in FIRST.items()
        }


def _stored(kind: Any, value: Any) -> Any:
    """A value for a column that was read from the database: SQLite has no type for moments."""
    is_text = isinstance(kind, NullType | String)
    return value.isoformat(" ") if isinstance(value, datetime) and is_text else value
