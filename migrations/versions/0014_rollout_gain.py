"""What a winner brings a week, beside its payback on the scale-up board."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("rollout") as table:
        table.add_column(sa.Column("gain", DOCUMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("rollout") as table:
        table.drop_column("gain")
