"""Files, stores and weeks beside each other: which of them speaks in another unit, and which is
not there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from hadi.domain.quality import Finding, Level
from hadi.domain.text import Text, day_figure
from hadi.ingest.engine import parquet, quoted
from hadi.ingest.quality.table import Measured, Table
from hadi.ingest.quality.values import listed

MOST_CELLS = 200_000  # of files, stores and weeks
SCALES = {3: 1000, 2: 100}  # thousands against units; kopecks or cents against roubles or euros
NEAR = 0.15  # decimal orders: how near a thousandfold is one
FAR = 6.0  # robust standard deviations between the groups
WITHIN = 3.0  # standard deviations within them: a thousandfold must not be in their nature
FLOOR = 0.05  # decimal orders: groups may differ by a tenth without saying so
FEW_VALUES = 5
REGULAR = 0.8  # of the weeks that a usual store is there
SURE_GAP = 0.01  # chance of one silent week anywhere, were nothing missing


@dataclass(frozen=True, slots=True)
class Cell:
    """A file's rows of one store in one week: their count, and for each measure how many values
    differ from zero, the mean of their decimal logarithms and its sum of squared deviations."""

    part: int
    store: str | None
    week: date | None
    rows: int
    logs: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """A group whose values are about `times` the others' (below 1: a fraction of them)."""

    kind: str  # part, store, week
    group: str
    column: Measured
    power: int  # of ten
    n: int
    groups: int


def panels_found(table: Table) -> Iterator[Finding]:
    """Unit mismatch over files, stores and weeks; then stores that miss weeks."""
    measures = [m for m in table.measured() if m.is_measure]
    day = table.local_day(table.asked.day) if table.has(table.asked.day) else None  # type: ignore[arg-type]
    store = table.asked.store if table.has(table.asked.store) else None
    if not (store or day or len(table.paths) > 1):
        return
    cells = _cells(table, store, day, measures)
    if cells is None:
        yield Finding("panels", Level.GREEN, Text("quality_panels_many", column=store or "–"))
        cells = _cells(table, None, day, measures) or []
        store = None
    shifts = [shift for i, m in enumerate(measures) for shift in _shifts(table, cells, i, m)]
    yield _mismatch(shifts, store)
    if store and day:
        if table.every > 1:  # a week is missing only if no row at all is there
            cells = _cells(table, store, day, ()) or []
        yield from _gaps(cells, store)


def _cells(
    table: Table, store: str | None, day: str | None, measures: Sequence[Measured]
) -> list[Cell] | None:
    """The cells, or None where there are too many to look at one by one."""
    name = f"nullif(trim(CAST({quoted(store)} AS VARCHAR)), '')" if store else "NULL"
    week = f"CAST(date_trunc('week', {day}) AS DATE)" if day else "NULL"
    logs = []
    for measured in measures:
        x = f"nullif(abs({table.number(measured.name)}), 0)"
        logs.append(f"count({x}), avg(log10({x})), var_pop(log10({x}))")
    wanted = ", ".join([f"{name} AS s, {week} AS w, count(*)", *logs])
    source = table.sampled if measures else parquet
    parts = [
        f"SELECT {place} AS part, {wanted} FROM {source([path])} GROUP BY ALL"
        for place, path in enumerate(table.paths)
    ]
    if measures and len(table.paths) > 1 and not _same_columns(table, measures):
        return []
    query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) LIMIT {MOST_CELLS + 1}"
    found = table.rows(query)
    return None if len(found) > MOST_CELLS else [_cell(row) for row in found]


def _same_columns(table: Table, measures: Sequence[Measured]) -> bool:
    """Whether every file has every column that is compared: files may differ in others."""
    names = {m.name for m in measures}
    names |= {c for c in (table.asked.day, table.asked.store) if table.has(c) and c}
    return all(names <= types.keys() for types in table.by_part)


def _cell(row: tuple[Any, ...]) -> Cell:
    part, store, week, rows, *logs = row
    found = tuple(
        (logs[i], logs[i + 1] or 0.0, (logs[i + 2] or 0.0) * logs[i])
        for i in range(0, len(logs), 3)
    )
    return Cell(part, store, week, rows, found)


def _shifts(table: Table, cells: Sequence[Cell], place: int, column: Measured) -> Iterator[Shift]:
    labels = table.asked.labels or [path.name for path in table.paths]
    kinds: dict[str, Callable[[Cell], str | None]] = {
        "part": lambda cell: labels[cell.part] if len(table.paths) > 1 else None,
        "store": lambda cell: cell.store,
        "week": lambda cell: cell.week.isoformat() if cell.week else None,
    }
    for kind, key in kinds.items():
        groups: dict[str, list[tuple[int, float, float]]] = {}
        for cell in cells:
            if (name := key(cell)) is not None and cell.logs[place][0]:
                groups.setdefault(name, []).append(cell.logs[place])
        merged = {name: _merged(logs) for name, logs in groups.items()}
        enough = {name: found for name, found in merged.items() if found[0] >= FEW_VALUES}
        if kind != "part" and len(enough) < 3:  # two stores may well be of two sizes
            continue
        yield from (
            Shift(kind, name, column, power, n, len(merged)) for name, n, power in shifted(enough)
        )


