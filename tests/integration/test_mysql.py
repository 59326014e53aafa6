"""MySQL's and MariaDB's own traps, on a real MariaDB: what its settings, collations and types would
answer otherwise, what it may not be asked, and that nothing goes on there after a visit."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
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
from tests.integration.test_engine_limits import nothing_is_left

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
    rows = [
        (n, "AB"[i % 2], i, "ж" * n + str(i % 50), "x" * 9000 + str(i % 40))
        for n in (9, 253, 254)
        for i in range(200)
    ]
    mariadb.execute(
        "CREATE OR REPLACE TABLE texts (n int, arm varchar(9), x int, u text, note text)"
    )
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO texts VALUES (%s, %s, %s, %s, %s)", rows)
    query, asked = "SELECT arm, x, u, note FROM texts WHERE n = {n}", plan("m=mean(x)", unit="u")
    assert summed(mariadb, query.format(n=253), asked).all_units == 50
    with pytest.raises(Unreadable) as refusal:
        summed(mariadb, query.format(n=254), asked)
    assert refusal.value.text.code == "engine_text_long"
    assert refusal.value.text.params == {"column": "u", "n": 255}
    # A column beside it may be as long as it likes: repeated rows are told from others by it all.
    twice = f"{query.format(n=9)} UNION ALL {query.format(n=9)}"
    assert summed(mariadb, twice, asked).duplicate_rows == 200
    mariadb.execute("DROP TABLE texts")


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
