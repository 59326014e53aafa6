"""The same test in parts: by segment, by day, by the seller or store that served the units.

Segments keep all metrics, days and groups the primary one alone (they answer whether its effect
fades, or hangs on one seller). Ranks and quantiles have no days and groups: no test of those asks
for them, and every part would carry all its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.ingest import keys
from hadi.ingest.frame import Frame
from hadi.ingest.source import ArmSummary, Slice
from hadi.ingest.unitrows import RANKED, Parts, UnitRows, name_in

MOST_LEVELS = 20  # of a segment
MOST_GROUPS = 1_000
REST = "…"  # the smaller levels of a segment taken together

_FIRST_DAY = date(1970, 1, 1)
_DAY = (
    "CASE WHEN day BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN day - DATE '1970-01-01' END"
)

_ANY = "SELECT 1 FROM units LIMIT 1"

# Sums of the units of each level: by unit, or in a cluster design by cluster.
ByLevel: TypeAlias = "Callable[[UnitRows, Sequence[Parts], str], dict[int, tuple[ArmSummary, ...]]]"


def carried(frame: Frame) -> dict[str, str]:
    """The columns that slicing needs of each unit, by their names in the relation."""
    plan = frame.plan
    found = {f"s{i}": name_in(frame, column) for i, column in enumerate(plan.segments)}
    if has_days(plan) and plan.day is not None:
        found["day"] = keys.day(plan.day, frame.types[plan.day])
    if has_days(plan) and plan.group is not None:
        found["grp"] = name_in(frame, plan.group)
    return found


def has_days(plan: Plan) -> bool:
    """Whether the primary metric is one that days and groups are looked at for."""
    return plan.primary is not None and plan.primary.kind not in RANKED


def segments(units: UnitRows, summed: ByLevel) -> dict[str, tuple[Slice, ...]]:
    """Each segment column's levels, the largest first; beyond the 20 largest the rest is one level
    called "…", so that no unit is lost. Units without a level are the level ""."""
    found = {}
    for i, column in enumerate(units.frame.plan.segments):
        segment = f"coalesce(s{i}, '')"
        levels = _largest(units, segment, MOST_LEVELS + 1)
        if not levels:  # no unit is left
            continue
        shown = levels[:MOST_LEVELS]
        by_place = summed(
            units.levelled(segment, shown), units.metrics, f"coalesce(place, {len(shown)})"
        )
        names = [*shown, REST]
        found[column] = tuple(Slice(names[place], by_place[place]) for place in sorted(by_place))
    return found


def days(units: UnitRows, summed: ByLevel) -> tuple[Slice, ...]:
    """The days in their order, under their ISO dates; units without a day are left out."""
    plan = units.frame.plan
    if plan.day is None or plan.primary is None or not has_days(plan):
        return ()
    by_day = summed(units, [units.part(plan.primary)], _DAY)
    if not by_day and units.frame.types[plan.day] == "VARCHAR" and units.rows(_ANY):
        raise Unreadable(Text("data_column_not_days", column=plan.day))
    return tuple(
        Slice((_FIRST_DAY + timedelta(days=n)).isoformat(), by_day[n]) for n in sorted(by_day)
    )


def groups(units: UnitRows, summed: ByLevel) -> tuple[Slice, ...]:
    """The groups by their units, the largest first, up to a thousand; units without a group are
    left out."""
    plan = units.frame.plan
    if plan.group is None or plan.primary is None or not has_days(plan):
        return ()
    names = _largest(units, "grp", MOST_GROUPS)
    if not names:
        return ()
    by_place = summed(units.levelled("grp", names), [units.part(plan.primary)], "place")
    return tuple(Slice(names[place], by_place[place]) for place in sorted(by_place))


def _largest(units: UnitRows, level: str, most: int) -> list[str]:
    found = units.rows(
        f"SELECT {level} FROM units WHERE {level} IS NOT NULL GROUP BY 1 "
        f"ORDER BY count(*) DESC, 1 LIMIT {most}"
    )
    return [str(name) for (name,) in found]
