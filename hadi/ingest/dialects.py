"""Text files as they come: which encoding, which delimiter, which header.

DuckDB reads UTF-8 only (and silently loses UTF-16), so everything is decoded before it sees a
byte. The file is passed over once, in chunks; a copy is written only where one is needed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.sniffing import is_utf16

CHUNK = 4 * 1024 * 1024
SAMPLE_CHARS = 256 * 1024
DELIMITERS = ("\t", ";", "|", ",")  # on a tie the rarer sign in prose wins

csv.field_size_limit(64 * 1024 * 1024)  # a huge cell is refused by us, with its row


@dataclass(frozen=True, slots=True)
class Dialect:
    """A text file made readable: `path` is UTF-8 with one kind of line end and no mark."""

    path: Path
    encoding: str
    is_guessed: bool
    delimiter: str
    header: tuple[str, ...]


def read_dialect(path: Path, filename: str, folder: Path) -> Dialect:
    """Decode and look at the file at `path`; a decoded copy goes into `folder`."""
    encoding, is_guessed = _encoding(path)
    decoded = _decoded(path, filename, encoding, folder)
    sample = _sample(decoded)
    if sample.startswith("sep=") and "\n" in sample:  # Excel's own first line
        decoded = _without_first_line(decoded, folder)
        sample = sample.partition("\n")[2]
    if not sample.strip():
        raise Unreadable(Text("file_empty", file=filename))
    delimiter = _delimiter(sample)
    header = next((row for row in _rows(sample, delimiter) if row), [])
    return Dialect(decoded, encoding, is_guessed, delimiter, tuple(header))


def _encoding(path: Path) -> tuple[str, bool]:
    """The encoding and whether it was guessed from letters rather than known from bytes."""
    with path.open("rb") as file:
        head = file.read(65536)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", False
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", False
    wide = is_utf16(head)
    if wide:
        return wide, False
    return ("utf-8", False) if _is_utf8(path) else (_single_byte(path), True)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(path: Path) -> str:
    """Cyrillic, Hungarian or Western: Cyrillic letters stand side by side, accents alone."""
    high: Counter[int] = Counter()
    pairs = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            high.update(b for b in chunk.translate(None, bytes(range(128))))
            pairs += sum(len(run) for run in re.findall(rb"[\xc0-\xff\xa8\xb8]{2,}", chunk))
            if high.total() > 100_000:
                break
    if pairs > high.total() / 2:
        return "cp1251"
    if any(high[b] for b in (0xF5, 0xFB, 0xD5, 0xDB)):  # ő ű Ő Ű; õ û Õ Û are rarer by far
        return "cp1250"
    return "latin-1" if any(high[b] for b in (0x81, 0x8D, 0x8F, 0x90, 0x9D)) else "cp1252"


def _decoded(path: Path, filename: str, encoding: str, folder: Path) -> Path:
    """`path` itself where it is plain UTF-8 with one kind of line end, else a copy that is."""
    if encoding == "utf-8" and not _has_mixed_ends(path, filename):
        return path
    copy = folder / "decoded.csv"
    line = 1
    try:
        # newline=None: any line end is read as "\n"
        with (
            path.open(encoding=encoding, newline=None) as source,
            copy.open("w", encoding="utf-8", newline="\n") as target,
        ):
            while chunk := source.read(CHUNK):
                if "\0" in chunk:
                    line += chunk[: chunk.index("\0")].count("\n")
                    raise Unreadable(Text("file_nul", file=filename, line=str(line)))
                line += chunk.count("\n")
                target.write(chunk)
    except UnicodeError:
        raise Unreadable(
            Text("file_undecodable", file=filename, encoding=encoding, line=str(line))
        ) from None
    return copy


def _has_mixed_ends(path: Path, filename: str) -> bool:
    """Whether line ends differ (CRLF and LF, or a lone CR); refuses NULs on the way."""
    crlf = lf = cr = 0
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                line = 1 + lf + chunk[: chunk.index(b"\0")].count(b"\n")
                raise Unreadable(Text("file_nul", file=filename, line=str(line)))
            lf += chunk.count(b"\n")
            returns = chunk.count(b"\r")
            cr += returns
            if returns or before == b"\r":
                crlf += chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
            before = chunk[-1:]
    return cr > 0 and not (cr == crlf == lf)


def _sample(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read(SAMPLE_CHARS)


def _without_first_line(path: Path, folder: Path) -> Path:
    copy = folder / "headed.csv"
    with path.open("rb") as source, copy.open("wb") as target:
        source.readline()
        while chunk := source.read(CHUNK):
            target.write(chunk)
    return copy


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > 200:
                break
    except csv.Error:  # a broken quote: DuckDB names the line
        pass
    return rows


def _delimiter(sample: str) -> str:
    """The delimiter under which most rows have as many fields as the header, the more the
    better; a comma where nothing divides."""

    def score(delimiter: str) -> tuple[float, int]:
        rows = [row for row in _rows(sample, delimiter) if row]
        if len(sample) == SAMPLE_CHARS and len(rows) > 1:
            rows.pop()  # cut in the middle
        width = len(rows[0]) if rows else 1
        if width < 2:
            return 0.0, 0
        return sum(len(row) == width for row in rows) / len(rows), width

    best = max(DELIMITERS, key=score)
    return best if score(best) > (0.0, 0) else ","
