"""A series as somebody pastes it: a period and a number on each line, or a year and its months.

Whatever stands between them (a tab, a semicolon, blanks), however months are named and decimals
written: the line is cut where the left side is a period and the right side a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hadi.domain import months
from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.series import Cell

MOST_LINES = 20_000
_SPACES = "\u00a0\u202f\u2009 "
_BETWEEN = re.compile(r"[\s,:|]+")
_DROP = str.maketrans("", "", _SPACES + "'’")
_NUMBER = re.compile(r"[+\-−]?\d[\d.,]*")
_BESIDE = re.compile(r"[^\d]*$|^[^\d+\-−]*")  # a currency before or after
_BLANKS = frozenset({"", "-", "–", "—", "n/a", "na", "null"})
_YEAR = re.compile(r"(\d{4})(?:\.0)?\s*(?:г\.?)?")
_MONTHS = frozenset({str(n) for n in range(1, 13)} | {f"{n:02}" for n in range(1, 13)})
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def read_lines(text: str) -> list[Cell]:
    """The cells of pasted lines. Raises Unreadable, naming the first line that is none."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise Unreadable(Text("series_nothing"))
    if len(lines) > MOST_LINES:
        raise Unreadable(Text("series_many_lines", limit=MOST_LINES))
    decimal = any(months.is_decimal_year(_cells(line)[0]) for _, line in lines)
    cut = [
        (n, line, _year(line) or _cut(line, decimal) or _year(line, is_whole=False))
        for n, line in lines
    ]
    if cut[0][2] is None and len(cut) > 1 and any(sign.isalpha() for sign in cut[0][1]):
        cut = cut[1:]  # the heads of the columns
    found: list[tuple[str, str]] = []
    for n, line, pairs in cut:
        if pairs is None:
            raise Unreadable(Text("series_lines", line=str(n), value=line[:60]))
        found += pairs
    has_thousands = _are_thousands([number for _, number in found])
    return [Cell(label, _number(number, has_thousands)) for label, number in found]


def _cells(line: str) -> list[str]:
    sign = "\t" if "\t" in line else ";"
    return [cell.strip().strip('"') for cell in line.split(sign)]


def _year(line: str, *, is_whole: bool = True) -> list[tuple[str, str]] | None:
    """A year and its months on one line. Between blanks it has to be whole, as blanks may also
    stand within numbers; a part of a year is one where nothing else is meant."""
    first, *others = _cells(line)
    if not others:
        first, *others = line.split()
        if is_whole and len(others) != 12:
            return None
    found = _YEAR.fullmatch(first)
    if found is None or not 2 <= len(others) <= 13 or not all(_is_number(o) for o in others):
        return None
    if len(others) == 2 and others[0] in _MONTHS:  # the year, the month and the value
        return None
    return [(f"{found[1]}-{place:02d}", cell) for place, cell in enumerate(others[:12], 1)]


def _cut(line: str, decimal: bool) -> list[tuple[str, str]] | None:
    """The line as a period and a number."""
    cells = _cells(line)
    if len(cells) > 1:
        label, number = cells[0], cells[1]
        if len(cells) > 2 and not _is_period(label, decimal):  # the year and the month apart
            label, number = f"{cells[0]}-{cells[1]}", cells[2]
        both = _is_period(label, decimal) and _is_number(number)
        return [(label, number)] if both else None
    for match in _BETWEEN.finditer(line):
        label, number = line[: match.start()], line[match.end() :]
        if _is_period(label, decimal) and _is_number(number):
            return [(label, number)]
    return [(line, "")] if _is_period(line, decimal) else None


def _is_period(label: str, decimal: bool) -> bool:
    return months.read_when(label, has_decimal_years=decimal) is not None


def _bare(written: str) -> str:
    """A number without the currency beside it and the blanks in it."""
    return _BESIDE.sub("", written.strip()).translate(_DROP)


def _is_number(written: str) -> bool:
    is_blank = written.strip().lower() in _BLANKS
    letters = sum(sign.isalpha() for sign in written)
    return is_blank or (letters <= 4 and _NUMBER.fullmatch(_bare(written)) is not None)


def _are_thousands(written: Sequence[str]) -> bool:
    """Whether commas stand between thousands: before three digits each, or beside points."""
    with_comma = [bare for bare in map(_bare, written) if "," in bare]
    return bool(with_comma) and all(
        _GROUPED.fullmatch(bare.lstrip("+-−").split(".")[0]) for bare in with_comma
    ) and (len(with_comma) > 1 or "." in with_comma[0])  # fmt: skip


def _number(written: str, has_thousands: bool) -> float | None:
    if written.strip().lower() in _BLANKS:
        return None
    bare = _bare(written).replace("−", "-")
    if has_thousands:
        bare = bare.replace(",", "")
    elif "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    elif bare.count(".") > 1:
        bare = bare.replace(".", "")
    try:
        return float(bare)
    except ValueError:
        raise Unreadable(Text("series_number", value=written[:60])) from None


def written_lines(labels: Sequence[str], values: Sequence[float]) -> Iterator[str]:
    """A series as lines that `read_lines` reads."""
    for label, value in zip(labels, values, strict=True):
        yield f"{label}; {'' if value != value else f'{value:.12g}'}"
