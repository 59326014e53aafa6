"""Invoices laid beside the deals of a CRM, to tell whether all deals are entered there.

Two shapes are read: a row for each invoice, which names its deal, or a row for each month with how
many there were. Several invoices of one deal count once: it is deals that are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.crm_hygiene import Invoices
from hadi.domain.errors import Unreadable
from hadi.domain.folding import folded
from hadi.domain.months import month_of, read_when
from hadi.domain.text import Text, day_figure
from hadi.ingest import keys
from hadi.ingest.engine import one_row, parquet, quoted
from hadi.ingest.frame import column_types

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_MONTHS = 5_000
MOST = 10**9
DEAL = ("deal", "deal id", "deal_id", "opportunity", "opportunity_id", "lead_id", "сделка",
        "id сделки", "номер сделки", "№ сделки", "ügylet", "ügylet azonosító")  # fmt: skip
DAY = ("date", "day", "month", "period", "invoice date", "invoice_date", "issued", "issued_at",
       "дата", "дата счета", "дата счёта", "месяц", "период", "dátum", "hónap",
       "számla dátuma")  # fmt: skip
COUNT = ("invoices", "number of invoices", "count", "number", "счета", "счетов", "число счетов",
         "количество", "количество счетов", "számlák", "számlák száma", "darab")  # fmt: skip


def count(
    connection: DuckDBPyConnection, path: Path, *, top: int, as_of: datetime | None
) -> Invoices:
    """Count the invoices of a table beside the deals of the connection; `top` is the place at which
    a deal is won. Raises Unreadable."""
    table = parquet([path])
    types = column_types(connection, table)
    deal, day, number = (_one(types, names) for names in (DEAL, DAY, COUNT))
    if deal is not None:
        return _by_deal(connection, table, types, deal, day, as_of)
    if day is not None and number is not None:
        return _by_month(connection, table, day, number, top, as_of)
    names = ", ".join(f"“{name[:40]}”" for name in list(types)[:20])
    raise Unreadable(Text("invoices_no_columns", columns=names))


def _by_deal(
    connection: DuckDBPyConnection,
    table: str,
    types: dict[str, str],
    deal: str,
    day: str | None,
    as_of: datetime | None,
) -> Invoices:
    first, last = _span(connection, "SELECT min(came) FROM event", as_of)
    inside = "true"
    if day is not None and types[day].startswith(("DATE", "TIMESTAMP")) and first and last:
        on = keys.day(day, types[day])
        inside = f"coalesce({on} BETWEEN DATE '{first}' AND DATE '{last}', true)"
    connection.execute(
        f"CREATE TEMP TABLE invoice AS SELECT {keys.name(deal, types[deal])} AS deal, "
        f"{inside} AS inside FROM {table}"
    )
    rows, outside, blank, named = one_row(
        connection,
        "SELECT count(*), count(*) FILTER (NOT inside), "
        "count(*) FILTER (inside AND deal IS NULL), count(DISTINCT deal) FILTER (inside) "
        "FROM invoice",
    )
    won, invoiced, others = one_row(
        connection,
        "SELECT count(*) FILTER (state = 'won'), count(*) FILTER (state = 'won' AND has), "
        "count(*) FILTER (state <> 'won' AND has) FROM (SELECT state, deal IN "
        "(SELECT deal FROM invoice WHERE inside AND deal IS NOT NULL) AS has FROM deal)",
    )
    total = int(named) + int(blank)
    if not total:
        raise _none(first, last)
    return Invoices(
        total, rows=int(rows), outside=int(outside), without_deal=total - int(invoiced) - others,
        not_won=int(others), without_invoice=int(won) - int(invoiced),
    )  # fmt: skip


def _by_month(
    connection: DuckDBPyConnection,
    table: str,
    day: str,
    number: str,
    top: int,
    as_of: datetime | None,
) -> Invoices:
    first_won = f"SELECT coalesce(min(at_{top}), (SELECT min(came) FROM event)) FROM deal"
    first, last = _span(connection, first_won, as_of)
    found = connection.execute(
        f"SELECT CAST({quoted(day)} AS VARCHAR), CAST({quoted(number)} AS VARCHAR) FROM {table} "
        f"WHERE {quoted(day)} IS NOT NULL LIMIT {MOST_MONTHS + 1}"
    ).fetchall()
    if len(found) > MOST_MONTHS:
        raise Unreadable(Text("invoices_many_months", limit=MOST_MONTHS))
    total = outside = 0
    for written, counted in found:
        when = read_when(written)
        if when is None:
            raise Unreadable(Text("invoices_no_month", value=written[:40]))
        if first and last and not month_of(first) <= when.month <= month_of(last):
            outside += 1
            continue
        total += _whole(counted)
    if not total:
        raise _none(first, last)
    return Invoices(total, rows=len(found), outside=outside)


def _span(
    connection: DuckDBPyConnection, first: str, as_of: datetime | None
) -> tuple[date | None, date | None]:
    """The days of the deals: from the first moment that `first` asks for to that of the export."""
    found = one_row(connection, first)[0]
    return (found.date() if found else None), (as_of.date() if as_of else None)


def _whole(written: str | None) -> int:
    try:
        number = float(written or "0")
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST or number != int(number):
        raise Unreadable(Text("invoices_no_count", value=str(written)[:40]))
    return int(number)


def _none(first: date | None, last: date | None) -> Unreadable:
    if first is None or last is None:
        return Unreadable(Text("invoices_none"))
    return Unreadable(Text("invoices_none_then", first=day_figure(first), last=day_figure(last)))


def _one(columns: Sequence[str] | dict[str, str], names: Sequence[str]) -> str | None:
    """The column that is called by one of these names, the more telling one first."""
    by_name = {folded(column): column for column in columns}
    return next((by_name[name] for name in map(folded, names) if name in by_name), None)
