"""A Parquet file as a table of a team's own database: the same rows, wherever they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fixtures.mariadb import Server

# DuckDB's types under PostgreSQL's names.
_POSTGRES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "TINYINT": "smallint",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}

# And under MySQL's, which has no BOOLEAN of its own.
_MYSQL = {
    "VARCHAR": "varchar(250)",
    "BOOLEAN": "tinyint(1)",
    "TIMESTAMP WITH TIME ZONE": "timestamp(6) NULL",
    "TIMESTAMP": "datetime(6)",
}


def to_duckdb(parquet: Path, database: Path) -> Path:
    """A file of DuckDB with the rows as its table `rows`."""
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE rows AS SELECT * FROM '{parquet}'")
    return database


def to_postgres(parquet: Path, url: str) -> None:
    """The rows as the table rows of a PostgreSQL."""
    import psycopg

    types, rows = _read(parquet)
    columns = ", ".join(f'"{name}" {_POSTGRES.get(type_, type_)}' for name, type_ in types)
    with psycopg.connect(url, autocommit=True) as connected:
        connected.execute("DROP TABLE IF EXISTS rows")
        connected.execute(f"CREATE TABLE rows ({columns})")  # type: ignore[call-overload]
        with connected.cursor().copy("COPY rows FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def to_mysql(parquet: Path, server: Server) -> None:
    """The rows as the table `rows` of a MariaDB, as a shop would keep them: letters of any case
    and blanks at the end are equal there. It has no NaN."""
    types, rows = _read(parquet)
    columns = ", ".join(f"`{name}` {_MYSQL.get(type_, type_)}" for name, type_ in types)
    kept = [[None if cell != cell else cell for cell in row] for row in rows]
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'")
        cursor.execute("DROP TABLE IF EXISTS `rows`")
        cursor.execute(f"CREATE TABLE `rows` ({columns})")
        places = ", ".join(["%s"] * len(types))
        cursor.executemany(f"INSERT INTO `rows` VALUES ({places})", kept)


def _read(parquet: Path) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    """Name and type of each column, and the rows."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        types = connection.execute(f"DESCRIBE SELECT * FROM '{parquet}'").fetchall()
        rows = connection.execute(f"SELECT * FROM '{parquet}'").fetchall()
    return [(name, type_) for name, type_, *_ in types], rows


def to_spark(parquet: Path, backend: Any) -> None:
    """The rows as the view `rows` of an open Spark session."""
    session = backend._session
    session.read.parquet(str(parquet)).createOrReplaceTempView("rows")
