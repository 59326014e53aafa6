"""A decision with its reason and insight; kept for ever, also when reopened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain.lifecycle import Decision
from hadi.models.account import User
from hadi.models.analysis import Analysis
from hadi.models.columns import Id, Moment, UserRef, choice
from hadi.models.hypothesis import Hypothesis


class Conclusion(db.Model):  # type: ignore[misc,name-defined]
    """What was decided on a test, on which analysis, and what was learned."""

    __tablename__ = "conclusion"

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"), index=True)
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    analysis_id: Mapped[str] = mapped_column(String(20), ForeignKey("analysis.id"))
    decision: Mapped[Decision] = mapped_column(choice(Decision))
    reason: Mapped[str] = mapped_column(Text)
    learned: Mapped[str] = mapped_column(Text)
    holds_where: Mapped[str] = mapped_column(Text)
    next: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(String(32), default="")  # a FailureCause, or none
    override: Mapped[str] = mapped_column(Text, default="")
    is_payback_acknowledged: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    reopened_at: Mapped[datetime | None] = mapped_column(Instant)

    author: Mapped[User] = relationship()
    analysis: Mapped[Analysis] = relationship()
    hypothesis: Mapped[Hypothesis] = relationship()
