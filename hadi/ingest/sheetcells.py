"""The cells of a sheet's columns: what kinds they are, and how each is written so that it types
back to the same value.

A date may be a number that merely looks like one in the sheet, a number may be text, and an error
is no value at all: that shows only over a whole column, so columns are looked at before a cell of
them is written.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from hadi.ingest.cells import MISSING_WORDS

ERRORS = frozenset(
    word.casefold()
    for word in (
        *("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#Н/Д", "#ДЕЛ/0!", "#ССЫЛКА!", "#ЗНАЧ!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!"),
        *("#HIÁNYZIK", "#ZÉRÓOSZTÓ!", "#HIV!", "#ÉRTÉK!", "#NÉV?", "#SZÁM!", "#NULLA!"),
        *("#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!"),
        *(f"Err:{number}" for number in range(501, 541)),
    )
)
_ERROR_STARTS = ("#", "E")  # not "", which every text starts with
_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zone
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954 to 2119: the days data are about
_LAST_DAY = 2_958_465  # 31 December 9999
_DAY_NAMES = re.compile(
    r"\b(date|dates|day|datum|дата|даты|день|dátum|nap|kelt|napja|dátuma)\b", re.IGNORECASE
)
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f\u2009]\d{3})*([.,]\d+)?|[+-]?\d+([.,]\d+)?")


class Days(Enum):
    """How numbers and dates of one column go together."""

    AS_IS = "as_is"
    SERIALS = "serials"  # its numbers are days
    UNCLEAR = "unclear"


class _Text(Enum):
    """What a cell of text is."""

    MISSING = "missing"
    NUMBER = "number"
    WORDS = "words"


@dataclass(slots=True)
class Column:
    """What the cells of one column are; of some the first, as (row of the table, cell)."""

    filled: int = 0
    numbers: int = 0
    fractions: int = 0
    least: float = float("inf")
    most: float = float("-inf")
    dates: int = 0
    instants: int = 0  # dates with a time of day
    times: int = 0
    midnights: int = 0  # a date of zero comes as midnight
    texts: int = 0
    number_texts: int = 0
    first_number: int | None = None
    first_date: int | None = None
    first_midnight: int | None = None
    first_text: tuple[int, str] | None = None
    first_number_text: int | None = None

    def see(self, row: int, cell: Any) -> None:
        """Count a cell that is not blank and holds no error. Called for every cell of a sheet, so
        the commonest kinds come first, by their exact type."""
        self.filled += 1
        kind = type(cell)
        if kind is float or kind is int:
            if not self.numbers:
                self.first_number = row
            self.numbers += 1
            if cell < self.least:
                self.least = cell
            if cell > self.most:
                self.most = cell
            if kind is float and not cell.is_integer():
                self.fractions += 1
        elif kind is str:
            self._see_text(row, cell)
        elif kind is not bool:
            self._see_moment(row, cell)

    def _see_moment(self, row: int, cell: Any) -> None:
        if isinstance(cell, dt.date):
            self.dates += 1
            if self.first_date is None:
                self.first_date = row
            if isinstance(cell, dt.datetime) and cell.time() != dt.time():
                self.instants += 1
            return
        self.times += 1
        if cell == dt.time():
            self.midnights += 1
            if self.first_midnight is None:
                self.first_midnight = row

    def _see_text(self, row: int, cell: str) -> None:
        kind = _kind_of_text(cell)
        if kind is _Text.NUMBER:
            self.number_texts += 1
            if self.first_number_text is None:
                self.first_number_text = row
        elif kind is _Text.WORDS:
            self.texts += 1
            if self.first_text is None:
                self.first_text = (row, cell)

    @property
    def days(self) -> Days:
        if not self.dates or not self.numbers:
            return Days.AS_IS
        is_plausible = self.least >= FIRST_SERIAL and self.most <= LAST_SERIAL
        return Days.SERIALS if is_plausible else Days.UNCLEAR

    def looks_like_days(self, name: str) -> bool:
        """Whether its bare numbers are days by its name: 45,000-odd, called "date"."""
        is_bare = self.numbers and not (self.dates or self.texts or self.times)
        is_plausible = self.least >= FIRST_SERIAL and self.most <= LAST_SERIAL
        return bool(is_bare and is_plausible and _DAY_NAMES.search(name.replace("_", " ")))

    @property
    def has_zero_dates(self) -> bool:
        return bool(self.midnights and self.dates and not self.instants)

    @property
    def is_mixed(self) -> bool:
        """Numbers, and a few cells of text that stand in their way."""
        return self.texts > 0 and self.numbers >= 3 * self.texts

    @property
    def has_number_texts(self) -> bool:
        """Numbers kept as text beside real ones, and no other text: all of them are numbers."""
        return bool(self.number_texts and self.numbers and not (self.texts or self.dates))


@lru_cache(maxsize=65536)
def _kind_of_text(cell: str) -> _Text:
    if cell.strip().lower() in MISSING_WORDS:
        return _Text.MISSING
    return _Text.WORDS if plain_number(cell) is None else _Text.NUMBER


@dataclass(frozen=True, slots=True)
class Writing:
    """How the cells of one column are written."""

    serials: bool = False
    instants: bool = False
    number_texts: bool = False
    no_midnights: bool = False
    is_1904: bool = False

    @property
    def is_plain(self) -> bool:
        return not (self.serials or self.instants or self.number_texts or self.no_midnights)

    def text(self, cell: Any) -> str:
        """A cell as the text that types back to the same value."""
        if isinstance(cell, str):
            plain = plain_number(cell) if self.number_texts else None
            return plain if plain is not None else written(cell)
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        if self.serials and isinstance(cell, int | float):
            return self._of_serial(cell)
        if self.no_midnights and cell == dt.time():
            return ""
        if self.instants and isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
            return f"{cell.isoformat()} 00:00:00"
        if self.instants and isinstance(cell, dt.datetime):
            return cell.isoformat(sep=" ")
        return written(cell)

    def _of_serial(self, number: float) -> str:
        moment = day_of(number, is_1904=self.is_1904)
        if moment is None:
            return written(number)
        return moment.isoformat(sep=" ") if self.instants else moment.date().isoformat()


def written(cell: Any) -> str:
    """A cell on its own, as text; an error's name is none."""
    kind = type(cell)
    if isinstance(cell, str):
        if cell[:1] in _ERROR_STARTS and is_error(cell):
            return ""
        return cell if cell.isprintable() else _lines(cell)
    if kind is float:
        return str(int(cell)) if cell.is_integer() and -1e15 < cell < 1e15 else repr(cell)
    if kind is bool:
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return repr(cell.total_seconds())
    return str(cell)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def is_error(cell: Any) -> bool:
    """Whether the cell holds an error's name as text, as OpenDocument writes it."""
    return isinstance(cell, str) and cell[:1] in _ERROR_STARTS and cell.strip().casefold() in ERRORS


def plain_number(cell: str) -> str | None:
    """A number kept as text, as a computer writes it; None for other text, and for what may be
    either of two numbers (1,234) or an identifier (007)."""
    text = cell.strip()
    if not _GROUPED.fullmatch(text):
        return None
    text = text.translate(_SPACES)
    digits = text.lstrip("+-")
    if digits.startswith("0") and digits[1:2].isdigit():
        return None
    whole, comma, decimals = digits.partition(",")
    if comma and len(decimals) == 3 and whole != "0":
        return None
    return text.replace(",", ".").removeprefix("+")


def day_of(serial: float, *, is_1904: bool) -> dt.datetime | None:
    """The day (and time) that a spreadsheet's number counts, to the second."""
    if not 0 <= serial <= _LAST_DAY:
        return None
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    try:
        return epoch + dt.timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return None
