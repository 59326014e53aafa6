"""Sites that a pilot changes and no list of stores knows: named before the start, and held up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import pilots
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def enter(world: World, code: str, **parts: Any) -> None:
    from hadi.services import units

    body = {
        "kind": "store", "code": code, "name": f"Shop {code}", "responsible": world.ids["member"],
        "sales_model": "passive", "technology": "add-on selling",
    }  # fmt: skip
    units.add(body=body | parts, by=world.actor("analyst"), now=world.later())


def planned(world: World) -> Any:
    return world.planned("put a mentor into two stores", **pilots.body(world))


def start(world: World, hypothesis: Any) -> Any:
    from hadi.services import hypotheses

    return hypotheses.start(hypothesis.id, by=world.actor(), now=world.later())


def test_where_no_store_is_entered_nothing_blocks_and_a_sentence_advises(world: World) -> None:
    from hadi.services import unknown_sites

    hypothesis = planned(world)
    assert [text.code for text in unknown_sites.warnings(hypothesis)] == ["where_no_register"]
    assert start(world, hypothesis).state.value == "running"
    assert unknown_sites.warnings(hypothesis) == ()


def test_a_site_in_no_list_holds_the_start_up_until_it_is_entered(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import unknown_sites

    enter(world, "s01")
    hypothesis = planned(world)
    (warning,) = unknown_sites.warnings(hypothesis)
    with pytest.raises(Blocked) as refusal:
        start(world, hypothesis)
    (blocker,) = refusal.value.blockers
    assert blocker.text == warning and blocker.field == "units"
    assert str(warning).startswith("s02 gets the change and is not among the stores and teams")
    enter(world, "s02", sales_model=None, technology="")
    with pytest.raises(Blocked) as refusal:  # known, and nobody chose how it sells
        start(world, hypothesis)
    assert [each.code for each in refusal.value.blockers] == ["unit_not_ready"]


def test_another_name_of_a_store_is_enough_unless_two_have_it(world: World) -> None:
    from hadi.domain.errors import Blocked

    enter(world, "A-1", aliases=["s01"])
    enter(world, "A-2", name="S02")
    assert start(world, planned(world)).state.value == "running"
    enter(world, "A-3", name="s02")
    with pytest.raises(Blocked) as refusal:
        start(world, planned(world))
    assert [each.code for each in refusal.value.blockers] == ["units_of_several"]


def test_many_sites_are_counted(world: World) -> None:
    from hadi.services import unknown_sites

    enter(world, "somewhere")
    treated = [f"s{place:02}" for place in range(1, 16)]
    hypothesis = world.planned("mentors", **pilots.body(world, treated=treated))
    (warning,) = unknown_sites.warnings(hypothesis)
    assert "s12 and 3 more get the change" in str(warning)


def test_a_split_has_no_sites_to_know(world: World) -> None:
    from hadi.services import unknown_sites

    enter(world, "s01")
    assert unknown_sites.warnings(world.planned()) == ()
