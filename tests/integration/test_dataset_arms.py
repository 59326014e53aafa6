"""A file that names the arms otherwise than the plan is read, attached and checked without anybody
editing it; the next one too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import HadiError, Unreadable
from tests.factories.hypotheses import World
from tests.factories.weeks import HEAD, PLAN, attached, staged, week
from tests.integration.test_dataset_formats import zipped

if TYPE_CHECKING:
    from flask import Flask

ARMS = {"контроль": "A", "новый": "B"}


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def russian(number: int, head: str = HEAD) -> bytes:
    text = week(number, head=head).decode()
    return text.replace(";A;", ";контроль;").replace(";B;", ";новый;").encode()


def choices(arms: Mapping[str, str], column: str = "arm") -> dict[str, Any]:
    return {"columns": {column: {"arms": dict(arms)}}}


def reread(world: World, dataset: Any, folder: Path, chosen: Any) -> Any:
    from hadi.services import datasets

    return datasets.reread(
        dataset.id, choices=chosen, folder=folder, incoming=folder.parent / "incoming",
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip


def test_a_file_with_other_names_is_read_attached_and_checked(world: World, folder: Path) -> None:
    from hadi.models.dataset import Relation
    from hadi.services import analyses
    from hadi.services.dataset_provenance import provenance

    hypothesis = world.running(**PLAN)
    waiting = staged(world, hypothesis, folder, russian(1))
    plain = waiting.digest
    with pytest.raises(Unreadable, match="There is no arm “A”"):
        attached(world, waiting, folder)
    read = reread(world, waiting, folder, choices(ARMS))
    assert read.id == waiting.id and read.digest != plain
    assert [note["params"]["n"] for note in read.report["notes"]] == [30, 30]
    first = attached(world, read, folder)
    made = analyses.run(hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert {arm["name"]: arm["units"] for arm in made.record["arms"]} == {"A": 30, "B": 30}
    (origin,) = provenance(first, by=world.actor("analyst")).origins
    assert origin.choices == choices(ARMS)
    # Next week's file is read so without being asked, and so is one that is added to it.
    second = staged(world, hypothesis, folder, russian(2))
    assert second.report["columns"][1]["examples"] == ["A", "B"]
    assert second.parts[0].choices == choices(ARMS)
    assert attached(world, second, folder, relation=Relation.INCREMENT).rows == 120
    # What everyone reads of it names no value, and of deleted rows none stays.
    from hadi.services import dataset_retention, events

    said = [event.details for event in events.history(hypothesis_id=hypothesis.id)]
    assert "choices" in str(said) and "контроль" not in str(said)
    dataset_retention.delete(
        first.id, reason="a mistake", folder=folder, by=world.actor("admin"), now=world.later()
    )
    assert "контроль" not in str(first.parts[0].choices)
    # One that uses the plan's names already is left as it is.
    assert staged(world, hypothesis, folder, week(3)).parts[0].choices == {}


def test_it_is_taken_back_and_changed(world: World, folder: Path) -> None:
    from hadi.services.dataset_arms import arms_read, reading_arms

    hypothesis = world.running(**PLAN)
    waiting = staged(
        world, hypothesis, folder, russian(1), choices={"delimiter": ";", **choices(ARMS)}
    )
    assert arms_read(waiting, "arm") == ARMS
    assert arms_read(waiting, "day") == {}
    swapped = {"контроль": "B", "новый": "A"}
    read = reread(world, waiting, folder, reading_arms(waiting, "arm", swapped))
    assert arms_read(read, "arm") == swapped
    back = reread(world, read, folder, reading_arms(read, "arm", {}))
    assert back.parts[0].choices == {"delimiter": ";"}
    assert sorted(back.report["columns"][1]["examples"]) == ["контроль", "новый"]


def test_all_files_of_a_data_set_are_read_so(world: World, folder: Path) -> None:
    from hadi.services.dataset_arms import reading_arms

    hypothesis = world.running(**PLAN)
    content = zipped({"w1.csv": russian(1), "w2.csv": week(2)})
    waiting = staged(world, hypothesis, folder, content, "weeks.zip")
    read = reread(world, waiting, folder, reading_arms(waiting, "arm", ARMS))
    assert len(read.parts) == 2
    assert attached(world, read, folder).rows == 120


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (choices({"контроль": "C"}), "The plan has no arm “C”; its arms are “A”, “B”."),
        (choices(ARMS, "nowhere"), "The file has no column “nowhere” whose values"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    world: World, folder: Path, chosen: dict[str, Any], sentence: str
) -> None:
    hypothesis = world.running(**PLAN)
    waiting = staged(world, hypothesis, folder, russian(1))
    with pytest.raises(HadiError, match=sentence):
        reread(world, waiting, folder, chosen)
    assert waiting.parts[0].choices == {}
    with pytest.raises(HadiError, match=sentence):
        staged(world, hypothesis, folder, russian(2), choices=chosen)


def test_what_is_remembered_is_no_hindrance(world: World, folder: Path) -> None:
    """A file that lacks the column is mapped anew, not refused."""
    hypothesis = world.running(**PLAN)
    attached(world, staged(world, hypothesis, folder, russian(1), choices=choices(ARMS)), folder)
    other = staged(world, hypothesis, folder, russian(2, HEAD.replace("arm", "group")))
    assert other.parts[0].choices == {}
