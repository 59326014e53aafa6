"""A winner on its way through the business, in waves that are measured again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice
from hadi.models.conclusion import Conclusion
from hadi.models.hypothesis import Hypothesis


class Rollout(db.Model):  # type: ignore[misc,name-defined]
    """A card of the scale-up board. `position` orders a column, small first."""

    __tablename__ = "rollout"

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"), index=True)
    conclusion_id: Mapped[str] = mapped_column(String(20), ForeignKey("conclusion.id"), unique=True)
    status: Mapped[RolloutStatus] = mapped_column(choice(RolloutStatus), index=True)
    position: Mapped[float] = mapped_column(default=0.0)
    owner_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"))
    payback: Mapped[Payback] = mapped_column(choice(Payback))
    # The margin a week that the test promised, as services/rollout_gain.py writes it.
    gain: Mapped[dict[str, Any] | None] = mapped_column(Document)
    measure_on: Mapped[date | None]  # the next measurement
    stop_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    hypothesis: Mapped[Hypothesis] = relationship()
    conclusion: Mapped[Conclusion] = relationship()
    owner: Mapped[User | None] = relationship()
    waves: Mapped[list[Wave]] = relationship(
        back_populates="rollout", order_by="Wave.number", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}


class Wave(db.Model):  # type: ignore[misc,name-defined]
    """One wave: where it goes, when it is measured again, and what came out."""

    __tablename__ = "wave"

    id: Mapped[Id]
    rollout_id: Mapped[str] = mapped_column(String(20), ForeignKey("rollout.id"), index=True)
    number: Mapped[int]
    scope: Mapped[str] = mapped_column(Text, default="")  # which stores, teams, territories
    starts_on: Mapped[date]
    measure_on: Mapped[date]
    effect: Mapped[float | None]  # as measured again, in the metric's units
    low: Mapped[float | None]
    high: Mapped[float | None]
    has_held: Mapped[bool | None]  # None: not measured yet
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    measured_at: Mapped[datetime | None] = mapped_column(Instant)

    rollout: Mapped[Rollout] = relationship(back_populates="waves")

    __table_args__ = (UniqueConstraint("rollout_id", "number"),)
