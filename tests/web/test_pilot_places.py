"""A pilot in every place: no page, list or download stumbles over a record that has no arms."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.factories import pilots
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def made(visitor: Visitor, stage: str, **changed: Any) -> tuple[str, str]:
    """A pilot at that stage: its key, and the id of its analysis where it has one."""
    with visitor.app.app_context():
        hypothesis = getattr(pilots, stage)(visitor.world, **changed)
        test = hypothesis.current_test
        assert test is not None
        return str(hypothesis.key), test.analyses[-1].id if test.analyses else ""


@pytest.mark.parametrize("method", ["did", "synthetic_demeaned"])
def test_a_measured_pilot_is_shown_wherever_results_are(visitor: Visitor, method: str) -> None:
    key, analysis = made(visitor, "measured", method=method)
    visitor.sign_in("analyst")
    here = f"/hypotheses/{key}"
    for path in (
        here, f"{here}/analyses/{analysis}", f"{here}/plan", f"{here}/data", f"{here}/history",
        f"{here}/conclusion", "/", "/hypotheses", "/hypotheses/board", "/learnings", "/data",
        "/scale",
    ):  # fmt: skip
        visitor.get(path)
    dataset = next(
        href
        for href in visitor.get(f"{here}/data").links.values()
        if href.startswith(f"{here}/data/")
    )
    visitor.get(dataset)


def test_a_scaled_pilot_is_on_the_board_with_its_promise(visitor: Visitor) -> None:
    key, _analysis = made(visitor, "concluded")
    visitor.sign_in("leader")
    board = visitor.get("/scale")
    assert key in board.text
    address = next(a for a in board.links.values() if re.fullmatch("/scale/[0-9a-f]{20}", a))
    assert "Weekly sales" in visitor.get(address).text


def test_a_running_pilot_tells_no_effect(visitor: Visitor) -> None:
    key, analysis = made(visitor, "measured", planned_units=12)
    visitor.sign_in("analyst")
    page = visitor.get(f"/hypotheses/{key}/analyses/{analysis}")
    assert "still running" in page.text
    assert visitor.get(f"/hypotheses/{key}").status == 200


def test_a_site_in_no_list_is_led_to_where_it_is_entered(visitor: Visitor) -> None:
    from hadi.services import units

    with visitor.app.app_context():
        world = visitor.world
        body = {
            "kind": "store", "code": "s01", "name": "Riga", "responsible": world.ids["member"],
            "sales_model": "passive", "technology": "add-on selling",
        }  # fmt: skip
        units.add(body=body, by=world.actor("analyst"), now=world.later())
        one = world.planned("a mentor", **pilots.body(world)).key
        more = world.planned("more mentors", **pilots.body(world, treated=["s02", "s03"])).key
    visitor.sign_in("analyst")
    for path in (f"/hypotheses/{one}", f"/hypotheses/{one}/plan", f"/hypotheses/{one}/where"):
        page = visitor.get(path)
        assert "s02 gets the change and is not among the stores and teams" in page.text
        assert "/data/units/new?site=s02" in page.links.values()
    assert 'value="s02"' in visitor.get("/data/units/new?site=s02").html
    page = visitor.get(f"/hypotheses/{more}")
    address = next(a for a in page.links.values() if "pilots_of" in a)
    assert "s02,s02,," in visitor.get(address).html
    visitor.sign_in("member")
    page = visitor.get(f"/hypotheses/{one}")
    assert "Analysts, leaders and administrators enter them." in page.text
