"""What every column of a staged table holds, counted in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hadi.ingest.cells import counted, is_error_cell, is_missing_word, text_of
from hadi.ingest.engine import one_row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 2048
# Whole words of a column of yes and no: as programs write them, and as Excel does in Russian and
# Hungarian.
TRUE_WORDS = ("true", "истина", "igaz")
FALSE_WORDS = ("false", "ложь", "hamis")
_WORDS = ", ".join(f"'{word}'" for word in (*TRUE_WORDS, *FALSE_WORDS))


@dataclass(frozen=True, slots=True)
class Profile:
    """The cells of one column, counted by what they are."""

    filled: int
    plain: int  # cells that are numbers as a computer writes them
    whole: int
    huge: int  # whole numbers beyond 64 bits: identifiers, which a float would merge
    words: int  # TRUE, FALSE
    missing_words: int
    errors: int  # #N/A and its like
    padded: int  # 007
    days: int
    times: int
    longest: int

    @property
    def needed(self) -> int:
        """Cells that decide the type."""
        return self.filled - self.missing_words - self.errors

    @property
    def is_dotted(self) -> bool:
        """Plain numbers, some with a decimal point."""
        return self.plain == self.needed and self.whole + self.huge < self.needed

    @property
    def is_unclear(self) -> bool:
        """Not plainly of one type: it may be numbers or days written the way people do."""
        typed = (self.plain, self.words, self.days, self.times)
        return self.needed > 0 and self.needed not in typed


def profiles_of(connection: DuckDBPyConnection, table: str, n_columns: int) -> list[Profile]:
    """The profiles of the columns c0, c1, ... of a table."""
    parts: list[str] = []
    for place in range(n_columns):
        t = f"t{place}"
        number = f"TRY_CAST({t} AS DOUBLE)"
        # the cast also reads 1_000
        plain = f"{number} IS NOT NULL AND NOT contains({t}, '_')"
        digits = f"{plain} AND NOT contains({t}, '.') AND NOT contains(lower({t}), 'e')"
        # A cast that fails is slow, and AND tries both of its sides on every cell: CASE does not.
        missing = f"CASE WHEN {t}[1] BETWEEN '0' AND '9' THEN false ELSE {is_missing_word(t)} END"
        is_long = f"length({t}) BETWEEN 16 AND 32 AND {t}[5] = '-'"
        instant = f"CASE WHEN {is_long} THEN TRY_CAST({t} AS TIMESTAMP) IS NOT NULL END"
        day = f"CASE WHEN length({t}) = 10 THEN TRY_CAST({t} AS DATE) IS NOT NULL END"
        word = f"CASE WHEN {t} >= 'A' THEN lower({t}) IN ({_WORDS}) END"
        error = f"CASE WHEN {t} >= '#' AND {t} < '$' THEN {is_error_cell(t)} ELSE false END"
        parts += [
            f"count({t})",
            counted(f"{plain} AND NOT {missing}"),
            counted(f"TRY_CAST({t} AS BIGINT) IS NOT NULL AND {digits}"),
            counted(f"TRY_CAST({t} AS BIGINT) IS NULL AND {digits} AND NOT {missing}"),
            counted(word),
            counted(f"{missing} AND NOT {error}"),
            counted(error),
            counted(f"{t} >= '00' AND {t} < '0:'"),
            counted(day),
            counted(instant),
            f"coalesce(max(length(c{place})), 0)",
        ]
    inner = ", ".join(f"c{i}, {text_of(f'c{i}')} AS t{i}" for i in range(n_columns))
    row = one_row(connection, f"SELECT {', '.join(parts)} FROM (SELECT {inner} FROM {table})")
    size = 11
    return [Profile(*row[i * size : (i + 1) * size]) for i in range(n_columns)]


def bare(source: str, profile: Profile) -> str:
    """SQL: the cell, NULL where it is a word for "no value" or an error."""
    text = text_of(source)
    return without_missing(text, profile)


def without_missing(text: str, profile: Profile) -> str:
    """SQL: `text`, NULL where it is a word for "no value" or an error."""
    absent = []
    if profile.missing_words:
        absent.append(is_missing_word(text))
    if profile.errors:
        absent.append(is_error_cell(text))
    return f"CASE WHEN {' OR '.join(absent)} THEN NULL ELSE {text} END" if absent else text


def samples(
    connection: DuckDBPyConnection, table: str, columns: dict[int, Profile]
) -> dict[int, list[str]]:
    """Some cells of each of the columns, its first ones: what does not fit them fits no column."""
    if not columns:
        return {}
    parts = ", ".join(bare(f"c{place}", profile) for place, profile in columns.items())
    rows = connection.execute(f"SELECT {parts} FROM {table} LIMIT {SAMPLE}").fetchall()
    found: dict[int, list[str]] = {}
    for i, (place, profile) in enumerate(columns.items()):
        cells = [row[i] for row in rows if row[i] is not None]
        if not cells:
            text = bare(f"c{place}", profile)
            later = connection.execute(
                f"SELECT cell FROM (SELECT {text} AS cell FROM {table}) WHERE cell IS NOT NULL "
                f"LIMIT {SAMPLE}"
            ).fetchall()
            cells = [row[0] for row in later]
        found[place] = cells
    return found


def errors_in(connection: DuckDBPyConnection, table: str, place: int) -> str:
    """The errors of a spreadsheet that stand in a column, named."""
    text = text_of(f"c{place}")
    found = connection.execute(
        f"SELECT DISTINCT upper(cell) AS e FROM (SELECT {text} AS cell FROM {table}) "
        f"WHERE {is_error_cell('cell')} ORDER BY e LIMIT 5"
    ).fetchall()
    return ", ".join(row[0] for row in found)
