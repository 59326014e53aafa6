"""Whether a test has these data already: the same file twice is the same data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from hadi.db import db
from hadi.models import Dataset, DatasetPart
from hadi.services.dataset_records import newer_than


def known(
    test_id: str, *, received: Sequence[str] = (), tables: Sequence[str] = ()
) -> Dataset | None:
    """The data set of a test that has all of these files (by the SHA-256 of their bytes) or tables
    (by that of their Parquet): the first version with them, else one that waits with just them.
    Data whose rows were deleted are not known any more."""
    if received:
        return _found(test_id, DatasetPart.received_digest, received)
    return _found(test_id, DatasetPart.digest, tables) if tables else None


def _found(test_id: str, name: Any, wanted: Sequence[str]) -> Dataset | None:
    query = (
        select(Dataset.id, name)
        .join(DatasetPart, DatasetPart.dataset_id == Dataset.id)
        .where(Dataset.test_id == test_id, name.in_(set(wanted)))
        .order_by(Dataset.version.is_(None), Dataset.version, Dataset.created_at)
    )
    found: dict[str, set[str]] = {}
    for dataset_id, digest in db.session.execute(query):
        found.setdefault(dataset_id, set()).add(digest)
    is_first = True
    for dataset_id, digests in found.items():
        if digests != set(wanted):
            continue
        dataset = db.session.get_one(Dataset, dataset_id)
        # A version that has more is these files only where it brought them, or where they count.
        stands = dataset.is_attached and (is_first or newer_than(dataset) is None)
        if dataset.has_content and (stands or _parts(dataset_id) == len(wanted)):
            return dataset
        is_first = False
    return None


def _parts(dataset_id: str) -> int:
    count = select(func.count()).where(DatasetPart.dataset_id == dataset_id)
    return db.session.scalar(count) or 0
