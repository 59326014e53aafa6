"""Files that take longer than a request: written by a worker, kept for a week, and handed to
whoever asked for them.

A file lies in `<data>/exports` under the id of its job; it is written beside its place and moved
there when it is whole, so that a worker that dies leaves nothing that could be taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hadi.domain.errors import NotFound
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import Job
from hadi.models.job import JobKind, JobState
from hadi.services import exports, jobs, workspace
from hadi.services.exports import Name
from hadi.services.progress import Progress
from hadi.services.table_files import MIMETYPES, Cell, Format, Table

KEPT = timedelta(days=7)
FOLDER = "exports"
ARCHIVE = "workspace"  # beside the names of tables: the whole of it
ZIP = "application/zip"
STEP = 1_000  # rows between two looks at the clock


@dataclass(frozen=True, slots=True)
class Ready:
    """A file to be downloaded."""

    path: Path
    name: str
    mimetype: str


def submit(
    name: Name,
    arguments: Mapping[str, Any],
    format: Format,
    *,
    language: str,
    separator: str = ",",
    by: Actor,
    now: datetime,
) -> Job:
    """Have the table written in the background, with the rights of `by`."""
    require(by, Permission.VIEW)
    wanted = {
        "name": name.value, "arguments": dict(arguments), "format": format.value,
        "language": language, "separator": separator,
    }  # fmt: skip
    # Its subject is the person: what two people may see of one list differs.
    subject = by.user_id or ""
    return jobs.submit(JobKind.EXPORT, subject_id=subject, arguments=wanted, by=by, now=now)


def perform(job: Job, progress: Progress, *, data_dir: Path) -> dict[str, Any]:
    """Write the table that a job asks for; the outcome says what it is called and until when it
    is kept. Done twice it writes the same file again."""
    wanted, now = job.arguments, job.created_at
    job_id, by = job.id, jobs.actor_of(job)
    folder = prepared(data_dir)
    format = Format(wanted["format"])
    found = exports.table(
        Name(wanted["name"]), wanted["arguments"], folder=data_dir / "datasets", by=by
    )
    who = exports.reader(wanted["language"], wanted["separator"])
    progress(0.0, Text("stage_exporting"))
    path = folder / f"{job_id}.{format.value}"
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as file:
            exports.write(_watched(found, progress), format, who, into=file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return outcome(path, file_name(found, format, now), now)


def outcome(path: Path, name: str, now: datetime) -> dict[str, Any]:
    """What a job answers with whose file is ready."""
    expires = now + KEPT
    return {
        "file": path.name, "name": name, "bytes": path.stat().st_size,
        "expires_at": expires.isoformat(),
    }  # fmt: skip


def file_of(job_id: str, *, data_dir: Path, by: Actor, now: datetime) -> Ready:
    """The file that a job made, for its author and for administrators. Raises NotFound, also when
    its time is over."""
    job = jobs.find(job_id, by=by)
    made = job.outcome or {}
    if job.kind is not JobKind.EXPORT or job.state is not JobState.DONE or "file" not in made:
        raise NotFound(Text("export_not_ready"))
    if job.arguments["name"] == ARCHIVE:
        require(by, Permission.MOVE_WORKSPACE)
    path = data_dir / FOLDER / Path(made["file"]).name
    if now >= datetime.fromisoformat(made["expires_at"]) or not path.is_file():
        raise NotFound(Text("export_expired", days=KEPT.days))
    return Ready(path, made["name"], _mimetype(path))


def sweep(data_dir: Path, now: datetime) -> list[str]:
    """Delete the files whose time is over, and what dead workers left; their names."""
    oldest = (now - KEPT).timestamp()
    old = [path for path in sorted((data_dir / FOLDER).glob("*")) if _is_before(path, oldest)]
    for path in old:
        path.unlink(missing_ok=True)
    return [path.name for path in old]


def file_name(found: Table, format: Format, now: datetime) -> str:
    """What the file is called by whoever downloads it."""
    day = f"{now.astimezone(workspace.zone()):%Y-%m-%d}"
    return f"{found.stem}-{day}{found.suffix}.{format.value}"


def prepared(data_dir: Path) -> Path:
    """The folder of finished files: they may hold what not everyone may see."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _mimetype(path: Path) -> str:
    ending = path.suffix.removeprefix(".")
    return MIMETYPES[Format(ending)] if ending in set(Format) else ZIP


def _is_before(path: Path, moment: float) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < moment
    except FileNotFoundError:  # another worker was faster
        return False


def _watched(found: Table, progress: Progress) -> Table:
    """The table, telling how far it is while it is read."""

    def rows() -> Iterator[Sequence[Cell]]:
        for number, row in enumerate(found.rows):
            if number % STEP == 0:
                progress(min(1.0, number / (found.size or 1)))
            yield row

    def batches() -> Iterator[Any]:
        assert found.batches is not None
        done = 0
        for batch in found.batches():
            done += batch.num_rows
            progress(min(1.0, done / (found.size or 1)))
            yield batch

    return replace(found, rows=rows(), batches=batches if found.batches else None)
