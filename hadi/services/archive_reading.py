"""An archive looked through before a row of it is stored: that it is whole, of a version this HADI
knows, no larger than it says, and true to itself. All that is refused is refused in one sentence.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.models.dataset import DatasetKind
from hadi.services import archive_rows, health
from hadi.services.archive import FORMAT, MANIFEST, ArchiveKind, Tell, digest_of
from hadi.services.archive_rows import Known
from hadi.services.archive_tables import ARCHIVED, BY_NAME, Archived, Row

MANIFEST_BYTES = 64 << 20
LINE_BYTES = 64 << 20
CHUNK = 1 << 20
BOMB_BYTES = 100 << 20  # from here on a table that unfolds so far is none of ours
BOMB_RATIO = 200
SPARE_BYTES = 64 << 20  # of the disk, beside what is unpacked
_TABLE = re.compile(r"tables/([a-z_]+)\.jsonl")
_DATA = re.compile(r"data/([0-9a-f]{64})\.(parquet|sums\.json)")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Member:
    """A part of an archive, as its manifest has it."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An archive that may be imported."""

    manifest: dict[str, Any]
    digest: str
    tables: dict[str, int]
    data: tuple[Member, ...]

    @property
    def has_secrets(self) -> bool:
        return bool(self.manifest["kind"] == ArchiveKind.BACKUP)

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The files that the rows need, each with the name of a data set that has it."""

    files: dict[str, str]
    owners: dict[str, str]  # ids of data sets that are made of parts

    def note(self, row: Row, archived: Archived) -> None:
        """Which files a row needs; a part stands after its data set."""
        if archived.name == "dataset" and row.get("deleted_at") is None:
            if row["kind"] == DatasetKind.QUERY:
                self.files[f"data/{row['digest']}.sums.json"] = row["filename"]
            elif row["kind"] == DatasetKind.FILE:
                self.owners[row["id"]] = row["filename"]
        elif archived.name == "dataset_part" and row["dataset_id"] in self.owners:
            self.files[f"data/{row['digest']}.parquet"] = self.owners[row["dataset_id"]]
        elif _has_own_file(row, archived):
            self.files.setdefault(f"data/{row['digest']}.parquet", row["filename"])


def _has_own_file(row: Row, archived: Archived) -> bool:
    """Whether a row that is no data set keeps a file of its own."""
    if archived.name == "pilot_history":
        return row["dataset_id"] is None
    if archived.name == "basket":
        return row.get("deleted_at") is None
    return archived.name == "funnel_deals"


class Reading:
    """An archive that is open. Nothing of it is unpacked but by the names of its manifest."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._archive, self._now = archive, now
        self._entries = {entry.filename: entry for entry in archive.infolist()}
        self._refuse_foreign()
        self.manifest = self._manifest()
        self.members = {member.name: member for member in self._members()}
        self.has_secrets = self.manifest["kind"] == ArchiveKind.BACKUP
        self._refuse_bombs()

    def check(self, tell: Tell) -> Checked:
        """Read all of it. Raises Unreadable naming the first thing that is wrong."""
        known, wanted = Known(), _Wanted({}, {})
        tables: dict[str, int] = {}
        for place, archived in enumerate(ARCHIVED):
            tell(0.4 * place / len(ARCHIVED), Text("stage_checking"))
            count = 0
            for number, row in enumerate(self.rows(archived), start=1):
                archive_rows.remember(row, archived, number, known)
                wanted.note(row, archived)
                count = number
            tables[archived.name] = count
            if self.manifest["tables"].get(archived.name) != count:
                raise Unreadable(Text("archive_count", member=f"tables/{archived.name}.jsonl"))
        known.look_up()
        data = [member for name, member in self.members.items() if _DATA.fullmatch(name)]
        self._refuse_other_data({member.name for member in data}, wanted.files)
        for place, member in enumerate(data):
            tell(0.4 + 0.6 * place / len(data), Text("stage_checking"))
            for _ in self.pieces(member):
                pass
        return Checked(self.manifest, digest_of(self.manifest), tables, tuple(data))

    def rows(self, archived: Archived) -> Iterator[Row]:
        """The rows of a table, each checked by itself; at the end, that they are the ones of the
        manifest."""
        member = self.members[f"tables/{archived.name}.jsonl"]
        digest = hashlib.sha256()
        with self._open(member) as file:
            number = 0
            while content := file.readline(LINE_BYTES):
                number += 1
                if len(content) >= LINE_BYTES:
                    raise TooLarge(Text("archive_line_long", member=member.name, line=str(number)))
                digest.update(content)
                yield archive_rows.read(
                    content, archived, number, has_secrets=self.has_secrets, now=self._now
                )
        _require_same(digest.hexdigest(), member)

    def pieces(self, member: Member) -> Iterator[bytes]:
        """The bytes of a file of data; at the end, that they are the ones of the manifest."""
        digest = hashlib.sha256()
        with self._open(member) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
                yield piece
        _require_same(digest.hexdigest(), member)

    @contextmanager
    def _open(self, member: Member) -> Iterator[BinaryIO]:
        try:
            with self._archive.open(self._entries[member.name]) as file:
                # Lines are found much faster in a buffer than in the zip itself.
                yield io.BufferedReader(cast("io.RawIOBase", file), CHUNK)
        except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError):
            raise Unreadable(Text("archive_changed", member=member.name)) from None

    # ------------------------------------------------------------------------------ refusals
    def _refuse_foreign(self) -> None:
        """Names that lead elsewhere, links, folders, locked parts: an archive of ours has none."""
        names = Counter(entry.filename for entry in self._archive.infolist())
        if MANIFEST not in names:  # some other zip, which nobody has changed
            raise Unreadable(Text("archive_not_ours"))
        for entry in self._archive.infolist():
            name = entry.filename
            table = _TABLE.fullmatch(name)
            is_ours = name == MANIFEST or _DATA.fullmatch(name) or (table and table[1] in BY_NAME)
            is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
            if not is_ours or is_link:
                raise Unreadable(Text("archive_foreign", member=_shown(name)))
            if names[name] > 1:
                raise Unreadable(Text("archive_member_twice", member=name))
            is_plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if entry.flag_bits & 0x1 or not is_plain:
                raise Unreadable(Text("archive_foreign", member=name))

    def _manifest(self) -> dict[str, Any]:
        entry = self._entries[MANIFEST]
        if entry.file_size > MANIFEST_BYTES:
            raise TooLarge(Text("archive_bomb", member=MANIFEST))
        with self._open(Member(MANIFEST, entry.file_size, "")) as file:
            content = file.read(MANIFEST_BYTES)
        try:
            manifest = json.loads(content)
            number, kind = manifest["format"], manifest["kind"]
            revision, tables = manifest["revision"], manifest["tables"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Unreadable(Text("archive_manifest")) from None
        if type(number) is not int or not isinstance(revision, str) or not isinstance(tables, dict):
            raise Unreadable(Text("archive_manifest"))
        if number > FORMAT or revision > health.revision():
            raise Unreadable(Text("archive_newer", version=_shown(str(manifest.get("hadi", "")))))
        if number < 1 or kind not in list(ArchiveKind):
            raise Unreadable(Text("archive_manifest"))
        return dict(manifest)

    def _members(self) -> Iterator[Member]:
        listed: list[Member] = []
        try:
            for told in self.manifest["members"]:
                member = Member(told["name"], told["bytes"], told["sha256"])
                if type(member.size) is not int or not _DIGEST.fullmatch(member.digest):
                    raise ValueError(member)
                listed.append(member)
        except (ValueError, KeyError, TypeError):
            raise Unreadable(Text("archive_manifest")) from None
        names = {member.name for member in listed}
        needed = {f"tables/{archived.name}.jsonl" for archived in ARCHIVED} | names
        for name in sorted(needed):
            if name not in names or name not in self._entries:
                raise Unreadable(Text("archive_member_missing", member=_shown(str(name))))
        extra = sorted(self._entries.keys() - names - {MANIFEST})
        if extra or len(names) < len(listed):
            raise Unreadable(Text("archive_foreign", member=_shown((extra or [MANIFEST])[0])))
        yield from listed

    def _refuse_bombs(self) -> None:
        for member in self.members.values():
            entry = self._entries[member.name]
            if entry.file_size != member.size:
                raise Unreadable(Text("archive_changed", member=member.name))
            unfolds = member.size / max(1, entry.compress_size)
            is_large = member.size > BOMB_BYTES and unfolds > BOMB_RATIO
            if is_large or (_DATA.fullmatch(member.name) and unfolds > 1.01):
                raise TooLarge(Text("archive_bomb", member=member.name))

    def _refuse_other_data(self, there: set[str], wanted: dict[str, str]) -> None:
        for name, owner in sorted(wanted.items()):
            if name not in there:
                raise Unreadable(Text("archive_data_absent", file=_shown(owner), member=name))
        if more := sorted(there - wanted.keys()):
            raise Unreadable(Text("archive_foreign", member=more[0]))


@contextmanager
def opened(path: Path, *, now: datetime) -> Iterator[Reading]:
    """The archive, its manifest read. Raises Unreadable."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError):
        raise Unreadable(Text("archive_not_zip")) from None
    with archive:
        yield Reading(archive, now)


def check(path: Path, *, now: datetime, tell: Tell | None = None) -> Checked:
    """Whether the archive could be imported by this HADI; nothing is stored. Raises Unreadable."""
    with opened(path, now=now) as reading:
        return reading.check(tell or (lambda share, stage: None))


def require_room(checked: Checked, folder: Path) -> None:
    """Raises TooLarge where the disk cannot take the files of the archive."""
    needed = sum(member.size for member in checked.data) + SPARE_BYTES
    if shutil.disk_usage(folder).free < needed:
        raise TooLarge(Text("archive_no_room", n=-(-needed // (1 << 20))))


def _require_same(digest: str, member: Member) -> None:
    data = _DATA.fullmatch(member.name)
    is_named = data is None or data[2] != "parquet" or data[1] == digest
    if digest != member.digest or not is_named:
        raise Unreadable(Text("archive_changed", member=member.name))


def _shown(name: str) -> str:
    """A name out of the archive, as far as it can be shown."""
    return "".join(sign for sign in name if sign.isprintable())[:100]
