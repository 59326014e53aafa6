"""A wide table, a row for each period and a column for each site, as the same panel.

So people keep the past of their stores in a spreadsheet; it answers what a long table does.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from hadi.ingest.measures import Joint, Measure, joints_of
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


def wide_panel(paths: Sequence[Path], *, time: str, sites: Sequence[str]) -> PanelTable:
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
    return _laid_out(found, rows, measures, time)


def _laid_out(
    found: dict[str, Any], rows: NDArray[np.int64], measures: Sequence[Measure], time: str
) -> PanelTable:
    masked = np.ma.getmaskarray(found["t"])
    written = np.ma.getdata(found["t"])
    times = [None if gone else str(name) for name, gone in zip(written, masked, strict=True)]
    metric = Metric(VALUE, MetricKind.MEAN, (VALUE,), MetricRole.PRIMARY)
    pilot = PilotPlan(site=measures[0].column, time=time, value=VALUE)
    plan = Plan(design=Design.PILOT, pilot=pilot, metrics=(metric,))
    values = [np.ma.filled(found[f"x{m.place}"].astype(float), np.nan) for m in measures]
    cells = Cells(
        [m.column for m in measures for _time in times],
        times * len(measures),
        np.tile(rows, len(measures)),
        [(np.concatenate(values),)],
    )
    table = laid_out(
        cells, [VALUE], _Wide(plan, (Joint(0, metric, (0,)),)),
        order=[name for name in times if name is not None],
    )  # fmt: skip
    return replace(
        table,
        rows=int(rows.sum()),
        merged_rows=table.merged_rows // len(measures),
        blank_rows=table.blank_rows // len(measures),
    )
