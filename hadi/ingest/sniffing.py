"""What a file is by its first bytes, and whether its name says the same."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text


class FileKind(StrEnum):
    TEXT = "text"  # CSV, TSV
    JSON = "json"  # an object a line, or an array of objects
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    PARQUET = "parquet"
    ZIP = "zip"


WORKBOOKS = (FileKind.XLSX, FileKind.XLSB, FileKind.XLS, FileKind.ODS)


EXTENSIONS: dict[str, FileKind] = {
    ".csv": FileKind.TEXT,
    ".tsv": FileKind.TEXT,
    ".tab": FileKind.TEXT,
    ".txt": FileKind.TEXT,
    ".xlsx": FileKind.XLSX,
    ".xlsm": FileKind.XLSX,
    ".xltx": FileKind.XLSX,
    ".xlsb": FileKind.XLSB,
    ".xls": FileKind.XLS,
    ".ods": FileKind.ODS,
    ".json": FileKind.JSON,
    ".jsonl": FileKind.JSON,
    ".ndjson": FileKind.JSON,
    ".parquet": FileKind.PARQUET,
    ".pq": FileKind.PARQUET,
    ".zip": FileKind.ZIP,
}

_NAMES = {
    FileKind.TEXT: "file_kind_text",
    FileKind.JSON: "file_kind_json",
    FileKind.XLSX: "file_kind_xlsx",
    FileKind.XLSB: "file_kind_xlsx",
    FileKind.XLS: "file_kind_xls",
    FileKind.ODS: "file_kind_ods",
    FileKind.PARQUET: "file_kind_parquet",
    FileKind.ZIP: "file_kind_zip",
}

_MAY_BE = {  # the name says the one and the content, harmlessly, the other
    FileKind.XLS: (FileKind.XLSX, FileKind.XLSB),
    FileKind.XLSX: (FileKind.XLSB, FileKind.XLS),
    FileKind.XLSB: (FileKind.XLSX, FileKind.XLS),
    FileKind.TEXT: (FileKind.JSON,),
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old .xls, and any password-protected workbook
_BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x7fELF", b"\x1f\x8b", b"BZh", b"MZ")


def kind_of(path: Path, filename: str) -> FileKind:
    """The kind of the file at `path`, sent under `filename` (without an extension, such as `-`,
    only the content speaks). Raises Unreadable when it is none, or its name says another."""
    with path.open("rb") as file:
        head = file.read(65536)
    if not head:
        raise Unreadable(Text("file_empty", file=filename))
    extension = Path(filename).suffix.lower()
    claimed = EXTENSIONS.get(extension)
    if extension and claimed is None:
        raise Unreadable(Text("file_extension_unknown", file=filename, extension=extension))
    found = _by_content(path, head, filename, claimed)
    if found is FileKind.TEXT and (claimed in (None, FileKind.JSON) or extension == ".txt"):
        found = _json_or_text(head, is_claimed=claimed is FileKind.JSON)
    if found is FileKind.TEXT and claimed in WORKBOOKS:
        _refuse_disguised(head, filename)
    if claimed not in (None, found) and found not in _MAY_BE.get(claimed, ()):
        raise Unreadable(
            Text(
                "file_wrong_extension",
                file=filename,
                extension=extension,
                kind=Text(_NAMES[found]),
            )
        )
    return found


def _by_content(path: Path, head: bytes, filename: str, claimed: FileKind | None) -> FileKind:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, claimed)
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith(b"PARE"):
        raise Unreadable(Text("file_encrypted", file=filename))
    if head.startswith(_OLE):
        return _ole_kind(path, filename)
    if head.startswith(_BINARY) or _looks_binary(head):
        raise Unreadable(Text("file_binary", file=filename))
    return FileKind.TEXT


def _zip_kind(path: Path, claimed: FileKind | None) -> FileKind:
    """A workbook by the parts it must have; any other zip is an archive, of tables perhaps."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "content.xml" in names and "mimetype" in names:
                with archive.open("mimetype") as stream:
                    if b"spreadsheet" in stream.read(200):
                        return FileKind.ODS
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        return claimed if claimed in (FileKind.XLSX, FileKind.XLSB, FileKind.ODS) else FileKind.ZIP
    if "[Content_Types].xml" in names:
        if "xl/workbook.bin" in names:
            return FileKind.XLSB
        if any(name.startswith("xl/") for name in names):
            return FileKind.XLSX
    return FileKind.ZIP


def _ole_kind(path: Path, filename: str) -> FileKind:
    """An old workbook; or a new one under a password, which is wrapped like an old one."""
    head = path.read_bytes()[: 64 << 20]
    if "EncryptedPackage".encode("utf-16-le") in head:
        raise Unreadable(Text("file_encrypted", file=filename))
    if any(name.encode("utf-16-le") + b"\0\0" in head for name in ("Workbook", "Book")):
        return FileKind.XLS
    raise Unreadable(Text("file_old_excel", file=filename))


def _json_or_text(head: bytes, *, is_claimed: bool) -> FileKind:
    """JSON where the name says so, or where it begins as rows of JSON do."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    begins = re.match(rb"""\[?\s*\{\s*["}]""", start)
    return FileKind.JSON if is_claimed or begins else FileKind.TEXT


def _refuse_disguised(head: bytes, filename: str) -> None:
    """Systems that "export to Excel" often write a web page, or XML, under the name of one."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2000].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style", b"<?xml")):
        raise Unreadable(Text("file_web_page", file=filename))


def _looks_binary(head: bytes) -> bool:
    """Many control characters are no text; a few NULs are answered with their row later, and
    UTF-16 (every other byte NUL) is told apart first."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or is_utf16(head):
        return False
    controls = sum(head.count(bytes([b])) for b in range(32) if b not in b"\t\n\r\x0c\x1a\x00")
    nuls = head.count(b"\x00")
    return controls + nuls > max(8, len(head) // 50)


def is_utf16(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: mostly-ASCII text has a NUL in every pair."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # A header and numbers are ASCII even in a Cyrillic file, so a third of the pairs suffices.
    if odd > pairs // 3 and even < pairs // 50 + 1:
        return "utf-16-le"
    if even > pairs // 3 and odd < pairs // 50 + 1:
        return "utf-16-be"
    return None
