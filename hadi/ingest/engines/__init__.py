"""The team's own databases as data: opened to read only, asked for sums, never for their rows.

Everything here is bounded: what may be asked (one SELECT), how long it may take, what it may cost
and how many rows may come back. Nothing of a driver gets out: what goes wrong is one sentence,
without a password in it. Ibis and the drivers are loaded when a database is opened, since most of
those who check a file have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text

if TYPE_CHECKING:
    from hadi.ingest.engines.answers import EngineSource
    from hadi.ingest.engines.backend import Backend, Relation

__all__ = [
    "KINDS",
    "Backend",
    "Checked",
    "EngineSource",
    "Limits",
    "Relation",
    "check",
    "columns",
    "missing_driver",
    "open",
    "preview",
    "relation",
    "source",
    "tables",
]

KINDS = ("postgresql", "mysql", "duckdb", "parquet", "spark")
# What is not installed with HADI itself: the driver of a kind, and the extra that brings it.
_EXTRAS = {"mysql": ("PyMySQL", "hadi[mysql]")}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visit to a database may take: `seconds` from opening to closing, `rows` that come
    back of one query, and the planner's own estimate of `cost` (PostgreSQL's units; the rows that
    MySQL reads; None: any)."""

    seconds: float = 60
    rows: int = 5_000_000
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a test of a connection found: the engine with its version, and the tables in reach."""

    engine: str
    tables: tuple[str, ...]


@contextmanager
def open(
    kind: str,
    settings: Mapping[str, Any],
    secret: str | None = None,
    *,
    limits: Limits | None = None,
) -> Iterator[Backend]:
    """A database, for as long as the block lasts and the limit allows.

    `settings` of postgresql: host, port, database, user, tls, schema; of mysql the same without a
    schema; of duckdb: the file's path; of parquet: the folder's path; of spark: host, port, user,
    tls, cluster. Raises Unreadable, also
    out of the block, where the database cannot be reached, says no, or takes too long.
    """
    from hadi.ingest.engines.opening import opened

    with opened(kind, settings, secret, limits or Limits()) as backend:
        yield backend


def missing_driver(kind: str) -> Text | None:
    """What has to be installed before such a database can be opened; None: nothing."""
    from importlib.util import find_spec

    driver, extra = _EXTRAS.get(kind, ("", ""))
    if not driver or find_spec(driver.lower()) is not None:
        return None
    return Text("engine_extra_missing", extra=extra, driver=driver)


def check(backend: Backend) -> Checked:
    """Ask for its version and its tables. Raises Unreadable."""
    return Checked(backend.version(), backend.tables())


def tables(backend: Backend) -> tuple[str, ...]:
    """The names of the tables and views in reach, as `relation` takes them. Raises Unreadable."""
    return backend.tables()


def relation(backend: Backend, *, table: str = "", query: str = "") -> Relation:
    """A table by its name, or what one SELECT gives. Raises Unreadable for a query that is not
    one, that writes, or that reads files."""
    if bool(table.strip()) == bool(query.strip()):
        raise Unreadable(Text("engine_table_or_query"))
    return backend.of_query(query) if query.strip() else backend.of_table(table.strip())


def columns(relation: Relation) -> list[dict[str, str]]:
    """Its columns: name and type (of `report.ColumnType`)."""
    return relation.columns()


def preview(relation: Relation, rows: int = 20) -> list[tuple[str | None, ...]]:
    """Some of its rows, as text. Raises Unreadable."""
    return relation.preview(rows)


def source(relation: Relation, *, digest: str = "") -> EngineSource:
    """The relation as a Source: its sums are computed where the rows are."""
    from hadi.ingest.engines.answers import EngineSource

    return EngineSource(relation, digest=digest)
