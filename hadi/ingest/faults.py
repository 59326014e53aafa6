"""Which cell stands in the way: asked only when the sums say that one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.engine import parquet, quoted
from hadi.ingest.measures import Measure, Use, as_number

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


# The files of a table: where each is, what the person calls it, its columns' types.
Parts: TypeAlias = "tuple[tuple[Path, str, Mapping[str, str]], ...]"


def fault(connection: DuckDBPyConnection, parts: Parts, measure: Measure) -> Unreadable:
    """The refusal that names the first bad cell of the metric."""
    for path, label, types in parts:
        place = Text("data_in_file", file=label) if len(parts) > 1 else Text("data_nowhere")
        written = as_number(types[measure.column]) or "VARCHAR"
        here = replace(measure, type=written, offset=0.0, cap=None, is_careful=True)
        found = _first(connection, path, here)
        if found is not None:
            return Unreadable(_sentence(here, *found, place))
    # No single cell: the sums themselves left the range of a float.
    return Unreadable(Text("data_overflow", metric=measure.metric.name, column=measure.column))


def nul_cell(column: str, row: int, place: Text) -> Unreadable:
    """The refusal of a cell with a NUL character."""
    return Unreadable(Text("data_nul", column=column, row=str(row), line=str(row + 1), place=place))


def nul_in(connection: DuckDBPyConnection, parts: Parts, column: str) -> Unreadable:
    """The refusal of the first cell with a NUL character in a column of text."""
    for path, label, _ in parts:
        row = connection.execute(
            f"SELECT n FROM (SELECT row_number() OVER () AS n, {quoted(column)} AS cell "
            f"FROM {parquet([path])}) WHERE contains(cell, chr(0)) ORDER BY n LIMIT 1"
        ).fetchone()
        if row is not None:
            place = Text("data_in_file", file=label) if len(parts) > 1 else Text("data_nowhere")
            return nul_cell(column, row[0], place)
    return Unreadable(Text("data_nul_arm", column=column))


def _first(
    connection: DuckDBPyConnection, path: Path, measure: Measure
) -> tuple[int, str, float | None] | None:
    """(row, cell, number) of the first bad cell; the number is None where there is none."""
    bad = ["isinf(x)"]
    if measure.is_text:
        bad.append("b")
    forbidden = measure.is_bad("x")
    if forbidden is not None:
        bad.append(f"({forbidden})")
    is_bad_text = measure.is_bad_text if measure.is_text else "false"
    row = connection.execute(
        f"SELECT n, left(cell, 60), x FROM (SELECT row_number() OVER () AS n, "
        f"CAST({quoted(measure.column)} AS VARCHAR) AS cell, {measure.number} AS x, "
        f"{is_bad_text} AS b FROM {parquet([path])}) WHERE {' OR '.join(bad)} ORDER BY n LIMIT 1"
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def _sentence(measure: Measure, row: int, cell: str, number: float | None, place: Text) -> Text:
    if "\0" in cell:
        return nul_cell(measure.column, row, place).text
    params: dict[str, str | Text] = {
        "metric": measure.metric.name,
        "column": measure.column,
        "row": str(row),
        "line": str(row + 1),
        "place": place,
    }
    if number is None:
        return Text("data_not_number", value=_shown(cell), **params)
    if number in (float("inf"), float("-inf")):
        return Text("data_infinite", **params)
    code = {Use.EVENTS: "data_not_events", Use.EXPOSURE: "data_not_exposure"}.get(
        measure.use, "data_not_conversion"
    )
    return Text(code, value=_shown(cell), **params)


def _shown(cell: str) -> str:
    """The cell on one line, without what a terminal would act on."""
    clean = "".join(c if c.isprintable() else " " for c in cell)
    return clean if len(cell) < 60 else f"{clean[:57]}..."
