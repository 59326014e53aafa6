"""From the bytes of a text file to UTF-8 with one kind of line end, and how that was known.

DuckDB reads UTF-8 only (and silently loses UTF-16), so everything is decoded before it sees a
byte. A file that is plain UTF-8 is gone through once and not copied.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.lines import MAX_LINE_BYTES
from hadi.ingest.progress import Progress
from hadi.ingest.sniffing import is_utf16

CHUNK = 4 * 1024 * 1024
_LOOKED_AT = 64 * 1024 * 1024  # bytes after a break that are searched for lines of UTF-8
_LEAVE_OUT = {"bad_rows": "leave_out"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """`path` is UTF-8 with one kind of line end and no mark. Where bad rows are left out it may
    still hold bytes that are no text (or, where `is_replaced`, U+FFFD for them)."""

    path: Path
    encoding: str
    is_guessed: bool = False
    is_replaced: bool = False
    has_bad_bytes: bool = False


@dataclass(slots=True)
class LineRun:
    """Whether a line is longer than a reader takes: DuckDB may lose such a line in silence. Told
    chunk by chunk, by the places of the first and the last line end in each."""

    is_long: bool = False
    length: int = 0

    def add(self, size: int, first: int, last: int) -> None:
        self.is_long = self.is_long or self.length + (size if first < 0 else first) > MAX_LINE_BYTES
        self.length = self.length + size if last < 0 else size - last - 1


@dataclass(slots=True)
class _Survey:
    """What one pass over the bytes shows."""

    broken_line: int | None = None  # the first that is not UTF-8
    nul_line: int | None = None
    has_wide: bool = False  # UTF-8 letters stand before the break
    has_mixed_ends: bool = False
    has_long_line: bool = False


def decode(
    path: Path,
    filename: str,
    folder: Path,
    *,
    encoding: str | None = None,
    leaves_out: bool = False,
    progress: Progress | None = None,
) -> Decoded:
    """Find out the encoding (unless it is given) and make UTF-8 of the file, in `folder` where a
    copy is needed. Raises Unreadable naming the line, unless such lines are left out later."""
    marked = _marked(path)
    if encoding in (None, "utf-8", "utf-8-sig") and marked in (None, "utf-8-sig"):
        survey = _survey(path, progress)
        if survey.broken_line is None or encoding is not None:
            found = Decoded(path, marked or "utf-8")
        else:
            found = _not_utf8(path, filename, survey, leaves_out)
        return _prepared(found, filename, folder, survey, leaves_out)
    if encoding is None or (marked is not None and encoding.startswith("utf-16")):
        encoding = marked
    if encoding == "utf-16" and marked is None:
        encoding = "utf-16-le"  # as Windows means it
    assert encoding is not None
    first, _, second = encoding.partition("+")
    if second:
        return _copy_of_two(path, filename, folder, first, second, leaves_out)
    return _copy(path, filename, folder, Decoded(path, encoding), leaves_out)


def _marked(path: Path) -> str | None:
    """The encoding that the first bytes tell: a mark, or every other byte of UTF-16."""
    with path.open("rb") as file:
        head = file.read(65536)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return is_utf16(head)


def _survey(path: Path, progress: Progress | None) -> _Survey:
    """One pass over the file: is it UTF-8, are there NULs, do the line ends differ?"""
    survey = _Survey()
    size = max(path.stat().st_size, 1)
    crlf = lf = cr = wide = 0
    rest, before = b"", b""
    run = LineRun()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            run.add(len(chunk), chunk.find(b"\n"), chunk.rfind(b"\n"))
            if survey.broken_line is None and (rest or not chunk.isascii()):
                data = rest + chunk
                try:
                    text, used = codecs.utf_8_decode(data, "strict", False)
                    wide += used - len(text)
                    rest = data[used:]
                except UnicodeDecodeError as error:
                    start = error.start
                    wide += start - len(data[:start].decode())
                    survey.broken_line = 1 + (lf or cr) + _ends(data[:start])
            if survey.nul_line is None and b"\0" in chunk:
                survey.nul_line = 1 + (lf or cr) + _ends(chunk[: chunk.index(b"\0")])
            lf += chunk.count(b"\n")
            returns = chunk.count(b"\r")
            cr += returns
            if returns or before == b"\r":
                crlf += chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
            before = chunk[-1:]
            if progress is not None:
                progress(file.tell() / size)
    if rest and survey.broken_line is None:
        survey.broken_line = 1 + (lf or cr)  # the last letter is cut
    survey.has_wide = wide > 1
    survey.has_long_line = run.is_long and lf > 0
    survey.has_mixed_ends = cr > 0 and not (cr == crlf == lf)
    return survey


def _ends(data: bytes) -> int:
    return data.count(b"\n") or data.count(b"\r")


def _not_utf8(path: Path, filename: str, survey: _Survey, leaves_out: bool) -> Decoded:
    """A file that breaks UTF-8: of another encoding throughout, or of two."""
    is_mixed = survey.has_wide or any(_is_surely_utf8(line) for line in _foreign_lines(path))
    if not is_mixed:
        return Decoded(path, _single_byte(path), is_guessed=True)
    if leaves_out:
        return Decoded(path, "utf-8")
    line = str(survey.broken_line)
    other = _other_encoding(path)
    if other is None:
        raise Unreadable(
            Text("file_undecodable", file=filename, encoding="utf-8", line=line), _LEAVE_OUT
        )
    raise Unreadable(
        Text("file_encoding_mixed", file=filename, line=line, other=other),
        {"encoding": f"utf-8+{other}"},
    )


def _foreign_lines(path: Path) -> Iterator[bytes]:
    """The lines that are not ASCII, of as much of the file as is looked at."""
    with path.open("rb") as file:
        seen = 0
        rest = b""
        while seen < _LOOKED_AT and (chunk := file.read(CHUNK)):
            seen += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line for line in lines if not line.isascii())
    if rest and not rest.isascii():
        yield rest


def _is_surely_utf8(line: bytes) -> bool:
    """Valid, with more than one letter that is not ASCII: by chance alone this does not happen."""
    try:
        return len(line) - len(line.decode()) > 1
    except UnicodeDecodeError:
        return False


def _other_encoding(path: Path) -> str | None:
    """The encoding of the lines that are not UTF-8; None when they are UTF-8 with damage."""
    high = bytearray()
    for line in _foreign_lines(path):
        try:
            line.decode()
        except UnicodeDecodeError:
            whole = re.findall(rb"[\xc3-\xf4][\x80-\xbf]", line)
            if len(whole) < 2:
                high += line + b"\n"
        if len(high) > CHUNK:
            break
    return _by_letters(Counter(b for b in high if b > 127), _pairs(high)) if high else None


def _single_byte(path: Path) -> str:
    """Cyrillic, Hungarian or Western, by the letters of the file's first part that has any."""
    high: Counter[int] = Counter()
    pairs = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            high.update(b for b in chunk.translate(None, bytes(range(128))))
            pairs += _pairs(chunk)
            if high.total() > 100_000:
                break
    return _by_letters(high, pairs)


