"""A database that hangs, dies, costs too much or is asked to write: one sentence, within the time,
and nothing left behind."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest import engines
from hadi.ingest.engines import Limits
from hadi.ingest.engines.opening import maker, reason
from tests.factories.engine_tables import to_duckdb, to_postgres, to_spark
from tests.factories.tables import plan, table
from tests.integration.test_engines import address_of

SECRET = "correct-horse-battery-staple"
SLOW = "SELECT count(*) AS n FROM generate_series(1, 100000) a, generate_series(1, 1000000) b"


@pytest.fixture(scope="module", autouse=True)
def drivers_are_loaded() -> None:
    """Loading them takes seconds on a busy machine: no time of a database's."""
    for kind in engines.KINDS:
        maker(kind)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No thread of ours outlives a visit."""
    before = {thread.name for thread in threading.enumerate()}
    yield
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        left = {thread.name for thread in threading.enumerate()} - before
        if not left:
            return
        time.sleep(0.05)
    pytest.fail(f"threads left: {left}")


class Server:
    """Listens on a port of its own and does with each connection what it is told."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _run(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._serve(connection)

    def stop(self) -> None:
        for one in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(timeout=5)


@contextlib.contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    server = Server(serve)
    try:
        yield server.port
    finally:
        server.stop()


