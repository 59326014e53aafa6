"""Checks that a worker runs: once, of the moment they were asked for, refused as at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Blocked, NotAllowed
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def test_a_worker_runs_the_check_and_a_second_attempt_finds_it(world: World) -> None:
    from hadi.db import db
    from hadi.jobs.handlers import analyse
    from hadi.models import Analysis
    from hadi.models.job import JobState
    from hadi.services import long_checks
    from hadi.services.progress import Progress

    hypothesis = world.with_data()
    job = long_checks.ask(hypothesis.id, by=world.actor("analyst"), now=world.later())
    assert job.state is JobState.DONE and job.outcome is not None
    made = db.session.query(Analysis).one()
    assert job.outcome == {"analysis_id": made.id}
    assert (made.created_at, made.author_id) == (job.created_at, world.ids["analyst"])
    # Its worker was killed before it could say so, and another takes over.
    job.attempts, job.state = 2, JobState.RUNNING
    db.session.commit()
    assert analyse(job, Progress(job, world.later)) == {"analysis_id": made.id}
    assert db.session.query(Analysis).count() == 1


def test_what_would_be_refused_is_refused_before(world: World) -> None:
    from hadi.services import long_checks

    hypothesis = world.running()
    with pytest.raises(Blocked):
        long_checks.ask(hypothesis.id, by=world.actor("analyst"), now=world.later())
    with pytest.raises(NotAllowed):
        long_checks.ask(hypothesis.id, by=world.actor("viewer"), now=world.later())
    other = world.with_data("offer a second cable")
    with pytest.raises(NotAllowed):
        long_checks.ask(other.id, open_early="curious", by=world.actor("member"), now=world.later())


def test_rights_that_were_lost_meanwhile_stop_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.db import db
    from hadi.domain.permissions import JOB
    from hadi.jobs import running
    from hadi.models.job import JobState
    from hadi.services import long_checks, users

    hypothesis = world.with_data()
    with monkeypatch.context() as asleep:
        asleep.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
        job = long_checks.ask(hypothesis.id, by=world.actor("analyst"), now=world.later())
    person = users.get(world.ids["analyst"])
    users.set_active(
        user_id=person.id, is_active=False, version=person.version, by=JOB, now=world.later()
    )
    running.run(world.app, job.id)
    db.session.rollback()  # to see what was written meanwhile
    assert job.state is JobState.FAILED and job.problem is not None
    assert job.problem["code"] == "not_allowed.job"


def test_nothing_is_held_while_the_sums_are_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.db import db
    from hadi.services import analyses

    hypothesis, held = world.with_data(), []
    analyse = analyses.analyse

    def watched(*given: Any, **named: Any) -> Any:
        held.append(db.session().in_transaction())
        return analyse(*given, **named)

    monkeypatch.setattr(analyses, "analyse", watched)
    folder = world.app.extensions["hadi_settings"].data_dir / "datasets"
    analyses.run(hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert held == [False]
