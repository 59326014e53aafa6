"""The columns a feed was mapped by, against those its source has now."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.pilot_plan import WIDE
from hadi.domain.text import Text
from hadi.ingest.report import ColumnType

ALIKE = 0.6
# A change within a family changes no sum: 1 and 1.0 are one number.
_FAMILIES = {
    ColumnType.INTEGER: "number",
    ColumnType.NUMBER: "number",
    ColumnType.BOOLEAN: "number",
    ColumnType.DATE: "time",
    ColumnType.TIME: "time",
    ColumnType.TEXT: "text",
}

Columns = Sequence[Mapping[str, Any]]
_DAY = "is_day"  # of a column that says the day of a row, where the plan names none


def day_of(columns: Columns) -> str | None:
    """The column that was named as the day of a row, beside what the plan names."""
    return next((column["name"] for column in columns if column.get(_DAY)), None)


def with_day(columns: Columns, day: str | None) -> list[dict[str, Any]]:
    """The columns, of which that one says the day of a row."""
    return [
        {"name": column["name"], "type": column["type"]}
        | ({_DAY: True} if column["name"] == day else {})
        for column in columns
    ]


def require_same(mapping: Mapping[str, str], chosen: Columns, present: Columns) -> None:
    """Raises Invalid naming every mapped column that is gone (with what it may be called now) or
    holds another type. Columns that nothing is read from may come and go."""
    faults = _faults(mapping, chosen, present)
    if faults:
        raise Invalid(next(iter(faults.values())), faults)


def _faults(mapping: Mapping[str, str], chosen: Columns, present: Columns) -> dict[str, Text]:
    types = {column["name"]: column["type"] for column in chosen}
    found = {column["name"]: column["type"] for column in present}
    fresh = [name for name in found if name not in types]
    wrong: dict[str, Text] = {}
    for need, name in mapping.items():
        if name == WIDE:
            continue  # each column is a site: which they are is told with every check
        if name not in found:
            likely = _likely(name, types.get(name), fresh, found)
            wrong[need] = (
                Text("feed_column_renamed", column=name, likely=likely)
                if likely
                else Text("feed_column_missing", column=name)
            )
        elif name in types and _family(types[name]) != _family(found[name]):
            wrong[need] = Text(
                "feed_column_changed", column=name, before=_type(types[name]),
                after=_type(found[name]),
            )  # fmt: skip
    return wrong


def _likely(
    name: str, type_: str | None, fresh: Sequence[str], found: Mapping[str, str]
) -> str | None:
    """The new column that the missing one is most alike to, of the same family."""
    fitting = [n for n in fresh if type_ is None or _family(found[n]) == _family(type_)]

    def likeness(other: str) -> float:
        return difflib.SequenceMatcher(None, name.casefold(), other.casefold()).ratio()

    best = max(fitting, key=likeness, default=None)
    return best if best is not None and likeness(best) >= ALIKE else None


def _family(type_: str) -> str:
    return _FAMILIES[ColumnType(type_)]


def _type(type_: str) -> Text:
    return Text(f"feed_type_{_family(type_)}")
