"""A zip of tables, from a stranger: what in it is a table, and what makes all of it suspect.

Nothing is unpacked by a name out of the archive; a member goes to a path of ours, counted as it
unfolds. An archive that tries something is refused whole, with the member that tries it.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest.limits import MB, Limits
from hadi.ingest.sniffing import EXTENSIONS, FileKind
from hadi.ingest.unzipping import BROKEN, CHUNK, MAX_PARTS, weigh_ratio

MAX_TABLES = 200
_NESTED = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"}
_JUNK = {"thumbs.db", "desktop.ini"}
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A table in an archive: its name as people see it, its place among the entries, its bytes."""

    name: str
    place: int
    size: int


def members(path: Path, filename: str, limits: Limits) -> list[Member]:
    """The tables in the zip, in its order. Raises Unreadable for an archive that is none, holds
    no table, or anything that does not belong into one."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except BROKEN:
        raise Unreadable(Text("file_zip_broken", file=filename)) from None
    if len(entries) > MAX_PARTS:
        raise TooLarge(Text("file_zip_members", file=filename, limit=MAX_PARTS))
    found: list[Member] = []
    for place, entry in enumerate(entries):
        name = _name(entry)
        _check(entry, name, filename)
        if entry.is_dir() or _is_junk(name):
            continue
        extension = PurePosixPath(name).suffix.lower()
        if extension in _NESTED:
            raise Unreadable(Text("file_zip_nested", file=filename, member=_shown(name)))
        if extension in EXTENSIONS:
            found.append(Member(name, place, entry.file_size))
    found = _without_readme(found)
    _check_all(found, path, filename, limits)
    return found


def _check_all(found: list[Member], path: Path, filename: str, limits: Limits) -> None:
    if not found:
        known = ", ".join(e for e, kind in EXTENSIONS.items() if kind is not FileKind.ZIP)
        raise Unreadable(Text("file_zip_no_tables", file=filename, extensions=known))
    if len(found) > MAX_TABLES:
        raise TooLarge(Text("file_zip_members", file=filename, limit=MAX_TABLES))
    seen: set[str] = set()
    for member in found:
        if member.name.casefold() in seen:
            raise Unreadable(Text("file_zip_twice", file=filename, member=_shown(member.name)))
        seen.add(member.name.casefold())
    _weigh(sum(member.size for member in found), path, filename, limits)


def extract(
    path: Path, member: Member, target: Path, filename: str, limits: Limits, so_far: int = 0
) -> int:
    """Write the member to `target`; the bytes unfolded, with those `so_far`. What a zip claims of
    itself is not believed: the bytes are counted."""
    total = so_far
    with target.open("wb") as file:
        for chunk in _unfolded(path, member, filename):
            total += len(chunk)
            _weigh(total, path, filename, limits)
            file.write(chunk)
    return total


def _unfolded(path: Path, member: Member, filename: str) -> Iterator[bytes]:
    """The member's bytes. Whatever the zip does to its reader, it is damaged."""
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(archive.infolist()[member.place]) as source,
        ):
            while chunk := source.read(CHUNK):
                yield chunk
    except (*BROKEN, IndexError):
        raise Unreadable(Text("file_zip_broken", file=filename)) from None


def listed(found: Sequence[Member]) -> str:
    """The names within a sentence."""
    names = [f"“{_shown(member.name)}”" for member in found[:10]]
    return ", ".join([*names, "…"] if len(found) > 10 else names)


def _weigh(size: int, path: Path, filename: str, limits: Limits) -> None:
    if limits.max_bytes is not None:
        most = max(limits.max_bytes, limits.max_unzipped_bytes)
        if size > most:
            raise TooLarge(Text("file_zip_bomb", file=filename, limit=most // MB))
    weigh_ratio(size, path, filename, limits)


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's name; without the mark of UTF-8, Windows means the letters of its country."""
    name = entry.orig_filename
    if entry.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
        cyrillic = raw.decode("cp866")
        letters = [c for c in cyrillic if not c.isascii()]
        if sum(c.isalpha() for c in letters) == len(letters):
            return cyrillic
        return raw.decode("cp852")
    except UnicodeError:
        return name


def _check(entry: zipfile.ZipInfo, name: str, filename: str) -> None:
    """Raises for an entry that no archive of tables has."""
    path = name.replace("\\", "/")
    is_outside = path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/")
    if is_outside or any(ord(c) < 32 for c in name) or not path.strip("/ "):
        raise Unreadable(Text("file_zip_slip", file=filename, member=_shown(name)))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable(Text("file_zip_link", file=filename, member=_shown(name)))
    if entry.flag_bits & 1:
        raise Unreadable(Text("file_encrypted", file=filename))


def _is_junk(name: str) -> bool:
    """What macOS and Windows leave in archives."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return (
        parts[0] == "__MACOSX"
        or any(part.startswith((".", "~$")) for part in parts)
        or parts[-1].lower() in _JUNK
    )


def _without_readme(found: list[Member]) -> list[Member]:
    """A text file beside real tables explains them."""
    tables = [m for m in found if PurePosixPath(m.name).suffix.lower() != ".txt"]
    return tables or found


def _shown(name: str) -> str:
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return clean if len(clean) <= 80 else f"{clean[:77]}..."
