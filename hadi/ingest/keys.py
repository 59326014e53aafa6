"""Columns that name something (a unit, a cluster, a segment, a day) as SQL: one spelling each.

Text without outer blanks, whole numbers without a decimal sign, TRUE and FALSE in capitals, NaN as
a blank: what the columns of arms are to `arms`, done where the rows are.
"""

from __future__ import annotations

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.cells import is_nan, text_of
from hadi.ingest.engine import quoted

_FLOATS = ("DOUBLE", "FLOAT")
_WHOLE = 1e15  # beyond it the digits of a float are not all its own


def key(column: str, type: str) -> str:
    """The cell as it is, NULL where it is blank: for comparing, not for showing."""
    cell = quoted(column)
    if type == "VARCHAR":
        return text_of(cell)
    if type in _FLOATS:
        return f"CASE WHEN {is_nan(cell)} THEN NULL ELSE {cell} END"
    return cell


def name(column: str, type: str) -> str:
    """The cell as text, NULL where it is blank."""
    cell = key(column, type)
    if type == "VARCHAR":
        return cell
    if type == "BOOLEAN":
        return f"upper(CAST({cell} AS VARCHAR))"
    if type in _FLOATS:
        whole = f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN trunc({cell}) = {cell} AND abs({cell}) < {_WHOLE!r} "
            f"THEN {whole} ELSE CAST({cell} AS VARCHAR) END"
        )
    return f"CAST({cell} AS VARCHAR)"


def day(column: str, type: str) -> str:
    """The day of the cell, of an instant that in UTC; NULL where it is blank, or text that is no
    date. Raises Unreadable for a column of something else."""
    cell = quoted(column)
    if type == "DATE":
        return cell
    if type == "TIMESTAMP WITH TIME ZONE":
        return f"CAST({cell} AT TIME ZONE 'UTC' AS DATE)"
    if type.startswith("TIMESTAMP"):
        return f"CAST({cell} AS DATE)"
    if type == "VARCHAR":
        text = text_of(cell)
        dotted = f"CAST(try_strptime({text}, '%d.%m.%Y') AS DATE)"
        return f"coalesce(TRY_CAST({text} AS DATE), {dotted})"
    raise Unreadable(Text("data_column_not_days", column=column))
