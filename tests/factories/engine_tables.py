"""A Parquet file as a table of a team's own database: the same rows, wherever they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# DuckDB's types under PostgreSQL's names.
_POSTGRES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "TINYINT": "smallint",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}


def to_duckdb(parquet: Path, database: Path) -> Path:
    """A file of DuckDB with the rows as its table `rows`."""
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE rows AS SELECT * FROM '{parquet}'")
    return database


def to_postgres(parquet: Path, url: str) -> None:
    """The rows as the table `rows` of a PostgreSQL."""
    import duckdb
    import psycopg

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        types = connection.execute(f"DESCRIBE SELECT * FROM '{parquet}'").fetchall()
        rows = connection.execute(f"SELECT * FROM '{parquet}'").fetchall()
    columns = ", ".join(f'"{name}" {_POSTGRES.get(type_, type_)}' for name, type_, *_ in types)
    with psycopg.connect(url, autocommit=True) as connected:
        connected.execute("DROP TABLE IF EXISTS rows")
        connected.execute(f"CREATE TABLE rows ({columns})")  # type: ignore[call-overload]
        with connected.cursor().copy("COPY rows FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def to_spark(parquet: Path, backend: Any) -> None:
    """The rows as the view `rows` of an open Spark session."""
    session = backend._session
    session.read.parquet(str(parquet)).createOrReplaceTempView("rows")
