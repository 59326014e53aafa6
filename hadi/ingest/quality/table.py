"""The table under the glass: its files as one table, and which of its columns are what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hadi.domain.plan import MetricKind, MetricRole, Plan
from hadi.ingest.engine import literal, one_row, parquet, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 1_000_000  # rows, about
_NUMBER = "file_row_number"
_SPAN, _GOLDEN = 4_294_967_296, 2_654_435_769
MOST_COLUMNS = 100  # looked at: those of the plan first
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip
_DECIDING = (MetricRole.PRIMARY, MetricRole.GUARDRAIL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table is looked at for. `plan` is bound to the table's own columns (None: the data
    answer no plan); `day` and `store` are columns; `now` the server's clock; `locked_on` the day
    on which the plan was fixed; `since` the day from which on a pilot runs (what is before belongs
    to it as history); `labels` the files as people know them; `money` the columns that hold
    money."""

    plan: Plan | None
    zone: ZoneInfo
    now: datetime
    day: str | None = None
    store: str | None = None
    locked_on: date | None = None
    since: date | None = None
    labels: Sequence[str] = ()
    money: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Measured:
    """A numeric column and what it matters for: `is_deciding` where a verdict hangs on it."""

    name: str
    is_measure: bool = False  # of a metric that is summed or ranked, not counted as yes or no
    is_deciding: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The files as one table; `types` are DuckDB's, `columns` those that are looked at."""

    connection: DuckDBPyConnection
    paths: Sequence[Path]
    types: Mapping[str, str]
    columns: tuple[str, ...]
    asked: Asked
    by_part: tuple[Mapping[str, str], ...] = ()
    total: int = 0  # rows
    every: int = 1  # of a large table some things are looked at in one row of so many

    @property
    def name(self) -> str:
        return parquet(self.paths)

    @property
    def sample(self) -> str:
        """The table, or of a large one about one row of so many: always the same ones."""
        return self.sampled(self.paths)

    def sampled(self, paths: Sequence[Path]) -> str:
        if self.every == 1:
            return parquet(paths)
        listed = ", ".join(literal(str(path.resolve())) for path in paths)
        numbered = f"read_parquet([{listed}], union_by_name=true, file_row_number=true)"
        # Spread by the golden ratio: every so many-th row would skip whole stores of a tidy table.
        spread = f"({_NUMBER} * {_GOLDEN}) % {_SPAN} < {_SPAN // self.every}"
        return f"(SELECT * FROM {numbered} WHERE {spread})"

    def row(self, query: str) -> tuple[Any, ...]:
        found = self.connection.execute(query).fetchone()
        assert found is not None
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def has(self, column: str | None) -> bool:
        return column is not None and column in self.types

    def is_number(self, column: str) -> bool:
        return self.types[column].startswith(_NUMBERS) and not self.types[column].endswith("]")

    def is_stamp(self, column: str) -> bool:
        return self.types[column].startswith("TIMESTAMP")

    def is_zoned(self, column: str) -> bool:
        return self.types[column] == "TIMESTAMP WITH TIME ZONE"

    def is_date(self, column: str) -> bool:
        return self.types[column] == "DATE"

    def is_text(self, column: str) -> bool:
        return self.types[column].startswith("VARCHAR")

    def number(self, column: str) -> str:
        """The column as a double, without NaN and infinity."""
        x = f"CAST({quoted(column)} AS DOUBLE)"
        is_float = self.types[column] in ("FLOAT", "DOUBLE")
        return f"CASE WHEN isfinite({x}) THEN {x} END" if is_float else x

    def local_day(self, column: str) -> str | None:
        """The day of a column in the workspace's zone, in SQL; None where it holds no days."""
        name = quoted(column)
        if self.is_date(column):
            return name
        if self.is_zoned(column):
            return f"CAST(timezone({literal(self.asked.zone.key)}, {name}) AS DATE)"
        if self.is_stamp(column):
            return f"CAST({name} AS DATE)"
        if self.is_text(column):
            return f"TRY_CAST(left(trim({name}), 10) AS DATE)"
        return None

    def local_time(self, column: str) -> str | None:
        """The time of a column by the clocks of the workspace, in SQL; None where it holds none."""
        name = quoted(column)
        if self.is_zoned(column):
            return f"timezone({literal(self.asked.zone.key)}, {name})"
        if self.is_stamp(column) or self.is_date(column):
            return f"CAST({name} AS TIMESTAMP)"
        if self.is_text(column):
            return f"TRY_CAST(trim({name}) AS TIMESTAMP)"
        return None

    def word(self, column: str) -> str:
        """The column as text without outer blanks; NULL when nothing is left."""
        return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"

    def measured(self) -> tuple[Measured, ...]:
        """The numeric columns that are looked at, those of the plan's metrics first."""
        plan = self.asked.plan
        found: dict[str, Measured] = {}
        for metric in plan.metrics if plan else ():
            for column in metric.columns:
                if column in self.types and self.is_number(column):
                    is_counted = metric.kind is MetricKind.CONVERSION
                    is_deciding = metric.role in _DECIDING and not is_counted
                    found.setdefault(column, Measured(column, not is_counted, is_deciding))
        for column in self.columns:
            if column not in found and self.is_number(column) and self.is_a_value(column):
                found[column] = Measured(column)
        return tuple(found.values())

    def is_a_value(self, column: str) -> bool:
        """Whether a numeric column holds amounts: not who or where somebody is."""
        plan = self.asked.plan
        names = {plan.variant, plan.unit, plan.cluster, plan.group, plan.day} if plan else set()
        if plan is not None and plan.own is not None:
            names |= {plan.own.time, plan.pilot.site if plan.pilot else None}
        return column not in names | {self.asked.day, self.asked.store}


def open_table(connection: DuckDBPyConnection, paths: Sequence[Path], asked: Asked) -> Table:
    """The files with their columns; of several files, each file's types as well."""

    def types_of(table: str) -> dict[str, str]:
        described = connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
        return {name: written for name, written, *_ in described}

    by_part = tuple(types_of(parquet([path])) for path in paths)
    types = by_part[0] if len(paths) == 1 else types_of(parquet(paths))
    plan_columns = asked.plan.columns if asked.plan else ()
    wanted = [column for column in (*plan_columns, asked.day, asked.store) if column in types]
    plain = [name for name, written in types.items() if not is_nested(written)]
    ordered = tuple(dict.fromkeys([name for name in (*wanted, *plain) if name in plain]))
    rows = 0
    for path in paths:  # from the files' own indexes
        (count,) = one_row(connection, f"SELECT count(*) FROM {parquet([path])}")
        rows += count
    every = 1 if _NUMBER in types else max(1, round(rows / SAMPLE))
    return Table(connection, paths, types, ordered[:MOST_COLUMNS], asked, by_part, rows, every)


def is_nested(written: str) -> bool:
    starts = ("BLOB", "STRUCT", "MAP", "UNION", "VARIANT")
    return written.endswith("]") or written.startswith(starts)
