"""Which stores the arms of a table lie in: the labels alone, so that what went on in a store can be
asked of each arm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.engine import quoted

MOST = 20_000  # pairs of an arm and a store; with more, the column is not one of stores


def places_of_arms(paths: Sequence[Path], *, variant: str, place: str) -> dict[str, list[str]]:
    """The labels of `place` in each value of `variant`, in their order; none where there are too
    many to be stores. Raises Unreadable."""
    import duckdb

    arm, label = (f"trim(CAST({quoted(column)} AS VARCHAR))" for column in (variant, place))
    query = (
        f"SELECT DISTINCT {arm} AS arm, {label} AS label FROM {engine.parquet(paths)} "
        f"WHERE {arm} <> '' AND {label} <> '' ORDER BY ALL LIMIT {MOST + 1}"
    )
    with engine.session(files=paths) as connection:
        try:
            rows = connection.execute(query).fetchall()
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error
    if len(rows) > MOST:
        return {}
    found: dict[str, list[str]] = {}
    for name, store in rows:
        found.setdefault(name, []).append(store)
    return found
