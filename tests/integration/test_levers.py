"""Periods of revenue, targets and the order of tuning, through the services."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from hadi.db import db, new_id, transaction
from hadi.domain.errors import Blocked, Invalid, NotAllowed, NotFound, Stale
from hadi.domain.levers import Lever
from hadi.domain.lifecycle import State
from hadi.models import Event, Hypothesis, HypothesisSetting, LeverPeriod, LeverTarget, Unit
from hadi.models.unit import hypothesis_unit
from hadi.services import (
    analyses,
    events,
    hypotheses,
    hypothesis_where,
    lever_periods,
    lever_targets,
    levers,
    units,
)
from tests.factories.hypotheses import World

# Four weeks each, from Monday to Sunday.
BEFORE: dict[str, Any] = {
    "starts_on": "2025-12-08", "ends_on": "2026-01-04", "leads": 400, "stages": "Offer sent: 200",
    "clients": 100, "purchases": 120, "revenue": "240000", "currency": "RUB",
}  # fmt: skip
AFTER = BEFORE | {
    "starts_on": "2026-01-05", "ends_on": "2026-02-01", "leads": 500, "stages": "Offer sent; 250",
    "clients": 150, "purchases": 165, "revenue": "346500.00",
}  # fmt: skip
TARGETS = {"inflow": "200", "conversion": "0.3", "check": 2500, "frequency": 1.2, "currency": "RUB"}


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def store(world: World, code: str = "S07", **parts: Any) -> Unit:
    body = {
        "kind": "store", "code": code, "name": f"Store {code}", "responsible": world.ids["member"],
    }  # fmt: skip
    return units.add(body=body | parts, by=world.actor("analyst"), now=world.later())


def enter(world: World, role: str = "analyst", **parts: Any) -> LeverPeriod:
    return lever_periods.add(body=BEFORE | parts, by=world.actor(role), now=world.later())


def aim(world: World, unit: Unit | None, role: str = "analyst", **parts: Any) -> LeverTarget:
    return lever_targets.save(
        unit, body=TARGETS | parts, version=None, by=world.actor(role), now=world.later()
    )


def put_on(world: World, hypothesis: Hypothesis, lever: Lever, *where: Unit, why: str = "") -> None:
    with transaction():
        db.session.add(
            HypothesisSetting(
                id=new_id(), hypothesis_id=hypothesis.id, lever=lever, order_reason=why,
                author_id=world.ids["member"], created_at=world.now, updated_at=world.now,
            )
        )  # fmt: skip
        for unit in where:
            row = {"hypothesis_id": hypothesis.id, "unit_id": unit.id}
            db.session.execute(hypothesis_unit.insert().values(row))


def faults(body: dict[str, Any], world: World) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        lever_periods.add(body=body, by=world.actor("analyst"), now=world.later())
    return {name: text.code for name, text in refused.value.fields.items()}


# ------------------------------------------------------------------------------- periods
def test_a_period_is_entered_corrected_struck_out_and_taken_back(world: World) -> None:
    made = enter(world, note="from the till")
    assert made.turnover.check == 2000 and made.stages == [["Offer sent", 200]]
    by = world.actor("analyst")
    edited = lever_periods.edit(
        made.id, body={"revenue": "240001,50"}, version=1, by=by, now=world.later()
    )
    assert edited.revenue == Decimal("240001.50") and edited.leads == 400
    with pytest.raises(Stale):
        lever_periods.edit(made.id, body={"leads": 1}, version=1, by=by, now=world.later())
    with pytest.raises(Invalid, match="not struck out"):
        lever_periods.void(made.id, reason=" ", by=by, now=world.later())
    lever_periods.void(made.id, reason="entered twice", by=by, now=world.later())
    assert lever_periods.listing(None, by=by) == []
    assert lever_periods.listing(None, has_struck=True, by=by) == [made]
    with pytest.raises(Blocked):
        lever_periods.edit(made.id, body={"leads": 1}, version=None, by=by, now=world.later())
    lever_periods.restore(made.id, by=by, now=world.later())
    assert lever_periods.listing(None, by=by) == [made]
    verbs = db.session.scalars(
        db.select(Event.verb).where(Event.subject == "lever_period").order_by(Event.id)
    )
    assert [verb.removeprefix("lever_period_") for verb in verbs] == [
        "added", "edited", "voided", "restored",
    ]  # fmt: skip


def test_every_fault_of_a_period_is_named_at_once(world: World) -> None:
    assert faults({}, world) == {
        "starts_on": "period_needs_day", "ends_on": "period_needs_day", "leads": "count_needed",
        "clients": "count_needed", "purchases": "count_needed", "revenue": "amount_unreadable",
        "currency": "currency_unreadable",
    }  # fmt: skip
    assert faults(BEFORE | {"leads": "4.5", "clients": -1, "purchases": "many"}, world) == (
        dict.fromkeys(("leads", "clients", "purchases"), "count_unreadable")
    )
    assert faults(BEFORE | {"unit": "nowhere"}, world) == {"unit": "no_such_unit"}


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"starts_on": "2026-01-05"}, {"ends_on": "period_backwards"}),
        ({"ends_on": "2026-02-28"}, {"ends_on": "period_not_over"}),
        ({"purchases": 99}, {"purchases": "purchases_fewer_than_clients"}),
        ({"clients": 0}, {"clients": "purchases_without_clients"}),
        ({"clients": 0, "purchases": 0}, {"purchases": "revenue_without_purchases"}),
        ({"stages": "Offer sent"}, {"stages": "stage_unreadable"}),
        ({"stages": "Offer 5\nOffer 4"}, {"stages": "stage_twice"}),
        ({"stages": [{"name": "Offer", "count": True}]}, {"stages": "stage_unreadable"}),
    ],
)
def test_what_cannot_be_is_refused(
    world: World, parts: dict[str, Any], fault: dict[str, str]
) -> None:
    assert faults(BEFORE | parts, world) == fault


def test_a_month_alone_is_its_days(world: World) -> None:
    made = enter(world, starts_on="2025-11", ends_on="")
    assert (made.starts_on.isoformat(), made.ends_on.isoformat()) == ("2025-11-01", "2025-11-30")


def test_the_same_days_are_entered_once(world: World) -> None:
    first = enter(world)
    assert faults(BEFORE, world) == {"starts_on": "period_twice"}
    enter(world, unit=store(world).code)  # of a store, they are other numbers
    by = world.actor("analyst")
    lever_periods.void(first.id, reason="anew", by=by, now=world.later())
    enter(world)
    with pytest.raises(Invalid):
        lever_periods.restore(first.id, by=by, now=world.later())


def test_several_are_entered_together_or_not_at_all(world: World) -> None:
    by = world.actor("analyst")
    with pytest.raises(Invalid):
        lever_periods.add_many(bodies=[BEFORE, AFTER | {"leads": "x"}], by=by, now=world.later())
    assert lever_periods.listing(None, by=by) == []
    made = lever_periods.add_many(bodies=[BEFORE, AFTER], by=by, now=world.later())
    assert len(made) == 2


def test_who_is_responsible_enters_what_the_unit_sold(world: World) -> None:
    mine, other = store(world), store(world, "S08", responsible=world.ids["leader"])
    assert enter(world, "member", unit=mine.id).unit_id == mine.id
    for unit in (other.id, ""):
        with pytest.raises(NotAllowed):
            enter(world, "member", unit=unit)
    with pytest.raises(NotAllowed):
        enter(world, "viewer", unit=mine.id)
    assert levers.board(mine, by=world.actor()).sees_money
    assert not levers.board(other, by=world.actor()).sees_money


def test_the_log_keeps_revenue_from_those_who_see_no_money(world: World) -> None:
    made = enter(world)
    event = db.session.scalar(db.select(Event).where(Event.subject_id == made.id))
    assert event is not None
    assert "revenue" in events.seen_changes(event, world.actor("leader"))
    seen = events.seen_changes(event, world.actor("viewer"))
    assert "leads" in seen and "revenue" not in seen


def test_what_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        lever_periods.find("x\0y", by=world.actor())


# ------------------------------------------------------------------------------- targets
def test_targets_are_set_all_at_once(world: World) -> None:
    by = world.actor("analyst")
    target = aim(world, None)
    assert lever_targets.values(target) == {
        Lever.INFLOW: 200, Lever.CONVERSION: Fraction(3, 10), Lever.CHECK: 2500,
        Lever.FREQUENCY: Fraction(6, 5),
    }  # fmt: skip
    target = lever_targets.save(None, body={"inflow": 150}, version=1, by=by, now=world.later())
    assert lever_targets.values(target) == {Lever.INFLOW: 150}
    with pytest.raises(Stale):
        lever_targets.save(None, body={}, version=1, by=by, now=world.later())
    with pytest.raises(Invalid) as refused:
        aim(world, None, inflow="0", conversion=25, check="a lot", frequency=-1)
    assert set(refused.value.fields) == {"inflow", "conversion", "check", "frequency"}
    with pytest.raises(Invalid) as refused:
        aim(world, None, currency="")
    assert set(refused.value.fields) == {"currency"}
    with pytest.raises(NotAllowed):
        aim(world, None, "member")


# --------------------------------------------------------------------------- the whole board
def test_the_board_says_where_levers_stand_and_what_is_next(world: World) -> None:
    empty = levers.board(None, by=world.actor("leader"))
    assert (empty.latest, empty.next, empty.compared) == (None, None, None)
    enter(world)
    lever_periods.add(body=AFTER, by=world.actor("analyst"), now=world.later())
    aim(world, None)
    board = levers.board(None, by=world.actor("leader"))
    shares = {each.lever: each.share for each in board.standings}
    assert shares[Lever.INFLOW] == Fraction(125, 200)  # 500 leads in four weeks
    assert shares[Lever.CONVERSION] == 1
    assert shares[Lever.CHECK] == Fraction(2100, 2500)
    assert board.next is not None and board.next.lever is Lever.INFLOW
    assert board.compared is not None and board.compared.change is not None
    assert board.compared.change.total == Decimal("106500")
    assert sum(board.compared.change.by_lever.values()) == Decimal("106500")
    assert board.compared.notes == ()


def test_periods_to_compare_may_be_chosen(world: World) -> None:
    oldest = enter(world, starts_on="2025-10", ends_on="2025-10")
    middle = enter(world, starts_on="2025-11", ends_on="2025-11")
    enter(world)
    by = world.actor("leader")
    board = levers.board(None, before=oldest.id, after=middle.id, by=by)
    assert board.compared is not None
    assert (board.compared.before, board.compared.after) == (oldest, middle)
    board = levers.board(None, before="gone", by=by)
    assert board.compared is not None and board.compared.before is middle
    codes = [note.code for note in board.compared.notes]
    assert codes == []  # 28 and 30 days are alike


def test_other_currencies_and_other_lengths_are_said(world: World) -> None:
    enter(world)
    lever_periods.add(
        body=AFTER | {"currency": "EUR"}, by=world.actor("analyst"), now=world.later()
    )
    aim(world, None)
    board = levers.board(None, by=world.actor("leader"))
    assert board.compared is not None and board.compared.change is None
    assert board.compared.problem is not None
    assert board.compared.problem.code == "levers_in_several_currencies"
    assert next(each for each in board.standings if each.lever is Lever.CHECK).is_open
    week = {"starts_on": "2026-01-26", "ends_on": "2026-02-01", "stages": ""}
    board_of = lever_periods.add(body=BEFORE | week, by=world.actor("analyst"), now=world.later())
    compared = levers.board(None, after=board_of.id, by=world.actor("leader")).compared
    assert compared is not None and compared.change is not None
    assert {note.code for note in compared.notes} == {
        "periods_of_other_length", "periods_of_other_stages",
    }  # fmt: skip


# --------------------------------------------------------------------------- order of tuning
def test_the_check_before_the_inflow_needs_a_reason(world: World) -> None:
    unit = store(world)
    enter(world, unit=unit.id)  # 100 leads a week
    aim(world, unit, inflow="166.666667", conversion="0.25")
    early = world.idea("offer a rail beside every breaker")
    put_on(world, early, Lever.CHECK, unit)
    (said,) = levers.early(early)
    assert "stands at 60.0% of its target in Store S07" in str(said)
    assert levers.needs_reason(early) == (said,)
    reasoned = world.idea("raise the check after all")
    put_on(world, reasoned, Lever.FREQUENCY, unit, why="no budget for more leads before May")
    assert len(levers.early(reasoned)) == 1
    assert levers.needs_reason(reasoned) == ()
    first = world.idea("more leads from the fair")
    put_on(world, first, Lever.INFLOW, unit)
    assert levers.early(first) == ()
    board = levers.board(unit, by=world.actor("leader"))
    assert {moved.hypothesis.id: len(moved.early) for moved in board.moved} == {
        early.id: 1, reasoned.id: 1, first.id: 0,
    }  # fmt: skip


def test_where_no_unit_is_named_the_whole_counts(world: World) -> None:
    idea = world.idea()
    put_on(world, idea, Lever.CHECK)
    assert levers.early(idea) == ()
    enter(world)
    aim(world, None)
    (said,) = levers.early(idea)
    assert "in the whole business" in str(said)


def test_a_unit_without_numbers_holds_nobody_up(world: World) -> None:
    idea = world.idea()
    put_on(world, idea, Lever.CHECK, store(world))
    enter(world)
    aim(world, None)
    assert levers.early(idea) == ()
    assert levers.early(world.idea("no lever at all")) == ()


def test_a_hypothesis_stands_on_its_lever_with_its_result(world: World) -> None:
    measured = world.measured()
    put_on(world, measured, Lever.CONVERSION)
    (moved,) = levers.board(None, by=world.actor("viewer")).moved
    assert moved.hypothesis.id == measured.id
    assert moved.result is not None and moved.result.verdict == "confirmed"


def test_a_test_does_not_start_out_of_order_without_a_reason(world: World) -> None:
    unit = store(world, sales_model="passive", technology="consulting")
    enter(world, unit=unit.id)
    aim(world, unit, inflow="166.666667", conversion="0.25")
    planned = world.planned()
    put_on(world, planned, Lever.CHECK, unit)
    with pytest.raises(Blocked) as refused:
        hypotheses.start(planned.id, by=world.actor(), now=world.later())
    (blocker,) = refused.value.blockers
    assert (blocker.code, blocker.field) == ("order_of_tuning_needs_reason", "order_reason")
    assert "60.0%" in str(blocker.text) and "Write why it is tuned now" in str(blocker.text)
    last = events.history(hypothesis_id=planned.id)[0]
    assert (last.verb, last.details["blockers"]) == ("refused", ["order_of_tuning_needs_reason"])
    body = {"order_reason": "the fair takes all the leads there are"}
    hypothesis_where.say(planned.id, body=body, version=None, by=world.actor(), now=world.later())
    hypotheses.start(planned.id, by=world.actor(), now=world.later())
    assert planned.state is State.RUNNING


def test_the_verdict_is_told_of_the_order(world: World) -> None:
    unit = store(world, sales_model="passive", technology="consulting")
    enter(world, unit=unit.id)
    aim(world, unit, inflow="166.666667", conversion="0.25")
    measured = world.with_data()
    put_on(world, measured, Lever.CHECK, unit, why="the fair takes all the leads there are")
    folder = world.app.extensions["hadi_settings"].data_dir / "datasets"
    by = world.actor("analyst")
    analysis = analyses.run(measured.id, folder=folder, by=by, now=world.later())
    assert analysis.verdict == "confirmed"  # it says nothing of the effect
    (check,) = [c for c in analysis.record["checks"] if c["code"] == "order_of_tuning"]
    assert check["status"] == "warn"
    said = str(check["detail"])
    assert "60.0% of its target" in said and "the fair takes all" in said
    assert "order_of_tuning" in [w["code"] for w in analysis.record["warnings"]]