def _pairs(data: bytes | bytearray) -> int:
    return sum(len(run) for run in re.findall(rb"[\xc0-\xff\xa8\xb8]{2,}", data))


def _by_letters(high: Counter[int], pairs: int) -> str:
    """Cyrillic letters stand side by side, accents alone."""
    if pairs > high.total() / 2:
        return "cp1251"
    if any(high[b] for b in (0xF5, 0xFB, 0xD5, 0xDB)):  # ő ű Ő Ű; õ û Õ Û are rarer by far
        return "cp1250"
    return "latin-1" if any(high[b] for b in (0x81, 0x8D, 0x8F, 0x90, 0x9D)) else "cp1252"


def _prepared(
    found: Decoded, filename: str, folder: Path, survey: _Survey, leaves_out: bool
) -> Decoded:
    """`path` itself where it is plain UTF-8 with one kind of line end, else a copy that is."""
    is_utf8 = found.encoding in ("utf-8", "utf-8-sig")
    if survey.nul_line is not None and not leaves_out:
        raise _nul(filename, survey.nul_line)
    if is_utf8 and survey.broken_line is not None and not leaves_out:
        raise _undecodable(filename, found.encoding, survey.broken_line)
    if found.encoding == "utf-8" and not survey.has_mixed_ends:
        has_bad = survey.broken_line is not None or survey.nul_line is not None
        has_bad = has_bad or survey.has_long_line
        return Decoded(found.path, "utf-8", has_bad_bytes=has_bad)
    return _copy(found.path, filename, folder, found, leaves_out)


