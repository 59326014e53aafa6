"""Data attached to a test: files kept as Parquet, typed counts, or what a team's database said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from hadi.db import Instant, db
from hadi.domain.folding import folded
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice


class DatasetKind(StrEnum):
    FILE = "file"
    COUNTS = "counts"
    QUERY = "query"  # sums taken in a connection's engine, kept as they were


class DatasetRole(StrEnum):
    """What the data are for. Analyses rest on outcomes; the others are compared with them."""

    OUTCOME = "outcome"
    LOG = "log"  # written by the people who are measured
    RECEIPTS = "receipts"  # what the till or the CRM recorded by itself


class Relation(StrEnum):
    """How a version stands to the one before it."""

    WHOLE = "whole"  # all of the data, on their own
    CORRECTION = "correction"  # takes the place of an earlier version
    INCREMENT = "increment"  # an earlier version with rows added


def _searched(context: DefaultExecutionContext) -> str:
    """Of a row that comes as it stands in an archive: it does not pass through the model."""
    return folded(context.get_current_parameters().get("filename"))  # type: ignore[no-untyped-call]


class Dataset(db.Model):  # type: ignore[misc,name-defined]
    """A version of a test's data. Until it is attached (mapped and confirmed) it has no version
    and counts for nothing. Its content may be deleted later; the record stays."""

    __tablename__ = "dataset"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    version: Mapped[int | None]  # 1.. once attached
    kind: Mapped[DatasetKind] = mapped_column(choice(DatasetKind))
    role: Mapped[DatasetRole] = mapped_column(choice(DatasetRole), default=DatasetRole.OUTCOME)
    relation: Mapped[Relation] = mapped_column(choice(Relation), default=Relation.WHOLE)
    previous_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("dataset.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # of a correction
    feed_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("feed.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255), default="")
    search: Mapped[str] = mapped_column(Text, default=_searched, server_default="")
    # SHA-256 of the Parquet, the counts or the sums; of several parts, of their digests in order.
    digest: Mapped[str] = mapped_column(String(64), index=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    report: Mapped[dict[str, Any]] = mapped_column(Document)  # the parse report of the last part
    mapping: Mapped[dict[str, str]] = mapped_column(Document)  # the plan's column -> the data's
    tags: Mapped[dict[str, str]] = mapped_column(Document, default=dict)  # column -> ColumnTag
    quality: Mapped[dict[str, Any] | None] = mapped_column(Document)  # the quality report
    # What the quality report is told: {"duplicates_are_real": true, "day": "date", ...}
    quality_settings: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    counts: Mapped[list[dict[str, Any]] | None] = mapped_column(Document)
    # What its rows were worked out from, where they are not those of a file as it was sent:
    # {"kind": "funnel", "filename": ..., "digest": ..., "spec": {...}, "found": {...}}
    origin: Mapped[dict[str, Any] | None] = mapped_column(Document)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    attached_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)  # of its content

    author: Mapped[User] = relationship()
    parts: Mapped[list[DatasetPart]] = relationship(
        order_by="DatasetPart.place", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("test_id", "version"),)

    @validates("filename")
    def _keep_searchable(self, key: str, filename: str) -> str:
        self.search = folded(filename)
        return filename

    @property
    def is_attached(self) -> bool:
        return self.attached_at is not None

    @property
    def has_content(self) -> bool:
        """Whether the rows are still kept."""
        return self.deleted_at is None


class DatasetPart(db.Model):  # type: ignore[misc,name-defined]
    """A file of a data set: one Parquet, and the file that it was read from."""

    __tablename__ = "dataset_part"

    id: Mapped[Id]
    dataset_id: Mapped[str] = mapped_column(String(20), ForeignKey("dataset.id"), index=True)
    place: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the Parquet
    rows: Mapped[int] = mapped_column(BigInteger)
    filename: Mapped[str] = mapped_column(String(255))  # as it was sent; of a zip: zip/member
    received_digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the file as sent
    received_bytes: Mapped[int | None] = mapped_column(BigInteger)
    upload_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("upload.id"))
    choices: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)  # how it was read
    report: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    created_at: Mapped[Moment]

    __table_args__ = (UniqueConstraint("dataset_id", "place"),)


class Reconciliation(db.Model):  # type: ignore[misc,name-defined]
    """What a log and the receipts say of each other, found once and kept."""

    __tablename__ = "reconciliation"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    log_id: Mapped[str] = mapped_column(String(20), ForeignKey("dataset.id"))
    receipts_id: Mapped[str] = mapped_column(String(20), ForeignKey("dataset.id"))
    mapping: Mapped[dict[str, Any]] = mapped_column(Document)
    result: Mapped[dict[str, Any]] = mapped_column(Document)
    level: Mapped[str] = mapped_column(String(8))  # green, amber, red
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]

    author: Mapped[User] = relationship()
    log: Mapped[Dataset] = relationship(foreign_keys="Reconciliation.log_id")
    receipts: Mapped[Dataset] = relationship(foreign_keys="Reconciliation.receipts_id")
