"""Looking into a data set: its first rows, and the arms of a column.

Rows are read from the Parquet by DuckDB a few at a time; no file is ever held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.engine import parquet, quoted
from hadi.models import Dataset
from hadi.services.dataset_records import paths_of

PREVIEW_ROWS = 8
CELL_CHARS = 60  # of a cell in the preview
MOST_ARMS = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as text; a blank cell is None. `figures` are the columns of numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    figures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ArmCounts:
    """The values of a column and how many rows have each, the most frequent first; `others`
    counts the different values beyond the first dozen, `blank` the rows without one."""

    counts: tuple[tuple[str, int], ...]
    others: int = 0
    blank: int = 0


def preview(dataset: Dataset, *, folder: Path, hidden: Set[str] = frozenset()) -> Preview:
    """The first rows of a file, without the columns that are `hidden`."""
    names = tuple(name for name in _columns(dataset) if name not in hidden)
    if not names:
        return Preview((), ())
    shown = ", ".join(f"left(CAST({quoted(n)} AS VARCHAR), {CELL_CHARS + 1})" for n in names)
    paths = _paths(dataset, folder)
    with engine.session(files=paths) as connection:
        query = f"SELECT {shown} FROM {parquet(paths)} LIMIT {PREVIEW_ROWS}"  # noqa: S608
        rows = connection.execute(query).fetchall()
    numbers = figures_in(dataset.report["columns"])
    return Preview(
        names,
        tuple(
            tuple(
                plain(cell) if cell and name in numbers else _shortened(cell)
                for name, cell in zip(names, row, strict=True)
            )
            for row in rows
        ),
        numbers,
    )


def figures_in(columns: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The columns that hold numbers."""
    return frozenset(c["name"] for c in columns if c["type"] in ("number", "integer"))


def plain(number: str) -> str:
    """A whole number without the ".0" that it is kept with."""
    return number.removesuffix(".0")


def arms_in(dataset: Dataset, column: str, *, folder: Path) -> ArmCounts:
    """What a column holds, as the arms of a test. Raises NotFound when there is no such column."""
    if column not in _columns(dataset):
        raise NotFound(Text("mapping_unknown", column=column[:80], columns=_listed(dataset)))
    paths = _paths(dataset, folder)
    # Arms are compared as the analysis reads them: as text, without outer blanks.
    value = f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"
    query = (
        f"SELECT left(v, 200), n, count(*) OVER () FROM (SELECT {value} AS v, count(*) AS n "  # noqa: S608
        f"FROM {parquet(paths)} GROUP BY v) ORDER BY v IS NOT NULL, n DESC, v "
        f"LIMIT {MOST_ARMS + 1}"
    )
    with engine.session(files=paths) as connection:
        rows = connection.execute(query).fetchall()
    blank = sum(n for name, n, _ in rows if name is None)
    named = [(name, n) for name, n, _ in rows if name is not None]
    different = (rows[0][2] if rows else 0) - (1 if blank else 0)
    shown = tuple(named[:MOST_ARMS])
    return ArmCounts(shown, different - len(shown), blank)


def _columns(dataset: Dataset) -> tuple[str, ...]:
    return tuple(column["name"] for column in dataset.report["columns"])


def _listed(dataset: Dataset) -> str:
    return ", ".join(_columns(dataset))


def _paths(dataset: Dataset, folder: Path) -> list[Path]:
    paths = paths_of(dataset, folder=folder)
    if not paths or not all(path.is_file() for path in paths):
        raise NotFound(Text("no_such_dataset"))
    return paths


def _shortened(cell: str | None) -> str | None:
    return cell if cell is None or len(cell) <= CELL_CHARS else cell[:CELL_CHARS] + "…"
