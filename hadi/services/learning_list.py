"""The library of what was learned: decisions in force with their insights, as pages and as a
file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.lifecycle import Decision
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest.neutral import neutralise
from hadi.models import Analysis, Conclusion
from hadi.services.search import matches

BLOCK = 500
COLUMNS = (
    "key", "change", "effect", "reason", "verdict", "decision", "decided_because", "learned",
    "holds_where", "next", "author", "decided",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LearningFilters:
    """What is looked for; empty looks at everything."""

    query: str = ""
    decision: Decision | None = None
    verdict: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [Conclusion.reopened_at.is_(None), matches(Conclusion.search, self.query)]
        if self.decision is not None:
            found.append(Conclusion.decision == self.decision)
        if self.verdict:
            found.append(Analysis.verdict == self.verdict)
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
    found = _found(filters)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // page_size)))
    shown = _with_row(found).limit(page_size).offset((page - 1) * page_size)
    return Learnings(list(db.session.scalars(shown)), total, page, page_size)


def as_csv(
    *, filters: LearningFilters, say: Callable[[Text], str], zone: tzinfo, by: Actor
) -> Iterator[bytes]:
    """Everything found, as CSV in UTF-8 whose cells no spreadsheet runs. Raises NotAllowed before
    the first is read."""
    require(by, Permission.VIEW)
    return _csv(filters, say, zone)


def _csv(filters: LearningFilters, say: Callable[[Text], str], zone: tzinfo) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")  # tells Excel that it is UTF-8
    writer.writerow([say(Text(f"learning_{column}")) for column in COLUMNS])
    query = _with_row(_found(filters))
    found = db.session.scalars(query, execution_options={"yield_per": BLOCK})
    for conclusion in found:
        writer.writerow([neutralise(cell) for cell in _cells(conclusion, say, zone)])
        if buffer.tell() > 1 << 16:
            yield _taken(buffer)
    yield _taken(buffer)


def _cells(conclusion: Conclusion, say: Callable[[Text], str], zone: tzinfo) -> tuple[str, ...]:
    hypothesis = conclusion.hypothesis
    return (
        hypothesis.key,
        hypothesis.change,
        hypothesis.effect,
        hypothesis.reason,
        say(Text(f"verdict_{conclusion.analysis.verdict}")),
        say(Text(f"decision_{conclusion.decision.value}")),
        conclusion.reason,
        conclusion.learned,
        conclusion.holds_where,
        conclusion.next,
        conclusion.author.name,
        conclusion.created_at.astimezone(zone).strftime("%Y-%m-%d"),
    )


def _found(filters: LearningFilters) -> Select[Conclusion]:
    return (
        select(Conclusion)
        .join(Analysis, Conclusion.analysis_id == Analysis.id)
        .where(*filters.conditions())
    )


def _with_row(query: Select[Conclusion]) -> Select[Conclusion]:
    return query.options(
        joinedload(Conclusion.hypothesis),
        joinedload(Conclusion.analysis),
        joinedload(Conclusion.author),
    ).order_by(Conclusion.created_at.desc(), Conclusion.id)


def _taken(buffer: io.StringIO) -> bytes:
    taken = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return taken
