"""Where tests run: stores, territories and teams, what happened there week by week, and what a
hypothesis says of itself beside its plan."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Base, Instant, db
from hadi.domain.levers import Lever
from hadi.domain.units import Place, SalesModel, UnitKind
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice
from hadi.models.hypothesis import Hypothesis

# Where a hypothesis runs.
hypothesis_unit = Table(
    "hypothesis_unit",
    Base.metadata,
    Column("hypothesis_id", String(20), ForeignKey("hypothesis.id"), primary_key=True),
    Column("unit_id", String(20), ForeignKey("unit.id"), primary_key=True, index=True),
)


class Unit(db.Model):  # type: ignore[misc,name-defined]
    """A store, a territory or a team. Closed, never deleted: tests of the past ran there. Data know
    it by its code, its name or one of `aliases`; `code_key` is the code as it is compared."""

    __tablename__ = "unit"

    id: Mapped[Id]
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind), index=True)
    code: Mapped[str] = mapped_column(String(40))
    code_key: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    aliases: Mapped[list[str]] = mapped_column(Document, default=list)
    region: Mapped[str] = mapped_column(String(80), default="")
    format: Mapped[str] = mapped_column(String(80), default="")
    head: Mapped[str] = mapped_column(String(120), default="")
    responsible_id: Mapped[UserRef]
    sales_model: Mapped[SalesModel | None] = mapped_column(choice(SalesModel))
    technology: Mapped[str] = mapped_column(String(200), default="")
    parent_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("unit.id"), index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    search: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship(foreign_keys="Unit.author_id")
    responsible: Mapped[User] = relationship(foreign_keys="Unit.responsible_id")
    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id")
    hypotheses: Mapped[list[Hypothesis]] = relationship(
        secondary=hypothesis_unit, order_by="Hypothesis.number", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_unit_name", "name", "id"),)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def place(self) -> Place:
        return Place(self.name, self.sales_model, self.technology, self.is_closed)

    @property
    def is_ready(self) -> bool:
        """Whether a first test may run here: how it sells has been chosen."""
        return self.sales_model is not None and bool(self.technology)


class UnitWeek(db.Model):  # type: ignore[misc,name-defined]
    """What happened in a unit in the week that begins on the Monday `week`: its people, how many of
    them new, and whether goods ran out (`stock_note` names them)."""

    __tablename__ = "unit_week"

    id: Mapped[Id]
    unit_id: Mapped[str] = mapped_column(String(20), ForeignKey("unit.id"))
    week: Mapped[date]
    staff: Mapped[int | None]
    staff_new: Mapped[int | None]
    stock_out: Mapped[bool] = mapped_column(default=False)
    stock_note: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("unit_id", "week"), Index("ix_unit_week_week", "week"))


class HypothesisSetting(db.Model):  # type: ignore[misc,name-defined]
    """What a hypothesis moves and by what: its lever, its technology, and why it is tuned out of
    order (`order_reason`), when it is."""

    __tablename__ = "hypothesis_setting"

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"), unique=True)
    lever: Mapped[Lever | None] = mapped_column(choice(Lever), index=True)
    technology: Mapped[str] = mapped_column(String(200), default="")
    order_reason: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()
    hypothesis: Mapped[Hypothesis] = relationship()

    __mapper_args__ = {"version_id_col": version}
