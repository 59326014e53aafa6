"""Seasons kept by name, and past weeks of pilots that are ratios or have a column for each site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "season_profile",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("coefficients", DOCUMENT, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("years", DOCUMENT, nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_season_profile_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_profile")),
    )
    op.create_index(op.f("ix_season_profile_author_id"), "season_profile", ["author_id"])
    op.create_index(op.f("ix_season_profile_name_key"), "season_profile", ["name_key"])
    with op.batch_alter_table("pilot_history") as table:
        table.add_column(sa.Column("divisor", sa.String(length=200), nullable=True))
        table.add_column(
            sa.Column("is_wide", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("pilot_history") as table:
        table.drop_column("is_wide")
        table.drop_column("divisor")
    op.drop_table("season_profile")
