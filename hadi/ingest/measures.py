"""A metric's columns as SQL: the number in each, and whether a cell is not one.

Every value is projected once, as DOUBLE and less a constant taken from the data itself, so that
plain sums of products keep their digits (Chan, Golub & LeVeque 1983) and cost half of `var_samp`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Metric, MetricKind
from hadi.domain.text import Text
from hadi.ingest.cells import counted, is_missing_word, is_nan, text_of
from hadi.ingest.engine import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FLOATS = ("DOUBLE", "FLOAT")
_FIRST_ROWS = 256


class Use(StrEnum):
    """What a metric takes a column for: what its cells may be, how rows of a unit are joined."""

    VALUE = "value"  # any number; summed
    CONVERSION = "conversion"  # 0 or 1; any
    EVENTS = "events"  # a whole number of at least 0; summed
    EXPOSURE = "exposure"  # above 0; summed


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the data as a metric takes it; `place` numbers it in the query. Metrics that
    take a column alike share its measure; `metric` is the first of them."""

    place: int
    metric: Metric
    column: str
    type: str  # DuckDB's
    use: Use = Use.VALUE
    offset: float = 0.0
    is_careful: bool = False  # NaN read as NULL: costs time, so only where one was met
    winsor: float | None = None  # the quantile it is to be cut at
    cap: float | None = None  # the value it is cut at, once that is known

    @property
    def is_conversion(self) -> bool:
        return self.use is Use.CONVERSION

    @property
    def is_text(self) -> bool:
        return self.type == "VARCHAR"

    @property
    def is_integer(self) -> bool:
        return "INT" in self.type

    @property
    def number(self) -> str:
        """The cell as DOUBLE; NULL where it is blank (or, in text, no number)."""
        cell = quoted(self.column)
        if self.is_text:
            text = text_of(cell)
            return (
                f"CASE WHEN {is_missing_word(text)} OR contains({text}, '_') THEN NULL "
                f"WHEN lower({text}) = 'true' THEN 1.0 WHEN lower({text}) = 'false' THEN 0.0 "
                f"ELSE TRY_CAST({text} AS DOUBLE) END"
            )
        if self.is_careful and self.type in _FLOATS:
            cell = f"CASE WHEN {is_nan(cell)} THEN NULL ELSE {cell} END"
        if self.is_integer and self.is_conversion:
            return cell  # exact as it is, and its bits tell 0 and 1 from the rest
        return f"CAST({cell} AS DOUBLE)"

    @property
    def raw(self) -> str:
        """The name under which the number stands as it is in the data."""
        return f"r{self.place}" if self._needs_raw else f"x{self.place}"

    @property
    def _needs_raw(self) -> bool:
        return self.offset != 0.0 and self.use in (Use.EVENTS, Use.EXPOSURE)

    @property
    def projection(self) -> str:
        """x<place>, cut and less the constant; where they are asked for, the number as it is (as
        r<place>) and, for text, whether the cell is no number (as b<place>)."""
        x = self.cut(self.number)
        shown = [
            f"{x} - {self.offset!r}::DOUBLE AS x{self.place}"
            if self.offset
            else f"{x} AS x{self.place}"
        ]
        if self._needs_raw:
            shown.append(f"{self.number} AS r{self.place}")
        if self.is_text:
            shown.append(f"{self.is_bad_text} AS b{self.place}")
        return ", ".join(shown)

    def cut(self, x: str) -> str:
        """The value, at most the cap. (`least` would turn a missing value into the cap.)"""
        if self.cap is None:
            return x
        cap = f"{self.cap!r}::DOUBLE"
        return f"CASE WHEN {x} > {cap} THEN {cap} ELSE {x} END"

    @property
    def is_bad_text(self) -> str:
        text = text_of(quoted(self.column))
        return f"({text} IS NOT NULL AND NOT {is_missing_word(text)} AND ({self.number}) IS NULL)"

    def is_bad(self, x: str) -> str | None:
        """The condition on a number that its use forbids; None where every number will do."""
        match self.use:
            case Use.CONVERSION:
                return f"{x} <> 0 AND {x} <> 1"
            case Use.EVENTS:
                return f"{x} < 0 OR {x} <> trunc({x})"
            case Use.EXPOSURE:
                return f"{x} <= 0"
            case _:
                return None

    @property
    def bad_cells(self) -> str:
        """An aggregate: how many cells are none that the metric can have (or 1 where there are
        any). Infinities show in the sums."""
        x = self.raw
        parts = [counted(f"b{self.place}")] if self.is_text else []
        match self.use:
            case Use.CONVERSION if self.is_integer:
                # cheaper than to compare every value, and no other integers give 0 or 1
                parts.append(_any(f"bit_or({x}) NOT IN (0, 1)"))
            case Use.EVENTS if self.is_integer:
                parts.append(_any(f"min({x}) < 0"))
            case Use.EXPOSURE:
                parts.append(_any(f"min({x}) <= 0"))
            case Use.EVENTS | Use.CONVERSION if self.type != "BOOLEAN":
                parts.append(counted(str(self.is_bad(x))))
            case _:
                pass
        return " + ".join(parts) or "0"

    @property
    def bad_cells_of_rows(self) -> str:
        """The same where rows are summed per unit, so that no sum of all rows can tell."""
        x = self.raw
        bad = self.is_bad(x)
        counts = counted(f"isinf({x})" if bad is None else f"isinf({x}) OR {bad}")
        return f"{counts} + {counted(f'b{self.place}')}" if self.is_text else counts

    @property
    def of_unit(self) -> str:
        """An aggregate: the unit's own value, of its rows."""
        return f"max(x{self.place})" if self.is_conversion else f"sum(x{self.place})"


