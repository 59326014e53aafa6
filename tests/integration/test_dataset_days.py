"""The day of a row, where the plan names no column: named with the first file, known since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.factories.hypotheses import World
from tests.factories.weeks import attached, staged, week

if TYPE_CHECKING:
    from flask import Flask

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COLUMNS = {"arm": "arm", "client": "client", "bought": "bought"}


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def test_the_day_is_kept_for_the_files_that_follow(world: World, folder: Path) -> None:
    from hadi.models.dataset import Relation
    from hadi.services.dataset_days import likely_day
    from hadi.services.dataset_versions import overlap_with

    hypothesis = world.running(unit="client")
    waiting = staged(world, hypothesis, folder, week(1))
    assert likely_day(waiting.report, None) == "day"
    first = attached(world, waiting, folder, COLUMNS, day="day")
    assert first.quality_settings["day"] == "day"
    assert first.quality["first_day"] == "2026-02-02"
    waiting = staged(world, hypothesis, folder, week(2))
    assert overlap_with(waiting, first, first.mapping, folder=folder).is_next
    second = attached(world, waiting, folder, relation=Relation.INCREMENT)
    assert second.quality_settings["day"] == "day"
    # Days that are there already are seen by the same column.
    twice = attached(world, staged(world, hypothesis, folder, week(2, rows=80)), folder,
                     relation=Relation.INCREMENT)  # fmt: skip
    assert "overlap_days" in {note["code"] for note in twice.report["notes"]}
    # All of the rows once more, without a word: as before. And it can be taken away.
    whole = attached(world, staged(world, hypothesis, folder, week(3, rows=90)), folder)
    assert whole.quality_settings["day"] == "day"
    none = attached(world, staged(world, hypothesis, folder, week(3, rows=91)), folder, day="")
    assert none.quality_settings["day"] is None


@ONE
def test_with_the_day_a_late_plan_is_seen(world: World, folder: Path) -> None:
    """The plan is of later than the rows, and only their day tells."""
    from hadi.services import analyses

    content = week(1, rows=400)
    world.later(days=400)
    for day, status in (("", "warn"), ("day", "fail")):
        hypothesis = world.running(unit="client")
        attached(world, staged(world, hypothesis, folder, content), folder, COLUMNS, day=day)
        made = analyses.run(
            hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later()
        )
        found = {check["code"]: check["status"] for check in made.record["checks"]}
        assert found["after_the_fact"] == status


@ONE
@pytest.mark.parametrize(
    ("plan", "day", "code"),
    [
        ({"unit": "client"}, "nothing", "day_unknown"),
        ({"unit": "client"}, "arm", "quality_setting_not_days"),
        ({"unit": "client", "day": "day"}, "day", "day_of_plan"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    world: World, folder: Path, plan: dict[str, str], day: str, code: str
) -> None:
    from hadi.domain.errors import Invalid

    waiting = staged(world, world.running(**plan), folder, week(1))
    with pytest.raises(Invalid) as refusal:
        attached(world, waiting, folder, day=day)
    assert refusal.value.fields["day"].code == code
    assert not waiting.is_attached
