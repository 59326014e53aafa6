"""A metric's column as SQL: the number in it, and whether a cell is not one.

Every value is projected once, as DOUBLE and less a constant taken from the data itself, so that
plain sums of products keep their digits (Chan, Golub & LeVeque 1983) and cost half of `var_samp`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Metric, MetricKind
from hadi.domain.text import Text
from hadi.ingest.cells import counted, is_missing_word, is_nan, text_of
from hadi.ingest.engine import one_row, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FLOATS = ("DOUBLE", "FLOAT")


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of the plan on one column of the data; `place` numbers it in the query."""

    place: int
    metric: Metric
    column: str
    type: str  # DuckDB's
    offset: float = 0.0
    is_careful: bool = False  # NaN read as NULL: costs time, so only where one was met

    @property
    def is_conversion(self) -> bool:
        return self.metric.kind is MetricKind.CONVERSION

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
    def projection(self) -> str:
        """x<place>, and for text whether the cell is no number, as b<place>."""
        shown = f"{self.number} AS x{self.place}"
        if self.offset:
            shown = f"{self.number} - {self.offset!r}::DOUBLE AS x{self.place}"
        return f"{shown}, {self.is_bad_text} AS b{self.place}" if self.is_text else shown

    @property
    def is_bad_text(self) -> str:
        text = text_of(quoted(self.column))
        return f"({text} IS NOT NULL AND NOT {is_missing_word(text)} AND ({self.number}) IS NULL)"

    @property
    def bad_cells(self) -> str:
        """An aggregate: how many cells no conversion, or no number, can have. Infinities show in
        the sums."""
        x = f"x{self.place}"
        parts = []
        if self.is_text:
            parts.append(counted(f"b{self.place}"))
        if self.is_conversion and self.is_integer:
            # cheaper than to compare every value, and no other integers give 0 or 1
            parts.append(f"coalesce(CAST(bit_or({x}) NOT IN (0, 1) AS INTEGER), 0)")
        elif self.is_conversion and self.type != "BOOLEAN":
            parts.append(counted(f"{x} <> 0 AND {x} <> 1"))
        return " + ".join(parts) or "0"

    @property
    def squares(self) -> str:
        """An aggregate: the sum of squares, which a conversion does not need."""
        x = f"x{self.place}"
        return "NULL" if self.is_conversion else f"sum({x} * {x})"

    @property
    def bad_cells_of_rows(self) -> str:
        """The same where rows are summed per unit, so that no sum of all rows can tell."""
        x = f"x{self.place}"
        bad = counted(f"{x} <> 0 AND {x} <> 1" if self.is_conversion else f"isinf({x})")
        return f"{bad} + {counted(f'b{self.place}')}" if self.is_text else bad


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


def measures_of(metrics: Sequence[Metric], types: Mapping[str, str]) -> list[Measure]:
    """The plan's metrics on the data's columns. Raises Unreadable for a column of dates."""
    found: list[Measure] = []
    for place, metric in enumerate(metrics):
        if not metric.columns:
            raise Unreadable(Text("data_no_metric_column", metric=metric.name))
        column = metric.columns[0]
        written = as_number(types[column])
        if written is None:
            kind = types[column].lower()[:40]
            raise Unreadable(
                Text("data_column_not_numbers", column=column, type=kind, metric=metric.name)
            )
        found.append(Measure(place, metric, column, written))
    return found


def with_offsets(
    connection: DuckDBPyConnection, table: str, measures: Sequence[Measure]
) -> list[Measure]:
    """Give each mean its constant: a value that occurs among the first rows, near their middle.

    A value of the data, so that a column of one repeated value leaves exact zeros.
    """
    means = [m for m in measures if not m.is_conversion]
    if not means:
        return list(measures)
    shown = ", ".join(
        f"quantile_disc(x{m.place}, 0.5) FILTER (isfinite(x{m.place}))" for m in means
    )
    first = ", ".join(f"{m.number} AS x{m.place}" for m in means)
    row = one_row(connection, f"SELECT {shown} FROM (SELECT {first} FROM {table} LIMIT 256)")
    offsets = {m.place: value or 0.0 for m, value in zip(means, row, strict=True)}
    return [replace(m, offset=offsets.get(m.place, 0.0)) for m in measures]
