"""From the file that someone sent to the number that was decided on: every step, with the digests
that prove it. The record stays when the rows are deleted."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import hidden, without_cells
from hadi.models import Analysis, Dataset, DatasetPart, Event
from hadi.services import hypotheses
from hadi.services.dataset_records import hypothesis_of, newer_than


@dataclass(frozen=True, slots=True)
class Origin:
    """A part of the data: the file as it was sent, how it was read, the table it became."""

    filename: str
    received_digest: str | None
    received_bytes: int | None
    choices: Mapping[str, Any]
    digest: str
    rows: int
    at: datetime
    is_new: bool  # it came with this version, not with one before


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where data come from and what was found in them. `newest` is the version that stands now in
    their place, None while it is this one; `versions` lead from here to the first, the newest
    first."""

    dataset: Dataset
    origins: tuple[Origin, ...]
    versions: tuple[Dataset, ...]
    newest: Dataset | None
    analyses: tuple[Analysis, ...]
    deletion: Event | None  # who deleted the rows, and why


def provenance(dataset: Dataset, *, by: Actor) -> Provenance:
    """Every step from the files to the verdicts. Raises NotAllowed."""
    require(by, Permission.VIEW)
    before = db.session.get(Dataset, dataset.previous_id) if dataset.previous_id else None
    older = len(before.parts) if before is not None and _is_grown(dataset, before) else 0
    unseen = hidden(dataset.tags, by, hypotheses.stake(hypothesis_of(dataset)))
    found = select(Analysis).where(Analysis.dataset_id == dataset.id).order_by(Analysis.created_at)
    return Provenance(
        dataset=dataset,
        origins=tuple(_origin(part, part.place >= older, unseen) for part in dataset.parts),
        versions=tuple(_line_of(before)),
        newest=newer_than(dataset),
        analyses=tuple(db.session.scalars(found)),
        deletion=None if dataset.has_content else _deletion(dataset),
    )


def _deletion(dataset: Dataset) -> Event | None:
    found = select(Event).where(Event.subject == "dataset", Event.subject_id == dataset.id)
    return db.session.scalar(found.where(Event.verb == "data_deleted").limit(1))


def _line_of(dataset: Dataset | None) -> list[Dataset]:
    """The version and those that it came from, in one question."""
    if dataset is None:
        return []
    earlier = select(Dataset).where(
        Dataset.test_id == dataset.test_id, Dataset.version <= dataset.version
    )
    query = earlier.options(defer(Dataset.report), defer(Dataset.quality))
    known = {each.id: each for each in db.session.scalars(query)}
    line, following = [dataset], known.get(dataset.previous_id or "")
    while following is not None:
        line.append(following)
        following = known.get(following.previous_id or "")
    return line


def _is_grown(dataset: Dataset, before: Dataset) -> bool:
    digests = [part.digest for part in before.parts]
    return [part.digest for part in dataset.parts][: len(digests)] == digests


def _origin(part: DatasetPart, is_new: bool, unseen: Set[str]) -> Origin:
    return Origin(
        filename=part.filename, received_digest=part.received_digest,
        received_bytes=part.received_bytes, choices=without_cells(part.choices, unseen),
        digest=part.digest, rows=part.rows, at=part.created_at, is_new=is_new,
    )  # fmt: skip
