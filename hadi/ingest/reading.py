"""What a reader of one kind of file hands over: a query over typed columns, and its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from hadi.domain.text import Text
from hadi.ingest.report import BadRow, ColumnType, Decision


@dataclass(frozen=True, slots=True)
class Reading:
    """`query` gives the typed columns; the rest is told in the parse report."""

    query: str
    types: tuple[tuple[str, ColumnType], ...]
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    notes: tuple[Text, ...] = ()
    decisions: tuple[Decision, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    bad_row_count: int = 0
