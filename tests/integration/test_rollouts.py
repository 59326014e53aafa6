"""Roll-outs through the services, on both databases: moved, put in order, measured, refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.scaling import RolloutStatus
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Rollout

QUEUED, ROLLING = RolloutStatus.QUEUED, RolloutStatus.ROLLING_OUT
VERIFIED, NOT_HELD = RolloutStatus.VERIFIED, RolloutStatus.DID_NOT_HOLD
STOPPED = RolloutStatus.STOPPED


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def winner(world: World, change: str = "lay a cable beside every lamp") -> Rollout:
    from sqlalchemy import select

    from hadi.db import db
    from hadi.models import Rollout

    hypothesis = world.concluded("scale", change=change)
    found = select(Rollout).where(Rollout.hypothesis_id == hypothesis.id)
    return db.session.scalars(found).one()


def move(world: World, rollout: Rollout, to: RolloutStatus, **more: Any) -> Rollout:
    from hadi.services import rollouts

    by = world.actor(more.pop("role", "leader"))
    return rollouts.move(rollout.id, to=to, by=by, now=world.later(), **more)


def measure(world: World, rollout: Rollout, *, has_held: bool, **more: Any) -> None:
    from hadi.services import rollouts

    rollouts.measure(
        rollout.id, len(rollout.waves), has_held=has_held, by=world.actor("leader"),
        now=world.later(), **more,
    )  # fmt: skip


def column(world: World, status: RolloutStatus) -> list[str]:
    from hadi.services import rollout_list

    return [r.id for r in rollout_list.board(by=world.actor("viewer")).columns[status]]


def history(world: World, rollout: Rollout) -> list[tuple[str, dict[str, Any]]]:
    from hadi.services import rollout_list

    found = rollout_list.history(rollout, by=world.actor())
    return [(event.verb, event.details) for event in found]


def test_rolling_out_opens_a_wave_that_is_measured_again(world: World) -> None:
    rollout = move(world, winner(world), ROLLING)
    today = world.now.date()
    (wave,) = rollout.waves
    assert (wave.number, wave.starts_on, wave.has_held) == (1, today, None)
    assert rollout.measure_on == wave.measure_on == today + timedelta(days=56)
    assert [verb for verb, _ in history(world, rollout)][:2] == ["wave_started", "rollout_moved"]


def test_back_in_the_queue_a_wave_keeps_what_was_planned(world: World) -> None:
    from hadi.services import rollouts

    rollout = move(world, winner(world), ROLLING)
    days = {"starts_on": world.now.date(), "measure_on": world.now.date() + timedelta(days=30)}
    rollouts.plan_wave(
        rollout.id, 1, scope="two stores", **days, by=world.actor("leader"), now=world.later()
    )
    assert move(world, rollout, QUEUED).measure_on is None
    again = move(world, rollout, ROLLING)
    assert [(w.number, w.scope, w.measure_on) for w in again.waves] == [
        (1, "two stores", days["measure_on"])
    ]
    assert again.measure_on == days["measure_on"]
    move(world, rollout, QUEUED)
    world.later(days=60)
    (wave,) = move(world, rollout, ROLLING).waves
    assert (wave.scope, wave.starts_on) == ("two stores", world.now.date())


def test_starting_a_wave_takes_it_out_of_the_queue(world: World) -> None:
    from hadi.services import rollouts

    first, second = winner(world), winner(world, "greet within ten seconds")
    for rollout in (second, first):
        wave = rollouts.start_wave(
            rollout.id, scope="two stores", starts_on=world.now.date(),
            measure_on=world.now.date() + timedelta(days=40), by=world.actor("leader"),
            now=world.later(),
        )  # fmt: skip
        assert (rollout.status, wave.number) == (ROLLING, 1)
    assert column(world, ROLLING) == [second.id, first.id]


def test_a_wave_is_measured_before_the_next_starts(world: World) -> None:
    from hadi.domain.errors import Blocked, Invalid
    from hadi.services import rollouts

    rollout = winner(world)
    given: dict[str, Any] = {
        "starts_on": date(2026, 3, 1), "measure_on": date(2026, 4, 1),
        "by": world.actor("leader"), "now": world.later(),
    }  # fmt: skip
    rollouts.start_wave(rollout.id, scope="two stores", **given)
    with pytest.raises(Blocked) as refused:
        rollouts.start_wave(rollout.id, scope="all stores", **given)
    assert [b.code for b in refused.value.blockers] == ["wave_needs_measurement"]
    measure(world, rollout, has_held=True, effect=0.04, low=0.01, high=0.07, note=" as told ")
    assert rollouts.start_wave(rollout.id, scope="all stores", **given).number == 2
    with pytest.raises(Invalid) as late:
        rollouts.plan_wave(rollout.id, 2, scope="", **(given | {"measure_on": date(2026, 9, 1)}))
    assert set(late.value.fields) == {"measure_on"}
    (first, _) = rollout.waves
    assert (first.effect, first.low, first.high, first.note) == (0.04, 0.01, 0.07, "as told")


def test_a_measurement_is_written_once(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import rollouts

    rollout = move(world, winner(world), ROLLING)
    measure(world, rollout, has_held=True)
    with pytest.raises(Blocked) as refused:
        measure(world, rollout, has_held=False)
    assert [b.code for b in refused.value.blockers] == ["wave_measured_already"]
    with pytest.raises(Blocked):
        rollouts.plan_wave(
            rollout.id, 1, scope="", starts_on=date(2026, 3, 1), measure_on=date(2026, 4, 1),
            by=world.actor("leader"), now=world.later(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"effect": float("nan")}, "effect"),
        ({"effect": 0.1, "high": float("inf")}, "high"),
        ({"low": 0.1}, "effect"),
        ({"effect": 0.1, "low": 0.2}, "low"),
        ({"effect": 0.1, "high": 0.05}, "high"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_a_measurement_that_contradicts_itself_is_refused(
    world: World, parts: dict[str, Any], field: str
) -> None:
    from hadi.domain.errors import Invalid

    rollout = move(world, winner(world), ROLLING)
    with pytest.raises(Invalid) as refused:
        measure(world, rollout, has_held=True, **parts)
    assert set(refused.value.fields) == {field}
    assert rollout.waves[0].has_held is None


def test_verified_and_not_held_wait_for_the_measurement(world: World) -> None:
    from hadi.domain.errors import Blocked

    rollout = move(world, winner(world), ROLLING)
    for to in (VERIFIED, NOT_HELD):
        with pytest.raises(Blocked):
            move(world, rollout, to)
    measure(world, rollout, has_held=False)
    with pytest.raises(Blocked):
        move(world, rollout, VERIFIED)
    assert move(world, rollout, NOT_HELD).status is NOT_HELD
    assert history(world, rollout)[1][0] == "refused"


def test_stopping_asks_why_and_the_queue_forgets_it(world: World) -> None:
    from hadi.domain.errors import Blocked, Invalid

    rollout = winner(world)
    with pytest.raises(Blocked) as refused:
        move(world, rollout, STOPPED, reason="   ")
    assert [b.field for b in refused.value.blockers] == ["reason"]
    with pytest.raises(Invalid):
        move(world, rollout, STOPPED, reason="x" * 1001)
    assert move(world, rollout, STOPPED, reason="no van").stop_reason == "no van"
    assert move(world, rollout, QUEUED).stop_reason == ""
    assert ("rollout_moved", {"reason": "no van"}) in history(world, rollout)


def test_a_column_keeps_its_order(world: World) -> None:
    a, b, c = (winner(world, f"idea number {n}") for n in range(3))
    assert column(world, QUEUED) == [a.id, b.id, c.id]
    move(world, c, QUEUED, after=a.id)
    assert column(world, QUEUED) == [a.id, c.id, b.id]
    move(world, b, QUEUED, at_end=False)
    assert column(world, QUEUED) == [b.id, a.id, c.id]
    move(world, b, QUEUED, after=c.id)
    move(world, a, QUEUED, after="gone")
    assert column(world, QUEUED) == [c.id, b.id, a.id]
    assert "rollout_moved" not in [verb for verb, _ in history(world, a)]


def test_an_order_survives_a_hundred_moves_into_the_same_gap(world: World) -> None:
    a, b, c = (winner(world, f"idea number {n}") for n in range(3))
    for n in range(100):
        moved = c if n % 2 else b
        move(world, moved, QUEUED, after=a.id)
        assert column(world, QUEUED)[:2] == [a.id, moved.id]
    assert a.version == 1  # nobody moved it, so nobody's move of it is stale


def test_a_card_read_before_another_moved_it_is_stale(world: World) -> None:
    from hadi.domain.errors import Stale

    rollout = winner(world)
    read = rollout.version
    move(world, rollout, ROLLING, version=read)
    with pytest.raises(Stale):
        move(world, rollout, QUEUED, version=read)
    assert rollout.status is ROLLING


@pytest.mark.parametrize("role", ["member", "analyst", "viewer"])
def test_only_leaders_move_and_the_attempt_is_logged(world: World, role: str) -> None:
    from hadi.domain.errors import NotAllowed, NotFound
    from hadi.services import rollouts

    rollout = winner(world)
    with pytest.raises(NotAllowed):
        move(world, rollout, ROLLING, role=role, version=0)
    for step in ("move_rollout", "start_wave", "plan_wave", "measure_wave"):
        with pytest.raises(NotAllowed):
            rollouts.demand(rollout.id, step, by=world.actor(role), now=world.later())
    refusals = [details for verb, details in history(world, rollout) if verb == "refused"]
    assert [d["step"] for d in refusals] == [
        "measure_wave", "plan_wave", "start_wave", "move_rollout", "move_rollout"
    ]  # fmt: skip
    assert all(d["blockers"] == ["not_allowed.rollout.move"] for d in refusals)
    for unknown in ("nothing", "x" * 40, "a\0b"):
        with pytest.raises(NotFound):
            rollouts.find(unknown, by=world.actor(role))


def test_the_board_adds_up_what_waits_and_what_is_late(world: World) -> None:
    from hadi.services import rollout_list

    waiting = move(world, winner(world, "idea one"), ROLLING)
    winner(world, "idea two")
    day = world.now.date()
    stakes = rollout_list.stakes(today=day, by=world.actor("viewer"))
    assert (stakes.winners, stakes.waiting, stakes.overdue, stakes.unassessed) == (2, 1, 0, 2)
    late = rollout_list.stakes(today=day + timedelta(days=57), by=world.actor("viewer"))
    assert late.overdue == 1
    measure(world, waiting, has_held=True)
    assert rollout_list.stakes(today=day, by=world.actor("viewer")).waiting == 0


def test_a_long_column_is_cut_and_can_be_asked_for_whole(world: World) -> None:
    from hadi.services import rollout_list

    made = [winner(world, f"idea number {n}").id for n in range(3)]
    cut = rollout_list.board(most=2, by=world.actor("viewer"))
    assert [r.id for r in cut.columns[QUEUED]] == made[:2]
    assert cut.counts == {QUEUED: 3}
    whole = rollout_list.board(most=2, whole=QUEUED, by=world.actor("viewer"))
    assert len(whole.columns[QUEUED]) == 3


def test_the_promise_is_the_difference_in_the_metrics_own_units(world: World) -> None:
    from hadi.services import rollout_list

    promise = rollout_list.promise_of(winner(world))
    assert promise is not None
    assert promise.estimate == pytest.approx(0.05)
    assert promise.low is not None and promise.high is not None
    assert promise.low < 0.05 < promise.high
