"""Rows that go: by an administrator with a reason, or by the settings; what was found stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World
from tests.factories.weeks import PLAN, attached, staged, week

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def two_weeks(world: World, folder: Path) -> tuple[Any, Any, Any]:
    from hadi.models.dataset import Relation

    hypothesis = world.running(**PLAN)
    first = attached(world, staged(world, hypothesis, folder, week(1)), folder)
    waiting = staged(world, hypothesis, folder, week(2))
    return hypothesis, first, attached(world, waiting, folder, relation=Relation.INCREMENT)


def delete(world: World, dataset: Any, folder: Path, reason: str = "asked by the client") -> Any:
    from hadi.services import dataset_retention

    return dataset_retention.delete(
        dataset.id, reason=reason, folder=folder, by=world.actor("admin"), now=world.later()
    )


def test_rows_are_deleted_and_the_record_stays(world: World, folder: Path) -> None:
    from hadi.domain.errors import Blocked, Invalid, NotAllowed, Unreadable
    from hadi.services import analyses, dataset_retention, datasets, events

    hypothesis, first, second = two_weeks(world, folder)
    with pytest.raises(NotAllowed):
        dataset_retention.delete(
            second.id, reason="mine", folder=folder, by=world.actor("analyst"), now=world.later()
        )
    with pytest.raises(Invalid):
        delete(world, second, folder, " ")
    digests = [part.digest for part in second.parts]
    gone = delete(world, second, folder)
    assert not gone.has_content and gone.digest and gone.rows == 120
    assert all(column["examples"] == [] for column in gone.report["columns"])
    # The first week is version 1's, too, and stays with it.
    assert [path.stem for path in folder.iterdir()] == digests[:1] == [first.digest]
    assert events.history(hypothesis_id=hypothesis.id)[0].verb == "data_deleted"
    with pytest.raises(Unreadable, match="were deleted on"):
        analyses.run(hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later())
    with pytest.raises(Blocked):
        delete(world, second, folder)
    # What was deleted can be brought again.
    again = staged(world, hypothesis, folder, week(2))
    assert not again.is_attached and again.id != second.id
    assert datasets.find(second.id, by=world.actor("viewer")).deleted_at is not None


def test_what_the_quality_report_quotes_goes_with_the_rows(world: World, folder: Path) -> None:
    import json

    from hadi.db import transaction
    from hadi.domain.errors import Unreadable
    from hadi.services import quality

    metric = {"name": "Spend", "kind": "mean", "columns": ["spend"], "role": "primary",
              "threshold": 5, "better": "higher"}  # fmt: skip
    hypothesis = world.running(**PLAN, metrics=[metric], baseline=None)
    lines = [f"{i};{'AB'[i % 2]};{-77.5 if i == 9 else 31.5};2026-02-{2 + i % 7:02};Ivanov;{i}"
             for i in range(60)]  # fmt: skip
    content = "\n".join(["client;arm;spend;day;seller;note", *lines, ""]).encode()
    kept = attached(world, staged(world, hypothesis, folder, content), folder)
    with transaction():
        kept.quality = {**kept.quality, "early_rows": 3}
        found = quality.report_of(kept)
        assert found is not None
    before = {(each.code, each.level, each.is_check) for each in found.findings}
    assert "-77.5" in json.dumps(kept.quality)
    gone = delete(world, kept, folder)
    left = quality.report_of(gone)
    assert left is not None and left.level is found.level
    assert (left.first_day, left.last_day) == (found.first_day, found.last_day)
    assert {(each.code, each.level, each.is_check) for each in left.findings} == before
    assert gone.quality["early_rows"] == 3
    written = json.dumps([gone.quality, gone.report], ensure_ascii=False)
    assert not [value for value in ("77.5", "31.5", "Ivanov") if value in written]
    said = [str(each.detail) for each in left.findings if each.code == "impossible"]
    assert said[0].startswith("“spend” is below zero in 1 row (1.7%; lowest …)."), said
    with pytest.raises(Unreadable):
        quality.change(
            gone.id, settings={"reason": "x"}, folder=folder, by=world.actor("analyst"),
            now=world.later(),
        )  # fmt: skip
    assert quality.report_of(gone) is not None


def test_the_settings_let_rows_go_after_the_decision(world: World, folder: Path) -> None:
    from hadi.db import transaction
    from hadi.services import dataset_retention, workspace

    concluded = world.concluded()
    assert concluded.current_test is not None
    (dataset,) = concluded.current_test.datasets
    later = world.now + timedelta(days=31)
    assert dataset_retention.sweep(folder=folder, now=later) == 0
    with transaction():
        workspace.current().retention_days = 30
    assert dataset_retention.sweep(folder=folder, now=world.now + timedelta(days=29)) == 0
    assert dataset_retention.sweep(folder=folder, now=later) == 1
    assert dataset.counts is None and dataset.deleted_at == later
    assert concluded.verdict is not None
    assert dataset_retention.sweep(folder=folder, now=later) == 0


def test_rows_stay_where_their_deletion_is_undone(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.services import dataset_retention, datasets

    first = attached(world, staged(world, world.running(**PLAN), folder, week(1)), folder)
    with monkeypatch.context() as broken:
        broken.setattr(dataset_retention.events, "record", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            delete(world, first, folder)
    assert first.has_content
    assert all(path.is_file() for path in datasets.paths_of(first, folder=folder))


def test_deleted_rows_that_lie_there_still_are_swept_up(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may die between the deletion and the end of its files."""
    from hadi.services import cleaning, dataset_records, datasets

    first = attached(world, staged(world, world.running(**PLAN), folder, week(1)), folder)
    with monkeypatch.context() as killed:
        killed.setattr(dataset_records, "_drop_unused", lambda digests, folder: None)
        delete(world, first, folder)
    (path,) = datasets.paths_of(first, folder=folder)
    assert path.is_file()
    cleaning.sweep(data_dir=folder.parent, now=world.now, orphan_after=timedelta(days=-9999))
    assert not path.exists()
