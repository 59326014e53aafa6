"""Columns of MySQL and MariaDB as Ibis knows them, and how each is read so that it means what it
means elsewhere.

A BOOLEAN is a number there, of 0 and 1 as a rule but not of necessity, and stays one. Texts are
compared by their characters' numbers, whatever the table's own order is. A day that no calendar has
(0000-00-00) is no day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.schema as sch

_BYTES = 63  # the character set of what is no text
_UNSIGNED = 32
_ENUM, _SET = 256, 2048


def read_as(fields: Sequence[Any], sql: str, collation: str) -> tuple[sch.Schema, str]:
    """The columns of a SELECT, and the SELECT that reads each as we mean it."""
    import ibis

    from hadi.ingest.engines.mysql_sql import quoted

    types: dict[str, Any] = {}
    shown = []
    for field in fields:
        cell, written = f"q.{quoted(field.name)}", quoted(field.name)
        types[field.name], said = _column(field, cell, collation)
        shown.append(f"{said} AS {written}")
    return ibis.schema(types), f"SELECT {', '.join(shown)} FROM ({sql}) AS q"


def _column(field: Any, cell: str, collation: str) -> tuple[Any, str]:
    """The type of a column, and how it is read."""
    import ibis.expr.datatypes as dt
    from pymysql.constants import FIELD_TYPE as KIND

    kind, is_unsigned = field.type_code, bool(field.flags & _UNSIGNED)
    sizes = {KIND.TINY: 8, KIND.SHORT: 16, KIND.INT24: 32, KIND.LONG: 32, KIND.LONGLONG: 64}
    if kind in sizes:
        return dt.dtype(f"{'u' if is_unsigned else ''}int{sizes[kind]}"), cell
    if kind in (KIND.FLOAT, KIND.DOUBLE):
        # Also a DOUBLE(10,2), whose sums would be shown with two digits.
        return dt.float64, f"CAST({cell} AS DOUBLE)"
    if kind in (KIND.DECIMAL, KIND.NEWDECIMAL):
        return dt.Decimal(), cell
    if kind == KIND.BIT:
        return dt.uint64, f"CAST({cell} AS UNSIGNED)"
    if kind == KIND.YEAR:
        return dt.int64, f"CAST({cell} AS SIGNED)"
    if kind in (KIND.DATE, KIND.NEWDATE):
        return dt.date, _of_calendar(cell)
    if kind == KIND.DATETIME:
        return dt.timestamp, _of_calendar(cell)
    if kind == KIND.TIMESTAMP:
        return dt.Timestamp(timezone="UTC"), _of_calendar(cell)
    is_listed = bool(field.flags & (_ENUM | _SET))
    is_text = field.charsetnr != _BYTES or is_listed
    if kind == KIND.GEOMETRY or (not is_text and kind not in (KIND.TIME, KIND.JSON, KIND.NULL)):
        return dt.binary, cell
    if kind in (KIND.TIME, KIND.NULL):
        return dt.string, f"CAST({cell} AS CHAR) COLLATE {collation}"
    return dt.string, f"CONVERT({cell} USING utf8mb4) COLLATE {collation}"


def _of_calendar(cell: str) -> str:
    return f"CASE WHEN MONTH({cell}) > 0 AND DAYOFMONTH({cell}) > 0 THEN {cell} END"
