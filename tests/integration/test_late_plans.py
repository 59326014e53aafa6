"""Plans that came after data whose days stand in no column of days: periods of all kinds, and rows
that were worked out here."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.text import Text
from tests.factories import pilots
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Analysis, Hypothesis

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def told(analysis: Analysis) -> tuple[str, str]:
    found = next(c for c in analysis.record["checks"] if c["code"] == "after_the_fact")
    return found["status"], found["text"]["code"]


# ------------------------------------------------------------------------------ worked out here
def made(world: World, hypothesis: Hypothesis, kind: str, rows: str, **found: Any) -> Analysis:
    from hadi.ingest.limits import Limits
    from hadi.services import datasets, made_datasets
    from hadi.services.made_datasets import MadeFrom, Origin

    origin = Origin(
        MadeFrom(kind), "source.csv", "0" * 64, 240, Text("file_empty", file="x.csv"), {}, found
    )  # fmt: skip
    folder, by = pilots.folder(world), world.actor("analyst")
    staged = made_datasets.stage(
        hypothesis.id, file=io.BytesIO(rows.encode()), filename="made.csv", origin=origin,
        folder=folder, limits=Limits(), by=by, now=world.later(),
    )  # fmt: skip
    datasets.attach(staged.id, mapping={}, folder=folder, by=by, now=world.later())
    return pilots.analyse(world, hypothesis)


def deals(first: date) -> str:
    lines = ["deal,arm,moved,entered_on"]
    for i in range(200):
        lines.append(f"D{i},{'AB'[i % 2]},{int(i % 7 < 2)},{first + timedelta(days=i % 28)}")
    return "\n".join(lines)


def of_deals(world: World) -> Hypothesis:
    metric = {
        "name": "moved", "kind": "conversion", "columns": ["moved"], "role": "primary",
        "threshold": 0.05, "better": "higher",
    }  # fmt: skip
    return world.running(metrics=[metric], unit="deal", planned_units=30)


def test_deals_that_entered_before_the_plan_are_exploration(world: World) -> None:
    world.now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    analysis = made(world, of_deals(world), "funnel", deals(date(2026, 2, 1)))
    assert told(analysis) == ("fail", "after_the_hypothesis")
    assert analysis.verdict == "invalid"


def test_deals_that_entered_after_the_plan_are_a_test(world: World) -> None:
    hypothesis = of_deals(world)
    first = world.now.date() + timedelta(days=1)
    world.later(days=60)
    assert told(made(world, hypothesis, "funnel", deals(first))) == ("pass", "after_nothing")


def weeks_of_stores(first: date) -> str:
    lines = ["store,week,arm,with_both,with_core"]
    for store in range(12):
        for week in range(4):
            sold = 20 + (store * 5 + week * 3) % 9
            lines.append(f"s{store},{first + timedelta(weeks=week)},{'AB'[store % 2]},{sold},90")
    return "\n".join(lines)


def of_receipts(world: World) -> Hypothesis:
    metric = {
        "name": "attach", "kind": "ratio", "columns": ["with_both", "with_core"],
        "role": "primary", "threshold": 0.02, "better": "higher",
    }  # fmt: skip
    return world.running(
        design="cluster", cluster="store", metrics=[metric], unit=None, planned_units=4,
        baseline_sd=0.4, icc=0.01, cluster_size=300, cluster_cv=0.1,
    )  # fmt: skip


def test_weeks_of_receipts_name_their_days(world: World) -> None:
    world.now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    analysis = made(world, of_receipts(world), "basket", weeks_of_stores(date(2026, 3, 2)))
    assert told(analysis) == ("fail", "after_the_hypothesis")


def test_a_plan_within_the_last_week_of_receipts_is_late(world: World) -> None:
    """The week goes on until Sunday, and the plan came on Wednesday."""
    world.now = datetime(2026, 3, 25, 9, tzinfo=UTC)
    analysis = made(world, of_receipts(world), "basket", weeks_of_stores(date(2026, 3, 2)))
    assert told(analysis) == ("warn", "after_the_start")


def test_sums_of_stores_are_of_the_days_of_their_receipts(world: World) -> None:
    world.now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    lines = ["store,arm,with_both,with_core"]
    lines += [f"s{store},{'AB'[store % 2]},{20 + store % 5},90" for store in range(12)]
    analysis = made(
        world, of_receipts(world), "basket", "\n".join(lines),
        first_day="2026-03-02", last_day="2026-03-29",
    )  # fmt: skip
    assert told(analysis) == ("fail", "after_the_hypothesis")


# ------------------------------------------------------------------------------ periods
def series(world: World, *, start: str, label: str, years: range) -> Analysis:
    metric = {
        "name": "Revenue", "kind": "mean", "columns": ["revenue"], "role": "primary",
        "threshold": "5%", "better": "higher",
    }  # fmt: skip
    plan = world.plan(
        design="before_after", variant=None, control=None, split=None, unit=None, time="month",
        value="revenue", start=start, metrics=[metric], baseline=None, baseline_sd=None,
        planned_units=3,
    )  # fmt: skip
    hypothesis = world.running(**plan)
    lines = ["month,revenue"]
    for year in years:
        for month in range(1, 13):
            name = label.format(year=year, month=month)
            lines.append(f"{name},{1000 + 40 * month + (year * 7 + month * 3) % 11}")
    world.later(days=400 if years[-1] > 2025 else 1)
    pilots.attach(world, hypothesis, "\n".join(lines))
    return pilots.analyse(world, hypothesis)


@pytest.mark.parametrize(
    "label", ["{year}-{month:02}", "{month:02}.{year}", "{year}-{month:02}-01"]
)
def test_months_that_were_over_before_the_plan_are_exploration(world: World, label: str) -> None:
    start = label.format(year=2006, month=1)
    analysis = series(world, start=start, label=label, years=range(2002, 2007))
    assert told(analysis) == ("fail", "after_the_hypothesis")
    assert analysis.verdict == "invalid"


def test_the_months_before_a_change_may_be_old(world: World) -> None:
    analysis = series(world, start="2026-03", label="{year}-{month:02}", years=range(2023, 2027))
    assert told(analysis) == ("pass", "after_nothing")


def sites(label: str, first: date, change: int = 14) -> tuple[str, str]:
    """The stores' weeks under other names, and the name of the first week of the change."""
    names = []
    for week in range(pilots.WEEKS):
        day = first + timedelta(weeks=week)
        year, number, _ = day.isocalendar()
        names.append(label.format(year=year, week=number))
    lines = pilots.weekly().splitlines()
    renamed = [lines[0]]
    for line in lines[1:]:
        store, week, sales = line.split(",")
        renamed.append(f"{store},{names[int(week) - 1]},{sales}")
    return "\n".join(renamed), names[change - 1]


@pytest.mark.parametrize("label", ["{year}-W{week:02}", "W{week} {year}", "{year}-{week:02}"])
def test_weeks_of_a_pilot_are_of_the_calendar(world: World, label: str) -> None:
    monday = date(2025, 2, 3)
    text, start = sites(label, monday)
    late = pilots.running(world, start=start)
    pilots.attach(world, late, text)
    assert told(pilots.analyse(world, late)) == ("fail", "after_the_hypothesis")
    # The weeks before the change are history on purpose.
    ahead = world.now.date() + timedelta(days=14)
    monday = ahead - timedelta(days=ahead.weekday(), weeks=13)
    text, start = sites(label, monday)
    early = pilots.running(world, start=start)
    world.later(days=90)
    pilots.attach(world, early, text)
    assert told(pilots.analyse(world, early)) == ("pass", "after_nothing")


def test_bare_numbers_of_weeks_say_nothing(world: World) -> None:
    hypothesis = pilots.measured(world)
    test = hypothesis.current_test
    assert test is not None and test.result is not None
    assert told(test.result) == ("warn", "after_unknown_periods")
