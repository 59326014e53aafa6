"""Files on their way: begun, received piece by piece, whole, and handed on to be read.

What was acknowledged is on the disk and never lost: a connection, the browser or the server may
die at any moment, and the sender goes on from there. When the last file of those sent together is
whole, the job that reads them is written in the same transaction.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select, update

from hadi.db import afterwards, db, let_go, lock, new_id, transaction
from hadi.domain.errors import (
    Blocked,
    Blocker,
    HadiError,
    Invalid,
    NotAllowed,
    NotFound,
    TooLarge,
    Unreadable,
)
from hadi.domain.permissions import Actor, Permission, Scope, allows
from hadi.domain.text import Text
from hadi.ingest.choices import Choices
from hadi.ingest.limits import MB
from hadi.models import Job, Test, Upload
from hadi.models.job import JobKind
from hadi.models.upload import UploadState
from hadi.services import hypotheses, jobs, storage, upload_files
from hadi.services.dataset_records import attaching, require_running
from hadi.services.upload_files import Stream

KEPT_FOR = timedelta(days=7)  # from the last byte of a file that is not whole, or is not read
UNATTACHED_FOR = timedelta(days=30)  # since a file was read last that nobody attaches
MOST_TOGETHER = 100
CHECKSUMS = ("sha1", "sha256")
_BATCH = re.compile(r"[0-9a-z]{1,20}", re.ASCII)


class WrongOffset(HadiError):
    """The sender goes on from somewhere else than where the file ends; `received` is where."""

    def __init__(self, received: int) -> None:
        super().__init__(Text("upload_offset", received=str(received)))
        self.received = received


class WrongChecksum(HadiError):
    """A piece arrived otherwise than it was sent."""


# -------------------------------------------------------------------------------------- receiving
def begin(
    hypothesis_id: str,
    *,
    filename: str,
    size: int,
    batch: str | None = None,
    batch_size: int = 1,
    choices: Mapping[str, Any] | None = None,
    folder: Path,
    limit: int,
    by: Actor,
    now: datetime,
) -> Upload:
    """Make room for a file of `size` bytes. Raises TooLarge, NoRoom, Unreadable before anything
    was sent; Blocked, NotAllowed where no data may be attached."""
    if size <= 0:
        raise Unreadable(Text("file_empty", file=filename))
    if size > limit:
        raise TooLarge(Text("file_too_large", file=filename, limit=f"{limit / MB:,.4g}"))
    if not 1 <= batch_size <= MOST_TOGETHER:
        raise Invalid(Text("upload_batch_size", most=MOST_TOGETHER))
    wanted = dict(choices or {})
    Choices.from_json(wanted)  # refuses what no reader could follow
    storage.require_room(folder, size)
    upload_id = new_id()
    path = folder / upload_id
    try:
        with attaching(hypothesis_id, by=by, now=now), transaction(), storage.writing():
            test = require_running(hypotheses.locked(hypothesis_id), by=by)
            assert by.user_id is not None
            upload = Upload(
                id=upload_id, test_id=test.id, batch=_batch(batch, test, by),
                batch_size=batch_size, filename=filename[-255:], size=size, received=0,
                state=UploadState.RECEIVING, choices=wanted, author_id=by.user_id,
                created_at=now, updated_at=now,
            )  # fmt: skip
            db.session.add(upload)
            db.session.flush()
            upload_files.create(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return upload


def append(
    upload_id: str,
    *,
    offset: int,
    stream: Stream,
    folder: Path,
    checksum: tuple[str, bytes] | None = None,
    arguments: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> Upload:
    """Write what comes after the first `offset` bytes; what is acknowledged is on the disk. With
    the last byte of the last file that belongs together the job that reads them is written, with
    these `arguments`.

    Raises WrongOffset, telling the right one; WrongChecksum; NoRoom, and it can go on later.
    """
    upload = find(upload_id, by=by)
    size = upload.size
    if offset != upload.received:
        raise WrongOffset(upload.received)
    if upload.state is not UploadState.RECEIVING:
        if offset == size:  # the answer to the last piece was lost, and is asked for again
            return upload
        raise Blocked(Text("step_refused"), [Blocker(Text("upload_over"))])
    require_running(db.session.get_one(Test, upload.test_id).hypothesis, by=by)
    path = path_of(upload, folder)
    _require_bytes(upload_id, path, offset, now)
    let_go()  # receiving takes as long as the line is slow
    promised = offset

    def promise(end: int) -> None:
        nonlocal promised
        _acknowledge(upload_id, promised, end, arguments, by=by, now=now)
        promised = end

    digest = _digest(checksum)
    with storage.writing():
        end = upload_files.write(
            path, stream, offset=offset, most=size - offset, promise=promise, digest=digest
        )
    if checksum is not None and digest is not None:
        if digest.digest() != checksum[1]:
            raise WrongChecksum(Text("upload_checksum"))
        if end > offset:
            promise(end)
    if stream.read(1):
        raise Invalid(Text("upload_beyond_size", size=str(size)))
    # Whoever was quick may have read it by now, and set it aside again.
    return db.session.get_one(Upload, upload_id, populate_existing=True)


def cancel(upload_id: str, *, folder: Path, by: Actor, now: datetime) -> None:
    """Leave a file out; those that were sent with it are read without it."""
    with transaction():
        upload = find(upload_id, by=by)
        if Scope.WRITE not in by.scopes:
            raise NotAllowed(Text("not_allowed.dataset.attach"))
        together = _locked(upload.batch)
        is_over = upload.state in (UploadState.READ, UploadState.CANCELLED)
        if is_over or upload.dataset_id is not None:
            raise Blocked(Text("step_refused"), [Blocker(Text("upload_over"))])
        if jobs.active(JobKind.READ, upload.batch):
            raise Blocked(Text("step_refused"), [Blocker(Text("job_not_over"))])
        upload.state, upload.removed_at, upload.updated_at = UploadState.CANCELLED, now, now
        for other in together:
            other.batch_size = max(1, other.batch_size - 1)
        path = path_of(upload, folder)
        afterwards(lambda: path.unlink(missing_ok=True))
        rest = [each for each in together if each.state is UploadState.RECEIVED]
        if rest:
            _read_when_whole(together, None, by=by, now=now)


def submit_reading(batch: str, *, by: Actor, now: datetime) -> Job:
    """Have the files that were sent together read (again). Raises NotFound where there are none
    that wait for it, NotAllowed."""
    with transaction():
        received = [each for each in _locked(batch) if each.state is UploadState.RECEIVED]
        if not received:
            raise NotFound(Text("no_such_upload"))
        require_running(db.session.get_one(Test, received[0].test_id).hypothesis, by=by)
        return _submit(received, jobs.arguments_of(received[0].job_id), by=by, now=now)


def stop(batch: str, *, folder: Path, by: Actor, now: datetime) -> str | None:
    """Leave out everything that was sent together, also while it is being read; of files that
    were only to be read again, return the id of the data set that they go on being. Raises
    NotFound, NotAllowed, Blocked where it was read already."""
    with transaction():
        left = [each for each in _locked(batch) if each.state is not UploadState.CANCELLED]
        if not left:
            raise NotFound(Text("no_such_upload"))
        if any(upload.state is UploadState.READ for upload in left):
            raise Blocked(Text("step_refused"), [Blocker(Text("upload_over"))])
        under_way = jobs.active(JobKind.READ, batch)
        for job in under_way:
            jobs.cancel(job.id, by=by, now=now)
        for upload in left:
            if not under_way:  # or whoever may stop the work may
                _require_own(upload, by)
            upload.updated_at = now
            if upload.dataset_id is not None:
                upload.state, upload.problem = UploadState.READ, None
                continue
            upload.state, upload.removed_at = UploadState.CANCELLED, now
            afterwards(partial(path_of(upload, folder).unlink, missing_ok=True))
        return left[0].dataset_id


def receive(
    hypothesis_id: str,
    *,
    files: Sequence[tuple[str, BinaryIO]],
    choices: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    folder: Path,
    limit: int,
    by: Actor,
    now: datetime,
) -> Upload:
    """Take files that are here in one piece already, and have them read. Returns the first of
    them. Raises what `begin` and `append` raise; then none of them stays."""
    begun: list[str] = []
    batch = new_id()
    try:
        for filename, stream in files:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            upload = begin(
                hypothesis_id, filename=filename, size=size, batch=batch, batch_size=len(files),
                choices=choices, folder=folder, limit=limit, by=by, now=now,
            )  # fmt: skip
            begun.append(upload.id)
            append(
                upload.id, offset=0, stream=stream, folder=folder, arguments=arguments, by=by,
                now=now,
            )  # fmt: skip
    except BaseException:
        with contextlib.suppress(HadiError):
            for upload_id in begun:
                cancel(upload_id, folder=folder, by=by, now=now)
        raise
    return db.session.get_one(Upload, begun[0])


# ---------------------------------------------------------------------------------------- finding
def find(upload_id: str, *, by: Actor) -> Upload:
    """The upload with that id, for whoever sends it. Raises NotFound."""
    upload = db.session.get(Upload, upload_id[:20])
    if upload is None or upload.state is UploadState.CANCELLED:
        raise NotFound(Text("no_such_upload"))
    _require_own(upload, by)
    return upload


def together(batch: str, test_id: str) -> list[Upload]:
    """The files of a test that were sent together and were not left out, in their order."""
    query = select(Upload).where(
        Upload.batch == batch, Upload.test_id == test_id, Upload.state != UploadState.CANCELLED
    )
    return list(db.session.scalars(query.order_by(Upload.created_at, Upload.id)))


def first(batch: str) -> Upload | None:
    """The first of the files sent together, by which they are called."""
    query = select(Upload).where(Upload.batch == batch, Upload.state != UploadState.CANCELLED)
    return db.session.scalar(query.order_by(Upload.created_at, Upload.id).limit(1))


def on_their_way(test_id: str) -> list[Upload]:
    """The files of a test that are being received, wait to be read, or could not be read; one of
    each batch stands for all that were sent with it."""
    states = (UploadState.RECEIVING, UploadState.RECEIVED, UploadState.FAILED)
    query = select(Upload).where(
        Upload.test_id == test_id, Upload.state.in_(states), Upload.removed_at.is_(None)
    )
    found = db.session.scalars(query.order_by(Upload.created_at, Upload.id))
    return list({upload.batch: upload for upload in found}.values())


def path_of(upload: Upload, folder: Path) -> Path:
    """Where its bytes lie."""
    return folder / upload.id


def expires_at(upload: Upload) -> datetime:
    """When what came of it goes, unless more comes."""
    return upload.updated_at + KEPT_FOR


# ----------------------------------------------------------------------------------------- inside
def _acknowledge(
    upload_id: str,
    before: int,
    after: int,
    arguments: Mapping[str, Any] | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write that the file is here up to `after`. Of two connections that send the same piece one
    gets through; the bytes are the same. Raises WrongOffset for the other."""
    with transaction():
        upload = db.session.get_one(Upload, upload_id)
        together = _locked(upload.batch)
        told = db.session.execute(
            update(Upload)
            .where(
                Upload.id == upload_id, Upload.received == before,
                Upload.state == UploadState.RECEIVING,
            )
            .values(received=after, updated_at=now)
        )  # fmt: skip
        db.session.refresh(upload)
        if told.rowcount != 1:  # type: ignore[attr-defined]
            raise WrongOffset(upload.received)
        if after == upload.size:
            upload.state = UploadState.RECEIVED
            _read_when_whole(together, arguments, by=by, now=now)


