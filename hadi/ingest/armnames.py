"""Arms under other names: a file says контроль where the plan says usual.

The names are changed as the table is written, so that everything after it (the checks, the verdict,
a download) sees the arms of the plan; the report tells which value became which, and of how many
rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.choices import Choices
from hadi.ingest.engine import literal, quoted
from hadi.ingest.reading import Reading
from hadi.ingest.report import ColumnType, Decision

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EXACT = "1e15"  # below it every whole number of a DOUBLE has its digits


def with_arms(
    connection: DuckDBPyConnection, reading: Reading, filename: str, choices: Choices
) -> Reading:
    """The reading with the values that were chosen under the names of their arms. A value that the
    column does not hold, and a column that is not there, change nothing."""
    for name, kind in reading.types:
        if arms := choices.of(name).arms:
            reading = _renamed(connection, reading, filename, name, kind, arms)
    return reading


def _renamed(
    connection: DuckDBPyConnection,
    reading: Reading,
    filename: str,
    column: str,
    kind: ColumnType,
    arms: Mapping[str, str],
) -> Reading:
    # As the page shows the values of a column: as text, without outer blanks.
    value = f"trim(CAST({quoted(column)} AS VARCHAR))"
    rows = _counted(connection, reading, filename, value, {*arms, *arms.values()})
    here = {written: arm for written, arm in arms.items() if written in rows}
    if not here:
        return reading
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(arm)}" for old, arm in here.items())
    renamed = f"CASE {value} {cases} ELSE {_as_text(column, kind)} END"
    told = ", ".join(f"{written} → {arm}" for written, arm in here.items())
    return replace(
        reading,
        query=f"SELECT * REPLACE ({renamed} AS {quoted(column)}) FROM ({reading.query})",
        types=tuple(
            (name, ColumnType.TEXT if name == column else type_) for name, type_ in reading.types
        ),
        notes=(*reading.notes, *_notes(column, here, rows)),
        decisions=(*reading.decisions, Decision("arms", told, (told,), column, is_chosen=True)),
    )


def _counted(
    connection: DuckDBPyConnection, reading: Reading, filename: str, value: str, wanted: set[str]
) -> dict[str, int]:
    """The rows of each of the values that are in the column."""
    import duckdb

    listed = ", ".join(literal(each) for each in sorted(wanted))
    query = (
        f"SELECT v, count(*) FROM (SELECT {value} AS v FROM ({reading.query})) "
        f"WHERE v IN ({listed}) GROUP BY v"
    )
    try:
        return dict(connection.execute(query).fetchall())
    except duckdb.Error as error:
        reason = engine.reason(error)
        raise Unreadable(Text("file_not_stored", file=filename, reason=reason)) from None


def _as_text(column: str, kind: ColumnType) -> str:
    """The other values of the column as text: 1.0 is the arm "1", as the check reads it."""
    name = quoted(column)
    if kind is not ColumnType.NUMBER:
        return f"CAST({name} AS VARCHAR)"
    is_whole = f"{name} = trunc({name}) AND abs({name}) < {_EXACT}"
    return (
        f"CASE WHEN {is_whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({name} AS VARCHAR) END"
    )


def _notes(column: str, here: Mapping[str, str], rows: Mapping[str, int]) -> list[Text]:
    """What each value became; and where an arm is made of several, that it is."""
    notes = [
        Text("note_arm_read", column=column, value=written, arm=arm, n=rows[written])
        for written, arm in here.items()
    ]
    for arm in dict.fromkeys(here.values()):
        joined = [written for written, other in here.items() if other == arm]
        if arm in rows and arm not in here:
            joined.insert(0, arm)
        if len(joined) > 1:
            listed = ", ".join(f"“{each}”" for each in joined)
            notes.append(Text("note_arms_joined", column=column, arm=arm, value=listed))
    return notes
