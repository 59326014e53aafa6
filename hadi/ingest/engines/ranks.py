"""Order statistics and whole distributions: values counted in the engine, exact everywhere.

An engine's own quantiles are left alone: some are approximations and do not say so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.distributions import empty, of_values, tied
from hadi.ingest.engines.units import Units
from hadi.ingest.measures import Joint

if TYPE_CHECKING:
    from hadi.stats.arrays import Distribution


def counts(units: Units, joints: Sequence[Joint]) -> dict[int, int]:
    """How many units have a value, by the metrics' places."""
    if not joints:
        return {}
    wanted = {f"n{j.place}": units.table[units.columns(j)[0]].count() for j in joints}
    (row,) = units.frame.backend.rows(units.table.agg(**wanted))
    return {joint.place: int(n) for joint, n in zip(joints, row, strict=True)}


def caps(units: Units, joints: Sequence[Joint]) -> dict[str, float]:
    """The quantiles at which winsorised metrics are cut, by their names; none for a metric that
    nobody has a value of."""
    found = counts(units, joints)
    return {
        joint.metric.name: quantile(units, joint, found[joint.place], joint.metric.winsor)
        for joint in joints
        if found[joint.place] and joint.metric.winsor is not None
    }


def quantile(units: Units, joint: Joint, n: int, share: float) -> float:
    """A quantile of the first column of a metric in all units, of which `n` > 0 have a value
    (Hyndman & Fan 1996, type 7)."""
    column = units.columns(joint)[0]
    values = units.table.filter(units.table[column].notnull())[column]
    place = (n - 1) * share
    low = math.floor(place)
    want = 2 if low + 1 < n else 1
    # From the nearer end, so that an engine keeps no more than half of the values in order.
    is_late = low > n // 2
    found = units.frame.backend.ranked(
        values, first=n - low - want if is_late else low, most=want, is_descending=is_late
    )
    if len(found) != want:
        raise Unreadable(Text("engine_moving"))
    low_value, high_value = (float(min(found)), float(max(found)))
    share_of_next = place - low
    if share_of_next == 0.0 or low_value == high_value:
        return low_value
    # One rounding for the whole sum, as DuckDB computes it: a value on a fence must not depend on
    # which engine drew it.
    rest = Fraction(high_value * share_of_next)
    return float(Fraction(low_value) * Fraction(1.0 - share_of_next) + rest)


def distributions(
    units: Units, joint: Joint, level: str | None = None
) -> dict[Any, list[Distribution]]:
    """Every value of a metric of one column by arm, for each value of the column `level` (without
    one, under None). Raises Unreadable where a sum left the range of a float."""
    import numpy as np

    (column,) = units.columns(joint)
    table = units.table.filter(units.table[column].notnull())
    by = ["arm", "x"] if level is None else ["arm", "x", "level"]
    shown = {"arm": table.arm, "x": table[column]}
    if level is not None:
        shown["level"] = table[level]
    rows = table.select(**shown)
    found = units.frame.backend.columns(rows.group_by(by).agg(n=rows.count()))
    values = np.asarray(found["x"], dtype=np.float64)
    if not np.isfinite(values).all():
        raise units.frame.overflow(units.frame.measures[joint.measures[0]])
    arms = np.asarray(found["arm"], dtype=np.int64)
    counts = np.asarray(found["n"], dtype=np.int64)
    if units.is_summed:
        values = tied(values)
    levels = found.get("level")
    answer: dict[Any, list[Distribution]] = {}
    for place in (None,) if levels is None else sorted(set(levels.tolist())):
        for arm in range(len(units.names)):
            own = arms == arm if levels is None else (arms == arm) & (levels == place)
            one = of_values(values[own], counts[own]) if own.any() else empty()
            answer.setdefault(place, []).append(one)
    return answer or {None: [empty() for _ in units.names]}