def says_nothing(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def proxy(folder: str, still_passes: threading.Event) -> Callable[[socket.socket], None]:
    """Passes on what is said to a PostgreSQL's socket and back, until it shall not."""

    def serve(client: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(f"{folder}/.s.PGSQL.5432")

            def back() -> None:
                with contextlib.suppress(OSError):
                    while data := server.recv(65536):
                        if still_passes.is_set():
                            client.sendall(data)

            answering = threading.Thread(target=back, daemon=True)
            answering.start()
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)
            answering.join(timeout=5)

    return serve


def visit(
    kind: str,
    settings: dict[str, Any],
    *,
    seconds: float = 1.0,
    query: str = "",
    secret: str | None = SECRET,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Open, look round (or ask the query), and once more after what happens meanwhile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limits = Limits(seconds=seconds)
        with engines.open(kind, settings, secret, limits=limits) as backend:
            if query:
                engines.preview(engines.relation(backend, query=query))
            else:
                engines.check(backend)
            if meanwhile is not None:
                meanwhile()
                engines.check(backend)


@pytest.mark.parametrize("kind", ["postgresql", "spark"])
def test_a_server_that_says_nothing_is_left_in_time(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(says_nothing) as port:
        settings = {"host": "127.0.0.1", "port": port, "database": "d", "user": "u"}
        began = time.monotonic()
        with pytest.raises(Unreadable) as refusal:
            visit(kind, settings)
        assert time.monotonic() - began < 6
    assert refusal.value.text.code in ("engine_too_slow", "engine_unreachable", "engine_silent")
    assert SECRET not in str(refusal.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("kind", ["postgresql", "spark"])
def test_a_server_that_is_not_there_is_one_sentence(kind: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreadable) as refusal:
        visit(kind, {"host": "127.0.0.1", "port": port, "database": "d", "user": "u"}, seconds=5)
    expected = {"postgresql": "engine_refused", "spark": "engine_unreachable"}
    assert refusal.value.text.code == expected[kind]
    assert SECRET not in str(refusal.value)


def test_a_server_that_never_answers_is_said_to_be_silent() -> None:
    with serving(says_nothing) as port:
        address = {"host": "127.0.0.1", "port": port, "database": "d", "user": "u"}
        with pytest.raises(Unreadable) as refusal:
            visit("postgresql", address, seconds=3.5)
    assert refusal.value.text.code == "engine_silent"
    assert refusal.value.text.params == {"address": f"127.0.0.1:{port}", "n": 3}


def test_a_short_secret_cuts_no_word() -> None:
    said = reason(Exception("connection expired for user p, port 5432"), "p")
    assert said == "connection expired for user …, port 5432"
    assert reason(Exception(f"wrong:x{SECRET}x"), SECRET) == "wrong:x…x"


@pytest.mark.postgres
def test_a_slow_query_is_cancelled_in_the_server_too(postgres_url: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        visit("postgresql", address_of(postgres_url), seconds=1, query=SLOW)
    assert refusal.value.text.code == "engine_too_slow"
    with psycopg.connect(postgres_url) as connection:
        running = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hadi'"
        deadline = time.monotonic() + 5
        while connection.execute(running).fetchone() != (0,):
            assert time.monotonic() < deadline
            connection.rollback()
            time.sleep(0.05)


def test_a_slow_query_of_a_folder_is_interrupted(tmp_path: Path) -> None:
    table(tmp_path / "rows.parquet", {"x": "DOUBLE"}, [(float(i),) for i in range(1000)])
    slow = "SELECT sum(a.x * b.x * c.x * d.x) AS s FROM rows a, rows b, rows c, rows d"
    began = time.monotonic()
    with pytest.raises(Unreadable) as refusal:
        visit("parquet", {"path": str(tmp_path)}, seconds=1, query=slow)
    assert refusal.value.text.code == "engine_too_slow"
    assert time.monotonic() - began < 6


def test_a_slow_query_of_spark_is_left_and_stops(sail_in_process: int) -> None:
    slow = (
        "SELECT sum(sin(v) * cos(v) * exp(sin(v))) AS s FROM (SELECT explode(sequence(1, 500)) "
        "AS v FROM (SELECT explode(sequence(1, 4000000)) AS w))"
    )
    began = time.monotonic()
    settings = {"host": "127.0.0.1", "port": sail_in_process}
    with pytest.raises(Unreadable) as refusal:
        visit("spark", settings, seconds=1.5, query=slow, secret=None)
    assert refusal.value.text.code == "engine_too_slow"
    assert time.monotonic() - began < 8
    # That Sail computes in this process: what it still does is time of ours. It stops between two
    # batches of rows, which are kept small here; a busy machine needs a while for one.
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        spent = time.process_time()
        time.sleep(0.5)
        if time.process_time() - spent < 0.25:
            return
    pytest.fail("Sail goes on with a query that nobody waits for")


@pytest.mark.postgres
def test_a_line_that_goes_silent_half_way_is_cut(postgres_url: str, postgres_cluster: Any) -> None:
    passes = threading.Event()
    passes.set()
    with serving(proxy(str(postgres_cluster.folder), passes)) as port:
        settings = address_of(postgres_url) | {"host": "127.0.0.1", "port": port}
        began = time.monotonic()
        with pytest.raises(Unreadable) as refusal:
            visit("postgresql", settings, seconds=2, meanwhile=passes.clear)
        assert time.monotonic() - began < 9
    assert refusal.value.text.code in ("engine_too_slow", "engine_lost")


@pytest.mark.postgres
def test_a_server_that_dies_half_way_is_one_sentence(postgres_url: str) -> None:
    def die() -> None:
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'hadi'"
            )

    with pytest.raises(Unreadable) as refusal:
        visit("postgresql", address_of(postgres_url), seconds=20, meanwhile=die)
    assert refusal.value.text.code == "engine_lost"


@pytest.mark.postgres
def test_a_session_of_postgresql_cannot_write(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
        connection.execute(
            "CREATE OR REPLACE FUNCTION age(text) RETURNS int LANGUAGE sql AS "
            "$$ INSERT INTO kept VALUES (1) RETURNING a $$"
        )
    try:
        # A function that is let through by its name, and writes all the same: the second door.
        with pytest.raises(Unreadable) as refusal:
            visit(
                "postgresql",
                address_of(postgres_url),
                seconds=9,
                query="SELECT age('x'::text) AS n",
            )
        assert refusal.value.text.code == "engine_query_failed"
        with psycopg.connect(postgres_url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("DROP FUNCTION age(text)")
            connection.execute("DROP TABLE kept")


@pytest.mark.postgres
def test_what_costs_too_much_is_not_run(postgres_url: str) -> None:
    limits = Limits(seconds=5, cost=1000)
    with engines.open("postgresql", address_of(postgres_url), limits=limits) as backend:
        cheap = engines.relation(backend, query="SELECT 1 AS a")
        assert engines.preview(cheap) == [("1",)]
        dear = engines.relation(backend, query=SLOW)
        with pytest.raises(Unreadable) as refusal:
            engines.preview(dear)
        assert refusal.value.text.code == "engine_too_dear"


def rows_of_values(path: Path, n: int = 50) -> Path:
    rows = [("AB"[i % 2], i / 8) for i in range(n)]
    return table(path / "rows.parquet", {"arm": "VARCHAR", "x": "DOUBLE"}, rows)


@pytest.mark.parametrize("engine", ["parquet", "postgresql", "spark"])
def test_more_rows_than_allowed_are_not_fetched(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    parquet = rows_of_values(tmp_path)
    settings: dict[str, Any] = {"path": str(tmp_path)}
    if engine == "postgresql":
        url = request.getfixturevalue("postgres_url")
        to_postgres(parquet, url)
        settings = address_of(url)
    if engine == "spark":
        settings = {"host": "127.0.0.1", "port": request.getfixturevalue("sail_in_process")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with engines.open(engine, settings, limits=Limits(rows=20)) as backend:
            if engine == "spark":
                to_spark(parquet, backend)
            source = engines.source(engines.relation(backend, query="SELECT * FROM rows"))
            assert source.summaries(plan("m=mean(x)")).rows == 50
            with pytest.raises(Unreadable) as refusal:
                source.summaries(plan("k=rank(x)"))
    assert refusal.value.text.code == "engine_too_many_rows"


def test_a_folder_shows_its_own_files_and_no_others(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    rows_of_values(inside)
    secret = rows_of_values(outside)
    (inside / "link.parquet").symlink_to(secret)
    (inside / "linked").symlink_to(outside)
    (inside / "notes.txt").write_text("no table")
    parts = inside / "days"
    parts.mkdir()
    for i in range(2):
        table(parts / f"{i}.parquet", {"arm": "VARCHAR", "x": "DOUBLE"}, [("A", 1.0), ("B", 2.0)])
    with engines.open("parquet", {"path": str(inside)}) as backend:
        assert engines.tables(backend) == ("days", "rows")
        days = engines.relation(backend, table="days")
        assert len(engines.preview(days)) == 4
        for name in ("link", str(secret), "../outside/rows"):
            with pytest.raises(Unreadable):
                engines.relation(backend, table=name)


def test_names_of_any_kind_are_tables(tmp_path: Path) -> None:
    name = "a.b c Ж; drop"
    table(tmp_path / f"{name}.parquet", {"x 1": "DOUBLE", "é": "VARCHAR"}, [(1.0, "й")])
    with engines.open("parquet", {"path": str(tmp_path)}) as backend:
        assert engines.tables(backend) == (name,)
        relation = engines.relation(backend, table=name)
        assert engines.columns(relation) == [
            {"name": "x 1", "type": "number"},
            {"name": "é", "type": "text"},
        ]
        assert engines.preview(relation) == [("1.0", "й")]


def test_a_duckdb_file_is_read_by_several_at_once_and_by_nobody_who_writes(tmp_path: Path) -> None:
    file = to_duckdb(rows_of_values(tmp_path), tmp_path / "shop.duckdb")
    settings = {"path": str(file)}
    with engines.open("duckdb", settings) as one, engines.open("duckdb", settings) as other:
        for backend in (one, other):
            assert engines.tables(backend) == ("rows",)
            assert len(engines.preview(engines.relation(backend, table="rows"), 3)) == 3
    (tmp_path / "broken.duckdb").write_bytes(b"x" * 10_000)
    for name, code in (("broken.duckdb", "engine_no_duckdb"), ("none.duckdb", "engine_no_file")):
        with pytest.raises(Unreadable) as refusal:
            visit("duckdb", {"path": str(tmp_path / name)})
        assert refusal.value.text.code == code
        assert str(tmp_path) not in str(refusal.value)
