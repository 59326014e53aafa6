"""How a file is to be read, where the person who sent it knows better than the reader.

Everything is optional: what is not chosen is found out, and the parse report says how. What cannot
be found out (is 03.04 in March or in April?) is asked there and answered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.text import Text
from hadi.ingest.report import ColumnType

# "utf-8+cp1251" is UTF-8 whose other lines are Windows-1251: two files put one under the other.
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp1250", "cp1252",
    "latin-1", "iso-8859-2", "koi8-r", "cp866", "utf-8+cp1251", "utf-8+cp1250", "utf-8+cp1252",
)  # fmt: skip
DELIMITERS = ("\t", ";", "|", ",")  # on a tie the rarer sign in prose wins
DECIMALS = (".", ",")
_MAX_NAME = 500
_MOST_VALUES = 100  # no test has more arms, however they are written


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
    """How one column is read. `factor` multiplies its numbers (1000 for thousands); `arms` are the
    values that are an arm of the plan under another name, each with the arm's own."""

    type: ColumnType | None = None
    decimal: str | None = None
    date_order: DateOrder | None = None
    factor: float | None = None
    arms: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        return _without_none(
            type=self.type,
            decimal=self.decimal,
            date_order=self.date_order,
            factor=self.factor,
            arms=dict(self.arms) if self.arms else None,
        )

    @classmethod
    def from_json(cls, data: Any, path: str = "") -> ColumnChoice:
        """Raises Invalid naming the field (`path` is that of the column)."""
        return cls(**_read(data, _COLUMN_FIELDS, path))


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen of the reading of a file; None is found out. `columns` are by the name in
    the report; what they say goes before what is said of the whole file."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None  # "." or ","
    date_order: DateOrder | None = None
    member: str | None = None  # of an archive, where its tables differ
    sheet: str | None = None
    header_row: int | None = None  # 1-based, of the first row of the header
    header_rows: int | None = None  # how many rows the header takes; 0 is none
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
            member=self.member,
            sheet=self.sheet,
            header_row=self.header_row,
            header_rows=self.header_rows,
            totals=self.totals,
            bad_rows=self.bad_rows,
            headers=self.headers,
            time_zone=self.time_zone,
            columns=columns or None,
        )

    @classmethod
    def from_json(cls, data: Any) -> Choices:
        """What `as_json` wrote, or a person sent. Raises Invalid naming the field."""
        return cls(**_read(data, _FIELDS, ""))

    def of(self, column: str) -> ColumnChoice:
        """What was chosen of a column by name."""
        return self.columns.get(column, _NOTHING)


def _without_none(**values: Any) -> dict[str, Any]:
    return {
        name: value.value if isinstance(value, StrEnum) else value
        for name, value in values.items()
        if value is not None
    }


_Reader = Callable[[Any, str], Any]


def _read(data: Any, fields: Mapping[str, _Reader], path: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise _invalid(path or "choices", Text("choice_not_object"))
    values: dict[str, Any] = {}
    for name, value in data.items():
        place = f"{path}.{name}" if path else str(name)
        if name not in fields:
            raise _invalid(place, Text("choice_unknown", known=", ".join(fields)))
        if value is not None:
            values[name] = fields[name](value, place)
    return values


def _invalid(path: str, text: Text) -> Invalid:
    return Invalid(Text("choice_invalid", field=path, reason=text), {path: text})


def _one_of(options: type[StrEnum] | tuple[str, ...]) -> _Reader:
    values = options if isinstance(options, tuple) else tuple(each.value for each in options)

    def reader(value: Any, path: str) -> Any:
        if not isinstance(value, str) or value not in values:
            shown = ", ".join("tab" if each == "\t" else each for each in values)
            raise _invalid(path, Text("choice_options", options=shown))
        return value if isinstance(options, tuple) else options(value)

    return reader


def _delimiter(value: Any, path: str) -> str:
    """Any single sign that is not part of a number, a quote or a line's end."""
    written = {"tab": "\t", "\\t": "\t"}.get(value, value) if isinstance(value, str) else value
    if not isinstance(written, str) or len(written) != 1 or not written.isascii():
        raise _invalid(path, Text("choice_delimiter"))
    if written.isalnum() or written in "\r\n\"'\0.-+ ":
        raise _invalid(path, Text("choice_delimiter"))
    return written


def _name(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_NAME:
        raise _invalid(path, Text("choice_name"))
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value):
        raise _invalid(path, Text("choice_name"))  # no database keeps it, no page can say it
    return value


def _zone(value: Any, path: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError, TypeError, AttributeError):
        raise _invalid(path, Text("choice_zone")) from None


def _whole(least: int, most: int) -> _Reader:
    def reader(value: Any, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _invalid(path, Text("choice_whole", least=least, most=most))
        return value

    return reader


def _factor(value: Any, path: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Compared first: a whole number of any length is no float.
    if not is_number or not 1e-12 <= value <= 1e12:
        raise _invalid(path, Text("choice_factor"))
    return float(value)


def _columns(value: Any, path: str) -> dict[str, ColumnChoice]:
    if not isinstance(value, Mapping):
        raise _invalid(path, Text("choice_not_object"))
    return {
        _name(name, path): ColumnChoice.from_json(each, f"{path}.{name}")
        for name, each in value.items()
    }


def _arms(value: Any, path: str) -> dict[str, str] | None:
    """Values with the arms that they are. A value may be long, as any cell; an arm's name not."""
    if not isinstance(value, Mapping):
        raise _invalid(path, Text("choice_not_object"))
    if len(value) > _MOST_VALUES:
        raise _invalid(path, Text("choice_arms_many", limit=_MOST_VALUES))
    return {
        _name(written, path).strip(): _name(arm, f"{path}.{written}").strip()
        for written, arm in value.items()
    } or None


_COLUMN_FIELDS: dict[str, _Reader] = {
    "type": _one_of(ColumnType),
    "decimal": _one_of(DECIMALS),
    "date_order": _one_of(DateOrder),
    "factor": _factor,
    "arms": _arms,
}
_FIELDS: dict[str, _Reader] = {
    "encoding": _one_of(ENCODINGS),
    "delimiter": _delimiter,
    "decimal": _one_of(DECIMALS),
    "date_order": _one_of(DateOrder),
    "member": _name,
    "sheet": _name,
    "header_row": _whole(1, 10_000),
    "header_rows": _whole(0, 10),
    "totals": _one_of(Totals),
    "bad_rows": _one_of(BadRows),
    "headers": _one_of(Headers),
    "time_zone": _zone,
    "columns": _columns,
}
_NOTHING = ColumnChoice()
