"""Data from a file or a database to a verdict, as ratios to the bare engine doing the same reads.

    python -m tests.benchmarks.data_bench [--csv-mb 1024] [--rows 100000000] [--repeats 3]

A CSV and a Parquet file are attached and analysed, whole processes with their peak memory; a week
is added to data of one week and of many; a table in PostgreSQL is summed there, or fetched into
pandas. What is generated lies in a temporary folder and is removed. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.check_bench import measure, show, show_analysis
from tests.benchmarks.data_contestants import on_file, on_server

if TYPE_CHECKING:
    from tests.factories.hypotheses import World

BYTES_PER_ROW = 30  # of the CSV, about: it is rather larger than asked
WEEKS = (5, 20, 40)  # of history, before one more week is added
ROWS_OF_A_WEEK = 500_000  # five of them are so many that their quality is the worker's affair


def facts(rows: int) -> str:
    """Two arms and a few measures, without order and cheap to make."""
    return (
        "SELECT CASE WHEN random() < 0.5 THEN 'A' ELSE 'B' END AS variant, i AS client, "
        "(random() < 0.1)::INTEGER AS bought, round(random() * 300, 2) AS revenue, "
        "(random() * 5)::INTEGER + 1 AS visits, DATE '2026-01-01' + (i % 28)::INTEGER AS day "
        f"FROM range({rows}) t(i)"
    )


def generate(path: Path, rows: int) -> None:
    import duckdb

    form = "csv" if path.suffix == ".csv" else "parquet"
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(f"COPY ({facts(rows)}) TO '{path}' (FORMAT {form})")


def bench_files(folder: Path, csv_mb: int, rows: int, repeats: int) -> None:
    """Attach and analyse, of each a process at a time; the file is removed before the next."""
    files = {
        "facts.csv": csv_mb * 1024 * 1024 // BYTES_PER_ROW,
        "facts.parquet": rows,
    }
    for name, count in files.items():
        path = folder / name
        generate(path, count)
        size = path.stat().st_size / 1024**2
        print(f"\nattach and analyse {name}: {count:,} rows, {size:,.0f} MB, whole process")
        found = measure(on_file(path, folder, repeats), repeats)
        show(found)
        show_analysis(found)
        path.unlink()


def bench_increments(folder: Path, repeats: int) -> None:
    """Attach one more week to data of few and of many weeks, by the services."""
    from hadi.app import create_app
    from hadi.config import Settings
    from hadi.db import migrate_to_head
    from hadi.services import workspace
    from tests.factories.hypotheses import World

    # Not `testing`: what belongs to the worker (a large table's quality) is left to it.
    app = create_app(Settings(data_dir=folder, secret_key="bench" * 10))
    migrate_to_head(app)
    took: dict[int, float] = {}
    with app.app_context():
        workspace.ensure()
        world = World(app)
        for weeks in WEEKS:
            took[weeks] = _week_after(world, folder, weeks, repeats)
    print(f"\nadd a week of {ROWS_OF_A_WEEK:,} rows, one process")
    print(f"{'weeks before':<34}{'x':>7}{'median s':>10}")
    for weeks, seconds in took.items():
        print(f"{weeks:<34}{seconds / took[WEEKS[0]]:>7.2f}{seconds:>10.2f}")


def _week_after(world: World, folder: Path, weeks: int, repeats: int) -> float:
    """Seconds to stage and attach a week, after so many others."""
    hypothesis = world.running(f"a test of {weeks} weeks", unit="client")
    source = folder / "week.csv"
    taken: list[float] = []
    for week in range(weeks + repeats):
        _write_week(source, weeks, week)
        begun = time.perf_counter()
        _attach(world, hypothesis.id, source, folder / "datasets", is_first=week == 0)
        if week >= weeks:
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _write_week(path: Path, run: int, week: int) -> None:
    import duckdb

    rows = ROWS_OF_A_WEEK
    first = (run * 1000 + week) * rows
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT CASE WHEN i % 2 = 0 THEN 'A' ELSE 'B' END AS arm, {first} + i AS client,"
            f" (i % 10 < 2)::INTEGER AS bought, DATE '2026-01-05' + {week * 7} + (i % 7)::INTEGER "
            f"AS day FROM range({rows}) t(i)) TO '{path}' (FORMAT csv)"
        )


def _attach(world: World, hypothesis: str, source: Path, folder: Path, *, is_first: bool) -> None:
    from hadi.ingest.limits import LOCAL
    from hadi.models.dataset import Relation
    from hadi.services import datasets

    with source.open("rb") as file:
        staged = datasets.stage(
            hypothesis, file=file, filename=source.name, folder=folder, limits=LOCAL,
            by=world.actor("analyst"), now=world.later(minutes=1),
        )  # fmt: skip
    mapping = {name: name for name in ("arm", "client", "bought")}
    relation = Relation.WHOLE if is_first else Relation.INCREMENT
    datasets.attach(
        staged.id, mapping=mapping, relation=relation, folder=folder,
        by=world.actor("analyst"), now=world.later(minutes=1),
    )  # fmt: skip


def bench_server(folder: Path, rows: int, repeats: int) -> None:
    """The sums of a table in a PostgreSQL of the tests: computed there, or from fetched rows."""
    from tests.fixtures import postgres

    try:
        cluster = postgres.start()
    except postgres.PostgresMissing as missing:
        print(f"\nPostgreSQL: {missing}")
        return
    try:
        cluster.execute("CREATE DATABASE bench")
        address = cluster.url("bench")
        _fill(address, rows)
        settings: dict[str, Any] = {
            "host": str(cluster.folder), "database": "bench", "user": postgres.USER,
        }  # fmt: skip
        print(f"\nsums of {rows:,} rows in PostgreSQL, whole process")
        found = measure(on_server(address, json.dumps(settings), repeats), repeats)
        show(found)
        show_analysis(found)
    finally:
        cluster.stop()


def _fill(address: str, rows: int) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(
            "CREATE TABLE facts AS SELECT "
            "CASE WHEN random() < 0.5 THEN 'A' ELSE 'B' END AS variant, "
            "i AS client, (random() < 0.1)::INTEGER AS bought, "
            "round((random() * 300)::NUMERIC, 2)::DOUBLE PRECISION AS revenue, "
            f"(random() * 5)::INTEGER + 1 AS visits FROM generate_series(1, {rows:d}) i"
        )
        connection.execute("ANALYZE facts")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv-mb", type=int, default=1024)
    parser.add_argument("--rows", type=int, default=100_000_000, help="of the Parquet file")
    parser.add_argument("--server-rows", type=int, default=5_000_000, help="in PostgreSQL")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hadi-bench-") as name:
        bench_files(Path(name), given.csv_mb, given.rows, given.repeats)
    with tempfile.TemporaryDirectory(prefix="hadi-bench-") as name:
        bench_increments(Path(name), given.repeats)
        bench_server(Path(name), given.server_rows, given.repeats)


if __name__ == "__main__":
    main()
