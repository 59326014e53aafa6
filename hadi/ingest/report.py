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
class ParseReport:
    """How a file was read; what does not apply to its kind is None."""

    rows: int
    columns: tuple[ColumnReport, ...]
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    notes: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "columns": [column.as_json() for column in self.columns],
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "sheet": self.sheet,
            "notes": [{**note.as_json(), "sentence": str(note)} for note in self.notes],
        }
