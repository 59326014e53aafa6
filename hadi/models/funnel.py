"""Sales funnels as a team defines them, and the exports of deals that were laid under them."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.crm_hygiene import Invoices
from hadi.domain.funnels import FunnelSpec
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef


class Funnel(db.Model):  # type: ignore[misc,name-defined]
    """The stages of a funnel, one of them the key stage. Archived, never deleted: data sets say by
    which funnel they were made. `name_key` is the name as it is compared; whoever is responsible
    sees what is told of single managers."""

    __tablename__ = "funnel"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(360), unique=True)
    body: Mapped[dict[str, Any]] = mapped_column(Document)  # a FunnelSpec
    note: Mapped[str] = mapped_column(Text, default="")
    responsible_id: Mapped[UserRef]
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship(foreign_keys="Funnel.author_id")
    responsible: Mapped[User] = relationship(foreign_keys="Funnel.responsible_id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def spec(self) -> FunnelSpec:
        return FunnelSpec.from_json(self.body)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class FunnelDeals(db.Model):  # type: ignore[misc,name-defined]
    """An export of deals, kept as one table. `mapping` says which column holds what, and is empty
    until somebody did; `as_of` is the day of the export where it was said, and `invoices` how many
    were written in its time. `invoices_found` is what a file of them said: its `filename`, the
    `counts`, and by what the deals were read then (`reading`)."""

    __tablename__ = "funnel_deals"

    id: Mapped[Id]
    funnel_id: Mapped[str] = mapped_column(String(20), ForeignKey("funnel.id"))
    filename: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the Parquet
    rows: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[str]] = mapped_column(Document)
    mapping: Mapped[dict[str, Any]] = mapped_column(Document)
    notes: Mapped[list[Any]] = mapped_column(Document)  # how it was read, as texts
    as_of: Mapped[date | None]
    invoices: Mapped[int | None] = mapped_column(BigInteger)
    invoices_found: Mapped[dict[str, Any] | None] = mapped_column(Document)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)  # set aside, and can come back
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()
    funnel: Mapped[Funnel] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_funnel_deals_funnel_id_created_at", "funnel_id", "created_at"),)

    @property
    def is_mapped(self) -> bool:
        return bool(self.mapping)

    @property
    def reading(self) -> str:
        """By what the deals are read now, in short: what was counted of them is of that."""
        said = [self.funnel.spec.as_json(), self.mapping, str(self.as_of)]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]

    @property
    def laid(self) -> Invoices | None:
        """What a file of invoices said, as long as the deals are read as they were then."""
        found = self.invoices_found
        if not found or found.get("reading") != self.reading:
            return None
        return Invoices.from_json(found["counts"])
