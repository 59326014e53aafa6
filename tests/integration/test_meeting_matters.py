"""What a team talks about beside its decisions: tests in each other's way, and logs with holes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from hadi.models import Hypothesis
from hadi.services import hypothesis_where, log_gaps, today, unit_weeks, units
from hadi.services.today import Wait, Waiting
from tests.factories.hypotheses import World


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def store(world: World, code: str, responsible: str = "member", **parts: str) -> str:
    body = {
        "kind": "store", "code": code, "name": f"Shop {code}",
        "responsible": world.ids[responsible], "sales_model": "passive", "technology": "add-on",
    }  # fmt: skip
    return units.add(body=body | parts, by=world.actor("admin"), now=world.later()).id


def runs_in(world: World, change: str, *stores: str, **plan: str) -> Hypothesis:
    found = world.running(change, **plan)
    hypothesis_where.say(
        found.id, body={"units": stores}, version=None, by=world.actor(), now=world.later()
    )
    return found


def wrote(world: World, unit_id: str, *weeks: date) -> None:
    for week in weeks:
        body = {"week": week, "staff": "5"}
        unit_weeks.write(unit_id, body=body, by=world.actor("admin"), now=world.later())


def waiting(world: World, wait: Wait, role: str | None = None) -> list[Waiting]:
    by = world.actor(role or "viewer")
    content = today.today(by=by, now=world.now) if role else today.meeting(by=by, now=world.now)
    return [each for each in content.waiting if each.wait is wait]


def test_the_meeting_names_each_pair_of_tests_in_each_others_way_once(world: World) -> None:
    shop, other = store(world, "s1"), store(world, "s2")
    span = {"starts_on": "2026-02-02", "ends_on": "2026-03-29"}
    one = runs_in(world, "one", shop, **span)
    two = runs_in(world, "two", shop, **span)
    three = runs_in(world, "three", shop, other, **span)
    runs_in(world, "apart", other, starts_on="2026-05-02", ends_on="2026-05-29")
    found = waiting(world, Wait.COLLIDES)
    keys = [(w.hypothesis.key, [c.other.hypothesis.key for c in w.near]) for w in found]
    assert keys == [(one.key, [two.key, three.key]), (two.key, [three.key])]
    assert found[0].near[0].overlap.places == ("Shop s1",)


def test_a_log_that_nobody_keeps_is_not_asked_for(world: World) -> None:
    runs_in(world, "one", store(world, "s1"), starts_on="2026-02-02")
    world.later(days=30)
    assert waiting(world, Wait.LOG) == []


def test_the_meeting_names_the_stores_whose_log_misses_weeks_of_a_test(world: World) -> None:
    kept, half = store(world, "s1"), store(world, "s2", responsible="leader")
    elsewhere = store(world, "s3")
    test = runs_in(world, "one", kept, half, starts_on="2026-02-04", ends_on="2026-03-29")
    world.later(days=25)  # 27 February: the weeks of 2, 9 and 16 February are over
    assert world.now.date() == date(2026, 2, 27)
    weeks = [date(2026, 2, 2) + timedelta(weeks=n) for n in range(3)]
    wrote(world, kept, *weeks)
    wrote(world, half, weeks[0])
    wrote(world, elsewhere, weeks[0])
    (found,) = waiting(world, Wait.LOG)
    assert found.hypothesis.key == test.key
    assert [(unit.code, count) for unit, count in found.stores] == [("s2", 2)]
    assert waiting(world, Wait.LOG, "member") == [], "of the stores that one answers for"
    assert [w.hypothesis.key for w in waiting(world, Wait.LOG, "leader")] == [test.key]
    wrote(world, half, *weeks[1:])
    assert waiting(world, Wait.LOG) == []


def test_of_a_territory_its_stores_keep_the_log(world: World) -> None:
    land = store(world, "T", kind="territory")
    shop = store(world, "s1", parent="T")
    runs_in(world, "one", land, starts_on="2026-02-02")
    world.later(days=12)
    wrote(world, store(world, "s9"), date(2026, 2, 2))
    (gap,) = log_gaps.of_team(day=world.now.date())
    assert [(unit.id, count) for unit, count in gap.stores] == [(shop, 1)]
    assert gap.weeks == 1


def test_a_test_that_has_not_begun_or_is_long_over_leaves_no_gap(world: World) -> None:
    shop = store(world, "s1")
    runs_in(world, "ahead", shop, starts_on="2026-08-03")
    runs_in(world, "old", shop, starts_on="2025-08-03", ends_on="2025-08-31")
    wrote(world, shop, date(2026, 1, 26))
    assert log_gaps.of_team(day=world.now.date()) == []
