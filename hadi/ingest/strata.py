"""What sorts the sites of a long table: the region or format that stands beside each of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import engine, keys
from hadi.ingest.engine import parquet, quoted
from hadi.ingest.frame import column_types


def strata_of(paths: Sequence[Path], *, site: str, stratum: str) -> dict[str, str]:
    """The stratum of each site: the one that most of its rows name; a blank one is empty. Raises
    Unreadable where a column is not there."""
    import duckdb

    with engine.session(files=paths) as connection:
        try:
            table = parquet(paths)
            types = column_types(connection, table)
            if site not in types or stratum not in types:
                return {}
            named = keys.name(site, types[site])
            found = connection.execute(
                f"SELECT s, coalesce(mode(g), '') FROM (SELECT {named} AS s, "
                f"CAST({quoted(stratum)} AS VARCHAR) AS g FROM {table}) "
                "WHERE s IS NOT NULL GROUP BY s ORDER BY s"
            ).fetchall()
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error
    return {str(name): str(group) for name, group in found}
