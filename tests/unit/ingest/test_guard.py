"""What may be asked of a team's own database: one SELECT that reads tables."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.engines import guard

READS = [
    ("postgresql", "select * from orders"),
    (
        "postgresql",
        "WITH o AS (SELECT * FROM shop.orders) SELECT arm, sum(x) AS x FROM o GROUP BY 1",
    ),
    ("postgresql", "select a from t union all select b from u"),
    (
        "postgresql",
        "select x::int, coalesce(a, b), date_trunc('day', at), lower(n) || 'x' from t -- ok",
    ),
    ("postgresql", "select * from t where note = 'drop table t; delete from t'"),
    ("postgresql", "select row_number() over (partition by a order by b) from t limit 5;"),
    ("postgresql", "select to_char(d, 'YYYY-MM'), extract(year from d), a->>'k' from \"Заказы\""),
    ("postgresql", "select * from unnest(array[1, 2])"),
    ("duckdb", "from t select a, count(*) group by all"),
    ("duckdb", "select * exclude (a) from main.t"),
    ("spark", "select `a b`, if(x > 1, 1, 0) from catalog.shop.orders"),
    ("spark", "select date_format(d, 'yyyy'), explode(items) from t"),
    ("spark", "select transform(items, x -> x + 1) from t"),
    ("mysql", "select `a b`, if(x > 1, 1, 0), ifnull(x, 0) from shop.orders -- all of them"),
    ("mysql", "select meta->>'$.coupon', date_format(at, '%Y-%m'), a div 2 from t # and so on"),
    ("mysql", "select from_unixtime(at), unix_timestamp(d), field(a, 'x', 'y'), hex(id) from t"),
    ("mysql", "select group_concat(a order by b separator ';') from t where name rlike '^a'"),
    ("mysql", "select * from t where note = '/*! drop table t */ into outfile sleep(9)' limit 9"),
    ("mysql", "select a /* what they paid */ from t use index (a)"),
]
REFUSED = [
    # Writes, and more than one statement
    ("postgresql", "delete from t", "engine_query_not_select"),
    ("postgresql", "insert into t select * from u", "engine_query_not_select"),
    ("postgresql", "select 1; drop table t", "engine_query_not_select"),
    ("postgresql", "with d as (delete from t returning *) select * from d", "engine_query_writes"),
    (
        "postgresql",
        "with d as (update t set a = 1 returning *) select * from d",
        "engine_query_writes",
    ),
    ("postgresql", "select * into u from t", "engine_query_writes"),
    ("postgresql", "select * from t for update", "engine_query_writes"),
    ("postgresql", "explain analyze delete from t", "engine_query_not_select"),
    ("postgresql", "copy t to '/tmp/x'", "engine_query_not_select"),
    ("postgresql", "set role admin", "engine_query_not_select"),
    ("postgresql", "call p()", "engine_query_not_select"),
    ("postgresql", "do $$ begin perform 1; end $$", "engine_query_not_select"),
    ("postgresql", "values (1)", "engine_query_not_select"),
    ("duckdb", "attach 'x.db'", "engine_query_not_select"),
    ("duckdb", "pragma database_list", "engine_query_not_select"),
    ("spark", "create or replace temporary view v as select 1", "engine_query_not_select"),
    ("spark", "insert overwrite directory '/tmp/x' select 1", "engine_query_not_select"),
    # Files, networks, other people's work
    ("postgresql", "select pg_read_file('/etc/passwd')", "engine_function_forbidden"),
    ("postgresql", "select pg_catalog.pg_read_file('/etc/passwd')", "engine_function_forbidden"),
    ("postgresql", "select * from pg_ls_dir('.')", "engine_function_forbidden"),
    ("postgresql", "select lo_import('/etc/passwd')", "engine_function_forbidden"),
    (
        "postgresql",
        "select * from dblink('host=x', 'select 1') as t(a int)",
        "engine_function_forbidden",
    ),
    ("postgresql", "select pg_sleep(1000)", "engine_function_forbidden"),
    ("postgresql", "select pg_terminate_backend(1)", "engine_function_forbidden"),
    ("postgresql", "select nextval('s')", "engine_function_forbidden"),
    (
        "postgresql",
        "select set_config('default_transaction_read_only', 'off', false)",
        "engine_function_forbidden",
    ),
    (
        "postgresql",
        "select query_to_xml('delete from t', true, true, '')",
        "engine_function_forbidden",
    ),
    ("postgresql", "select evil.lower(a) from t", "engine_function_forbidden"),
    ("postgresql", "select * from t order by pg_sleep(1)", "engine_function_forbidden"),
    ("postgresql", "select rolpassword from pg_authid", "engine_table_forbidden"),
    ("postgresql", "select * from pg_catalog.pg_shadow", "engine_table_forbidden"),
    ("postgresql", "select * from information_schema.tables", "engine_table_forbidden"),
    ("duckdb", "select * from read_csv('/etc/passwd')", "engine_function_forbidden"),
    ("duckdb", "select * from read_text('/etc/passwd')", "engine_function_forbidden"),
    ("duckdb", "select * from read_parquet('https://example.org/x')", "engine_function_forbidden"),
    ("duckdb", "select * from '/etc/passwd'", "engine_table_forbidden"),
    ("duckdb", "select * from glob('/*')", "engine_function_forbidden"),
    ("duckdb", "select getenv('HOME')", "engine_function_forbidden"),
    ("duckdb", "select * from duckdb_secrets()", "engine_function_forbidden"),
    ("spark", "select reflect('java.lang.System', 'exit', 1)", "engine_function_forbidden"),
    ("spark", "select java_method('java.lang.System', 'exit', 1)", "engine_function_forbidden"),
    ("spark", "select transform(a) using 'sh' as b from t", "engine_function_forbidden"),
    ("spark", "from t select transform(a) using 'sh' as (b int)", "engine_function_forbidden"),
    ("spark", "select * from (select transform(a) using 'sh' from t)", "engine_function_forbidden"),
    ("spark", "select map(a) using 'sh' from t", "engine_query_unreadable"),
    ("spark", "select secret('scope', 'key')", "engine_function_forbidden"),
    ("spark", "select * from parquet.`/etc/x`", "engine_table_forbidden"),
    ("spark", "select * from csv.`hdfs://x`", "engine_table_forbidden"),
    ("mysql", "select a into outfile '/tmp/x' from t", "engine_query_unreadable"),
    ("mysql", "select a from t into outfile '/tmp/x'", "engine_query_unreadable"),
    ("mysql", "select a from t into dumpfile '/tmp/x'", "engine_query_unreadable"),
    ("mysql", "select a into @b from t", "engine_query_writes"),
    ("mysql", "select * from t for update", "engine_query_writes"),
    ("mysql", "select * from t lock in share mode", "engine_query_writes"),
    ("mysql", "select load_file('/etc/passwd')", "engine_function_forbidden"),
    ("mysql", "select sleep(1000)", "engine_function_forbidden"),
    ("mysql", "select * from t where benchmark(1000000000, md5('a'))", "engine_function_forbidden"),
    ("mysql", "select get_lock('a', 9)", "engine_function_forbidden"),
    ("mysql", "select master_pos_wait('a', 1)", "engine_function_forbidden"),
    ("mysql", "select nextval(s)", "engine_function_forbidden"),
    ("mysql", "select shop.total(id) from t", "engine_function_forbidden"),
    ("mysql", "select total(id) from t", "engine_function_forbidden"),
    ("mysql", "select @a := @a + 1 from t", "engine_function_forbidden"),
    ("mysql", "select @a from t", "engine_function_forbidden"),
    ("mysql", "select @@global.datadir", "engine_function_forbidden"),
    ("mysql", "select 1 /*! union select 2 */", "engine_query_comment"),
    ("mysql", "select 1 /*!50000 into outfile 'x' */", "engine_query_comment"),
    ("mysql", "select 1 /*M!100000 , sleep(9) */", "engine_query_comment"),
    ("mysql", "select /*+ set_var(max_execution_time = 0) */ 1", "engine_query_comment"),
    ("mysql", "select /*+ max_execution_time(0) */ 1", "engine_query_comment"),
    ("mysql", "select authentication_string from mysql.user", "engine_table_forbidden"),
    ("mysql", "select * from performance_schema.threads", "engine_table_forbidden"),
    ("mysql", "select * from `information_schema`.`processlist`", "engine_table_forbidden"),
    (
        "mysql",
        "select * from json_table('[]', '$' columns (a int path '$')) t",
        "engine_function_forbidden",
    ),
    ("mysql", "set global general_log = 1", "engine_query_not_select"),
    ("mysql", "kill 1", "engine_query_not_select"),
    ("mysql", "call p()", "engine_query_not_select"),
    ("mysql", "show grants", "engine_query_not_select"),
    ("mysql", "load data local infile 'x' into table t", "engine_query_unreadable"),
    ("mysql", "handler t open", "engine_query_unreadable"),
    ("mysql", "select rand() from t", "engine_function_forbidden"),
    ("mysql", "select uuid() from t", "engine_function_forbidden"),
    # Another answer each time it is asked, so that its sums would not belong together
    ("postgresql", "select random() from t", "engine_function_forbidden"),
    ("postgresql", "select * from t tablesample system (1)", "engine_function_forbidden"),
    ("postgresql", "select * from t where a = $1", "engine_function_forbidden"),
    # No query at all
    ("postgresql", "", "engine_query_not_select"),
    ("postgresql", "-- nothing", "engine_query_not_select"),
    ("postgresql", "select * from", "engine_query_unreadable"),
    ("postgresql", "select '\0'", "engine_query_unreadable"),
    ("postgresql", "select (" * 2000, "engine_query_unreadable"),
    ("postgresql", "select 1 " + " " * guard.MOST_CHARS, "engine_query_long"),
]


@pytest.mark.parametrize(("kind", "query"), READS)
def test_a_select_is_let_through(kind: str, query: str) -> None:
    assert guard.parsed(query, kind).sql(guard.DIALECTS[kind])


def test_what_is_passed_on_of_mysql_has_no_comment_in_it() -> None:
    """The server runs what stands in some of them."""
    from hadi.ingest.engines.mysql import written

    query = guard.parsed("select a /* ! , sleep(9) */ from t -- ! drop", "mysql")
    assert written(query) == "SELECT a FROM t"


@pytest.mark.parametrize(("kind", "query", "code"), REFUSED)
def test_everything_else_is_refused(kind: str, query: str, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        guard.parsed(query, kind)
    assert refusal.value.text.code == code


LENGTHS = """
from hadi.ingest.engines import guard

