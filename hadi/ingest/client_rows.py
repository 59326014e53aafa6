"""Counting clients by territory out of a file of purchases, or of clients with the day they last
bought: one query, no row kept.

A row without a day is a client who has not bought yet. Who bought in two territories is a client
of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.folding import folded
from hadi.domain.text import Text
from hadi.ingest.engine import parquet, quoted, session
from hadi.ingest.frame import column_types
from hadi.ingest.report import ColumnReport, ColumnType

MOST_TERRITORIES = 2_000
CLIENT = ("client", "client id", "customer", "customer id", "buyer", "клиент", "id клиента",
          "покупатель", "контрагент", "ügyfél", "ügyfél azonosító", "vevő", "phone",
          "телефон")  # fmt: skip
TERRITORY = ("territory", "region", "store", "shop", "unit", "территория", "регион", "магазин",
             "точка", "terület", "régió", "bolt", "üzlet")  # fmt: skip
DAY = ("date", "day", "bought on", "purchased at", "purchase date", "last purchase", "sold at",
       "дата", "дата покупки", "дата продажи", "последняя покупка", "dátum", "vásárlás dátuma",
       "utolsó vásárlás")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClientColumns:
    """Which column is which; without a territory everyone is of one."""

    client: str
    day: str
    territory: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A territory: `potential` is None where the file names nobody who has not bought."""

    territory: str
    active: int
    ever: int
    potential: int | None


@dataclass(frozen=True, slots=True)
class ClientCount:
    """What was counted. `later` rows lie behind the period, `blank` ones name no client, and
    `several` clients are of more than one territory."""

    territories: tuple[Counted, ...]
    rows: int
    later: int
    blank: int
    several: int


def columns_of(
    columns: Sequence[ColumnReport], *, client: str = "", day: str = "", territory: str = ""
) -> ClientColumns:
    """The columns by the names that were given, else by what people call them. Raises
    Unreadable."""
    days = {c.name for c in columns if c.type in (ColumnType.DATE, ColumnType.TIME)}
    found = {
        "client": _one(columns, client, CLIENT),
        "day": _one(columns, day, DAY) or (next(iter(days)) if len(days) == 1 else None),
        "territory": _one(columns, territory, TERRITORY),
    }
    names = ", ".join(f"“{column.name}”" for column in columns)
    for name in ("client", "day"):
        if found[name] is None:
            raise Unreadable(Text(f"client_rows_no_{name}", columns=names))
    if territory and found["territory"] is None:
        raise Unreadable(Text("client_rows_no_territory", columns=names))
    assert found["client"] is not None and found["day"] is not None
    if found["day"] not in days:
        raise Unreadable(Text("client_rows_no_days", column=found["day"]))
    return ClientColumns(found["client"], found["day"], found["territory"])


def _one(columns: Sequence[ColumnReport], given: str, known: Sequence[str]) -> str | None:
    """The column that was named, or the first that goes by a known name."""
    wanted = [given.strip()] if given.strip() else list(known)
    by_name = {folded(column.name.replace("_", " ")): column.name for column in columns}
    for name in wanted:
        found = by_name.get(folded(name.replace("_", " ")))
        if found is not None:
            return found
    return None


def count_clients(
    paths: Sequence[Path], columns: ClientColumns, *, first: date, last: date
) -> ClientCount:
    """Clients by territory: active between the two days (both included), ever until the last of
    them. Raises Unreadable."""
    client = f"nullif(trim({quoted(columns.client)}::VARCHAR), '')"
    day = f"CAST({quoted(columns.day)} AS DATE)"
    territory = (
        f"coalesce(nullif(trim({quoted(columns.territory)}::VARCHAR), ''), '')"
        if columns.territory
        else "''"
    )
    with session(files=paths) as connection:
        table = parquet(paths)
        column_types(connection, table)
        rows = f"(SELECT {client} AS c, {day} AS d, {territory} AS t FROM {table})"
        span = [first, last]
        found = connection.execute(
            f"SELECT t, count(DISTINCT c) FILTER (d BETWEEN ? AND ?), "
            f"count(DISTINCT c) FILTER (d <= ?), count(DISTINCT c) FILTER (d IS NULL OR d <= ?) "
            f"FROM {rows} WHERE c IS NOT NULL GROUP BY t ORDER BY t LIMIT {MOST_TERRITORIES + 1}",
            [*span, last, last],
        ).fetchall()
        totals = connection.execute(
            f"SELECT count(*), count(*) FILTER (d > ?), count(*) FILTER (c IS NULL), "
            f"count(*) FILTER (d IS NULL AND c IS NOT NULL) FROM {rows}",
            [last],
        ).fetchone()
        several = connection.execute(
            f"SELECT count(*) FROM (SELECT c FROM {rows} WHERE c IS NOT NULL GROUP BY c "
            f"HAVING count(DISTINCT t) > 1)"
        ).fetchone()
    assert totals is not None and several is not None
    if len(found) > MOST_TERRITORIES:
        raise Unreadable(Text("client_rows_many", limit=MOST_TERRITORIES))
    if not found:
        raise Unreadable(Text("client_rows_empty"))
    has_others = totals[3] > 0
    return ClientCount(
        tuple(
            Counted(t, active, ever, everyone if has_others else None)
            for t, active, ever, everyone in found
        ),
        rows=totals[0], later=totals[1], blank=totals[2], several=several[0],
    )  # fmt: skip
