"""Stores, territories and teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("code_key", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("aliases", DOCUMENT, nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("format", sa.String(length=80), nullable=False),
        sa.Column("head", sa.String(length=120), nullable=False),
        sa.Column("responsible_id", sa.String(length=20), nullable=False),
        sa.Column("sales_model", sa.String(length=32), nullable=True),
        sa.Column("technology", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.String(length=20), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_unit_author_id_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user.id"], name=op.f("fk_unit_responsible_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code_key", name=op.f("uq_unit_code_key")),
    )
    op.create_index(op.f("ix_unit_author_id"), "unit", ["author_id"])
    op.create_index(op.f("ix_unit_kind"), "unit", ["kind"])
    op.create_index("ix_unit_name", "unit", ["name", "id"])
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"])
    op.create_index(op.f("ix_unit_responsible_id"), "unit", ["responsible_id"])
    op.create_table(
        "unit_week",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=20), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("staff_new", sa.Integer(), nullable=True),
        sa.Column("stock_out", sa.Boolean(), nullable=False),
        sa.Column("stock_note", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_unit_week_author_id_user")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_week_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_week")),
        sa.UniqueConstraint("unit_id", "week", name=op.f("uq_unit_week_unit_id")),
    )
    op.create_index(op.f("ix_unit_week_author_id"), "unit_week", ["author_id"])
    op.create_index("ix_unit_week_week", "unit_week", ["week"])
    op.create_table(
        "hypothesis_setting",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("lever", sa.String(length=32), nullable=True),
        sa.Column("technology", sa.String(length=200), nullable=False),
        sa.Column("order_reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_hypothesis_setting_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("fk_hypothesis_setting_hypothesis_id_hypothesis"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hypothesis_setting")),
        sa.UniqueConstraint("hypothesis_id", name=op.f("uq_hypothesis_setting_hypothesis_id")),
    )
    op.create_index(op.f("ix_hypothesis_setting_author_id"), "hypothesis_setting", ["author_id"])
    op.create_index(op.f("ix_hypothesis_setting_lever"), "hypothesis_setting", ["lever"])
    op.create_table(
        "hypothesis_unit",
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("fk_hypothesis_unit_hypothesis_id_hypothesis"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_hypothesis_unit_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("hypothesis_id", "unit_id", name=op.f("pk_hypothesis_unit")),
    )
    op.create_index(op.f("ix_hypothesis_unit_unit_id"), "hypothesis_unit", ["unit_id"])


def downgrade() -> None:
    op.drop_table("hypothesis_unit")
    op.drop_table("hypothesis_setting")
    op.drop_table("unit_week")
    op.drop_table("unit")
