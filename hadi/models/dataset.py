"""Data attached to a test: a file kept as Parquet, or typed counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice


class DatasetKind(StrEnum):
    FILE = "file"
    COUNTS = "counts"


class Dataset(db.Model):  # type: ignore[misc,name-defined]
    """A version of a test's data. Until it is attached (mapped and confirmed) it has no version
    and counts for nothing."""

    __tablename__ = "dataset"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    version: Mapped[int | None]  # 1.. once attached
    kind: Mapped[DatasetKind] = mapped_column(choice(DatasetKind))
    filename: Mapped[str] = mapped_column(String(255), default="")
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the Parquet or counts
    rows: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(Document)  # the parse report
    mapping: Mapped[dict[str, str]] = mapped_column(Document)  # the plan's column -> the data's
    counts: Mapped[list[dict[str, Any]] | None] = mapped_column(Document)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    attached_at: Mapped[datetime | None] = mapped_column(Instant)

    author: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("test_id", "version"),)

    @property
    def is_attached(self) -> bool:
        return self.attached_at is not None
