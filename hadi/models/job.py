"""Work that takes longer than a request, done by `hadi worker`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hadi.db import Instant, db
from hadi.models.columns import Document, Id, Moment, choice


class JobKind(StrEnum):
    READ = "read"  # a batch of uploads becomes a data set
    ANALYSE = "analyse"
    ASSESS = "assess"  # the quality report of a data set
    RECONCILE = "reconcile"
    REFRESH = "refresh"  # a feed asks its connection
    EXPORT = "export"
    IMPORT = "import"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(db.Model):  # type: ignore[misc,name-defined]
    """A piece of work and how far it is. The queue only wakes workers: what is to be done, and
    what was, is written here, in the transaction that made it necessary."""

    __tablename__ = "job"

    id: Mapped[Id]
    kind: Mapped[JobKind] = mapped_column(choice(JobKind))
    state: Mapped[JobState] = mapped_column(choice(JobState), index=True)
    subject_id: Mapped[str] = mapped_column(String(20), index=True)
    hypothesis_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("hypothesis.id"))
    arguments: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1
    stage: Mapped[dict[str, Any] | None] = mapped_column(Document)  # a Text: what it is doing
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Document)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Document)  # a Text: why it failed
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(String(64), default="")
    author_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"))
    created_at: Mapped[Moment]
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    beat_at: Mapped[datetime | None] = mapped_column(Instant)  # the worker is alive
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
