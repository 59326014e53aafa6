"""What is left over goes, and nothing else."""

from __future__ import annotations

import io
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Upload

ROWS = "".join(f"{'AB'[i % 2]},{int(i % 7 < 2)}\n" for i in range(60))
CONTENT = f"arm,bought\n{ROWS}".encode()


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    for name in ("incoming", "datasets"):
        (tmp_path / "kept" / name).mkdir(parents=True)
    return tmp_path / "kept"


def send(world: World, data_dir: Path, received: int, **told: object) -> Upload:
    from hadi.services import hypotheses, uploads

    hypothesis = hypotheses.find("H-1", by=world.actor())
    upload = uploads.begin(
        hypothesis.id, filename="till.csv", size=len(CONTENT), folder=data_dir / "incoming",
        limit=1 << 30, by=world.actor("analyst"), now=world.now, **told,  # type: ignore[arg-type]
    )  # fmt: skip
    if received:
        uploads.append(
            upload.id, offset=0, stream=io.BytesIO(CONTENT[:received]),
            folder=data_dir / "incoming", by=world.actor("analyst"), now=world.now,
        )  # fmt: skip
    return upload


def written(path: Path, at: datetime) -> Path:
    """A file that was last written then."""
    path.write_bytes(b"left over")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def sweep(world: World, data_dir: Path, now: datetime) -> list[str]:
    from hadi.services import cleaning

    return cleaning.sweep(data_dir=data_dir, now=now)


def test_uploads_that_nobody_goes_on_with_end_after_a_week(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.models.job import JobKind
    from hadi.models.upload import UploadState
    from hadi.services import jobs

    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
    world.running()
    alone = send(world, data_dir, 100)
    whole = send(world, data_dir, len(CONTENT), batch="together", batch_size=2)
    half = send(world, data_dir, 100, batch="together", batch_size=2)
    sweep(world, data_dir, world.now + timedelta(days=6))
    assert alone.state is UploadState.RECEIVING and not jobs.active(JobKind.READ, "together")
    sweep(world, data_dir, world.now + timedelta(days=8))
    assert alone.state is half.state is UploadState.CANCELLED
    assert whole.state is UploadState.RECEIVED  # what had arrived beside it is read
    assert len(jobs.active(JobKind.READ, "together")) == 1
    assert {path.name for path in (data_dir / "incoming").iterdir()} == {whole.id}


def test_what_no_record_names_goes_after_a_day(world: World, data_dir: Path) -> None:
    world.running()
    kept = send(world, data_dir, 100)
    long_ago, lately = world.now - timedelta(days=2), world.now - timedelta(hours=2)
    incoming, datasets = data_dir / "incoming", data_dir / "datasets"
    os.utime(incoming / kept.id, (long_ago.timestamp(), long_ago.timestamp()))
    old = [
        written(incoming / "orphan", long_ago),
        written(datasets / f"{'a' * 64}.parquet", long_ago),
        written(datasets / f"{'b' * 64}.sums.json", long_ago),
        written(datasets / f".{'d' * 64}.parquet.partial", long_ago),
    ]
    new = [written(incoming / "young", lately), written(datasets / f"{'c' * 64}.parquet", lately)]
    scratch = datasets / ".incoming-dead"
    scratch.mkdir()
    written(scratch / "received", long_ago)
    os.utime(scratch, (long_ago.timestamp(), long_ago.timestamp()))
    told = sweep(world, data_dir, world.now)
    assert sorted(told) == sorted([*(path.name for path in old), scratch.name])
    assert not any(path.exists() for path in (*old, scratch))
    assert all(path.exists() for path in (*new, incoming / kept.id))


def test_tables_of_data_sets_stay(world: World, data_dir: Path) -> None:
    from hadi.db import db
    from hadi.ingest.limits import Limits
    from hadi.models import Dataset
    from hadi.services import datasets, hypotheses

    world.running()
    hypothesis = hypotheses.find("H-1", by=world.actor())
    staged = datasets.stage(
        hypothesis.id, file=io.BytesIO(CONTENT), filename="till.csv",
        folder=data_dir / "datasets", limits=Limits(), by=world.actor("analyst"), now=world.now,
    )  # fmt: skip
    sweep(world, data_dir, world.now + timedelta(days=400))
    (path,) = datasets.paths_of(
        db.session.get_one(Dataset, staged.id), folder=data_dir / "datasets"
    )
    assert path.exists()
