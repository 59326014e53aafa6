"""What may be asked of a database: one SELECT that reads tables, and nothing else.

The session is read-only as well; this is the first of two doors. Functions are let through by
name: one that we do not know may read files, open connections or end other people's work, even in
a session that cannot write. Whoever needs one puts it in a view.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text

if TYPE_CHECKING:
    from sqlglot import exp

MOST_CHARS = 20_000

DIALECTS = {
    "postgresql": "postgres", "mysql": "mysql", "duckdb": "duckdb", "parquet": "duckdb",
    "spark": "spark",
}  # fmt: skip


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


# Beyond what the parser knows by name. Plain functions of their arguments, all of them.
_HARMLESS = _words(
    "age btrim ceiling char_length cot date_bin date_part div make_date make_interval "
    "make_timestamp quote_ident quote_literal regexp_match regexp_matches regexp_count "
    "to_char to_date to_number to_timestamp width_bucket jsonb_extract_path_text "
    "json_extract_path_text jsonb_array_length json_array_length justify_days justify_hours "
    "justify_interval bool_and bool_or every count_if list_value epoch epoch_ms hour minute "
    "second monthname dayname last_day date_format from_unixtime from_utc_timestamp "
    "to_utc_timestamp months_between next_day nvl nvl2 pmod bround try_cast get_json_object "
    "element_at size array_contains map_keys map_values rlike left right"
)
_HARMLESS_IN = {
    "mysql": _words(
        "unix_timestamp from_days to_days to_seconds time_to_sec sec_to_time period_add "
        "period_diff makedate maketime microsecond weekday dayofyear weekofyear yearweek addtime "
        "subtime timediff time_format get_format inet_aton inet_ntoa inet6_aton inet6_ntoa conv "
        "crc32 ord bin oct hex unhex format strcmp soundex bit_count bit_length octet_length elt "
        "field find_in_set make_set export_set substring_index regexp_instr regexp_substr "
        "json_unquote json_contains json_contains_path json_valid json_type json_keys json_length "
        "json_depth json_value quote interval mid position locate insert"
    )
}
# Known to the parser, and no plain function of its arguments all the same.
_FORBIDDEN = _words(
    "ReadCSV ReadParquet ReadJSON OpenJSON XMLTable JSONTable Rand Randn Uuid TableSample Into "
    "Lock Command Placeholder Parameter SessionParameter CurrentSetting GetVariable Predict "
    "MLForecast MLTranslate AIAgg AIClassify AIEmbed AIForecast AIGenerate AISimilarity "
    "AISummarizeAgg LoadFile NextValueFor Seq1 Seq2 Seq4 Seq8 Randstr Uniform Normal Zipf Shuffle "
    # A program run on the cluster, and a password out of its keeping.
    "QueryTransform Secret"
)
_FORBIDDEN_SCHEMAS = _words(
    "pg_catalog information_schema pg_toast parquet csv json text orc delta avro binaryfile jdbc "
    "iceberg"
)
# What the parser lets out besides its own errors, of arguments that it did not expect.
_OF_THE_PARSER = (LookupError, ValueError, TypeError, AttributeError, AssertionError)
# Of these the server runs what stands in them, or lets it change the session.
_RUN_COMMENTS = ("!", "M!")
_SYSTEM_SCHEMAS = {"mysql": _words("mysql performance_schema sys")}
_PLAIN_TABLE = re.compile(r"[^/\\:*?'\x00-\x1f]+")


def parsed(query: str, kind: str) -> exp.Query:
    """The one SELECT that the query is. Raises Unreadable for anything else."""
    import logging

    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    if len(query) > MOST_CHARS:
        raise Unreadable(Text("engine_query_long", n=MOST_CHARS))
    if "\0" in query:
        raise Unreadable(Text("engine_query_unreadable"))
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it would log the query
    try:
        statements = [s for s in sqlglot.parse(query, read=DIALECTS[kind]) if s is not None]
    except (SqlglotError, RecursionError, *_OF_THE_PARSER) as error:
        raise Unreadable(Text("engine_query_unreadable")) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Unreadable(Text("engine_query_not_select"))
    statement = statements[0]
    if kind == "mysql":
        _look_at_comments(query)
    names = {cte.alias_or_name.casefold() for cte in statement.find_all(exp.CTE)}
    for node in statement.walk():
        _look_at(node, names, kind)
    _keep_as_written(statement, kind)
    return statement


def _keep_as_written(statement: exp.Query, kind: str) -> None:
    """Functions that Ibis teaches the parser to write in another way, by the name they were asked
    by: how they are written would hang on which of the two was loaded first."""
    from sqlglot import exp

    if kind == "mysql":
        for node in list(statement.find_all(exp.Length)):
            name = "LENGTH" if node.args.get("binary") else "CHAR_LENGTH"  # bytes or characters
            node.replace(exp.Anonymous(this=name, expressions=[node.this]))
    elif kind == "postgresql":
        for sized in list(statement.find_all(exp.ArraySize)):
            asked = [sized.this, sized.expression] if sized.expression else [sized.this]
            sized.replace(exp.Anonymous(this="ARRAY_LENGTH", expressions=asked))


def _look_at_comments(query: str) -> None:
    """MySQL runs what some comments hold. They are not passed on; but a query that was meant to do
    something else without them is not the one that was written."""
    import sqlglot

    tokens = sqlglot.tokenize(query, read=DIALECTS["mysql"])
    if any(c.startswith(_RUN_COMMENTS) for token in tokens for c in token.comments):
        raise Unreadable(Text("engine_query_comment"))


def _look_at(node: exp.Expr, ctes: set[str], asked: str) -> None:
    from sqlglot import exp

    if isinstance(node, (exp.DML, exp.DDL)) and not isinstance(node, exp.Query):
        raise Unreadable(Text("engine_query_writes"))
    kind = type(node).__name__
    if kind in ("Into", "Lock", "Command", "Copy", "Set", "Attach", "Drop", "Alter", "Merge"):
        raise Unreadable(Text("engine_query_writes"))
    if kind in _FORBIDDEN:
        raise Unreadable(Text("engine_function_forbidden", name=_shown(node, kind)))
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        name = str(node.this)
        if name.casefold() not in _HARMLESS | _HARMLESS_IN.get(asked, frozenset()):
            raise Unreadable(Text("engine_function_forbidden", name=name[:60]))
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        raise Unreadable(Text("engine_function_forbidden", name=node.sql()[:60]))
    if asked == "mysql" and isinstance(node, exp.Hint):
        raise Unreadable(Text("engine_query_comment"))
    if isinstance(node, exp.Table):
        _look_at_table(node, ctes, asked)


def _look_at_table(table: exp.Table, ctes: set[str], asked: str) -> None:
    from sqlglot import exp

    if not isinstance(table.this, exp.Identifier):
        # A function in the place of a table: only what makes rows of a column.
        name = table.this.sql() if table.this is not None else ""
        if not isinstance(table.this, exp.Func) or isinstance(table.this, exp.Anonymous):
            raise Unreadable(Text("engine_function_forbidden", name=name[:60]))
        return
    name, schema = table.name, table.db.casefold()
    is_system = name.casefold().startswith("pg_") and name.casefold() not in ctes
    is_system |= schema in _FORBIDDEN_SCHEMAS | _SYSTEM_SCHEMAS.get(asked, frozenset())
    if is_system or not _PLAIN_TABLE.fullmatch(name):
        shown = f"{table.db}.{name}" if table.db else name
        raise Unreadable(Text("engine_table_forbidden", name=shown[:60]))


def _shown(node: exp.Expr, kind: str) -> str:
    from sqlglot import exp

    return node.sql_name().lower() if isinstance(node, exp.Func) else kind.lower()
