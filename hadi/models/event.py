"""The append-only log: who did what, when, and what changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import db
from hadi.domain.permissions import ActorKind
from hadi.models.account import User
from hadi.models.columns import Document, Moment, choice


class Event(db.Model):  # type: ignore[misc,name-defined]
    """One thing that happened, written in the transaction that made it happen. `changes` maps a
    field to its old and new value; the database refuses to change or remove a row."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[Moment]
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"))
    token_id: Mapped[str | None] = mapped_column(String(20))
    verb: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(32))  # the kind of thing: hypothesis, user, …
    subject_id: Mapped[str] = mapped_column(String(20))
    hypothesis_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("hypothesis.id"))
    changes: Mapped[dict[str, Any]] = mapped_column(Document)
    details: Mapped[dict[str, Any]] = mapped_column(Document)

    actor: Mapped[User | None] = relationship()

    __table_args__ = (
        Index("ix_event_hypothesis_id_id", "hypothesis_id", "id"),
        Index("ix_event_subject_subject_id", "subject", "subject_id"),
        Index("ix_event_at_id", "at", "id"),
    )
