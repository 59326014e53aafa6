"""One series over time, from a table or from lines that somebody pasted.

Rows of one period are summed, as everywhere. A period without a row stays a gap: a month nobody
wrote down is not a month without sales.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from hadi.domain import months
from hadi.domain.errors import Unreadable
from hadi.domain.months import When
from hadi.domain.text import Text
from hadi.ingest import engine, keys
from hadi.ingest.engine import parquet, quoted
from hadi.ingest.frame import column_types, is_nested, missing_column
from hadi.stats.seasons import Array, MonthSeries

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Step: TypeAlias = Literal["day", "week", "month"]

MOST_PERIODS = 20_000
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip
_WEEK = 7
_HOLIDAY = 1  # open day without a row at an end of a month
_HOLIDAYS = 9  # in a month
_RARELY = 0.2
_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """What the rows of one label hold: their sum (None: all blank), how many there are, and what
    the values were counted from, where that is a column too."""

    label: str | None
    value: float | None
    rows: int = 1
    exposure: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SeriesTable:
    """`values` are those of consecutive periods from `start` on, NaN where there is none; a month
    is counted by its ordinal, a day and the first day of a week by Python's. `merged_rows` are
    those beyond the first of their period, `merged` the first such period; `blank_rows` name no
    period. `exposure` is what the values are counted from (visitors, hours), where there is such a
    column: then the two are summed over the rows that have both."""

    step: Step
    start: int
    values: Array
    rows: int
    merged_rows: int = 0
    merged: str | None = None
    blank_rows: int = 0
    exposure: Array | None = None

    @property
    def days(self) -> int:
        """In a period that is no month."""
        return _WEEK if self.step == "week" else 1

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.label(place) for place in range(len(self.values)))

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(self.label(int(place)) for place in np.flatnonzero(np.isnan(self.values)))

    def label(self, place: int) -> str:
        if self.step == "month":
            return months.written(self.start + place)
        return date.fromordinal(self.start + place * self.days).isoformat()

    def place_of(self, when: When) -> int:
        """The place of the first period that does not begin before `when` (perhaps outside)."""
        if self.step == "month":
            return when.month - self.start + (when.day is not None and when.day.day > 1)
        return -((self.start - when.first.toordinal()) // self.days)


def series_of(
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    time: str,
    value: str,
    exposure: str | None = None,
) -> SeriesTable:
    """The series of files with the same columns. `time` may be two columns, "year,month";
    `exposure` is what the values are counted from. Raises Unreadable."""
    types = column_types(connection, parquet(paths))
    moment = " || '-' || ".join(_time(column, types) for column in _columns(time, types))
    shown, named = f"{_number(value, types)} AS x", "x"
    if exposure is not None:
        shown += f", {_number(exposure, types)} AS y"
        named = "CASE WHEN y IS NOT NULL THEN x END"
    below = "fsum(CASE WHEN x IS NOT NULL THEN y END)" if exposure is not None else "NULL"
    found = connection.execute(
        f"SELECT t, fsum({named}), count({named}), count(*), {below} FROM (SELECT {moment} AS t, "
        f"{shown} FROM {parquet(paths)}) GROUP BY t LIMIT {MOST_PERIODS + 1}"
    ).fetchall()
    if len(found) > MOST_PERIODS:
        raise Unreadable(Text("series_many_periods", column=time, limit=MOST_PERIODS))
    cells = [Cell(t, total if n else None, rows, below) for t, total, n, rows, below in found]
    return laid_out(cells, time)


def labels_of(paths: Sequence[Path], time: str) -> dict[str, int]:
    """How many rows each period of a column has, as it is written; `time` may be two columns,
    "year,month". Nothing where no such column is, or where it holds no periods."""
    with engine.session(files=paths) as connection:
        types = column_types(connection, parquet(paths))
        try:
            moment = " || '-' || ".join(_time(column, types) for column in _columns(time, types))
        except Unreadable:
            return {}
        rows = connection.execute(
            f"SELECT t, count(*) FROM (SELECT {moment} AS t FROM {parquet(paths)}) "
            f"WHERE t IS NOT NULL GROUP BY t LIMIT {MOST_PERIODS + 1}"
        ).fetchall()
    return {str(label): count for label, count in rows} if len(rows) <= MOST_PERIODS else {}


def _number(column: str, types: Mapping[str, str]) -> str:
    """A cell as DOUBLE; NULL where there is none. Raises Unreadable for a column of words."""
    column = _spelled(column, types)
    if not types[column].startswith(_NUMBERS):
        raise Unreadable(Text("series_not_numbers", column=column))
    cell = quoted(column)
    return f"CASE WHEN isnan({cell}::DOUBLE) THEN NULL ELSE {cell}::DOUBLE END"


def laid_out(cells: Iterable[Cell], column: str) -> SeriesTable:
    """The cells as one series. Raises Unreadable, naming the first label that is no period."""
    cells = list(cells)
    named = [cell for cell in cells if cell.label is not None and cell.label.strip()]
    if not any(cell.value is not None for cell in named):
        raise Unreadable(Text("series_empty", column=column))
    decimal = any(months.is_decimal_year(str(cell.label)) for cell in named)
    placed: dict[When, list[Cell]] = {}
    for cell in named:
        when = months.read_when(str(cell.label), has_decimal_years=decimal)
        if when is None:
            label = str(cell.label).strip()[:60]
            raise Unreadable(Text("series_label", column=column, value=label))
        if cell.value is not None and not np.isfinite(cell.value):
            raise Unreadable(Text("series_infinite", value=str(cell.label)[:60]))
        placed.setdefault(when, []).append(cell)
    step = _step(list(placed))
    width = _WEEK if step == "week" else 1
    ordinals = {w: w.month if step == "month" else w.first.toordinal() for w in placed}
    start, end = min(ordinals.values()), max(ordinals.values())
    length = (end - start) // width + 1
    if length > MOST_PERIODS:
        raise Unreadable(Text("series_many_periods", column=column, limit=MOST_PERIODS))
    values, rows = np.full(length, np.nan), np.zeros(length, dtype=int)
    below = np.zeros(length)
    for when, found in placed.items():
        place = (ordinals[when] - start) // width
        rows[place] += sum(cell.rows for cell in found)
        known = [cell.value for cell in found if cell.value is not None]
        if known:
            values[place] = np.nansum([values[place], *known])
            below[place] += sum(cell.exposure or 0.0 for cell in found)
    kept = np.flatnonzero(np.isfinite(values))
    inside = slice(kept[0], kept[-1] + 1)
    values, rows, start = values[inside], rows[kept[0] :], start + kept[0] * width
    is_counted = any(cell.exposure is not None for cell in named)
    table = SeriesTable(step, int(start), values, sum(cell.rows for cell in cells))
    merged = np.flatnonzero(rows > 1)
    return SeriesTable(
        step, int(start), values, table.rows,
        merged_rows=int(np.maximum(rows - 1, 0).sum()),
        merged=table.label(int(merged[0])) if merged.size else None,
        blank_rows=table.rows - sum(cell.rows for cell in named),
        exposure=below[inside] if is_counted else None,
    )  # fmt: skip


def by_month(table: SeriesTable) -> tuple[MonthSeries, tuple[int, ...]]:
    """The series by months, and the months that it covers in part (they are left out). The value of
    a week is spread over its seven days. What is counted from something is a rate: the months of
    both, divided."""
    if table.exposure is None:
        return _by_month(table)
    above, partial = _by_month(replace(table, exposure=None))
    is_there = np.isfinite(table.values)
    counted_from = np.where(is_there, table.exposure, np.nan)
    below, _partial = _by_month(replace(table, values=counted_from, exposure=None))
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(below.values > 0.0, above.values / below.values, np.nan)
    return MonthSeries(above.start, rates), partial


def _by_month(table: SeriesTable) -> tuple[MonthSeries, tuple[int, ...]]:
    if table.step == "month":
        return MonthSeries(table.start, table.values), ()
    width = table.days
    known = np.isfinite(table.values)
    first, end = table.start, table.start + len(table.values) * width
    daily = np.repeat(np.where(known, table.values, 0.0) / width, width)
    covered = np.repeat(known, width)
    most = _HOLIDAYS if table.step == "day" else _HOLIDAY
    is_open = _open_days(first, covered, table.step)
    low, high = (months.month_of(date.fromordinal(d)) for d in (first, end - 1))
    values, partial = [], []
    for month in range(low, high + 1):
        one, after = (months.first_day(m).toordinal() for m in (month, month + 1))
        inside = slice(max(one, first) - first, min(after, end) - first)
        expected = is_open[(np.arange(one, after) - 1) % _WEEK]
        if _is_whole(expected, covered[inside], max(first - one, 0), most):
            values.append(float(daily[inside].sum()))
        else:
            values.append(np.nan)
            partial.append(month)
    return MonthSeries(low, np.array(values)), tuple(partial)


def _is_whole(expected: Array, covered: Array, offset: int, most: int) -> bool:
    """Whether a month is there from end to end. `expected` are its days that are usually open,
    `covered` those with a row, from the day `offset` of the month on. A holiday may be missing at
    either end, and `most` days in all."""
    there = np.zeros(len(expected), dtype=bool)
    there[offset : offset + len(covered)] = covered
    if not there.any():
        return False
    gone = expected & ~there
    first, last = (int(end) for end in np.flatnonzero(there)[[0, -1]])
    edges = max(gone[:first].sum(), gone[last + 1 :].sum())
    return bool(edges <= _HOLIDAY and gone.sum() <= most)


def _open_days(first: int, covered: Array, step: Step) -> Array:
    """Which days of the week have rows at least now and then, from Monday on; of weeks all."""
    if step == "week":
        return np.ones(_WEEK, dtype=bool)
    weekdays = (first - 1 + np.arange(len(covered))) % _WEEK  # Python's day 1 was a Monday
    return np.array([bool(covered[weekdays == day].mean() > _RARELY) for day in range(_WEEK)])


def _step(found: Sequence[When]) -> Step:
    """What the periods are: months, weeks or days. Raises Unreadable for quarters."""
    if all(when.day is None for when in found):
        ordinals = sorted({when.month for when in found})
        gaps = np.diff(ordinals)
        if len(gaps) >= _QUARTER and (gaps % _QUARTER == 0).all():
            raise Unreadable(Text("series_quarters"))
        return "month"
    if all(when.is_week for when in found):
        return "week"
    days = sorted({when.first.toordinal() for when in found})
    gaps = np.diff(days)
    in_months = {months.month_of(date.fromordinal(day)) for day in days}
    if len(in_months) == len(days) and (len(gaps) == 0 or gaps.min() >= 27):
        return _step([When(month) for month in in_months])
    return "week" if (gaps % _WEEK == 0).all() else "day"


def _columns(time: str, types: Mapping[str, str]) -> list[str]:
    names = [time] if _known(time, types) else [part.strip() for part in time.split(",")]
    return [_spelled(name, types) for name in names]


def _known(column: str, types: Mapping[str, str]) -> str | None:
    """The column as the data write it: blanks and capitals do not make another one."""
    if column in types:
        return column
    tidy = {" ".join(name.split()).casefold(): name for name in reversed(list(types))}
    return tidy.get(" ".join(column.split()).casefold())


def _spelled(column: str, types: Mapping[str, str]) -> str:
    found = _known(column, types)
    if found is None:
        raise missing_column(column, types)
    return found


def _time(column: str, types: Mapping[str, str]) -> str:
    type = types[column]
    if is_nested(type):
        raise Unreadable(Text("data_column_not_values", column=column, type=type.lower()[:40]))
    if type == "DATE" or type.startswith("TIMESTAMP"):
        return f"CAST({keys.day(column, type)} AS VARCHAR)"
    return keys.name(column, type)
