"""What is left over goes, and nothing else."""

from __future__ import annotations

import io
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Dataset, Upload

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


def staged(world: World, data_dir: Path) -> Dataset:
    """A file that was read and waits for somebody to attach it."""
    from hadi.ingest.limits import Limits
    from hadi.services import datasets, hypotheses

    return datasets.stage(
        hypotheses.find("H-1", by=world.actor()).id, file=io.BytesIO(CONTENT), filename="till.csv",
        folder=data_dir / "datasets", limits=Limits(), by=world.actor("analyst"), now=world.now,
    )  # fmt: skip


def kept(data_dir: Path) -> list[Path]:
    """The files that are there, whatever for."""
    return sorted(path for path in data_dir.rglob("*") if path.is_file())


def told(world: World) -> list[tuple[str, str | None, str]]:
    """Who set what aside, by the history."""
    from hadi.db import db
    from hadi.models import Event

    events = db.session.scalars(select(Event).where(Event.verb == "data_discarded"))
    return [(e.actor_kind.value, e.actor_id, e.details["filename"]) for e in events]


def test_tables_of_attached_data_sets_stay(world: World, data_dir: Path) -> None:
    from hadi.services import datasets

    world.running(variant="arm", metrics=[{**world.plan()["metrics"][0], "column": "bought"}])
    waits = staged(world, data_dir)
    datasets.attach(
        waits.id, mapping={}, folder=data_dir / "datasets", by=world.actor("analyst"),
        now=world.now,
    )  # fmt: skip
    assert sweep(world, data_dir, world.now + timedelta(days=400)) == []
    assert kept(data_dir) == datasets.paths_of(waits, folder=data_dir / "datasets")


def test_a_file_that_nobody_attaches_goes_after_thirty_days(world: World, data_dir: Path) -> None:
    from hadi.db import db
    from hadi.models import Dataset
    from hadi.services import datasets

    world.running()
    dataset_id = staged(world, data_dir).id
    at = world.now
    datasets.reread(
        dataset_id, choices={"delimiter": ","}, folder=data_dir / "datasets",
        incoming=data_dir / "incoming", by=world.actor("analyst"), now=at + timedelta(days=5),
    )  # fmt: skip
    assert sweep(world, data_dir, at + timedelta(days=34)) == []  # it was looked at since
    assert len(kept(data_dir)) == 2 and told(world) == []
    assert sweep(world, data_dir, at + timedelta(days=36)) == ["till.csv"]
    assert kept(data_dir) == [] and told(world) == [("job", None, "till.csv")]
    assert db.session.get(Dataset, dataset_id) is None
    assert sweep(world, data_dir, at + timedelta(days=36)) == []


def test_a_whole_file_that_nobody_reads_any_more_goes_after_a_week(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.db import transaction
    from hadi.domain.text import Text
    from hadi.models.job import JobKind
    from hadi.models.upload import UploadState
    from hadi.services import jobs

    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
    world.running()
    broken = send(world, data_dir, len(CONTENT))
    lonely = send(world, data_dir, len(CONTENT), batch="together", batch_size=2)
    sweep(world, data_dir, world.now + timedelta(days=8))  # its job still waits for a worker
    assert broken.state is UploadState.RECEIVED and told(world) == [("job", None, "till.csv")]
    assert lonely.state is UploadState.CANCELLED
    (job,) = jobs.active(JobKind.READ, broken.batch)
    with transaction():
        claimed = jobs.claim(job.id, worker="w", now=world.now)
        assert claimed is not None
        jobs.fail(job.id, attempt=1, problem=Text("job_broke"), now=world.now)
    sweep(world, data_dir, world.now + timedelta(days=6))
    assert broken.state is UploadState.RECEIVED and len(kept(data_dir)) == 1
    sweep(world, data_dir, world.now + timedelta(days=8))
    assert broken.state is UploadState.CANCELLED and kept(data_dir) == []
    assert told(world) == [("job", None, "till.csv")] * 2


def test_an_archive_whose_import_failed_goes_after_a_day(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.models.job import JobKind
    from hadi.services import archive_jobs, jobs

    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
    long_ago, lately = world.now - timedelta(days=2), world.now - timedelta(hours=2)
    folder = data_dir / "exports"
    folder.mkdir()
    for name in ("import-wanted.zip", "import-failed.zip", "0" * 20 + ".zip"):
        written(folder / name, long_ago)
    written(folder / "import-young.zip", lately)
    jobs.submit(
        JobKind.IMPORT, subject_id=archive_jobs.SUBJECT, by=world.actor("admin"), now=world.now,
        arguments={"file": "import-wanted.zip"},
    )  # fmt: skip
    assert sweep(world, data_dir, world.now) == ["import-failed.zip"]
    assert len(kept(data_dir)) == 3


def test_the_record_of_work_that_is_over_goes_after_ninety_days(
    world: World, data_dir: Path
) -> None:
    from hadi.db import db
    from hadi.models import Job

    world.running()
    upload = send(world, data_dir, len(CONTENT))
    db.session.expire_all()
    job = db.session.get_one(Job, upload.job_id)
    assert job.finished_at is not None
    sweep(world, data_dir, job.finished_at + timedelta(days=89))
    assert upload.job_id is not None
    sweep(world, data_dir, job.finished_at + timedelta(days=91))
    db.session.expire_all()
    assert upload.job_id is None and db.session.scalars(select(Job)).all() == []
