"""MySQL's and MariaDB's own traps, on a real MariaDB: what its settings, collations and types would
answer otherwise, what it may not be asked, and that nothing goes on there after a visit."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest import engines
from hadi.ingest.engines import Limits
from hadi.ingest.engines.opening import maker
from hadi.ingest.source import Summaries
from hadi.ingest.tables import TableSource
from tests.factories.same_sums import same
from tests.factories.tables import plan, table
from tests.fixtures.mariadb import DATABASE, PASSWORD, READER, WRITER
from tests.integration.test_engine_limits import nothing_is_left, says_nothing, serving

if TYPE_CHECKING:
    from tests.fixtures.mariadb import Server

__all__ = ["nothing_is_left"]  # a fixture, for every test here

SLOW = "SELECT COUNT(*) AS n FROM seq_1_to_100000 AS a, seq_1_to_1000000 AS b"


@pytest.fixture(scope="module", autouse=True)
def driver_is_loaded() -> None:
    """Loading it takes a while on a busy machine: no time of a database's."""
    maker("mysql")


@contextlib.contextmanager
def opened(server: Server, *, user: str = READER, **limits: Any) -> Iterator[engines.Backend]:
    limits = {"seconds": 20} | limits
    with engines.open("mysql", server.settings(user), PASSWORD, limits=Limits(**limits)) as backend:
        yield backend


def refused(server: Server, query: str, **more: Any) -> Unreadable:
    with pytest.raises(Unreadable) as refusal, opened(server, **more) as backend:
        engines.preview(engines.relation(backend, query=query))
    assert PASSWORD not in str(refusal.value)
    return refusal.value


def visit(
    settings: dict[str, Any],
    secret: str = PASSWORD,
    *,
    seconds: float = 20,
    meanwhile: Callable[[], Any] = lambda: None,
) -> Unreadable:
    """What is said when it is opened and, after what happens meanwhile, looked at."""

    def look() -> None:
        with engines.open("mysql", settings, secret, limits=Limits(seconds=seconds)) as backend:
            meanwhile()
            engines.check(backend)

    with pytest.raises(Unreadable) as refusal:
        look()
    assert secret not in str(refusal.value)
    return refusal.value


def summed(server: Server, query: str, asked: Any) -> Summaries:
    with opened(server) as backend:
        return engines.source(engines.relation(backend, query=query)).summaries(asked)


def idle(server: Server) -> None:
    """Wait until it does nothing for us any more."""
    deadline = time.monotonic() + 5
    while server.busy():
        assert time.monotonic() < deadline, server.busy()
        time.sleep(0.05)


# ------------------------------------------------------------------------------ time, rows, money
def test_a_slow_query_ends_in_the_server_too(mariadb: Server) -> None:
    began = time.monotonic()
    assert refused(mariadb, SLOW, seconds=1).text.code == "engine_too_slow"
    assert time.monotonic() - began < 6
    idle(mariadb)


def test_the_clock_has_a_query_stopped_where_the_server_sets_no_limit(mariadb: Server) -> None:
    mariadb.execute("CREATE OR REPLACE VIEW slow AS SELECT SLEEP(30) AS n")

    def ask() -> None:
        with opened(mariadb, seconds=1.5) as backend:
            backend._fetched("SET SESSION max_statement_time = 0")  # type: ignore[attr-defined]
            engines.preview(engines.relation(backend, table="slow"))

    with pytest.raises(Unreadable) as refusal:
        ask()
    assert refusal.value.text.code == "engine_too_slow"
    idle(mariadb)
    mariadb.execute("DROP VIEW slow")


def test_what_has_to_read_much_is_not_asked(mariadb: Server) -> None:
    with opened(mariadb, cost=1000) as backend:
        assert engines.preview(engines.relation(backend, query="SELECT 1 AS a")) == [("1",)]
        few = engines.relation(backend, query="SELECT seq FROM seq_1_to_900")
        assert len(engines.preview(few, 5)) == 5
    found = refused(mariadb, SLOW, cost=1000).text
    assert found.code == "engine_reads_much"
    assert found.params == {"rows": "100000000000", "limit": "1000"}


