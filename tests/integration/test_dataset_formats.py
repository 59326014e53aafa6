"""Workbooks and archives on their way to a version: what was asked is answered, parts are one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.books import book
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


def rows_of(content: bytes) -> list[list[Any]]:
    """The rows of a text table, its whole numbers as numbers."""
    lines = [line.split(";") for line in content.decode().splitlines()]
    return [[int(cell) if cell.isdigit() else cell for cell in line] for line in lines]


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_sheets_alike_are_asked_and_the_answer_is_one_data_set(world: World, folder: Path) -> None:
    from hadi.domain.errors import HadiError
    from hadi.services import datasets

    hypothesis = world.running(**PLAN)
    content = book({"May": rows_of(week(1)), "June": rows_of(week(2))})
    waiting = staged(world, hypothesis, folder, content, "shop.xlsx")
    asked = [d["field"] for d in waiting.report["decisions"] if d["value"] is None]
    assert asked == ["sheet"]
    with pytest.raises(HadiError):
        attached(world, waiting, folder)
    both = datasets.reread(
        waiting.id, choices={"sheet": "*"}, folder=folder, incoming=folder.parent / "incoming",
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    assert both.rows == 120
    assert attached(world, both, folder).version == 1


def test_the_tables_of_an_archive_are_parts_of_one_data_set(world: World, folder: Path) -> None:
    hypothesis = world.running(**PLAN)
    content = zipped({"w1.csv": week(1), "w2.csv": week(2)})
    waiting = staged(world, hypothesis, folder, content, "weeks.zip")
    assert waiting.rows == 120
    assert [part.filename for part in waiting.parts] == ["weeks.zip/w1.csv", "weeks.zip/w2.csv"]
    assert attached(world, waiting, folder).version == 1
