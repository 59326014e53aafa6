"""The check through the services: on which data, when it is final, what stays on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Analysis, Hypothesis


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def run(world: World, hypothesis: Hypothesis, *, role: str = "analyst", **more: Any) -> Analysis:
    from hadi.services import analyses

    folder: Path = world.app.extensions["hadi_settings"].data_dir / "datasets"
    return analyses.run(
        hypothesis.id, folder=folder, by=world.actor(role), now=world.later(), **more
    )


def test_planned_units_make_it_final(world: World) -> None:
    hypothesis = world.with_data()
    analysis = run(world, hypothesis)
    assert analysis.is_final and analysis.verdict == "confirmed"
    assert hypothesis.state.value == "measured" and hypothesis.verdict == "confirmed"
    test = hypothesis.current_test
    assert test is not None and test.result_id == analysis.id


def test_the_last_day_is_included(world: World) -> None:
    last = world.now.date().isoformat()
    hypothesis = world.with_data(planned_units=None, ends_on=last)
    # The data come twenty days later: the end is over.
    assert run(world, hypothesis).is_final
    today = (world.now + timedelta(days=20)).date().isoformat()
    hypothesis = world.with_data("greet everyone", planned_units=None, ends_on=today)
    assert run(world, hypothesis).verdict == "not_yet"


def test_before_the_end_nothing_is_told_and_nothing_moves(world: World) -> None:
    hypothesis = world.with_data(planned_units=5000)
    analysis = run(world, hypothesis)
    assert not analysis.is_final and analysis.verdict == "not_yet"
    assert hypothesis.state.value == "running" and hypothesis.verdict is None
    comparison = analysis.record["comparisons"][0]
    assert comparison["difference"]["estimate"] is None and comparison["p_value"] is None


def test_an_early_look_takes_a_role_and_a_reason_on_record(world: World) -> None:
    from hadi.domain.errors import NotAllowed
    from hadi.services import events

    hypothesis = world.with_data(planned_units=5000)
    with pytest.raises(NotAllowed):
        run(world, hypothesis, role="member", open_early="curious")
    refused = events.history(hypothesis_id=hypothesis.id)[0]
    assert refused.details["blockers"] == ["not_allowed.analysis.open_early"]
    analysis = run(world, hypothesis, role="leader", open_early=" the board meets ")
    assert analysis.early_reason == "the board meets" and analysis.verdict == "confirmed"
    assert "opened_early" in [warning["code"] for warning in analysis.record["warnings"]]
    # After the end a reason is not needed and none is kept.
    ended = world.with_data("greet everyone")
    assert run(world, ended, open_early="to be sure").early_reason == ""


def test_newer_data_make_a_new_analysis_and_the_old_one_stays(world: World) -> None:
    from hadi.db import db
    from hadi.services import datasets

    hypothesis = world.with_data()
    first = run(world, hypothesis)
    record = dict(first.record)
    counts = [{"arm": arm, "units": 3000, "successes": 300} for arm in "AB"]
    datasets.attach_counts(
        hypothesis.id, counts=counts, by=world.actor("analyst"), now=world.later()
    )
    second = run(world, hypothesis)
    assert (first.dataset.version, second.dataset.version) == (1, 2)
    assert hypothesis.verdict == second.verdict != first.verdict
    db.session.refresh(first)
    assert first.record == record


def test_the_database_itself_refuses_to_change_an_analysis(world: World) -> None:
    from sqlalchemy import update
    from sqlalchemy.exc import DBAPIError

    from hadi.db import db, transaction
    from hadi.models import Analysis

    analysis = run(world, world.with_data())
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(
            update(Analysis).where(Analysis.id == analysis.id).values(verdict="refuted")
        )


def test_without_data_or_before_the_start_it_is_refused_and_logged(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import events

    for hypothesis, codes in (
        (world.running(), ["needs_data"]),
        (world.planned("greet"), ["wrong_state.measure", "plan_not_locked", "needs_data"]),
    ):
        with pytest.raises(Blocked):
            run(world, hypothesis)
        refused = events.history(hypothesis_id=hypothesis.id)[0]
        assert refused.verb == "refused" and refused.details["blockers"] == codes


def test_a_look_on_the_way_is_shown_and_moves_nothing(world: World) -> None:
    hypothesis = world.with_data(counts=[(100, 10), (100, 12)], planned_units=5000, looks="anytime")
    analysis = run(world, hypothesis)
    assert analysis.verdict == "not_enough_data" and not analysis.is_final
    assert hypothesis.state.value == "running" and hypothesis.verdict is None
    assert analysis.record["comparisons"][0]["difference"]["estimate"] is not None
    ended = run(world, hypothesis, role="leader", open_early="the budget is spent")
    assert ended.is_final and ended.early_reason == "the budget is spent"
    assert hypothesis.state.value == "measured"


def test_a_look_on_the_way_that_answers_ends_the_test(world: World) -> None:
    hypothesis = world.with_data(planned_units=5000, looks="anytime")
    analysis = run(world, hypothesis)
    assert analysis.verdict == "confirmed" and analysis.is_final
    assert hypothesis.state.value == "measured"


def test_planned_looks_remember_those_before(world: World) -> None:
    hypothesis = world.with_data(
        counts=[(100, 10), (100, 12)], planned_units=400, looks="planned", look_count=4
    )
    first = run(world, hypothesis)
    assert first.record["look"]["number"] == 1 and first.record["look"]["fraction"] == 0.25
    again = run(world, hypothesis)
    assert again.record["look"]["number"] == 1
    world.attach(hypothesis, [(210, 21), (210, 25)])
    second = run(world, hypothesis)
    assert second.record["look"]["number"] == 2
    assert second.record["look"]["earlier"] == [0.25]
    levels = [a.record["comparisons"][0]["alpha"] for a in (first, second)]
    assert levels[0] < levels[1] < 0.05


def test_past_tests_make_the_sceptical_prior(world: World) -> None:
    first = world.with_data()
    assert run(world, first).record["comparisons"][0]["bayes"]["prior"] is None
    second = world.with_data("greet everyone")
    prior = run(world, second).record["comparisons"][0]["bayes"]["prior"]
    assert prior == {"mean": 0.0, "sd": 0.1, "tests": 1}


def test_data_that_come_after_the_result_are_marked(world: World) -> None:
    hypothesis = world.with_data(counts=[(100, 10), (100, 12)], planned_units=5000, looks="anytime")
    run(world, hypothesis, role="leader", open_early="the budget is spent")
    again = run(world, hypothesis)
    assert "after_result" not in [w["code"] for w in again.record["warnings"]]
    world.attach(hypothesis, [(2000, 200), (2000, 300)])
    later = run(world, hypothesis)
    assert "after_result" in [w["code"] for w in later.record["warnings"]]
