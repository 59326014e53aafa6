"""Databases for tests to connect: a folder of Parquet, a file of DuckDB, a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fixtures.mariadb import Server
    from tests.fixtures.postgres import Cluster

SECRET = "correct-horse-battery-7Q"
DATABASE = "hadi_warehouse"

# A row for each client: the arm, whether they bought (B a little more often), what they spent.
ROWS = (
    "SELECT 'c' || i AS client, CASE i % 2 WHEN 0 THEN 'A' ELSE 'B' END AS arm, "
    "CASE WHEN (i * 7919) % 100 < CASE i % 2 WHEN 0 THEN 20 ELSE 30 END THEN 1 ELSE 0 END "
    "AS bought, (i * 31 % 97) / 4.0 AS spent"
)


def rows(n: int = 4000) -> str:
    """SQL of the rows, for DuckDB."""
    return f"{ROWS} FROM range({n}) AS r(i)"


def parquet_folder(data_dir: Path, name: str = "shops", n: int = 4000) -> Path:
    """`<data>/sources/<name>` with one table, `sales`."""
    import duckdb

    folder = data_dir / "sources" / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "sales.parquet"
    duckdb.connect().execute(f"COPY ({rows(n)}) TO '{file}' (FORMAT parquet)")
    return folder


def duckdb_file(data_dir: Path, n: int = 4000) -> Path:
    """`<data>/sources/shops.duckdb` with the table `sales`."""
    import duckdb

    file = data_dir / "sources" / "shops.duckdb"
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE sales AS {rows(n)}")
    return file


def postgres_table(cluster: Cluster, n: int = 4000) -> dict[str, object]:
    """A database with the table `sales`; the settings of a connection to it."""
    import psycopg

    cluster.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    cluster.execute(f"CREATE DATABASE {DATABASE}")
    with psycopg.connect(cluster.url(DATABASE), autocommit=True) as connection:
        table = f"CREATE TABLE sales AS {ROWS} FROM generate_series(0, {n - 1}) AS r(i)"
        connection.execute(table)  # type: ignore[call-overload]
    return {"host": str(cluster.folder), "port": 5432, "database": DATABASE, "user": "hadi"}


def mysql_table(server: Server, n: int = 4000) -> dict[str, object]:
    """The table `sales` of a MariaDB; the settings of a connection to it."""
    made = ROWS.replace("'c' || i", "CONCAT('c', i)")
    server.execute(
        "DROP TABLE IF EXISTS sales",
        f"CREATE TABLE sales AS {made} FROM (SELECT seq AS i FROM seq_0_to_{n - 1}) AS r",
    )
    return server.settings()
