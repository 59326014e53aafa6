"""Numbers as people write them: 1 234,5 and 1'234.50, 12,5 %, 10 тыс. руб.

A style says which sign is the decimal one and what stands between the thousands; it must fit every
cell of a column. A comma before exactly three digits may be either, and is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import TYPE_CHECKING

from hadi.ingest.engine import literal, one_row
from hadi.ingest.units import APOSTROPHES, CORE, MINUS, SPACES, Unit, unit_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BETWEEN = SPACES + APOSTROPHES
_GROUP = f"[{_BETWEEN}]"
_SIGN = rf"[+\-{MINUS}]?"
MAX_MARKS = 50


@dataclass(frozen=True, slots=True)
class Style:
    """A way of writing numbers: the cells it matches and the signs between the thousands."""

    pattern: str  # the whole cell; for RE2 and for Python alike
    drop: str
    decimal: str


# In this order: the first that fits every cell of a column is its style. A comma before exactly
# three digits may be either sign, so the styles that say which come first.
COMMA = Style(rf"{_SIGN}\d+(,\d+)?", "", ",")
DOT_SPACED = Style(rf"{_SIGN}\d{{1,3}}({_GROUP}\d{{3}})*(\.\d+)?|{_SIGN}\d+(\.\d+)?", _BETWEEN, ".")
COMMA_SPACED = Style(rf"{_SIGN}\d{{1,3}}({_GROUP}\d{{3}})*(,\d+)?|{_SIGN}\d+(,\d+)?", _BETWEEN, ",")
DOT_GROUPED = Style(rf"{_SIGN}\d{{1,3}}(,\d{{3}})*(\.\d+)?|{_SIGN}\d+(\.\d+)?", ",", ".")
COMMA_GROUPED = Style(rf"{_SIGN}\d{{1,3}}(\.\d{{3}})*(,\d+)?|{_SIGN}\d+(,\d+)?", ".", ",")
STYLES = (DOT_SPACED, DOT_GROUPED, COMMA, COMMA_SPACED, COMMA_GROUPED)
BOTH_DOTTED = (DOT_SPACED, COMMA_GROUPED)  # what 1.234 may be
_DOTTED_THOUSANDS = re.compile(rf"{_SIGN}([1-9]\d{{0,2}}(\.\d{{3}})+|\d{{1,3}})")
_FULL = {style: re.compile(style.pattern) for style in STYLES}
_CORE = re.compile(CORE)
_ZERO = "[0.,]+"


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands beside the numbers of a column: each mark with its unit and its cells. A cell
    that is zero needs no unit and is not among them; "" are the cells without one."""

    counts: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)

    @property
    def is_bare(self) -> bool:
        return not self.units

    @property
    def kinds(self) -> set[str]:
        return {unit.kind for unit in self.units.values() if unit.kind}

    @property
    def factors(self) -> set[float]:
        return {unit.factor for unit in self.units.values()}

    @property
    def without(self) -> int:
        return self.counts.get("", 0)


NO_MARKS = Marks()


def screened(cells: Sequence[str]) -> tuple[list[Style], bool] | None:
    """The styles that fit a sample of cells, and whether units stand beside the numbers; None
    when they are no numbers."""
    cores, has_marks = [], False
    for cell in cells:
        match = _CORE.search(cell)
        if match is None:
            return None
        mark = cell[: match.start()] + cell[match.end() :]
        if mark.strip(SPACES):
            if unit_of(mark) is None:
                return None
            has_marks = True
        cores.append(match[0])
    fits = [style for style in STYLES if all(_FULL[style].fullmatch(core) for core in cores)]
    return (fits, has_marks) if fits else None


def may_be_grouped(cells: Sequence[str]) -> bool:
    """Whether plain numbers may as well have points between their thousands: 1.234, 12.500."""
    return all(_DOTTED_THOUSANDS.fullmatch(cell) for cell in cells)


def core(cell: str, has_marks: bool) -> str:
    """SQL: the number of a cell without its unit."""
    return f"regexp_extract({cell}, {literal(CORE)})" if has_marks else cell


