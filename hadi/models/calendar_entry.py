"""Days unlike others, as people entered or imported them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Base, Instant, db
from hadi.domain.calendar import DayKind, Days, DayScope
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice
from hadi.models.unit import Unit

# The stores of an entry that is known to be in some.
calendar_entry_unit = Table(
    "calendar_entry_unit",
    Base.metadata,
    Column("entry_id", String(20), ForeignKey("calendar_entry.id"), primary_key=True),
    Column("unit_id", String(20), ForeignKey("unit.id"), primary_key=True, index=True),
)


class CalendarEntry(db.Model):  # type: ignore[misc,name-defined]
    """A holiday, promotion, closure or the like. Deleted it stays, so that it can be brought back.
    `places` are regions, or the stores that no unit is known by; `uid` is its name in the calendar
    it was imported from."""

    __tablename__ = "calendar_entry"

    id: Mapped[Id]
    kind: Mapped[DayKind] = mapped_column(choice(DayKind))
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # inclusive
    scope: Mapped[DayScope] = mapped_column(choice(DayScope))
    places: Mapped[list[str]] = mapped_column(Document, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    uid: Mapped[str] = mapped_column(String(255), default="", index=True)
    search: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()
    units: Mapped[list[Unit]] = relationship(
        secondary=calendar_entry_unit, order_by="Unit.name", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_calendar_entry_starts_on", "starts_on", "ends_on", "id"),)

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def days(self) -> Days:
        """The entry as the rules know it: its stores by their codes."""
        return Days(
            self.kind, self.name, self.starts_on, self.ends_on, self.scope,
            (*(unit.code for unit in self.units), *self.places), self.note, self.uid,
        )  # fmt: skip
