"""Months and days as people write them, in the languages that people here write in.

A month is counted as an ordinal, year * 12 + month - 1, so that months can be subtracted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from hadi.domain.errors import Invalid
from hadi.domain.text import Text

# By their first letters: enough to tell them apart in English, Russian and Hungarian, in whatever
# case and however they are shortened.
_NAMES = (
    ("jan", "янв"), ("feb", "фев"), ("mar", "már", "мар"), ("apr", "ápr", "апр"),
    ("may", "maj", "máj", "май", "мая"), ("jun", "jún", "июн"), ("jul", "júl", "июл"),
    ("aug", "авг"), ("sep", "sze", "сен"), ("oct", "okt", "окт"), ("nov", "ноя"), ("dec", "дек"),
)  # fmt: skip
_MONTH_OF = {name: place + 1 for place, names in enumerate(_NAMES) for name in names}
_YEARS = (1800, 2200)

_ISO_DAY = re.compile(r"(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?(?:[T ]\d{1,2}:\d{2}.*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:\s?г\.?)?(?:[T ]\d{1,2}:.*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/. ]?\s?[Mm]?(\d{1,2})\.?")
_MONTH_FIRST = re.compile(r"[Mm]?(\d{1,2})\s?[-/. ]\s?(\d{4})(?:\s?г\.?)?")
_WEEK = re.compile(r"(\d{4})[- ]?[Ww](\d{1,2})")
_DECIMAL = re.compile(r"(\d{4})[.,](\d{3,})")
_FRACTION = re.compile(r"(\d{4})(?:[.,](\d+))?")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A month (`day` None), or a day in it. `is_week`: the Monday of a week that was named."""

    month: int  # the ordinal
    day: date | None = None
    is_week: bool = False

    @property
    def first(self) -> date:
        return self.day or first_day(self.month)


def ordinal(year: int, month: int) -> int:
    return year * 12 + month - 1


def month_of(day: date) -> int:
    return ordinal(day.year, day.month)


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def written(month: int) -> str:
    """2026-05."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def is_decimal_year(text: str) -> bool:
    """Whether a column writes months as fractions of a year: 1949.0833. Then 1949 is January."""
    found = _DECIMAL.fullmatch(text.strip())
    return found is not None and _YEARS[0] <= int(found[1]) < _YEARS[1]


def read_when(text: str, *, has_decimal_years: bool = False) -> When | None:
    """The month or day that a text means; None where it is neither. 03/04/2026 is the third of
    April: days come first wherever people write dates with points, and here."""
    cell = text.strip().strip("\"'").replace("\u00a0", " ")
    if not cell or len(cell) > 60:
        return None
    if (found := _ISO_DAY.fullmatch(cell)) is not None:
        return _day(found[1], found[2], found[3])
    if (found := _DAY_FIRST.fullmatch(cell)) is not None:
        return _day(_full(found[3]), found[2], found[1])
    if (found := _WEEK.fullmatch(cell)) is not None:
        return _week(int(found[1]), int(found[2]))
    if has_decimal_years and (found := _FRACTION.fullmatch(cell)) is not None:
        return _decimal(found[1], found[2] or "0")
    if (found := _DECIMAL.fullmatch(cell)) is not None:
        return _decimal(found[1], found[2])
    if (found := _YEAR_FIRST.fullmatch(cell)) is not None:
        return _month(found[1], int(found[2]))
    if (found := _MONTH_FIRST.fullmatch(cell)) is not None:
        return _month(found[2], int(found[1]))
    return _named(cell)


def is_impossible_day(text: str) -> bool:
    """Whether a text is written as a day, of four digits for the year, and there is no such day:
    2026-02-30."""
    cell = text.strip()
    if (found := _ISO_DAY.fullmatch(cell)) is not None:
        parts = found[1], found[2], found[3]
    elif (found := _DOTTED.fullmatch(cell)) is not None:
        parts = found[3], found[2], found[1]
    else:
        return False
    try:
        date(*map(int, parts))
    except ValueError:
        return True
    return False


def no_day(written: object, otherwise: Text) -> Text:
    """What to say of a text that no day was read from: one that is written as a day is told that
    the calendar does not have it, and not how days are written."""
    text = str(written).strip()
    return Text("day_impossible", value=text[:60]) if is_impossible_day(text) else otherwise


def read_span(text: str, field: str) -> tuple[When, When]:
    """FROM..TO, both ends inside; one month or day alone is both. Raises Invalid."""
    ends = [part.strip() for part in re.split(r"\.\.+|…", text.strip(), maxsplit=1)]
    read = [read_when(end) for end in ends]
    if len(read) == 1:
        read *= 2
    first, last = read
    if first is None or last is None:
        raise Invalid(Text("season_span_unreadable", field=field, value=text.strip()[:60]))
    if last_day(last) < first.first:
        raise Invalid(Text("season_span_backwards", field=field, value=text.strip()[:60]))
    return first, last


def last_day(when: When) -> date:
    """The last day that it means."""
    if when.day is not None:
        return when.day
    return date.fromordinal(first_day(when.month + 1).toordinal() - 1)


def month_named(word: str) -> int | None:
    """1 to 12 for a month's name, however it is shortened or inflected."""
    return _MONTH_OF.get(word.lower()[:3])


def _full(year: str) -> str:
    """A year of two digits is of the last thirty or the next seventy years of 2000."""
    if len(year) == 4:
        return year
    return f"{'19' if int(year) >= 70 else '20'}{year}"


def _day(year: str, month: str, day: str) -> When | None:
    try:
        found = date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None
    return When(month_of(found), found) if _YEARS[0] <= found.year < _YEARS[1] else None


def _month(year: str, month: int) -> When | None:
    if not (_YEARS[0] <= int(year) < _YEARS[1] and 1 <= month <= 12):
        return None
    return When(ordinal(int(year), month))


def _week(year: int, week: int) -> When | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return When(month_of(monday), monday, is_week=True)


def _decimal(year: str, fraction: str) -> When | None:
    """1949.0833 as programs for time series write February: a twelfth each."""
    place = float(f"0.{fraction}") * 12.0
    if abs(place - round(place)) > 0.02:
        return None
    return _month(str(int(year) + round(place) // 12), round(place) % 12 + 1)


def _named(cell: str) -> When | None:
    """ "январь 2024", "2024. január", "Jan-24", "5 May 2024"."""
    words = [w for w in _WORD.findall(cell) if month_named(w) is not None]
    numbers = _NUMBER.findall(cell)
    if len(words) != 1 or not 1 <= len(numbers) <= 2:
        return None
    month = month_named(words[0])
    assert month is not None
    years = [n for n in numbers if len(n) == 4]
    if len(numbers) == 1:
        return _month(_full(numbers[0]), month) if len(numbers[0]) in (2, 4) else None
    if len(years) != 1:
        return None
    day = numbers[0] if numbers[1] == years[0] else numbers[1]
    return _day(years[0], str(month), day)
