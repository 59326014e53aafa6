"""A wide table, a row for each period and a column for each site, as the same panel.

So people keep the weeks of their stores in a spreadsheet; it answers what a long table does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hadi.domain.errors import Unreadable
from hadi.domain.pilot_plan import PilotPlan
from hadi.domain.plan import Design, Metric, MetricKind, MetricRole, Plan
from hadi.domain.text import Text
from hadi.ingest.engine import parquet, reason, session
from hadi.ingest.frame import column_types, missing_column
from hadi.ingest.measures import Joint, Measure, as_number, joints_of
from hadi.ingest.panels import (
    MOST_CELLS,
    MOST_PERIODS,
    Cells,
    PanelTable,
    laid_out,
    name_of_period,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALUE = "value"


@dataclass(frozen=True, slots=True)
class _Wide:
    """What laying out cells asks of a frame: one metric, whose sites are the columns."""

    plan: Plan
    joints: tuple[Joint, ...]
    measures: tuple[Measure, ...] = ()


def panel_of(paths: Sequence[Path], plan: Plan) -> PanelTable:
    """The panel of a pilot's plan over files in which each site is a column. Raises Unreadable."""
    pilot, primary = plan.pilot, plan.primary
    if pilot is None or primary is None or not pilot.time:
        raise Unreadable(Text("panel_no_columns"))
    with session(files=paths) as connection:
        types = column_types(connection, parquet(paths))
    sites, left_out = chosen(plan, types)
    table = wide_panel(paths, time=pilot.time, sites=sites, metric=primary.name)
    return replace(table, is_wide=True, left_out=left_out)


def chosen(plan: Plan, types: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that are sites, and those that are left out. Raises Unreadable where there are
    none, and where a column without numbers could be one."""
    pilot = plan.pilot
    assert pilot is not None and pilot.time is not None
    if len(plan.metrics) != 1 or plan.metrics[0].kind is not MetricKind.MEAN:
        raise Unreadable(Text("panel_wide_one_value"))
    if pilot.time not in types:
        raise missing_column(pilot.time, types)
    sites = pilot.sites_among(types)
    if not sites:
        raise Unreadable(Text("panel_wide_no_sites", columns=", ".join(f"“{n}”" for n in types)))
    if not pilot.controls:
        odd = next((name for name in sites if not is_of_numbers(types[name])), None)
        if odd is not None:
            raise Unreadable(Text("panel_wide_odd_column", column=odd))
    left = tuple(name for name in types if name not in {*sites, pilot.time})
    return sites, left


def is_of_numbers(written: str) -> bool:
    """Whether a column of that type holds numbers, and nothing that is none."""
    return as_number(written) not in (None, "VARCHAR", "BOOLEAN")


def wide_panel(
    paths: Sequence[Path], *, time: str, sites: Sequence[str], metric: str = VALUE
) -> PanelTable:
    """The sites over time. Raises Unreadable with one sentence."""
    import duckdb

    with session(files=paths) as connection:
        try:
            types = column_types(connection, parquet(paths))
            for column in (time, *sites):
                if column not in types:
                    raise missing_column(column, types, None)
            metrics = tuple(Metric(site, MetricKind.MEAN, (site,)) for site in sites)
            measures, _joints = joints_of(metrics, types)
            measures = tuple(replace(measure, is_careful=True) for measure in measures)
            shown = ", ".join(m.projection for m in measures)
            wanted = ", ".join(
                f"fsum(x{m.place}) AS x{m.place}, {m.bad_cells_of_rows} AS f{m.place}"
                for m in measures
            )
            found: dict[str, Any] = connection.execute(
                f"SELECT t, count(*) AS n, min(r) AS r, {wanted} FROM (SELECT "
                f"{name_of_period(time, types[time])} AS t, row_number() OVER () AS r, {shown} "
                f"FROM {parquet(paths)}) GROUP BY t ORDER BY r LIMIT {MOST_PERIODS + 1}"
            ).fetchnumpy()
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=reason(error))) from error
    rows: NDArray[np.int64] = found["n"].astype(np.int64)
    if len(rows) > MOST_PERIODS:
        raise Unreadable(Text("panel_many_periods", column=time, limit=MOST_PERIODS))
    if len(rows) * len(sites) > MOST_CELLS:
        raise Unreadable(Text("panel_many_cells", limit=MOST_CELLS))
    for m in measures:
        if np.ma.filled(found[f"f{m.place}"], 0).any():
            raise Unreadable(Text("panel_wide_not_numbers", column=m.column))
    masked = np.ma.getmaskarray(found["t"])
    written = np.ma.getdata(found["t"])
    times = [None if gone else str(name) for name, gone in zip(written, masked, strict=True)]
    values = [np.ma.filled(found[f"x{m.place}"].astype(float), np.nan) for m in measures]
    return columns_laid_out(times, rows, values, time=time, sites=sites, metric=metric)


def columns_laid_out(
    times: Sequence[str | None],
    rows: NDArray[np.int64],
    values: Sequence[NDArray[np.float64]],
    *,
    time: str,
    sites: Sequence[str],
    metric: str,
) -> PanelTable:
    """Periods with their rows, and for each site its values in them, as a panel. Raises
    Unreadable."""
    primary = Metric(metric, MetricKind.MEAN, (VALUE,), MetricRole.PRIMARY)
    pilot = PilotPlan(site=sites[0], time=time, value=VALUE)
    plan = Plan(design=Design.PILOT, pilot=pilot, metrics=(primary,))
    cells = Cells(
        [site for site in sites for _time in times],
        [*times] * len(sites),
        np.tile(rows, len(sites)),
        [(np.concatenate(values),)],
    )
    table = laid_out(
        cells, [metric], _Wide(plan, (Joint(0, primary, (0,)),)),
        order=[name for name in times if name is not None],
    )  # fmt: skip
    return replace(
        table,
        rows=int(rows.sum()),
        merged_rows=table.merged_rows // len(sites),
        blank_rows=table.blank_rows // len(sites),
    )
