"""DuckDB: a file of its own, or a folder of Parquet files, in the session that sees nothing else.

A folder's tables are its Parquet files, and its subfolders with such files in them, each one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.engines import Limits
from hadi.ingest.engines.backend import Backend, OutOfRange
from hadi.ingest.engines.watchdog import Watchdog

if TYPE_CHECKING:
    import ibis.expr.schema as sch
    import ibis.expr.types as ir
    from numpy.typing import NDArray

_MOST_FILES = 10_000


class _DuckDB(Backend):
    """A session of DuckDB."""

    def __init__(self, limits: Limits, watchdog: Watchdog) -> None:
        super().__init__(limits, watchdog)
        self._closing = ExitStack()
        self._connection: Any = None

    def _start(self, **session: Any) -> None:
        import duckdb
        from ibis.backends.duckdb import Backend as Compiler

        try:
            self._connection = self._closing.enter_context(
                engine.session(timezone="UTC", **session)
            )
        except duckdb.Error as error:
            raise self._refusal(error) from None
        self.ibis = Compiler()
        self.ibis.con = self._connection
        self.watchdog.cancel = self._connection.interrupt
        self.watchdog.cut = self._connection.interrupt

    def version(self) -> str:
        import duckdb

        return f"DuckDB {duckdb.__version__}"

    def close(self) -> None:
        self._closing.close()

    def has_nul(self, text: ir.Value) -> ir.Value:
        from hadi.ingest.engines import functions

        return functions.contains(text, functions.character(0))

    def stripped(self, text: ir.Value, characters: str) -> ir.Value:
        from hadi.ingest.engines import functions

        return functions.trim(text, characters)

    def is_nan(self, x: ir.Value) -> ir.Value:
        # Not `isnan`, as in `cells.is_nan`: a Parquet file's statistics leave NaN out.
        from hadi.ingest.engines import functions

        return ~functions.isfinite(x) & ~x.isinf()

    def in_utc(self, instant: ir.Value) -> ir.Value:
        from hadi.ingest.engines import functions

        return functions.timezone("UTC", instant)

    def _schema(self, sql: str) -> tuple[sch.Schema, str]:
        import ibis

        mapper = self.ibis.compiler.type_mapper
        described = self._connection.execute(f"DESCRIBE {sql}").fetchall()
        types, shown, is_cast = {}, [], False
        for name, written, *_ in described:
            is_enum = written.startswith("ENUM")
            is_cast |= is_enum
            cell = engine.quoted(name)
            shown.append(f"CAST({cell} AS VARCHAR) AS {cell}" if is_enum else cell)
            types[name] = mapper.from_string("VARCHAR" if is_enum else written, nullable=True)
        if is_cast:
            sql = f"SELECT {', '.join(shown)} FROM ({sql}) AS q"
        return ibis.schema(types), sql

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        return found

    def _run_columns(self, sql: str) -> dict[str, NDArray[Any]]:
        import numpy as np

        found = self._connection.execute(sql).fetchnumpy()
        return {
            name: np.ma.filled(values, np.nan) if values.dtype.kind == "f" else np.asarray(values)
            for name, values in found.items()
        }

    def _refusal(self, error: Exception) -> Exception:
        import duckdb

        if isinstance(error, duckdb.InterruptException):
            return self.watchdog.refusal()
        if isinstance(error, duckdb.OutOfRangeException):
            return OutOfRange()
        if isinstance(error, duckdb.IOException) and "lock" in str(error):
            return Unreadable(Text("engine_file_in_use"))
        if isinstance(error, duckdb.IOException) and "valid DuckDB" in str(error):
            return Unreadable(Text("engine_no_duckdb"))
        return Unreadable(Text("engine_query_failed", reason=engine.reason(error)[:200]))


class DuckDBFile(_DuckDB):
    """A file of DuckDB."""

    kind = "duckdb"

    def __init__(
        self,
        settings: Mapping[str, Any],
        secret: str | None,
        limits: Limits,
        watchdog: Watchdog,
    ) -> None:
        super().__init__(limits, watchdog)
        path = Path(str(settings.get("path") or ""))
        if not path.is_file():
            raise Unreadable(Text("engine_no_file", path=path.name))
        self._start(database=path.resolve())

    def tables(self) -> tuple[str, ...]:
        found = self._guarded(
            self._run,
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') "
            "AND table_catalog = current_database() ORDER BY ALL LIMIT 2000",
        )
        return tuple(
            name if schema == "main" and "." not in name else f"{schema}.{name}"
            for schema, name in found
        )


class ParquetFolder(_DuckDB):
    """A folder of Parquet files."""

    kind = "parquet"

    def __init__(
        self,
        settings: Mapping[str, Any],
        secret: str | None,
        limits: Limits,
        watchdog: Watchdog,
    ) -> None:
        super().__init__(limits, watchdog)
        folder = Path(str(settings.get("path") or ""))
        if not folder.is_dir():
            raise Unreadable(Text("engine_no_folder", path=folder.name))
        self._tables = _tables_in(folder.resolve())
        files = [path for paths in self._tables.values() for path in paths]
        self._start(files=files)
        for name, paths in self._tables.items():
            self._guarded(
                self._connection.execute,
                f"CREATE VIEW {engine.quoted(name)} AS SELECT * FROM {engine.parquet(paths)}",
            )

    def tables(self) -> tuple[str, ...]:
        return tuple(self._tables)

    def _unqualified(self, known: Iterable[str]) -> list[str]:
        return list(known)  # a dot in a file's name is no schema


def _tables_in(folder: Path) -> dict[str, list[Path]]:
    """The tables of a folder and their files; what a link leads to outside it is left out."""
    tables: dict[str, list[Path]] = {}
    for place in sorted(folder.iterdir()):
        if place.name.startswith((".", "_")):
            continue
        files = sorted(place.rglob("*.parquet")) if place.is_dir() else [place]
        inside = [
            path
            for path in files
            if path.suffix.lower() == ".parquet"
            and path.is_file()
            and path.resolve().is_relative_to(folder)
        ]
        name = place.name if place.is_dir() else place.stem
        if inside and name not in tables:
            tables[name] = inside
        if sum(map(len, tables.values())) > _MOST_FILES:
            raise Unreadable(Text("engine_many_files", n=_MOST_FILES))
    return tables
