"""The levers of revenue and client bases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("workspace", sa.Column("base_definition", sa.String(length=32), nullable=True))
    op.create_table(
        "lever_period",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=20), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("leads", sa.BigInteger(), nullable=False),
        sa.Column("stages", DOCUMENT, nullable=False),
        sa.Column("clients", sa.BigInteger(), nullable=False),
        sa.Column("purchases", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_lever_period_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_lever_period_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lever_period")),
    )
    op.create_index(op.f("ix_lever_period_author_id"), "lever_period", ["author_id"])
    op.create_index("ix_lever_period_unit_id_ends_on", "lever_period", ["unit_id", "ends_on", "id"])
    op.create_table(
        "lever_target",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=20), nullable=True),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_lever_target_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_lever_target_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lever_target")),
        sa.UniqueConstraint("place", name=op.f("uq_lever_target_place")),
    )
    op.create_index(op.f("ix_lever_target_author_id"), "lever_target", ["author_id"])
    op.create_index(op.f("ix_lever_target_unit_id"), "lever_target", ["unit_id"])
    op.create_table(
        "client_base",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("territory", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.String(length=20), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("ever", sa.BigInteger(), nullable=True),
        sa.Column("potential", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_client_base_author_id_user")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_client_base_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_base")),
    )
    op.create_index(op.f("ix_client_base_author_id"), "client_base", ["author_id"])
    op.create_index("ix_client_base_ends_on", "client_base", ["ends_on", "id"])
    op.create_index(op.f("ix_client_base_unit_id"), "client_base", ["unit_id"])


def downgrade() -> None:
    op.drop_table("client_base")
    op.drop_table("lever_target")
    op.drop_table("lever_period")
    op.drop_column("workspace", "base_definition")
