"""A sheet's part of a workbook read as bytes go by: how far its cells reach, and what its reader
would not tell.

The reader (calamine) gives a blank for an error such as #N/A and for a formula whose value was
never computed; both are met here, with their addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Protocol
from xml.parsers import expat

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest.limits import MB, Limits

_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,8})(\d{1,10})["']""")
_CELL = rb"""<(?:\w+:)?c\b([^>]*)>"""
_ERROR = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt\s*=\s*["']e["'][^>]*)>""")
_UNCACHED = re.compile(
    _CELL + rb"""\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")  # the formula's value is an empty text
_TAIL = 1 * MB
MAX_REPEATS = 2_000_000  # of a row or cell in OpenDocument; its own sheets end at 1,048,576
MAX_MERGED = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one sheet: cells with an error, formulas without a value, the first of each (B7), and
    merged ranges (top, left, bottom, right; 0-based) where only the scan can tell them."""

    errors: int = 0
    first_error: str | None = None
    uncached: int = 0
    first_uncached: str | None = None
    merged: tuple[tuple[int, int, int, int], ...] = ()


class Watcher(Protocol):
    """Looks at a part while it unfolds; raises for a sheet that no reader should have."""

    def feed(self, chunk: bytes) -> None: ...

    def facts(self) -> dict[str, Facts]: ...


class SheetXml:
    """A sheet of an .xlsx file."""

    def __init__(self, part: str, filename: str, limits: Limits) -> None:
        self._part, self._filename, self._limits = part, filename, limits
        self._bottom = self._right = 0
        self._tail = b""
        self._found = Facts()

    def feed(self, chunk: bytes) -> None:
        whole = self._tail + chunk
        # A cell is looked at when all of it is there.
        cut = max(whole.rfind(b"<c "), whole.rfind(b"<row"))
        if cut <= 0 or len(whole) - cut > _TAIL:
            cut = max(whole.rfind(b"<"), 0) if len(whole) < _TAIL * 4 else len(whole)
        self._tail = whole[cut:]
        self._look(whole[:cut])

    def facts(self) -> dict[str, Facts]:
        self._look(self._tail)
        self._tail = b""
        return {self._part: self._found}

    def _look(self, seen: bytes) -> None:
        addresses = _ADDRESS.findall(seen)
        if addresses:
            self._right = max(self._right, *(number_of(a) for a in {a for a, _ in addresses}))
            self._bottom = max(self._bottom, *(int(row) for _, row in addresses))
            measure(self._bottom, self._right, self._part, self._filename, self._limits)
        if b'"e"' in seen or b"'e'" in seen:
            met = _ERROR.findall(seen)
            if met:
                first = self._found.first_error or _address(met[0])
                self._found = replace(
                    self._found, errors=self._found.errors + len(met), first_error=first
                )
        if b"<f" in seen or b":f" in seen:
            bare = [a for a in _UNCACHED.findall(seen) if not _IS_TEXT.search(a)]
            if bare:
                first = self._found.first_uncached or _address(bare[0])
                self._found = replace(
                    self._found, uncached=self._found.uncached + len(bare), first_uncached=first
                )


def _address(attributes: bytes) -> str | None:
    found = _ADDRESS.search(attributes)
    return b"".join(found.groups()).decode() if found else None


class BinarySheet:
    """A sheet of an .xlsb file: records of a type, a size and so many bytes."""

    _ROW, _CELLS, _ERRORS = 0, range(1, 12), (3, 11)

    def __init__(self, part: str, filename: str, limits: Limits) -> None:
        self._part, self._filename, self._limits = part, filename, limits
        self._rest = b""
        self._skip = 0
        self._row = self._right = 0
        self._errors = 0
        self._first: str | None = None

    def feed(self, chunk: bytes) -> None:
        data = self._rest + chunk
        place = 0
        if self._skip:
            place = min(self._skip, len(data))
            self._skip -= place
        while place < len(data):
            head = _record(data, place)
            if head is None:
                break
            kind, size, start = head
            if kind <= 11:
                if len(data) - start < 4:
                    break
                number = int.from_bytes(data[start : start + 4], "little")
                self._met(kind, number)
            place = start + size
        if place > len(data):
            self._skip = place - len(data)
        self._rest = data[place:]

    def _met(self, kind: int, number: int) -> None:
        if kind == self._ROW:
            self._row = number
        elif kind in self._CELLS and number + 1 > self._right:
            self._right = number + 1
        if kind in self._ERRORS:
            self._errors += 1
            self._first = self._first or address(self._row, number)
        measure(self._row + 1, self._right, self._part, self._filename, self._limits)

    def facts(self) -> dict[str, Facts]:
        return {self._part: Facts(errors=self._errors, first_error=self._first)}


def _record(data: bytes, place: int) -> tuple[int, int, int] | None:
    """(type, size, where its bytes begin); None where its head is cut off."""
    kind = data[place]
    place += 1
    if kind & 0x80:
        if place >= len(data):
            return None
        kind = (kind & 0x7F) | (data[place] << 7)
        place += 1
    size = 0
    for shift in range(0, 28, 7):
        if place >= len(data):
            return None
        byte = data[place]
        place += 1
        size |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return kind, size, place


def listed_sheets(book: bytes) -> tuple[list[tuple[str, str]], bool]:
    """The sheets a binary workbook lists (identity of the part, name), and whether its days count
    from 1904."""
    properties, bundle = 153, 156
    sheets: list[tuple[str, str]] = []
    is_1904 = False
    place = 0
    while place < len(book):
        head = _record(book, place)
        if head is None:
            break
        kind, size, start = head
        place = start + size
        if kind == properties and size:
            is_1904 = bool(book[start] & 1)
        if kind == bundle:
            identity, after = _words(book, start + 8)
            name, _ = _words(book, after)
            sheets.append((identity, name))
    return sheets, is_1904


def _words(book: bytes, place: int) -> tuple[str, int]:
    length = int.from_bytes(book[place : place + 4], "little")
    end = place + 4 + 2 * length
    return book[place + 4 : end].decode("utf-16-le", errors="replace"), end


_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_PARAGRAPH = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 p"
_ROW_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NO_MEMORY = 1  # XML_ERROR_NO_MEMORY


class OpenDocument:
    """content.xml of an .ods file: every sheet, whose rows and cells may be repeated."""

    def __init__(self, filename: str, limits: Limits) -> None:
        self._filename, self._limits = filename, limits
        self._sheets: dict[str, Facts] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._sheet = ""
        self._row = self._rows = self._column = self._cells = self._right = self._bottom = 0
        self._is_cell = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, is_last=False)

    def facts(self) -> dict[str, Facts]:
        self._parse(b"", is_last=True)
        return self._sheets

    def _parse(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except (expat.ExpatError, LookupError, ValueError) as error:  # or no such encoding
            if getattr(error, "code", None) == _NO_MEMORY:
                raise MemoryError from None  # nothing is wrong with the file
            raise Unreadable(Text("file_xlsx_broken", file=self._filename)) from None

    def _refuse(self, *_: object) -> None:
        raise Unreadable(Text("file_xml_entities", file=self._filename))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _ROW_CELLS:
            self._cells = self._repeats(attributes, "columns")
            self._is_cell = True
            wide = _whole(attributes.get(f"{_TABLE}number-columns-spanned"))
            tall = _whole(attributes.get(f"{_TABLE}number-rows-spanned"))
            if (wide > 1 or tall > 1) and len(self._merged) < MAX_MERGED:
                self._merged.append(
                    (self._row, self._column, self._row + tall - 1, self._column + wide - 1)
                )
            if f"{_OFFICE}value-type" in attributes:
                self._reach()
        elif name == _PARAGRAPH and self._is_cell:
            self._reach()
        elif name == f"{_TABLE}table-row":
            self._rows = self._repeats(attributes, "rows")
            self._column = 0
        elif name == f"{_TABLE}table":
            self._sheet = attributes.get(f"{_TABLE}name", "")
            self._row = self._right = self._bottom = 0
            self._merged = []

    def _end(self, name: str) -> None:
        if name in _ROW_CELLS:
            self._column += self._cells
            self._is_cell = False
        elif name == f"{_TABLE}table-row":
            self._row += self._rows
        elif name == f"{_TABLE}table":
            self._sheets[self._sheet] = Facts(merged=tuple(self._merged))

    def _reach(self) -> None:
        """The cell holds something: the rectangle reaches it and all its repeats."""
        self._right = max(self._right, self._column + self._cells)
        self._bottom = max(self._bottom, self._row + self._rows)
        measure(self._bottom, self._right, self._sheet, self._filename, self._limits)

    def _repeats(self, attributes: dict[str, str], what: str) -> int:
        count = _whole(attributes.get(f"{_TABLE}number-{what}-repeated"))
        if count > MAX_REPEATS:
            raise _too_wide(self._sheet, self._filename, self._limits)
        return count


def _whole(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else 1


def measure(bottom: int, right: int, sheet: str, filename: str, limits: Limits) -> None:
    """Raises TooLarge for a rectangle that would not fit."""
    if right > max(limits.max_columns, 1) and bottom * right > 100_000:
        raise TooLarge(Text("file_columns", file=filename, found=right, limit=limits.max_columns))
    if bottom * right > limits.max_sheet_cells:
        raise _too_wide(sheet, filename, limits)


def _too_wide(sheet: str, filename: str, limits: Limits) -> TooLarge:
    limit = limits.max_sheet_cells
    shown = sheet.rpartition("/")[2]
    return TooLarge(Text("file_sheet_cells", file=filename, sheet=shown, limit=limit))


def number_of(letters: bytes) -> int:
    """A column's number: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def address(row: int, column: int) -> str:
    """The cell's name, of 0-based places: (6, 1) is B7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
