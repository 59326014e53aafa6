"""A stored analysis: immutable, with everything needed to read or repeat it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import db
from hadi.domain.verdict_label import Label, label_of
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment
from hadi.models.dataset import Dataset
from hadi.models.test import PlanVersion


class Analysis(db.Model):  # type: ignore[misc,name-defined]
    """`record` is the object of `hadi check --json`. The database refuses to change a row."""

    __tablename__ = "analysis"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    dataset_id: Mapped[str] = mapped_column(String(20), ForeignKey("dataset.id"))
    plan_id: Mapped[str] = mapped_column(String(20), ForeignKey("plan_version.id"))
    is_final: Mapped[bool]
    early_reason: Mapped[str] = mapped_column(Text, default="")
    verdict: Mapped[str] = mapped_column(String(32))
    record: Mapped[dict[str, Any]] = mapped_column(Document)
    author_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"))
    created_at: Mapped[Moment]

    dataset: Mapped[Dataset] = relationship()
    plan_version: Mapped[PlanVersion] = relationship()
    author: Mapped[User | None] = relationship()

    @property
    def label(self) -> Label:
        """The verdict as its badge says it."""
        return label_of(self.verdict, self.record)
