"""The sites of a pilot over time, summed where the rows are: what `ingest.panels` is to files.

One query groups the rows by site and period. Rows of a database have no order, so that periods
need one of their own: days, weeks, months or numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Metric, MetricKind, Plan
from hadi.domain.text import Text
from hadi.ingest import panels_wide
from hadi.ingest.engines import cells
from hadi.ingest.engines.backend import OutOfRange, Relation
from hadi.ingest.engines.frame import Frame, fault
from hadi.ingest.frame import spelled
from hadi.ingest.measures import Measure, joints_of
from hadi.ingest.panels import (
    MOST_CELLS,
    MOST_OF_GROUPS,
    MOST_PERIODS,
    Cells,
    Groups,
    PanelTable,
    by_seller,
    checked,
    grouped,
    laid_out,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir


def panel_of(relation: Relation, plan: Plan) -> PanelTable:
    """The panel of a relation. Raises Unreadable."""
    types = relation.types
    if plan.pilot is not None and plan.pilot.is_wide:
        return _wide_panel(relation, spelled(plan, types))
    plan = checked(spelled(plan, types), types)
    measures, joints = joints_of(plan.metrics, types)
    careful = tuple(replace(measure, is_careful=True) for measure in measures)
    frame = Frame(relation, plan, types, careful, joints)
    try:
        table = laid_out(_cells(frame), [m.name for m in plan.metrics], frame)
        if table.periods.kind == "label":
            raise Unreadable(Text("engine_periods_unordered", column=_pilot(frame, "time")))
        if plan.group is not None and plan.primary is not None:
            groups = _groups(frame, table)
            if groups is not None:
                table = by_seller(table, groups, _repeats(frame))
    except OutOfRange:
        raise frame.overflow(careful[0]) from None
    return table


def _wide_panel(relation: Relation, plan: Plan) -> PanelTable:
    """The panel of a relation in which each site is a column: sums by the period alone."""
    types = dict(relation.types)
    sites, left_out = panels_wide.chosen(plan, types)
    asked = tuple(Metric(site, MetricKind.MEAN, (site,)) for site in sites)
    measures, joints = joints_of(asked, types)
    careful = tuple(replace(measure, is_careful=True) for measure in measures)
    frame = Frame(relation, plan, types, careful, joints)
    column, primary = _pilot(frame, "time"), plan.primary
    assert primary is not None
    try:
        times, rows, values = _by_period(frame)
        table = panels_wide.columns_laid_out(
            times, rows, values, time=column, sites=sites, metric=primary.name
        )
    except OutOfRange:
        raise frame.overflow(careful[0]) from None
    if table.periods.kind == "label":
        raise Unreadable(Text("engine_periods_unordered", column=column))
    return replace(table, is_wide=True, left_out=left_out)


def _by_period(frame: Frame) -> tuple[list[str | None], Any, list[Any]]:
    """The periods, the rows of each, and for each column that is a site its sums."""
    time, is_day = _time(frame)
    shown: dict[str, ir.Value] = {"t": time}
    for m in frame.measures:
        shown |= _shown(frame, m)
    rows = frame.relation.table.select(**shown)
    wanted: dict[str, ir.Value] = {"n": rows.count()}
    for number, m in enumerate(frame.measures):
        wanted |= _faults(rows, m) | _sums_of(rows, number, (m.place,))
    query = rows.group_by("t").agg(**wanted).limit(MOST_PERIODS + 1)
    found = frame.backend.rows(query)
    if len(found) > MOST_PERIODS:
        raise Unreadable(
            Text("panel_many_periods", column=_pilot(frame, "time"), limit=MOST_PERIODS)
        )
    place = {name: number for number, name in enumerate(query.columns)}
    for m in frame.measures:
        if any(row[place[f"b{m.place}"]] for row in found):
            raise fault(frame, m)
    return (
        [_told(frame, row[place["t"]], is_day=is_day) for row in found],
        np.array([int(row[place["n"]]) for row in found], dtype=np.int64),
        [_sums(found, place[f"j{n}_{m.place}"]) for n, m in enumerate(frame.measures)],
    )


def _pilot(frame: Frame, name: str) -> str:
    return str(getattr(frame.plan.pilot, name))


def _name(frame: Frame, column: str) -> ir.Value:
    """A column as text that is told apart by its characters; NULL where it is blank."""
    backend, table = frame.backend, frame.relation.table
    return backend.ordered(cells.name(backend, table, column, frame.types[column]))


def _time(frame: Frame) -> tuple[ir.Value, bool]:
    """The period of a row, and whether it is a day, which comes as the number 20261231."""
    column = _pilot(frame, "time")
    written = frame.types[column]
    if written == "DATE" or written.startswith("TIMESTAMP"):
        return cells.day(frame.backend, frame.relation.table, column, written), True
    return _name(frame, column), False


def _told(frame: Frame, value: Any, *, is_day: bool = False) -> str | None:
    """A name as it comes back."""
    if value is None:
        return None
    if is_day:
        digits = f"{int(value):08}"
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    text = frame.backend.text_of(str(value))
    if "\0" in text:
        raise Unreadable(Text("engine_nul", column=_pilot(frame, "site")))
    return text


def _cells(frame: Frame) -> Cells:
    time, is_day = _time(frame)
    shown: dict[str, ir.Value] = {"s": _name(frame, _pilot(frame, "site")), "t": time}
    for m in frame.measures:
        shown |= _shown(frame, m)
    rows = frame.relation.table.select(**shown)
    wanted: dict[str, ir.Value] = {"n": rows.count()}
    for m in frame.measures:
        wanted |= _faults(rows, m)
    for number, joint in enumerate(frame.joints):
        wanted |= _sums_of(rows, number, joint.measures)
    query = rows.group_by("s", "t").agg(**wanted).limit(MOST_CELLS + 1)
    found = frame.backend.rows(query)
    if len(found) > MOST_CELLS:
        raise Unreadable(Text("panel_many_cells", limit=MOST_CELLS))
    place = {name: number for number, name in enumerate(query.columns)}
    for m in frame.measures:
        if any(row[place[f"b{m.place}"]] for row in found):
            raise fault(frame, m)
    return Cells(
        [_told(frame, row[place["s"]]) for row in found],
        [_told(frame, row[place["t"]], is_day=is_day) for row in found],
        np.array([int(row[place["n"]]) for row in found], dtype=np.int64),
        [
            tuple(_sums(found, place[f"j{number}_{part}"]) for part in joint.measures)
            for number, joint in enumerate(frame.joints)
        ],
    )


def _shown(frame: Frame, m: Measure) -> dict[str, ir.Value]:
    """The number of a cell and, of text, whether it is none."""
    backend, table = frame.backend, frame.relation.table
    shown = {f"x{m.place}": cells.number(backend, table, m)}
    if m.is_text:
        shown[f"w{m.place}"] = cells.is_bad_text(backend, table, m)
    return shown


def _is_safe(rows: ir.Table, place: int) -> Any:
    """Whether a cell is there, and is a number that sums of it can hold."""
    return (rows[f"x{place}"].abs() <= 1e300).fill_null(False)


def _faults(rows: ir.Table, m: Measure) -> dict[str, ir.Value]:
    """How many cells of a site-period are no numbers."""
    bad = rows[f"x{m.place}"].notnull() & ~_is_safe(rows, m.place)
    if m.is_text:
        bad = bad | rows[f"w{m.place}"].fill_null(False)
    return {f"b{m.place}": bad.ifelse(1, 0).sum()}


def _sums_of(rows: ir.Table, number: int, places: Sequence[int]) -> dict[str, ir.Value]:
    """The sum of each column of a metric, over the rows that have all of them."""
    import ibis

    whole = _is_safe(rows, places[0])
    for place in places[1:]:
        whole = whole & _is_safe(rows, place)
    return {
        f"j{number}_{place}": whole.ifelse(rows[f"x{place}"], ibis.null("float64")).sum()
        for place in places
    }


def _sums(found: Sequence[tuple[Any, ...]], column: int) -> Any:
    return np.array(
        [np.nan if row[column] is None else float(row[column]) for row in found], dtype=np.float64
    )


def _repeats(frame: Frame) -> list[tuple[str, str, int]]:
    """The sites and periods in which a seller has several rows, and how many there are beyond the
    first of each."""
    assert frame.plan.group is not None
    time, is_day = _time(frame)
    site = _name(frame, _pilot(frame, "site"))
    rows = frame.relation.table.select(g=_name(frame, frame.plan.group), s=site, t=time)
    rows = rows.filter(rows.s.notnull() & rows.t.notnull())
    several = rows.group_by("s", "t", "g").agg(n=rows.count())
    several = several.filter(several.n > 1)
    found = frame.backend.rows(several.group_by("s", "t").agg(n=several.n.sum(), k=several.count()))
    return [
        (str(_told(frame, s)), str(_told(frame, t, is_day=is_day)), int(n) - int(k))
        for s, t, n, k in found
    ]


def _groups(frame: Frame, panel: PanelTable) -> Groups | None:
    """What each seller of the pilot sites brought; None where there are too many to be sellers."""
    plan = frame.plan
    assert plan.group is not None and plan.pilot is not None and plan.primary is not None
    joint = next(j for j in frame.joints if j.metric.name == plan.primary.name)
    parts = {
        f"x{place}": cells.number(frame.backend, frame.relation.table, frame.measures[place])
        for place in joint.measures
    }
    time, is_day = _time(frame)
    site = cells.name(
        frame.backend, frame.relation.table, _pilot(frame, "site"),
        frame.types[_pilot(frame, "site")],
    )  # fmt: skip
    rows = frame.relation.table.select(g=_name(frame, plan.group), s=site, t=time, **parts)
    rows = rows.filter(rows.s.isin(list(plan.pilot.treated)) & rows.g.notnull() & rows.t.notnull())
    for part in parts:
        rows = rows.filter(rows[part].notnull())
    sums = {part: rows[part].sum() for part in parts}
    query = rows.group_by("g", "t").agg(**sums).limit(MOST_OF_GROUPS + 1)
    found = frame.backend.rows(query)
    if len(found) > MOST_OF_GROUPS:
        return None
    return grouped(
        [
            (str(_told(frame, g)), str(_told(frame, t, is_day=is_day)), [float(x) for x in totals])
            for g, t, *totals in found
            if None not in totals
        ],
        panel.periods,
    )
