"""Work that takes longer than a request: asked for, taken by a worker, watched, finished.

A job is written in the transaction that makes it necessary. A worker *claims* it, which only one
can; while it works it *beats*; whose beat stops has died, and its job is taken up by another. So a
job may be begun twice, and its handler has to do the thing once all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, null, or_, select, update

from hadi import queue
from hadi.db import afterwards, await_turn, db, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, HadiError, NotAllowed, NotFound
from hadi.domain.permissions import JOB, Actor, Permission, Scope, allows, require
from hadi.domain.text import Text
from hadi.models import Feed, Hypothesis, Job, Upload, User
from hadi.models.job import JobKind, JobState
from hadi.models.upload import UploadState
from hadi.services import events, hypotheses, users

LEASE = timedelta(seconds=60)  # without a beat for so long, the worker is taken for dead
KEPT_FOR = timedelta(days=90)  # the record of work that is over
MOST_ATTEMPTS = 3
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
# Their outcome holds what only administrators may have.
OF_ADMINISTRATORS = (JobKind.EXPORT, JobKind.IMPORT)


class Cancelled(HadiError):
    """The work was stopped, or taken over: whoever does it lets go."""


# ------------------------------------------------------------------------------- asking for work
def submit(
    kind: JobKind,
    *,
    subject_id: str,
    arguments: Mapping[str, Any] | None = None,
    hypothesis: Hypothesis | None = None,
    by: Actor,
    now: datetime,
) -> Job:
    """Write the job and wake a worker once the transaction is over. The same work that is under
    way already is not begun again."""
    wanted = dict(arguments or {})
    with transaction():
        await_turn(f"job/{kind.value}/{subject_id}")  # of two who ask at once the second finds it
        for job in active(kind, subject_id):
            if job.arguments == wanted:
                return job
        job = Job(
            id=new_id(), kind=kind, state=JobState.QUEUED, subject_id=subject_id,
            hypothesis_id=hypothesis.id if hypothesis else None, arguments=wanted,
            stage=Text("stage_waiting").as_json(), author_id=by.user_id, created_at=now,
        )  # fmt: skip
        db.session.add(job)
        db.session.flush()
        job_id = job.id
        afterwards(lambda: queue.enqueue(job_id))
    return job


def active(kind: JobKind, subject_id: str) -> list[Job]:
    """The jobs of that kind about that subject which are not over."""
    query = select(Job).where(
        Job.kind == kind, Job.subject_id == subject_id, Job.state.in_(UNDER_WAY)
    )
    return list(db.session.scalars(query.order_by(Job.created_at)))


def find(job_id: str, *, by: Actor) -> Job:
    """The job with that id. Raises NotFound, also where it is not for `by` to see."""
    require(by, Permission.VIEW)
    job = db.session.get(Job, job_id)
    if job is None or (job.kind in OF_ADMINISTRATORS and not _is_own(job, by)):
        raise NotFound(Text("no_such_job"))
    return job


def arguments_of(job_id: str | None) -> dict[str, Any]:
    """What a job was asked with, for another that does the same."""
    job = db.session.get(Job, job_id) if job_id else None
    return dict(job.arguments) if job else {}


def recent(*, by: Actor, limit: int = 100) -> list[Job]:
    """The newest jobs, those that are not over first."""
    require(by, Permission.EDIT_SETTINGS)
    is_over = Job.state.not_in(UNDER_WAY)
    query = select(Job).order_by(is_over, Job.created_at.desc(), Job.id).limit(limit)
    return list(db.session.scalars(query))


def cancel(job_id: str, *, by: Actor, now: datetime) -> Job:
    """Stop a job: one that waits never begins, one under way notices soon and undoes itself.
    Raises NotAllowed, Blocked where it is over."""
    with transaction():
        job = lock(Job, find(job_id, by=by).id)
        assert job is not None
        _require_own(job, by)
        if job.state not in UNDER_WAY:
            raise Blocked(Text("step_refused"), [Blocker(Text("job_over"))])
        _end(job, JobState.CANCELLED, now, problem=Text("job_cancelled"))
        if job.kind is JobKind.READ:
            _set_aside(job.subject_id, now)
        _log("job.cancelled", job, by=by, now=now)
    return job


def retry(job_id: str, *, by: Actor, now: datetime) -> Job:
    """Begin a job anew that did not succeed; where somebody began the same work meanwhile, that
    job is the answer. Raises NotAllowed, Blocked where it did or goes on."""
    with transaction():
        asked = find(job_id, by=by)
        kind, subject_id = asked.kind, asked.subject_id
        await_turn(f"job/{kind.value}/{subject_id}")  # of `submit`, which asks the same
        job = lock(Job, job_id)
        assert job is not None
        _require_own(job, by)
        if job.state is not JobState.FAILED:
            code = "job_not_over" if job.state in UNDER_WAY else "job_over"
            raise Blocked(Text("step_refused"), [Blocker(Text(code))])
        for other in active(kind, subject_id):
            if other.arguments == job.arguments:
                return other
        if job.kind is JobKind.READ:
            _take_up(job.subject_id, now)
        job.attempts, job.finished_at, job.problem, job.outcome = 0, None, None, None
        _wait(job)
        _log("job.retried", job, by=by, now=now)
        afterwards(lambda: queue.enqueue(job_id))
    return job


# ----------------------------------------------------------------------------- what a worker does
def claim(job_id: str, *, worker: str, now: datetime) -> Job | None:
    """Take the job, unless another has: of several who try, one gets it."""
    with transaction():
        taken = db.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == JobState.QUEUED)
            .values(
                state=JobState.RUNNING, worker=worker, attempts=Job.attempts + 1,
                started_at=now, beat_at=now, progress=0.0,
            )
        )  # fmt: skip
        is_ours: bool = taken.rowcount == 1  # type: ignore[attr-defined]
    return db.session.get(Job, job_id, populate_existing=True) if is_ours else None


def beat(job_ids: Sequence[str], *, worker: str, now: datetime) -> None:
    """Say that the worker is alive and has these jobs in hand."""
    held = (Job.id.in_(job_ids), Job.worker == worker, Job.state == JobState.RUNNING)
    with transaction():
        db.session.execute(update(Job).where(*held).values(beat_at=now))


def finish(job_id: str, *, attempt: int, outcome: Mapping[str, Any], now: datetime) -> bool:
    """Write that the work is done, unless it was stopped or taken over meanwhile."""
    with transaction():
        job = _held(job_id, attempt)
        if job is None:
            return False
        job.outcome, job.progress, job.stage = dict(outcome), 1.0, None
        _end(job, JobState.DONE, now)
    return True


def fail(
    job_id: str,
    *,
    attempt: int,
    problem: Text,
    remedy: Mapping[str, Any] | None = None,
    now: datetime,
) -> bool:
    """Write why the work came to nothing, and under which choices it would not have."""
    with transaction():
        job = _held(job_id, attempt)
        if job is None:
            return False
        job.outcome = {"remedy": dict(remedy)} if remedy else None
        _end(job, JobState.FAILED, now, problem=problem)
    return True


def release(worker: str) -> list[str]:
    """Give back what the worker holds, as if it had never been taken: it is being stopped."""
    with transaction():
        held = list(
            db.session.scalars(
                select(Job)
                .where(Job.worker == worker, Job.state == JobState.RUNNING)
                .with_for_update()
            )
        )
        for job in held:
            job.attempts -= 1
            _wait(job)
        return [job.id for job in held]


def recover(now: datetime, *, gone: Sequence[str] = ()) -> list[str]:
    """Let go of the jobs whose worker stopped beating, or is one of `gone`: they wait again, and
    their ids are returned; after the third time they have failed."""
    with transaction():
        is_lost = or_(Job.beat_at.is_(None), Job.beat_at < now - LEASE, Job.worker.in_(gone))
        lost = db.session.scalars(
            select(Job).where(and_(Job.state == JobState.RUNNING, is_lost)).with_for_update()
        )
        waiting = []
        for job in lost:
            if job.attempts >= MOST_ATTEMPTS:
                _end(job, JobState.FAILED, now, problem=Text("job_lost", n=job.attempts))
                if job.kind is JobKind.READ:
                    _give_up(job.subject_id, job.problem, now)
            else:
                _wait(job)
                waiting.append(job.id)
    return waiting


def forget_old(now: datetime) -> None:
    """Delete the records of work that was over long ago. Of what a feed did last one stays."""
    of_feeds = select(Feed.job_id).where(Feed.job_id.is_not(None))
    old = and_(
        Job.state.not_in(UNDER_WAY), Job.finished_at < now - KEPT_FOR, Job.id.not_in(of_feeds)
    )
    with transaction():
        named = Upload.job_id.in_(select(Job.id).where(old))
        db.session.execute(update(Upload).where(named).values(job_id=null()))
        db.session.execute(delete(Job).where(old))


def waiting() -> list[str]:
    """The ids of the jobs that nobody has taken, the oldest first."""
    query = select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.created_at, Job.id)
    return list(db.session.scalars(query))


def workers() -> list[str]:
    """The names of the workers that hold a job."""
    query = select(Job.worker).where(Job.state == JobState.RUNNING).distinct()
    return list(db.session.scalars(query))


def fault(now: datetime) -> str | None:
    """What is wrong where jobs wait and nobody works: a sentence for whoever runs the server."""
    since = now - 2 * LEASE
    alive = select(Job.id).where(Job.state == JobState.RUNNING, Job.beat_at > since).limit(1)
    oldest = db.session.scalar(
        select(Job.created_at).where(Job.state == JobState.QUEUED).order_by(Job.created_at).limit(1)
    )
    if oldest is None or oldest > since or db.session.scalar(alive) is not None:
        return None
    minutes = int((now - oldest).total_seconds() // 60)
    return f"Work has waited for {minutes} minutes and no worker is alive: run `hadi worker`."


def actor_of(job: Job) -> Actor:
    """Whoever asked for the work, with the rights they have today; the clock asks as HADI."""
    author = db.session.get(User, job.author_id) if job.author_id else None
    if job.author_id is None:
        return JOB
    if author is None or not author.active:
        raise NotAllowed(Text("not_allowed.job"))
    return users.actor_for(author)


# ----------------------------------------------------------------------------------------- inside
def _held(job_id: str, attempt: int) -> Job | None:
    """The job, where this attempt is still the one that does it."""
    job = lock(Job, job_id)
    if job is None or job.state is not JobState.RUNNING or job.attempts != attempt:
        return None
    return job


def _end(job: Job, state: JobState, now: datetime, *, problem: Text | None = None) -> None:
    job.state, job.finished_at = state, now
    job.problem = problem.as_json() if problem else None


def _wait(job: Job) -> None:
    job.state, job.worker, job.beat_at = JobState.QUEUED, "", None
    job.progress, job.stage = 0.0, Text("stage_waiting").as_json()


def _is_own(job: Job, by: Actor) -> bool:
    is_author = by.user_id is not None and by.user_id == job.author_id
    return is_author or allows(by, Permission.MOVE_WORKSPACE)


def _require_own(job: Job, by: Actor) -> None:
    """Whoever began it, whoever attaches data to the hypothesis, or an administrator."""
    hypothesis = db.session.get(Hypothesis, job.hypothesis_id) if job.hypothesis_id else None
    is_concerned = hypothesis is not None and allows(
        by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis)
    )
    is_own = _is_own(job, by) and Scope.WRITE in by.scopes
    if not (is_own or is_concerned or allows(by, Permission.EDIT_SETTINGS)):
        raise NotAllowed(Text("not_allowed.job"))


def _log(verb: str, job: Job, *, by: Actor, now: datetime) -> None:
    hypothesis = db.session.get(Hypothesis, job.hypothesis_id) if job.hypothesis_id else None
    events.record(
        verb, subject="job", subject_id=job.id, by=by, now=now, hypothesis=hypothesis,
        details={"kind": job.kind.value},
    )  # fmt: skip


# Files and the job that reads them stand and fall together.
def _set_aside(batch: str, now: datetime) -> None:
    # Files that were only to be read again belong to a data set, which stays as it was.
    _move(batch, UploadState.RECEIVED, UploadState.READ, now, Upload.dataset_id.is_not(None))
    _move(batch, UploadState.RECEIVED, UploadState.CANCELLED, now)


def _take_up(batch: str, now: datetime) -> None:
    _move(batch, UploadState.FAILED, UploadState.RECEIVED, now)


def _give_up(batch: str, problem: dict[str, Any] | None, now: datetime) -> None:
    _move(batch, UploadState.RECEIVED, UploadState.FAILED, now, problem=problem)


def _move(
    batch: str,
    before: UploadState,
    after: UploadState,
    now: datetime,
    *also: ColumnElement[bool],
    problem: dict[str, Any] | None = None,
) -> None:
    db.session.execute(
        update(Upload)
        .where(Upload.batch == batch, Upload.state == before, Upload.removed_at.is_(None), *also)
        .values(state=after, problem=problem, updated_at=now)
    )