def mark(cell: str) -> str:
    """SQL: the unit of a cell, as it is written, in small letters without blanks; NULL beside a
    zero."""
    beside = f"regexp_replace({cell}, {literal(CORE)}, '')"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{_ZERO}') THEN NULL ELSE "
        f"lower(translate({beside}, {literal(SPACES)}, '')) END"
    )


def marks_of(
    connection: DuckDBPyConnection, table: str, cell: str, *, is_strict: bool = True
) -> Marks | None:
    """The units of a column; None when (`is_strict`) something else stands beside a number."""
    found = connection.execute(
        f"SELECT mark, count(*) FROM (SELECT {mark('cell')} AS mark FROM "
        f"(SELECT {cell} AS cell FROM {table}) WHERE cell IS NOT NULL) "
        f"WHERE mark IS NOT NULL GROUP BY mark ORDER BY count(*) DESC, mark LIMIT {MAX_MARKS + 1}"
    ).fetchall()
    if len(found) > MAX_MARKS and is_strict:
        return None
    units = {}
    for written, _ in found:
        unit = unit_of(written) if written else None
        if written and unit is None and is_strict:
            return None
        if unit is not None:
            units[written] = unit
    return Marks(dict(found), units)


def counts(
    connection: DuckDBPyConnection, table: str, cells: Sequence[tuple[str, Iterable[Style]]]
) -> list[dict[Style, int]]:
    """For each of the columns, how many of its cells each of the styles fits; in one query."""
    wanted = [(cell, style) for cell, styles in cells for style in styles]
    if not wanted:
        return [{} for _ in cells]
    parts = [
        f"coalesce(count_if(regexp_full_match({cell}, {literal(style.pattern)})), 0)"
        for cell, style in wanted
    ]
    row = iter(one_row(connection, f"SELECT {', '.join(parts)} FROM {table}"))
    return [{style: next(row) for style in styles} for _, styles in cells]


def value(core: str, style: Style) -> str:
    """SQL: a number written in the style; an error where it is not."""
    signs = MINUS + ("," if style.decimal == "," else "")
    plain = "-" + ("." if style.decimal == "," else "")
    return f"CAST(translate({core}, {literal(signs + style.drop)}, {literal(plain)}) AS DOUBLE)"


def scaled(number: str, factor: float) -> str:
    """SQL: the number times the factor. By a power of ten the decimal point moves, in the shortest
    digits of the number: 11.9 % is 0.119 and not 11.9 / 100, which is a hair more."""
    if factor == 1.0:
        return number
    power = round(log10(factor))
    if factor == float(f"1e{power}"):
        # Numbers outside of these are written with a power of their own.
        is_plain = f"{number} = 0 OR abs({number}) BETWEEN 1e-4 AND 1e14"
        moved = f"CAST(CAST({number} AS VARCHAR) || 'e{power}' AS DOUBLE)"
        return f"(CASE WHEN {is_plain} THEN {moved} ELSE {number} * {factor!r} END)"
    return f"({number} * {factor!r})"


def scaled_each(number: str, cell: str, marks: Marks, without: float) -> str:
    """SQL: the number times the factor of its own unit; `without` is that of a bare number."""
    cases = " ".join(
        f"WHEN {literal(written)} THEN {scaled('p.n', unit.factor)}"
        for written, unit in marks.units.items()
    )
    return (
        f"list_transform([{{'n': {number}, 'm': {mark(cell)}}}], "
        f"lambda p: CASE p.m {cases} ELSE {scaled('p.n', without)} END)[1]"
    )


def has_no_decimals(fits: Sequence[Style]) -> bool:
    """Whether the numbers are whole, so that no sign has to be told."""
    return DOT_SPACED in fits and COMMA_SPACED in fits


def choose(fits: Sequence[Style], signs: set[str], delimiter: str | None) -> Style | None:
    """The style of a column; None when 1,234 might be either number and nothing else tells.

    The rest of the file decides first; then a file divided by semicolons, which exist because
    the comma is taken by decimals, and one divided by commas, which has none to spare for them.
    """
    if has_no_decimals(fits) or len({style.decimal for style in fits}) == 1:
        return fits[0]
    if len(signs) == 1:
        wanted = next(iter(signs))
    elif delimiter in (";", ","):
        wanted = "," if delimiter == ";" else "."
    else:
        return None
    return next((style for style in fits if style.decimal == wanted), None)
