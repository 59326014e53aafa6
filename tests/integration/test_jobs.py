"""Jobs: written with their cause, taken once, given up in words, never lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Blocked, NotAllowed, NotFound, Unreadable
from hadi.domain.permissions import Scope
from hadi.domain.text import Text
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Job
    from hadi.services.progress import Progress

Handler = Callable[["Job", "Progress"], dict[str, Any]]


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], None]:
    """Let jobs of the kind "assess" be done by a function of the test."""
    from hadi.jobs import running
    from hadi.models.job import JobKind

    def by(handler: Handler) -> None:
        monkeypatch.setattr(running, "HANDLERS", {JobKind.ASSESS: handler})

    return by


@pytest.fixture
def asleep(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker hears of anything."""
    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)


def submit(world: World, role: str = "analyst", **arguments: Any) -> Job:
    from hadi.models.job import JobKind
    from hadi.services import jobs

    return jobs.submit(
        JobKind.ASSESS, subject_id="subject", arguments=arguments, by=world.actor(role),
        now=world.later(),
    )  # fmt: skip


def test_a_job_is_done_after_the_transaction_that_caused_it(
    world: World, handled: Callable[[Handler], None]
) -> None:
    from hadi.db import transaction
    from hadi.models.job import JobState

    done: list[str] = []

    def handler(job: Job, progress: Progress) -> dict[str, Any]:
        progress(0.5, Text("stage_analysing"))
        done.append(job.id)
        return {"n": 1}

    handled(handler)
    with transaction():
        job = submit(world)
        assert not done and job.state is JobState.QUEUED
    assert done == [job.id]
    assert (job.state, job.outcome, job.progress) == (JobState.DONE, {"n": 1}, 1.0)


def test_what_is_undone_is_not_worked_on(world: World, handled: Callable[[Handler], None]) -> None:
    from hadi.db import transaction

    done: list[str] = []
    handled(lambda job, progress: {"done": done.append(job.id)})

    def change_my_mind() -> None:
        with transaction():
            submit(world)
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        change_my_mind()
    assert not done


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreadable(Text("file_empty", file="a.csv"), {"bad_rows": "leave_out"}), "file_empty"),
        (OSError(28, "No space left on device"), "storage_full"),
        (MemoryError(), "job_no_memory"),
        (ZeroDivisionError("ours"), "job_broke"),
    ],
)
def test_what_goes_wrong_is_said(
    world: World, handled: Callable[[Handler], None], error: Exception, code: str
) -> None:
    from hadi.models.job import JobState

    def handler(job: Job, progress: Progress) -> dict[str, Any]:
        raise error

    handled(handler)
    job = submit(world)
    assert job.state is JobState.FAILED and job.problem is not None
    assert job.problem["code"] == code
    assert (job.outcome or {}).get("remedy") == getattr(error, "remedy", None)