def asked(query, kind):
    return guard.parsed(query, kind).sql(guard.DIALECTS[kind])

def compiled():
    import ibis
    from hadi.ingest.engines.mysql_sql import Compiler

    rows = ibis.table({"u": "string"}, name="q")
    return Compiler("mariadb").written(rows.select(n=rows.u.length()))

def said():
    return [
        asked("select length(u) as a, char_length(u) as b from t", "mysql"),
        asked("select array_length(u, 1) as a from t", "postgresql"),
    ]
"""


@pytest.mark.parametrize(
    "order",
    ["first, sql = said(), compiled(); again = said()", "sql = compiled(); first = again = said()"],
)
def test_a_length_is_what_was_asked_for_whatever_was_loaded_first(order: str) -> None:
    """Bytes are no characters: Ibis teaches the parser's writer other names when it is loaded,
    and the writer remembers those it was first used with."""
    script = f"{LENGTHS}\n{order}\nprint(*first, *again, sql, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    *written, sql = run.stdout.splitlines()
    asked = ["SELECT LENGTH(u) AS a, CHAR_LENGTH(u) AS b FROM t"]
    asked += ["SELECT ARRAY_LENGTH(u, 1) AS a FROM t"]
    assert written == asked * 2
    assert sql == "SELECT CHAR_LENGTH(`t0`.`u`) AS `n` FROM `q` AS `t0`"
