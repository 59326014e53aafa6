"""Stores, territories and teams: kept, closed, recognised in data, and asked for before a test."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from hadi.db import db
from hadi.domain.errors import Blocked, Invalid, NotAllowed, NotFound, Stale
from hadi.domain.levers import Lever
from hadi.domain.lifecycle import State
from hadi.domain.units import SalesModel, UnitKind
from hadi.domain.verdict import CheckStatus
from hadi.models import Unit
from hadi.services import (
    events,
    hypotheses,
    hypothesis_where,
    unit_export,
    unit_import,
    unit_list,
    unit_weeks,
    units,
)
from hadi.services.unit_list import Shown, UnitFilters
from tests.factories.hypotheses import World


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def add(world: World, code: str = "S-01", by: str = "analyst", **parts: Any) -> Unit:
    body = {
        "kind": "store", "code": code, "name": f"Store {code}", "responsible": world.ids["member"],
        "sales_model": "passive", "technology": "consulting at the counter",
    }  # fmt: skip
    return units.add(body=body | parts, by=world.actor(by), now=world.later())


def verbs(unit: Unit, world: World) -> list[str]:
    return [event.verb for event in units.history(unit, by=world.actor())]


def test_a_unit_is_kept_with_all_that_was_said_of_it(world: World) -> None:
    north = add(world, "T-1", kind="territory", name="North")
    store = add(
        world, "S-07", region="Baltic", format="mall", head="Ilze", aliases="Riga 7; R7; S-07",
        parent=north.code,
    )  # fmt: skip
    assert store.kind is UnitKind.STORE
    assert store.sales_model is SalesModel.PASSIVE
    assert store.aliases == ["Riga 7", "R7"], "its own code is no other name"
    assert store.parent_id == north.id
    assert units.parts_of(north) == [store]
    assert store.responsible.name == "Mira Petrova"
    assert verbs(store, world) == ["unit_added"]


def test_what_a_unit_lacks_is_said_all_at_once(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        units.add(body={"sales_model": "both"}, by=world.actor("analyst"), now=world.later())
    assert refused.value.fields.keys() == {"kind", "code", "name", "responsible", "sales_model"}
    with pytest.raises(Invalid) as refused:
        add(world, responsible="Nobody Here")
    assert refused.value.fields["responsible"].code == "unit_no_such_person"


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_those_who_may_enter_units(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        add(world, by=role)


def test_a_code_and_an_alias_mean_one_unit_only(world: World) -> None:
    add(world, "S-01", name="Riga", aliases=["Riga centre"])
    with pytest.raises(Invalid) as refused:
        add(world, "s-01")
    assert refused.value.fields["code"].code == "unit_code_taken"
    with pytest.raises(Invalid) as refused:
        add(world, "S-02", aliases=["RIGA CENTRE"])
    assert refused.value.fields["aliases"].code == "unit_alias_taken"


def test_data_know_a_unit_by_its_code_its_alias_or_its_name(world: World) -> None:
    riga = add(world, "S-01", name="Riga", aliases=["Рига Центр"])
    first = add(world, "S-02", name="Centre")
    add(world, "S-03", name="Centre")
    found = units.known_as(["s-01", "РИГА ЦЕНТР", "riga", "Centre", "S-02", "elsewhere"])
    assert found == {"s-01": riga, "РИГА ЦЕНТР": riga, "riga": riga, "S-02": first}, (
        "a name of two units means neither"
    )


def test_a_territory_lies_in_no_part_of_itself(world: World) -> None:
    country = add(world, "C", kind="territory")
    region = add(world, "R", kind="territory", parent=country.id)
    store = add(world, "S", parent=region.id)
    analyst = world.actor("analyst")
    for unit, body, code in (
        (country, {"parent": region.id}, "unit_parent_circle"),
        (country, {"parent": country.id}, "unit_parent_circle"),
        (region, {"parent": store.id}, "unit_parent_no_territory"),
        (region, {"parent": "nowhere"}, "no_such_unit"),
        (region, {"kind": "store"}, "unit_has_parts"),
    ):
        with pytest.raises(Invalid) as refused:
            units.edit(unit.id, body=body, version=None, by=analyst, now=world.later())
        assert [text.code for text in refused.value.fields.values()] == [code]


def test_a_unit_is_changed_closed_and_opened_again(world: World) -> None:
    unit = add(world)
    analyst = world.actor("analyst")
    version = unit.version
    units.edit(unit.id, body={"region": "West"}, version=version, by=analyst, now=world.later())
    assert unit.region == "West" and unit.name == "Store S-01", "what is not sent stays"
    with pytest.raises(Stale):
        units.edit(unit.id, body={"region": "East"}, version=version, by=analyst, now=world.later())
    units.close(unit.id, version=None, by=analyst, now=world.later())
    assert units.everyone() == [] and units.everyone(is_open=False) == [unit]
    with pytest.raises(Blocked):
        units.close(unit.id, version=None, by=analyst, now=world.later())
    units.reopen(unit.id, version=None, by=analyst, now=world.later())
    assert verbs(unit, world) == ["unit_reopened", "unit_closed", "unit_edited", "unit_added"]


def test_the_list_is_found_by_words_kind_region_and_what_is_missing(world: World) -> None:
    add(world, "T-1", kind="territory", name="North", sales_model="active", technology="tenders")
    add(world, "S-01", name="Riga", region="Baltic")
    bare = add(world, "S-02", name="Tartu", region="Baltic", technology="")

    def names(**filters: Any) -> list[str]:
        found = unit_list.listed(filters=UnitFilters(**filters), by=world.actor("viewer"))
        return [row.unit.name for row in found.items]

    assert names() == ["North", "Riga", "Tartu"]
    assert names(query="s-0 riga") == ["Riga"]
    assert names(kind=UnitKind.TERRITORY) == ["North"]
    assert names(model=SalesModel.ACTIVE) == ["North"]
    assert names(region="Baltic") == ["Riga", "Tartu"]
    assert names(shown=Shown.UNREADY) == ["Tartu"]
    units.close(bare.id, version=None, by=world.actor("analyst"), now=world.later())
    assert names(shown=Shown.CLOSED) == ["Tartu"] and names() == ["North", "Riga"]
    assert unit_list.regions() == ["Baltic"]


# --------------------------------------------------------------------------------------- a list
def bring(world: World, text: str, responsible: str = "") -> unit_import.Imported:
    return unit_import.run(
        text, responsible=responsible or world.ids["member"], by=world.actor("analyst"),
        now=world.later(),
    )  # fmt: skip


def test_stores_lie_in_territories_that_stand_below_them(world: World) -> None:
    text = (
        "Код\tНазвание\tТип\tТерритория\tСинонимы\n"
        "S-1\tРига\tмагазин\tN\tР1; Рига центр\n"
        "S-2\tТарту\t\tn\t\n"
        "N\tСевер\tтерритория\t\t\n"
    )
    done = bring(world, text)
    assert [row.does for row in done.rows] == [unit_import.Does.ADD] * 3
    north = units.find("N", by=world.actor())
    assert [unit.code for unit in units.parts_of(north)] == ["S-1", "S-2"]
    assert set(units.known_as(["рига ЦЕНТР", "Тарту"])) == {"рига ЦЕНТР", "Тарту"}
    assert bring(world, text).count(unit_import.Does.NOTHING) == 3


def test_a_list_with_a_fault_leaves_everything_as_it_was(world: World) -> None:
    add(world, "S-1", name="Alfa")
    text = "Code,Name,Responsible\nS-1,Beta,\nS-2,Gamma,nobody@example.org\n"
    with pytest.raises(Invalid) as refused:
        bring(world, text)
    assert list(refused.value.fields) == ["lines.3.responsible"]
    assert [unit.name for unit in units.everyone()] == ["Alfa"]
    seen = unit_import.preview(
        text, responsible=world.ids["member"], by=world.actor("analyst"), now=world.later()
    )
    assert [row.does.value for row in seen.rows] == ["change", "fault"]
    assert [unit.name for unit in units.everyone()] == ["Alfa"]
    assert verbs(units.everyone()[0], world) == ["unit_added"]


# ------------------------------------------------------------------------------ the log of weeks
def log(world: World, unit: Unit, by: str = "member", **parts: Any) -> Any:
    body = {"week": "2026-01-21", "staff": 8, "staff_new": 2} | parts
    return unit_weeks.write(unit.id, body=body, by=world.actor(by), now=world.later())


def test_a_week_is_there_once_and_begins_on_monday(world: World) -> None:
    unit = add(world)
    first = log(world, unit)
    assert first.week == date(2026, 1, 19)
    again = log(world, unit, week="2026-01-25", staff=9, stock_note="LED tubes")
    assert again.id == first.id
    assert (again.staff, again.staff_new, again.stock_out) == (9, 2, True)
    assert unit_weeks.listing(unit, by=world.actor()) == [again]
    assert unit_weeks.between([unit.id], date(2026, 1, 23), date(2026, 1, 23)) == [again]
    assert unit_weeks.between([unit.id], date(2026, 1, 26), date(2026, 2, 1)) == []


def test_the_log_is_written_to_a_file_after_its_session_has_ended(world: World) -> None:
    """As a page sends it: the rows are asked for when the request is over."""
    for code in ("S-01", "S-02"):
        log(world, add(world, code), by="analyst")
    table = unit_export.weeks(by=world.actor())
    db.session.remove()
    assert [row[0] for row in table.rows] == ["S-01", "S-02"]


def test_who_is_responsible_keeps_the_log_and_others_do_not(world: World) -> None:
    unit = add(world, responsible=world.ids["analyst"])
    with pytest.raises(NotAllowed):
        log(world, unit)
    mine = add(world, "S-02")
    assert log(world, mine).author_id == world.ids["member"]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"week": "soon"}, "week"),
        ({"week": "2027-01-01"}, "week"),
        ({"week": "0004-01-01"}, "week"),
        ({"staff_new": 9}, "staff_new"),
        ({"staff": -1}, "staff"),
        ({"staff": "3.5"}, "staff"),
        ({"note": "x" * 1001}, "note"),
        ({"staff": "", "staff_new": ""}, "staff"),
        ({"stock_out": False, "stock_note": "LED tubes"}, "stock_out"),
    ],
)
def test_a_week_that_cannot_be_meant(world: World, parts: dict[str, Any], field: str) -> None:
    unit = add(world)
    with pytest.raises(Invalid) as refused:
        log(world, unit, **parts)
    assert field in refused.value.fields


def test_goods_that_ran_out_are_kept_as_they_were_said(world: World) -> None:
    unit = add(world)
    assert log(world, unit, stock_note="LED tubes").stock_out
    with pytest.raises(Invalid) as refused:
        log(world, unit, stock_out=False)
    assert "“LED tubes” is named" in str(refused.value.fields["stock_out"])
    cleared = log(world, unit, stock_out=False, stock_note="")
    assert (cleared.stock_out, cleared.stock_note) == (False, "")
    assert log(world, unit, stock_note="reels").stock_out, "whoever names goods says so"


def test_a_week_taken_out_comes_back_as_it_was(world: World) -> None:
    unit = add(world)
    entry = log(world, unit, note="the till was down")
    by = world.actor()
    with pytest.raises(Stale):
        unit_weeks.remove(unit.id, entry.id, version=99, by=by, now=world.later())
    week = unit_weeks.remove(unit.id, entry.id, by=by, now=world.later())
    assert unit_weeks.listing(unit, by=by) == []
    back = unit_weeks.restore(unit.id, week, by=by, now=world.later())
    assert (back.staff, back.staff_new, back.note) == (8, 2, "the till was down")
    with pytest.raises(Invalid):
        unit_weeks.restore(unit.id, week, by=by, now=world.later())
    with pytest.raises(NotFound):
        unit_weeks.restore(unit.id, week - timedelta(days=7), by=by, now=world.later())


# ------------------------------------------------------------------------ where a hypothesis runs
def test_a_test_does_not_start_where_nobody_chose_how_to_sell(world: World) -> None:
    bare = add(world, sales_model="", technology="")
    hypothesis = world.planned()
    hypothesis_where.say(
        hypothesis.id, body={"units": [bare.code]}, version=0, by=world.actor(), now=world.later()
    )
    with pytest.raises(Blocked) as refused:
        hypotheses.start(hypothesis.id, by=world.actor(), now=world.later())
    assert [b.code for b in refused.value.blockers] == ["unit_not_ready"]
    assert hypothesis.state is State.PLANNED
    logged = events.history(hypothesis_id=hypothesis.id)[0]
    assert (logged.verb, logged.details["blockers"]) == ("refused", ["unit_not_ready"])
    units.edit(
        bare.id, body={"sales_model": "active", "technology": "tenders"}, version=None,
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    hypotheses.start(hypothesis.id, by=world.actor(), now=world.later())
    assert hypothesis.state is State.RUNNING


def test_a_pilot_that_the_plan_names_is_asked_for_too(world: World) -> None:
    bare = add(world, "S-07", aliases=["store 7"], technology="")
    hypothesis = world.planned(
        design="pilot", variant=None, control=None, split=None, baseline=None, planned_units=8,
        site="store", time="week", value="revenue", treated=["Store 7"], start="2026-03-02",
        metrics=[
            {"name": "Revenue", "kind": "mean", "columns": ["revenue"], "role": "primary",
             "threshold": "5%", "better": "higher"}
        ],
    )  # fmt: skip
    assert units.of_hypothesis(hypothesis) == []
    assert units.where_it_runs(hypothesis) == [bare]
    with pytest.raises(Blocked) as refused:
        hypotheses.start(hypothesis.id, by=world.actor(), now=world.later())
    assert [b.code for b in refused.value.blockers] == ["unit_not_ready"]


def test_no_test_starts_in_a_closed_unit(world: World) -> None:
    unit = add(world)
    hypothesis = world.planned()
    hypothesis_where.say(
        hypothesis.id, body={"units": [unit.id]}, version=None, by=world.actor(), now=world.later()
    )
    units.close(unit.id, version=None, by=world.actor("analyst"), now=world.later())
    assert [b.code for b in hypotheses.blockers(hypothesis, hypotheses.Step.START)] == [
        "unit_not_open"
    ]


def test_where_it_runs_is_said_and_changed_in_the_open(world: World) -> None:
    first, second = add(world, "S-01"), add(world, "S-02")
    hypothesis = world.idea()
    by = world.actor()
    hypothesis_where.say(
        hypothesis.id,
        body={"units": [first.id, "s-02", first.code], "lever": "check", "technology": "add-on"},
        version=0, by=by, now=world.later(),
    )  # fmt: skip
    assert units.of_hypothesis(hypothesis) == [first, second]
    setting = units.setting(hypothesis)
    assert setting is not None and setting.lever is Lever.CHECK
    assert units.hypotheses_in(first) == [hypothesis]
    with pytest.raises(Stale):
        hypothesis_where.say(hypothesis.id, body={"lever": ""}, version=0, by=by, now=world.later())
    hypothesis_where.say(
        hypothesis.id, body={"units": [second.id]}, version=setting.version, by=by,
        now=world.later(),
    )  # fmt: skip
    assert setting.technology == "add-on" and setting.version == 2
    event = events.history(hypothesis_id=hypothesis.id)[0]
    assert event.verb == "where_said"
    assert event.changes == {"units": [["Store S-01", "Store S-02"], ["Store S-02"]]}


def test_what_cannot_be_meant_of_where_it_runs(world: World) -> None:
    hypothesis = world.idea()
    body = {"units": ["nowhere"], "lever": "luck", "technology": "x" * 201}
    with pytest.raises(Invalid) as refused:
        hypothesis_where.say(
            hypothesis.id, body=body, version=None, by=world.actor(), now=world.later()
        )
    assert refused.value.fields.keys() == {"units", "lever", "technology"}


def test_under_way_only_ready_units_are_named_and_after_the_decision_none(world: World) -> None:
    ready, bare = add(world, "S-01"), add(world, "S-02", technology="")
    running = world.running()
    by = world.actor()
    with pytest.raises(Blocked) as refused:
        hypothesis_where.say(
            running.id, body={"units": [bare.id]}, version=None, by=by, now=world.later()
        )
    assert refused.value.blockers[0].code == "unit_not_ready"
    hypothesis_where.say(
        running.id, body={"units": [ready.id]}, version=None, by=by, now=world.later()
    )
    concluded = world.concluded(change="dim the lamps")
    with pytest.raises(Blocked) as refused:
        hypothesis_where.say(
            concluded.id, body={"units": [ready.id]}, version=None, by=by, now=world.later()
        )
    assert refused.value.blockers[0].code == "where_fixed"


def test_a_technology_of_the_other_model_is_named(world: World) -> None:
    counter = add(world, "S-01")
    agents = add(world, "A-01", kind="team", sales_model="active", technology="visits to clients")
    hypothesis = world.idea()
    hypothesis_where.say(
        hypothesis.id,
        body={"units": [counter.id, agents.id], "technology": "cold calls"},
        version=None, by=world.actor(), now=world.later(),
    )  # fmt: skip
    (warning,) = hypothesis_where.warnings(hypothesis)
    assert warning.code == "technology_unfit"
    assert warning.params["units"] == "Store S-01"
    (check,) = hypothesis_where.checks(hypothesis)
    assert (check.code, check.status) == ("technology", CheckStatus.WARN)
    assert hypothesis_where.unit_warning(agents) is None
    odd = add(world, "S-02", technology="холодные звонки")
    told = hypothesis_where.unit_warning(odd)
    assert told is not None and told.code == "unit_technology_unfit"


# ------------------------------------------------------------------------- a territory as a sum
def test_a_territory_sums_the_people_and_the_weeks_of_its_stores(world: World) -> None:
    from hadi.services import unit_sums

    north = add(world, "T-1", kind="territory", name="North")
    city = add(world, "T-2", kind="territory", name="City", parent="T-1")
    first, second = add(world, "S-1", parent="T-1"), add(world, "S-2", parent="T-2")
    add(world, "S-3", parent="T-2")
    by, weeks = world.actor("analyst"), [date(2026, 1, 12), date(2026, 1, 19)]
    for unit, week, body in (
        (first, weeks[0], {"staff": "5", "staff_new": "1"}),
        (first, weeks[1], {"staff": "6", "stock_note": "LED tubes"}),
        (second, weeks[0], {"staff": "4", "staff_new": "2"}),
        (second, weeks[1], {"note": "quiet"}),
    ):
        unit_weeks.write(unit.id, body={"week": week, **body}, by=by, now=world.later())
    found = unit_sums.of(north, by=world.actor("viewer"))
    assert found is not None
    assert [store.code for store in found.stores] == ["S-1", "S-2", "S-3"]
    assert (found.staff, found.staffed) == (10, 2), "as each said last; the third said nothing"
    assert [(w.week, w.written, w.staff, w.staff_new, w.staffed) for w in found.weeks] == [
        (weeks[1], 2, 6, None, 1), (weeks[0], 2, 9, 3, 2),
    ]  # fmt: skip
    assert [store.code for store in found.weeks[0].empty] == ["S-1"]
    assert unit_sums.of(first, by=by) is None
    assert unit_sums.of(add(world, "T-3", kind="territory"), by=by) is None
    inner = unit_sums.of(city, by=by)
    assert inner is not None and inner.staff == 4


def test_a_store_that_is_named_and_is_no_pilot_of_the_plan_is_told(world: World) -> None:
    from tests.factories import pilots

    land = add(world, "T-1", kind="territory", name="North")
    for code, parts in {"s01": {"parent": "T-1"}, "s02": {}, "s09": {"name": "Ninth"}}.items():
        add(world, code, **parts)
    hypothesis = world.planned("put a mentor into two stores", **pilots.body(world))

    def told(*codes: str) -> str | None:
        hypothesis_where.say(
            hypothesis.id, body={"units": codes}, version=None, by=world.actor(), now=world.later()
        )
        found = hypothesis_where.beside_pilots(hypothesis)
        return str(found) if found else None

    assert told() is None
    assert told("s01", land.code) is None, "a pilot lies in it"
    assert told("s01", "s09") == (
        "Ninth is named here and is no pilot of the plan. Only pilots get the change: take it out "
        "here, or make it a pilot."
    )
    assert hypothesis_where.beside_pilots(world.planned("no pilot")) is None
