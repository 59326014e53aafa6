"""The list of hypotheses: found by words and filters, a page at a time, in a fixed number of
queries however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, not_, select
from sqlalchemy.orm import contains_eager, joinedload

from hadi.db import db
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.verdict import Verdict
from hadi.domain.verdict_label import NOT_EXECUTED_SENTENCE, Label
from hadi.models import Analysis, Hypothesis, Test
from hadi.services.search import matches


class Order(StrEnum):
    """How a list is sorted."""

    UPDATED = "updated"
    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"


ORDERS = {
    Order.UPDATED: (Hypothesis.updated_at.desc(), Hypothesis.id),
    Order.NEWEST: (Hypothesis.created_at.desc(), Hypothesis.id),
    Order.OLDEST: (Hypothesis.created_at, Hypothesis.id),
    Order.NUMBER: (Hypothesis.number,),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for. An empty filter looks at everything but the archive."""

    query: str = ""
    states: tuple[State, ...] = ()
    verdicts: tuple[str, ...] = ()
    label: Label | None = None  # the verdict as its badge says it
    owner_id: str | None = None
    author_id: str | None = None
    concerned_id: str | None = None  # whoever is its author, owner or data steward

    def conditions(self, *, without_state: bool = False) -> list[ColumnElement[bool]]:
        found = [matches(Hypothesis.search, self.query)]
        if not without_state:
            if self.states:
                found.append(Hypothesis.state.in_(self.states))
            else:
                found.append(Hypothesis.state != State.ARCHIVED)
        if self.verdicts:
            found.append(Hypothesis.verdict.in_(self.verdicts))
        if self.label in (Label.NOT_EXECUTED, Label.INVALID):
            results = select(Test.id).join(Analysis, Test.result_id == Analysis.id)
            found.append(Hypothesis.verdict == Verdict.INVALID.value)
            found.append(Hypothesis.current_test_id.in_(results.where(reads(self.label))))
        elif self.label:
            found.append(Hypothesis.verdict == self.label.value)
        if self.owner_id:
            found.append(Hypothesis.owner_id == self.owner_id)
        if self.author_id:
            found.append(Hypothesis.author_id == self.author_id)
        if self.concerned_id:
            stewarded = select(Test.id).where(Test.steward_id == self.concerned_id)
            found.append(
                (Hypothesis.author_id == self.concerned_id)
                | (Hypothesis.owner_id == self.concerned_id)
                | Hypothesis.current_test_id.in_(stewarded)
            )
        return found


def reads(label: Label) -> ColumnElement[bool]:
    """That an analysis' badge says that."""
    if label not in (Label.NOT_EXECUTED, Label.INVALID):
        return Analysis.verdict == label.value
    code = Analysis.record["sentence_text"]["code"].as_string()
    is_undone = func.coalesce(code, "") == NOT_EXECUTED_SENTENCE
    return and_(
        Analysis.verdict == Verdict.INVALID.value,
        is_undone if label is Label.NOT_EXECUTED else not_(is_undone),
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list. `by_state` counts what the other filters find, in every state."""

    items: list[Hypothesis]
    total: int
    page: int
    page_size: int
    by_state: Mapping[State, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))


def listing(
    *,
    filters: Filters = Filters(),
    order: Order = Order.UPDATED,
    page: int = 1,
    page_size: int = 30,
    by: Actor,
) -> Listing:
    """A page of hypotheses with what a row shows (owner, result, plan). `page` starts at 1 and is
    held within the pages there are; `page_size` within 1 to 200."""
    require(by, Permission.VIEW)
    page_size = min(max(page_size, 1), 200)
    counts = dict(
        db.session.execute(
            select(Hypothesis.state, func.count())
            .where(*filters.conditions(without_state=True))
            .group_by(Hypothesis.state)
        ).all()
    )
    wanted = filters.states or tuple(s for s in State if s is not State.ARCHIVED)
    total = sum(counts.get(state, 0) for state in wanted)
    page = min(max(page, 1), max(1, -(-total // page_size)))
    query = with_row(select(Hypothesis).where(*filters.conditions()).order_by(*ORDERS[order]))
    items = db.session.scalars(query.limit(page_size).offset((page - 1) * page_size))
    return Listing(list(items), total, page, page_size, counts)


def board(
    *, filters: Filters = Filters(), most: int = 50, by: Actor
) -> tuple[Mapping[State, list[Hypothesis]], Mapping[State, int]]:
    """The columns of the H-A-D-I board: the `most` lately changed of each state, and how many
    there are in all."""
    require(by, Permission.VIEW)
    rank = func.row_number().over(
        partition_by=Hypothesis.state, order_by=(Hypothesis.updated_at.desc(), Hypothesis.id)
    )
    conditions = filters.conditions()
    ranked = select(Hypothesis.id, rank.label("rank")).where(*conditions).subquery()
    query = with_row(
        select(Hypothesis)
        .join(ranked, ranked.c.id == Hypothesis.id)
        .where(ranked.c.rank <= most)
        .order_by(Hypothesis.updated_at.desc(), Hypothesis.id)
    )
    columns: dict[State, list[Hypothesis]] = {s: [] for s in State if s is not State.ARCHIVED}
    for hypothesis in db.session.scalars(query):
        columns.setdefault(hypothesis.state, []).append(hypothesis)
    counts = dict(
        db.session.execute(
            select(Hypothesis.state, func.count()).where(*conditions).group_by(Hypothesis.state)
        ).all()
    )
    return columns, counts


def with_row(query: Select[Hypothesis]) -> Select[Hypothesis]:
    """The query with everything that a row or a card shows loaded in it."""
    return query.outerjoin(Test, Hypothesis.current_test_id == Test.id).options(
        contains_eager(Hypothesis.current_test).options(
            joinedload(Test.result), joinedload(Test.plan_version), joinedload(Test.steward)
        ),
        joinedload(Hypothesis.owner),
        joinedload(Hypothesis.author),
    )
