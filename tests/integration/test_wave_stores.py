"""The stores of a wave beside those of the test, and what has changed in stores since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hadi.db import db
from hadi.domain.lifecycle import Decision, Insight
from hadi.domain.scaling import RolloutStatus
from hadi.models import Conclusion, Rollout, Unit
from hadi.services import (
    conclusions,
    hypothesis_where,
    rollouts,
    unit_changes,
    unit_import,
    units,
    wave_stores,
)
from hadi.services.unit_register import Register
from hadi.services.wave_stores import Likeness
from tests.factories.hypotheses import World


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def add(world: World, code: str, **parts: Any) -> Unit:
    body = {
        "kind": "store", "code": code, "name": f"Store {code}", "responsible": world.ids["member"],
        "sales_model": "passive", "technology": "consulting at the counter", "format": "mall",
        "region": "North", "head": "Ilze",
    }  # fmt: skip
    return units.add(body=body | parts, by=world.actor("analyst"), now=world.later())


def edit(world: World, unit: Unit, **parts: Any) -> None:
    units.edit(unit.id, body=parts, version=None, by=world.actor("analyst"), now=world.later())


def winner(world: World, *codes: str) -> Rollout:
    """A winner whose test is said to have run in these stores."""
    from hadi.services import analyses, hypotheses

    planned = world.planned()
    hypothesis_where.say(
        planned.id, body={"units": codes}, version=None, by=world.actor(), now=world.later()
    )
    hypotheses.start(planned.id, by=world.actor(), now=world.later())
    world.attach(planned, ((2000, 200), (2000, 300)))
    folder = world.app.extensions["hadi_settings"].data_dir / "datasets"
    analyses.run(planned.id, folder=folder, by=world.actor("analyst"), now=world.later())
    conclusions.record(
        planned.id, decision=Decision.SCALE, reason="clear", insight=Insight(*"abc"),
        acknowledge_payback=True, by=world.actor("leader"), now=world.later(),
    )  # fmt: skip
    return db.session.query(Rollout).filter_by(hypothesis_id=planned.id).one()


def begin(world: World, rollout: Rollout, scope: str) -> None:
    rollouts.start_wave(
        rollout.id, scope=scope, starts_on=world.now.date(),
        measure_on=world.now.date() + timedelta(days=30), by=world.actor("leader"),
        now=world.later(),
    )  # fmt: skip


def compared(rollout: Rollout, scope: str) -> wave_stores.Compared:
    return Likeness(rollout, Register()).of(scope)


def test_a_scope_means_stores_by_code_name_alias_region_and_territory(world: World) -> None:
    south = add(world, "T-S", kind="territory", name="The south")
    for code, parts in {
        "S-1": {}, "S-2": {"aliases": ["Riga centre"]}, "S-3": {"parent": south.code},
        "S-4": {"parent": south.code}, "S-5": {"region": "Ural"}, "7": {"name": "Seven"},
    }.items():  # fmt: skip
        add(world, code, **parts)
    register = Register()

    def meant(text: str) -> list[str]:
        return [unit.code for unit in register.stores(register.meant(text).units)]

    assert meant("s-1; riga  CENTRE\nNowhere") == ["S-1", "S-2"]
    assert register.meant("s-1; Nowhere").unread == ("Nowhere",)
    assert meant("the south") == ["S-3", "S-4"], "a territory is the stores in it"
    assert meant("region: Ural") == ["S-5"] == meant("Ural")
    assert meant("first in Store S-1 and Riga centre") == ["S-1", "S-2"]
    assert meant("7 stores of the coast") == [], "a number is no name of a store"
    assert meant("Store S-11") == []


def test_stores_of_a_wave_that_differ_are_listed_with_what_differs(world: World) -> None:
    for code in ("S-1", "S-2"):
        add(world, code)
    add(world, "S-3", format="high street", region="Ural", head="Jonas")
    add(world, "S-4", head="Jonas")
    rollout = winner(world, "S-1")
    found = compared(rollout, "S-1, S-2, S-3, S-4, elsewhere")
    assert [unit.code for unit in found.tested] == ["S-1"]
    assert [each.unit.code for each in found.stores] == ["S-2", "S-3", "S-4"]
    assert [each.unit.code for each in found.differing] == ["S-3"]
    assert [d.trait for d in found.differing[0].differences] == ["format", "region", "head"]
    assert [unit.code for unit in found.again] == ["S-1"]
    assert found.unread == ("elsewhere",)
    assert found.head is not None and found.head.code == "wave_head_other"
    assert compared(rollout, "S-2").head.code == "wave_head_same"  # type: ignore[union-attr]


def test_the_most_alike_are_offered_first_and_none_twice(world: World) -> None:
    add(world, "S-1")
    add(world, "S-2", format="high street", region="Ural")
    add(world, "S-3", region="Ural")
    add(world, "S-4")
    closed = add(world, "S-5")
    units.close(closed.id, version=None, by=world.actor("analyst"), now=world.later())
    add(world, "F", kind="team")
    rollout = winner(world, "S-1")
    nearest = Likeness(rollout, Register()).nearest()
    assert [each.unit.code for each in nearest] == ["S-4", "S-3", "S-2"]
    assert [u.unit.code for u in Likeness(rollout, Register()).nearest("S-4")] == ["S-3", "S-2"]


def test_a_wave_under_another_head_that_held_replicates_the_test(world: World) -> None:
    add(world, "S-1")
    add(world, "S-2", head="Jonas")
    add(world, "S-3")
    rollout = winner(world, "S-1")
    begin(world, rollout, "S-2")
    rollouts.measure(
        rollout.id,
        1,
        has_held=True,
        effect=0.05,
        note="seen there",
        by=world.actor("leader"),
        now=world.later(),
    )
    found = compared(rollout, "S-3")
    assert found.head is not None and found.head.code == "wave_head_held"


def test_a_card_says_where_its_wave_differs(world: World) -> None:
    add(world, "S-1")
    add(world, "S-2", region="Ural")
    rollout = winner(world, "S-1")
    assert wave_stores.on_cards([rollout]) == {}
    begin(world, rollout, "S-2, S-1")
    said = wave_stores.on_cards([rollout])[rollout.id]
    assert (said.code, said.params["n"], said.params["all"]) == ("wave_stores_on_card", 1, "1")


# ----------------------------------------------------------------------------- what has changed
def again(rollout: Rollout) -> list[str]:
    found = unit_changes.of_conclusions([rollout.conclusion])
    return [text.code for text in found.get(rollout.conclusion_id, ())]


def test_an_insight_is_checked_again_once_a_store_of_its_test_sells_otherwise(
    world: World,
) -> None:
    store = add(world, "S-1")
    rollout = winner(world, "S-1")
    assert again(rollout) == []
    edit(world, store, region="Ural", format="kiosk")
    assert again(rollout) == [], "where it stands is not how it sells"
    edit(world, store, sales_model="active", technology="cold calls")
    edit(world, store, head="Jonas")
    assert sorted(again(rollout)) == [
        "check_again_head", "check_again_sales_model", "check_again_technology",
    ]  # fmt: skip
    text = unit_changes.of_conclusions([rollout.conclusion])[rollout.conclusion_id]
    model = next(each for each in text if each.code == "check_again_sales_model")
    said = str(model)
    assert "sales model of Store S-1 changed from “passive” to “active”" in said


def test_a_change_that_is_taken_back_and_one_from_before_the_test_count_for_nothing(
    world: World,
) -> None:
    store = add(world, "S-1")
    edit(world, store, sales_model="active")
    rollout = winner(world, "S-1")
    assert again(rollout) == []
    edit(world, store, sales_model="passive")
    assert again(rollout) == ["check_again_sales_model"]
    edit(world, store, sales_model="active")
    assert again(rollout) == []


def test_a_list_that_changes_a_store_is_a_change_like_any_other(world: World) -> None:
    add(world, "S-1")
    rollout = winner(world, "S-1")
    unit_import.run(
        "code;technology\nS-1;self-service", by=world.actor("analyst"), now=world.later()
    )
    assert again(rollout) == ["check_again_technology"]


def test_a_wave_is_checked_again_until_it_is_measured(world: World) -> None:
    add(world, "S-1")
    second = add(world, "S-2")
    rollout = winner(world, "S-1")
    begin(world, rollout, "S-2")
    world.later(days=2)
    edit(world, second, technology="self-service")
    found = unit_changes.of_waves(rollout, Register())
    assert {number: [text.code for text in texts] for number, texts in found.items()} == {
        1: ["check_again_technology"]
    }
    assert again(rollout) == [], "the test did not run there"
    rollouts.measure(
        rollout.id,
        1,
        has_held=True,
        effect=0.05,
        note="seen there",
        by=world.actor("leader"),
        now=world.later(),
    )
    assert unit_changes.of_waves(rollout, Register()) == {}
    assert rollout.status is RolloutStatus.ROLLING_OUT


def test_decisions_of_many_are_looked_at_together(world: World) -> None:
    store = add(world, "S-1")
    add(world, "S-2")
    first, second = winner(world, "S-1"), winner(world, "S-2")
    edit(world, store, technology="self-service")
    shown: list[Conclusion] = [first.conclusion, second.conclusion]
    assert list(unit_changes.of_conclusions(shown)) == [first.conclusion_id]
    assert unit_changes.of_conclusions([]) == {}


def test_a_wave_is_held_against_stores_as_they_were_when_the_test_ran(world: World) -> None:
    store = add(world, "S-1")
    add(world, "S-2")
    rollout = winner(world, "S-1")
    edit(world, store, sales_model="active", head="Jonas", format="kiosk")
    edit(world, store, head="Mart")
    found = compared(rollout, "S-2")
    assert found.differing == () and found.stores[0].differences == ()
    assert found.head is not None and found.head.params["head"] == "Ilze"
