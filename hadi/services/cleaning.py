"""What nobody needs any more goes: files begun and never ended, and what a process that was killed
has left behind. Nothing that a record names is touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from hadi.db import db, transaction
from hadi.ingest.files import SCRATCH
from hadi.models import Upload, User
from hadi.models.upload import UploadState
from hadi.services import export_jobs, uploads, users
from hadi.services.dataset_records import is_unused

# Without a record for so long, a file belongs to no work that is still going on.
ORPHAN_AFTER = timedelta(days=1)
TABLES = (".parquet", ".sums.json", ".partial")  # the last: of an import that was killed


def sweep(*, data_dir: Path, now: datetime, orphan_after: timedelta = ORPHAN_AFTER) -> list[str]:
    """Remove what is left over, and name it."""
    incoming, datasets = data_dir / "incoming", data_dir / "datasets"
    expire(incoming, now=now)
    before = now - orphan_after
    return [
        *_set_aside(incoming),
        *_orphan_bytes(_older(incoming, before)),
        *_orphan_tables(_older(datasets, before)),
        *_scratch(datasets, before),
        *export_jobs.sweep(data_dir, now),
    ]


def expire(folder: Path, *, now: datetime) -> None:
    """End the uploads that nobody goes on with, and let go of the bytes of those that could not
    be read. What had arrived whole beside them is read."""
    stale = Upload.updated_at < now - uploads.KEPT_FOR
    open_ones = select(Upload.id).where(Upload.state == UploadState.RECEIVING, stale)
    for upload_id in list(db.session.scalars(open_ones)):
        upload = db.session.get_one(Upload, upload_id)
        author = db.session.get_one(User, upload.author_id)
        uploads.cancel(upload_id, folder=folder, by=users.actor_for(author), now=now)
    with transaction():
        failed = select(Upload).where(
            Upload.state == UploadState.FAILED, stale, Upload.removed_at.is_(None)
        )
        for upload in db.session.scalars(failed):
            upload.removed_at = now


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
