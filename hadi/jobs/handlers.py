"""What each kind of job calls: thin handlers, which take the job and call a service.

A handler may be run twice for one job (its worker was killed and another took over): each finds
out what was done already, and does the thing once. It returns the outcome, which has to be JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from hadi.config import Settings
from hadi.db import db
from hadi.domain.text import Text
from hadi.models import Analysis, Hypothesis, Job
from hadi.models.job import JobKind
from hadi.services import analyses, jobs
from hadi.services.progress import Progress

Handler = Callable[[Job, Progress], dict[str, Any]]


def _data_dir() -> Path:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir


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


HANDLERS: Mapping[JobKind, Handler] = {
    JobKind.ANALYSE: analyse,
}
