"""Funnels, their stages and their key stage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "funnel",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=360), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.String(length=20), nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_funnel_author_id_user")),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user.id"], name=op.f("fk_funnel_responsible_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funnel")),
        sa.UniqueConstraint("name_key", name=op.f("uq_funnel_name_key")),
    )
    op.create_index(op.f("ix_funnel_author_id"), "funnel", ["author_id"])
    op.create_index(op.f("ix_funnel_responsible_id"), "funnel", ["responsible_id"])
    op.create_table(
        "funnel_deals",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("funnel_id", sa.String(length=20), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("columns", DOCUMENT, nullable=False),
        sa.Column("mapping", DOCUMENT, nullable=False),
        sa.Column("notes", DOCUMENT, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("invoices", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_funnel_deals_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["funnel_id"], ["funnel.id"], name=op.f("fk_funnel_deals_funnel_id_funnel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funnel_deals")),
    )
    op.create_index(op.f("ix_funnel_deals_author_id"), "funnel_deals", ["author_id"])
    op.create_index(op.f("ix_funnel_deals_digest"), "funnel_deals", ["digest"])
    op.create_index(
        "ix_funnel_deals_funnel_id_created_at", "funnel_deals", ["funnel_id", "created_at"]
    )


def downgrade() -> None:
    op.drop_table("funnel_deals")
    op.drop_table("funnel")
