"""The library of what was learned as a table: a row for each decision in force."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Conclusion
from hadi.services import narrowing
from hadi.services.learning_list import LearningFilters, found, with_row
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 500
EVERYTHING = LearningFilters()

COLUMNS = (
    Listed("key"),
    Listed("change"),
    Listed("effect"),
    Listed("reason"),
    Listed("verdict"),
    Listed("decision"),
    Listed("decided_because"),
    Listed("learned"),
    Listed("holds_where"),
    Listed("narrowed_to"),
    Listed("next"),
    Listed("cause"),
    Listed("author"),
    Listed("author_email", tag=ColumnTag.PERSONAL),
    Listed("decided", Kind.MOMENT),
)


def table(*, filters: LearningFilters = EVERYTHING, by: Actor) -> Table:
    """Everything found, newest first. Raises NotAllowed before the first row is read."""
    require(by, Permission.VIEW)
    size = db.session.scalar(select(func.count()).select_from(found(filters).subquery())) or 0
    return listed("learnings", COLUMNS, _rows(filters), prefix="learning", size=size, by=by)


def _rows(filters: LearningFilters) -> Iterator[tuple[Cell, ...]]:
    query = with_row(found(filters))
    conclusions = db.session.scalars(query, execution_options={"yield_per": BLOCK})
    for block in conclusions.partitions(BLOCK):
        fewer = narrowing.narrowed(block)
        yield from (_row(conclusion, fewer.get(conclusion.id)) for conclusion in block)


def _row(conclusion: Conclusion, narrowed_to: str | None) -> tuple[Cell, ...]:
    hypothesis = conclusion.hypothesis
    return (
        hypothesis.key,
        hypothesis.change,
        hypothesis.effect,
        hypothesis.reason,
        Text(f"verdict_{conclusion.analysis.label}"),
        Text(f"decision_{conclusion.decision.value}"),
        conclusion.reason,
        conclusion.learned,
        conclusion.holds_where,
        narrowed_to,
        conclusion.next,
        Text(f"cause_{conclusion.cause}") if conclusion.cause else None,
        conclusion.author.name,
        conclusion.author.email,
        conclusion.created_at,
    )