def test_of_many_workers_one_gets_the_job(world: World, asleep: None) -> None:
    from hadi.db import db
    from hadi.services import jobs

    job_id = submit(world).id
    db.session.rollback()
    start = Barrier(6)
    taken: list[str] = []

    def work(name: str) -> None:
        with world.app.app_context():
            start.wait()
            if jobs.claim(job_id, worker=name, now=world.now):
                taken.append(name)

    threads = [Thread(target=work, args=(f"worker {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_a_lost_job_is_taken_up_again_and_given_up_after_the_third_time(
    world: World, asleep: None
) -> None:
    from hadi.models.job import JobState
    from hadi.services import jobs

    job = submit(world)
    for attempt in range(1, 4):
        assert jobs.claim(job.id, worker=f"w{attempt}", now=world.now) is not None
        jobs.beat([job.id], worker=f"w{attempt}", now=world.later(seconds=50))
        assert jobs.recover(world.now + timedelta(seconds=59)) == []
        expected = [job.id] if attempt < 3 else []
        assert jobs.recover(world.later(seconds=61)) == expected
    assert job.state is JobState.FAILED and job.problem is not None
    assert job.problem["code"] == "job_lost"
    # The one that was taken for dead comes back: too late.
    assert not jobs.finish(job.id, attempt=2, outcome={}, now=world.now)
    jobs.retry(job.id, by=world.actor("analyst"), now=world.later())
    assert job.state is JobState.QUEUED and job.attempts == 0


def test_a_worker_that_is_gone_or_stops_gives_back_at_once(world: World, asleep: None) -> None:
    from hadi.models.job import JobState
    from hadi.services import jobs

    job = submit(world)
    jobs.claim(job.id, worker="gone", now=world.now)
    assert jobs.workers() == ["gone"]
    assert jobs.recover(world.now, gone=["gone"]) == [job.id]
    jobs.claim(job.id, worker="leaving", now=world.now)
    assert jobs.release("leaving") == [job.id]
    assert (job.state, job.attempts, jobs.waiting()) == (JobState.QUEUED, 1, [job.id])


def test_work_that_is_stopped_lets_go(world: World, handled: Callable[[Handler], None]) -> None:
    from hadi.models.job import JobState
    from hadi.services import jobs

    went_on: list[bool] = []

    def handler(job: Job, progress: Progress) -> dict[str, Any]:
        progress(0.1, Text("stage_waiting"))
        jobs.cancel(job.id, by=world.actor("analyst"), now=world.now)
        progress(0.2, Text("stage_analysing"))
        went_on.append(True)
        return {}

    handled(handler)
    job = submit(world)
    assert job.state is JobState.CANCELLED and not went_on
    with pytest.raises(Blocked):
        jobs.cancel(job.id, by=world.actor("analyst"), now=world.now)


def test_others_may_not_stop_it_nor_see_what_is_the_administrators(
    world: World, asleep: None
) -> None:
    from hadi.models.job import JobKind
    from hadi.services import jobs

    job = submit(world)
    with pytest.raises(NotAllowed):
        jobs.cancel(job.id, by=world.actor("member"), now=world.now)
    reading = replace(world.actor("analyst"), scopes=frozenset({Scope.READ}))  # a token's
    with pytest.raises(NotAllowed):
        jobs.cancel(job.id, by=reading, now=world.now)
    export = jobs.submit(
        JobKind.EXPORT, subject_id="workspace", by=world.actor("admin"), now=world.now
    )
    with pytest.raises(NotFound):
        jobs.find(export.id, by=world.actor("analyst"))
    assert jobs.find(export.id, by=world.actor("admin")) is export


def test_the_same_work_is_not_begun_twice(world: World, asleep: None) -> None:
    assert submit(world).id == submit(world).id
    assert submit(world).id != submit(world, other=1).id


def test_the_same_work_is_not_begun_twice_by_two_at_once(world: World, asleep: None) -> None:
    """The second asks while the transaction of the first is still open, and finds its job."""
    from hadi.db import db, transaction
    from hadi.models.job import JobState

    begun, found = Event(), list[str]()
    submit(world).state = JobState.DONE  # the people are there, and nothing is under way
    by, at = world.actor("analyst"), world.later()
    db.session.commit()

    def ask() -> None:
        from hadi.models.job import JobKind
        from hadi.services import jobs

        with world.app.app_context():
            begun.set()
            told = jobs.submit(JobKind.ASSESS, subject_id="subject", by=by, now=at)
            found.append(told.id)

    second = Thread(target=ask)
    with transaction():
        first = submit(world).id
        second.start()
        begun.wait()
        second.join(0.3)
        assert not found  # it waits its turn
    second.join(10)
    assert found == [first]


def test_the_doctor_hears_of_work_that_nobody_does(world: World, asleep: None) -> None:
    from hadi.services import jobs

    job = submit(world)
    assert jobs.fault(world.now) is None
    said = jobs.fault(world.now + timedelta(minutes=5))
    assert said is not None and "5 minutes" in said and "hadi worker" in said
    jobs.claim(job.id, worker="w", now=world.now + timedelta(minutes=5))
    assert jobs.fault(world.now + timedelta(minutes=5)) is None


def test_what_is_tried_again_is_not_begun_beside_its_like(world: World, asleep: None) -> None:
    from hadi.db import transaction
    from hadi.models.job import JobState
    from hadi.services import jobs

    failed = submit(world)
    with transaction():
        failed.state = JobState.FAILED
    newer, other = submit(world), submit(world, other=1)
    by, at = world.actor("admin"), world.later()
    assert jobs.retry(failed.id, by=by, now=at) is newer and failed.state is JobState.FAILED
    with transaction():
        newer.state = JobState.DONE
    assert jobs.retry(failed.id, by=by, now=at) is failed and failed.state is JobState.QUEUED
    assert other.state is JobState.QUEUED
