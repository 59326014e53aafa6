"""Which goods are in receipts together: counted once for all pairs, then by store or week for those
that are common enough to be listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hadi.domain.baskets import BasketSpec
from hadi.ingest.engine import one_row
from hadi.ingest.receipts import Pair

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_PAIRS = 1_000  # of both directions; the most common ones
MOST_NAMED = 200  # goods that are paired: the most common ones


def pairs_of(
    connection: DuckDBPyConnection, spec: BasketSpec, block: str
) -> tuple[tuple[int, ...], tuple[Pair, ...]]:
    """(receipts of every block, pairs in both directions). Without blocks everything is one."""
    kept = block or "'all'"
    connection.execute(
        f"CREATE TEMP TABLE blocks AS SELECT CAST({kept} AS VARCHAR) AS block, "
        f"count(*) AS n, row_number() OVER (ORDER BY CAST({kept} AS VARCHAR)) AS place "
        f"FROM sold WHERE {kept} IS NOT NULL GROUP BY block"
    )
    sizes = tuple(
        int(n) for (n,) in connection.execute("SELECT n FROM blocks ORDER BY place").fetchall()
    )
    connection.execute(
        f"CREATE TEMP TABLE has AS SELECT DISTINCT l.goods, l.key, b.place FROM line l "
        f"JOIN sold s ON s.key = l.key JOIN blocks b ON b.block = CAST({_of_sold(kept)} AS VARCHAR)"
        " WHERE l.goods IS NOT NULL AND l.receipt IS NOT NULL AND l.quantity > 0"
    )
    connection.execute(
        "CREATE TEMP TABLE named AS SELECT goods, count(*) AS n FROM has GROUP BY goods "
        f"HAVING n >= {spec.least} ORDER BY n DESC, goods LIMIT {MOST_NAMED}"
    )
    connection.execute(
        "CREATE TEMP TABLE pair AS SELECT a.goods AS a, b.goods AS b, count(*) AS n "
        "FROM has a JOIN has b ON a.key = b.key AND a.goods < b.goods "
        "WHERE a.goods IN (SELECT goods FROM named) AND b.goods IN (SELECT goods FROM named) "
        f"GROUP BY 1, 2 HAVING n >= {spec.least} ORDER BY n DESC, 1, 2 LIMIT {MOST_PAIRS // 2}"
    )
    return sizes, tuple(_pairs(connection, len(sizes)))


def _of_sold(kept: str) -> str:
    return kept if kept.startswith("'") else f"s.{kept}"


def _pairs(connection: DuckDBPyConnection, count: int) -> list[Pair]:
    """Each pair once in either direction, with its counts by block."""
    (pairs,) = one_row(connection, "SELECT count(*) FROM pair")
    if not pairs:
        return []
    alone: dict[str, list[int]] = {}
    for goods, place, n in connection.execute(
        "SELECT goods, place, count(*) FROM has WHERE goods IN "
        "(SELECT a FROM pair UNION SELECT b FROM pair) GROUP BY 1, 2"
    ).fetchall():
        alone.setdefault(goods, [0] * count)[place - 1] = n
    together: dict[tuple[str, str], list[int]] = {}
    for a, b, place, n in connection.execute(
        "SELECT p.a, p.b, x.place, count(*) FROM pair p JOIN has x ON x.goods = p.a "
        "JOIN has y ON y.goods = p.b AND y.key = x.key GROUP BY 1, 2, 3"
    ).fetchall():
        together.setdefault((a, b), [0] * count)[place - 1] = n
    found = []
    for (a, b), both in together.items():
        for first, second in ((a, b), (b, a)):
            found.append(
                Pair(first, second, tuple(alone[first]), tuple(alone[second]), tuple(both))
            )
    return found
