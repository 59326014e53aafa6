"""The hypothesis: its sentence, where it is in the lifecycle, and its tests."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import db
from hadi.domain.lifecycle import State
from hadi.domain.statement import Statement
from hadi.domain.verdict import Verdict
from hadi.domain.verdict_label import Label
from hadi.models.account import User
from hadi.models.columns import Id, Moment, UserRef, choice
from hadi.models.test import Test


class Hypothesis(db.Model):  # type: ignore[misc,name-defined]
    """An improvement idea. `number` is the spoken key (H-123); `search` is what is searched."""

    __tablename__ = "hypothesis"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[State] = mapped_column(choice(State), index=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    change: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    state_since: Mapped[Moment]
    archived_from: Mapped[State | None] = mapped_column(choice(State))
    archive_reason: Mapped[str] = mapped_column(Text, default="")
    previous_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("hypothesis.id"))
    current_test_id: Mapped[str | None] = mapped_column(
        String(20), ForeignKey("test.id", use_alter=True)
    )
    # Copied from the current test, so that a list of thousands is one query.
    owner_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("user.id"), index=True)
    verdict: Mapped[str | None] = mapped_column(String(32), index=True)
    search: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship(foreign_keys="Hypothesis.author_id")
    owner: Mapped[User | None] = relationship(foreign_keys="Hypothesis.owner_id")
    current_test: Mapped[Test | None] = relationship(
        foreign_keys="Hypothesis.current_test_id", post_update=True
    )
    tests: Mapped[list[Test]] = relationship(
        back_populates="hypothesis", foreign_keys="Test.hypothesis_id", order_by="Test.number"
    )
    previous: Mapped[Hypothesis | None] = relationship(remote_side="Hypothesis.id")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_hypothesis_updated_at", "updated_at", "id"),)

    @property
    def key(self) -> str:
        return f"H-{self.number}"

    @property
    def statement(self) -> Statement:
        return Statement(self.change, self.effect, self.reason, self.title)

    @property
    def verdict_label(self) -> Label | None:
        """The verdict as its badge says it. Only an invalid one needs its analysis for that."""
        if self.verdict is None:
            return None
        test = self.current_test if self.verdict == Verdict.INVALID else None
        return test.result.label if test and test.result else Label(self.verdict)

    @property
    def is_archived(self) -> bool:
        return self.state is State.ARCHIVED


def parse_key(written: str) -> int | None:
    """The number in `H-123`, `h-123` or `123`; None for anything else."""
    digits = written.strip().upper().removeprefix("H-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        return int(digits)
    return None
