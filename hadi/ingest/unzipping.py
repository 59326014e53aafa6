"""A workbook looked at before its reader may have it: what its zip unfolds to, and how wide.

The reader holds a whole sheet in memory as a rectangle, so the bombs must be met before it: a zip
that unfolds to gigabytes, one far-away cell that stretches the rectangle, entities that multiply.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest.limits import MB, Limits
from hadi.ingest.progress import Progress
from hadi.ingest.sheetscan import (
    BinarySheet,
    Facts,
    OpenDocument,
    SheetXml,
    Watcher,
    listed_sheets,
)
from hadi.ingest.sniffing import FileKind

CHUNK = 1 * MB
MAX_PARTS = 10_000
MAX_PLAN = 8 * MB  # of the part that lists the sheets
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    OverflowError,
)
_NO_MEMORY = "Error -4 "  # Z_MEM_ERROR: zlib's module tells its errors apart by this alone
_NOT_SHEETS = ("sharedStrings.xml", "calcChain.xml", "styles.xml", "theme1.xml")
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Scan:
    """What was seen on the way: facts by the sheet's name, and whether days count from 1904."""

    sheets: Mapping[str, Facts] = field(default_factory=dict)
    is_1904: bool = False


def check_workbook(
    path: Path, filename: str, kind: FileKind, limits: Limits, progress: Progress | None = None
) -> Scan:
    """Raises Unreadable or TooLarge for a file that is not a workbook, or not a safe one."""
    facts: dict[str, Facts] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise Unreadable(Text("file_encrypted", file=filename))
            if len(entries) > MAX_PARTS:
                raise TooLarge(Text("file_zip_members", file=filename, limit=MAX_PARTS))
            # The directory's own claim first: nothing is unfolded for a bomb that says so.
            weigh(sum(e.file_size for e in entries), path, filename, limits)
            claimed = max(sum(e.file_size for e in entries), 1)
            total = 0
            for entry in entries:
                watcher = _watcher(entry.filename, kind, filename, limits)
                total = _unfold(archive, entry, watcher, total, path, filename, limits)
                if watcher is not None:
                    facts |= watcher.facts()
                if progress is not None:
                    progress(min(total / claimed, 1.0))
            if kind is FileKind.ODS:
                return Scan(facts)
            return _named(archive, facts, kind)
    except BROKEN as error:
        if isinstance(error, zlib.error) and _NO_MEMORY in str(error):
            raise MemoryError from None  # nothing is wrong with the file
        raise Unreadable(Text("file_xlsx_broken", file=filename)) from None


def _watcher(name: str, kind: FileKind, filename: str, limits: Limits) -> Watcher | None:
    """Who looks at a part of the archive while it unfolds."""
    if kind is FileKind.ODS:
        return OpenDocument(filename, limits) if name == "content.xml" else None
    part = PurePosixPath(name)
    if not name.startswith("xl/") or part.name in _NOT_SHEETS:
        return None
    if kind is FileKind.XLSX and part.suffix == ".xml":
        return SheetXml(name, filename, limits)
    if kind is FileKind.XLSB and part.match("worksheets/sheet*.bin"):
        return BinarySheet(name, filename, limits)
    return None


def _unfold(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    watcher: Watcher | None,
    total: int,
    path: Path,
    filename: str,
    limits: Limits,
) -> int:
    """Read one entry through without keeping it; the bytes unfolded so far."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            total += len(chunk)
            weigh(total, path, filename, limits)
            if is_xml:
                # No workbook declares a document type; in another encoding one might hide.
                if b"<!DOCTYPE" in tail + chunk or b"\0" in chunk[:64]:
                    raise Unreadable(Text("file_xml_entities", file=filename))
                tail = chunk[-16:]
            if watcher is not None:
                watcher.feed(chunk)
    return total


def weigh(size: int, path: Path, filename: str, limits: Limits) -> None:
    """Raises TooLarge for what unfolds to more than a zip may."""
    if size > limits.max_unzipped_bytes:
        limit = limits.max_unzipped_bytes // MB
        raise TooLarge(Text("file_zip_bomb", file=filename, limit=limit))
    weigh_ratio(size, path, filename, limits)


def weigh_ratio(size: int, path: Path, filename: str, limits: Limits) -> None:
    """Raises TooLarge for what unfolds to so many times its size that it must be a bomb."""
    if size > 16 * MB and size > limits.max_zip_ratio * path.stat().st_size:
        raise TooLarge(Text("file_zip_ratio", file=filename, ratio=limits.max_zip_ratio))


def _named(archive: zipfile.ZipFile, facts: dict[str, Facts], kind: FileKind) -> Scan:
    """The facts of an Excel file's parts by the names of their sheets."""
    sheets, is_1904 = _listed(archive, kind)
    suffix = "bin" if kind is FileKind.XLSB else "xml"
    related = _part(archive, f"xl/_rels/workbook.{suffix}.rels")
    targets = {each.get("Id"): each.get("Target") or "" for each in related or ()}
    found: dict[str, Facts] = {}
    for identity, name in sheets:
        target = targets.get(identity, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in facts:
            found[name] = facts[part]
    return Scan(found, is_1904)


def _listed(archive: zipfile.ZipFile, kind: FileKind) -> tuple[list[tuple[str, str]], bool]:
    """The sheets, each by the identity of its part and its name; whether days count from 1904."""
    if kind is FileKind.XLSB:
        if archive.getinfo("xl/workbook.bin").file_size > MAX_PLAN:
            return [], False
        return listed_sheets(archive.read("xl/workbook.bin"))
    book = _part(archive, "xl/workbook.xml")
    elements = [
        (each.tag.rpartition("}")[2], each) for each in (() if book is None else book.iter())
    ]
    is_1904 = any(t == "workbookPr" and e.get("date1904") in ("1", "true") for t, e in elements)
    return [
        (e.get(_RELATED, ""), e.get("name", "")) for tag, e in elements if tag == "sheet"
    ], is_1904


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    """A small XML part, parsed; None where it is not there or not well formed."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        if archive.getinfo(name).file_size > MAX_PLAN:
            return None
        root: Element = fromstring(archive.read(name))
    except (KeyError, ParseError, DefusedXmlException):
        return None
    return root
