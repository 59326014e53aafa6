"""The messages that wake workers, in each of their stores."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hadi.config import Settings
    from hadi.queue import Queue


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def queue(settings: Settings, ran: list[str]) -> Iterator[Queue]:
    """The queue as it is outside of tests."""
    from hadi.queue import Queue

    queue = Queue(replace(settings, testing=False), ran.append)
    yield queue
    queue.close()


def test_a_message_wakes_a_worker(queue: Queue, ran: list[str], settings: Settings) -> None:
    assert queue.is_empty()
    queue.send("one job")
    queue.send("another")
    assert not queue.is_empty() and not ran
    huey = queue.consumer(workers=1, patience=1).huey
    while (message := huey.dequeue()) is not None:
        huey.execute(message)
    assert ran == ["one job", "another"]
    is_beside_sqlite = (settings.data_dir / "queue.sqlite3").exists()
    assert is_beside_sqlite is settings.database.startswith("sqlite")


def test_a_forged_message_is_not_opened(queue: Queue, ran: list[str], tmp_path: Path) -> None:
    """Whoever can write to the store must not thereby run code in the worker."""
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (trap,)

    queue.send("a job")
    huey = queue.consumer(workers=1, patience=1).huey
    huey.dequeue()
    huey.storage.enqueue(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match=r"Separator|mismatch"):
        huey.dequeue()
    assert not trap.exists() and not ran


def test_a_store_that_fails_loses_no_job(settings: Settings, ran: list[str]) -> None:
    """The job is in the database: a worker finds it by itself."""
    from hadi.queue import Queue

    (settings.data_dir / "queue.sqlite3").mkdir()
    broken = replace(settings, database_url="", testing=False)
    Queue(broken, ran.append).send("one job")  # says so in the log, and raises nothing


def test_workers_find_by_themselves_what_no_message_told_them(
    settings: Settings, ran: list[str]
) -> None:
    from hadi import queue
    from hadi.app import create_app
    from hadi.jobs.clock import take_up
    from hadi.services import jobs
    from tests.factories.hypotheses import World
    from tests.fixtures.database import close

    app = create_app(replace(settings, testing=False))
    queue.init_app(app, replace(settings, testing=False), ran.append)
    with app.app_context():
        from hadi.models.job import JobKind

        world = World(app)
        job = jobs.submit(
            JobKind.ASSESS, subject_id="subject", by=world.actor("analyst"), now=world.later()
        )
        messages = queue.of(app)
        huey = messages.consumer(workers=1, patience=1).huey
        assert huey.dequeue() is not None  # and the worker that took it is killed
        take_up(app, world.now)
        huey.execute(huey.dequeue())
        assert ran == [job.id]
        # One that was killed in the middle of it is known to be gone, on this machine.
        jobs.claim(job.id, worker=_dead(), now=world.now)
        take_up(app, world.now)
        huey.execute(huey.dequeue())
        assert ran == [job.id, job.id]
        messages.close()
    close(app)


def _dead() -> str:
    """The name of a worker whose process has ended."""
    import subprocess
    import sys

    from hadi.jobs.running import WORKER

    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{WORKER.split(':')[0]}:{process.pid}:word"
