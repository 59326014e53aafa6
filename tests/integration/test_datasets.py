"""Data through the services: read, kept once, mapped, attached as versions, looked into."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Dataset, Hypothesis

ROWS = "".join(f"{'AB'[i % 2]},{int(i % 7 < 2)},{i}\n" for i in range(60))
GOOD = f"arm,bought,who\n{ROWS}".encode()


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def stage(world: World, hypothesis: Hypothesis, folder: Path, content: bytes = GOOD) -> Dataset:
    from hadi.ingest.limits import Limits
    from hadi.services import datasets

    return datasets.stage(
        hypothesis.id, file=io.BytesIO(content), filename="till.csv", folder=folder,
        limits=Limits(), by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip


def attach(world: World, dataset: Dataset, folder: Path, **mapping: str) -> Dataset:
    from hadi.services import datasets

    return datasets.attach(
        dataset.id, mapping=mapping, folder=folder, by=world.actor("analyst"), now=world.later()
    )


def test_equal_files_are_kept_once(world: World, folder: Path) -> None:
    first = attach(world, stage(world, world.running(), folder), folder)
    second = attach(world, stage(world, world.running("greet everyone"), folder), folder)
    assert (first.version, second.version) == (1, 1) and first.digest == second.digest
    assert [path.stem for path in folder.iterdir()] == [first.digest]


def test_the_same_file_twice_is_the_same_data_set(world: World, folder: Path) -> None:
    hypothesis = world.running()
    waiting = stage(world, hypothesis, folder)
    assert stage(world, hypothesis, folder).id == waiting.id
    first = attach(world, waiting, folder)
    assert stage(world, hypothesis, folder).id == first.id
    # The same table in other bytes is the same, too.
    other = GOOD.replace(b",", b";")
    assert stage(world, hypothesis, folder, other).id == first.id
    assert [path.stem for path in folder.iterdir()] == [first.digest]
    assert not any((folder.parent / "incoming").iterdir())


def test_only_what_is_attached_counts(world: World, folder: Path) -> None:
    from hadi.domain.lifecycle import Step
    from hadi.services import analyses, datasets, hypotheses

    hypothesis = world.running()
    dataset = stage(world, hypothesis, folder)
    test = hypothesis.current_test
    assert test is not None and not hypotheses.has_data(test)
    assert [b.code for b in hypotheses.blockers(hypothesis, Step.MEASURE)] == ["needs_data"]
    datasets.discard(dataset.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert analyses.latest_dataset(hypothesis) is None
    assert not any(folder.iterdir())


def test_a_table_that_another_data_set_has_is_not_discarded(world: World, folder: Path) -> None:
    from hadi.services import datasets

    kept = attach(world, stage(world, world.running(), folder), folder)
    other = stage(world, world.running("greet everyone"), folder)
    datasets.discard(other.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert all(path.is_file() for path in datasets.paths_of(kept, folder=folder))


def test_a_mapping_names_every_column_that_is_missing(world: World, folder: Path) -> None:
    from hadi.domain.errors import Invalid

    dataset = stage(world, world.running(unit="client_id"), folder)
    with pytest.raises(Invalid) as refused:
        attach(world, dataset, folder, bought="nothing")
    assert set(refused.value.fields) == {"client_id", "bought"}
    assert not dataset.is_attached


def test_data_that_cannot_answer_the_plan_are_not_attached(world: World, folder: Path) -> None:
    from hadi.domain.errors import Unreadable

    hypothesis = world.running()
    for content in (GOOD.replace(b"B,", b"A,"), GOOD.replace(b",1,", b",yes and no,")):
        dataset = stage(world, hypothesis, folder, content)
        with pytest.raises(Unreadable):
            attach(world, dataset, folder)
        assert not dataset.is_attached and dataset.version is None


def test_who_may_not_bring_data_is_refused_and_logged(world: World, folder: Path) -> None:
    from hadi.domain.errors import Blocked, NotAllowed
    from hadi.ingest.limits import Limits
    from hadi.services import datasets, events

    hypothesis = world.running()
    with pytest.raises(NotAllowed):
        datasets.stage(
            hypothesis.id, file=io.BytesIO(GOOD), filename="a.csv", folder=folder,
            limits=Limits(), by=world.actor("viewer"), now=world.later(),
        )  # fmt: skip
    latest = events.history(hypothesis_id=hypothesis.id)[0]
    assert latest.details == {"step": "attach_data", "blockers": ["not_allowed.dataset.attach"]}
    assert not folder.exists()
    planned = world.planned("greet everyone")
    with pytest.raises(Blocked):
        stage(world, planned, folder)
    assert events.history(hypothesis_id=planned.id)[0].details["blockers"] == ["needs_running"]


def test_the_first_rows_and_the_arms(world: World, folder: Path) -> None:
    from hadi.domain.errors import NotFound
    from hadi.services.dataset_rows import arms_in, preview

    content = GOOD.replace(b"A,0,2\n", b",0,=cmd|calc\n", 1)
    dataset = stage(world, world.running(), folder, content)
    shown = preview(dataset, folder=folder)
    assert shown.columns == ("arm", "bought", "who") and len(shown.rows) == 8
    assert "bought" in shown.figures and "arm" not in shown.figures
    counted = arms_in(dataset, "arm", folder=folder)
    assert counted.counts == (("B", 30), ("A", 29)) and counted.blank == 1
    many = arms_in(dataset, "who", folder=folder)
    assert len(many.counts) == 12 and many.others == 48
    with pytest.raises(NotFound):
        arms_in(dataset, 'x" FROM', folder=folder)
    hidden = preview(dataset, folder=folder, hidden={"who"})
    assert hidden.columns == ("arm", "bought") and len(hidden.rows[0]) == 2


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("arm", "bought", "who"), {"arm": "arm", "bought": "bought"}),
        (("User ID", "test group", "Bought"),
         {"arm": "test group", "bought": "Bought", "unit": "User ID"}),
        (("id сделки", "Группа", "bought_flag"),
         {"arm": "Группа", "bought": "bought_flag", "unit": "id сделки"}),
        (("arm", "Result / share", "Result / bought"),
         {"arm": "arm", "bought": "Result / bought"}),
        (("arm", "bought", "units"), {"arm": "arm", "bought": "bought"}),  # pieces, not people
        (("x", "y", "z"), {}),
    ],
)  # fmt: skip
def test_likely_columns_are_suggested(names: tuple[str, ...], expected: dict[str, str]) -> None:
    from hadi.domain.plan import Plan
    from hadi.services.dataset_mapping import suggested

    plan = Plan.from_json({
        "variant": "arm", "control": "A",
        "metrics": [{"name": "Bought", "kind": "conversion", "columns": ["bought"]}],
    })  # fmt: skip
    columns: list[dict[str, Any]] = [
        {"name": name, "type": "integer", "examples": ["7", "8"]} for name in names
    ]
    assert suggested(plan, columns) == expected


def test_the_column_that_holds_the_control_names_the_arms() -> None:
    from hadi.domain.plan import Plan
    from hadi.services.dataset_mapping import suggested

    plan = Plan.from_json({"variant": "arm", "control": "A", "metrics": []})
    columns = [
        {"name": "arm_no", "type": "integer", "examples": ["1", "2"]},
        {"name": "what", "type": "text", "examples": ["A", "B"]},
    ]
    assert suggested(plan, columns)["arm"] == "what"


def test_work_that_fails_leaves_a_file_that_waited_before(world: World) -> None:
    from hadi.db import db
    from hadi.models import Dataset, Job
    from hadi.models.job import JobState
    from hadi.services import uploads

    data_dir = world.app.extensions["hadi_settings"].data_dir
    hypothesis = world.running()
    staged = stage(world, hypothesis, data_dir / "datasets")
    sent = uploads.receive(
        hypothesis.id, files=[("again.csv", io.BytesIO(GOOD))], limit=1 << 30,
        arguments={"mapping": {"bought": "nothing"}}, folder=data_dir / "incoming",
        by=world.actor(), now=world.later(),
    )  # fmt: skip
    job = db.session.get_one(Job, sent.job_id, populate_existing=True)
    assert job.state is JobState.FAILED
    assert db.session.get(Dataset, staged.id, populate_existing=True) is not None
