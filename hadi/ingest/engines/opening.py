"""Opening a database under the clock: which kind is made how, and that it is always closed."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.engines import Limits, missing_driver
from hadi.ingest.engines.backend import Backend
from hadi.ingest.engines.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT = 6  # characters: a secret that may stand in a word by chance, which is not to be cut


@contextmanager
def opened(
    kind: str, settings: Mapping[str, Any], secret: str | None, limits: Limits
) -> Iterator[Backend]:
    """See `engines.open`."""
    make = maker(kind)
    with Watchdog(limits.seconds) as watchdog:
        backend = make(settings, secret, limits, watchdog)
        try:
            yield backend
        finally:
            with suppress(Exception):  # there may be nobody left to say goodbye to
                backend.close()


def maker(kind: str) -> Callable[[Mapping[str, Any], str | None, Limits, Watchdog], Backend]:
    """What makes such a backend, with the driver loaded: that is no time of the database's.
    Raises Unreadable where the driver is not installed."""
    if missing := missing_driver(kind):
        raise Unreadable(missing)
    match kind:
        case "postgresql":
            import ibis.backends.postgres

            from hadi.ingest.engines.postgresql import PostgreSQL

            return PostgreSQL
        case "mysql":
            import ibis.backends.sql.compilers.mysql
            import pymysql  # noqa: F401

            from hadi.ingest.engines.mysql import MySQL

            return MySQL
        case "duckdb":
            from hadi.ingest.engines.duckdb import DuckDBFile

            return DuckDBFile
        case "parquet":
            from hadi.ingest.engines.duckdb import ParquetFolder

            return ParquetFolder
        case "spark":
            with warnings.catch_warnings(), _a_main_with_a_file():
                warnings.simplefilter("ignore")  # about its own dependencies' versions
                import ibis.backends.pyspark  # noqa: F401
                import pyspark.sql.connect.session  # noqa: F401

            from hadi.ingest.engines.spark import Spark

            return Spark
        case _:
            raise Unreadable(Text("engine_kind_unknown", kind=kind[:40]))


@contextmanager
def _a_main_with_a_file() -> Iterator[None]:
    """Spark's client takes a process whose main module has no file (`python -c`, a test's worker)
    for a run of its own documentation's tests, and ends it."""
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = "-c"
    try:
        yield
    finally:
        del main.__file__


def reason(error: Exception, secret: str | None) -> str:
    """The first line of a driver's message for a person; a secret in it (none should be) is
    blotted out."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    if secret and len(secret) < _SHORT:
        said = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", said)
    elif secret:
        said = said.replace(secret, "…")
    clean = "".join(c if c.isprintable() else " " for c in said)
    return clean if len(clean) <= 200 else f"{clean[:197]}..."
