"""The whole workspace in one file: a zip of tables as lines of JSON, and of the data themselves.

`manifest.json` says what the archive holds, with the SHA-256 of every part. What opens doors stays
behind: passwords, tokens, the secrets of connections. A *backup* is the same file with the hashes
of passwords and the encrypted secrets of connections in it, for the same keeper.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select

from hadi import __version__
from hadi.db import db, let_go, transaction
from hadi.domain.errors import Unreadable
from hadi.domain.permissions import Actor, ActorKind, Permission, require
from hadi.domain.text import Text
from hadi.models import Basket, Dataset, DatasetPart, Event, FunnelDeals, PilotHistory
from hadi.models.dataset import DatasetKind
from hadi.services import events, health, workspace
from hadi.services.archive_tables import ARCHIVED, line, rows

FORMAT = 1
MANIFEST = "manifest.json"
IMPORTED = "workspace.imported"
_CHUNK = 1 << 20
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the content alone decides the bytes

Tell = Callable[[float, Text], None]


class ArchiveKind(StrEnum):
    WORKSPACE = "workspace"
    BACKUP = "backup"  # with password hashes and the secrets of connections


@dataclass(frozen=True, slots=True)
class Written:
    """An archive that was made: what it is called by its content, and what is in it."""

    digest: str
    tables: dict[str, int]
    files: int


def export(
    path: Path,
    *,
    folder: Path,
    kind: ArchiveKind = ArchiveKind.WORKSPACE,
    tell: Tell | None = None,
    by: Actor,
    now: datetime,
) -> Written:
    """Write the workspace to `path`, which appears when it is whole; `folder` is that of the data
    sets. Raises NotAllowed, and Unreadable where a file of a data set is lost or damaged."""
    require(by, Permission.MOVE_WORKSPACE)
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            with _one_moment():
                manifest = _fill(archive, folder, kind, now, tell or (lambda share, stage: None))
            _put(archive, MANIFEST, _as_bytes(manifest))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    made = Written(digest_of(manifest), manifest["tables"], manifest["files"])
    with transaction():
        events.record(
            "workspace.exported", subject="workspace", subject_id="workspace", by=by, now=now,
            details={"digest": made.digest, "kind": kind.value, "tables": made.tables},
        )  # fmt: skip
    return made


def digest_of(manifest: dict[str, Any]) -> str:
    """What an archive is called by its content: the same however often it is exported."""
    content = {name: value for name, value in manifest.items() if name != "created"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def imported_at() -> datetime | None:
    """When this database was filled from an archive, by its own clock. Every moment of a row that
    lies before it is what the archive says, and nobody here has seen it."""
    query = select(func.max(Event.at)).where(
        Event.verb == IMPORTED, Event.actor_kind == ActorKind.RESTORE
    )
    moment: datetime | None = db.session.scalar(query)
    return moment


@contextmanager
def _one_moment() -> Iterator[None]:
    """All tables as they are at one moment, whatever is written meanwhile."""
    let_go()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        let_go()


def _fill(
    archive: zipfile.ZipFile, folder: Path, kind: ArchiveKind, now: datetime, tell: Tell
) -> dict[str, Any]:
    members: list[dict[str, Any]] = []
    tables: dict[str, int] = {}
    for place, archived in enumerate(ARCHIVED):
        tell(0.3 * place / len(ARCHIVED), Text("stage_archiving_tables"))
        lines = (line(row) for row in rows(archived, has_secrets=kind is ArchiveKind.BACKUP))
        name = f"tables/{archived.name}.jsonl"
        count, member = _write(archive, name, lines, zipfile.ZIP_DEFLATED)
        tables[archived.name] = count
        members.append(member)
    files = files_of_data()
    for place, (name, owner) in enumerate(files.items()):
        tell(0.3 + 0.7 * place / len(files), Text("stage_archiving_files"))
        members.append(_copy(archive, folder / name, owner))
    return {
        "format": FORMAT,
        "kind": kind.value,
        "hadi": __version__,
        "revision": health.revision(),
        "created": now.astimezone(UTC).isoformat(),
        "workspace": workspace.current().name,
        "tables": tables,
        "files": len(files),
        "members": members,
    }


def files_of_data() -> dict[str, str]:
    """The files of all attached data sets, histories of pilots, exports of deals and receipts, by
    name, each with the name of one that has it."""
    has_content = (Dataset.version.is_not(None), Dataset.deleted_at.is_(None))
    parts = (
        select(DatasetPart.digest, Dataset.filename)
        .join(Dataset, DatasetPart.dataset_id == Dataset.id)
        .where(*has_content, Dataset.kind == DatasetKind.FILE)
    )
    asked = select(Dataset.digest, Dataset.filename).where(
        *has_content, Dataset.kind == DatasetKind.QUERY
    )
    histories = select(PilotHistory.digest, PilotHistory.filename).where(
        PilotHistory.dataset_id.is_(None)
    )
    deals = select(FunnelDeals.digest, FunnelDeals.filename)
    baskets = select(Basket.digest, Basket.filename).where(Basket.deleted_at.is_(None))
    found = {f"{digest}.parquet": name for digest, name in db.session.execute(baskets)}
    found |= {f"{digest}.parquet": name for digest, name in db.session.execute(histories)}
    found |= {f"{digest}.parquet": name for digest, name in db.session.execute(deals)}
    found |= {f"{digest}.parquet": name for digest, name in db.session.execute(parts)}
    found |= {f"{digest}.sums.json": name for digest, name in db.session.execute(asked)}
    return dict(sorted(found.items()))


def _copy(archive: zipfile.ZipFile, path: Path, owner: str) -> dict[str, Any]:
    """A file of a data set, as it is: it is compressed already."""
    if not path.is_file():
        raise Unreadable(Text("archive_data_missing", file=owner, name=path.name))
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(_CHUNK), b"")
        _, member = _write(archive, f"data/{path.name}", pieces, zipfile.ZIP_STORED)
    if path.suffix == ".parquet" and member["sha256"] != path.stem:
        raise Unreadable(Text("archive_data_damaged", file=owner, name=path.name))
    return member


def _write(
    archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], compression: int
) -> tuple[int, dict[str, Any]]:
    digest, size, count = hashlib.sha256(), 0, 0
    with _opened(archive, name, compression) as target:
        for piece in pieces:
            target.write(piece)
            digest.update(piece)
            size += len(piece)
            count += 1
    return count, {"name": name, "bytes": size, "sha256": digest.hexdigest()}


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    with _opened(archive, name, zipfile.ZIP_DEFLATED) as target:
        target.write(content)


def _opened(archive: zipfile.ZipFile, name: str, compression: int) -> IO[bytes]:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return archive.open(entry, "w", force_zip64=True)


def _as_bytes(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
