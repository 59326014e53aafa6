"""Stamps and their time zones: local times that cannot be, or can be twice, and days that a zone
has moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from hadi.domain.quality import Finding, Level
from hadi.domain.text import Text
from hadi.ingest.cells import counted
from hadi.ingest.engine import literal, quoted
from hadi.ingest.quality.table import Table

Span: TypeAlias = "tuple[datetime, datetime]"

MOST_STAMPS = 5  # columns
SHIFTED = 0.9  # of the stamps at one time of day that is a zone's distance from midnight
FEW = 20
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)$"
_CLOCK = r"\d{1,2}:\d{2}"


def stamps_found(table: Table) -> Iterator[Finding]:
    """What is odd about the table's stamps; nothing where it has none."""
    stamps = [c for c in table.columns if table.is_stamp(c)]
    named = [c for c in (table.asked.day,) if c is not None and table.has(c)]
    texts = [c for c in named if table.is_text(c)]
    if not stamps and not texts:
        return
    found = list(_types(table))
    for column in sorted(stamps, key=lambda c: c not in named)[:MOST_STAMPS]:
        found += _stamps(table, column)
    for column in texts:
        found += _texts(table, column)
    yield from found or [Finding("time_zones", Level.GREEN, Text("quality_stamps_fine"))]


def _types(table: Table) -> Iterator[Finding]:
    """A column that names its zone in one file and not in another."""
    for column in table.columns:
        kinds = {types.get(column) == "TIMESTAMP WITH TIME ZONE" for types in table.by_part
                 if types.get(column, "").startswith("TIMESTAMP")}  # fmt: skip
        if len(kinds) == 2:
            yield Finding(
                "time_zones", Level.AMBER, Text("quality_zones_by_file", column=column),
                {"column": column},
            )  # fmt: skip


def _stamps(table: Table, column: str) -> Iterator[Finding]:
    name, zone = quoted(column), table.asked.zone
    local = f"timezone({literal(zone.key)}, {name})" if table.is_zoned(column) else name
    year = f"year({local})"
    n, first, last = table.row(
        f"SELECT count({name}), min({year}), max({year}) FROM {table.sample} WHERE isfinite({name})"
    )
    if not n:
        return
    moved = list(_moved(table, column, local))
    yield from moved
    if moved or table.is_zoned(column):
        return
    gaps, folds = clock_changes(zone, max(int(first), 1950), min(int(last), 2100))
    if gaps or folds:
        yield from _around_changes(table, column, gaps, folds)


def _moved(table: Table, column: str, local: str) -> Iterator[Finding]:
    """Days that became stamps in another zone: all of them at the same hour, which is not midnight
    but as far from it as the workspace's zone is from UTC."""
    clock = f"CAST({local} AS TIME)"
    rows = table.rows(
        f"SELECT {clock} AS t, count(*) FROM {table.sample} WHERE {quoted(column)} IS NOT NULL"
        f" GROUP BY t ORDER BY 2 DESC LIMIT 4"
    )
    (total,) = table.row(f"SELECT count({quoted(column)}) FROM {table.sample}")
    distances = _distances(table.asked.zone, table.asked.now)
    at = [(clock, n) for clock, n in rows if clock in distances]
    moved = sum(n for _clock, n in at)
    if total >= FEW and moved >= SHIFTED * total:
        text = Text(
            "quality_days_moved", column=column, time=f"{at[0][0]:%H:%M}", zone=table.asked.zone.key
        )
        yield Finding("time_zones", Level.AMBER, text, {"column": column, "rows": moved})


def _distances(zone: ZoneInfo, now: datetime) -> set[Any]:
    """Midnight of the zone as UTC tells it, in winter and in summer, and the other way round."""
    found = set()
    for month in (1, 7):
        offset = datetime(now.year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset()
        if offset:
            midnight = datetime(2000, 1, 2, tzinfo=UTC)
            found |= {(midnight - offset).time(), (midnight + offset).time()}
    return found


def clock_changes(zone: ZoneInfo, first: int, last: int) -> tuple[list[Span], list[Span]]:
    """The local times of those years that the clocks leap over, and those that come twice: naive
    half-open spans."""
    gaps: list[Span] = []
    folds: list[Span] = []
    at = datetime(first, 1, 1, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last, 12, 31, tzinfo=UTC) + timedelta(days=2)
    before = _offset(zone, at)
    while at < end:
        then = at + timedelta(days=1)
        after = _offset(zone, then)
        if after != before:
            change = _change(zone, at, then)
            old, new = ((change + o).replace(tzinfo=None) for o in (before, after))
            (gaps if new > old else folds).append((min(old, new), max(old, new)))
        at, before = then, after
    return gaps, folds


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The minute within a day at which the offset changes."""
    start = _offset(zone, low)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(zone, middle) == start else (low, middle)
    return (high + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _around_changes(
    table: Table,
    column: str,
    gaps: list[Span],
    folds: list[Span],
) -> Iterator[Finding]:
    name = quoted(column)

    def within(spans: list[Span]) -> str:
        parts = [f"({name} >= TIMESTAMP '{a}' AND {name} < TIMESTAMP '{b}')" for a, b in spans]
        return " OR ".join(parts) or "false"

    never, twice, example = table.row(
        f"SELECT {counted(within(gaps))}, {counted(within(folds))},"
        f" strftime(min({name}) FILTER ({within(gaps)}), '%Y-%m-%d %H:%M') FROM {table.sample}"
    )
    figures = {"column": column, "never": never, "twice": twice}
    zone = table.asked.zone.key
    if never:
        text = Text("quality_stamps_never", column=column, n=never, example=example, zone=zone)
        yield Finding("time_zones", Level.AMBER, text, figures)
    elif twice:
        text = Text("quality_stamps_twice", column=column, n=twice, zone=zone)
        yield Finding("time_zones", Level.GREEN, text, figures)


def _texts(table: Table, column: str) -> Iterator[Finding]:
    """Stamps that stayed text, some with a zone and some without."""
    name = f"trim({quoted(column)})"
    has_clock = f"regexp_matches({name}, {literal(_CLOCK)})"
    has_zone = f"regexp_matches({name}, {literal(_ZONE)})"
    zoned, naive = table.row(
        f"SELECT {counted(f'{has_clock} AND {has_zone}')},"
        f" {counted(f'{has_clock} AND NOT {has_zone}')} FROM {table.sample}"
    )
    if zoned and naive:
        text = Text("quality_zones_mixed", column=column, n=zoned, naive=naive)
        yield Finding(
            "time_zones", Level.AMBER, text, {"column": column, "zoned": zoned, "naive": naive}
        )
