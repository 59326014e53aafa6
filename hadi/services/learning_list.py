"""The library of what was learned: decisions in force with their insights."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.lifecycle import Decision
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import Analysis, Conclusion
from hadi.services.search import matches


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
    query: str = "",
    decision: Decision | None = None,
    verdict: str = "",
    page: int = 1,
    page_size: int = 20,
    by: Actor,
) -> Learnings:
    """Insights found by words, decision and verdict; `page` starts at 1."""
    require(by, Permission.VIEW)
    conditions = [Conclusion.reopened_at.is_(None), matches(Conclusion.search, query)]
    if decision is not None:
        conditions.append(Conclusion.decision == decision)
    if verdict:
        conditions.append(Analysis.verdict == verdict)
    base = select(Conclusion).join(Analysis, Conclusion.analysis_id == Analysis.id)
    total = db.session.scalar(select(func.count()).select_from(base.where(*conditions).subquery()))
    page = min(max(page, 1), max(1, -(-(total or 0) // page_size)))
    found = (
        base.where(*conditions)
        .options(
            joinedload(Conclusion.hypothesis),
            joinedload(Conclusion.analysis),
            joinedload(Conclusion.author),
        )
        .order_by(Conclusion.created_at.desc(), Conclusion.id)
    )
    items = db.session.scalars(found.limit(page_size).offset((page - 1) * page_size))
    return Learnings(list(items), total or 0, page, page_size)
