"""What revenue was made of period by period, what its levers are to reach, and the bases of
clients. A record without a unit speaks of the whole business."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.client_bases import Base as ClientCounts
from hadi.domain.turnover import Turnover
from hadi.models.account import User
from hadi.models.columns import Amount, Document, Id, Moment, UserRef
from hadi.models.unit import Unit

WHOLE = "whole"  # the place of what has no unit


class LeverPeriod(db.Model):  # type: ignore[misc,name-defined]
    """The counts of a period. Struck out it stays, with the reason, and no longer counts."""

    __tablename__ = "lever_period"

    id: Mapped[Id]
    unit_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    leads: Mapped[int] = mapped_column(BigInteger)
    stages: Mapped[list[list[Any]]] = mapped_column(Document, default=list)
    clients: Mapped[int] = mapped_column(BigInteger)
    purchases: Mapped[int] = mapped_column(BigInteger)
    revenue: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    void_reason: Mapped[str] = mapped_column(Text, default="")
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship()
    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_lever_period_unit_id_ends_on", "unit_id", "ends_on", "id"),)

    @property
    def turnover(self) -> Turnover:
        return Turnover(
            leads=self.leads, clients=self.clients, purchases=self.purchases,
            revenue=self.revenue, stages=tuple((name, int(count)) for name, count in self.stages),
        )  # fmt: skip

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None


class LeverTarget(db.Model):  # type: ignore[misc,name-defined]
    """What the levers of a unit are to reach: `body` has a decimal, as text, for each lever that
    has a target. `place` is the unit's id, or "whole"."""

    __tablename__ = "lever_target"

    id: Mapped[Id]
    place: Mapped[str] = mapped_column(String(20), unique=True)
    unit_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("unit.id"), index=True)
    body: Mapped[dict[str, str]] = mapped_column(Document)
    currency: Mapped[str] = mapped_column(String(3), default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship()
    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class ClientBase(db.Model):  # type: ignore[misc,name-defined]
    """The clients of a territory: `active` bought in the period, `ever` ever did, `potential`
    could."""

    __tablename__ = "client_base"

    id: Mapped[Id]
    territory: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("unit.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    active: Mapped[int] = mapped_column(BigInteger)
    ever: Mapped[int | None] = mapped_column(BigInteger)
    potential: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    void_reason: Mapped[str] = mapped_column(Text, default="")
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship()
    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_client_base_ends_on", "ends_on", "id"),)

    @property
    def counts(self) -> ClientCounts:
        return ClientCounts(self.active, self.ever, self.potential)

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None
