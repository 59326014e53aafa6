"""A long table, a row for each site and period, as a panel: the sums of every site-period.

The sums are made where the rows are; what comes back is one number for each site, period and
metric. A site-period without a row, or whose cells are all blank, is missing: never a zero. Of a
ratio the numerator and the denominator are summed apart, over the rows that have both, and divided
once for each site and period: the receipts of one store are no units of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.ingest import keys
from hadi.ingest.engine import parquet
from hadi.ingest.frame import Frame, column_types, is_nested, missing_column, spelled
from hadi.ingest.measures import Measure, joints_of
from hadi.ingest.periods import Periods, periods_of
from hadi.ingest.source import Summaries

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from hadi.ingest.series import SeriesTable

MOST_CELLS = 5_000_000
MOST_PERIODS = 20_000
MOST_OF_GROUPS = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Whoever served in the pilot sites (sellers, teams), and what each brought of the primary
    metric in every period: shape (groups, periods), zero where there is nothing. Of a ratio these
    are the numerators, and `below` the denominators."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    below: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PanelTable:
    """Every site in every period. `values` are keyed by metric, shape (sites, periods), NaN where
    there is none. `merged_rows` are those beyond the first of their site and period, where there
    are `groups` of their site, period and group (they are summed), `merged` the first such place;
    `blank_rows` name no site or no period. `groups` are there where the plan names a column of
    them. `is_wide`: each site is a column of the data, and `left_out` are the columns that were
    taken for none."""

    sites: tuple[str, ...]
    periods: Periods
    values: Mapping[str, NDArray[np.float64]]
    rows: int
    merged_rows: int = 0
    merged: tuple[str, str] | None = None
    blank_rows: int = 0
    groups: Groups | None = None
    is_wide: bool = False
    left_out: tuple[str, ...] = ()


class PanelSource(Protocol):
    """Data that can be laid out as sites over time. Raises Unreadable with one sentence."""

    @property
    def digest(self) -> str: ...

    def panel(self, plan: Plan) -> PanelTable: ...


@dataclass(frozen=True, slots=True)
class Paneled:
    """A PanelSource whose panel is known already."""

    digest: str
    known: PanelTable

    def panel(self, plan: Plan) -> PanelTable:
        return self.known

    def summaries(self, plan: Plan) -> Summaries:
        raise Unreadable(Text("panel_no_sums"))

    def series(self, plan: Plan) -> SeriesTable:
        raise Unreadable(Text("panel_no_sums"))


@dataclass(frozen=True, slots=True)
class Cells:
    """What a query told of each site-period: names (None: blank), rows, and for each metric the
    sums of its columns (of a ratio two), NaN where there was no value at all."""

    sites: Sequence[str | None]
    times: Sequence[str | None]
    rows: NDArray[np.int64]
    sums: Sequence[tuple[NDArray[np.float64], ...]]


def panel_of(
    connection: DuckDBPyConnection, paths: Sequence[Path], labels: Sequence[str], plan: Plan
) -> PanelTable:
    """The panel of files with the same columns. Raises Unreadable."""
    frame = _open(connection, paths, labels, plan)
    pilot = frame.plan.pilot
    assert pilot is not None and pilot.site is not None and pilot.time is not None
    site = keys.name(pilot.site, frame.types[pilot.site])
    time = name_of_period(pilot.time, frame.types[pilot.time])
    cells = _cells(frame, site, time)
    for column, names in ((pilot.site, cells.sites), (pilot.time, cells.times)):
        if any(name is not None and "\0" in name for name in names):
            raise frame.refuse_nul(column)
    order = _in_rows(frame, time) if frame.types[pilot.time] == "VARCHAR" else None
    table = laid_out(cells, [m.name for m in frame.plan.metrics], frame, order=order)
    if frame.plan.group is None or frame.plan.primary is None:
        return table
    groups = _groups(frame, table.periods, site, time)
    return (
        replace(table, groups=groups)
        if groups is None
        else by_seller(table, groups, _repeats(frame, site, time))
    )


def laid_out(
    cells: Cells, metrics: Sequence[str], frame: Any, *, order: Sequence[str] | None = None
) -> PanelTable:
    """The cells as arrays. `order`: the times as they come in the rows, where they are texts;
    `frame` knows its measures and joints. Raises Unreadable where there is nothing, or too much."""
    plan = frame.plan
    known = [
        place
        for place, (site, time) in enumerate(zip(cells.sites, cells.times, strict=True))
        if site is not None and time is not None
    ]
    if not known:
        raise Unreadable(Text("panel_empty", site=plan.pilot.site, time=plan.pilot.time))
    times = dict.fromkeys(str(cells.times[place]) for place in known)
    if len(times) > MOST_PERIODS:
        raise Unreadable(Text("panel_many_periods", column=plan.pilot.time, limit=MOST_PERIODS))
    listed = [time for time in order if time in times] if order is not None else list(times)
    periods = periods_of(listed)
    sites = tuple(sorted({str(cells.sites[place]) for place in known}, key=_natural))
    row_of = {site: row for row, site in enumerate(sites)}
    rows = np.array([row_of[str(cells.sites[place])] for place in known])
    columns = np.array([periods.places[str(cells.times[place])] for place in known])
    counts = np.zeros((len(sites), len(periods.labels)), dtype=np.int64)
    np.add.at(counts, (rows, columns), cells.rows[known])
    values = {}
    for name, joint, sums in zip(metrics, frame.joints, cells.sums, strict=True):
        parts = [_matrix(part[known], rows, columns, counts.shape) for part in sums]
        values[name] = parts[0]
        if len(parts) > 1:
            column = frame.measures[joint.measures[1]].column
            values[name] = _divided(parts[0], parts[1], column, sites, periods.labels)
    merged = np.argwhere(counts > 1)
    total, used = int(cells.rows.sum()), int(counts.sum())
    return PanelTable(
        sites, periods, values, total,
        merged_rows=used - int((counts > 0).sum()),
        merged=(sites[merged[0][0]], periods.labels[merged[0][1]]) if merged.size else None,
        blank_rows=total - used,
    )  # fmt: skip


def _matrix(
    sums: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """The sums at their places, NaN where there is none; two ways to write a period are one."""
    is_there = ~np.isnan(sums)
    total, seen = np.zeros(shape), np.zeros(shape, dtype=bool)
    np.add.at(total, (rows[is_there], columns[is_there]), sums[is_there])
    seen[rows[is_there], columns[is_there]] = True
    return np.where(seen, total, np.nan)


def _divided(
    above: NDArray[np.float64],
    below: NDArray[np.float64],
    column: str,
    sites: Sequence[str],
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """The ratio of every site-period: missing where the denominator is zero. Raises Unreadable
    where it is less."""
    negative = np.argwhere(below < 0.0)
    if negative.size:
        site, period = negative[0]
        raise Unreadable(
            Text("panel_negative", column=column, site=sites[site], time=labels[period])
        )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(np.where(below > 0.0, above / below, np.nan))


def _open(
    connection: DuckDBPyConnection, paths: Sequence[Path], labels: Sequence[str], plan: Plan
) -> Frame:
    found = [column_types(connection, parquet([path])) for path in paths]
    plan = checked(spelled(plan, found[0]), found[0])
    for label, types in zip(labels, found, strict=True):
        checked(plan, types, label if len(paths) > 1 else None)
    parts = tuple(zip(paths, labels, found, strict=True))
    table = parquet(paths)
    types = found[0] if len(found) == 1 else column_types(connection, table)
    measures, joints = joints_of(plan.metrics, types)
    careful = tuple(replace(measure, is_careful=True) for measure in measures)
    return Frame(connection, plan, "", table, parts, types, careful, joints)


def checked(plan: Plan, types: Mapping[str, str], label: str | None = None) -> Plan:
    """The plan, whose columns are there. Raises Unreadable for one that is not, or that names
    nothing."""
    pilot = plan.pilot
    if pilot is None or not pilot.site or not pilot.time:
        raise Unreadable(Text("panel_no_columns"))
    named = (pilot.site, pilot.time, *(c for m in plan.metrics for c in m.columns))
    if plan.group is not None:
        named = (*named, plan.group)
    for column in named:
        if column not in types:
            raise missing_column(column, types, label)
    for column in (pilot.site, pilot.time):
        if is_nested(types[column]) or types[column] == "JSON":
            kind = types[column].lower()[:40]
            raise Unreadable(Text("data_column_not_values", column=column, type=kind))
    return plan


def name_of_period(column: str, type: str) -> str:
    """The period of a row as text: a day of what is a day or a moment."""
    if type == "DATE" or type.startswith("TIMESTAMP"):
        return f"CAST({keys.day(column, type)} AS VARCHAR)"
    return keys.name(column, type)


def _cells(frame: Frame, site: str, time: str) -> Cells:
    measures = frame.measures
    shown = ", ".join([f"{site} AS s", f"{time} AS t", *(m.projection for m in measures)])
    wanted = ["s", "t", "count(*) AS n"]
    wanted += [f"{m.bad_cells_of_rows} AS f{m.place}" for m in measures]
    parts = [(place, part) for place, j in enumerate(frame.joints) for part in j.measures]
    for place, joint in enumerate(frame.joints):
        wanted += [f"{total} AS j{place}_{part}" for part, total in _sums_of(joint.measures)]
    found: dict[str, Any] = frame.connection.execute(
        f"SELECT {', '.join(wanted)} FROM (SELECT {shown} FROM {frame.table}) "
        f"GROUP BY s, t LIMIT {MOST_CELLS + 1}"
    ).fetchnumpy()
    if len(found["n"]) > MOST_CELLS:
        raise Unreadable(Text("panel_many_cells", limit=MOST_CELLS))
    for m in measures:
        if np.ma.filled(found[f"f{m.place}"], 0).any():
            raise frame.refuse(m)
    sums = {
        part: np.ma.filled(found[f"j{part[0]}_{part[1]}"].astype(float), np.nan) for part in parts
    }
    for (_place, measure), values in sums.items():
        if np.isinf(values).any():
            raise _overflow(measures[measure])
    by_metric = [
        tuple(sums[place, part] for part in joint.measures)
        for place, joint in enumerate(frame.joints)
    ]
    return Cells(_names(found["s"]), _names(found["t"]), found["n"].astype(np.int64), by_metric)


def _sums_of(measures: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The sum of each column of a metric, over the rows that have all of them."""
    whole = " AND ".join(f"x{place} IS NOT NULL" for place in measures)
    for place in measures:
        x = f"CASE WHEN {whole} THEN x{place} END" if len(measures) > 1 else f"x{place}"
        yield place, f"fsum({x})"


