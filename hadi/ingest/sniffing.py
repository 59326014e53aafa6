"""What a file is by its first bytes, and whether its name says the same."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text


class FileKind(StrEnum):
    TEXT = "text"  # CSV, TSV
    XLSX = "xlsx"
    PARQUET = "parquet"


EXTENSIONS: dict[str, FileKind] = {
    ".csv": FileKind.TEXT,
    ".tsv": FileKind.TEXT,
    ".tab": FileKind.TEXT,
    ".txt": FileKind.TEXT,
    ".xlsx": FileKind.XLSX,
    ".xlsm": FileKind.XLSX,
    ".parquet": FileKind.PARQUET,
    ".pq": FileKind.PARQUET,
}

_NAMES = {
    FileKind.TEXT: "file_kind_text",
    FileKind.XLSX: "file_kind_xlsx",
    FileKind.PARQUET: "file_kind_parquet",
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
    found = _by_content(path, head, filename)
    if claimed is not None and found is not claimed:
        raise Unreadable(
            Text(
                "file_wrong_extension",
                file=filename,
                extension=extension,
                kind=Text(_NAMES[found]),
            )
        )
    return found


def _by_content(path: Path, head: bytes, filename: str) -> FileKind:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.XLSX
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith(b"PARE"):
        raise Unreadable(Text("file_encrypted", file=filename))
    if head.startswith(_OLE):
        is_protected = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()[: 64 << 20]
        raise Unreadable(
            Text("file_encrypted" if is_protected else "file_old_excel", file=filename)
        )
    if head.startswith(_BINARY) or _looks_binary(head):
        raise Unreadable(Text("file_binary", file=filename))
    return FileKind.TEXT


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
