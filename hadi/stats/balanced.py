"""A panel without holes: what synthetic controls need, and what had to be left out for it.

A mix of sites has a value only where all of its sites have one. Filling a hole would invent data,
so a site or a period has to go: the one that misses the larger share of its values, until nothing
is missing. Pilots stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, scaled, usable

Floats = NDArray[np.float64]

FEWEST_BEFORE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Balanced:
    """A panel with every value there, on the scale in which sites are compared.

    `values` has shape (sites, times); `left_sites` and `left_times` name what had to go.
    """

    panel: Panel
    values: Floats
    left_sites: tuple[str, ...]
    left_times: tuple[str, ...]

    @property
    def treated(self) -> tuple[int, ...]:
        return self.panel.treated

    @property
    def first_post(self) -> int:
        return self.panel.first_post


def balanced(panel: Panel, *, scale: Scale) -> Balanced:
    """The largest part of the panel that has no holes, found greedily.

    Raises
    ------
    NotEstimable
        Those of `panel.usable` and `panel.scaled`; ``synthetic_few_before`` with under three
        whole periods before, ``synthetic_no_after`` with none after, ``synthetic_few_controls``
        with under two controls.
    """
    part = usable(panel)
    values = scaled(part, scale=scale)
    rows, columns = _kept(np.isnan(values), part.treated)
    before = int((columns < part.first_post).sum())
    if before < FEWEST_BEFORE:
        raise NotEstimable("synthetic_few_before", n=before, needed=FEWEST_BEFORE)
    if before == columns.size:
        raise NotEstimable("synthetic_no_after")
    if rows.size - len(part.treated) < 2:
        raise NotEstimable("synthetic_few_controls")
    sites = tuple(part.sites[row] for row in rows)
    times = tuple(part.times[column] for column in columns)
    position = {int(row): new for new, row in enumerate(rows)}
    whole = Panel(
        sites,
        times,
        part.values[np.ix_(rows, columns)],
        tuple(position[row] for row in part.treated),
        before,
    )
    return Balanced(
        whole,
        values[np.ix_(rows, columns)],
        tuple(site for site in panel.sites if site not in set(sites)),
        tuple(time for time in panel.times if time not in set(times)),
    )


def _kept(
    is_missing: NDArray[np.bool_], treated: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows and columns that stay."""
    rows, columns = np.ones(is_missing.shape[0], bool), np.ones(is_missing.shape[1], bool)
    fixed = np.zeros(rows.size, bool)
    fixed[list(treated)] = True
    while rows.any() and columns.any():
        left = is_missing & rows[:, np.newaxis] & columns
        if not left.any():
            break
        by_row = np.where(fixed, -1.0, left.sum(axis=1) / columns.sum())
        by_column = left.sum(axis=0) / rows.sum()
        row, column = int(by_row.argmax()), int(by_column.argmax())
        if by_row[row] > by_column[column]:
            rows[row] = False
        else:
            columns[column] = False
    return np.flatnonzero(rows), np.flatnonzero(columns)
