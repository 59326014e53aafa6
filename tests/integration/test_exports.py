"""Exports through the services: everything is in them but what may not be seen."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Invalid, NotAllowed, NotFound
from hadi.services.exports import Name
from hadi.services.table_files import Format
from tests.factories.archives import data, fill
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Dataset
    from hadi.services.table_files import Table

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app_context: Flask) -> World:
    world = World(app_context)
    fill(world)
    return world


def table(world: World, name: Name, role: str = "analyst", **arguments: Any) -> Table:
    from hadi.services import exports

    return exports.table(name, arguments, folder=data(world.app), by=world.actor(role))


def content(found: Table, format: Format) -> bytes:
    from hadi.services import exports

    with exports.written(found, format, exports.reader("en")) as file:
        return file.read()


def file_of(world: World) -> Dataset:
    """The data set that has rows, its columns told and two of them tagged."""
    from hadi.db import db
    from hadi.models import Dataset

    found = db.session.scalars(db.select(Dataset).where(Dataset.version == 3)).one()
    found.report = {
        "columns": [{"name": "arm", "type": "text"}, {"name": "bought", "type": "integer"}]
    }
    found.tags = {"bought": "margin"}
    db.session.commit()
    return found


def test_every_table_is_written_in_every_format(world: World) -> None:
    from hadi.db import db
    from hadi.models import Scorecard

    file = file_of(world)
    card = db.session.scalars(db.select(Scorecard)).one()
    arguments = {"dataset": file.id, "hypothesis": "H-2", "scorecard": card.id}
    for name in Name:
        for format in Format:
            written = content(table(world, name, "admin", **arguments), format)
            assert len(written) > 100 or name is Name.ROWS, (name, format)
        found = table(world, name, "admin", **arguments)
        assert len(list(found.rows)) == found.size or name is Name.ROLLOUTS, name


@ONE
def test_tagged_columns_are_left_out_of_every_format(world: World) -> None:
    import openpyxl
    import pyarrow.parquet as pq

    file = file_of(world)
    for role, columns in (
        ("analyst", ["arm", "bought"]),
        ("member", ["arm", "bought"]),  # whose test it is
        ("viewer", ["arm"]),
    ):
        names: list[list[str]] = []
        for format in Format:
            found = table(world, Name.ROWS, role, dataset=file.id)
            assert found.suffix == ("" if len(columns) == 2 else "-without-margin")
            written = content(found, format)
            if format is Format.CSV:
                line = written.decode("utf-8-sig").splitlines()[0]
                names.append(line.replace('"', "").split(","))
            elif format is Format.XLSX:
                book = openpyxl.load_workbook(io.BytesIO(written))
                names.append([str(cell.value) for cell in next(iter(book["HADI"].rows))])
                assert ("Notes" in book.sheetnames) == (len(columns) == 1)
            else:
                read = pq.read_table(io.BytesIO(written))
                names.append(read.column_names)
                assert read.num_rows == 3
                assert (b"hadi.notes" in (read.schema.metadata or {})) == (len(columns) == 1)
        assert names == [columns] * 3, role


@ONE
def test_what_has_no_rows_here_is_said(world: World) -> None:
    from hadi.db import db
    from hadi.models import Dataset

    file = file_of(world)
    asked = db.session.scalars(db.select(Dataset).where(Dataset.version == 2)).one()
    waiting = db.session.scalars(db.select(Dataset).where(Dataset.version.is_(None))).one()
    with pytest.raises(Invalid, match="in your own database"):
        table(world, Name.ROWS, dataset=asked.id)
    with pytest.raises(NotAllowed):
        table(world, Name.ROWS, "viewer", dataset=waiting.id)
    with pytest.raises(NotFound):
        table(world, Name.ROWS, dataset="nothing")
    with pytest.raises(NotFound):
        table(world, Name.HISTORY, hypothesis="H-77")
    with pytest.raises(Invalid, match="“hypothesis” is missing"):
        table(world, Name.HISTORY)
    for name in (Name.ACTIVITY, Name.PEOPLE):
        with pytest.raises(NotAllowed):
            table(world, name, "leader")
    file.deleted_at = world.now
    db.session.commit()
    with pytest.raises(Invalid, match="were deleted"):
        table(world, Name.ROWS, dataset=file.id)


@ONE
def test_a_file_in_the_background_is_kept_for_a_week(world: World) -> None:
    from hadi.services import export_jobs

    folder: Path = data(world.app).parent
    by, now = world.actor("viewer"), world.later()
    job = export_jobs.submit(
        Name.HYPOTHESES, {"query": "cable"}, Format.XLSX, language="hu", by=by, now=now
    )
    (left,) = (folder / "exports").iterdir()
    ready = export_jobs.file_of(job.id, data_dir=folder, by=by, now=now)
    assert ready.path == left and ready.name.endswith("-without-money-personal.xlsx")
    for role in ("member", "leader"):
        with pytest.raises(NotFound):
            export_jobs.file_of(job.id, data_dir=folder, by=world.actor(role), now=now)
    assert export_jobs.file_of(job.id, data_dir=folder, by=world.actor("admin"), now=now)
    later = now + timedelta(days=7)
    with pytest.raises(NotFound, match="kept for 7 days and is gone"):
        export_jobs.file_of(job.id, data_dir=folder, by=by, now=later)
    assert export_jobs.sweep(folder, later + timedelta(days=3650)) == [left.name]
    assert list((folder / "exports").iterdir()) == []
