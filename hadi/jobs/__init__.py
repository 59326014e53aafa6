"""Work in the background: what each kind of job calls, and the process that does it."""

from __future__ import annotations

from flask import Flask

from hadi import queue
from hadi.config import Settings
from hadi.jobs import running


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its queue. Whoever takes a message runs the job by this app."""
    queue.init_app(app, settings, lambda job_id: running.run(app, job_id))
