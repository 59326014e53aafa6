"""From text cells to typed columns: numbers as people write them, yes/no, dates, or text.

A column gets a type only when every cell that is not blank has it; otherwise it stays text, and
whoever uses it as a number is told which cell stands in the way. Identifiers such as 007 stay
text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.errors import TooLarge
from hadi.domain.text import Text
from hadi.ingest.cells import counted, is_missing_word, text_of
from hadi.ingest.engine import literal, one_row, parquet
from hadi.ingest.limits import Limits
from hadi.ingest.report import ColumnType

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SPACES = "[ \u00a0\u202f\u2009]"


@dataclass(frozen=True, slots=True)
class Style:
    """A way of writing numbers: the cells it matches and what makes them plain."""

    pattern: str  # RE2, the whole cell
    drop: str  # thousands signs, a character class
    decimal: str


# In this order: the first that fits every cell of a column is its style. A comma before exactly
# three digits may be either sign, so the styles that say which come first.
COMMA = Style(r"[+-]?\d+(,\d+)?", "", ",")
DOT_SPACED = Style(rf"[+-]?\d{{1,3}}({_SPACES}\d{{3}})*(\.\d+)?|[+-]?\d+(\.\d+)?", _SPACES, ".")
COMMA_SPACED = Style(rf"[+-]?\d{{1,3}}({_SPACES}\d{{3}})*(,\d+)?|[+-]?\d+(,\d+)?", _SPACES, ",")
DOT_GROUPED = Style(r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?|[+-]?\d+(\.\d+)?", ",", ".")
COMMA_GROUPED = Style(r"[+-]?\d{1,3}(\.\d{3})*(,\d+)?|[+-]?\d+(,\d+)?", "[.]", ",")
STYLES = (DOT_SPACED, DOT_GROUPED, COMMA, COMMA_SPACED, COMMA_GROUPED)


@dataclass(frozen=True, slots=True)
class Column:
    """A staged column with its type and the SQL expression of its typed value, over `text`."""

    source: str  # c0, c1, ...
    text: str  # the trimmed cell, projected once: t0, t1, ...
    name: str
    type: ColumnType
    expression: str
    decimal: str | None = None


@dataclass(frozen=True, slots=True)
class _Profile:
    filled: int
    plain: int  # cells that are numbers as a computer writes them
    whole: int
    huge: int  # whole numbers beyond 64 bits: identifiers, which a float would merge
    words: int  # TRUE, FALSE
    missing_words: int
    padded: int  # 007
    days: int
    times: int
    longest: int

    @property
    def needed(self) -> int:
        """Cells that decide the type."""
        return self.filled - self.missing_words

    @property
    def is_dotted(self) -> bool:
        """Plain numbers, some with a decimal point."""
        return self.plain == self.needed and self.whole + self.huge < self.needed


def type_columns(
    connection: DuckDBPyConnection,
    staged: Path,
    names: tuple[str, ...],
    filename: str,
    limits: Limits,
    delimiter: str | None,
) -> tuple[list[Column], list[Text]]:
    """The typed columns of a staged table, with notes on what was not obvious."""
    table = parquet([staged])
    profiles = _profiles(connection, table, len(names))
    for place, profile in enumerate(profiles):
        if profile.longest > limits.max_cell_chars:
            raise long_cell(connection, table, f"c{place}", names[place], filename, limits)
    unclear = [place for place, profile in enumerate(profiles) if _is_unclear(profile)]
    styles = _styles(connection, table, profiles, unclear)
    signs = {fits[0].decimal for fits in styles.values() if len({f.decimal for f in fits}) == 1}
    dotted = [place for place, profile in enumerate(profiles) if profile.is_dotted]
    if signs == {","}:  # where the comma is the decimal sign, 1.234 is a thousand and more
        grouped = _styles(connection, table, profiles, dotted)
        styles |= {p: [COMMA_GROUPED] for p, fits in grouped.items() if COMMA_GROUPED in fits}
    elif dotted:
        signs.add(".")
    columns: list[Column] = []
    notes: list[Text] = []
    for place, name in enumerate(names):
        fits = styles.get(place, [])
        style = _choose(fits, signs, delimiter)
        if fits and style is None:
            notes.append(Text("note_ambiguous_numbers", column=name))
        columns.append(_column(f"c{place}", name, profiles[place], style))
        if profiles[place].missing_words and columns[-1].type is not ColumnType.TEXT:
            notes.append(Text("note_missing_words", column=name, n=profiles[place].missing_words))
    return columns, notes


def _profiles(connection: DuckDBPyConnection, table: str, n_columns: int) -> list[_Profile]:
    parts: list[str] = []
    for place in range(n_columns):
        t = f"t{place}"
        number = f"TRY_CAST({t} AS DOUBLE)"
        # the cast also reads 1_000
        plain = f"{number} IS NOT NULL AND NOT contains({t}, '_')"
        digits = f"{plain} AND NOT contains({t}, '.') AND NOT contains(lower({t}), 'e')"
        instant = f"{t}[5] = '-' AND TRY_CAST({t} AS TIMESTAMP) IS NOT NULL"
        instant = f"length({t}) BETWEEN 16 AND 32 AND {instant}"
        parts += [
            f"count({t})",
            counted(f"{plain} AND NOT {is_missing_word(t)}"),
            counted(f"TRY_CAST({t} AS BIGINT) IS NOT NULL AND {digits}"),
            counted(f"TRY_CAST({t} AS BIGINT) IS NULL AND {digits} AND NOT {is_missing_word(t)}"),
            counted(f"lower({t}) IN ('true', 'false')"),
            counted(f"{is_missing_word(t)}"),
            counted(f"{t} >= '00' AND {t} < '0:'"),
            counted(f"length({t}) = 10 AND TRY_CAST({t} AS DATE) IS NOT NULL"),
            counted(f"{instant}"),
            f"coalesce(max(length(c{place})), 0)",
        ]
    inner = ", ".join(f"c{i}, {text_of(f'c{i}')} AS t{i}" for i in range(n_columns))
    row = one_row(connection, f"SELECT {', '.join(parts)} FROM (SELECT {inner} FROM {table})")
    return [_Profile(*row[i * 10 : i * 10 + 10]) for i in range(n_columns)]


def _is_unclear(profile: _Profile) -> bool:
    """Not plainly of one type: it may be numbers written the way people do."""
    needed = profile.needed
    typed = (profile.plain, profile.words, profile.days, profile.times)
    return needed > 0 and needed not in typed


def _styles(
    connection: DuckDBPyConnection, table: str, profiles: list[_Profile], places: list[int]
) -> dict[int, list[Style]]:
    """For each of the columns, the styles that fit all of its cells."""
    if not places:
        return {}
    parts = [
        f"count_if(regexp_full_match({text_of(f'c{place}')}, {literal(style.pattern)}))"
        for place in places
        for style in STYLES
    ]
    row = one_row(connection, f"SELECT {', '.join(parts)} FROM {table}")
    found: dict[int, list[Style]] = {}
    for i, place in enumerate(places):
        counts = row[i * len(STYLES) : (i + 1) * len(STYLES)]
        fits = [
            style
            for style, count in zip(STYLES, counts, strict=True)
            if count == profiles[place].needed
        ]
        if fits:
            found[place] = fits
    return found


def _choose(fits: list[Style], signs: set[str], delimiter: str | None) -> Style | None:
    """The style of a column; None when 1,234 might be either number and nothing else tells.

    The rest of the file decides first; then a file divided by semicolons, which exist because
    the comma is taken by decimals, and one divided by commas, which has none to spare for them.
    """
    has_no_decimals = DOT_SPACED in fits and COMMA_SPACED in fits
    if has_no_decimals or len({style.decimal for style in fits}) == 1:
        return fits[0]
    if len(signs) == 1:
        wanted = next(iter(signs))
    elif delimiter in (";", ","):
        wanted = "," if delimiter == ";" else "."
    else:
        return None
    return next((style for style in fits if style.decimal == wanted), None)


def _column(source: str, name: str, profile: _Profile, style: Style | None) -> Column:
    text = source.replace("c", "t", 1)
    needed = profile.needed
    bare = text
    if profile.missing_words:
        bare = f"CASE WHEN {is_missing_word(text)} THEN NULL ELSE {text} END"
    if needed == 0 or profile.padded or profile.huge:
        return Column(source, text, name, ColumnType.TEXT, text)
    if profile.words == needed:
        return Column(source, text, name, ColumnType.BOOLEAN, f"lower({bare}) = 'true'")
    if profile.whole == needed:
        return Column(source, text, name, ColumnType.INTEGER, f"CAST({bare} AS BIGINT)")
    if style is not None:
        plain = f"regexp_replace({bare}, {literal(style.drop)}, '', 'g')" if style.drop else bare
        if style.decimal == ",":
            plain = f"replace({plain}, ',', '.')"
        number = f"CAST({plain} AS DOUBLE)"
        return Column(source, text, name, ColumnType.NUMBER, number, style.decimal)
    if profile.plain == needed:
        return Column(source, text, name, ColumnType.NUMBER, f"CAST({bare} AS DOUBLE)", ".")
    if profile.days == needed:
        return Column(source, text, name, ColumnType.DATE, f"CAST({bare} AS DATE)")
    if profile.times == needed:
        return Column(source, text, name, ColumnType.TIME, f"CAST({bare} AS TIMESTAMP)")
    return Column(source, text, name, ColumnType.TEXT, text)


def long_cell(
    connection: DuckDBPyConnection,
    table: str,
    source: str,
    name: str,
    filename: str,
    limits: Limits,
) -> TooLarge:
    """The refusal of a cell that is too long; `source` is the column in SQL."""
    row, size = one_row(
        connection,
        f"SELECT n, length({source}) FROM (SELECT row_number() OVER () AS n, {source} FROM {table})"
        f" WHERE length({source}) > {limits.max_cell_chars} ORDER BY n LIMIT 1",
    )
    return TooLarge(
        Text(
            "file_cell_long",
            file=filename,
            column=name,
            row=str(row),
            line=str(row + 1),
            found=size,
            limit=limits.max_cell_chars,
        )
    )
