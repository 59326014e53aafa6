"""One job from its claim to its end, whatever happens in between."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.exc import DBAPIError

from hadi.db import db
from hadi.domain.errors import Blocked, HadiError, Unreadable
from hadi.domain.text import Text
from hadi.jobs.handlers import HANDLERS
from hadi.models import Job
from hadi.services import jobs, storage
from hadi.services.jobs import Cancelled
from hadi.services.progress import Progress

# Of this process: its machine, its number there, and a word that no later process has.
WORKER = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"

# The jobs that this process has in hand, for its heart to beat for.
in_hand: set[str] = set()


def run(app: Flask, job_id: str) -> None:
    """Do the job, unless another has taken it. Never raises: what went wrong is written down."""
    with app.app_context():
        job = jobs.claim(job_id, worker=WORKER, now=now(app))
        if job is None:
            return
        in_hand.add(job_id)
        try:
            _attempt(app, job_id, job)
        finally:
            in_hand.discard(job_id)


def _attempt(app: Flask, job_id: str, job: Job) -> None:
    attempt, kind = job.attempts, job.kind
    try:
        outcome = HANDLERS[kind](job, Progress(job, lambda: now(app)))
        db.session.rollback()
        jobs.finish(job_id, attempt=attempt, outcome=outcome, now=now(app))
    except Cancelled:
        db.session.rollback()
        app.logger.info("job %s (%s) was stopped", job_id, kind)
    except Exception as error:
        db.session.rollback()
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            # Nothing can be written: once nobody beats for it, the job is found and taken up.
            app.logger.exception("job %s (%s) lost its database", job_id, kind)
            return
        problem = _problem(error)
        if problem is None:
            app.logger.exception("job %s (%s) broke", job_id, kind)
        remedy = error.remedy if isinstance(error, Unreadable) else None
        jobs.fail(
            job_id, attempt=attempt, problem=problem or Text("job_broke"), remedy=remedy,
            now=now(app),
        )  # fmt: skip


def _problem(error: Exception) -> Text | None:
    """The sentence for the person; None for a fault of ours."""
    match error:
        case Blocked(blockers=[first, *_]):
            return first.text
        case HadiError():
            return error.text
        case MemoryError():
            return Text("job_no_memory")
        case _:
            return storage.problem(error)


def now(app: Flask) -> datetime:
    """The moment, in UTC; tests put another clock into `app.config["CLOCK"]`."""
    clock = app.config.get("CLOCK")
    moment: datetime = clock() if clock else datetime.now(UTC)
    return moment