def test_more_rows_than_allowed_are_not_fetched(mariadb: Server) -> None:
    query = "SELECT IF(seq % 2, 'A', 'B') AS arm, seq / 8 AS x FROM seq_1_to_50"
    with opened(mariadb, rows=20) as backend:
        source = engines.source(engines.relation(backend, query=query))
        assert source.summaries(plan("m=mean(x)")).rows == 50
        with pytest.raises(Unreadable) as refusal:
            source.summaries(plan("k=rank(x)"))
    assert refusal.value.text.code == "engine_too_many_rows"


# ------------------------------------------------------------------------------------- the line
def test_a_wrong_password_is_a_sentence_without_it(mariadb: Server) -> None:
    wrong = "wrong-horse-battery-staple"
    said = visit(mariadb.settings(), wrong).text
    assert said.code == "engine_unreachable"
    assert "Access denied for user" in str(said.params["reason"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"database": "nothing"}, "Access denied for user"),
        ({"user": "hadi_ghost"}, "Access denied"),
    ],
)
def test_what_is_not_there_is_a_sentence(
    mariadb: Server, change: dict[str, str], reason: str
) -> None:
    assert reason in str(visit(mariadb.settings() | change).text.params["reason"])


def test_a_port_where_nobody_listens_and_one_where_nobody_speaks() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address: dict[str, Any] = {"host": "127.0.0.1", "database": "d", "user": "u"}
    assert visit(address | {"port": port}).text.code == "engine_refused"
    with serving(says_nothing) as port:
        said = visit(address | {"port": port}, seconds=1.6).text.code
    assert said in ("engine_silent", "engine_too_slow")