def _groups(frame: Frame, periods: Periods, site: str, time: str) -> Groups | None:
    """What each seller of the pilot sites brought; None where there are too many to be sellers."""
    plan = frame.plan
    assert plan.group is not None and plan.pilot is not None and plan.primary is not None
    joint = next(j for j in frame.joints if j.metric.name == plan.primary.name)
    group = keys.name(plan.group, frame.types[plan.group])
    shown = ", ".join(f"{frame.measures[m].number} AS x{m}" for m in joint.measures)
    sums = ", ".join(f"fsum(x{m})" for m in joint.measures)
    there = " AND ".join(f"x{m} IS NOT NULL" for m in joint.measures)
    found = frame.rows(
        f"SELECT g, t, {sums} FROM (SELECT {group} AS g, {site} AS s, {time} AS t, "
        f"{shown} FROM {frame.table}) WHERE g IS NOT NULL AND t IS NOT NULL "
        f"AND {there} AND list_contains(?, s) GROUP BY g, t LIMIT {MOST_OF_GROUPS + 1}",
        [list(plan.pilot.treated)],
    )
    if len(found) > MOST_OF_GROUPS:
        return None
    return grouped([(str(name), label, totals) for name, label, *totals in found], periods)


def _repeats(frame: Frame, site: str, time: str) -> list[tuple[str, str, int]]:
    """The sites and periods in which a seller has several rows, and how many there are beyond the
    first of each."""
    assert frame.plan.group is not None
    group = keys.name(frame.plan.group, frame.types[frame.plan.group])
    found = frame.rows(
        f"SELECT s, t, sum(n - 1) FROM (SELECT s, t, g, count(*) AS n FROM (SELECT {site} AS s, "
        f"{time} AS t, {group} AS g FROM {frame.table}) WHERE s IS NOT NULL AND t IS NOT NULL "
        f"GROUP BY s, t, g) WHERE n > 1 GROUP BY s, t"
    )
    return [(str(s), str(t), int(count)) for s, t, count in found]


