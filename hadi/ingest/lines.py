"""The lines of a text table one by one: which cannot be divided into the header's cells, and why.

DuckDB reads the good files, in parallel. Once it has met a row it cannot read, or bytes that are
no text, the file is gone through here: the line is that of an editor (a quoted cell may hold line
ends), a quote that is never closed costs its own line and not the rest of the file, and the good
rows can be copied to where DuckDB reads them. Only a block of lines is ever in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from hadi.domain.text import Text
from hadi.ingest.progress import Progress
from hadi.ingest.report import BadRow

BLOCK = 1024 * 1024
MAX_LINE_BYTES = 16 * 1024 * 1024
SHOWN = 20  # bad rows that are listed; they are all counted
_SHOWN_CHARS = 200
_CELL_LINES = 10_000  # lines that one quoted cell may hold
_FEW_LINES = 20  # the same where quotes have turned out to be broken
_PATIENCE = 20  # broken quotes after which this is so
_REPLACED = "\ufffd".encode()


@dataclass(slots=True)
class Sifted:
    """What was found: the good rows counted, the bad ones counted and the first of them."""

    rows: int = 0
    bad_row_count: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)  # of the rows that were asked for


@dataclass(frozen=True, slots=True)
class Shape:
    """A text table for the sifting: its delimiter, the header's cells and the lines above the
    first row. `is_replaced`: what could not be decoded stands as U+FFFD."""

    delimiter: str
    width: int
    skip_lines: int
    is_replaced: bool = False


def sift(
    path: Path,
    filename: str,
    shape: Shape,
    *,
    target: Path | None = None,
    rows: Iterable[int] = (),
    progress: Progress | None = None,
) -> Sifted:
    """Go through the file; the good rows (and the lines above them) are copied to `target`.

    `rows` are numbers of good rows, from 0, whose lines are wanted.
    """
    with path.open("rb") as source:
        size = max(path.stat().st_size, 1)
        if target is None:
            return _Sifter(filename, shape, None, rows).sift(source, size, progress)
        with target.open("wb") as copy:
            return _Sifter(filename, shape, copy, rows).sift(source, size, progress)


class _Sifter:
    def __init__(
        self, filename: str, shape: Shape, copy: BinaryIO | None, rows: Iterable[int]
    ) -> None:
        self.filename = filename
        self.shape = shape
        self.copy = copy
        self.wanted = sorted(set(rows), reverse=True)
        self.delimiter = shape.delimiter.encode()
        self.found = Sifted()
        self.line = 0  # lines gone through
        self.open: list[bytes] = []  # a row whose quoted cell goes on
        self.open_bytes = 0
        self.broken_quotes = 0
        mark = re.escape(self.delimiter)
        self.cell = re.compile(
            rb' *"([^"]*(?:""[^"]*)*)" *(?=%b|$)|((?! *")[^%b]*)(?=%b|$)' % (mark, mark, mark),
            re.DOTALL,
        )
        self.opening = re.compile(rb' *"[^"]*(?:""[^"]*)*\Z')

    def sift(self, source: BinaryIO, size: int, progress: Progress | None) -> Sifted:
        for _ in range(self.shape.skip_lines):
            head = source.readline()
            self.line += 1
            self._write(head.removesuffix(b"\n"))
        for lines in _blocks(source):
            self._block(lines)
            if progress is not None:
                progress(source.tell() / size)
        while self.open:  # the file ends inside a quoted cell
            self._give_up()
        return self.found

    def _block(self, lines: list[bytes | None]) -> None:
        if not self.open and self._is_plain(lines):
            return
        for line in lines:
            self._take(line)

    def _is_plain(self, lines: list[bytes | None]) -> bool:
        """Take a whole block at once when nothing in it asks for a second look."""
        if None in lines:
            return False
        whole = b"\n".join(line for line in lines if line is not None)
        if b'"' in whole or b"\0" in whole or not self._is_text(whole):
            return False
        if self.wanted and self.wanted[-1] < self.found.rows + len(lines):
            return False
        cuts = self.shape.width - 1
        mark = self.delimiter
        if any(line is None or line.count(mark) != cuts for line in lines):
            return False
        self.line += len(lines)
        self.found.rows += len(lines)
        self._write(whole)
        return True

    def _is_text(self, line: bytes) -> bool:
        if line.isascii():
            return True
        if self.shape.is_replaced and _REPLACED in line:
            return False
        try:
            line.decode()
        except UnicodeDecodeError:
            return False
        return True

    def _take(self, line: bytes | None) -> None:
        """One more line: a row, a part of one, or nothing that can be read."""
        if line is None:
            while self.open:
                self._give_up()
            self.line += 1
            self._refuse(self.line, Text("bad_row_long"), b"")
            return
        if self.open:
            self._go_on(line)
            return
        self.line += 1
        if len(line) > MAX_LINE_BYTES:
            self._refuse(self.line, Text("bad_row_long"), line[:_SHOWN_CHARS])
        elif b"\0" in line:
            self._refuse(self.line, Text("bad_row_nul"), line)
        elif not self._is_text(line):
            self._refuse(self.line, Text("bad_row_undecodable"), line)
        elif b'"' not in line:
            if line.strip(b"\r") or self.shape.width == 1:
                found = line.count(self.delimiter) + 1
                self._row(self.line, found, line)
        else:
            self._quoted(line)

    def _quoted(self, line: bytes) -> None:
        cells = self._cells(line)
        if cells is None:
            self._refuse(self.line, Text("bad_row_quote"), line)
        elif cells:
            self._row(self.line, len(cells), line, cells)
        else:
            self.open = [line]
            self.open_bytes = len(line)

    def _cells(self, line: bytes) -> list[bytes] | None:
        """The cells; none at all when the last is still open; None when they cannot be told."""
        text = line.removesuffix(b"\r")
        cells: list[bytes] = []
        place = 0
        while True:
            match = self.cell.match(text, place)
            if match is None:
                return [] if self.opening.match(text, place) else None
            quoted = match.group(1)
            cells.append(match.group(2) if quoted is None else quoted.replace(b'""', b'"'))
            if match.end() == len(text):
                return cells
            place = match.end() + 1

    def _go_on(self, line: bytes) -> None:
        self.open.append(line)
        self.open_bytes += len(line)
        bound = _CELL_LINES if self.broken_quotes < _PATIENCE else _FEW_LINES
        if b'"' in line and b"\0" not in line:
            record = b"\n".join(self.open)
            cells = self._cells(record) if self._is_text(record) else None
            if cells:
                first, count = self.line, len(self.open)
                self.open = []
                self._row(first, len(cells), record, cells)
                self.line += count - 1
                return
            if cells is None:
                self._give_up()
                return
        if len(self.open) > bound or self.open_bytes > MAX_LINE_BYTES:
            self._give_up()

    def _give_up(self) -> None:
        """The quote of the first open line is never closed: only this line is lost."""
        first, *rest = self.open
        self.open = []
        self.broken_quotes += 1
        self._refuse(self.line, Text("bad_row_open_quote"), first)
        for line in rest:
            self._take(line)

    def _row(self, line: int, found: int, raw: bytes, cells: list[bytes] | None = None) -> None:
        if found != self.shape.width:
            expected = self.shape.width
            self._refuse(line, Text("bad_row_ragged", found=found, expected=expected), raw)
            return
        if self.wanted and self.wanted[-1] == self.found.rows:
            self.found.lines[self.wanted.pop()] = line
        self.found.rows += 1
        if self.copy is not None:
            if cells is not None:  # written as every reader understands it
                raw = self.delimiter.join(b'"' + c.replace(b'"', b'""') + b'"' for c in cells)
            self._write(raw)

    def _write(self, lines: bytes) -> None:
        """Into the copy, with one kind of line end."""
        if self.copy is not None:
            ended = lines + b"\n"
            self.copy.write(ended.replace(b"\r\n", b"\n") if b"\r" in ended else ended)

    def _refuse(self, line: int, reason: Text, raw: bytes) -> None:
        self.found.bad_row_count += 1
        if len(self.found.bad_rows) < SHOWN:
            shown = raw[: 4 * _SHOWN_CHARS].decode(errors="replace").replace("\0", "\ufffd")
            self.found.bad_rows.append(BadRow(line, reason, shown.strip()[:_SHOWN_CHARS]))


def _blocks(source: BinaryIO) -> Iterator[list[bytes | None]]:
    """Lines without their ends, a block at a time; None is a line too long to be kept."""
    rest = b""
    is_long = False
    while chunk := source.read(BLOCK):
        if is_long:
            place = chunk.find(b"\n")
            if place < 0:
                continue
            is_long = False
            chunk = chunk[place + 1 :]
            yield [None]
        lines: list[bytes | None] = [*(rest + chunk).split(b"\n")]
        last = lines.pop()
        rest = last or b""
        if len(rest) > MAX_LINE_BYTES:
            rest = b""
            is_long = True
        if lines:
            yield lines
    if is_long:
        yield [None]
    elif rest:
        yield [rest]
