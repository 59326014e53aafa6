"""A workbook looked at before its reader may have it: what its zip unfolds to, and how wide.

The reader holds a whole sheet in memory as a rectangle, so two bombs must be met before it: a zip
that unfolds to gigabytes, and one far-away cell that stretches the rectangle.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest.limits import MB, Limits

_CHUNK = 1 * MB
_OVERLAP = 64  # a cell's address may be cut by the end of a chunk
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")


def check_workbook(path: Path, filename: str, limits: Limits) -> None:
    """Raises Unreadable or TooLarge for a file that is not a workbook, or not a safe one."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise Unreadable(Text("file_zip_not_workbook", file=filename))
            if any(entry.flag_bits & 1 for entry in entries):
                raise Unreadable(Text("file_encrypted", file=filename))
            # The directory's own claim first: nothing is unfolded for a bomb that says so.
            _weigh(sum(e.file_size for e in entries), path, filename, limits)
            total = 0
            for entry in entries:
                total = _unfold(archive, entry, total, path, filename, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise Unreadable(Text("file_xlsx_broken", file=filename)) from None


def _unfold(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    total: int,
    path: Path,
    filename: str,
    limits: Limits,
) -> int:
    """Read one entry through without keeping it; the bytes unfolded so far."""
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    bottom, right = 0, 0
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            _weigh(total, path, filename, limits)
            if is_sheet:
                addresses = _ADDRESS.findall(tail + chunk)
                if addresses:
                    right = max(right, *(_number(a) for a in {a for a, _ in addresses}))
                    bottom = max(bottom, *(int(row) for _, row in addresses), 0)
                    _measure(bottom, right, entry.filename, filename, limits)
                tail = chunk[-_OVERLAP:]
    return total


def _weigh(size: int, path: Path, filename: str, limits: Limits) -> None:
    if size > limits.max_unzipped_bytes:
        limit = limits.max_unzipped_bytes // MB
        raise TooLarge(Text("file_zip_bomb", file=filename, limit=limit))
    if size > 16 * MB and size > limits.max_zip_ratio * path.stat().st_size:
        raise TooLarge(Text("file_zip_ratio", file=filename, ratio=limits.max_zip_ratio))


def _measure(bottom: int, right: int, sheet: str, filename: str, limits: Limits) -> None:
    if right > max(limits.max_columns, 1) and bottom * right > 100_000:
        raise TooLarge(Text("file_columns", file=filename, found=right, limit=limits.max_columns))
    if bottom * right > limits.max_sheet_cells:
        raise TooLarge(
            Text(
                "file_sheet_cells",
                file=filename,
                sheet=sheet.rpartition("/")[2],
                limit=limits.max_sheet_cells,
            )
        )


def _number(letters: bytes) -> int:
    """A column's number: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
