"""The worker: a process that takes jobs until it is told to stop, and then gives back what it
could not end."""

from __future__ import annotations

import logging
import os
import signal
import sys
from threading import Thread

from flask import Flask

from hadi import queue
from hadi.jobs.clock import Clock
from hadi.jobs.running import WORKER
from hadi.services import jobs

PATIENCE_SECONDS = 10.0  # for the jobs under way, once it is told to stop


def work(app: Flask, *, threads: int, until_parent_ends: bool) -> None:
    """Do jobs until a signal, or, if asked, until whoever started this process has ended."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    messages = queue.of(app)
    clock = Clock(app)
    consumer = messages.consumer(workers=threads, patience=PATIENCE_SECONDS)
    if until_parent_ends:
        Thread(target=_follow_parent, name="parent", daemon=True).start()
    clock.start()
    try:
        consumer.run()
    finally:
        clock.stop()
        _give_back(app, messages)


def _give_back(app: Flask, messages: queue.Queue) -> None:
    with app.app_context():
        for job_id in jobs.release(WORKER):
            messages.send(job_id)


def _follow_parent() -> None:
    """The parent holds the other end of our input; however it ends, that closes."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
