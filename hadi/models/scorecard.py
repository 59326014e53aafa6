"""Scorecards: what visitors of a store look for, what they found, and which test a card watches."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.domain import scorecards
from hadi.domain.scorecards import CheckPoint, Mark
from hadi.models.account import User
from hadi.models.columns import Id, Moment, UserRef, choice
from hadi.models.hypothesis import Hypothesis

FIRST, SECOND = 1, 2  # coders


class Scorecard(db.Model):  # type: ignore[misc,name-defined]
    """A card. `edition` counts what changed of its criteria; closed, it takes no more visits."""

    __tablename__ = "scorecard"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text, default="")
    search: Mapped[str] = mapped_column(Text, default="")
    edition: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()
    criteria: Mapped[list[ScorecardCriterion]] = relationship(
        back_populates="scorecard", order_by="ScorecardCriterion.number"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_scorecard_name", "name", "id"),)

    @property
    def asked(self) -> list[ScorecardCriterion]:
        """The criteria in use."""
        return [each for each in self.criteria if each.retired_at is None]


class ScorecardCriterion(db.Model):  # type: ignore[misc,name-defined]
    """What is looked for, and what 1, 0 and “does not apply” mean. A mandatory one is a step of the
    change and needs a check point. Retired it stays with its marks, and its number is not given
    again."""

    __tablename__ = "scorecard_criterion"

    id: Mapped[Id]
    scorecard_id: Mapped[str] = mapped_column(String(20), ForeignKey("scorecard.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    definition: Mapped[str] = mapped_column(Text, default="")
    met: Mapped[str] = mapped_column(Text, default="")
    not_met: Mapped[str] = mapped_column(Text, default="")
    not_applicable: Mapped[str] = mapped_column(Text, default="")
    is_mandatory: Mapped[bool] = mapped_column(default=False)
    check_who: Mapped[str] = mapped_column(String(200), default="")
    check_when: Mapped[str] = mapped_column(String(200), default="")
    check_evidence: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    scorecard: Mapped[Scorecard] = relationship(back_populates="criteria")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("scorecard_id", "number"),)

    @property
    def rule(self) -> scorecards.Criterion:
        """As the rules take it."""
        return scorecards.Criterion(
            self.number,
            self.name,
            self.is_mandatory,
            CheckPoint(self.check_who, self.check_when, self.check_evidence),
        )


class ScorecardVisit(db.Model):  # type: ignore[misc,name-defined]
    """One visit. `code` is how a file names it; `unit` the store as it was written. No seller is
    kept: a visit tells of the work, not of a person. Struck out it stays and no longer counts."""

    __tablename__ = "scorecard_visit"

    id: Mapped[Id]
    scorecard_id: Mapped[str] = mapped_column(String(20), ForeignKey("scorecard.id"))
    code: Mapped[str | None] = mapped_column(String(80))
    visited_on: Mapped[date]
    unit: Mapped[str] = mapped_column(String(120), default="")
    shopper: Mapped[str] = mapped_column(String(120), default="")
    second_coder: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    void_reason: Mapped[str] = mapped_column(Text, default="")
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()
    marks: Mapped[list[ScorecardMark]] = relationship(
        back_populates="visit", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("scorecard_id", "code"),
        Index("ix_scorecard_visit_scorecard_id_visited_on", "scorecard_id", "visited_on", "id"),
    )

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None

    def marks_of(self, coder: int) -> dict[str, Mark]:
        """By the criterion's id."""
        return {each.criterion_id: each.mark for each in self.marks if each.coder == coder}


class ScorecardMark(db.Model):  # type: ignore[misc,name-defined]
    """The answer of a coder, 1 or 2, to one criterion of a visit."""

    __tablename__ = "scorecard_mark"

    id: Mapped[Id]
    visit_id: Mapped[str] = mapped_column(String(20), ForeignKey("scorecard_visit.id"))
    criterion_id: Mapped[str] = mapped_column(
        String(20), ForeignKey("scorecard_criterion.id"), index=True
    )
    coder: Mapped[int]
    mark: Mapped[Mark] = mapped_column(choice(Mark))
    comment: Mapped[str] = mapped_column(Text, default="")

    visit: Mapped[ScorecardVisit] = relationship(back_populates="marks")

    __table_args__ = (UniqueConstraint("visit_id", "criterion_id", "coder"),)


class ScorecardLink(db.Model):  # type: ignore[misc,name-defined]
    """The card that watches whether a hypothesis's change is carried out, and in which stores:
    none named is all that are visited."""

    __tablename__ = "scorecard_link"

    id: Mapped[Id]
    hypothesis_id: Mapped[str] = mapped_column(String(20), ForeignKey("hypothesis.id"), unique=True)
    scorecard_id: Mapped[str] = mapped_column(String(20), ForeignKey("scorecard.id"), index=True)
    units: Mapped[str] = mapped_column(Text, default="")  # a name on each line
    since: Mapped[date | None]  # where it is not the start of the plan
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship()
    scorecard: Mapped[Scorecard] = relationship()
    hypothesis: Mapped[Hypothesis] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def unit_names(self) -> tuple[str, ...]:
        return tuple(name for line in self.units.splitlines() if (name := line.strip()))
