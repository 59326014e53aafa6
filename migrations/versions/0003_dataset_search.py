"""What the list of data sets is searched by: the name of the file, folded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hadi.domain.folding import folded

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset", sa.Column("search", sa.Text(), nullable=False, server_default=""))
    dataset = sa.table("dataset", *(sa.column(name) for name in ("filename", "search")))
    names = op.get_bind().scalars(sa.select(dataset.c.filename).distinct()).all()
    for name in names:
        op.execute(dataset.update().where(dataset.c.filename == name).values(search=folded(name)))


def downgrade() -> None:
    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.drop_column("search")
