"""How a file is to be read, where the person who sent it knows better than the reader.

Everything is optional: what is not chosen is found out, and the parse report says how. What cannot
be found out (is 03.04 in March or in April?) is asked there and answered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hadi.ingest.report import ColumnType


class DateOrder(StrEnum):
    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class BadRows(StrEnum):
    REFUSE = "refuse"
    LEAVE_OUT = "leave_out"  # and list them in the report


class Totals(StrEnum):
    """Rows that sum up others (Total, Итого, Összesen)."""

    LEAVE_OUT = "leave_out"
    KEEP = "keep"


class Headers(StrEnum):
    """What is done with two columns of one name."""

    REFUSE = "refuse"
    NUMBER = "number"  # name, name (2)


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """How one column is read. `factor` multiplies its numbers (1000 for thousands)."""

    type: ColumnType | None = None
    decimal: str | None = None
    date_order: DateOrder | None = None
    factor: float | None = None

    def as_json(self) -> dict[str, Any]:
        return _without_none(
            type=self.type, decimal=self.decimal, date_order=self.date_order, factor=self.factor
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen of the reading of a file; None is found out. `columns` are by the name in
    the report; what they say goes before what is said of the whole file."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None  # "." or ","
    date_order: DateOrder | None = None
    sheet: str | None = None
    header_row: int | None = None  # 1-based, of the first row of the header
    header_rows: int | None = None  # how many rows the header takes
    totals: Totals | None = None
    bad_rows: BadRows | None = None
    headers: Headers | None = None
    time_zone: str | None = None  # IANA: of instants that name none
    columns: Mapping[str, ColumnChoice] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        columns = {name: each.as_json() for name, each in self.columns.items()}
        return _without_none(
            encoding=self.encoding,
            delimiter=self.delimiter,
            decimal=self.decimal,
            date_order=self.date_order,
            sheet=self.sheet,
            header_row=self.header_row,
            header_rows=self.header_rows,
            totals=self.totals,
            bad_rows=self.bad_rows,
            headers=self.headers,
            time_zone=self.time_zone,
            columns=columns or None,
        )


def _without_none(**values: Any) -> dict[str, Any]:
    return {
        name: value.value if isinstance(value, StrEnum) else value
        for name, value in values.items()
        if value is not None
    }
