"""What a test costs, entry by entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "cost",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_cost_author_id_user")),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"], ["hypothesis.id"], name=op.f("fk_cost_hypothesis_id_hypothesis")
        ),
        sa.ForeignKeyConstraint(["test_id"], ["test.id"], name=op.f("fk_cost_test_id_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost")),
    )
    op.create_index(op.f("ix_cost_author_id"), "cost", ["author_id"])
    op.create_index(op.f("ix_cost_test_id"), "cost", ["test_id"])
    op.create_index("ix_cost_hypothesis_id_spent_on", "cost", ["hypothesis_id", "spent_on", "id"])
    op.create_table(
        "budget_decision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_budget_decision_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["test_id"], ["test.id"], name=op.f("fk_budget_decision_test_id_test")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_decision")),
    )
    op.create_index(op.f("ix_budget_decision_author_id"), "budget_decision", ["author_id"])
    op.create_index(op.f("ix_budget_decision_test_id"), "budget_decision", ["test_id"])
    op.create_table(
        "money_estimate",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_money_estimate_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("fk_money_estimate_hypothesis_id_hypothesis"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_estimate")),
        sa.UniqueConstraint("hypothesis_id", name=op.f("uq_money_estimate_hypothesis_id")),
    )
    op.create_index(op.f("ix_money_estimate_author_id"), "money_estimate", ["author_id"])
    op.add_column(
        "test",
        sa.Column("budget_level", sa.String(length=32), nullable=False, server_default="within"),
    )
    op.create_index(op.f("ix_test_budget_level"), "test", ["budget_level"])


def downgrade() -> None:
    op.drop_index(op.f("ix_test_budget_level"), table_name="test")
    with op.batch_alter_table("test", schema=None) as batch_op:
        batch_op.drop_column("budget_level")
    op.drop_table("money_estimate")
    op.drop_table("budget_decision")
    op.drop_table("cost")
