"""What a hypothesis costs, what a leader decided of it, and what its effect is thought to be
worth."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.costs import BudgetChoice, CostKind
from hadi.domain.economics import Declaration
from hadi.domain.money import Money
from hadi.models.account import User
from hadi.models.columns import Amount, Document, Id, Moment, UserRef, choice


class Cost(db.Model):  # type: ignore[misc,name-defined]
    """An entry of the ledger. Struck out it stays, with the reason, and no longer counts."""

    __tablename__ = "cost"

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"))
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[CostKind] = mapped_column(choice(CostKind))
    spent_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    void_reason: Mapped[str] = mapped_column(Text, default="")
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_cost_hypothesis_id_spent_on", "hypothesis_id", "spent_on", "id"),)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None


class BudgetDecision(db.Model):  # type: ignore[misc,name-defined]
    """A leader's word on a test that costs more than it may; kept for ever. `cap` is the new one,
    of a decision to go on; `spent` what was spent when it was taken."""

    __tablename__ = "budget_decision"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    choice: Mapped[BudgetChoice] = mapped_column(choice(BudgetChoice))
    cap: Mapped[Decimal | None] = mapped_column(Amount)
    spent: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]

    author: Mapped[User] = relationship()


class MoneyEstimate(db.Model):  # type: ignore[misc,name-defined]
    """What the plan leaves open of a hypothesis's worth, estimated beside its costs."""

    __tablename__ = "money_estimate"

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"), unique=True)
    body: Mapped[dict[str, Any]] = mapped_column(Document)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def declaration(self) -> Declaration:
        return Declaration.from_json(self.body)
