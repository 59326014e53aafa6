"""Every value of a metric by arm, for ranks and quantiles: exact, however many there are.

Values that repeat (counts, stars, days) are counted by DuckDB, which hands over the few distinct
ones. Values that hardly do (money, seconds) come as they are and are sorted here: to group ten
million different numbers took four times as long as to sort them, and twice the memory.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from hadi.ingest.unitrows import Parts, UnitRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hadi.stats.arrays import Distribution

_LOOKED_AT = 20_000  # units, to tell which of the two ways is the shorter
_REPEATS = 2  # and how often a value occurs in them where it is the first
# Of the value itself: 1.10 + 2.20 is what 3.30 is, but not to a computer, and ranks ask for ties.
_ROUNDING = 8.0 * sys.float_info.epsilon


def distributions(units: UnitRows, parts: Parts) -> list[Distribution]:
    """The values of a metric of one column, an entry for each arm in order. Raises Unreadable
    where a sum of rows left the range of a float."""
    return by_level(units, parts, None).get(0, [empty() for _ in units.names])


def by_level(units: UnitRows, parts: Parts, level: str | None) -> dict[int, list[Distribution]]:
    """The same for each value of a whole-number expression."""
    import numpy as np

    (x,) = parts.names
    shown = f"arm, {x} AS x" if level is None else f"arm, {x} AS x, {level} AS l"
    query = f"SELECT {shown} FROM units WHERE {x} IS NOT NULL"
    if _has_repeats(units, x):
        query = f"SELECT *, count(*) AS n FROM ({query}) GROUP BY ALL"
    found = {name: np.asarray(values) for name, values in units.columns(query).items()}
    values, arms, counts, levels = (found.pop(name, None) for name in ("x", "arm", "n", "l"))
    assert values is not None
    if not np.isfinite(values).all():
        raise units.frame.refuse(parts.measures[0])
    if units.is_summed:
        values = tied(values)
    answer: dict[int, list[Distribution]] = {}
    for place in (0,) if levels is None else np.unique(levels).tolist():
        for arm in range(len(units.names)):
            own = arms == arm if levels is None else (arms == arm) & (levels == place)
            one = of_values(values[own], None if counts is None else counts[own])
            answer.setdefault(place, []).append(one)
    return answer


def _has_repeats(units: UnitRows, x: str) -> bool:
    ((n, distinct),) = units.rows(
        f"SELECT count(x), count(DISTINCT x) FROM (SELECT {x} AS x FROM units LIMIT {_LOOKED_AT})"
    )
    return bool(n >= _REPEATS * distinct)


def tied(values: NDArray[Any]) -> NDArray[Any]:
    """Values that differ by the rounding of their sums alone made equal, across all arms."""
    import numpy as np

    order = np.argsort(values)
    ordered = values[order]
    is_first = np.ones(values.size, dtype=bool)
    np.greater(np.diff(ordered), _ROUNDING * np.abs(ordered[1:]), out=is_first[1:])
    tied = np.empty_like(values)
    tied[order] = ordered[is_first][np.cumsum(is_first) - 1]
    return tied


def of_values(values: NDArray[Any], counts: NDArray[Any] | None) -> Distribution:
    """One arm's values, which this may reorder."""
    import numpy as np

    from hadi.stats.arrays import Distribution

    if counts is not None:
        order = np.argsort(values)
        values, counts = values[order], counts[order].astype(np.int64, copy=False)
    else:
        values.sort()
    is_first = np.empty(values.size, dtype=bool)
    is_first[:1] = True
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    if is_first.all():
        ones = np.ones(values.size, dtype=np.int64)
        return Distribution(values, ones if counts is None else counts)
    starts = np.flatnonzero(is_first)
    if counts is not None:
        return Distribution(values[starts], np.add.reduceat(counts, starts))
    return Distribution(values[starts], np.diff(np.append(starts, values.size)))


def empty() -> Distribution:
    """Of an arm that nobody was seen in."""
    from hadi.stats.arrays import Distribution

    return Distribution.of(())
