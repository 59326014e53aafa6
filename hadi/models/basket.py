"""A file of receipt lines that is looked into: what is added to a sale, and what goes together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.baskets import BasketSpec
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef


class Basket(db.Model):  # type: ignore[misc,name-defined]
    """The lines are kept as a table named by its content. `spec` says what the columns are and what
    the core is; `found` what came of it (None until it was chosen). Set aside it can be fetched
    back; once its rows were deleted, only what was found of stores and goods stays."""

    __tablename__ = "basket"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the Parquet
    rows: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[dict[str, str]]] = mapped_column(Document)  # name and type
    notes: Mapped[list[Any]] = mapped_column(Document)  # how it was read, as texts
    spec: Mapped[dict[str, Any]] = mapped_column(Document)
    found: Mapped[dict[str, Any] | None] = mapped_column(Document)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_basket_updated_at", "updated_at", "id"),)

    @property
    def asked(self) -> BasketSpec:
        return BasketSpec.from_json(self.spec)

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    @property
    def has_rows(self) -> bool:
        return self.deleted_at is None
