"""Which days and units data cover, kept with them, so that rows added later are held against all
that were there without reading these again.

Of the units the smallest digests stand for all (Bar-Yossef et al. 2002, Counting distinct elements
in a data stream): a unit with a digest below the largest kept was there if and only if its own is
kept. So the share of known units among new ones is told from those below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hadi.domain.text import Figure, FigureKind, Text, day_figure
from hadi.ingest import engine
from hadi.ingest.engine import one_row, parquet, quoted
from hadi.ingest.report import ColumnType

KEPT_UNITS = 2048
MOST_ROWS = 2_000_000  # of more, digests take longer than they are worth
ENOUGH = 20  # units below the mark that say something of all
NOTEWORTHY = 0.02  # of the new units; a returning customer or two are no sign of a doubled file

Coverage = Mapping[str, Any]


def measure(
    paths: Sequence[Path], *, rows: int, day: str | None, unit: str | None, types: Mapping[str, str]
) -> dict[str, Any]:
    """The coverage of some tables: the first and last day, the smallest digests of their units."""
    is_day = day is not None and types.get(day) in (ColumnType.DATE, ColumnType.TIME)
    found: dict[str, Any] = {}
    if not is_day and unit is None:
        return found
    with engine.session(files=paths) as connection:
        if day is not None and is_day:
            name = quoted(day)
            span = f"SELECT CAST(min({name}) AS DATE), CAST(max({name}) AS DATE) FROM "  # noqa: S608
            first, last = one_row(connection, span + parquet(paths))
            if first is not None:
                found["day"] = {"column": day, "first": str(first), "last": str(last)}
        if unit is not None and rows <= MOST_ROWS:
            value = f"CAST({quoted(unit)} AS VARCHAR)"
            query = (
                f"SELECT DISTINCT left(md5({value}), 16) AS h FROM {parquet(paths)} "  # noqa: S608
                f"WHERE {value} IS NOT NULL ORDER BY h LIMIT {KEPT_UNITS}"
            )
            digests = [digest for (digest,) in connection.execute(query).fetchall()]
            found["unit"] = {"column": unit, "smallest": digests}
    return found


def joined(before: Coverage, more: Coverage) -> dict[str, Any]:
    """The coverage of both together, as far as both are known and of the same columns."""
    found: dict[str, Any] = {}
    old, new = _pair(before, more, "day")
    if old and new:
        found["day"] = {
            "column": old["column"],
            "first": min(old["first"], new["first"]),
            "last": max(old["last"], new["last"]),
        }
    old, new = _pair(before, more, "unit")
    if old and new:
        smallest = sorted({*old["smallest"], *new["smallest"]})[:KEPT_UNITS]
        found["unit"] = {"column": old["column"], "smallest": smallest}
    return found


def overlaps(before: Coverage, more: Coverage, *, version: int) -> list[Text]:
    """What speaks for rows that are there twice."""
    found: list[Text] = []
    old, new = _pair(before, more, "day")
    if old and new and new["first"] <= old["last"]:
        first, last = (day_figure(date.fromisoformat(d)) for d in (new["first"], old["last"]))
        found.append(Text("overlap_days", first=first, last=last, version=str(version)))
    share = known_share(before, more)
    if share is not None and share >= NOTEWORTHY:
        told = Figure(FigureKind.SHARE, share)
        found.append(Text("overlap_units", share=told, version=str(version)))
    return found


def known_share(before: Coverage, more: Coverage) -> float | None:
    """The share of the new units that were there before; None where it cannot be told."""
    old, new = _pair(before, more, "unit")
    if not old or not new or not old["smallest"]:
        return None
    is_all = len(old["smallest"]) < KEPT_UNITS
    told = [h for h in new["smallest"] if is_all or h <= old["smallest"][-1]]
    if not told or (not is_all and len(told) < ENOUGH):
        return None
    return len({*told} & {*old["smallest"]}) / len(told)


def follows(before: Coverage, more: Coverage) -> bool:
    """Whether the rows look like the next ones, not like all of them once more."""
    old, new = _pair(before, more, "day")
    if old and new:
        return bool(new["first"] > old["last"])
    share = known_share(before, more)
    return share is not None and share < 0.5


def precedes(before: Coverage, more: Coverage) -> bool:
    """Whether the rows are of earlier days alone."""
    old, new = _pair(before, more, "day")
    return bool(old and new and new["last"] < old["first"])


def _pair(before: Coverage, more: Coverage, name: str) -> tuple[Any, Any]:
    old, new = before.get(name), more.get(name)
    is_same = old and new and old["column"] == new["column"]
    return (old, new) if is_same else (None, None)
