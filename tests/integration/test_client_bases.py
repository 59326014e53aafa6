"""Client bases by territory, through the services."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from hadi.db import db
from hadi.domain.client_bases import BaseDefinition
from hadi.domain.errors import Blocked, Invalid, NotAllowed, Stale
from hadi.models import ClientBase, Event
from hadi.services import client_bases, units
from tests.factories.hypotheses import World

PERIOD = {"starts_on": "2025-10", "ends_on": "2025-12"}
PRINTED = (("North", 181, 420), ("Centre", 262, 310), ("South", 118, 655))


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def enter(world: World, role: str = "analyst", **parts: Any) -> ClientBase:
    body = PERIOD | {"territory": "North", "active": 181, "ever": 420} | parts
    return client_bases.add(body=body, by=world.actor(role), now=world.later())


def faults(world: World, **parts: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        enter(world, **parts)
    return {name: text.code for name, text in refused.value.fields.items()}


def test_the_printed_territories_and_their_total(world: World) -> None:
    for territory, active, ever in PRINTED:
        enter(world, territory=territory, active=active, ever=ever)
    found = client_bases.found(by=world.actor("viewer"))
    ratios = {
        line.base.territory: round(line.share.ratio or 0, 2) for line in found.lines if line.share
    }
    assert ratios == {"North": 0.43, "Centre": 0.85, "South": 0.18}
    assert (found.total.active, found.total.whole) == (561, 1385)
    assert found.total.ratio == pytest.approx(0.41, abs=0.005)
    assert found.period is not None
    assert [day.isoformat() for day in found.period] == ["2025-10-01", "2025-12-31"]


def test_the_definition_is_a_setting(world: World) -> None:
    enter(world, potential=600)
    enter(world, territory="South", active=10, ever=20)
    assert client_bases.definition() is BaseDefinition.EVER_BOUGHT
    with pytest.raises(NotAllowed):
        client_bases.define(
            BaseDefinition.WITHOUT_ACTIVE, by=world.actor("leader"), now=world.later()
        )
    admin = world.actor("admin")
    client_bases.define(BaseDefinition.WITHOUT_ACTIVE, by=admin, now=world.later())
    client_bases.define(BaseDefinition.WITHOUT_ACTIVE, by=admin, now=world.later())
    found = client_bases.found(by=admin)
    assert (found.total.active, found.total.whole, found.unknown) == (181, 419, 1)
    said = db.session.scalars(db.select(Event).where(Event.verb == "base_definition_set")).all()
    assert len(said) == 1
    with pytest.raises(Invalid):
        client_bases.define(None, by=admin, now=world.later())


def test_every_fault_is_named(world: World) -> None:
    assert faults(world, territory=" ", active=None, ever="x") == {
        "territory": "territory_needed", "active": "count_needed", "ever": "count_unreadable",
    }  # fmt: skip
    assert faults(world, ever=None) == {"ever": "client_base_needs_whole"}
    assert faults(world, ever=100, potential=90) == {
        "ever": "client_base_smaller", "potential": "client_base_smaller",
    }  # fmt: skip
    assert faults(world, ends_on="2026-12") == {"ends_on": "period_not_over"}
    enter(world)
    assert faults(world, territory="NORTH ") == {"territory": "client_base_twice"}


def test_a_territory_that_is_a_unit_is_that_unit(world: World) -> None:
    body = {
        "kind": "territory", "code": "N", "name": "North of the river", "aliases": "North",
        "responsible": world.ids["member"],
    }  # fmt: skip
    unit = units.add(body=body, by=world.actor("analyst"), now=world.later())
    made = enter(world, "member")
    assert made.unit_id == unit.id
    with pytest.raises(NotAllowed):
        enter(world, "member", territory="South")
    named = enter(world, territory="", unit="N", starts_on="2025-07", ends_on="2025-09")
    assert named.territory == "North of the river"


def test_a_base_is_corrected_struck_out_and_taken_back(world: World) -> None:
    made, by = enter(world), world.actor("analyst")
    edited = client_bases.edit(made.id, body={"active": 180}, version=1, by=by, now=world.later())
    assert (edited.active, edited.ever) == (180, 420)
    with pytest.raises(Stale):
        client_bases.edit(made.id, body={"active": 1}, version=1, by=by, now=world.later())
    client_bases.void(made.id, reason="counted twice", by=by, now=world.later())
    found = client_bases.found(by=by)
    assert (found.lines, found.struck, found.period) == ((), (made,), None)
    with pytest.raises(Blocked):
        client_bases.edit(made.id, body={"active": 1}, version=None, by=by, now=world.later())
    again = enter(world)
    with pytest.raises(Invalid):
        client_bases.restore(made.id, by=by, now=world.later())
    client_bases.void(again.id, reason="the first was right", by=by, now=world.later())
    client_bases.restore(made.id, by=by, now=world.later())
    assert [line.base.id for line in client_bases.found(by=by).lines] == [made.id]


def test_several_are_entered_together_or_not_at_all(world: World) -> None:
    bodies = [
        PERIOD | {"territory": name, "active": active, "ever": ever}
        for name, active, ever in (*PRINTED, ("", 1, 2))
    ]
    by = world.actor("analyst")
    with pytest.raises(Invalid):
        client_bases.add_many(bodies=bodies, by=by, now=world.later())
    assert client_bases.listing(by=by) == []
    assert len(client_bases.add_many(bodies=bodies[:3], by=by, now=world.later())) == 3
