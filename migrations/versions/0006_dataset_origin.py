"""What a data set was worked out from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("dataset", sa.Column("origin", DOCUMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("dataset", "origin")
