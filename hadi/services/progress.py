"""How far a job is, told while it is done; and the place where it hears that it was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import update

from hadi.db import aside, is_writing
from hadi.domain.text import Text
from hadi.models import Job
from hadi.models.job import JobState
from hadi.services.jobs import Cancelled

PAUSE_SECONDS = 0.5  # a reader may tell its share a thousand times a second


class Progress:
    """Called with the share that is done and what is being done now. Raises Cancelled when the
    job was stopped, or taken over by another worker."""

    def __init__(self, job: Job, clock: Callable[[], datetime]) -> None:
        self._job_id, self._attempt = job.id, job.attempts
        self._clock = clock
        self._told_at = float("-inf")
        self._stage: Text | None = None
        self._begin, self._end = 0.0, 1.0

    def __call__(self, share: float, stage: Text | None = None) -> None:
        is_new = stage is not None and stage != self._stage
        self._stage = stage or self._stage
        if not is_new and time.monotonic() - self._told_at < PAUSE_SECONDS:
            return
        if is_writing():  # of two writing transactions the inner would wait for the outer
            return
        self._told_at = time.monotonic()
        span = self._end - self._begin
        self._write(self._begin + span * min(1.0, max(0.0, share)))

    def part(self, begin: float, end: float) -> Progress:
        """The same progress, for a part of the work that goes from `begin` to `end`."""
        part = Progress.__new__(Progress)
        part.__dict__.update(self.__dict__)
        span = self._end - self._begin
        part._begin, part._end = self._begin + span * begin, self._begin + span * end
        return part

    def _write(self, share: float) -> None:
        values: dict[str, Any] = {"progress": share, "beat_at": self._clock()}
        if self._stage is not None:
            values["stage"] = self._stage.as_json()
        with aside() as connection:
            told = connection.execute(
                update(Job)
                .where(
                    Job.id == self._job_id, Job.state == JobState.RUNNING,
                    Job.attempts == self._attempt,
                )
                .values(**values)
            )  # fmt: skip
        if told.rowcount != 1:
            raise Cancelled(Text("job_cancelled"))
