"""Panels of sites over time: read from the published data, or drawn as retail weeks look."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from hadi.stats.panel import Panel


def panel_of(rows: dict[str, Iterable[float]], *treated: str, first_post: int) -> Panel:
    """A panel from each site's values."""
    values = np.array([list(row) for row in rows.values()], dtype=float)
    sites = tuple(rows)
    times = tuple(str(week + 1) for week in range(values.shape[1]))
    return Panel(sites, times, values, tuple(sites.index(name) for name in treated), first_post)


def wide_panel(file: Path, *treated: str, start: str, without: tuple[str, ...] = ()) -> Panel:
    """A file with a column for each site and a row for each period, the first of its columns."""
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = list(rows[0])
    sites = tuple(name for name in names[1:] if name not in without)
    times = tuple(row[names[0]] for row in rows)
    values = np.array([[float(row[site]) for row in rows] for site in sites])
    return Panel(
        sites, times, values, tuple(sites.index(name) for name in treated), times.index(start)
    )


def long_panel(
    cells: Iterable[tuple[str, str, float]], *treated: str, start: str, keep: int | None = None
) -> Panel:
    """(site, time, value) for each cell; times in their order as text, NaN where a cell is not."""
    found = {(site, time): value for site, time, value in cells}
    sites = tuple(sorted({site for site, _ in found}))
    times = tuple(sorted({time for _, time in found}))[:keep]
    values = np.array([[found.get((site, time), np.nan) for time in times] for site in sites])
    return Panel(
        sites, times, values, tuple(sites.index(name) for name in treated), times.index(start)
    )


def retail(
    random: np.random.Generator,
    sites: int,
    treated: int,
    *,
    before: int = 26,
    after: int = 8,
    effect: float = 0.0,
) -> Panel:
    """Weekly sales of stores of unlike size: a season of 5 %, growth of 0.3 % a week, noise of
    6 % in a store's week, and stores that wander, by 3 % from the weeks before to those after."""
    weeks = before + after
    time = np.arange(weeks)
    season = 0.05 * np.sin(2 * np.pi * (time / 52 + random.uniform()))
    level = random.normal(6.3, 0.4, (sites, 1))
    # A random walk whose change between the means of 26 and of 8 weeks has a spread of 3 %.
    drift = random.normal(0.0, 0.0089, (sites, weeks)).cumsum(axis=1)
    logs = level + season + 0.003 * time + drift + random.normal(0.0, 0.06, (sites, weeks))
    logs[:treated, before:] += np.log1p(effect)
    names = tuple(f"s{number:02}" for number in range(1, sites + 1))
    return Panel(names, tuple(map(str, time + 1)), np.exp(logs), tuple(range(treated)), before)
