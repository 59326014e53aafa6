"""A file with a column for each site, through the services: attached, grown, corrected, judged."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Invalid, Unreadable
from hadi.models.dataset import Relation
from tests.factories import pilots
from tests.factories.hypotheses import World
from tests.factories.pilots import SITES, analyse, attach, running, stage, weekly

if TYPE_CHECKING:
    from flask import Flask

    from hadi.config import Settings

CONTROLS = [f"s{n:02}" for n in range(3, SITES + 1)]
WIDE = {"store": "*", "week": "week", "sales": "*"}


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def wide(text: str, *, drop: tuple[str, ...] = (), more: str = "") -> str:
    """The same weeks with a column for each store; `more` is a column of noughts and ones."""
    cells: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        cells.setdefault(row["week"], {})[row["store"]] = row["sales"]
    sites = [site for site in next(iter(cells.values())) if site not in drop]
    head = ["week", *sites, *([more] if more else [])]
    lines = [",".join(head)]
    for place, (week, by_site) in enumerate(cells.items()):
        extra = [str(place % 2)] if more else []
        lines.append(",".join([week, *(by_site[site] for site in sites), *extra]))
    return "\n".join(lines) + "\n"


def checks_of(found: Any) -> dict[str, str]:
    return {check["code"]: check["detail"] for check in found.record["checks"]}


def test_columns_are_judged_as_rows_are(world: World) -> None:
    long, other = running(world), running(world)
    attach(world, long, weekly())
    dataset = attach(world, other, wide(weekly()), mapping=WIDE)
    assert dataset.mapping == WIDE
    one, two = analyse(world, long), analyse(world, other)
    assert one.verdict == two.verdict == "confirmed"
    assert one.record["effect"] == two.record["effect"]
    assert one.record["placebo"] == two.record["placebo"]
    assert f"{SITES} columns were taken for sites" in checks_of(two)["wide"]


def test_who_says_nothing_of_a_file_whose_columns_are_the_pilots_means_that(world: World) -> None:
    made = running(world)
    assert attach(world, made, wide(weekly()), mapping=None).mapping == WIDE
    named = attach(world, made, wide(weekly(effect=0.3)), mapping={"store": "*"})
    assert named.mapping == WIDE


def test_the_locked_controls_are_held_against_the_columns(world: World) -> None:
    made = running(world, controls=CONTROLS)
    with pytest.raises(Unreadable, match="“s09” has no column of its own"):
        attach(world, made, wide(weekly(), drop=("s09",)), mapping=WIDE)
    attach(world, made, wide(weekly(), more="open"), mapping=WIDE)
    said = checks_of(analyse(world, made))
    assert "as the plan names them" in said["wide"] and "left out: “open”" in said["wide"]
    assert f"{len(CONTROLS)} control sites" in said["controls"]


def test_weeks_that_come_later_are_added_to_the_columns(world: World) -> None:
    made = running(world, planned_units=7)
    first = attach(world, made, wide(weekly(weeks=17)), mapping=WIDE)
    later = attach(
        world, made, wide(weekly(first=18)), mapping=None, relation=Relation.INCREMENT,
    )  # fmt: skip
    assert later.mapping == first.mapping == WIDE
    assert later.rows == first.rows + 3 == 20
    assert analyse(world, made).verdict == "confirmed"


def test_a_store_that_is_gone_from_the_columns_is_no_addition(world: World) -> None:
    made = running(world)
    attach(world, made, wide(weekly(weeks=17)), mapping=WIDE)
    with pytest.raises(Invalid, match="“s05” is missing"):
        attach(
            world,
            made,
            wide(weekly(first=18), drop=("s05",)),
            mapping=None,
            relation=Relation.INCREMENT,
        )
    text = wide(weekly(effect=0.3), drop=("s05",))
    with pytest.raises(Invalid, match="“s05” is missing"):
        attach(world, made, text, mapping=None)
    kept = attach(world, made, text, mapping=None, reason="the store was shut")
    assert kept.version == 2


def test_rows_after_columns_are_another_layout_and_want_a_reason(world: World) -> None:
    made = running(world)
    attach(world, made, wide(weekly()), mapping=WIDE)
    rows = {"store": "store", "week": "week", "sales": "sales"}
    with pytest.raises(Invalid, match="a column for each site"):
        attach(world, made, weekly(effect=0.3), mapping=rows)
    assert attach(world, made, weekly(effect=0.3), mapping=rows, reason="a new export").version == 2


def test_one_value_alone_answers_no_plan_of_several(world: World) -> None:
    more = {"name": "Returns", "kind": "mean", "columns": ["returns"], "role": "secondary"}
    metrics = [pilots.body(world)["metrics"][0], more]
    made = running(world, metrics=metrics)
    with pytest.raises(Invalid, match="holds one value alone") as refused:
        attach(world, made, wide(weekly()), mapping=WIDE)
    assert "store" in refused.value.fields


def test_a_column_of_two_readings_is_asked_about_first(world: World) -> None:
    made = running(world)
    text = wide(weekly()).replace(",", "\t").replace(".", ",")
    lines = [line.split("\t") for line in text.splitlines()]
    doubtful = [[*line[:1], *(cell if n == 0 else f"{n % 9 + 1},234" for cell in line[1:])]
                for n, line in enumerate(lines)]  # fmt: skip
    staged = "\n".join("\t".join(line) for line in doubtful) + "\n"
    with pytest.raises(Invalid, match="s01"):
        attach(world, made, staged, mapping=WIDE)


def test_the_report_names_the_columns_and_finds_a_missing_week(world: World) -> None:
    from hadi.services import quality

    made = running(world)
    lines = wide(weekly()).splitlines()
    cells = lines[4].split(",")
    lines[4] = ",".join([*cells[:6], "", *cells[7:]])
    dataset = attach(world, made, "\n".join(lines) + "\n", mapping=WIDE)
    report = quality.report_of(dataset)
    assert report is not None
    found = {finding.code: str(finding.detail) for finding in report.findings}
    assert "columns were taken for sites" in found["wide"]
    assert "“s06”" in found["missing_periods"]
    assert not any(finding.level.value == "red" for finding in report.findings)


def test_the_next_file_is_suggested_as_the_one_before(world: World) -> None:
    from hadi.services.dataset_mapping import suggested
    from hadi.services.dataset_memory import recall

    made = running(world)
    test = made.current_test
    assert test is not None and test.plan is not None
    first = stage(world, made, wide(weekly(weeks=17)))
    assert suggested(test.plan, first.report["columns"]) == WIDE
    attach(world, made, wide(weekly(weeks=17)), mapping=WIDE)
    second = stage(world, made, wide(weekly(), drop=("s05",)))
    known = recall(test, test.plan, second)
    assert known is not None and known.mapping == WIDE and not known.is_same
    assert [change.column for change in known.changes if change.is_used] == ["s05"]


def test_a_table_of_a_connection_is_asked_for_its_columns(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    import duckdb

    from hadi.models.connection import ConnectionKind
    from hadi.models.job import JobState
    from hadi.services import analyses, connections, feed_choosing, feeds

    file = tmp_path / "wide.csv"
    file.write_text(wide(weekly(), more="open"), "utf-8")
    kept = settings.data_dir / "sources" / "shops"
    kept.mkdir(parents=True)
    table = f"SELECT * FROM read_csv('{file}')"
    duckdb.connect().execute(f"COPY ({table}) TO '{kept / 'stores.parquet'}' (FORMAT parquet)")
    by = world.actor("analyst")
    connection = connections.create(
        kind=ConnectionKind.PARQUET, name="Shops", settings={"path": kept.name}, secret=None,
        by=by, now=world.later(),
    )  # fmt: skip
    made = running(world, controls=CONTROLS)
    feed = feed_choosing.stage(
        made.id, connection_id=connection.id, table="stores", by=by, now=world.later()
    )
    job = feed_choosing.attach(feed.id, mapping={"store": "*"}, by=by, now=world.later())
    assert job.state is JobState.DONE, job.problem
    again = feeds.refresh_now(feed.id, by=by, now=world.later())
    assert again.state is JobState.DONE, again.problem
    found = analyses.run(made.id, folder=pilots.folder(world), by=by, now=world.later())
    assert found.verdict == "confirmed"
    assert "left out: “open”" in checks_of(found)["wide"]


@pytest.mark.reference
def test_the_printed_weeks_of_fifteen_stores(world: World, reference_dir: Path) -> None:
    text = (reference_dir / "data" / "s01_A_no_effect.csv").read_text("utf-8")
    made = running(world, treated=["s07"], start="1", planned_units=8)
    attach(world, made, text, mapping={"store": "*"})
    effect = analyse(world, made).record["effect"]
    assert effect["estimate"] == pytest.approx(0.028, abs=0.0005)
    assert (effect["low"], effect["high"]) == pytest.approx((-0.055, 0.118), abs=0.0005)
    assert effect["p_value"] == pytest.approx(0.489, abs=0.0005)
