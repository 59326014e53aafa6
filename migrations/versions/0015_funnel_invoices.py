"""What a file of invoices says of an export of deals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("funnel_deals") as table:
        table.add_column(sa.Column("invoices_found", DOCUMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("funnel_deals") as table:
        table.drop_column("invoices_found")
