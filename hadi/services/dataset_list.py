"""Every attached data set of the workspace, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import Dataset, Hypothesis, Test


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A data set with the hypothesis whose test it belongs to."""

    dataset: Dataset
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class Datasets:
    """One page of data sets."""

    items: list[DatasetRow]
    total: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))


def attached(*, page: int = 1, page_size: int = 30, by: Actor) -> Datasets:
    """Attached data sets with their hypotheses; `page` starts at 1."""
    require(by, Permission.VIEW)
    is_attached = Dataset.version.is_not(None)
    total = db.session.scalar(select(func.count()).select_from(Dataset).where(is_attached)) or 0
    page = min(max(page, 1), max(1, -(-total // page_size)))
    query = (
        select(Dataset, Hypothesis)
        .join(Test, Dataset.test_id == Test.id)
        .join(Hypothesis, Test.hypothesis_id == Hypothesis.id)
        .where(is_attached)
        .options(joinedload(Dataset.author))
        .order_by(Dataset.attached_at.desc(), Dataset.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    rows = [DatasetRow(dataset, hypothesis) for dataset, hypothesis in db.session.execute(query)]
    return Datasets(rows, total, page, page_size)
