"""Files as they were sent: their bytes on the disk, and the row that says whose they are.

The bytes are kept until the data set is attached or set aside, so that whatever was decided of the
reading can be decided otherwise, and the file read again without being sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from hadi.db import afterwards, db, new_id
from hadi.domain.errors import NoRoom, TooLarge, Unreadable
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.ingest.digests import file_digest
from hadi.ingest.limits import MB, Limits
from hadi.models import Dataset, Upload
from hadi.models.upload import UploadState
from hadi.services import storage

CHUNK = 1 * MB


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way in: the name the person gave it, and its bytes."""

    filename: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is here: `<incoming>/<id>`. `dataset_id` is what it became, once it was read."""

    id: str
    batch: str
    test_id: str
    filename: str
    size: int
    digest: str
    author_id: str | None
    created_at: datetime
    choices: Mapping[str, Any] = field(default_factory=dict)
    dataset_id: str | None = None


def receive(
    sent: Sequence[Sent],
    test_id: str,
    *,
    choices: Mapping[str, Any],
    incoming: Path,
    limits: Limits,
    by: Actor,
    now: datetime,
) -> list[Received]:
    """The files on the disk, no larger than allowed. Raises TooLarge, Unreadable; then nothing of
    them stays."""
    incoming.mkdir(parents=True, exist_ok=True)
    batch, received = new_id(), list[Received]()
    try:
        for each in sent:
            upload_id = new_id()
            with _written(incoming / upload_id, each.filename) as target:
                size, digest = _copied(each, target, limits)
            received.append(
                Received(
                    upload_id, batch, test_id, each.filename[-255:], size, digest, by.user_id,
                    # Their moments keep them in their order.
                    now + timedelta(microseconds=len(received)), dict(choices),
                )
            )  # fmt: skip
    except BaseException:
        unlink_bytes([each.id for each in received], incoming)
        raise
    return received


def was_refused(upload: Upload) -> bool:
    """Whether its content is why it could not be read: another try would be refused again."""
    # What else goes wrong, such as a full disk or a worker that died, names no remedy, not even
    # an empty one.
    return "remedy" in (upload.problem or {})


def received_of(upload: Upload, incoming: Path) -> Received:
    """An upload that is here whole. Raises Unreadable where its bytes are not there any more."""
    path = incoming / upload.id
    if not path.is_file():
        raise Unreadable(Text("reading_bytes_gone"))
    return Received(
        upload.id, upload.batch, upload.test_id, upload.filename, upload.size,
        upload.digest or file_digest(path), upload.author_id, upload.created_at,
        dict(upload.choices), upload.dataset_id,
    )  # fmt: skip


def record(
    received: Sequence[Received],
    state: UploadState,
    *,
    dataset: Dataset | None = None,
    problem: Mapping[str, Any] | None = None,
    now: datetime,
) -> list[Upload]:
    """The rows of these files, as they stand now. In a writing transaction."""
    rows = []
    for each in received:
        row = db.session.get(Upload, each.id)
        if row is None:
            row = Upload(
                id=each.id, batch=each.batch, test_id=each.test_id,
                filename=each.filename, size=each.size, received=each.size,
                author_id=each.author_id, created_at=each.created_at,
            )  # fmt: skip
            db.session.add(row)
        row.digest, row.choices, row.state = each.digest, dict(each.choices), state
        row.dataset_id = dataset.id if dataset else each.dataset_id
        row.problem = dict(problem) if problem else None
        row.updated_at = now
        rows.append(row)
    db.session.flush()
    return rows


def uploads_of(batch: str) -> list[Upload]:
    """The files that were sent together, in their order."""
    query = (
        select(Upload)
        .where(Upload.batch == batch, Upload.state != UploadState.CANCELLED)
        .order_by(Upload.created_at, Upload.id)
    )
    return list(db.session.scalars(query))


def uploads_behind(dataset: Dataset) -> list[Upload]:
    """The files of a data set whose bytes are still kept."""
    query = select(Upload).where(Upload.dataset_id == dataset.id, Upload.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(Upload.created_at, Upload.id)))


def failed(test_id: str) -> list[Upload]:
    """What was sent for a test and could not be read, the newest first."""
    query = (
        select(Upload)
        .where(Upload.test_id == test_id, Upload.state == UploadState.FAILED)
        .where(Upload.removed_at.is_(None))
        .order_by(Upload.updated_at.desc(), Upload.id)
    )
    return list(db.session.scalars(query))


def release(uploads: Sequence[Upload], *, incoming: Path, now: datetime) -> None:
    """The bytes of these files are not needed any more: they go once the transaction is over."""
    for upload in uploads:
        upload.removed_at = upload.removed_at or now
        upload.updated_at = now
    names = [upload.id for upload in uploads]
    afterwards(lambda: unlink_bytes(names, incoming))


def unlink_bytes(upload_ids: Sequence[str], incoming: Path) -> None:
    """Remove the files as they were sent."""
    for upload_id in upload_ids:
        (incoming / upload_id).unlink(missing_ok=True)


def incoming_beside(folder: Path) -> Path:
    """Where files lie as they were sent, next to the folder of the tables."""
    return folder.parent / "incoming"


def _copied(sent: Sent, target: BinaryIO, limits: Limits) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := sent.stream.read(CHUNK):
        size += len(chunk)
        if limits.max_bytes is not None and size > limits.max_bytes:
            limit = f"{limits.max_bytes / MB:.3g}"
            raise TooLarge(Text("file_too_large", file=sent.filename, limit=limit))
        digest.update(chunk)
        target.write(chunk)
    return size, digest.hexdigest()


@contextmanager
def _written(path: Path, filename: str) -> Iterator[BinaryIO]:
    """The file opened for writing; nothing of it stays when that fails."""
    try:
        with path.open("xb") as file:
            yield file
    except OSError as error:
        path.unlink(missing_ok=True)
        if (told := storage.problem(error)) is not None:
            raise NoRoom(told) from error
        reason = error.strerror or str(error)
        raise Unreadable(Text("file_not_stored", file=filename, reason=reason)) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
