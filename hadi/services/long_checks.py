"""Checks of data that take longer than a request: asked for here, run by a worker."""

from __future__ import annotations

from datetime import datetime

from hadi.domain.lifecycle import Step
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import cleaned
from hadi.models import Hypothesis, Job
from hadi.models.dataset import DatasetKind
from hadi.models.job import JobKind
from hadi.services import analyses, hypotheses, jobs

MANY_ROWS = 5_000_000  # beyond it the sums take seconds


def is_long(hypothesis: Hypothesis) -> bool:
    """Whether the check of the newest data is better left to a worker."""
    dataset = analyses.latest_dataset(hypothesis)
    return dataset is not None and dataset.kind is DatasetKind.FILE and dataset.rows > MANY_ROWS


def ask(hypothesis_id: str, *, open_early: str = "", by: Actor, now: datetime) -> Job:
    """Have the check run. Raises Blocked, NotAllowed, as running it would."""
    open_early = cleaned(open_early)
    with hypotheses.taking(hypothesis_id, Step.MEASURE, by=by, now=now) as hypothesis:
        if open_early:
            require(by, Permission.OPEN_EARLY, hypotheses.stake(hypothesis))
        hypotheses.refuse_if_blocked(hypotheses.blockers(hypothesis, Step.MEASURE))
        return jobs.submit(
            JobKind.ANALYSE, subject_id=hypothesis.id, arguments={"open_early": open_early},
            hypothesis=hypothesis, by=by, now=now,
        )  # fmt: skip
