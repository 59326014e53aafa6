"""A test of a hypothesis, and the versions of its plan."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.costs import BudgetLevel
from hadi.domain.plan import Plan
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice

if TYPE_CHECKING:
    from hadi.models.analysis import Analysis
    from hadi.models.dataset import Dataset
    from hadi.models.hypothesis import Hypothesis


class Test(db.Model):  # type: ignore[misc,name-defined]
    """One run of a hypothesis: the first, or a repeat. It owns its plan, data and analyses."""

    __tablename__ = "test"
    __test__ = False  # not something for pytest to collect

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"), index=True)
    number: Mapped[int]
    created_at: Mapped[Moment]
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    steward_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"))
    plan_id: Mapped[str | None] = mapped_column(
        String(20), ForeignKey("plan_version.id", use_alter=True)
    )
    result_id: Mapped[str | None] = mapped_column(
        String(20), ForeignKey("analysis.id", use_alter=True)
    )
    # How its costs stand to its cap, kept so that lists need not add them up.
    budget_level: Mapped[BudgetLevel] = mapped_column(
        choice(BudgetLevel), default=BudgetLevel.WITHIN, index=True
    )
    # The insight as it grows; the conclusion keeps the text it was decided with.
    learned: Mapped[str] = mapped_column(Text, default="")
    holds_where: Mapped[str] = mapped_column(Text, default="")
    next: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(String(32), default="")  # a FailureCause, or none

    hypothesis: Mapped[Hypothesis] = relationship(
        back_populates="tests", foreign_keys="Test.hypothesis_id"
    )
    steward: Mapped[User | None] = relationship(foreign_keys="Test.steward_id")
    plan_version: Mapped[PlanVersion | None] = relationship(
        foreign_keys="Test.plan_id", post_update=True
    )
    result: Mapped[Analysis | None] = relationship(foreign_keys="Test.result_id", post_update=True)
    plan_versions: Mapped[list[PlanVersion]] = relationship(
        foreign_keys="PlanVersion.test_id", order_by="PlanVersion.number", viewonly=True
    )
    datasets: Mapped[list[Dataset]] = relationship(
        foreign_keys="Dataset.test_id", order_by="Dataset.created_at", viewonly=True
    )
    analyses: Mapped[list[Analysis]] = relationship(
        foreign_keys="Analysis.test_id", order_by="Analysis.created_at", viewonly=True
    )

    __table_args__ = (UniqueConstraint("hypothesis_id", "number"),)

    @property
    def plan(self) -> Plan | None:
        return self.plan_version.plan if self.plan_version else None


class PlanVersion(db.Model):  # type: ignore[misc,name-defined]
    """A version of a test's plan. Edited while a draft; locked, it never changes."""

    __tablename__ = "plan_version"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(Document)
    digest: Mapped[str | None] = mapped_column(String(64))  # set when locked
    locked_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")  # of an amendment
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]

    author: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("test_id", "number"),)

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.body)

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None