def by_seller(
    table: PanelTable, groups: Groups, repeats: Sequence[tuple[str, str, int]]
) -> PanelTable:
    """The panel of rows that are each a seller of a site in a period: only what repeats all three
    is there twice."""
    places = {site: place for place, site in enumerate(table.sites)}
    first = min(
        ((places[site], table.periods.places[time]) for site, time, _n in repeats), default=None
    )
    merged = (table.sites[first[0]], table.periods.labels[first[1]]) if first else None
    count = sum(n for _site, _time, n in repeats)
    return replace(table, groups=groups, merged_rows=count, merged=merged)


def grouped(found: Sequence[tuple[str, str, Sequence[float]]], periods: Periods) -> Groups:
    """Sums by seller and period, laid out: of a ratio two of them."""
    names = tuple(sorted({name for name, _label, _totals in found}, key=_natural))
    place = {name: number for number, name in enumerate(names)}
    count = len(found[0][2]) if found else 1
    parts = np.zeros((count, len(names), len(periods.labels)))
    for name, label, totals in found:
        parts[:, place[name], periods.places[label]] += totals
    return Groups(names, parts[0], parts[1] if count > 1 else None)


def _overflow(measure: Measure) -> Unreadable:
    return Unreadable(Text("data_overflow", metric=measure.metric.name, column=measure.column))


def _names(found: Any) -> list[str | None]:
    """The names, None where there is none."""
    masked = np.ma.getmaskarray(found)
    values = np.ma.getdata(found)
    return [None if gone else str(name) for name, gone in zip(values, masked, strict=True)]


def _in_rows(frame: Frame, time: str) -> list[str]:
    """The times in the order of the rows, each once."""
    return [
        row[0]
        for row in frame.rows(
            f"SELECT t FROM (SELECT {time} AS t, row_number() OVER () AS n FROM {frame.table}) "
            f"WHERE t IS NOT NULL GROUP BY t ORDER BY min(n) LIMIT {MOST_PERIODS + 1}"
        )
    ]


def _natural(name: str) -> tuple[tuple[int, float, str], ...]:
    """Sites in the order of their numbers: s2 before s10."""
    parts = re.findall(r"\d{1,15}|\D+|\d", name)
    return tuple((0, float(p), "") if p[0].isdecimal() else (1, 0.0, p) for p in parts)
