"""A file on its way: received piece by piece, read in the background, then part of a data set."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice


class UploadState(StrEnum):
    RECEIVING = "receiving"
    RECEIVED = "received"  # whole and on the disk: accepted, never lost from here on
    READ = "read"  # its data set exists
    FAILED = "failed"  # it could not be read; `problem` says why
    CANCELLED = "cancelled"


class Upload(db.Model):  # type: ignore[misc,name-defined]
    """A file as it was sent. Its bytes lie in `<data>/incoming/<id>` until its data set is
    attached or set aside."""

    __tablename__ = "upload"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    batch: Mapped[str] = mapped_column(String(20), index=True)  # files sent together share one
    batch_size: Mapped[int] = mapped_column(default=1)  # how many of them there are
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)  # bytes, as declared
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[UploadState] = mapped_column(choice(UploadState))
    digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the bytes
    choices: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Document)  # a Text
    dataset_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("dataset.id"))
    job_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("job.id"))
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    removed_at: Mapped[datetime | None] = mapped_column(Instant)  # of its bytes

    author: Mapped[User] = relationship()
