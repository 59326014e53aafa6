"""The history that a pilot is planned by: past periods of every site, kept with the test."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import db
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef


class PilotHistory(db.Model):  # type: ignore[misc,name-defined]
    """One table of sites over time, from before the test. It answers whether a pilot
    can succeed and which sites suit; no verdict rests on it. `stratum` is a column that sorts the
    sites (region, format), which a draw goes by; `divisor` the denominator where the value is one
    of a ratio. Of a wide table each row is a period and each other column of numbers a site, so
    that only `time` is a column to name."""

    __tablename__ = "pilot_history"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), unique=True)
    dataset_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("dataset.id"))
    filename: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the Parquet
    rows: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[str]] = mapped_column(Document)
    site: Mapped[str | None] = mapped_column(String(200))
    time: Mapped[str | None] = mapped_column(String(200))
    value: Mapped[str | None] = mapped_column(String(200))
    divisor: Mapped[str | None] = mapped_column(String(200))
    is_wide: Mapped[bool] = mapped_column(default=False)
    stratum: Mapped[str | None] = mapped_column(String(200))
    sites: Mapped[list[str]] = mapped_column(Document)  # once the columns are chosen
    notes: Mapped[list[Any]] = mapped_column(Document)  # how it was read, as texts
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]

    author: Mapped[User] = relationship()

    @property
    def is_mapped(self) -> bool:
        return bool(self.time and (self.is_wide or (self.site and self.value)))
