"""What wakes the workers: messages that carry the id of a job, and nothing else.

What is to be done, and what was, stands in the table `job`. A message may therefore be lost or come
twice: a worker that finds nothing to do goes on, and looks for itself from time to time. Messages
lie beside the database: in the data folder with SQLite, in tables of its own on PostgreSQL.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Flask, current_app

from hadi.config import Settings

Run = Callable[[str], None]

_EXTENSION = "hadi_queue"
_TASK = "run_job"
LONGEST_NAP = 1.0  # seconds between two looks of an idle worker, where the queue cannot wake it

log = logging.getLogger("hadi.queue")


class Queue:
    """The messages of one instance. `run` does the job with an id, in the process that asks."""

    def __init__(self, settings: Settings, run: Run) -> None:
        self._settings = settings
        self._run = run
        self._lock = Lock()
        self._huey: Any = None

    def send(self, job_id: str) -> None:
        """Wake a worker for the job. Never fails: the job is there, and will be found."""
        try:
            self._opened().run_job(job_id)
        except Exception:
            log.exception("no message for job %s; the workers find it by themselves", job_id)

    def is_empty(self) -> bool:
        """Whether no message waits."""
        return int(self._opened().huey.storage.queue_size()) == 0

    def consumer(self, *, workers: int, patience: float) -> Any:
        """What takes messages and runs jobs until it is told to stop; a job under way then has
        `patience` seconds to come to its end."""
        return self._opened().huey.create_consumer(
            workers=workers,
            worker_type="thread",
            periodic=False,
            scheduler_interval=60,  # nothing is scheduled there
            max_delay=LONGEST_NAP,
            shutdown_timeout=patience,
            graceful_signal="TERM",
        )

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            opened, self._huey = self._huey, None
        if opened is not None:
            opened.huey.storage.close()

    def _opened(self) -> _Opened:
        with self._lock:
            if self._huey is None:
                self._huey = _Opened(self._settings, self._run)
            opened: _Opened = self._huey
        return opened


class _Opened:
    """Huey with the one task there is."""

    def __init__(self, settings: Settings, run: Run) -> None:
        self.huey = _huey(settings)
        self.run_job = self.huey.task(name=_TASK)(run)


def _huey(settings: Settings) -> Any:
    from huey import MemoryHuey, PostgresHuey, SqliteHuey
    from huey.serializer import SignedSerializer

    if settings.testing:
        # Jobs are done at once, in the process that caused them.
        return MemoryHuey("hadi", immediate=True, results=False)
    # Whoever could write a message of their own would run code in the worker: they are signed.
    options = {"results": False, "serializer": SignedSerializer(secret=settings.key())}
    if settings.database.startswith("sqlite"):
        file = settings.data_dir / "queue.sqlite3"
        return SqliteHuey("hadi", filename=str(file), timeout=15, **options)
    dsn = settings.database.replace("postgresql+psycopg://", "postgresql://", 1)
    return PostgresHuey("hadi", dsn=dsn, **options)


def init_app(app: Flask, settings: Settings, run: Run) -> None:
    """Give the app its queue, which is opened when it is first needed."""
    app.extensions[_EXTENSION] = Queue(settings, run)


def of(app: Flask) -> Queue:
    """The queue of the app."""
    queue: Queue = app.extensions[_EXTENSION]
    return queue


def enqueue(job_id: str) -> None:
    """Wake a worker for the job with that id."""
    current_app.extensions[_EXTENSION].send(job_id)