def _read_when_whole(
    together: list[Upload], arguments: Mapping[str, Any] | None, *, by: Actor, now: datetime
) -> None:
    left = [each for each in together if each.state is not UploadState.CANCELLED]
    is_whole = all(each.state is UploadState.RECEIVED for each in left)
    if is_whole and len(left) >= max(each.batch_size for each in left):
        _submit(left, arguments or {}, by=by, now=now)


def _submit(files: list[Upload], arguments: Mapping[str, Any], *, by: Actor, now: datetime) -> Job:
    hypothesis = db.session.get_one(Test, files[0].test_id).hypothesis
    job = jobs.submit(
        JobKind.READ, subject_id=files[0].batch, arguments=arguments, hypothesis=hypothesis,
        by=by, now=now,
    )  # fmt: skip
    for upload in files:
        upload.job_id = job.id
    return job


def _locked(batch: str) -> list[Upload]:
    """The files sent together, locked: of two that become whole at once one sees the other."""
    query = select(Upload).where(Upload.batch == batch).order_by(Upload.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _batch(named: str | None, test: Test, by: Actor) -> str:
    """The batch a file belongs to. Raises Invalid for one of somebody else."""
    if named is None:
        return new_id()
    if not _BATCH.fullmatch(named):
        raise Invalid(Text("upload_batch_unknown"))
    first = db.session.scalar(select(Upload).where(Upload.batch == named).limit(1))
    if first is not None and (first.test_id, first.author_id) != (test.id, by.user_id):
        raise Invalid(Text("upload_batch_unknown"))
    return named


def _digest(checksum: tuple[str, bytes] | None) -> hashlib._Hash | None:
    if checksum is None:
        return None
    if checksum[0] not in CHECKSUMS:
        raise Invalid(Text("upload_checksum_unknown", name=checksum[0][:20]))
    return hashlib.new(checksum[0], usedforsecurity=False)


def _require_bytes(upload_id: str, path: Path, received: int, now: datetime) -> None:
    """Raises NotFound, for the sender to begin anew, where the disk has lost what it had."""
    if path.is_file() and path.stat().st_size >= received:
        return
    with transaction():
        upload = lock(Upload, upload_id)
        assert upload is not None
        upload.state, upload.removed_at, upload.updated_at = UploadState.CANCELLED, now, now
    raise NotFound(Text("no_such_upload"))


def _require_own(upload: Upload, by: Actor) -> None:
    """A file is sent by one person; an administrator may end what somebody has left."""
    is_own = by.user_id is not None and by.user_id == upload.author_id
    if not is_own and not allows(by, Permission.DELETE_DATA):
        raise NotFound(Text("no_such_upload"))
