"""One row per unit as a relation in SQL: what ranks, clusters and slices are computed from.

The sums of a whole test need no such relation (`rowsums`, `unitsums`); whatever looks inside a
test does: the values of units, their clusters, segments and days. Units are the very ones of the
sums: rows of one unit are summed first (a conversion: any), mixed units, blank units and rows of a
blank or unknown arm are left out.

Where a unit has several rows, it belongs to the first of its segments (clusters, groups, days)
in the order of their names: a rule that the order of the rows does not change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hadi.domain.plan import Metric, MetricKind
from hadi.ingest import arms as arm_names
from hadi.ingest import keys
from hadi.ingest.arms import MAX_ARMS, Arms
from hadi.ingest.engine import quoted
from hadi.ingest.frame import Frame
from hadi.ingest.measures import Joint, Measure, columns_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANKED = (MetricKind.RANK, MetricKind.QUANTILE)  # whose tests take every value

_TABLE = "unit_rows"
_FIRST = 256


@dataclass(frozen=True, slots=True)
class Parts:
    """The columns of a metric, its own and then its covariates; `names` are what the relation
    calls them."""

    metric: Metric
    measures: tuple[Measure, ...]
    names: tuple[str, ...]

    @property
    def joint(self) -> Joint:
        return Joint(0, self.metric, tuple(range(len(self.measures))))

    def shifted(self, middles: Mapping[str, float]) -> tuple[Parts, tuple[str, ...]]:
        """The same less a constant each (0 and 1 stay), and the columns so in SQL."""
        named = list(zip(self.measures, self.names, strict=True))
        offsets = [0.0 if measure.is_conversion else middles[name] for measure, name in named]
        pairs = zip(self.measures, offsets, strict=True)
        measures = tuple(replace(measure, offset=offset) for measure, offset in pairs)
        terms = zip(self.names, offsets, strict=True)
        return (
            replace(self, measures=measures),
            tuple(f"({name} - {offset!r}::DOUBLE)" for name, offset in terms),
        )


@dataclass(frozen=True, slots=True)
class UnitRows:
    """The relation `units`: `arm` (its place among the arms), a column for each part of each
    metric (DOUBLE; all of a metric's are NULL where one is) and the carried columns."""

    frame: Frame
    names: tuple[str, ...]  # of the arms, by place
    metrics: tuple[Parts, ...]
    sql: str
    parameters: tuple[Any, ...] = ()
    is_summed: bool = False  # a unit's values are sums of its rows', with their rounding

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The answer to a query over `units`."""
        return self.frame.rows(*self._whole(query, parameters))

    def columns(self, query: str, parameters: Sequence[Any] = ()) -> dict[str, NDArray[Any]]:
        """The same by column, without a Python object for each value."""
        sql, values = self._whole(query, parameters)
        found: Mapping[str, Any] = self.frame.connection.execute(sql, values).fetchnumpy()
        return dict(found)

    def _whole(self, query: str, parameters: Sequence[Any]) -> tuple[str, list[Any]]:
        return f"WITH units AS ({self.sql}) {query}", [*self.parameters, *parameters]

    def middles(self, metrics: Sequence[Parts]) -> dict[str, float]:
        """For each column of the metrics a value near the middle of its first ones: less that, sums
        of squares keep their digits."""
        names = [name for parts in metrics for name in parts.names]
        if not names:
            return {}
        shown = ", ".join(f"quantile_disc({name}, 0.5)" for name in names)
        (found,) = self.rows(f"SELECT {shown} FROM (SELECT * FROM units LIMIT {_FIRST})")
        return {name: value or 0.0 for name, value in zip(names, found, strict=True)}

    def part(self, metric: Metric) -> Parts:
        """The columns of one of its metrics."""
        return next(parts for parts in self.metrics if parts.metric.name == metric.name)

    def capped(self, caps: Mapping[str, float]) -> UnitRows:
        """The same with the values (numerators) of metrics cut down to their caps."""
        cut = []
        for parts in self.metrics:
            cap = caps.get(parts.metric.name)
            if cap is not None:
                x, c = parts.names[0], f"{cap!r}::DOUBLE"
                cut.append(f"CASE WHEN {x} > {c} THEN {c} ELSE {x} END AS {x}")
        if not cut:
            return self
        return replace(self, sql=f"SELECT * REPLACE ({', '.join(cut)}) FROM ({self.sql})")

    def levelled(self, level: str, levels: Sequence[str]) -> UnitRows:
        """The same with `place`, that of the text expression's value among `levels`; NULL where it
        is none of them."""
        listed = ", ".join(f"(?, {place})" for place in range(len(levels)))
        sql = (
            f"SELECT u.*, l.place FROM ({self.sql}) u "
            f"LEFT JOIN (VALUES {listed}) l(level, place) ON {level} = l.level"
        )
        return replace(self, sql=sql, parameters=(*self.parameters, *levels))

    def kept(self) -> UnitRows:
        """The same, computed once and kept for the session."""
        self.frame.rows(f"CREATE OR REPLACE TEMP TABLE {_TABLE} AS {self.sql}", self.parameters)
        return replace(self, sql=f"SELECT * FROM {_TABLE}", parameters=())


@dataclass(frozen=True, slots=True)
class Known:
    """The arms, and the values of the variant column that name one of them."""

    arms: Arms
    values: tuple[Any, ...]

    @property
    def places(self) -> list[int]:
        """The place of each value's arm."""
        return [self.arms.names.index(str(self.arms.name_of(value))) for value in self.values]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a relation of units is to hold. `carried` maps a column's name to its SQL. `is_by_row`:
    a row is a unit. `within`: a carried column inside which rows are summed per unit, and whose
    blanks and `excluded` values are left out."""

    metrics: Sequence[Metric]
    carried: Mapping[str, str] = field(default_factory=dict)
    is_by_row: bool = True
    within: str | None = None
    excluded: Sequence[str] = ()


def read_arms(frame: Frame, measures: Sequence[Measure] = ()) -> Known:
    """The arms of the data. Raises Unreadable, also where a cell of `measures` is bad: in any row,
    since those of a blank arm are left out of what follows, and their cells with them."""
    inner = [f"{quoted(frame.variant)} AS arm"]
    outer = ["arm", "count(*)"]
    for place, measure in enumerate(measures):
        measure = replace(measure, place=place, is_careful=True)
        inner.append(measure.projection)
        outer.append(f"{measure.bad_cells_of_rows} AS w{place}")
    found = frame.rows(
        f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM {frame.table}) "
        f"GROUP BY arm LIMIT {MAX_ARMS + 1}"
    )
    for place, measure in enumerate(measures):
        if any(row[2 + place] for row in found):
            raise frame.refuse(measure)
    arms = arm_names.read(frame.plan, frame.variant, [(row[0], row[1]) for row in found])
    return Known(arms, tuple(row[0] for row in found if arms.name_of(row[0]) is not None))


def name_in(frame: Frame, column: str) -> str:
    """The column as text in SQL, NULL where it is blank. Raises Unreadable for a NUL character.

    To tidy text is slow, and most columns are tidy: one look at their different values tells.
    """
    written = frame.types[column]
    if written != "VARCHAR":
        return keys.name(column, written)
    tidy = keys.name("cell", written)
    ((has_untidy, has_nul),) = frame.rows(
        f"SELECT bool_or(cell IS DISTINCT FROM {tidy}), bool_or(contains(cell, chr(0))) "
        f"FROM (SELECT DISTINCT {quoted(column)} AS cell FROM {frame.table})"
    )
    if has_nul:
        raise frame.refuse_nul(column)
    return keys.name(column, written) if has_untidy else quoted(column)


def parts_of(frame: Frame, place: int, metric: Metric) -> Parts:
    """The columns of a metric, NaN read as missing."""
    measures = tuple(replace(m, is_careful=True) for m in columns_of(metric, frame.types))
    return Parts(metric, measures, tuple(f"x{place}_{i}" for i in range(len(measures))))


def unit_rows(frame: Frame, known: Known, asked: Asked) -> UnitRows:
    """The relation of units."""
    metrics = tuple(parts_of(frame, i, m) for i, m in enumerate(asked.metrics))
    sql, parameters = _rows(frame, known, metrics, asked)
    if not asked.is_by_row:
        sql = _per_unit(sql, metrics, asked)
    shown = ["arm", *asked.carried]
    for parts in metrics:
        shown += _complete(parts)
    shown_sql = f"SELECT {', '.join(shown)} FROM ({sql})"
    is_summed = not asked.is_by_row
    return UnitRows(frame, known.arms.names, metrics, shown_sql, parameters, is_summed)


def _rows(
    frame: Frame, known: Known, metrics: Sequence[Parts], asked: Asked
) -> tuple[str, tuple[Any, ...]]:
    """The rows of known arms (and units, and of what they are summed within)."""
    variant, unit = quoted(frame.variant), frame.plan.unit
    places = " ".join(f"WHEN ? THEN {place}" for place in known.places)
    shown = [f"CASE {variant} {places} END::UTINYINT AS arm"]
    shown += [f"{sql} AS {name}" for name, sql in asked.carried.items()]
    for parts in metrics:
        named = zip(parts.measures, parts.names, strict=True)
        shown += [f"{measure.number}::DOUBLE AS {name}" for measure, name in named]
    where = ["arm IS NOT NULL"]
    if unit is not None:
        shown.append(f"{keys.key(unit, frame.types[unit])} AS unit")
        where.append("unit IS NOT NULL")
    parameters: list[Any] = list(known.values)
    if asked.within:
        where.append(f"{asked.within} IS NOT NULL")
        if asked.excluded:
            where.append(f"{asked.within} NOT IN (SELECT unnest(?))")
            parameters.append(list(asked.excluded))
    inner = f"SELECT {', '.join(shown)} FROM {frame.table}"
    return f"SELECT * FROM ({inner}) WHERE {' AND '.join(where)}", tuple(parameters)


def _per_unit(rows: str, metrics: Sequence[Parts], asked: Asked) -> str:
    """Rows of one unit summed."""
    shown = ["min(arm) AS arm"]
    shown += [f"min({name}) AS {name}" for name in asked.carried if name != asked.within]
    for parts in metrics:
        shown += [f"{_total(parts, name)} AS {name}" for name in parts.names]
    by = [asked.within, "unit"] if asked.within else ["unit"]
    grouped = f"SELECT {', '.join([*by, *shown])} FROM ({rows}) GROUP BY {', '.join(by)}"
    return f"{grouped} HAVING min(arm) = max(arm)"


def _total(parts: Parts, name: str) -> str:
    """The aggregate that joins the rows of a unit. Plain sums depend on the order of the rows in
    their last digits, and two units with the same rows must not differ there where values are
    ranked: those are summed in the order of their size."""
    if parts.metric.kind in RANKED:
        return f"list_sum(list_sort(list({name})))"
    return f"max({name})" if parts.measures[0].is_conversion else f"fsum({name})"


def _complete(parts: Parts) -> list[str]:
    """The columns of a metric where it has all of them."""
    if len(parts.names) == 1:
        return list(parts.names)
    condition = " AND ".join(f"{name} IS NOT NULL" for name in parts.names)
    return [f"CASE WHEN {condition} THEN {name} END AS {name}" for name in parts.names]
