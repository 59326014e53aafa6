"""Seasons that are kept by name, so that a series without years of its own can use them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.season_plan import KeptSeason
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef


class SeasonProfile(db.Model):  # type: ignore[misc,name-defined]
    """Twelve coefficients and where they come from. Deleted it stays, so that it can be brought
    back; `name_key` is the name as it is compared."""

    __tablename__ = "season_profile"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(80), index=True)
    coefficients: Mapped[list[float]] = mapped_column(Document)
    method: Mapped[str] = mapped_column(String(10))
    years: Mapped[list[str]] = mapped_column(Document)  # the first month of each, 2024-01
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def kept(self) -> KeptSeason:
        """As a plan holds it."""
        return KeptSeason(self.name, tuple(self.coefficients), self.method)
