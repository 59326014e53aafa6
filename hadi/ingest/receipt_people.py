"""Who closed a sale and who passed it on: every line is credited whole, in two parts that add up.

Summed by person and by department. A line that nobody passed on belongs to who closed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from hadi.domain.baskets import BasketSpec
from hadi.ingest.receipts import Credited

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_CREDITED = 5_000


def credited(
    connection: DuckDBPyConnection, spec: BasketSpec, of: Literal["person", "department"]
) -> Iterator[Credited]:
    """The credits by name and span; nothing where no column names them."""
    role = "seller" if of == "person" else "department"
    if spec.column(role) is None:
        return
    _enter(connection, spec)
    own = (
        "(SELECT seller AS name, span, count(*) AS core FROM sold WHERE is_core GROUP BY 1, 2)"
        if of == "person"
        else "(SELECT h.department AS name, span, count(*) AS core FROM sold s "
        "LEFT JOIN home h ON h.seller = s.seller WHERE is_core GROUP BY 1, 2)"
    )
    query = (
        f"SELECT coalesce(e.name, ''), e.span, e.goals, e.assists, e.lines, e.addon_amount, "
        "e.amount, e.margin, coalesce(o.core, 0) FROM "
        f"(SELECT {of} AS name, coalesce(span, '') AS span, "
        "count_if(is_goal AND is_addon) AS goals, count_if(NOT is_goal AND is_addon) AS assists, "
        "coalesce(sum(part) FILTER (is_addon), 0) AS lines, "
        "sum(part * amount) FILTER (is_addon) AS addon_amount, sum(part * amount) AS amount, "
        "sum(part * margin) AS margin FROM credit GROUP BY 1, 2) e LEFT JOIN "
        f"{own} o ON o.name IS NOT DISTINCT FROM e.name AND coalesce(o.span, '') = e.span "
        f"ORDER BY 1, 2 LIMIT {MOST_CREDITED}"
    )
    for row in connection.execute(query).fetchall():
        yield Credited(*row)


def span_weeks(connection: DuckDBPyConnection) -> dict[str, float]:
    """How many weeks each side of the comparison lasts, from its first to its last day."""
    query = (
        "SELECT coalesce(span, ''), (max(day) - min(day) + 1) / 7.0 FROM sold "
        "WHERE day IS NOT NULL GROUP BY 1"
    )
    return {span: float(weeks) for span, weeks in connection.execute(query).fetchall()}


def _enter(connection: DuckDBPyConnection, spec: BasketSpec) -> None:
    """`home`: the department that somebody mostly sells for; `credit`: a row for each part of each
    line that was sold. Only add-ons are shared: what a client came for, nobody passed on."""
    found = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'credit'")
    if found.fetchone():
        return
    connection.execute(
        "CREATE TEMP TABLE home AS SELECT seller, department FROM (SELECT seller, department, "
        "count(*) AS n FROM line WHERE seller IS NOT NULL AND department IS NOT NULL "
        "GROUP BY ALL) QUALIFY row_number() OVER (PARTITION BY seller ORDER BY n DESC, department)"
        " = 1"
    )
    shared = "is_addon AND assist IS NOT NULL AND assist IS DISTINCT FROM seller"
    goal, assist = spec.credit.goal_share, spec.credit.assist_share
    sold = "FROM line WHERE receipt IS NOT NULL AND quantity > 0"
    connection.execute(
        "CREATE TEMP TABLE credit AS "
        f"SELECT seller AS person, department, span, true AS is_goal, is_addon, "
        f"CASE WHEN {shared} THEN {goal!r} ELSE 1.0 END::DOUBLE AS part, amount, margin {sold} "
        "UNION ALL "
        "SELECT l.assist, h.department, l.span, false, true, "
        f"{assist!r}::DOUBLE, l.amount, l.margin FROM (SELECT * {sold} AND {shared}) l "
        "LEFT JOIN home h ON h.seller = l.assist"
    )
