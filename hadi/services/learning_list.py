"""The library of what was learned: decisions in force with their insights, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.lifecycle import Decision
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.verdict_label import Label
from hadi.models import Analysis, Conclusion
from hadi.services.hypothesis_list import reads
from hadi.services.search import matches


@dataclass(frozen=True, slots=True)
class LearningFilters:
    """What is looked for; empty looks at everything."""

    query: str = ""
    decision: Decision | None = None
    verdict: str = ""
    label: Label | None = None  # the verdict as its badge says it

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [Conclusion.reopened_at.is_(None), matches(Conclusion.search, self.query)]
        if self.decision is not None:
            found.append(Conclusion.decision == self.decision)
        if self.verdict:
            found.append(Analysis.verdict == self.verdict)
        if self.label:
            found.append(reads(self.label))
        return found


@dataclass(frozen=True, slots=True)
class Learnings:
    """One page of learnings, newest first."""

    items: list[Conclusion]
    total: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))


def learnings(
    *,
    filters: LearningFilters = LearningFilters(),
    page: int = 1,
    page_size: int = 20,
    by: Actor,
) -> Learnings:
    """Insights found by words, decision and verdict; `page` starts at 1."""
    require(by, Permission.VIEW)
    query = found(filters)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // page_size)))
    shown = with_row(query).limit(page_size).offset((page - 1) * page_size)
    return Learnings(list(db.session.scalars(shown)), total, page, page_size)


def found(filters: LearningFilters) -> Select[Conclusion]:
    """The query of everything the filters find."""
    return (
        select(Conclusion)
        .join(Analysis, Conclusion.analysis_id == Analysis.id)
        .where(*filters.conditions())
    )


def with_row(query: Select[Conclusion]) -> Select[Conclusion]:
    """The query with all that is shown of a learning, newest first."""
    return query.options(
        joinedload(Conclusion.hypothesis),
        joinedload(Conclusion.analysis),
        joinedload(Conclusion.author),
    ).order_by(Conclusion.created_at.desc(), Conclusion.id)
