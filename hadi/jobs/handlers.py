"""What each kind of job calls: thin handlers, which take the job and call a service.

A handler may be run twice for one job (its worker was killed and another took over): each finds
out what was done already, and does the thing once. It returns the outcome, which has to be JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from hadi.config import Settings
from hadi.db import db
from hadi.domain.errors import HadiError
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import Analysis, Hypothesis, Job
from hadi.models.dataset import DatasetRole, Relation
from hadi.models.job import JobKind
from hadi.services import (
    analyses,
    archive_jobs,
    dataset_roles,
    datasets,
    export_jobs,
    feed_refresh,
    jobs,
    quality,
    reconciliations,
    uploads,
)
from hadi.services.progress import Progress

Handler = Callable[[Job, Progress], dict[str, Any]]


def _data_dir() -> Path:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir


def read(job: Job, progress: Progress) -> dict[str, Any]:
    """Read files that were sent together; where the sender said so, attach them at once. What
    could not be attached is set aside."""
    folder, incoming = _data_dir() / "datasets", _data_dir() / "incoming"
    batch, by, arguments = job.subject_id, jobs.actor_of(job), dict(job.arguments)
    first = uploads.first(batch)
    progress(0.0, Text("stage_reading", file=first.filename if first else ""))
    dataset_id = datasets.read_batch(
        batch, folder=folder, incoming=incoming, progress=progress, by=by, now=job.created_at
    ).id
    if "mapping" in arguments:
        _attach(dataset_id, arguments, folder, by=by, now=job.created_at)
    return {"dataset_id": dataset_id}


def _attach(
    dataset_id: str, arguments: Mapping[str, Any], folder: Path, *, by: Actor, now: datetime
) -> None:
    found = datasets.find(dataset_id, by=by)
    if found.is_attached:
        return
    is_mine = found.created_at >= now
    role = DatasetRole(arguments.get("role", DatasetRole.OUTCOME))
    try:
        if role is not DatasetRole.OUTCOME:
            dataset_roles.attach_as(
                dataset_id, role=role, columns=arguments["mapping"], tags=arguments.get("tags"),
                folder=folder, by=by, now=now,
            )  # fmt: skip
            return
        datasets.attach(
            dataset_id, mapping=arguments["mapping"],
            relation=Relation(arguments.get("relation", Relation.WHOLE)),
            previous=arguments.get("previous"), reason=arguments.get("reason", ""),
            tags=arguments.get("tags"), day=arguments.get("day"), folder=folder, by=by, now=now,
        )  # fmt: skip
    except HadiError:
        if is_mine:  # somebody else's file goes on waiting
            datasets.discard(dataset_id, folder=folder, by=by, now=now)
        raise


def analyse(job: Job, progress: Progress) -> dict[str, Any]:
    """Run the check. The analysis is of the moment at which it was asked for: by that a second
    attempt finds the one that the first has stored."""
    progress(0.0, Text("stage_analysing"))
    asked_at, hypothesis_id = job.created_at, str(job.hypothesis_id)
    open_early = str(job.arguments.get("open_early", ""))
    found = _stored_analysis(job)
    if found is None:
        found = analyses.run(
            hypothesis_id, open_early=open_early, folder=_data_dir() / "datasets",
            by=jobs.actor_of(job), now=asked_at,
        ).id  # fmt: skip
    return {"analysis_id": found}


def _stored_analysis(job: Job) -> str | None:
    if job.attempts == 1:
        return None
    hypothesis = db.session.get_one(Hypothesis, job.hypothesis_id)
    query = select(Analysis.id).where(
        Analysis.test_id.in_([test.id for test in hypothesis.tests]),
        Analysis.author_id == job.author_id,
        Analysis.created_at == job.created_at,
    )
    stored: str | None = db.session.scalar(query.limit(1))
    return stored


def refresh(job: Job, progress: Progress) -> dict[str, Any]:
    """Ask the source of a feed. A second attempt finds equal sums, and attaches nothing new."""
    return feed_refresh.refresh(
        job.subject_id, progress=progress, by=jobs.actor_of(job), now=job.created_at
    )


def export(job: Job, progress: Progress) -> dict[str, Any]:
    """Write a table, or the whole workspace, into a file to download."""
    if job.arguments["name"] == export_jobs.ARCHIVE:
        return archive_jobs.perform_export(job, progress, data_dir=_data_dir())
    return export_jobs.perform(job, progress, data_dir=_data_dir())


def import_archive(job: Job, progress: Progress) -> dict[str, Any]:
    """Fill the empty workspace from an archive."""
    return archive_jobs.perform_import(job, progress, data_dir=_data_dir())


def assess(job: Job, progress: Progress) -> dict[str, Any]:
    """Look at the quality of a large data set. Looking twice finds the same."""
    progress(0.0, Text("stage_assessing"))
    report = quality.assess(
        job.subject_id, folder=_data_dir() / "datasets", by=jobs.actor_of(job), now=job.created_at
    )
    return {"dataset_id": job.subject_id, "level": report.level.value}


def reconcile(job: Job, progress: Progress) -> dict[str, Any]:
    """Lay a log beside receipts. A second attempt goes on from what the first has stored."""
    progress(0.0, Text("stage_reconciling"))
    made = reconciliations.run(
        job.subject_id, **job.arguments, folder=_data_dir() / "datasets", by=jobs.actor_of(job),
        now=job.created_at,
    )  # fmt: skip
    return {"reconciliation_id": made.id}


HANDLERS: Mapping[JobKind, Handler] = {
    JobKind.READ: read,
    JobKind.ANALYSE: analyse,
    JobKind.ASSESS: assess,
    JobKind.RECONCILE: reconcile,
    JobKind.EXPORT: export,
    JobKind.IMPORT: import_archive,
    JobKind.REFRESH: refresh,
}
