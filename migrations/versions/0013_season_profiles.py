"""Seasons kept by name, and past weeks of pilots that are ratios or have a column for each site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("pilot_history") as table:
        table.add_column(sa.Column("divisor", sa.String(length=200), nullable=True))
        table.add_column(
            sa.Column("is_wide", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("pilot_history") as table:
        table.drop_column("is_wide")
        table.drop_column("divisor")
