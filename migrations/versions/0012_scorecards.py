"""Scorecards, visits and fidelity."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scorecard",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_scorecard_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
    )
    op.create_index(op.f("ix_scorecard_author_id"), "scorecard", ["author_id"])
    op.create_index(op.f("ix_scorecard_name"), "scorecard", ["name", "id"])
    op.create_table(
        "scorecard_criterion",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("scorecard_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("met", sa.Text(), nullable=False),
        sa.Column("not_met", sa.Text(), nullable=False),
        sa.Column("not_applicable", sa.Text(), nullable=False),
        sa.Column("is_mandatory", sa.Boolean(), nullable=False),
        sa.Column("check_who", sa.String(length=200), nullable=False),
        sa.Column("check_when", sa.String(length=200), nullable=False),
        sa.Column("check_evidence", sa.String(length=200), nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["scorecard.id"],
            name=op.f("fk_scorecard_criterion_scorecard_id_scorecard"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_criterion")),
        sa.UniqueConstraint(
            "scorecard_id", "number", name=op.f("uq_scorecard_criterion_scorecard_id")
        ),
    )
    op.create_table(
        "scorecard_visit",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("scorecard_id", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("shopper", sa.String(length=120), nullable=False),
        sa.Column("second_coder", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["scorecard.id"],
            name=op.f("fk_scorecard_visit_scorecard_id_scorecard"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_scorecard_visit_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_visit")),
        sa.UniqueConstraint("scorecard_id", "code", name=op.f("uq_scorecard_visit_scorecard_id")),
    )
    op.create_index(op.f("ix_scorecard_visit_author_id"), "scorecard_visit", ["author_id"])
    op.create_index(
        op.f("ix_scorecard_visit_scorecard_id_visited_on"),
        "scorecard_visit",
        ["scorecard_id", "visited_on", "id"],
    )
    op.create_table(
        "scorecard_mark",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.String(length=20), nullable=False),
        sa.Column("criterion_id", sa.String(length=20), nullable=False),
        sa.Column("coder", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["scorecard_visit.id"],
            name=op.f("fk_scorecard_mark_visit_id_scorecard_visit"),
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["scorecard_criterion.id"],
            name=op.f("fk_scorecard_mark_criterion_id_scorecard_criterion"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_mark")),
        sa.UniqueConstraint(
            "visit_id",
            "criterion_id",
            "coder",
            name=op.f("uq_scorecard_mark_visit_id"),
        ),
    )
    op.create_index(op.f("ix_scorecard_mark_criterion_id"), "scorecard_mark", ["criterion_id"])
    op.create_table(
        "scorecard_link",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("scorecard_id", sa.String(length=20), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("fk_scorecard_link_hypothesis_id_hypothesis"),
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["scorecard.id"],
            name=op.f("fk_scorecard_link_scorecard_id_scorecard"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_scorecard_link_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_link")),
        sa.UniqueConstraint("hypothesis_id", name=op.f("uq_scorecard_link_hypothesis_id")),
    )
    op.create_index(op.f("ix_scorecard_link_author_id"), "scorecard_link", ["author_id"])
    op.create_index(op.f("ix_scorecard_link_scorecard_id"), "scorecard_link", ["scorecard_id"])
    for name in ("test", "conclusion"):
        cause = sa.Column("cause", sa.String(length=32), nullable=False, server_default="")
        op.add_column(name, cause)


def downgrade() -> None:
    for name in ("conclusion", "test"):
        op.drop_column(name, "cause")
    for name in ("link", "mark", "visit", "criterion"):
        op.drop_table(f"scorecard_{name}")
    op.drop_table("scorecard")
