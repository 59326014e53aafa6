"""How data arrive: uploads, background work, parts of data sets, connections, reconciliations."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "connection",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "postgresql",
                "duckdb",
                "parquet",
                "spark",
                name="connectionkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("limits", DOCUMENT, nullable=False),
        sa.Column("tested_at", INSTANT, nullable=True),
        sa.Column("problem", DOCUMENT, nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_connection_author_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
    )
    op.create_index(op.f("ix_connection_author_id"), "connection", ["author_id"])

    op.create_table(
        "job",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "read",
                "analyse",
                "assess",
                "reconcile",
                "refresh",
                "export",
                "import",
                name="jobkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="jobstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.String(length=20), nullable=False),
        sa.Column("hypothesis_id", sa.String(length=20), nullable=True),
        sa.Column("arguments", DOCUMENT, nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("stage", DOCUMENT, nullable=True),
        sa.Column("outcome", DOCUMENT, nullable=True),
        sa.Column("problem", DOCUMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("beat_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_job_author_id_user")),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"], ["hypothesis.id"], name=op.f("fk_job_hypothesis_id_hypothesis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_state"), "job", ["state"])
    op.create_index(op.f("ix_job_subject_id"), "job", ["subject_id"])

    op.create_table(
        "feed",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("connection_id", sa.String(length=20), nullable=False),
        sa.Column("table_name", sa.String(length=255), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("mapping", DOCUMENT, nullable=False),
        sa.Column("columns", DOCUMENT, nullable=False),
        sa.Column("tags", DOCUMENT, nullable=False),
        sa.Column(
            "schedule",
            sa.Enum(
                "manual", "hourly", "daily", "weekly", name="schedule", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("refreshed_at", INSTANT, nullable=True),
        sa.Column("problem", DOCUMENT, nullable=True),
        sa.Column("job_id", sa.String(length=20), nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_feed_author_id_user")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_feed_connection_id_connection")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_feed_job_id_job")),
        sa.ForeignKeyConstraint(["test_id"], ["test.id"], name=op.f("fk_feed_test_id_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    op.create_index(op.f("ix_feed_author_id"), "feed", ["author_id"])
    op.create_index(op.f("ix_feed_connection_id"), "feed", ["connection_id"])
    op.create_index(op.f("ix_feed_due_at"), "feed", ["due_at"])
    op.create_index(op.f("ix_feed_test_id"), "feed", ["test_id"])

    op.create_table(
        "reconciliation",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("log_id", sa.String(length=20), nullable=False),
        sa.Column("receipts_id", sa.String(length=20), nullable=False),
        sa.Column("mapping", DOCUMENT, nullable=False),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_reconciliation_author_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["log_id"], ["dataset.id"], name=op.f("fk_reconciliation_log_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["receipts_id"], ["dataset.id"], name=op.f("fk_reconciliation_receipts_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["test_id"], ["test.id"], name=op.f("fk_reconciliation_test_id_test")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_index(op.f("ix_reconciliation_author_id"), "reconciliation", ["author_id"])
    op.create_index(op.f("ix_reconciliation_test_id"), "reconciliation", ["test_id"])

    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("test_id", sa.String(length=20), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("batch_size", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "receiving",
                "received",
                "read",
                "failed",
                "cancelled",
                name="uploadstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("problem", DOCUMENT, nullable=True),
        sa.Column("dataset_id", sa.String(length=20), nullable=True),
        sa.Column("job_id", sa.String(length=20), nullable=True),
        sa.Column("author_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_upload_author_id_user")),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_upload_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_upload_job_id_job")),
        sa.ForeignKeyConstraint(["test_id"], ["test.id"], name=op.f("fk_upload_test_id_test")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_author_id"), "upload", ["author_id"])
    op.create_index(op.f("ix_upload_batch"), "upload", ["batch"])
    op.create_index(op.f("ix_upload_test_id"), "upload", ["test_id"])

    op.create_table(
        "dataset_part",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("dataset_id", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("received_digest", sa.String(length=64), nullable=True),
        sa.Column("received_bytes", sa.BigInteger(), nullable=True),
        sa.Column("upload_id", sa.String(length=20), nullable=True),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("report", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_dataset_part_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_dataset_part_upload_id_upload")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_part")),
        sa.UniqueConstraint("dataset_id", "place", name=op.f("uq_dataset_part_dataset_id")),
    )
    op.create_index(op.f("ix_dataset_part_dataset_id"), "dataset_part", ["dataset_id"])
    op.create_index(op.f("ix_dataset_part_digest"), "dataset_part", ["digest"])

    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "role",
                sa.Enum(
                    "outcome", "log", "receipts", name="datasetrole", native_enum=False, length=32
                ),
                nullable=False,
                server_default="outcome",
            )
        )
        batch_op.add_column(
            sa.Column(
                "relation",
                sa.Enum(
                    "whole",
                    "correction",
                    "increment",
                    name="relation",
                    native_enum=False,
                    length=32,
                ),
                nullable=False,
                server_default="whole",
            )
        )
        batch_op.add_column(sa.Column("previous_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("feed_id", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("tags", DOCUMENT, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("quality", DOCUMENT, nullable=True))
        batch_op.add_column(
            sa.Column("quality_settings", DOCUMENT, nullable=False, server_default="{}")
        )
        batch_op.add_column(sa.Column("deleted_at", INSTANT, nullable=True))
        batch_op.alter_column(
            "rows", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False
        )
        batch_op.create_index(batch_op.f("ix_dataset_feed_id"), ["feed_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_dataset_feed_id_feed"), "feed", ["feed_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_dataset_previous_id_dataset"), "dataset", ["previous_id"], ["id"]
        )

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retention_days", sa.Integer(), nullable=True))

    _give_parts()


def _give_parts() -> None:
    """Every file attached so far is a data set of one part."""
    dataset = sa.table(
        "dataset",
        *(sa.column(name) for name in ("id", "kind", "digest", "rows", "filename")),
        sa.column("report", DOCUMENT),
        sa.column("created_at", INSTANT),
    )
    part = sa.table(
        "dataset_part",
        *(sa.column(n) for n in ("id", "dataset_id", "place", "digest", "rows", "filename")),
        sa.column("choices", DOCUMENT),
        sa.column("report", DOCUMENT),
        sa.column("created_at", INSTANT),
    )
    files = op.get_bind().execute(sa.select(dataset).where(dataset.c.kind == "file")).mappings()
    for row in files.all():
        op.execute(
            part.insert().values(
                id=secrets.token_hex(10),
                dataset_id=row["id"],
                place=0,
                digest=row["digest"],
                rows=row["rows"],
                filename=row["filename"],
                choices={},
                report=row["report"],
                created_at=row["created_at"],
            )
        )


def downgrade() -> None:

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("retention_days")

    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_dataset_previous_id_dataset"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_dataset_feed_id_feed"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_dataset_feed_id"))
        batch_op.alter_column(
            "rows", existing_type=sa.BigInteger(), type_=sa.Integer(), existing_nullable=False
        )
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("quality_settings")
        batch_op.drop_column("quality")
        batch_op.drop_column("tags")
        batch_op.drop_column("feed_id")
        batch_op.drop_column("reason")
        batch_op.drop_column("previous_id")
        batch_op.drop_column("relation")
        batch_op.drop_column("role")

    op.drop_table("dataset_part")
    op.drop_table("upload")
    op.drop_table("reconciliation")
    op.drop_table("feed")
    op.drop_table("job")
    op.drop_table("connection")
