"""What went on around a test is said by its analysis: days, people, goods, other tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from hadi.models import Analysis, Hypothesis
from hadi.services import (
    ahead,
    analyses,
    calendar,
    hypotheses,
    hypothesis_where,
    plans,
    running_tests,
    today,
    unit_weeks,
    units,
)
from hadi.services.today import Wait
from tests.factories import pilots
from tests.factories.hypotheses import World

WEEKS = pilots.WEEKS
MONDAY = pilots.MONDAY - timedelta(weeks=26)  # all of it lies in the past when it is judged
START = MONDAY + timedelta(weeks=pilots.START - 1)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def pilot(world: World, **changed: Any) -> Hypothesis:
    """A pilot whose sites stand in the list of stores, where one is kept."""
    if units.everyone():
        treated = changed.get("treated", ["s01", "s02"])
        for site in set(treated) - units.known_as(treated).keys():
            unit(world, site)
    return pilots.running(world, **{"start": START.isoformat()} | changed)


def judged(world: World, hypothesis: Hypothesis) -> Analysis:
    pilots.attach(world, hypothesis, pilots.weekly(begins=MONDAY))
    return pilots.analyse(world, hypothesis)


def days(world: World, name: str, first: date, length: int = 7, **parts: Any) -> None:
    body = {
        "name": name, "kind": "promotion", "starts_on": first,
        "ends_on": first + timedelta(days=length - 1),
    }  # fmt: skip
    calendar.add(body=body | parts, by=world.actor(), now=world.later())


def unit(world: World, code: str, **parts: Any) -> str:
    body = {
        "kind": "store", "code": code, "name": f"Shop {code}", "responsible": world.ids["member"],
        "sales_model": "passive", "technology": "add-on selling",
    }  # fmt: skip
    return units.add(body=body | parts, by=world.actor("admin"), now=world.later()).id


def said(analysis: Analysis, code: str) -> list[tuple[str, str]]:
    return [(c["status"], c["detail"]) for c in analysis.record["checks"] if c["code"] == code]


def warned(analysis: Analysis) -> Sequence[str]:
    return [warning["code"] for warning in analysis.record["warnings"]]


def test_nothing_is_said_where_nothing_is_known(world: World) -> None:
    analysis = judged(world, pilot(world))
    codes = {check["code"] for check in analysis.record["checks"]}
    assert not codes & {"calendar", "staff", "stock", "collisions"}


def test_a_promotion_of_the_pilots_alone_travels_with_the_verdict(world: World) -> None:
    days(world, "Spring promotion", START + timedelta(days=7), 14, scope="units", places="s01, s02")
    analysis = judged(world, pilot(world))
    ((status, detail),) = said(analysis, "calendar")
    assert status == "warn"
    assert "“Spring promotion”" in detail
    assert "reaches 100.0% of the stores of the pilots (s01, s02)" in detail
    assert "0.0% of those of the controls" in detail
    assert "on 14 days of the test" in detail
    assert "calendar" in warned(analysis)


def test_before_the_start_it_spoils_what_the_test_is_held_against(world: World) -> None:
    days(world, "Stocktaking", MONDAY, 5, kind="closure", scope="units", places="s01")
    ((status, detail),) = said(judged(world, pilot(world)), "calendar")
    assert status == "warn"
    assert "before the start, on 5 days" in detail


def test_what_reaches_every_store_changes_nothing(world: World) -> None:
    days(world, "First of May", START + timedelta(days=3), 1, kind="holiday")
    days(world, "One control of twenty", START, 7, scope="units", places="s09")
    days(world, "Somewhere else", START, 7, scope="units", places="B1")
    analysis = judged(world, pilot(world))
    assert said(analysis, "calendar") == [
        (
            "pass",
            (
                "3 entries of the calendar lie in the test and reach every arm about alike: the "
                "shares of their stores that they reach are no more than 10.0 pp apart."
            ),
        )
    ]
    assert "calendar" not in warned(analysis)


def test_days_outside_of_the_data_are_not_of_the_test(world: World) -> None:
    days(world, "Long ago", MONDAY - timedelta(days=30), scope="units", places="s01")
    last = MONDAY + timedelta(weeks=WEEKS)
    days(world, "Later", last, scope="units", places="s01")
    assert said(judged(world, pilot(world)), "calendar") == []
    days(world, "In the last week", last - timedelta(days=1), scope="units", places="s01,s02")
    assert (
        len(said(pilots.analyse(world, hypotheses.find("H-1", by=world.actor())), "calendar")) == 1
    )


def test_a_region_and_another_name_of_a_store_are_recognised(world: World) -> None:
    unit(world, "B-1", aliases=["s01"], region="North")
    unit(world, "B-2", aliases=["s02"], region="north")
    days(world, "City day", START, scope="region", places="NORTH", kind="holiday")
    days(world, "Sale", START, scope="units", places="B-1, B-2")
    found = said(judged(world, pilot(world)), "calendar")
    assert [status for status, _detail in found] == ["warn", "warn"]
    assert all("(Shop B-1, Shop B-2)" in detail for _status, detail in found)


def test_clusters_of_one_arm_alone(world: World) -> None:
    lines = ["arm,store,day,bought"]
    for place in range(12):
        arm = "AB"[place % 2]
        for n in range(60):
            bought = int((n * 7 + place) % 10 < 3)
            lines.append(f"{arm},S{place:02},2026-02-{n % 20 + 1:02},{bought}")
    days(world, "Promotion of B", date(2026, 2, 5), scope="units",
         places="S01,S03,S05,S07,S09,S11")  # fmt: skip
    metric = {
        "name": "Bought", "kind": "conversion", "columns": ["bought"], "role": "primary",
        "threshold": 0.02, "better": "higher",
    }  # fmt: skip
    hypothesis = world.running(
        design="cluster",
        cluster="store",
        day="day",
        icc=0.02,
        cluster_size=60,
        metrics=[metric],
        planned_units=6,
    )
    pilots.attach(world, hypothesis, "\n".join(lines) + "\n")
    ((status, detail),) = said(pilots.analyse(world, hypothesis), "calendar")
    assert status == "warn"
    assert "100.0% of the stores of “B” (S01, S03, S05, S07 and 2 more)" in detail
    assert "0.0% of those of “A”" in detail


def test_before_and_after_names_what_lies_in_one_of_both(world: World) -> None:
    metric = {"name": "Revenue", "kind": "mean", "role": "primary", "threshold": "5%",
              "better": "higher"}  # fmt: skip
    split = {"variant": None, "control": None, "split": None, "baseline": None}
    plan = split | {
        "design": "before_after", "time": "month", "value": "revenue", "start": "2025-10",
        "before": "2025-07..2025-09", "metrics": [metric], "planned_units": 3,
    }  # fmt: skip
    hypothesis = world.running(**plan)
    profile = (700, 720, 850, 980, 1100, 1150, 1120, 1100, 1200, 1180, 1000, 900)
    rows = [
        f"{year}-{month:02},{profile[month - 1]}" for year in range(2022, 2026)
        for month in range(1, 13)
    ]  # fmt: skip
    days(world, "New shop window", date(2025, 11, 3), kind="other")
    days(world, "Autumn sale", date(2025, 9, 1), scope="units", places="S99")
    days(world, "Saint Stephen", date(2025, 8, 20), 1, kind="holiday")
    days(world, "Saint Stephen", date(2024, 8, 20), 1, kind="holiday")
    days(world, "Christmas", date(2025, 12, 25), 2, kind="holiday")
    pilots.attach(world, hypothesis, "month,revenue\n" + "\n".join(rows) + "\n")
    found = [detail for _status, detail in said(pilots.analyse(world, hypothesis), "calendar")]
    assert ["New shop window" in d or "Christmas" in d for d in found] == [True, True]
    assert all("lies in the months of the change and not in those before" in d for d in found)


def weeks(world: World, unit_id: str, **parts: Any) -> None:
    for week in range(WEEKS - pilots.START + 1):
        body = {"week": START + timedelta(weeks=week), "staff": 10, "staff_new": 0}
        unit_weeks.write(unit_id, body=body | parts, by=world.actor("admin"), now=world.later())


def test_new_people_and_goods_that_ran_out(world: World) -> None:
    first, beside = unit(world, "s01"), unit(world, "s05")
    weeks(world, first, staff_new=1, stock_out=True, stock_note="automatic breakers")
    weeks(world, beside)
    analysis = judged(world, pilot(world))
    ((status, detail),) = said(analysis, "staff")
    assert status == "warn"
    assert "Shop s01: those who began during the test are 70.0% of the staff" in detail
    ((status, detail),) = said(analysis, "stock")
    assert status == "warn"
    assert "in 100.0% of the weeks of the pilots and in 0.0% of those of the controls" in detail
    assert "more than 10.0 pp apart" in detail
    assert "(automatic breakers)" in detail
    assert {"staff", "stock"} <= set(warned(analysis))


def test_people_who_are_entered_as_new_every_week_are_no_share_of_the_staff(world: World) -> None:
    """Three of ten, entered again in each of seven weeks, are not 210 percent of the people."""
    weeks(world, unit(world, "s01"), staff_new=3)
    weeks(world, unit(world, "s05"), staff_new=0)
    ((status, detail),) = said(judged(world, pilot(world)), "staff")
    assert status == "warn" and "210" not in detail
    assert "21 people began in 7 weeks of the test where about 10 work" in detail
    assert "correct the log" in detail


def test_the_same_people_and_shelves_that_were_empty_everywhere(world: World) -> None:
    for code in ("s01", "s05"):
        weeks(world, unit(world, code), stock_out=True)
    analysis = judged(world, pilot(world))
    assert [status for status, _ in said(analysis, "staff")] == ["pass"]
    ((status, detail),) = said(analysis, "stock")
    assert status == "pass" and "no more than 10.0 pp apart" in detail


def test_two_tests_in_the_same_stores_on_the_same_metric_name_each_other(world: World) -> None:
    hypothesis = pilot(world)
    other = world.running(
        "give every second customer a voucher",
        **pilots.body(world, start=START.isoformat(), treated=["s02"], controls=["s08", "s09"]),
    )
    third = world.running(
        "move the till",
        **pilots.body(world, start=START.isoformat(), treated=["s09"], controls=["s11", "s12"],
                      metrics=[{"name": "Queue", "kind": "mean", "role": "primary",
                                "threshold": "5%", "better": "lower"}], value="minutes"),
    )  # fmt: skip
    world.running("elsewhere", **pilots.body(world, start=START.isoformat(), treated=["x1"],
                                             controls=["x2"]))  # fmt: skip
    analysis = judged(world, hypothesis)
    found = said(analysis, "collisions")
    assert [status for status, _detail in found] == ["warn", "warn"]
    assert (
        f"{other.key} (“give every second customer a voucher”) and {hypothesis.key}"
        in (found[0][1])
    )
    assert "in the same stores on the same metric" in found[0][1]
    assert "s02, s08, s09" not in found[0][1] and "s02" in found[0][1]
    assert f"{third.key} (“move the till”) changes something in the same stores" in found[1][1]
    assert "collisions" in warned(analysis)


def test_where_a_split_test_runs_is_what_its_hypothesis_names(world: World) -> None:
    store = unit(world, "s02")
    one, other = world.planned("one"), world.planned("other")
    day = world.now.date()
    span = {"starts_on": "2026-03-02", "ends_on": "2026-03-29"}
    for each in (one, other):
        plans.save(each.id, body=world.plan(**span), version=each.version, by=world.actor(),
                   now=world.later())  # fmt: skip
    mine = running_tests.own(one)
    assert mine is not None
    near = running_tests.collisions(mine, today=day)
    assert [c.overlap.closeness.value for c in near] == ["possible"]
    for each in (one, other):
        hypothesis_where.say(
            each.id, body={"units": [store]}, version=None, by=world.actor(), now=world.later()
        )
    mine = running_tests.own(one)
    assert mine is not None
    near = running_tests.collisions(mine, today=day)
    assert [(c.other.hypothesis.key, c.overlap.closeness.value) for c in near] == [
        (other.key, "collides")
    ]
    assert near[0].overlap.places == ("Shop s02",)


def test_analyses_still_run_without_a_calendar(world: World) -> None:
    hypothesis = world.measured()
    assert hypothesis.verdict == "confirmed"
    assert analyses.latest_dataset(hypothesis) is not None


def test_its_owner_is_told_today_of_a_test_in_the_same_stores(world: World) -> None:
    store = unit(world, "s02")
    span = {"starts_on": "2026-02-02", "ends_on": "2026-03-29"}
    one, other = world.planned("one", **span), world.running("other", **span)

    def waits(role: str = "member") -> list[tuple[str, tuple[str, ...]]]:
        found = today.today(by=world.actor(role), now=world.now).waiting
        return [
            (w.hypothesis.key, tuple(each.other.hypothesis.key for each in w.near))
            for w in found
            if w.wait is Wait.COLLIDES
        ]

    assert waits() == []
    for each in (one, other):
        hypothesis_where.say(
            each.id, body={"units": [store]}, version=None, by=world.actor(), now=world.later()
        )
    assert waits() == [(one.key, (other.key,)), (other.key, (one.key,))]
    assert waits("analyst") == []  # not the owner of either
    hypotheses.archive(other.id, reason="one at a time", by=world.actor(), now=world.later())
    assert waits() == []


def test_what_is_ahead_of_a_pilot_is_said_before_it_starts(world: World) -> None:
    start = world.now.date() + timedelta(days=10)
    days(world, "Opening", start + timedelta(days=3), scope="units", places="s01")
    days(world, "Fair", start + timedelta(days=20))
    days(world, "Far away", start, scope="units", places="x9")
    hypothesis = world.planned(
        "one", **pilots.body(world, start=start.isoformat(), treated=["s01"],
                             controls=["s02", "s03"]),
    )  # fmt: skip
    found = ahead.ahead(hypothesis, by=world.actor("viewer"), now=world.now)
    assert (found.first, found.last) == (start, start + timedelta(weeks=5, days=-1))
    assert [entry.name for entry in found.entries] == ["Opening", "Fair"]
    assert [str(text)[:20] for text in found.warnings] == ["Promotion “Opening”,"]
    idea = world.idea("later")
    assert not ahead.ahead(idea, by=world.actor(), now=world.now).is_known
