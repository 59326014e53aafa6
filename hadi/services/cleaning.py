"""What nobody needs any more goes: files begun and never ended, files read and never attached, what
a process that was killed has left behind, and the records of work long done. Nothing else that a
record names is touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, exists, select

from hadi.db import db, transaction
from hadi.domain.permissions import JOB
from hadi.ingest.files import SCRATCH
from hadi.models import Dataset, Test, Upload, User
from hadi.models.dataset import DatasetKind
from hadi.models.job import JobKind
from hadi.models.upload import UploadState
from hadi.services import (
    archive_jobs,
    datasets,
    events,
    export_jobs,
    hypotheses,
    jobs,
    uploads,
    users,
)
from hadi.services.dataset_records import is_unused

# Without a record for so long, a file belongs to no work that is still going on.
ORPHAN_AFTER = timedelta(days=1)
TABLES = (".parquet", ".sums.json", ".partial")  # the last: of an import that was killed


def sweep(*, data_dir: Path, now: datetime, orphan_after: timedelta = ORPHAN_AFTER) -> list[str]:
    """Remove what is left over, and name it."""
    incoming, tables = data_dir / "incoming", data_dir / "datasets"
    expire(incoming, now=now)
    unattached = expire_unattached(tables, incoming, now=now)
    jobs.forget_old(now)
    before = now - orphan_after
    return [
        *unattached,
        *_set_aside(incoming),
        *_orphan_bytes(_older(incoming, before)),
        *_orphan_tables(_older(tables, before)),
        *_scratch(tables, before),
        *archive_jobs.sweep(data_dir, before),
        *export_jobs.sweep(data_dir, now),
    ]


def expire(folder: Path, *, now: datetime) -> None:
    """End the uploads that nobody goes on with, and let go of the bytes of those that could not
    be read, or that nobody reads: their work broke, or those sent with them never came. What had
    arrived whole beside them is read."""
    stale = and_(Upload.updated_at < now - uploads.KEPT_FOR, Upload.removed_at.is_(None))
    open_ones = select(Upload.id).where(Upload.state == UploadState.RECEIVING, stale)
    for upload_id in list(db.session.scalars(open_ones)):
        upload = db.session.get_one(Upload, upload_id)
        author = db.session.get_one(User, upload.author_id)
        uploads.cancel(upload_id, folder=folder, by=users.actor_for(author), now=now)
    with transaction():
        for upload in _locked(Upload.state == UploadState.FAILED, stale):
            _let_go(upload, now)
        # Files that were to be read again belong to a data set that waits, and go with it.
        unread = (Upload.state == UploadState.RECEIVED, Upload.dataset_id.is_(None))
        for upload in _locked(*unread, stale):
            if not jobs.active(JobKind.READ, upload.batch):
                upload.state = UploadState.CANCELLED
                _let_go(upload, now)


def expire_unattached(folder: Path, incoming: Path, *, now: datetime) -> list[str]:
    """Set aside what was read and has waited too long to be attached; the names of the files."""
    before = now - uploads.UNATTACHED_FOR
    touched = exists().where(Upload.dataset_id == Dataset.id, Upload.updated_at >= before)
    waits = and_(
        Dataset.version.is_(None), Dataset.kind == DatasetKind.FILE,
        Dataset.created_at < before, ~touched,
    )  # fmt: skip
    found = select(Dataset.id, Test.hypothesis_id).join(Test, Test.id == Dataset.test_id)
    gone = []
    for dataset_id, hypothesis_id in db.session.execute(found.where(waits)).all():
        with transaction():
            hypotheses.locked(hypothesis_id)
            left = db.session.scalar(select(Dataset).where(Dataset.id == dataset_id, waits))
            if left is not None:  # nobody was faster
                gone.append(left.filename)
                datasets.discard(dataset_id, folder=folder, incoming=incoming, by=JOB, now=now)
    return gone


def _locked(*wanted: ColumnElement[bool]) -> list[Upload]:
    """The uploads, locked in an order in which nobody waits for somebody who waits for us."""
    query = select(Upload).where(*wanted).order_by(Upload.batch, Upload.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _let_go(upload: Upload, now: datetime) -> None:
    """The bytes go with the next look at the folder; the history says so."""
    upload.removed_at = now
    events.record(
        "data_discarded", subject="upload", subject_id=upload.id, by=JOB, now=now,
        hypothesis=db.session.get_one(Test, upload.test_id).hypothesis,
        details={"filename": upload.filename},
    )  # fmt: skip


def _older(folder: Path, before: datetime) -> list[Path]:
    """The files of a folder that were last written before that moment."""
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.iterdir() if path.is_file())
    return [path for path in found if path.stat().st_mtime < before.timestamp()]


def _set_aside(folder: Path) -> Iterator[str]:
    """Files as they were sent that are not to be read any more."""
    is_over = (Upload.state == UploadState.CANCELLED) | Upload.removed_at.is_not(None)
    over = set(db.session.scalars(select(Upload.id).where(is_over)))
    for path in sorted(folder.glob("*")):
        if path.name in over:
            path.unlink(missing_ok=True)
            yield path.name


def _orphan_bytes(paths: Iterable[Path]) -> Iterator[str]:
    """Files that no upload has."""
    for path in paths:
        if db.session.get(Upload, path.name[:20]) is None:
            path.unlink(missing_ok=True)
            yield path.name


def _orphan_tables(paths: Iterable[Path]) -> Iterator[str]:
    """Tables and sums that no data set has, or only some whose rows were deleted."""
    for path in paths:
        digest = path.name.partition(".")[0]
        if not path.name.endswith(TABLES):
            continue
        with transaction():
            if is_unused(digest):
                path.unlink(missing_ok=True)
                yield path.name


def _scratch(folder: Path, before: datetime) -> Iterator[str]:
    """What readers that were killed have left; one that is alive goes on writing."""
    for left in sorted(folder.glob(f"{SCRATCH}*")):
        written = [path.stat().st_mtime for path in (left, *left.rglob("*")) if path.exists()]
        if max(written, default=0.0) < before.timestamp():
            shutil.rmtree(left, ignore_errors=True)
            yield left.name
