"""One row per unit as an Ibis expression: what every sum is taken of.

The same units as in `unitsums` and `unitrows`: rows of one unit are summed first (a conversion:
any), rows of a blank or unknown arm are left out, and so are those that name no unit. A unit seen
in several arms has none here. It belongs to the first of its segments (groups, days) by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.engines import cells
from hadi.ingest.engines.frame import Frame, Look, is_ranked
from hadi.ingest.measures import Joint

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Units:
    """The relation: `arm` (its place among the arms; NULL: seen in several), `k` (its rows), the
    columns of each joint and the carried ones. `guesses` lie near the middle of each measure."""

    frame: Frame
    names: tuple[str, ...]  # of the arms, by place
    joints: tuple[Joint, ...]
    table: ir.Table
    guesses: tuple[float, ...]
    is_summed: bool  # a unit's values are sums of its rows'

    def columns(self, joint: Joint) -> list[str]:
        """What the relation calls the columns of a metric."""
        return [f"y{joint.place}_{place}" for place in joint.measures]

    def joint(self, metric: str) -> Joint:
        return next(joint for joint in self.joints if joint.metric.name == metric)

    def known(self) -> Units:
        """Without the units of several arms."""
        return replace(self, table=self.table.filter(self.table.arm.notnull()))

    def capped(self, caps: Mapping[str, float]) -> Units:
        """With the values (numerators) of metrics cut down to their caps."""
        cut = {}
        for joint in self.joints:
            cap = caps.get(joint.metric.name)
            if cap is not None:
                column = self.columns(joint)[0]
                y, limit = self.table[column], ibis.literal(cap, "float64")
                cut[column] = (y > limit).ifelse(limit, y)
        return replace(self, table=self.table.mutate(**cut)) if cut else self


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of known arms: how many, of how many different units (0 without a column for them),
    and how many name none."""

    rows: int
    units: int
    blank: int

    @property
    def has_a_row_each(self) -> bool:
        return self.units == self.rows - self.blank


def count(frame: Frame, look: Look) -> Counted:
    """Count the units of the known arms, exactly."""
    rows = sum(look.arms.rows.values())
    if frame.plan.unit is None:
        return Counted(rows, rows, 0)
    table = rows_of(frame, look, (), {})
    query = table.agg(n=table.count(), named=table.unit.count(), units=table.unit.nunique())
    ((n, named, units),) = frame.backend.rows(query)
    if n != rows:
        raise Unreadable(Text("engine_moving"))
    return Counted(int(n), int(units), int(n - named))


def carried(frame: Frame) -> dict[str, ir.Value]:
    """The columns that slicing needs of each row, by their names in the relation: texts as
    something that sorts by its characters."""
    plan = frame.plan
    found = {f"s{i}": name_of(frame, column) for i, column in enumerate(plan.segments)}
    if has_days(frame) and plan.day is not None:
        written = frame.types[plan.day]
        found["day"] = cells.day(frame.backend, frame.relation.table, plan.day, written)
    if has_days(frame) and plan.group is not None:
        found["grp"] = name_of(frame, plan.group)
    return found


def has_days(frame: Frame) -> bool:
    """Whether the primary metric is one that days and groups are looked at for."""
    primary = frame.plan.primary
    return primary is not None and not is_ranked(frame.joint(primary.name))


def name_of(frame: Frame, column: str) -> ir.Value:
    """A column as text that sorts by its characters; NULL where it is blank."""
    backend = frame.backend
    text = cells.name(backend, frame.relation.table, column, frame.types[column])
    return backend.ordered(text)


def units_of(
    frame: Frame,
    look: Look,
    joints: Sequence[Joint],
    more: Mapping[str, ir.Value],
    counted: Counted,
    *,
    within: str | None = None,
    among: ir.Table | None = None,
) -> Units:
    """The relation of units, with the carried columns `more`. `within`: a carried column inside
    which rows are summed per unit, and whose blanks are left out; `among`: a table of the values
    of that column which are kept."""
    table = rows_of(frame, look, joints, more)
    if frame.plan.unit is not None:
        table = table.filter(table.unit.notnull())
    if within is not None:
        table = table.filter(table[within].notnull())
    if within is not None and among is not None:
        table = table.semi_join(among, within)
    is_by_row = counted.has_a_row_each
    if is_by_row:
        table = table.mutate(k=ibis.literal(1, "int64"))
    else:
        table = _per_unit(frame, table, joints, more, within)
    shown = {"arm": table.arm, "k": table.k, **{name: table[name] for name in more}}
    for joint in joints:
        has_all = all(look.is_full[place] for place in joint.measures)
        shown |= _complete(table, joint, has_all=has_all)
    rows_each = 1.0 if is_by_row else counted.rows / max(counted.units, 1)
    guesses = tuple(
        0.0 if m.is_conversion else mean * rows_each
        for m, mean in zip(frame.measures, look.means, strict=True)
    )
    settled = frame.backend.settled(table.select(**shown))
    return Units(frame, look.arms.names, tuple(joints), settled, guesses, is_summed=not is_by_row)


def rows_of(
    frame: Frame, look: Look, joints: Sequence[Joint], more: Mapping[str, ir.Value]
) -> ir.Table:
    """The rows of known arms."""
    backend, table, plan = frame.backend, frame.relation.table, frame.plan
    variant = cells.variant(backend, table, frame.variant, frame.types[frame.variant])
    shown = {"arm": look.place(variant), **more}
    if plan.unit is not None:
        shown["unit"] = cells.key(backend, table, plan.unit, frame.types[plan.unit])
    for place in sorted({place for joint in joints for place in joint.measures}):
        shown[f"x{place}"] = frame.number(frame.measures[place])
    rows = table.select(**shown)
    return rows.filter(rows.arm.notnull())


def _per_unit(
    frame: Frame,
    rows: ir.Table,
    joints: Sequence[Joint],
    more: Mapping[str, ir.Value],
    within: str | None,
) -> ir.Table:
    """Rows of one unit summed."""
    by = [within, "unit"] if within else ["unit"]
    ranked = {f"x{place}" for joint in joints if is_ranked(joint) for place in joint.measures}
    rows = frame.backend.in_order(rows, by, sorted(ranked))
    totals = {"low": rows.arm.min(), "high": rows.arm.max(), "k": rows.count()}
    totals |= {name: rows[name].min() for name in more if name != within}
    for joint in joints:
        for place in joint.measures:
            x = rows[f"x{place}"]
            if frame.measures[place].is_conversion:
                totals[f"x{place}"] = x.max()
            elif is_ranked(joint):
                totals[f"x{place}"] = frame.backend.sum_in_order(rows, f"x{place}")
            else:
                totals[f"x{place}"] = x.sum()
    units = rows.group_by(by).agg(**totals)
    return units.mutate(arm=(units.low == units.high).ifelse(units.low, ibis.null("int64")))


def _complete(table: ir.Table, joint: Joint, *, has_all: bool) -> dict[str, ir.Value]:
    """The columns of a metric where a unit has all of them."""
    cells_of = [table[f"x{place}"] for place in joint.measures]
    names = [f"y{joint.place}_{place}" for place in joint.measures]
    if has_all or len(cells_of) == 1:
        return dict(zip(names, cells_of, strict=True))
    is_complete = cells_of[0].notnull()
    for cell in cells_of[1:]:
        is_complete &= cell.notnull()
    nothing = ibis.null("float64")
    return {
        name: is_complete.ifelse(cell, nothing) for name, cell in zip(names, cells_of, strict=True)
    }
