"""Data sets as tables: the list of all that were attached, and the rows of one.

Rows are read from the Parquet by DuckDB a block at a time, so that a data set of any size can be
handed out. Columns tagged as money, margin or personal go only to whoever may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain.errors import Invalid, NotFound
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import ColumnTag, hidden
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.engine import parquet, quoted
from hadi.models import Dataset, DatasetPart, Hypothesis, Test
from hadi.models.dataset import DatasetKind
from hadi.services import dataset_list, hypotheses
from hadi.services.dataset_list import DatasetFilters
from hadi.services.table_columns import Listed, listed, notes_on, suffix
from hadi.services.table_files import Cell, Head, Kind, Table

BLOCK = 500
CHUNK_ROWS = 20_000
STEM_CHARS = 60
_KINDS = {
    "integer": Kind.WHOLE,
    "number": Kind.NUMBER,
    "boolean": Kind.FLAG,
    "date": Kind.DAY,
    "time": Kind.CLOCK,
}
_READ: dict[Kind, Callable[[str], Cell]] = {
    Kind.WHOLE: int,
    Kind.NUMBER: float,
    Kind.FLAG: lambda cell: cell == "true",
    Kind.DAY: date.fromisoformat,
    Kind.CLOCK: datetime.fromisoformat,
}

COLUMNS = (
    Listed("id"),
    Listed("key"),
    Listed("test", Kind.WHOLE),
    Listed("version", Kind.WHOLE),
    Listed("name"),
    Listed("kind"),
    Listed("role"),
    Listed("relation"),
    Listed("reason"),
    Listed("rows", Kind.WHOLE),
    Listed("parts", Kind.WHOLE),
    Listed("quality"),
    Listed("digest"),
    Listed("author"),
    Listed("author_email", tag=ColumnTag.PERSONAL),
    Listed("uploaded", Kind.MOMENT),
    Listed("attached", Kind.MOMENT),
    Listed("deleted", Kind.MOMENT),
)
EVERYTHING = DatasetFilters()


def table(*, filters: DatasetFilters = EVERYTHING, by: Actor) -> Table:
    """Every attached data set that the filters find, newest first. Raises NotAllowed."""
    require(by, Permission.VIEW)
    size = dataset_list.size(filters)
    return listed("datasets", COLUMNS, _rows(filters), prefix="dataset_export", size=size, by=by)


def rows(dataset_id: str, *, folder: Path, by: Actor) -> Table:
    """The rows of a data set, or its typed counts. Raises NotFound, NotAllowed, and Invalid where
    HADI has not got the rows."""
    require(by, Permission.VIEW)
    dataset = db.session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFound(Text("no_such_dataset"))
    hypothesis = db.session.get_one(Test, dataset.test_id).hypothesis
    stake = hypotheses.stake(hypothesis)
    if not dataset.is_attached:
        require(by, Permission.ATTACH_DATA, stake)
    stem = f"{hypothesis.key}-v{dataset.version or 0}-{_plain(dataset.filename)}"
    if dataset.kind is DatasetKind.COUNTS:
        return _counts(dataset, stem)
    if not dataset.has_content:
        raise Invalid(Text("export_rows_deleted"))
    if dataset.kind is DatasetKind.QUERY:
        raise Invalid(Text("export_rows_elsewhere"))
    return _file(dataset, stem, hidden(dataset.tags, by, stake), folder)


def typed(
    names: Sequence[str], rows: Iterable[Sequence[str | None]], dataset: Dataset
) -> tuple[tuple[Head, ...], Iterator[tuple[Cell, ...]]]:
    """Rows of a data set that were read as texts, with the types that its columns have."""
    told = {column["name"]: column["type"] for column in dataset.report["columns"]}
    heads = tuple(Head(name, name, _KINDS.get(told.get(name, ""), Kind.TEXT)) for name in names)
    kinds = [head.kind for head in heads]
    return heads, (tuple(map(_read, row, kinds)) for row in rows)


def _read(cell: str | None, kind: Kind) -> Cell:
    if cell is None or kind not in _READ:
        return cell
    try:
        return _READ[kind](cell)
    except ValueError:  # such as the days before and after all others, which Python has not
        return cell


def _rows(filters: DatasetFilters) -> Iterator[tuple[Cell, ...]]:
    parts = (
        select(func.count())
        .where(DatasetPart.dataset_id == Dataset.id)
        .correlate(Dataset)
        .scalar_subquery()
    )
    wanted = select(Dataset, Hypothesis.number, Test.number, parts)
    query = dataset_list.found(wanted, filters)
    found = db.session.execute(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        for dataset, number, test, count in block:
            yield _row(dataset, f"H-{number}", test, count)


def _row(dataset: Dataset, key: str, test: int, parts: int) -> tuple[Cell, ...]:
    return (
        dataset.id,
        key,
        test,
        dataset.version,
        dataset.filename,
        dataset.kind.value,
        dataset.role.value,
        dataset.relation.value,
        dataset.reason,
        dataset.rows,
        parts,
        (dataset.quality or {}).get("level"),
        dataset.digest,
        dataset.author.name,
        dataset.author.email,
        dataset.created_at,
        dataset.attached_at,
        dataset.deleted_at,
    )


def _counts(dataset: Dataset, stem: str) -> Table:
    counts = dataset.counts or []
    names = list(dict.fromkeys(name for row in counts for name in row))
    heads = tuple(Head(name, name, _counted_kind(name)) for name in names)
    written = [tuple(row.get(name) for name in names) for row in counts]
    return Table(stem, heads, written, size=len(written))


def _counted_kind(name: str) -> Kind:
    return Kind.TEXT if name == "arm" else Kind.NUMBER


def _file(dataset: Dataset, stem: str, left_out: frozenset[str], folder: Path) -> Table:
    paths = [folder / f"{part.digest}.parquet" for part in dataset.parts]
    if not paths or not all(path.is_file() for path in paths):
        raise NotFound(Text("no_such_dataset"))
    columns = [column for column in dataset.report["columns"] if column["name"] not in left_out]
    if not columns:
        raise Invalid(Text("export_nothing_left"))
    heads = tuple(Head(c["name"], c["name"], _KINDS.get(c["type"], Kind.TEXT)) for c in columns)
    wanted = ", ".join(quoted(column["name"]) for column in columns)
    query = f"SELECT {wanted} FROM {parquet(paths)}"  # noqa: S608
    return Table(
        stem, heads, _fetched(query, paths), notes_on(dataset.tags, left_out),
        suffix(dataset.tags, left_out), dataset.rows, lambda: _batches(query, paths),
    )  # fmt: skip


def _fetched(query: str, paths: list[Path]) -> Iterator[tuple[Cell, ...]]:
    with engine.session(files=paths) as connection:
        found = connection.execute(query)
        while block := found.fetchmany(CHUNK_ROWS):
            yield from block


def _batches(query: str, paths: list[Path]) -> Iterator[Any]:
    """The rows in columns, as Parquet takes them: at least one block, so that an empty data set
    has its columns too."""
    import pyarrow as pa

    with engine.session(files=paths) as connection:
        reader: Any = connection.sql(query).to_arrow_reader(CHUNK_ROWS * 10)
        is_empty = True
        for batch in reader:
            is_empty = False
            yield batch
        if is_empty:
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)


def _plain(filename: str) -> str:
    """The name of the file without its ending, of signs that every system takes."""
    stem = PurePath(filename.replace("\\", "/")).stem
    kept = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in stem)
    return kept.strip("_")[:STEM_CHARS] or "counts"
