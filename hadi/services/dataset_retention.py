"""How long rows are kept: an administrator may delete those of a data set, and the settings may
say that they go some time after the decision. What was found in them stays, with its digests."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from hadi.db import db, lock, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid
from hadi.domain.permissions import JOB, Actor, Permission, require
from hadi.domain.statement import cleaned
from hadi.domain.tags import without_cells, without_values
from hadi.domain.text import ENGLISH, Text, render
from hadi.models import Conclusion, Dataset
from hadi.services import events, hypotheses, quality, reconciliations, workspace
from hadi.services.dataset_receiving import incoming_beside, release, uploads_behind
from hadi.services.dataset_records import drop_unused, find, hypothesis_of


def delete(
    dataset_id: str,
    *,
    reason: str,
    folder: Path,
    incoming: Path | None = None,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Delete the rows of an attached data set, with a reason. Rows that another version has too
    stay with it; the record, its digests and its analyses stay. Raises Invalid without a reason,
    NotAllowed, Blocked."""
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    reason = cleaned(reason)
    with hypotheses.logging_refusals("delete_data", hypothesis_id, by=by, now=now):
        require(by, Permission.DELETE_DATA)
        if not reason:
            text = Text("deletion_needs_reason")
            raise Invalid(text, {"reason": text})
        with transaction():
            hypotheses.locked(hypothesis_id)
            dataset = find(dataset_id, by=by)
            _require_rows(dataset)
            _delete(dataset, reason, folder, incoming or incoming_beside(folder), by=by, now=now)
    return dataset


def sweep(*, folder: Path, incoming: Path | None = None, now: datetime) -> int:
    """Delete the rows of tests that were decided longer ago than the settings keep them; how many
    data sets lost theirs. Nothing while the settings keep them for ever."""
    days = workspace.current().retention_days
    if days is None:
        return 0
    reason = render(Text("deletion_by_retention", n=days), ENGLISH)
    swept = 0
    for dataset_id, hypothesis_id in _due(now - timedelta(days=days)):
        with transaction():
            hypotheses.locked(hypothesis_id)
            dataset = find(dataset_id, by=JOB)
            if dataset.deleted_at is not None:
                continue
            _delete(dataset, reason, folder, incoming or incoming_beside(folder), by=JOB, now=now)
        swept += 1
    return swept


def _due(before: datetime) -> list[tuple[str, str]]:
    """The attached data whose tests were decided before that moment, with their hypotheses."""
    query = (
        select(Dataset.id, Conclusion.hypothesis_id)
        .join(Conclusion, Conclusion.test_id == Dataset.test_id)
        .where(
            Conclusion.reopened_at.is_(None), Conclusion.created_at <= before,
            Dataset.version.is_not(None), Dataset.deleted_at.is_(None),
        )
        .order_by(Dataset.id)
        .distinct()
    )  # fmt: skip
    return [(dataset_id, hypothesis_id) for dataset_id, hypothesis_id in db.session.execute(query)]


def _delete(
    dataset: Dataset, reason: str, folder: Path, incoming: Path, *, by: Actor, now: datetime
) -> None:
    lock(Dataset, dataset.id)  # somebody may be writing what was found in it
    dataset.deleted_at = now
    dataset.counts = None
    # What was shown of the rows goes with them: their first values, the digests of their units,
    # what stands out in them. The lights and the reasons stay.
    quality.forget_values(dataset)
    reconciliations.forget_values(dataset)
    names = {column["name"] for column in dataset.report["columns"]}
    dataset.report = without_values(dataset.report, names)
    for part in dataset.parts:
        part.report = {}
        part.choices = without_cells(part.choices, {*part.choices.get("columns", {})})
    release(uploads_behind(dataset), incoming=incoming, now=now)
    db.session.flush()
    drop_unused({dataset.digest, *(part.digest for part in dataset.parts)}, folder=folder)
    events.record(
        "data_deleted", subject="dataset", subject_id=dataset.id, by=by, now=now,
        hypothesis=hypothesis_of(dataset),
        details={"version": dataset.version, "rows": dataset.rows, "digest": dataset.digest,
                 "reason": reason},
    )  # fmt: skip


def _require_rows(dataset: Dataset) -> None:
    code = None if dataset.is_attached else "deletion_waits"
    if dataset.deleted_at is not None:
        code = "deletion_done"
    if code is not None:
        raise Blocked(Text("step_refused"), [Blocker(Text(code), "datasets")])
