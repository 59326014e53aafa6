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


def measure(world: World, rollout: Rollout, *, has_held: bool | None = None, **more: Any) -> None:
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
    for_ever = {"starts_on": date(9999, 12, 30), "measure_on": date(9999, 12, 31)}
    assert rollouts.plan_wave(rollout.id, 2, scope="", **(given | for_ever)).number == 2
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
        ({"effect": 9e39}, "effect"),
        ({"effect": 5.0}, "effect"),  # points of a share as they are typed, not as a fraction
        ({"stores": [5.0, 6.0]}, "stores"),
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
    assert rollout.status is NOT_HELD  # the card goes there by itself
    with pytest.raises(Blocked):
        move(world, rollout, VERIFIED)
    assert history(world, rollout)[0][0] == "refused"


FAILING: dict[str, Any] = {"effect": 0.0, "low": -0.02, "high": 0.02}  # of a promise of 0.05


def test_whether_a_wave_held_follows_from_its_numbers(world: World) -> None:
    from hadi.domain.errors import Blocked, Invalid

    first, second, third = (move(world, winner(world, f"idea {n}"), ROLLING) for n in range(3))
    with pytest.raises(Blocked) as refused:
        measure(world, first, has_held=True, **FAILING)
    assert [(b.code, b.field) for b in refused.value.blockers] == [
        ("wave_cannot_have_held", "held")
    ]
    verb, details = history(world, first)[0]
    assert (verb, details["step"]) == ("refused", "measure_wave")
    assert first.waves[0].has_held is None
    measure(world, first, **FAILING)
    assert (first.waves[0].has_held, first.status) == (False, NOT_HELD)
    measured = dict(history(world, first))["wave_measured"]
    assert (measured["has_held"], measured["follows"]) == (False, "did_not_hold")

    open_to_both = {"effect": 0.03, "low": -0.01, "high": 0.07}
    with pytest.raises(Blocked) as refused:
        measure(world, second, has_held=True, **open_to_both)
    assert [b.field for b in refused.value.blockers] == ["note"]
    with pytest.raises(Invalid) as asked:
        measure(world, second, **open_to_both)
    assert set(asked.value.fields) == {"held"}
    measure(world, second, has_held=True, note="the strike took two weeks", **open_to_both)
    assert (second.waves[0].has_held, second.status) == (True, ROLLING)

    measure(world, third, has_held=False, effect=0.05, low=0.03, high=0.07)  # a person knows more
    assert third.status is NOT_HELD


def test_after_a_wave_that_did_not_hold_no_other_starts_until_it_is_chosen(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import narrowing, rollout_gain, rollouts

    rollout = move(world, winner(world), ROLLING)
    measure(world, rollout, stores=[0.01, -0.02, 0.015, 0.0, 0.02])
    given: dict[str, Any] = {
        "scope": "all stores", "starts_on": world.now.date(),
        "measure_on": world.now.date() + timedelta(days=40), "by": world.actor("leader"),
    }  # fmt: skip
    with pytest.raises(Blocked) as refused:
        rollouts.start_wave(rollout.id, now=world.later(), **given)
    assert [b.code for b in refused.value.blockers] == ["wave_after_not_held"]
    assert history(world, rollout)[0][0] == "refused"
    with pytest.raises(Blocked) as refused:
        move(world, rollout, ROLLING)
    assert [b.code for b in refused.value.blockers] == ["repair_needs_reason"]
    assert rollouts.waits_for_choice(rollout) and len(rollout.waves) == 1
    assert rollout.status not in rollout_gain.STANDING  # it adds nothing to the board's sum

    conclusion = rollout.conclusion
    before = conclusion.holds_where
    move(
        world, rollout, ROLLING, reason="a mentor was in one of five",
        narrow_to="the region with a mentor",
    )  # fmt: skip
    assert [wave.number for wave in rollout.waves] == [1, 2]
    assert not rollouts.waits_for_choice(rollout)
    assert (conclusion.holds_where, narrowing.of(conclusion)) == (
        before,
        "the region with a mentor",
    )
    assert narrowing.narrowed([conclusion]) == {conclusion.id: "the region with a mentor"}
    told = dict(history(world, rollout))["rollout_narrowed"]
    assert told == {"wave": 1, "reason": "a mentor was in one of five"}
    assert rollouts.start_wave(rollout.id, now=world.later(), **given).number == 2


def test_stopped_and_back_in_the_queue_the_choice_is_still_to_be_made(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import narrowing, rollouts

    rollout = move(world, winner(world), ROLLING)
    measure(world, rollout, **FAILING)
    move(world, rollout, STOPPED, reason="no mentors")
    assert not rollouts.waits_for_choice(rollout)
    move(world, rollout, QUEUED)
    assert rollouts.waits_for_choice(rollout)
    with pytest.raises(Blocked):
        move(world, rollout, ROLLING)
    move(world, rollout, ROLLING, reason="ten mentors are hired")
    assert len(rollout.waves) == 2 and narrowing.of(rollout.conclusion) is None
    with pytest.raises(Blocked) as refused:
        move(world, rollout, STOPPED, reason="x", narrow_to="nowhere")
    assert [b.field for b in refused.value.blockers] == ["narrow_to"]


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


def test_a_pilot_on_the_log_scale_promises_a_fraction_and_of_a_fading_one_what_is_left() -> None:
    from hadi.domain.remeasurement import Follows, Realised
    from hadi.models import Analysis, Conclusion, PlanVersion, Rollout
    from hadi.services.rollout_list import promise_of
    from hadi.services.rollouts import followed

    body = {
        "design": "pilot", "site": "store", "time": "week", "value": "sales", "treated": ["s1"],
        "start": "9",
        "metrics": [{"name": "Sales", "kind": "mean", "role": "primary", "threshold": "15%"}],
    }  # fmt: skip
    found = {"role": "primary", "arm": "s1", "difference": {"estimate": 90.3, "low": 1, "high": 99}}
    record: dict[str, Any] = {
        "arm": "s1", "scale": "log", "comparisons": [found], "warnings": [],
        "effect": {"estimate": 0.1775, "low": 0.17, "high": 0.185},
    }  # fmt: skip

    def rollout_of(**changes: Any) -> Rollout:
        version = PlanVersion(id="p", test_id="t", number=1, body=body)
        analysis = Analysis(id="a", plan_version=version, record=record | changes)
        return Rollout(id="r", conclusion=Conclusion(id="c", analysis=analysis))

    promise = promise_of(rollout_of())
    assert promise is not None and (promise.unit, promise.fades) == ("relative", False)
    assert (promise.estimate, promise.low, promise.whole) == (0.1775, 0.17, 0.1775)
    fading = rollout_of(lately={"estimate": 0.10, "low": 0.09, "high": 0.11})
    promise = promise_of(fading)
    assert promise is not None and (promise.estimate, promise.whole) == (0.10, 0.1775)
    # Nine, minus four, six, one and eight percent: the mean is 4, the range ends at 10.7.
    wave = Realised.of_stores([0.09, -0.04, 0.06, 0.01, 0.08])
    assert followed(fading, wave) is followed(rollout_of(), wave) is Follows.DID_NOT_HOLD
    linear = promise_of(rollout_of(scale="linear"))
    assert linear is not None and (linear.unit, linear.estimate) == ("value", 90.3)
