"""Rows worked out from a file: staged, mapped and attached like any, with their origin."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Dataset, Hypothesis
    from hadi.services.made_datasets import Origin

ROWS = "".join(f"D-{i},{'AB'[i % 2]},{int(i % 7 < 2)}\n" for i in range(60))
MADE = f"deal,arm,bought\n{ROWS}".encode()


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def origin(**found: Any) -> Origin:
    from hadi.domain.text import Text
    from hadi.services.made_datasets import MadeFrom, Origin

    return Origin(
        MadeFrom.FUNNEL, "deals.csv", "0" * 64, 240, Text("file_empty", file="deals.csv"),
        {"stage": "offer"}, found,
    )  # fmt: skip


def stage(
    world: World, hypothesis: Hypothesis, folder: Path, *, by: str = "analyst", **found: Any
) -> Dataset:
    from hadi.ingest.limits import Limits
    from hadi.services import made_datasets

    return made_datasets.stage(
        hypothesis.id, file=io.BytesIO(MADE), filename="deals - moved on.csv",
        origin=origin(**found), folder=folder, limits=Limits(max_bytes=100_000),
        by=world.actor(by), now=world.later(),
    )  # fmt: skip


def test_made_rows_keep_their_origin_through_mapping_and_remapping(
    world: World, folder: Path
) -> None:
    from hadi.services import datasets
    from hadi.services.made_datasets import origin_of

    made = stage(world, world.running(), folder, open_share=0.1)
    assert made.filename == "deals - moved on.csv" and not made.is_attached
    analyst = world.actor("analyst")
    datasets.attach(made.id, mapping={}, folder=folder, by=analyst, now=world.later())
    assert made.version == 1 and origin_of(made) == origin(open_share=0.1)
    again = datasets.again(
        made.id, tags={"deal": "personal"}, reason="names", folder=folder, by=analyst,
        now=world.later(),
    )  # fmt: skip
    assert origin_of(again) == origin_of(made)


def test_the_same_rows_made_again_tell_the_last_origin_while_they_wait(
    world: World, folder: Path
) -> None:
    from hadi.services import datasets
    from hadi.services.made_datasets import origin_of

    hypothesis = world.running()
    first = stage(world, hypothesis, folder, open_share=0.1)
    assert stage(world, hypothesis, folder, open_share=0.3).id == first.id
    assert origin_of(first) == origin(open_share=0.3)
    analyst = world.actor("analyst")
    datasets.attach(first.id, mapping={}, folder=folder, by=analyst, now=world.later())
    assert stage(world, hypothesis, folder, open_share=0.0).id == first.id
    assert origin_of(first) == origin(open_share=0.3)


def test_permissions_state_and_size_bind_as_for_every_upload(world: World, folder: Path) -> None:
    from hadi.domain.errors import Blocked, NotAllowed, TooLarge
    from hadi.ingest.limits import Limits
    from hadi.services import made_datasets

    hypothesis = world.running()
    with pytest.raises(NotAllowed):
        stage(world, hypothesis, folder, by="viewer")
    with pytest.raises(Blocked):
        stage(world, world.idea("greet everyone"), folder)
    with pytest.raises(TooLarge):
        made_datasets.stage(
            hypothesis.id, file=io.BytesIO(MADE), filename="made.csv", origin=origin(),
            folder=folder, limits=Limits(max_bytes=100), by=world.actor("analyst"),
            now=world.later(),
        )  # fmt: skip
    assert not list(folder.glob("*.parquet"))


def test_only_tests_that_take_data_of_this_person_are_offered(world: World) -> None:
    from hadi.services import made_datasets

    world.idea("greet everyone")
    running = world.running()
    offered = made_datasets.taking(by=world.actor("analyst"))
    assert [each.id for each in offered] == [running.id]
    assert [each.id for each in made_datasets.taking(by=world.actor("member"))] == [running.id]
    assert made_datasets.taking(by=world.actor("viewer")) == []
