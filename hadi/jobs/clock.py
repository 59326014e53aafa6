"""What a worker does by the clock, beside its jobs: its heart beats, the lost are taken up again,
what is due is begun, and what is left over goes.

Every worker has a clock. Whatever it does may be done by several at once, or not at all for a
while: it is all found in the database.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from time import monotonic

from flask import Flask

from hadi import queue
from hadi.config import Settings
from hadi.jobs.running import WORKER, in_hand, now
from hadi.services import cleaning, dataset_retention, feeds, jobs

TICK_SECONDS = 1.0

log = logging.getLogger("hadi.worker")


@dataclass(slots=True)
class _Duty:
    """Something that is done every so often; it fails by itself and is tried again."""

    name: str
    every_seconds: float
    act: Callable[[Flask, datetime], None]
    done_at: float = float("-inf")


class Clock:
    """Does the duties of one process until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="clock", daemon=True)
        self._duties = [
            _Duty("heart", 10, _beat),
            _Duty("lost jobs", 5, take_up),
            _Duty("feeds that are due", 60, _begin_due),
            _Duty("what is left over", 3600, clean),
        ]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            for duty in self._duties:
                if monotonic() - duty.done_at >= duty.every_seconds:
                    duty.done_at = monotonic()
                    self._do(duty)

    def _do(self, duty: _Duty) -> None:
        try:
            with self._app.app_context():
                duty.act(self._app, now(self._app))
        except Exception:
            log.exception("%s: tried again in %s seconds", duty.name, duty.every_seconds)


def _beat(app: Flask, moment: datetime) -> None:
    if in_hand:
        jobs.beat(sorted(in_hand.copy()), worker=WORKER, now=moment)


def take_up(app: Flask, moment: datetime) -> None:
    """Let go of what the dead held, and wake somebody for whatever waits unheard."""
    gone = [name for name in jobs.workers() if _is_gone(name)]
    lost = jobs.recover(moment, gone=gone)
    for job_id in lost:
        log.warning("job %s had lost its worker and waits again", job_id)
    messages = queue.of(app)
    if lost or messages.is_empty():
        for job_id in jobs.waiting():
            messages.send(job_id)


def _begin_due(app: Flask, moment: datetime) -> None:
    feeds.due(moment)


def clean(app: Flask, moment: datetime) -> None:
    """Remove what nobody needs any more."""
    settings: Settings = app.extensions["hadi_settings"]
    removed = cleaning.sweep(data_dir=settings.data_dir, now=moment)
    if removed:
        log.info("removed what was left over: %s", ", ".join(removed))
    emptied = dataset_retention.sweep(folder=settings.data_dir / "datasets", now=moment)
    if emptied:
        log.info("deleted the rows of %s data sets, as long as the settings keep them", emptied)


def _is_gone(worker: str) -> bool:
    """Whether the worker was on this machine and its process is no more. Of others, and of a
    process whose number was given anew, one cannot tell: they stop beating."""
    machine, _, rest = worker.rpartition(":")[0].rpartition(":")
    if machine != WORKER.rpartition(":")[0].rpartition(":")[0] or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        return worker != WORKER
    return not _is_alive(int(rest))


def _is_alive(number: int) -> bool:
    if os.name == "nt":  # there, asking would end it
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
