"""How a file was read, in words, for the person who sent it to check and to change."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from hadi.domain.tags import without_values
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Dataset
from hadi.services.dataset_rows import plain
from hadi.web.hypotheses.data_decisions import (
    DecisionField,
    field_word,
    fields_of,
    option_word,
)
from hadi.web.shared.language import figure, say

SHOWN_BAD_ROWS = 5
SHOWN_FILES = 6


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of a file as it was read, with what can be decided otherwise of it. `scale` says by
    what its numbers were multiplied: it is to be seen at once, not only where it can be changed."""

    name: str
    type: str
    examples: str
    missing: str
    scale: str = ""
    decisions: tuple[DecisionField, ...] = ()


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that was left out because it could not be read."""

    line: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """How a file was read: `facts` are (label, value); what can be changed stands in `decisions`,
    what has to be answered in `questions`."""

    facts: tuple[tuple[str, str], ...]
    columns: tuple[ColumnLine, ...]
    notes: tuple[str, ...]
    decisions: tuple[DecisionField, ...] = ()
    questions: tuple[DecisionField, ...] = ()
    bad_rows: tuple[BadLine, ...] = ()
    bad_row_count: str = ""

    @property
    def can_change(self) -> bool:
        return bool(self.decisions) or any(column.decisions for column in self.columns)


def report_of(
    dataset: Dataset, *, can_change: bool = False, hidden: Set[str] = frozenset()
) -> Report:
    """The parse report in the reader's words; of columns that are `hidden` no value is shown."""
    report: Mapping[str, Any] = without_values(dataset.report, hidden)
    fields = fields_of(dataset) if can_change else ()
    told = {field["field"] for field in report.get("decisions", ())} if can_change else set()
    facts = [
        (_("Rows"), _rows(dataset.rows)),
        (_("Columns"), str(len(report["columns"]))),
        (_("Files"), _files(dataset)),
        *(fact for name, *fact in _read_as(report) if name not in told),
    ]
    settled = [field for field in fields if not field.is_question]
    return Report(
        facts=tuple((label, value) for label, value in facts if value),
        columns=tuple(
            _column(each, dataset.rows, settled, _scale(each["name"], report))
            for each in report["columns"]
        ),
        notes=tuple(say(Text.from_json(note)) for note in report["notes"]),
        decisions=tuple(field for field in settled if field.column is None),
        questions=tuple(field for field in fields if field.is_question),
        bad_rows=tuple(_bad_row(row) for row in bad_rows(report)[:SHOWN_BAD_ROWS]),
        bad_row_count=_rows(report["bad_row_count"]) if report.get("bad_row_count") else "",
    )


def _files(dataset: Dataset) -> str:
    """The names of the files that the rows come from, where that of the data set does not say."""
    names = [part.filename for part in dataset.parts]
    if names in ([], [dataset.filename]):
        return ""
    shown = ", ".join(names[:SHOWN_FILES])
    more = len(names) - SHOWN_FILES
    if more < 1:
        return shown
    return str(_("%(files)s and %(n)s more", files=shown, n=_rows(more)))


def bad_rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The first of the rows that could not be read."""
    return list(report.get("bad_rows", ()))


def _read_as(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    def word(name: str) -> str:
        value = report.get(name)
        return option_word(name, str(value)) if value else ""

    return [
        ("encoding", _("Encoding"), word("encoding")),
        ("delimiter", _("Delimiter"), word("delimiter")),
        ("decimal", _("Decimal sign"), word("decimal")),
        ("sheet", _("Sheet"), str(report.get("sheet") or "")),
    ]


def _bad_row(row: Mapping[str, Any]) -> BadLine:
    where = _("line %(n)s", n=_rows(row["line"]))
    return BadLine(
        line=f"{row['file']}, {where}" if row.get("file") else str(where),
        reason=say(Text.from_json(row["reason"])),
        text=row["text"],
    )


def _scale(column: str, report: Mapping[str, Any]) -> str:
    """By what the numbers of a column were multiplied, and why; nothing where they were not."""
    for decision in report.get("decisions", ()):
        if decision["field"] != "factor" or decision["column"] != column:
            continue
        value, detail = decision["value"], decision.get("detail")
        if value is not None and detail:
            return say(Text.from_json(detail))
        if value not in (None, "1"):
            return f"{field_word('factor')} {option_word('factor', value)}"
    return ""


def _column(
    column: Mapping[str, Any], rows: int, settled: list[DecisionField], scale: str
) -> ColumnLine:
    missing = column["missing"]
    share = Figure(FigureKind.SHARE, missing / rows if rows else 0.0)
    name = column["name"]
    return ColumnLine(
        name=name,
        type=option_word("type", column["type"]),
        examples=", ".join(
            plain(each) if column["type"] == "number" else each for each in column["examples"]
        ),
        missing=f"{_rows(missing)} ({figure(share)})" if missing else "",
        scale=scale,
        decisions=tuple(
            replace(field, detail=None) if field.detail == scale else field
            for field in settled
            if field.column == name
        ),
    )


def _rows(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
