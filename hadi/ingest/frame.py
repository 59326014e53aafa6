"""A table with a plan laid over it: which columns the plan uses and what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.ingest.arms import Arms
from hadi.ingest.engine import parquet
from hadi.ingest.faults import Parts, fault, nul_in
from hadi.ingest.measures import Joint, Measure, joints_of
from hadi.ingest.source import ArmSummary, Sample, Summaries
from hadi.ingest.sums import Parts as Sums
from hadi.ingest.sums import sample_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Frame:
    """The files as one table (`table`, in SQL), the plan, and those of its metrics that sums serve:
    `measures` are their columns, each once, and `joints` say which of them a metric takes."""

    connection: DuckDBPyConnection
    plan: Plan
    variant: str
    table: str
    parts: Parts
    types: Mapping[str, str]  # DuckDB's, of the files taken together
    measures: tuple[Measure, ...]
    joints: tuple[Joint, ...]

    def with_measures(self, measures: Sequence[Measure]) -> Frame:
        return replace(self, measures=tuple(measures))

    def carefully(self) -> Frame:
        """The same, with NaN read as a missing value."""
        return self.with_measures([replace(m, is_careful=True) for m in self.measures])

    def capped(
        self, joints: Sequence[Joint], caps: Sequence[float | None]
    ) -> tuple[Frame, dict[str, float]]:
        """The same with values cut at the caps of some metrics, and these by the metric's name
        (none for a metric without a value)."""
        found = {j: c for j, c in zip(joints, caps, strict=True) if c is not None and isfinite(c)}
        cut = {joint.measures[0]: cap for joint, cap in found.items()}
        measures = [replace(m, cap=cut.get(m.place)) for m in self.measures]
        return self.with_measures(measures), {j.metric.name: cap for j, cap in found.items()}

    def refuse(self, measure: Measure) -> Unreadable:
        """The sentence about the first bad cell of a measure."""
        return fault(self.connection, self.parts, measure)

    def refuse_nul(self, column: str) -> Unreadable:
        """The sentence about the first NUL character in a column of text."""
        return nul_in(self.connection, self.parts, column)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(query, list(parameters)).fetchall()

    def summaries(
        self,
        arms: Arms,
        counted: Mapping[str, int],
        samples: Mapping[str, Sequence[Sample]],
        **more: Any,
    ) -> Summaries:
        """The sums in the plan's words; an arm that was declared and never seen has no units."""
        return Summaries(
            arms=tuple(
                self._arm(name, counted.get(name, 0), samples.get(name)) for name in arms.names
            ),
            rows=arms.all_rows,
            blank_arm_rows=arms.blank_rows,
            unknown_arm_rows=arms.unknown_rows,
            unknown_arms=arms.unknown,
            **more,
        )

    def _arm(self, name: str, units: int, samples: Sequence[Sample] | None) -> ArmSummary:
        own = samples or [sample_of(j, self.measures, Sums(0, ())) for j in self.joints]
        named = {j.metric.name: sample for j, sample in zip(self.joints, own, strict=True)}
        missing = {metric: units - sample.n for metric, sample in named.items()}
        return ArmSummary(name, units, named, missing)


def open_frame(
    connection: DuckDBPyConnection, paths: Sequence[Path], labels: Sequence[str], plan: Plan
) -> Frame:
    """Lay the plan over the files. Raises Unreadable for a column that is not there, or that
    cannot be what the plan takes it for."""
    if not plan.variant:
        raise Unreadable(Text("data_no_variant"))
    if not plan.control:
        raise Unreadable(Text("data_no_control"))
    found = [column_types(connection, parquet([path])) for path in paths]
    plan = spelled(plan, found[0])
    parts = []
    for path, label, types in zip(paths, labels, found, strict=True):
        for column in plan.columns:
            if column not in types:
                raise missing_column(column, types, label if len(paths) > 1 else None)
        parts.append((path, label, types))
    table = parquet(paths)
    types = parts[0][2] if len(parts) == 1 else column_types(connection, table)
    keys = (plan.variant, plan.unit, plan.cluster, *plan.segments, plan.day, plan.group)
    for column in filter(None, keys):
        if is_nested(types[column]):
            raise Unreadable(Text("data_column_not_values", column=column, type=types[column][:40]))
    measures, joints = joints_of(plan.metrics, types)
    return Frame(connection, plan, str(plan.variant), table, tuple(parts), types, measures, joints)


def spelled(plan: Plan, types: Mapping[str, str]) -> Plan:
    """The plan with its columns written as the data write them: blanks, which a reader of text
    files tidies and a Parquet file may have, do not make another column."""
    written = {" ".join(name.split()): name for name in reversed(list(types))}

    def as_written(column: str) -> str:
        return column if column in types else written.get(" ".join(column.split()), column)

    return plan.renamed(as_written)


def column_types(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
    return {name: written for name, written, *_ in described}


def is_nested(written: str) -> bool:
    """Whether a type of DuckDB's has values that name nothing: lists, structures, bytes."""
    is_list = written.endswith("]")
    return is_list or written.startswith(("BLOB", "STRUCT", "MAP", "UNION", "VARIANT"))


def missing_column(column: str, types: Mapping[str, str], label: str | None = None) -> Unreadable:
    """The refusal of a plan that takes a column which is not there."""
    names = ", ".join(f"“{name}”" for name in types)
    if label is None:
        return Unreadable(Text("data_missing_column", column=column, columns=names))
    return Unreadable(Text("data_missing_column_in", file=label, column=column, columns=names))