def speaks_another_language(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_server_of_another_kind_is_a_sentence() -> None:
    with serving(speaks_another_language) as port:
        settings = {"host": "127.0.0.1", "port": port, "database": "d", "user": "u"}
        said = visit(settings, seconds=3).text.code
    assert said in ("engine_unreachable", "engine_too_slow")


def proxy(port: int, passes: threading.Event) -> Callable[[socket.socket], None]:
    """Passes on what is said to the server and back, until it shall not."""

    def serve(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:

            def back() -> None:
                with contextlib.suppress(OSError):
                    while data := server.recv(65536):
                        if passes.is_set():
                            client.sendall(data)

            answering = threading.Thread(target=back, daemon=True)
            answering.start()
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)
            answering.join(timeout=5)

    return serve


def test_a_line_that_goes_silent_half_way_is_cut(mariadb: Server) -> None:
    passes = threading.Event()
    passes.set()
    began = time.monotonic()
    with serving(proxy(mariadb.port, passes)) as port:
        said = visit(mariadb.settings(port=port), seconds=1.5, meanwhile=passes.clear).text.code
    assert time.monotonic() - began < 9
    assert said in ("engine_too_slow", "engine_lost")


def test_a_server_that_dies_half_way_is_one_sentence(mariadb: Server) -> None:
    def die() -> None:
        for session in mariadb.execute("SHOW PROCESSLIST"):
            if session[1] == READER:
                mariadb.execute(f"KILL {session[0]}")

    assert visit(mariadb.settings(), meanwhile=die).text.code == "engine_lost"


def test_encryption_is_as_it_was_chosen(mariadb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def cipher(**more: Any) -> str:
        settings = mariadb.settings(**more)
        with engines.open("mysql", settings, PASSWORD) as backend:
            ((_, cipher),) = backend._fetched(  # type: ignore[attr-defined]
                "SHOW SESSION STATUS LIKE 'Ssl_cipher'"
            )
            return str(cipher)

    assert cipher(tls="prefer")
    assert cipher(tls="require")
    with pytest.raises(Unreadable) as refusal:
        cipher(tls="verify-full")  # nobody knows that authority
    assert "certificate verify failed" in str(refusal.value.text.params["reason"])
    monkeypatch.setenv("SSL_CERT_FILE", str(mariadb.authority))
    assert cipher(tls="verify-full")
    assert cipher(tls="verify-full", host="localhost")
    assert cipher(host=str(mariadb.socket)) == ""  # a file on the same computer


def between(
    server: Server,
    question: Callable[[bytes], bytes] = bytes,
    answer: Callable[[bytes], bytes] = bytes,
) -> Callable[[socket.socket], None]:
    """Somebody on the line who says that the server cannot encrypt, and may change what is said;
    a question of which nothing is left is answered with `answer` of nothing."""

    def serve(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            greeting = bytearray(line.recv(4096))
            greeting[greeting.index(b"\0", 5) + 15] &= ~0x08  # of the capabilities: CLIENT.SSL
            client.sendall(bytes(greeting))
            while data := client.recv(65536):
                asked = question(data)
                if asked:
                    line.sendall(asked)
                client.sendall(answer(line.recv(65536) if asked else b""))

    return serve


def test_a_server_without_encryption_is_not_told_the_password(mariadb: Server) -> None:
    heard: list[bytes] = []

    def listen(data: bytes) -> bytes:
        heard.append(data)
        return data

    with serving(between(mariadb, question=listen)) as port:
        said = visit(mariadb.settings(port=port, tls="require"), seconds=5).text
    assert said.code == "engine_unreachable"
    assert "SSL is required" in str(said.params["reason"])
    assert heard == []


def test_a_server_that_asks_for_a_file_of_ours_gets_none(mariadb: Server, tmp_path: Path) -> None:
    """LOAD DATA LOCAL the other way round: a hostile server asks whoever connects to it."""
    own = tmp_path / "own.txt"
    own.write_text("nobody's business")
    asks = b"\xfb" + str(own).encode()
    heard: list[bytes] = []

    def listen(data: bytes) -> bytes:
        heard.append(data)
        return b"" if b"VERSION" in data else data

    def ask(data: bytes) -> bytes:
        return data or len(asks).to_bytes(3, "little") + b"\x01" + asks

    with serving(between(mariadb, listen, ask)) as port:
        said = visit(mariadb.settings(port=port), seconds=5).text
    assert said.code == "engine_query_failed"
    assert any(b"VERSION" in data for data in heard)
    assert not any(b"business" in data for data in heard)


def test_a_server_that_is_too_old_or_reads_otherwise_is_left(mariadb: Server) -> None:
    def older(data: bytes) -> bytes:
        return re.sub(rb"\d\d\.\d\d\.(\d+-MariaDB)", rb"10.04.\1", data)

    with serving(between(mariadb, answer=older)) as port:
        said = visit(mariadb.settings(port=port)).text
    assert said.code == "engine_too_old"
    assert said.params["oldest"] == "10.5"

    def otherwise(data: bytes) -> bytes:
        return data.replace(b"utf8mb4_nopad_bin", b"utf8mb4_polish_ci")

    with serving(between(mariadb, question=otherwise)) as port:
        assert visit(mariadb.settings(port=port)).text.code == "engine_reads_otherwise"
    with serving(between(mariadb)) as port:
        settings = mariadb.settings(port=port)
        with engines.open("mysql", settings, PASSWORD) as backend:
            assert engines.check(backend).engine.startswith("MariaDB")


# ------------------------------------------------------------------------------------ only to read
def test_a_session_cannot_write(mariadb: Server) -> None:
    mariadb.execute(
        "CREATE OR REPLACE TABLE kept (a int)",
        "CREATE OR REPLACE FUNCTION writes() RETURNS int MODIFIES SQL DATA "
        "BEGIN INSERT INTO kept VALUES (1); RETURN 1; END",
        "CREATE OR REPLACE SQL SECURITY INVOKER VIEW trap AS SELECT writes() AS n",
    )
    try:
        # A view that writes when it is read, asked by one who may: the second door.
        found = refused(mariadb, "SELECT n FROM trap", user=WRITER).text
        assert found.code == "engine_query_failed"
        assert "READ ONLY transaction" in str(found.params["reason"])
        assert mariadb.execute("SELECT COUNT(*) FROM kept") == [(0,)]
    finally:
        mariadb.execute("DROP VIEW trap", "DROP FUNCTION writes", "DROP TABLE kept")


def test_all_queries_of_a_visit_see_one_state(mariadb: Server) -> None:
    mariadb.execute("CREATE OR REPLACE TABLE moving (a int)", "INSERT INTO moving VALUES (1)")
    with opened(mariadb) as backend:
        relation = engines.relation(backend, table="moving")
        assert engines.preview(relation) == [("1",)]
        mariadb.execute("INSERT INTO moving VALUES (2)")
        assert engines.preview(relation) == [("1",)]
    mariadb.execute("DROP TABLE moving")


# ------------------------------------------------------------------------------- what cells mean
def test_every_type_is_one_we_know(mariadb: Server) -> None:
    mariadb.execute(
        "SET sql_mode = '', time_zone = '+03:00'",
        """CREATE OR REPLACE TABLE kinds (
            tiny tinyint(1), big bigint unsigned, dec_ decimal(18,4), dbl double(10,2), flt float,
            bits bit(3), made year, day date, at datetime(3), stamp timestamp NULL, clock time,
            latin varchar(9) CHARACTER SET latin1, one enum('x','Y'), many set('a','b'), doc json,
            raw varbinary(9), `odd ``name` text)""",
        """INSERT INTO kinds VALUES (2, 18446744073709551615, 1.5, 1.25, 0.1, b'101', 2026,
            '2026-03-01', '2026-03-01 12:00:00.5', '2026-03-01 12:00:00', '25:00:00', 'é', 'Y',
            'a,b', '{"a": 1}', X'00FF', '😀')""",
        "INSERT INTO kinds (day, at, stamp) VALUES ('0000-00-00', '2026-00-00', 0)",
    )
    with opened(mariadb) as backend:
        relation = engines.relation(backend, table="kinds")
        kinds = {c["name"]: c["type"] for c in engines.columns(relation)}
        full, empty = engines.preview(relation)
    mariadb.execute("DROP TABLE kinds")
    cells = dict(zip(kinds, full, strict=True))
    assert cells == {
        "tiny": "2", "big": "18446744073709551615", "dec_": "1.5000", "dbl": "1.25",
        "flt": "0.10000000149011612", "bits": "5", "made": "2026", "day": "2026-03-01",
        "at": "2026-03-01 12:00:00.500", "stamp": "2026-03-01 09:00:00", "clock": "25:00:00",
        "latin": "é", "one": "Y", "many": "a,b", "doc": '{"a": 1}', "raw": None, "odd `name": "😀",
    }  # fmt: skip
    assert set(empty) == {None}  # days that no calendar has are no days
    assert kinds["tiny"] == kinds["bits"] == "integer"
    assert kinds["at"] == kinds["stamp"] == "time"


def test_arms_that_differ_in_case_and_blanks_stay_apart(mariadb: Server, tmp_path: Path) -> None:
    arms = ["A", "a", "Ä", "ä", "A", "ß", "ss", "A\\", "O'Hara", "А"]  # the last one is Cyrillic
    rows = [(arm, float(i)) for i, arm in enumerate(arms * 3)]
    expected = plan("m=mean(x)", split={arm: 1 / len(set(arms)) for arm in arms})
    parquet = table(tmp_path / "rows.parquet", {"arm": "VARCHAR", "x": "DOUBLE"}, rows)
    mariadb.execute("CREATE OR REPLACE TABLE arms (arm varchar(9), x double)")
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO arms VALUES (%s, %s)", rows)
    same(summed(mariadb, "SELECT * FROM arms", expected), TableSource(parquet).summaries(expected))
    mariadb.execute("DROP TABLE arms")


def test_quotients_and_small_numbers_keep_their_digits(mariadb: Server) -> None:
    query = (
        "SELECT IF(seq % 2, 'A', 'B') AS arm, 1000000 + seq / 7 AS x, seq DIV 2 AS half, "
        "CAST(seq / 3 AS DOUBLE(12,2)) AS rounded FROM seq_1_to_400"
    )
    found = summed(mariadb, query, plan("m=mean(x)", "h=mean(half)", "r=mean(rounded)"))
    from hadi.stats.samples import Moments

    for place, arm in enumerate(found.arms):
        numbers = [n for n in range(1, 401) if n % 2 != place]
        for name, values in {
            "m": [1_000_000 + n / 7 for n in numbers],
            "h": [float(n // 2) for n in numbers],
            "r": [round(n / 3, 2) for n in numbers],
        }.items():
            expected, own = Moments.of(values), arm.samples[name]
            assert isinstance(own, Moments)
            assert own.mean == pytest.approx(expected.mean, rel=1e-14)
            assert own.m2 == pytest.approx(expected.m2, rel=1e-9)


def test_sums_beyond_a_float_are_refused_and_not_nothing(mariadb: Server) -> None:
    """MariaDB's own sum of two numbers of 1e308 is 0."""
    for x, metric in (("1e308", "m=mean(x)"), ("1e153 * seq", "m=mean(x)"), ("1e300", "k=rank(x)")):
        query = f"SELECT IF(seq % 2, 'A', 'B') AS arm, {x} * (seq % 3) AS x FROM seq_1_to_90"
        with pytest.raises(Unreadable) as refusal:
            summed(mariadb, query, plan(metric))
        assert refusal.value.text.code == "data_overflow"


def test_texts_too_long_to_be_told_apart_are_refused(mariadb: Server) -> None:
    query = (
        "SELECT IF(seq % 2, 'A', 'B') AS arm, seq AS x, CONCAT(REPEAT('ж', {n}), seq % 50) AS u, "
        "CONCAT(REPEAT('x', 9000), seq % 40) AS note FROM seq_1_to_200"
    )
    found = summed(mariadb, query.format(n=253), plan("m=mean(x)", unit="u"))
    assert found.all_units == 50
    with pytest.raises(Unreadable) as refusal:
        summed(mariadb, query.format(n=254), plan("m=mean(x)", unit="u"))
    assert refusal.value.text.code == "engine_text_long"
    assert refusal.value.text.params == {"column": "u", "n": 255}
    # A column beside it may be as long as it likes: repeated rows are told from others by it all.
    twice = f"{query.format(n=9)} UNION ALL {query.format(n=9)}"
    assert summed(mariadb, twice, plan("m=mean(x)", unit="u")).duplicate_rows == 200


def test_a_query_of_a_shop(mariadb: Server) -> None:
    mariadb.execute(
        "CREATE OR REPLACE TABLE orders (id int PRIMARY KEY, client int, arm varchar(9), "
        "meta json, paid decimal(10,2), note varchar(99))",
        "INSERT INTO orders SELECT seq, seq % 20, IF(seq % 2, 'A', 'B'), "
        "JSON_OBJECT('coupon', CONCAT('c', seq % 3)), seq / 4, 'Say \"hi\"\\\\' FROM seq_1_to_80",
    )
    query = """
        SELECT client, MAX(arm) AS arm, SUM(IF(meta->>'$.coupon' = 'c1', 1, 0)) AS coupons,
               IFNULL(SUM(paid), 0) AS paid,
               MAX(note RLIKE '^say' AND note = "Say \\"hi\\"\\\\") AS polite
        FROM shop.orders WHERE id > 0 -- and so on
        GROUP BY client HAVING COUNT(*) > 1 ORDER BY client LIMIT 100
    """
    with opened(mariadb) as backend:
        assert "orders" in engines.tables(backend)
        relation = engines.relation(backend, query=query)
        assert [c["type"] for c in engines.columns(relation)] == [
            "integer", "text", "number", "number", "integer",
        ]  # fmt: skip
        first = engines.preview(relation, 1)
    assert first == [("0", "B", "1", "50.00", "1")]
    # Which of the rows' arms would it be? A server may pick any.
    assert "GROUP BY" in str(
        refused(mariadb, "SELECT client, arm, SUM(paid) AS x FROM orders GROUP BY client").text
    )
    twice = refused(mariadb, "SELECT client, client FROM orders").text
    assert (twice.code, twice.params) == ("engine_column_twice", {"column": "client"})
    mariadb.execute("DROP TABLE orders")


def test_a_connection_names_its_database_alone(mariadb: Server) -> None:
    mariadb.execute("CREATE OR REPLACE TABLE `a.b` (x int)", "CREATE OR REPLACE TABLE c (x int)")
    with opened(mariadb) as backend:
        assert {f"{DATABASE}.a.b", "c"} <= set(engines.tables(backend))
        assert not [name for name in engines.tables(backend) if name.startswith("mysql.")]
        for name in ("c",):
            assert engines.columns(engines.relation(backend, table=name))
    mariadb.execute("DROP TABLE `a.b`", "DROP TABLE c")
