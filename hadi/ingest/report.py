"""What was understood of a file, for the person who sent it to check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hadi.domain.text import Text


class ColumnType(StrEnum):
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"  # date and time of day
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column: its name in the stored table, its type, the first values, the blank cells."""

    name: str
    type: ColumnType
    examples: tuple[str, ...]
    missing: int

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type.value,
            "examples": list(self.examples),
            "missing": self.missing,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that was decided of the reading and may be decided otherwise: the field of
    `Choices` (or of a `ColumnChoice`, with its `column`), the value taken and those there are.

    `value` None is a question: nobody can tell from the file, and what depends on it waits for the
    answer. `examples` are cells that show what it is about."""

    field: str
    value: str | None
    options: tuple[str, ...]
    column: str | None = None
    is_chosen: bool = False  # the person said so
    detail: Text | None = None
    examples: tuple[str, ...] = ()

    @property
    def is_question(self) -> bool:
        return self.value is None

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "value": self.value,
            "options": list(self.options),
            "column": self.column,
            "chosen": self.is_chosen,
            "detail": self.detail.as_json() if self.detail else None,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: the line of the file (or the row of the sheet), 1-based, why,
    and how it begins."""

    line: int
    reason: Text
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "reason": self.reason.as_json(), "text": self.text}


@dataclass(frozen=True, slots=True)
class ParseReport:
    """How a file was read; what does not apply to its kind is None. `bad_rows` are the first of
    the `bad_row_count` rows that were left out because they could not be read."""

    rows: int
    columns: tuple[ColumnReport, ...]
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    notes: tuple[Text, ...] = ()
    decisions: tuple[Decision, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    bad_row_count: int = 0

    @property
    def questions(self) -> tuple[Decision, ...]:
        """What has to be answered before the columns concerned can be used."""
        return tuple(decision for decision in self.decisions if decision.is_question)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "columns": [column.as_json() for column in self.columns],
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "sheet": self.sheet,
            "notes": [{**note.as_json(), "sentence": str(note)} for note in self.notes],
            "decisions": [decision.as_json() for decision in self.decisions],
            "bad_rows": [row.as_json() for row in self.bad_rows],
            "bad_row_count": self.bad_row_count,
        }
