"""A pilot through the services: what is judged, what is kept, and what others make of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hadi.domain.errors import Unreadable
from tests.factories import pilots
from tests.factories.hypotheses import World
from tests.factories.pilots import MONDAY, START, attach, weekly

if TYPE_CHECKING:
    from flask import Flask

    from hadi.config import Settings


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def test_the_record_is_kept_whole(world: World) -> None:
    made = pilots.measured(world)
    test = made.current_test
    assert test is not None and test.result is not None
    record = test.result.record
    assert record["design"] == "pilot"
    assert record["evidence"] == "controlled_pilot"
    assert record["effect"]["estimate"] == pytest.approx(0.2, abs=0.02)
    assert record["input_digest"] == test.result.dataset.digest
    assert record["sites"]["treated"] == ["s01", "s02"]


def test_another_pilots_lift_feeds_the_sceptical_prior(world: World) -> None:
    from hadi.services import priors

    pilots.measured(world)
    prior = priors.sceptical_prior(besides="another")
    assert prior is not None
    assert prior.n == 1
    assert prior.sd > 0.05


def test_a_pilot_stands_in_the_exports(world: World) -> None:
    from hadi.services import analysis_export, hypothesis_export

    pilots.measured(world)
    by = world.actor("analyst")
    table = analysis_export.table(by=by)
    row = next(iter(table.rows))
    assert any(isinstance(cell, float) and abs(cell - 0.2) < 0.02 for cell in row)
    assert list(hypothesis_export.table(by=by).rows)


def test_only_the_weeks_from_the_start_on_can_be_older_than_the_plan(world: World) -> None:
    begins = MONDAY - timedelta(weeks=START + 2)
    start = str(begins + timedelta(weeks=START - 1))
    made = pilots.running(world, start=start)
    attach(world, made, weekly(begins=begins))
    found = pilots.analyse(world, made)
    checks = {check["code"]: check for check in found.record["checks"]}
    assert checks["after_the_fact"]["status"] == "warn"  # the start lies before the plan
    later = pilots.running(world, start=str(MONDAY + timedelta(weeks=START - 1)))
    world.later(days=200)
    attach(world, later, weekly(begins=MONDAY))
    found = pilots.analyse(world, later)
    checks = {check["code"]: check for check in found.record["checks"]}
    assert checks["after_the_fact"]["status"] == "pass"
    assert found.verdict == "confirmed"


def test_a_pilot_planned_after_its_weeks_is_exploration(world: World) -> None:
    begins = MONDAY - timedelta(weeks=40)
    start = str(begins + timedelta(weeks=START - 1))
    made = pilots.running(world, start=start)
    attach(world, made, weekly(begins=begins))
    assert pilots.analyse(world, made).verdict == "invalid"


def test_the_next_file_is_mapped_as_the_one_before(world: World) -> None:
    made = pilots.running(world, planned_units=7)
    renamed = ("store,week,sales", "Магазин,Неделя,Выручка")
    mapping = {"store": "Магазин", "week": "Неделя", "sales": "Выручка"}
    attach(world, made, weekly(weeks=17).replace(*renamed), mapping=mapping)
    again = attach(world, made, weekly().replace(*renamed), mapping=None)
    assert again.mapping == mapping
    assert pilots.analyse(world, made).verdict == "confirmed"


def test_a_file_without_the_pilot_is_refused_and_leaves_nothing(world: World) -> None:
    made = pilots.running(world)
    with pytest.raises(Unreadable, match="“s01”"):
        attach(world, made, weekly().replace("s01,", "s91,"))
    assert made.current_test is not None
    assert all(dataset.version is None for dataset in made.current_test.datasets)


def test_missing_weeks_are_ambers_of_the_report_and_no_reason_to_refuse(world: World) -> None:
    from hadi.services import quality

    made = pilots.running(world)
    lines = [line for line in weekly().splitlines() if not line.startswith("s05,3,")]
    dataset = attach(world, made, "\n".join(lines) + "\n")
    report = quality.report_of(dataset)
    assert report is not None
    found = {finding.code: finding.level.value for finding in report.findings}
    assert found["missing_periods"] == "amber"
    assert "sample_ratio" not in found and "unknown_arms" not in found
    assert pilots.analyse(world, made).verdict == "confirmed"


def test_a_pilot_may_be_repeated_and_scaled(world: World) -> None:
    from hadi.services import rollout_list

    made = pilots.concluded(world)
    assert made.state.value == "concluded"
    assert rollout_list.board(by=world.actor("leader"))


def test_a_database_feeds_a_pilot(world: World, settings: Settings, tmp_path: Path) -> None:
    """The weeks of a team's own table become a version of data; asked twice they make one."""
    import duckdb

    from hadi.db import db
    from hadi.models import Dataset
    from hadi.models.connection import ConnectionKind
    from hadi.models.job import JobState
    from hadi.services import connections, feed_choosing, feeds

    by = world.actor("analyst")
    made = pilots.running(world)
    path = settings.data_dir / "sources" / "shops"
    path.mkdir(parents=True)
    rows = tmp_path / "rows.csv"
    rows.write_text(weekly(), encoding="utf-8")
    duckdb.connect().execute(f"COPY (FROM '{rows}') TO '{path / 'sales.parquet'}' (FORMAT parquet)")
    connection = connections.create(
        kind=ConnectionKind.PARQUET, name="Shops", settings={"path": "shops"}, secret=None,
        by=by, now=world.later(),
    )  # fmt: skip
    feed = feed_choosing.stage(
        made.id, connection_id=connection.id, table="sales", by=by, now=world.later()
    )
    job = feed_choosing.attach(feed.id, mapping={}, by=by, now=world.later(days=1))
    db.session.expire_all()
    assert job.state is JobState.DONE, job.problem
    again = feeds.refresh_now(feed.id, by=by, now=world.later())
    db.session.expire_all()
    assert again.state is JobState.DONE, again.problem
    assert made.current_test is not None
    (dataset,) = db.session.query(Dataset).filter_by(test_id=made.current_test.id)
    assert (dataset.version, dataset.rows) == (1, pilots.SITES * pilots.WEEKS)
    found = pilots.analyse(world, made)
    assert found.verdict == "confirmed"
    assert found.record["effect"]["estimate"] == pytest.approx(0.2, abs=0.02)


def test_an_unproven_guardrail_stops_the_scaling_of_a_pilot(world: World) -> None:
    """“Returns” must not rise by more than 1 %; three weeks of so few stores cannot prove it."""
    from hadi.domain.errors import Blocked

    lines = weekly().splitlines()
    noisy = ["returns", *(str(20 + (number * 7919) % 17) for number in range(len(lines) - 1))]
    text = "\n".join(f"{line},{cell}" for line, cell in zip(lines, noisy, strict=True)) + "\n"
    guardrail = {
        "name": "Returns", "kind": "mean", "columns": ["returns"], "role": "guardrail",
        "better": "lower", "margin": 0.01,
    }  # fmt: skip
    metrics = [*pilots.body(world)["metrics"], guardrail]
    with pytest.raises(Blocked) as refused:
        pilots.concluded(world, text=text, metrics=metrics)
    assert {blocker.text.code for blocker in refused.value.blockers} == {"scale_guardrail_unproven"}
