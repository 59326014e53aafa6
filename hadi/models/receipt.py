"""What a repeated POST is answered with: the outcome of the first one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hadi.db import db
from hadi.models.columns import Document, Moment, UserRef


class Receipt(db.Model):  # type: ignore[misc,name-defined]
    """The outcome of one POST, found again by its key (of a form, or `Idempotency-Key`)."""

    __tablename__ = "receipt"

    user_id: Mapped[UserRef] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]] = mapped_column(Document)
    created_at: Mapped[Moment]