def _merged(logs: Sequence[tuple[int, float, float]]) -> tuple[int, float, float]:
    """Count, mean and sum of squares of cells taken together."""
    n = sum(log[0] for log in logs)
    mean = math.fsum(log[0] * log[1] for log in logs) / n
    return n, mean, math.fsum(log[2] + log[0] * (log[1] - mean) ** 2 for log in logs)


def shifted(
    groups: dict[str, tuple[int, float, float]],
) -> Iterator[tuple[str, int, int]]:
    """The groups (count, mean of decimal logarithms, sum of squares) that lie a hundred- or a
    thousandfold off the others, with their counts and the power of ten. Of two groups the smaller
    one is named: nobody can tell which of them is off."""
    if len(groups) < 2:
        return
    means = {name: mean for name, (_n, mean, _m2) in groups.items()}
    middle = median(means.values())
    if len(groups) == 2:
        small, large = sorted(groups, key=lambda name: groups[name][0])
        means, middle = {small: means[small]}, means[large]
        between = 0.0
    else:
        between = 1.4826 * median(abs(mean - middle) for mean in means.values())
    # Within the groups, the median: a group that mixes units must not hide in its own spread.
    within = median(math.sqrt(m2 / n) for n, _mean, m2 in groups.values())
    for name, mean in means.items():
        shift = mean - middle
        n = groups[name][0]
        power = next((p for p in SCALES if abs(abs(shift) - p) <= NEAR + 2 * within / n**0.5), None)
        is_far = abs(shift) >= max(FAR * max(between, FLOOR), WITHIN * within)
        if power is not None and is_far:
            yield name, n, power if shift > 0 else -power


def _mismatch(shifts: Sequence[Shift], store: str | None) -> Finding:
    if not shifts:
        return Finding("unit_mismatch", Level.GREEN, Text("quality_units_fine"))
    # A file explains its stores and weeks, a store its weeks; a deciding column goes first.
    order = ("part", "store", "week")
    first = min(shifts, key=lambda s: (not s.column.is_deciding, order.index(s.kind), -s.n))
    alike = [s.group for s in shifts if (s.kind, s.column) == (first.kind, first.column)]
    times = SCALES[abs(first.power)]
    code = f"quality_units_{first.kind}_{'more' if first.power > 0 else 'less'}"
    text = Text(code, groups=listed(alike), n=len(alike), column=first.column.name, times=times)
    level = Level.RED if first.column.is_deciding else Level.AMBER
    figures = {
        "column": first.column.name, "by": first.kind, "groups": alike[:50],
        "times": times if first.power > 0 else 1 / times,
        "group_column": store if first.kind == "store" else None,
    }  # fmt: skip
    return Finding("unit_mismatch", level, text, figures)


def _gaps(cells: Sequence[Cell], column: str) -> Iterator[Finding]:
    """Stores without rows in a week that others have. Only where a usual store is always there,
    and silence is no accident: one row a week each, or so many that none is out of the question."""
    counts: dict[str, dict[date, int]] = {}
    for cell in cells:
        if cell.store is not None and cell.week is not None:
            weeks = counts.setdefault(cell.store, {})
            weeks[cell.week] = weeks.get(cell.week, 0) + cell.rows
    seen = {week for weeks in counts.values() for week in weeks}
    if len(counts) < 2 or len(seen) < 3:
        return
    whole = _inner_weeks(seen)
    if not whole or median(len(weeks) for weeks in counts.values()) < REGULAR * len(seen):
        return
    missing = {
        store: gone
        for store, weeks in counts.items()
        if (gone := [week for week in whole if week not in weeks])
        and _is_regular(weeks, len(counts) * len(whole))
    }
    if not missing:
        yield Finding("missing_weeks", Level.GREEN, Text("quality_weeks_fine", column=column))
        return
    worst = max(missing, key=lambda store: (len(missing[store]), store))
    text = Text(
        "quality_weeks_missing",
        n=len(missing),
        column=column,
        store=worst,
        weeks=len(missing[worst]),
        of=len(whole),
        first=day_figure(missing[worst][0]),
    )
    figures = {
        "column": column,
        "stores": {s: [w.isoformat() for w in gone] for s, gone in list(missing.items())[:50]},
    }
    yield Finding("missing_weeks", Level.AMBER, text, figures)


def _inner_weeks(seen: set[date]) -> list[date]:
    """Every week between the first and the last; these two may be cut short by the period."""
    first, last = min(seen), max(seen)
    count = (last - first).days // 7
    return [first + timedelta(weeks=i) for i in range(1, count)] if count < 520 else []


def _is_regular(weeks: dict[date, int], cells: int) -> bool:
    """Whether a week without a row is no accident: the same number of rows every week, or on
    average so many that by chance none would be empty (a Poisson count)."""
    found = list(weeks.values())
    if len(found) >= 2 and min(found) == max(found):
        return True
    return math.exp(-sum(found) / len(found)) * cells < SURE_GAP
