"""What waits for whom, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hadi.domain.lifecycle import Insight
from hadi.services.today import Wait
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def waits(world: World, role: str = "member") -> list[tuple[Wait, str]]:
    from hadi.services import today

    found = today.today(by=world.actor(role), now=world.now)
    return [(waiting.wait, waiting.hypothesis.key) for waiting in found.waiting]


def test_what_waits_comes_most_actionable_first(world: World) -> None:
    from hadi.services import conclusions

    idea, planned = world.idea("one"), world.planned("two")
    running, measured = world.running("three"), world.measured("four")
    decided = world.measured("five")
    conclusions.write_insight(
        decided.id, insight=Insight("a", "b", "c"), by=world.actor(), now=world.later()
    )
    assert waits(world) == [
        (Wait.DECIDE, decided.key),
        (Wait.INSIGHT, measured.key),
        (Wait.ATTACH, running.key),
        (Wait.START, planned.key),
        (Wait.COMPLETE, idea.key),
    ]


def test_each_sees_what_concerns_them(world: World) -> None:
    world.idea()
    running, measured = world.running("three"), world.measured("four")
    assert waits(world, "analyst") == [(Wait.INSIGHT, measured.key), (Wait.ATTACH, running.key)]
    assert waits(world, "leader") == [(Wait.INSIGHT, measured.key)]
    assert waits(world, "viewer") == []


def test_half_an_insight_is_not_one(world: World) -> None:
    from hadi.services import conclusions

    measured = world.measured()
    conclusions.write_insight(
        measured.id, insight=Insight("we learned"), by=world.actor(), now=world.later()
    )
    assert waits(world) == [(Wait.INSIGHT, measured.key)]


def test_a_running_test_with_data_waits_for_its_end(world: World) -> None:
    day = world.now.date()
    ends = {"ends_on": (day + timedelta(days=30)).isoformat(), "planned_units": None}
    key = world.with_data(**ends).key  # twenty days later
    assert waits(world) == []
    world.later(days=9)
    assert waits(world) == []
    world.later(days=2)
    assert waits(world) == [(Wait.ENDED, key)]


def test_without_a_last_day_new_data_wait_for_the_check(world: World) -> None:
    from hadi.services import analyses

    hypothesis = world.with_data(planned_units=5000)
    assert waits(world) == [(Wait.ENDED, hypothesis.key)]
    folder = world.app.extensions["hadi_settings"].data_dir / "datasets"
    analyses.run(hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert waits(world) == []


def test_waves_are_measured_again_by_whoever_may(world: World) -> None:
    from sqlalchemy import select

    from hadi.db import db
    from hadi.domain.scaling import RolloutStatus
    from hadi.models import Rollout
    from hadi.services import rollouts, today

    key = world.concluded("scale").key
    rollout = db.session.scalars(select(Rollout)).one()
    rollouts.move(
        rollout.id, to=RolloutStatus.ROLLING_OUT, by=world.actor("leader"), now=world.later()
    )
    assert waits(world, "leader") == []
    world.later(days=60)
    assert waits(world, "leader") == [(Wait.MEASURE, key)]
    assert waits(world, "member") == []
    meeting = today.meeting(by=world.actor("viewer"), now=world.now)
    assert [(w.wait, w.hypothesis.key) for w in meeting.waiting] == [(Wait.MEASURE, key)]
    rollouts.measure(rollout.id, 1, has_held=False, by=world.actor("leader"), now=world.now)
    assert waits(world, "leader") == [(Wait.CHOOSE, key)]
    meeting = today.meeting(by=world.actor("viewer"), now=world.now)
    assert [(w.wait, w.hypothesis.key) for w in meeting.waiting] == [(Wait.CHOOSE, key)]


def test_the_next_days_name_what_starts_and_ends(world: World) -> None:
    from hadi.services import today

    def day(days: int) -> str:
        return (world.now.date() + timedelta(days=days)).isoformat()

    starts = world.planned("one", starts_on=day(2), ends_on=day(30))
    ends = world.running("two", ends_on=day(7))
    world.planned("three", starts_on=day(9), ends_on=day(30))
    world.running("four", ends_on=day(40))
    soon = today.today(by=world.actor("viewer"), now=world.now).soon
    assert [(d.hypothesis.key, d.is_end) for d in soon] == [(starts.key, False), (ends.key, True)]


def test_the_pulse_is_the_median_from_idea_to_verdict(world: World) -> None:
    from hadi.services import today

    assert today.today(by=world.actor(), now=world.now).median_cycle_days is None
    world.measured()  # the data come after twenty days
    assert today.today(by=world.actor(), now=world.now).median_cycle_days == 20


def test_results_of_the_week_are_told(world: World) -> None:
    from hadi.services import today

    key = world.measured().key
    week_ago = world.now - timedelta(days=7)
    found = today.verdicts_since(week_ago, by=world.actor("viewer"))
    assert [(h.key, h.verdict) for h in found] == [(key, "confirmed")]
    assert today.verdicts_since(world.later(), by=world.actor("viewer")) == []


def test_the_day_is_the_workspaces(world: World) -> None:
    """At nine in the evening in London it is the next day in Vladivostok."""
    from hadi.db import db, transaction
    from hadi.models import Workspace

    day = world.now.date()
    key = world.with_data(ends_on=(day + timedelta(days=20)).isoformat(), planned_units=None).key
    world.now = world.now.replace(hour=21)
    assert waits(world) == []
    with transaction():
        db.session.query(Workspace).update({"time_zone": "Asia/Vladivostok"})
    assert waits(world) == [(Wait.ENDED, key)]


def test_the_owner_hears_of_a_used_up_budget_and_a_leader_decides(world: World) -> None:
    from hadi.domain.costs import BudgetChoice
    from hadi.services import costs, today

    found = world.running()  # of 150 EUR

    def spend(amount: str) -> None:
        body = {"amount": amount, "currency": "EUR", "kind": "work", "spent_on": "2026-02-02"}
        costs.add(found.id, body=body, by=world.actor(), now=world.later())

    def meant(role: str) -> list[Wait]:
        return [wait for wait, _ in waits(world, role) if wait in (Wait.OVER_BUDGET, Wait.BUDGET)]

    spend("150")
    assert (meant("member"), meant("leader"), meant("analyst")) == ([Wait.BUDGET], [], [])
    spend("30")
    assert (meant("member"), meant("leader")) == ([Wait.BUDGET], [Wait.OVER_BUDGET])
    meeting = [w.wait for w in today.meeting(by=world.actor("leader"), now=world.now).waiting]
    assert Wait.OVER_BUDGET in meeting
    seen = [w.wait for w in today.meeting(by=world.actor("viewer"), now=world.now).waiting]
    assert Wait.OVER_BUDGET not in seen
    costs.decide(
        found.id, choice=BudgetChoice.STOP, reason="enough", by=world.actor("leader"),
        now=world.later(),
    )  # fmt: skip
    assert meant("member") == [] and meant("leader") == []
