"""The visits of a scorecard as a table: a row for each mark. Who visited is personal."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.scorecards import Mark
from hadi.domain.tags import ColumnTag
from hadi.models import ScorecardCriterion, ScorecardMark, ScorecardVisit
from hadi.services import scorecards
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 1000
COLUMNS = (
    Listed("visit"),
    Listed("day", Kind.DAY),
    Listed("unit"),
    Listed("shopper", tag=ColumnTag.PERSONAL),
    Listed("second_coder", tag=ColumnTag.PERSONAL),
    Listed("coder", Kind.WHOLE),
    Listed("number", Kind.WHOLE),
    Listed("criterion"),
    Listed("mandatory", Kind.FLAG),
    Listed("score"),
    Listed("comment"),
    Listed("void_reason"),
)
_WRITTEN = {Mark.MET: "1", Mark.NOT_MET: "0", Mark.NOT_APPLICABLE: "NA"}


def table(scorecard_id: str, *, by: Actor) -> Table:
    """Every mark, by day; those of struck out visits too, with the reason. Raises NotAllowed,
    NotFound before the first row is read."""
    require(by, Permission.VIEW)
    card = scorecards.find(scorecard_id, by=by)
    counted = select(func.count(ScorecardMark.id)).join(ScorecardVisit)
    size = db.session.scalar(counted.where(ScorecardVisit.scorecard_id == card.id)) or 0
    return listed("visits", COLUMNS, _rows(card.id), prefix="visit_export", size=size, by=by)


def _rows(card_id: str) -> Iterator[tuple[Cell, ...]]:
    query = (
        select(ScorecardVisit, ScorecardMark, ScorecardCriterion)
        .join(ScorecardMark, ScorecardMark.visit_id == ScorecardVisit.id)
        .join(ScorecardCriterion, ScorecardCriterion.id == ScorecardMark.criterion_id)
        .where(ScorecardVisit.scorecard_id == card_id)
        .order_by(
            ScorecardVisit.visited_on, ScorecardVisit.id, ScorecardMark.coder,
            ScorecardCriterion.number,
        )
    )  # fmt: skip
    found = db.session.execute(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        yield from (_row(*row) for row in block)


def _row(
    visit: ScorecardVisit, mark: ScorecardMark, criterion: ScorecardCriterion
) -> tuple[Cell, ...]:
    return (
        visit.code or visit.id,
        visit.visited_on,
        visit.unit,
        visit.shopper,
        visit.second_coder,
        mark.coder,
        criterion.number,
        criterion.name,
        criterion.is_mandatory,
        _WRITTEN[mark.mark],
        mark.comment,
        visit.void_reason,
    )
