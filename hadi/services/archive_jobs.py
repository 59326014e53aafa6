"""Archives in the background: made for administrators to download, and read into an empty
workspace, with their progress."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select

from hadi.db import db, new_id
from hadi.domain.errors import HadiError, Unreadable
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import Job
from hadi.models.job import JobKind
from hadi.services import archive, archive_restore, export_jobs, jobs, storage, workspace
from hadi.services.jobs import Cancelled
from hadi.services.progress import Progress

SUBJECT = "workspace"
SHOWN = 10  # of the newest, on the page


class Stream(Protocol):
    """Whatever bytes come from."""

    def read(self, size: int = -1, /) -> bytes: ...


def submit_export(*, by: Actor, now: datetime) -> Job:
    """Have the workspace written into an archive. Raises NotAllowed."""
    require(by, Permission.MOVE_WORKSPACE)
    wanted = {"name": export_jobs.ARCHIVE}
    return jobs.submit(JobKind.EXPORT, subject_id=SUBJECT, arguments=wanted, by=by, now=now)


def perform_export(job: Job, progress: Progress, *, data_dir: Path) -> dict[str, Any]:
    """Write the archive that a job asks for. Done twice it is the file of the first time."""
    by, now = jobs.actor_of(job), job.created_at
    path = export_jobs.prepared(data_dir) / f"{job.id}.zip"
    name = f"hadi-{now.astimezone(workspace.zone()):%Y-%m-%d}.zip"
    if not path.is_file():
        archive.export(path, folder=data_dir / "datasets", tell=progress, by=by, now=now)
    return export_jobs.outcome(path, name, now)


def recent(*, by: Actor) -> list[Job]:
    """The newest archives that were asked for. Raises NotAllowed."""
    require(by, Permission.MOVE_WORKSPACE)
    query = select(Job).where(Job.kind == JobKind.EXPORT, Job.subject_id == SUBJECT)
    return list(db.session.scalars(query.order_by(Job.created_at.desc(), Job.id).limit(SHOWN)))


def submit_import(stream: Stream, *, data_dir: Path, by: Actor, now: datetime) -> Job:
    """Keep the archive and have it imported. Raises NotAllowed, Invalid where the database is not
    empty, NoRoom."""
    require(by, Permission.MOVE_WORKSPACE)
    archive_restore.refuse_unless_empty()
    path = export_jobs.prepared(data_dir) / f"import-{new_id()}.zip"
    try:
        with storage.writing():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                shutil.copyfileobj(stream, file, 1 << 20)
        wanted = {"file": path.name}
        return jobs.submit(JobKind.IMPORT, subject_id=SUBJECT, arguments=wanted, by=by, now=now)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def perform_import(job: Job, progress: Progress, *, data_dir: Path) -> dict[str, Any]:
    """Import the archive of a job, once: a second attempt finds what the first has stored."""
    asked_at = job.created_at
    path = _path(job, data_dir)
    if archive.imported_at() == asked_at:
        path.unlink(missing_ok=True)
        return {"imported": True}
    if not path.is_file():
        raise Unreadable(Text("archive_needs_file"))
    folder, by = data_dir / "datasets", jobs.actor_of(job)
    try:
        archive_restore.restore(path, folder=folder, tell=progress, by=by, now=asked_at)
    except Cancelled:  # perhaps by another worker, which goes on with the file
        raise
    except HadiError:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return {"imported": True}


def can_try_again(job: Job, *, data_dir: Path) -> bool:
    """Whether the archive of an import is still there: one that was refused is not kept, because
    it would be refused again."""
    return _path(job, data_dir).is_file()


def sweep(data_dir: Path, before: datetime) -> list[str]:
    """Delete the archives that were to be imported and are not any more: until `before` whoever
    sent one could have had it tried again. Their names."""
    wanted = {job.arguments.get("file") for job in jobs.active(JobKind.IMPORT, SUBJECT)}
    gone = []
    for path in sorted((data_dir / export_jobs.FOLDER).glob("import-*.zip")):
        if path.name not in wanted and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            gone.append(path.name)
    return gone


def _path(job: Job, data_dir: Path) -> Path:
    return data_dir / export_jobs.FOLDER / Path(str(job.arguments["file"])).name
