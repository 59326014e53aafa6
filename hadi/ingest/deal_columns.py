"""Which column of a CRM's export says what, and the export as events: this deal came to that stage
at that moment.

Two shapes are read. Long: a row for each stage that a deal came to. Wide: a row for each deal with
a column for each stage, its date or a mark that it was reached. A column of the day a deal was
created puts it into the first stage, one of the present stage adds that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.text import Text
from hadi.ingest import keys
from hadi.ingest.cells import text_of
from hadi.ingest.engine import literal, quoted
from hadi.ingest.frame import is_nested, missing_column

GROUPS = ("manager", "territory", "role", "source")
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DealColumns:
    """The columns by what they hold; `stages` leads from a stage's name to its column, in the wide
    shape. Only the deal is always there, and either `stage` or some of `stages`."""

    deal: str
    stage: str | None = None
    entered_at: str | None = None
    created_at: str | None = None
    closed_at: str | None = None
    task: str | None = None
    manager: str | None = None
    territory: str | None = None
    role: str | None = None
    source: str | None = None
    arm: str | None = None
    stages: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """Every column that is used, by what it holds; those of stages as `stages.<name>`."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "stages"}
        return {name: column for name, column in own.items() if column} | {
            f"stages.{stage}": column for stage, column in self.stages.items() if column
        }

    @property
    def moments(self) -> tuple[str, ...]:
        """The columns that have to hold days, or marks of stages."""
        own = (self.entered_at, self.created_at, self.closed_at, *self.stages.values())
        return tuple(column for column in own if column)

    @property
    def groups(self) -> tuple[str, ...]:
        """By what of a deal it can be looked at."""
        return tuple(name for name in GROUPS if getattr(self, name))

    def as_json(self) -> dict[str, Any]:
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "stages"}
        return {name: column for name, column in own.items() if column} | {
            "stages": dict(self.stages)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DealColumns:
        """The columns as they were kept or sent. Raises Invalid with every fault."""
        wrong: dict[str, Text] = {}
        known = {f.name for f in fields(cls)} - {"stages"}
        stages = data.get("stages") or {}
        if not isinstance(stages, Mapping):
            wrong["stages"] = Text("deals_stages_mapping")
            stages = {}
        for name in data.keys() - known - {"stages"}:
            wrong[str(name)[:40]] = Text("deals_unknown_part", name=str(name)[:40])
        own = {name: str(data[name]).strip() for name in known if data.get(name)}
        if not own.get("deal"):
            wrong["deal"] = Text("deals_need_deal")
        wide = {str(stage): str(column).strip() for stage, column in stages.items() if column}
        if not own.get("stage") and not wide:
            wrong["stage"] = Text("deals_need_stage")
        if own.get("stage") and not wide and not (own.get("entered_at") or own.get("created_at")):
            wrong["entered_at"] = Text("deals_need_moment")
        if wrong:
            raise Invalid(Text("deals_columns_invalid", n=len(wrong)), wrong)
        own.setdefault("deal", "")
        return cls(stages=wide, **own)


def require(columns: DealColumns, types: Mapping[str, str]) -> None:
    """Raises Unreadable for a column that is not there, or cannot be what it is taken for."""
    for column in columns.named.values():
        if column not in types:
            raise missing_column(column, types)
        if is_nested(types[column]):
            raise Unreadable(Text("data_column_not_values", column=column, type=types[column][:40]))
    for part in ("entered_at", "created_at", "closed_at"):
        column = getattr(columns, part)
        if column and not types[column].startswith(("DATE", "TIMESTAMP")):
            raise Unreadable(Text("deals_not_dates", column=column))


def events(columns: DealColumns, types: Mapping[str, str], table: str, first: str) -> str:
    """The export as a query of events: place in the file, deal, stage, moment, and what the row
    says of the deal. `first` is the name of the first stage."""
    return " UNION ALL ".join(_parts(columns, types, table, first))


def _parts(columns: DealColumns, types: Mapping[str, str], table: str, first: str) -> Iterator[str]:
    deal = keys.name(columns.deal, types[columns.deal])
    about = ", ".join(_about(columns, types))
    rows = f"(SELECT row_number() OVER () AS n, * FROM {table}) AS file"

    def of(stage: str, moment: str, condition: str, is_now: bool = False) -> str:
        return (
            f"SELECT n, {deal} AS deal, {stage} AS stage, {moment} AS came, {is_now} AS is_now, "
            f"{about} FROM {rows} WHERE {condition}"
        )

    closed = moment_of(columns.closed_at, types)
    if columns.stage:
        stage = keys.name(columns.stage, types[columns.stage])
        # The present stage, where others stand beside it, has no moment but that of the end.
        moment = moment_of(columns.entered_at, types) if columns.entered_at else closed
        yield of(stage, moment, f"{stage} IS NOT NULL", bool(columns.stages))
    for name, column in columns.stages.items():
        cell = quoted(column)
        if types[column].startswith(("DATE", "TIMESTAMP")):
            yield of(literal(name), moment_of(column, types), f"{cell} IS NOT NULL")
        elif types[column].startswith(_NUMBERS):
            yield of(literal(name), "NULL::TIMESTAMP", f"CAST({cell} AS DOUBLE) = 1")
        else:
            raise Unreadable(Text("deals_not_marks", column=column, stage=name))
    if columns.created_at:
        created = moment_of(columns.created_at, types)
        yield of(literal(first), created, f"{created} IS NOT NULL")


def moment_of(column: str | None, types: Mapping[str, str]) -> str:
    """The cell of a column of days or instants; of an instant, in UTC."""
    if column is None:
        return "NULL::TIMESTAMP"
    cell = quoted(column)
    if types[column] == "TIMESTAMP WITH TIME ZONE":
        return f"CAST({cell} AT TIME ZONE 'UTC' AS TIMESTAMP)"
    return f"CAST({cell} AS TIMESTAMP)"


def _about(columns: DealColumns, types: Mapping[str, str]) -> Iterator[str]:
    """What a row says of its deal."""
    yield f"{moment_of(columns.closed_at, types)} AS closed_at"
    task = columns.task
    if task is None:
        yield "NULL::TIMESTAMP AS task_due, NULL::BOOLEAN AS has_task"
    elif types[task].startswith(("DATE", "TIMESTAMP")):
        yield f"{moment_of(task, types)} AS task_due, {quoted(task)} IS NOT NULL AS has_task"
    elif types[task].startswith(_NUMBERS):
        has = f"coalesce(CAST({quoted(task)} AS DOUBLE) > 0, false)"
        yield f"NULL::TIMESTAMP AS task_due, {has} AS has_task"
    else:
        yield f"NULL::TIMESTAMP AS task_due, {text_of(quoted(task))} IS NOT NULL AS has_task"
    for name in (*GROUPS, "arm"):
        column = getattr(columns, name)
        cell = keys.name(column, types[column]) if column else "NULL::VARCHAR"
        yield f"{cell} AS {quoted(name)}"
