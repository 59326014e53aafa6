"""The list of hypotheses as a table: everything the filters find, a row each.

What is found streams through in blocks; only one block is in memory as objects. Budgets and
addresses are columns that not everyone may see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import MetricRole
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services.hypothesis_list import ORDERS, Filters, Order, with_row
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 500
EVERYTHING = Filters()

COLUMNS = (
    Listed("key"),
    Listed("state"),
    Listed("title"),
    Listed("change"),
    Listed("effect"),
    Listed("reason"),
    Listed("verdict"),
    Listed("sentence"),
    Listed("metric"),
    Listed("difference", Kind.NUMBER),
    Listed("low", Kind.NUMBER),
    Listed("high", Kind.NUMBER),
    Listed("owner"),
    Listed("owner_email", tag=ColumnTag.PERSONAL),
    Listed("author"),
    Listed("author_email", tag=ColumnTag.PERSONAL),
    Listed("budget", Kind.NUMBER, ColumnTag.MONEY),
    Listed("currency", tag=ColumnTag.MONEY),
    Listed("created", Kind.MOMENT),
    Listed("updated", Kind.MOMENT),
    Listed("archive_reason"),
)


def table(*, filters: Filters = EVERYTHING, order: Order = Order.UPDATED, by: Actor) -> Table:
    """Every hypothesis found, as far as `by` may see it. Raises NotAllowed before the first row
    is read."""
    require(by, Permission.VIEW)
    counted = select(func.count()).select_from(Hypothesis).where(*filters.conditions())
    size = db.session.scalar(counted) or 0
    return listed("hypotheses", COLUMNS, _rows(filters, order), prefix="export", size=size, by=by)


def _rows(filters: Filters, order: Order) -> Iterator[tuple[Cell, ...]]:
    query = with_row(select(Hypothesis).where(*filters.conditions()).order_by(*ORDERS[order]))
    found = db.session.scalars(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        yield from (_row(hypothesis) for hypothesis in block)


def _row(hypothesis: Hypothesis) -> tuple[Cell, ...]:
    test = hypothesis.current_test
    record: Mapping[str, Any] = test.result.record if test and test.result else {}
    plan: Mapping[str, Any] = test.plan_version.body if test and test.plan_version else {}
    comparison = primary(record)
    difference = comparison.get("difference") or {}
    sentence = record.get("sentence_text")
    budget = plan.get("budget") or {}
    owner, author = hypothesis.owner, hypothesis.author
    return (
        hypothesis.key,
        Text(f"state_{hypothesis.state.value}"),
        hypothesis.title,
        hypothesis.change,
        hypothesis.effect,
        hypothesis.reason,
        Text(f"verdict_{hypothesis.verdict_label}") if hypothesis.verdict else None,
        Text.from_json(sentence) if sentence else None,
        comparison.get("metric"),
        difference.get("estimate"),
        difference.get("low"),
        difference.get("high"),
        owner.name if owner else None,
        owner.email if owner else None,
        author.name,
        author.email,
        Decimal(str(budget["amount"])) if budget.get("amount") is not None else None,
        budget.get("currency"),
        hypothesis.created_at,
        hypothesis.updated_at,
        hypothesis.archive_reason,
    )


def primary(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The comparison of the primary metric in the arm that the verdict speaks of."""
    found = [c for c in record.get("comparisons", ()) if c["role"] == MetricRole.PRIMARY]
    named = [c for c in found if c["arm"] == record.get("arm")]
    comparison: Mapping[str, Any] = next(iter(named or found), {})
    return comparison
