"""Every attached data set of the workspace, newest first: found by words, light, kind and role, a
page at a time, in a fixed number of queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import Dataset, Hypothesis, Test
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services.search import matches


class Seen(StrEnum):
    """What the quality report says, or that there is none."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class DatasetFilters:
    """What is looked for; empty looks at everything. Words are those of the file's name and of
    the hypothesis."""

    query: str = ""
    seen: Seen | None = None
    kind: DatasetKind | None = None
    role: DatasetRole | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [
            Dataset.version.is_not(None),
            matches(Dataset.search, self.query, Hypothesis.search),
        ]
        if self.seen is not None:
            level = Dataset.quality["level"].as_string()
            is_unseen = self.seen is Seen.UNSEEN
            found.append(level.is_(None) if is_unseen else level == self.seen.value)
        if self.kind is not None:
            found.append(Dataset.kind == self.kind)
        if self.role is not None:
            found.append(Dataset.role == self.role)
        return found


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


def attached(
    *,
    filters: DatasetFilters = DatasetFilters(),
    page: int = 1,
    page_size: int = 30,
    by: Actor,
) -> Datasets:
    """Attached data sets with their hypotheses; `page` starts at 1."""
    require(by, Permission.VIEW)
    total = size(filters)
    page = min(max(page, 1), max(1, -(-total // page_size)))
    query = found(select(Dataset, Hypothesis), filters)
    shown = db.session.execute(query.limit(page_size).offset((page - 1) * page_size))
    return Datasets([DatasetRow(*row) for row in shown], total, page, page_size)


def size(filters: DatasetFilters) -> int:
    """How many data sets the filters find."""
    return db.session.scalar(_joined(select(func.count(Dataset.id)), filters)) or 0


def found(query: Select[*tuple[Any, ...]], filters: DatasetFilters) -> Select[*tuple[Any, ...]]:
    """The query of everything the filters find, newest first, with whoever brought it."""
    return (
        _joined(query, filters)
        .options(joinedload(Dataset.author))
        .order_by(Dataset.attached_at.desc(), Dataset.id)
    )


def _joined(query: Select[*tuple[Any, ...]], filters: DatasetFilters) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Dataset)
        .join(Test, Dataset.test_id == Test.id)
        .join(Hypothesis, Test.hypothesis_id == Hypothesis.id)
        .where(*filters.conditions())
    )
