"""How a file was read, in words, for the person who sent it to check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Dataset
from hadi.web.shared.language import figure, say


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of a file as it was read."""

    name: str
    type: str
    examples: str
    missing: str


@dataclass(frozen=True, slots=True)
class Report:
    """How a file was read: `facts` are (label, value)."""

    facts: tuple[tuple[str, str], ...]
    columns: tuple[ColumnLine, ...]
    notes: tuple[str, ...]


def report_of(dataset: Dataset) -> Report:
    """The parse report in the reader's words."""
    report: Mapping[str, Any] = dataset.report
    facts = [
        (_("Rows"), _rows(dataset.rows)),
        (_("Columns"), str(len(report["columns"]))),
        (_("Encoding"), str(report.get("encoding") or "").upper()),
        (_("Delimiter"), _delimiter(report.get("delimiter"))),
        (_("Decimal sign"), _decimal(report.get("decimal"))),
        (_("Sheet"), str(report.get("sheet") or "")),
    ]
    return Report(
        facts=tuple((label, value) for label, value in facts if value),
        columns=tuple(_column(column, dataset.rows) for column in report["columns"]),
        notes=tuple(say(Text.from_json(note)) for note in report["notes"]),
    )


def _column(column: Mapping[str, Any], rows: int) -> ColumnLine:
    missing = column["missing"]
    share = Figure(FigureKind.SHARE, missing / rows if rows else 0.0)
    return ColumnLine(
        name=column["name"],
        type=_type_word(column["type"]),
        examples=", ".join(column["examples"]),
        missing=f"{_rows(missing)} ({figure(share)})" if missing else "",
    )


def _type_word(code: str) -> str:
    words = {
        "integer": _("whole numbers"),
        "number": _("numbers"),
        "boolean": _("yes or no"),
        "date": _("dates"),
        "time": _("dates with time"),
        "text": _("text"),
    }
    return str(words.get(code, code))


def _delimiter(sign: str | None) -> str:
    words = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}
    return str(words.get(sign or "", sign or ""))


def _decimal(sign: str | None) -> str:
    return str({",": _("comma"), ".": _("point")}.get(sign or "", ""))


def _rows(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