def _copy(path: Path, filename: str, folder: Path, found: Decoded, leaves_out: bool) -> Decoded:
    """A copy in UTF-8; any line end is "\\n"."""
    copy = folder / "decoded.csv"
    is_utf8 = found.encoding in ("utf-8", "utf-8-sig")
    errors = "strict"
    if leaves_out:  # what is not text stays so, or stands as U+FFFD, to be sifted out
        errors = "surrogateescape" if is_utf8 else "replace"
    line = 1
    has_bad = False
    run = LineRun()
    try:
        # newline=None: any line end is read as "\n"
        with (
            path.open(encoding=found.encoding, errors=errors, newline=None) as source,
            copy.open("w", encoding="utf-8", errors=errors, newline="\n") as target,
        ):
            while chunk := source.read(CHUNK):
                if "\0" in chunk:
                    if not leaves_out:
                        raise _nul(filename, line + chunk[: chunk.index("\0")].count("\n"))
                    has_bad = True
                if leaves_out and not has_bad:
                    has_bad = _has_bad(chunk, is_utf8)
                line += chunk.count("\n")
                run.add(len(chunk), chunk.find("\n"), chunk.rfind("\n"))
                target.write(chunk)
    except UnicodeError:
        # The chunk that breaks was not counted: the line is looked for where it is.
        broken = _broken_line(path, found.encoding)
        raise _undecodable(filename, found.encoding, broken) from None
    is_replaced = leaves_out and not is_utf8
    return Decoded(copy, found.encoding, found.is_guessed, is_replaced, has_bad or run.is_long)


def _has_bad(chunk: str, is_utf8: bool) -> bool:
    if not is_utf8:
        return "\ufffd" in chunk
    return re.search("[\udc80-\udcff]", chunk) is not None


def _broken_line(path: Path, encoding: str) -> int:
    """The line of the first bytes that are none of the encoding."""
    line = 1
    with path.open(encoding=encoding, errors="replace", newline=None) as source:
        while chunk := source.read(CHUNK):
            place = chunk.find("\ufffd")
            if place >= 0:
                return line + chunk[:place].count("\n")
            line += chunk.count("\n")
    return line


def _copy_of_two(
    path: Path, filename: str, folder: Path, first: str, second: str, leaves_out: bool
) -> Decoded:
    """A copy whose lines are each read in the first encoding they fit."""
    copy = folder / "decoded.csv"
    both = f"{first}+{second}"
    has_bad = False
    with path.open("rb") as source, copy.open("w", encoding="utf-8", newline="\n") as target:
        for number, raw in enumerate(source, start=1):
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            try:
                line = raw.decode(first)
            except UnicodeDecodeError:
                line = raw.decode(second, errors="replace")
                if "\ufffd" in line and not leaves_out:
                    raise _undecodable(filename, both, number) from None
            if "\0" in line and not leaves_out:
                raise _nul(filename, number)
            has_bad = has_bad or "\ufffd" in line or "\0" in line
            target.write(line.replace("\r\n", "\n").replace("\r", "\n"))
    return Decoded(copy, both, is_replaced=leaves_out, has_bad_bytes=has_bad)


def _nul(filename: str, line: int) -> Unreadable:
    return Unreadable(Text("file_nul", file=filename, line=str(line)), _LEAVE_OUT)


def _undecodable(filename: str, encoding: str, line: int) -> Unreadable:
    return Unreadable(
        Text("file_undecodable", file=filename, encoding=encoding, line=str(line)), _LEAVE_OUT
    )
