"""The history that a pilot is planned by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pilot_history",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("dataset_id", sa.String(length=20), nullable=True),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("columns", DOCUMENT, nullable=False),
        sa.Column("site", sa.String(length=200), nullable=True),
        sa.Column("time", sa.String(length=200), nullable=True),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("stratum", sa.String(length=200), nullable=True),
        sa.Column("sites", DOCUMENT, nullable=False),
        sa.Column("notes", DOCUMENT, nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["test_id"], ["test.id"], name=op.f("fk_pilot_history_test_id_test")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_pilot_history_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_pilot_history_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_history")),
        sa.UniqueConstraint("test_id", name=op.f("uq_pilot_history_test_id")),
    )
    op.create_index(op.f("ix_pilot_history_author_id"), "pilot_history", ["author_id"])
    op.create_index(op.f("ix_pilot_history_digest"), "pilot_history", ["digest"])


def downgrade() -> None:
    op.drop_table("pilot_history")
