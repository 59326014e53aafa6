"""First tables: hypotheses with their tests, data, analyses and decisions; people; the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Rows of these tables are written once: the database itself refuses to change or remove them.
WRITTEN_ONCE = ("event", "analysis")


def refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION hadi_written_once() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME; END $$"
        )
    for table in WRITTEN_ONCE:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if op.get_bind().dialect.name == "postgresql":
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION hadi_written_once()"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
                )


def allow_changes() -> None:
    for table in WRITTEN_ONCE:
        for verb in ("update", "delete"):
            on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
            op.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION hadi_written_once()")


def upgrade() -> None:
    op.create_table(
        "role",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "workspace",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column(
            "scopes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "hypothesis",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_from", sa.String(length=32), nullable=True),
        sa.Column("archive_reason", sa.Text(), nullable=False),
        sa.Column("previous_id", sa.String(length=20), nullable=True),
        sa.Column("current_test_id", sa.String(length=20), nullable=True),
        sa.Column("owner_id", sa.String(length=20), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_hypothesis_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_hypothesis_owner_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["hypothesis.id"], name=op.f("fk_hypothesis_previous_id_hypothesis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hypothesis")),
        sa.UniqueConstraint("number", name=op.f("uq_hypothesis_number")),
    )
    with op.batch_alter_table("hypothesis", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hypothesis_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hypothesis_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hypothesis_state"), ["state"], unique=False)
        batch_op.create_index("ix_hypothesis_updated_at", ["updated_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hypothesis_verdict"), ["verdict"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "outcome",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_receipt_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_role",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("role_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_user_role_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_role")),
    )
    op.create_table(
        "event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=True),
        sa.Column("token_id", sa.String(length=20), nullable=True),
        sa.Column("verb", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=True),
        sa.Column(
            "changes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "details",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_event_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"], ["hypothesis.id"], name=op.f("fk_event_hypothesis_id_hypothesis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_hypothesis_id_id", ["hypothesis_id", "id"], unique=False)
        batch_op.create_index(
            "ix_event_subject_subject_id", ["subject", "subject_id"], unique=False
        )
        batch_op.create_index("ix_event_at_id", ["at", "id"], unique=False)

    op.create_table(
        "test",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("steward_id", sa.String(length=20), nullable=True),
        sa.Column("plan_id", sa.String(length=20), nullable=True),
        sa.Column("result_id", sa.String(length=20), nullable=True),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("holds_where", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"], ["hypothesis.id"], name=op.f("fk_test_hypothesis_id_hypothesis")
        ),
        sa.ForeignKeyConstraint(["steward_id"], ["user.id"], name=op.f("fk_test_steward_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test")),
        sa.UniqueConstraint("hypothesis_id", "number", name=op.f("uq_test_hypothesis_id")),
    )
    with op.batch_alter_table("test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_test_hypothesis_id"), ["hypothesis_id"], unique=False)

    op.create_table(
        "dataset",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "mapping",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_dataset_author_id_user")),
        sa.ForeignKeyConstraint(["test_id"], ["test.id"], name=op.f("fk_dataset_test_id_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("test_id", "version", name=op.f("uq_dataset_test_id")),
    )
    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dataset_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dataset_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_dataset_test_id"), ["test_id"], unique=False)

    op.create_table(
        "plan_version",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_plan_version_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["test_id"], ["test.id"], name=op.f("fk_plan_version_test_id_test")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("test_id", "number", name=op.f("uq_plan_version_test_id")),
    )
    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_version_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_version_test_id"), ["test_id"], unique=False)

    op.create_table(
        "analysis",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("dataset_id", sa.String(length=20), nullable=False),
        sa.Column("plan_id", sa.String(length=20), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("early_reason", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column(
            "record",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_analysis_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_analysis_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan_version.id"], name=op.f("fk_analysis_plan_id_plan_version")
        ),
        sa.ForeignKeyConstraint(["test_id"], ["test.id"], name=op.f("fk_analysis_test_id_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis")),
    )
    with op.batch_alter_table("analysis", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_analysis_test_id"), ["test_id"], unique=False)

    op.create_table(
        "conclusion",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("analysis_id", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("holds_where", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("override", sa.Text(), nullable=False),
        sa.Column("is_payback_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["analysis.id"], name=op.f("fk_conclusion_analysis_id_analysis")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_conclusion_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"],
            ["hypothesis.id"],
            name=op.f("fk_conclusion_hypothesis_id_hypothesis"),
        ),
        sa.ForeignKeyConstraint(["test_id"], ["test.id"], name=op.f("fk_conclusion_test_id_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusion")),
    )
    with op.batch_alter_table("conclusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conclusion_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_conclusion_hypothesis_id"), ["hypothesis_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_conclusion_test_id"), ["test_id"], unique=False)

    op.create_table(
        "rollout",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=False),
        sa.Column("conclusion_id", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("owner_id", sa.String(length=20), nullable=True),
        sa.Column("payback", sa.String(length=32), nullable=False),
        sa.Column("measure_on", sa.Date(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conclusion_id"], ["conclusion.id"], name=op.f("fk_rollout_conclusion_id_conclusion")
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"], ["hypothesis.id"], name=op.f("fk_rollout_hypothesis_id_hypothesis")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_rollout_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout")),
        sa.UniqueConstraint("conclusion_id", name=op.f("uq_rollout_conclusion_id")),
    )
    with op.batch_alter_table("rollout", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rollout_hypothesis_id"), ["hypothesis_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_rollout_status"), ["status"], unique=False)

    op.create_table(
        "wave",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("rollout_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("measure_on", sa.Date(), nullable=False),
        sa.Column("effect", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("has_held", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_wave_author_id_user")),
        sa.ForeignKeyConstraint(
            ["rollout_id"], ["rollout.id"], name=op.f("fk_wave_rollout_id_rollout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("rollout_id", "number", name=op.f("uq_wave_rollout_id")),
    )
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wave_rollout_id"), ["rollout_id"], unique=False)

    # Tables that point at each other: the second half of each pair.
    with op.batch_alter_table("hypothesis") as batch_op:
        batch_op.create_foreign_key(
            "fk_hypothesis_current_test_id_test", "test", ["current_test_id"], ["id"]
        )
    with op.batch_alter_table("test") as batch_op:
        batch_op.create_foreign_key(
            "fk_test_plan_id_plan_version", "plan_version", ["plan_id"], ["id"]
        )
    with op.batch_alter_table("test") as batch_op:
        batch_op.create_foreign_key("fk_test_result_id_analysis", "analysis", ["result_id"], ["id"])
    refuse_changes()


def downgrade() -> None:
    allow_changes()
    with op.batch_alter_table("test") as batch_op:
        batch_op.drop_constraint("fk_test_result_id_analysis", type_="foreignkey")
    with op.batch_alter_table("test") as batch_op:
        batch_op.drop_constraint("fk_test_plan_id_plan_version", type_="foreignkey")
    with op.batch_alter_table("hypothesis") as batch_op:
        batch_op.drop_constraint("fk_hypothesis_current_test_id_test", type_="foreignkey")
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wave_rollout_id"))
        batch_op.drop_index(batch_op.f("ix_wave_author_id"))

    op.drop_table("wave")
    with op.batch_alter_table("rollout", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rollout_status"))
        batch_op.drop_index(batch_op.f("ix_rollout_hypothesis_id"))

    op.drop_table("rollout")
    with op.batch_alter_table("conclusion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conclusion_test_id"))
        batch_op.drop_index(batch_op.f("ix_conclusion_hypothesis_id"))
        batch_op.drop_index(batch_op.f("ix_conclusion_author_id"))

    op.drop_table("conclusion")
    with op.batch_alter_table("analysis", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_analysis_test_id"))

    op.drop_table("analysis")
    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_version_test_id"))
        batch_op.drop_index(batch_op.f("ix_plan_version_author_id"))

    op.drop_table("plan_version")
    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dataset_test_id"))
        batch_op.drop_index(batch_op.f("ix_dataset_digest"))
        batch_op.drop_index(batch_op.f("ix_dataset_author_id"))

    op.drop_table("dataset")
    with op.batch_alter_table("test", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_test_hypothesis_id"))

    op.drop_table("test")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_at_id")
        batch_op.drop_index("ix_event_subject_subject_id")
        batch_op.drop_index("ix_event_hypothesis_id_id")

    op.drop_table("event")
    op.drop_table("user_role")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_user_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("hypothesis", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hypothesis_verdict"))
        batch_op.drop_index("ix_hypothesis_updated_at")
        batch_op.drop_index(batch_op.f("ix_hypothesis_state"))
        batch_op.drop_index(batch_op.f("ix_hypothesis_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hypothesis_author_id"))

    op.drop_table("hypothesis")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
    op.drop_table("workspace")
    op.drop_table("user")
    op.drop_table("role")