@dataclass(frozen=True, slots=True)
class Joint:
    """The measures of one metric taken together: its own columns, then its covariates. A unit
    counts where it has a value in each of them."""

    place: int
    metric: Metric
    measures: tuple[int, ...]  # their places

    @property
    def is_winsorised(self) -> bool:
        return self.metric.winsor is not None

    @property
    def is_count(self) -> bool:
        """Whether how many and their sum say everything: 0 and 1 are their own squares."""
        return self.metric.kind is MetricKind.CONVERSION and len(self.measures) == 1


def as_number(written: str) -> str | None:
    """DuckDB's type as a measure reads it; None where it holds no numbers."""
    if written.startswith(("ENUM", "UUID")):
        return "VARCHAR"
    if written.strip('"') == "NULL":  # no cell of the file has a value
        return "DOUBLE"
    is_number = (
        written in ("BOOLEAN", "VARCHAR", *_FLOATS)
        or written.startswith("DECIMAL")
        or ("INT" in written and written.isalpha())
    )
    return written if is_number else None


# Their values are needed one by one: no sums serve them.
_NOT_SUMMED = (MetricKind.RANK, MetricKind.QUANTILE)


def joints_of(
    metrics: Sequence[Metric], types: Mapping[str, str]
) -> tuple[tuple[Measure, ...], tuple[Joint, ...]]:
    """The plan's metrics that sums serve, on the data's columns. Raises Unreadable for a column
    of dates."""
    found: dict[tuple[str, Use, float | None], Measure] = {}
    joints: list[Joint] = []
    for metric in metrics:
        own = columns_of(metric, types)
        if metric.kind in _NOT_SUMMED:
            continue
        places = []
        for measure in own:
            key = measure.column, measure.use, measure.winsor
            found.setdefault(key, replace(measure, place=len(found)))
            places.append(found[key].place)
        joints.append(Joint(len(joints), metric, tuple(places)))
    return tuple(found.values()), tuple(joints)


def columns_of(metric: Metric, types: Mapping[str, str]) -> tuple[Measure, ...]:
    """The columns of one metric, its own and then its covariates. Raises Unreadable for a metric
    without columns and for a column of dates."""
    if not metric.columns:
        raise Unreadable(Text("data_no_metric_column", metric=metric.name))
    uses = {
        MetricKind.CONVERSION: (Use.CONVERSION,),
        MetricKind.RATE: (Use.EVENTS, Use.EXPOSURE),
    }.get(metric.kind, (Use.VALUE, Use.VALUE))
    found = []
    for place, column in enumerate((*metric.columns, *metric.covariates)):
        is_own = place < len(metric.columns)
        found.append(
            Measure(
                place,
                metric,
                column,
                number_type(column, metric, types),
                uses[place] if is_own else Use.VALUE,
                # Of a ratio the numerator is cut: the denominator says how much there was to gain.
                winsor=metric.winsor if place == 0 else None,
            )
        )
    return tuple(found)


def number_type(column: str, metric: Metric, types: Mapping[str, str]) -> str:
    """The type of a metric's column as a measure reads it. Raises Unreadable for dates."""
    written = as_number(types[column])
    if written is None:
        kind = types[column].lower()[:40]
        raise Unreadable(
            Text("data_column_not_numbers", column=column, type=kind, metric=metric.name)
        )
    return written


def with_offsets(
    connection: DuckDBPyConnection, table: str, measures: Sequence[Measure]
) -> list[Measure]:
    """Give each measure but conversions its constant: a value that occurs among the first rows,
    near their middle.

    A value of the data, so that a column of one repeated value leaves exact zeros.
    """
    shifted = [m for m in measures if not m.is_conversion]
    if not shifted:
        return list(measures)
    first = ", ".join(f"{m.number} AS x{m.place}" for m in shifted)
    rows = connection.execute(f"SELECT {first} FROM {table} LIMIT {_FIRST_ROWS}").fetchall()
    offsets = {m.place: _middle(row[i] for row in rows) for i, m in enumerate(shifted)}
    return [replace(m, offset=offsets.get(m.place, 0.0)) for m in measures]


def _middle(values: Iterator[float | None]) -> float:
    known = sorted(v for v in values if v is not None and isfinite(v))
    return known[len(known) // 2] if known else 0.0


def _any(condition: str) -> str:
    return f"coalesce(CAST({condition} AS INTEGER), 0)"
