"""A log and receipts laid side by side by DuckDB: what supports what, counted and listed.

Matched by the number of the receipt; where one of them has none, by store, item and day. Only what
both sides could have seen is compared: the days and stores they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hadi.domain.errors import Unreadable
from hadi.domain.reconciliation import Counts, LogColumns, ReceiptColumns, Rules
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.engine import literal, quoted
from hadi.ingest.quality.table import Asked, Table, open_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TRUE = "('1', 'true', 't', 'yes', 'y', '1.0', 'да', 'igen', 'x', '+')"
_NONE = "('', 'false', 'f', 'no', 'n', 'нет', 'nem', '-', '–', '—')"


class Kind(StrEnum):
    """What can be listed."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    DUPLICATE = "duplicate"
    UNLOGGED = "unlogged"
    AFTERWARDS = "afterwards"


@dataclass(frozen=True, slots=True)
class Sides:
    """Both tables and their columns; `receipts` empty: the log alone, for when it was written."""

    log: Sequence[Path]
    log_columns: LogColumns
    zone: ZoneInfo
    now: datetime
    receipts: Sequence[Path] = ()
    receipt_columns: ReceiptColumns = field(default_factory=ReceiptColumns)

    @property
    def is_by_receipt(self) -> bool:
        return self.log_columns.receipt is not None and self.receipt_columns.receipt is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of one kind, as text; `columns` are those of the table they come from."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def count(sides: Sides, rules: Rules) -> Counts:
    """Everything counted. Raises Unreadable with one sentence."""
    with _laid_out(sides, rules) as connection:
        known: dict[str, Any] = {}
        (known["timed"], known["lagged"], known["late"], known["bursts"], known["afterwards"],
         known["median_lag"]) = engine.one_row(
            connection,
            "SELECT count(entered), count(lag), count_if(is_late), count_if(in_burst),"
            " count_if(is_late OR in_burst), median(lag) FROM timed",
        )  # fmt: skip
        if sides.receipts:
            (known["entries"], known["supported"], known["duplicate"], known["unsupported"],
             known["unnamed"], known["unknown"], known["left_out"]) = engine.one_row(
                connection,
                "SELECT count_if(is_compared), count_if(kind = 'supported'),"
                " count_if(kind = 'duplicate'), count_if(kind = 'unsupported'),"
                " count_if(kind = 'unsupported' AND key IS NULL),"
                " count_if(kind = 'unsupported' AND key IS NOT NULL AND NOT is_there),"
                " count_if(NOT is_compared) FROM matched",
            )  # fmt: skip
            known["unlogged"], known["lines_left_out"] = engine.one_row(
                connection,
                "SELECT coalesce(sum(unlogged) FILTER (is_compared), 0)::BIGINT,"
                " coalesce(sum(unlogged) FILTER (NOT is_compared), 0)::BIGINT FROM addon",
            )
            known["real"] = known["supported"] + known["unlogged"]
    lag = known.pop("median_lag")
    return Counts(
        **{name: int(value or 0) for name, value in known.items()},
        median_lag=float(lag) if lag is not None else None,
    )


def listed(
    sides: Sides, rules: Rules, hidden: Mapping[Kind, frozenset[str]], *, most: int
) -> dict[Kind, Listed]:
    """The first rows of each kind in `hidden`, without those columns of their table. Both sides are
    laid out once for all of them."""
    found: dict[Kind, Listed] = {}
    with _laid_out(sides, rules) as connection:
        for kind, unseen in hidden.items():
            columns, query = _listing(connection, sides, kind, unseen)
            rows = connection.execute(f"{query} LIMIT {most}").fetchall() if columns else []
            found[kind] = Listed(columns, tuple(rows))
    return found


def streamed(
    sides: Sides, rules: Rules, kind: Kind, *, hidden: frozenset[str] = frozenset()
) -> Iterator[Sequence[Sequence[str | None]]]:
    """All rows of one kind a few at a time, the names of the columns first."""
    with _laid_out(sides, rules) as connection:
        columns, query = _listing(connection, sides, kind, hidden)
        yield [columns]
        found = connection.execute(query) if columns else None
        while found is not None and (rows := found.fetchmany(2000)):
            yield rows


def _listing(
    connection: DuckDBPyConnection, sides: Sides, kind: Kind, hidden: frozenset[str]
) -> tuple[tuple[str, ...], str]:
    is_line = kind is Kind.UNLOGGED
    paths = sides.receipts if is_line else sides.log
    described = connection.execute(f"DESCRIBE SELECT * FROM {engine.parquet(paths)}").fetchall()
    columns = tuple(name for name, *_ in described if name not in hidden)
    shown = ", ".join(f"CAST(r.{quoted(name)} AS VARCHAR)" for name in columns)
    table = _numbered(paths)
    if is_line:
        where = (
            "JOIN lines l ON l.i = r.hadi_i JOIN addon k ON k.key = l.key"
            " WHERE l.counts AND k.unlogged > 0 AND k.is_compared"
        )
    elif kind is Kind.AFTERWARDS:
        where = "JOIN timed t ON t.i = r.hadi_i WHERE t.is_late OR t.in_burst"
    else:
        where = f"JOIN matched m ON m.i = r.hadi_i WHERE m.kind = {literal(kind.value)}"
    return columns, f"SELECT {shown} FROM {table} r {where} ORDER BY r.hadi_i"


@contextmanager
def _laid_out(sides: Sides, rules: Rules) -> Iterator[DuckDBPyConnection]:
    """A session with the tables `entries`, `timed` and, of two sides, `lines`, `addon` and
    `matched`."""
    import duckdb

    with engine.session(files=[*sides.log, *sides.receipts]) as connection:
        try:
            log = open_table(connection, sides.log, Asked(None, sides.zone, sides.now))
            receipts = (
                open_table(connection, sides.receipts, Asked(None, sides.zone, sides.now))
                if sides.receipts else None
            )  # fmt: skip
            _require(log, sides.log_columns, "log")
            if receipts is not None:
                _require(receipts, sides.receipt_columns, "receipts")
                if not sides.is_by_receipt:
                    _require_a_day(sides)
            _entries(connection, log, sides)
            if receipts is not None:
                _lines(connection, receipts, sides)
                _match(connection, sides)
            _time(connection, sides, rules)
            yield connection
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error


def _require(table: Table, columns: LogColumns | ReceiptColumns, side: str) -> None:
    for name in type(columns).__dataclass_fields__:
        column = getattr(columns, name)
        if column is not None and column not in table.types:
            known = ", ".join(f"“{each}”" for each in table.types)
            raise Unreadable(Text("quality_setting_column", column=column[:80], columns=known))
        is_time = name in ("entered_at", "event_at", "at")
        if column is not None and is_time and table.local_time(column) is None:
            raise Unreadable(Text("quality_setting_not_stamps", column=column))


def _require_a_day(sides: Sides) -> None:
    has_log_day = sides.log_columns.event_at or sides.log_columns.entered_at
    if not (has_log_day and sides.receipt_columns.at):
        raise Unreadable(Text("reconciling_needs_receipt"))


def _numbered(paths: Sequence[Path]) -> str:
    """The rows with their place, which names a row and keeps the order of the file."""
    return f"(SELECT *, row_number() OVER () AS hadi_i FROM {engine.parquet(paths)})"


def _entries(connection: DuckDBPyConnection, log: Table, sides: Sides) -> None:
    """`logged`: every row of the log, which tells what it covers; `entries`: where one is noted."""
    columns = sides.log_columns
    entered, event = (_time_of(log, c) for c in (columns.entered_at, columns.event_at))
    day = f"CAST(coalesce({event}, {entered}) AS DATE)"
    store, item = (_word_of(log, c) for c in (columns.store, columns.item))
    has_items = columns.item is not None and sides.receipt_columns.item is not None
    if sides.is_by_receipt:
        assert columns.receipt is not None
        key = _key(log.word(columns.receipt), item if has_items else None)
        number = log.word(columns.receipt)
    else:
        key, number = _day_key(sides, store, item if has_items else None, day), "NULL"
    is_noted = _is_noted(log, columns.noted) if columns.noted else "true"
    connection.execute(
        f"CREATE TEMP TABLE logged AS SELECT hadi_i AS i, {number} AS number, {key} AS key,"
        f" {store} AS store, {day} AS day, {entered} AS entered, {event} AS event,"
        f" {is_noted} AS is_noted FROM {_numbered(sides.log)};"
        " CREATE TEMP TABLE entries AS SELECT * EXCLUDE (is_noted) FROM logged WHERE is_noted"
    )


def _is_noted(log: Table, column: str) -> str:
    """Whether a row says that there is something: not 0 in any writing, no, or empty."""
    word = f"lower(coalesce({log.word(column)}, ''))"
    number = f"TRY_CAST(replace({word}, ',', '.') AS DOUBLE)"
    return f"{word} NOT IN {_NONE} AND coalesce({number} <> 0, true)"


def _lines(connection: DuckDBPyConnection, receipts: Table, sides: Sides) -> None:
    """The lines of the receipts; `counts`: an add-on."""
    columns = sides.receipt_columns
    at = _time_of(receipts, columns.at)
    day = f"CAST({at} AS DATE)"
    store, item = (_word_of(receipts, c) for c in (columns.store, columns.item))
    has_items = columns.item is not None and sides.log_columns.item is not None
    number = receipts.word(columns.receipt) if columns.receipt else "NULL"
    if sides.is_by_receipt:
        key = _key(number, item if has_items else None)
    else:
        key = _day_key(sides, store, item if has_items else None, day)
    is_core = (
        f"lower(coalesce({receipts.word(columns.core)}, '')) IN {_TRUE}" if columns.core else "NULL"
    )
    counts = "true"
    if columns.core:
        counts = "NOT is_core"
        if columns.receipt:
            counts += " AND bool_or(is_core) OVER (PARTITION BY number)"
    connection.execute(
        f"CREATE TEMP TABLE lines AS SELECT *, {counts} AS counts FROM (SELECT hadi_i AS i,"
        f" {number} AS number, {key} AS key, {store} AS store, {day} AS day, {at} AS moment,"
        f" {is_core} AS is_core FROM {_numbered(sides.receipts)})"
    )


def _key(number: str, item: str | None) -> str:
    return f"{number} || chr(31) || lower({item})" if item else number


def _day_key(sides: Sides, store: str, item: str | None, day: str) -> str:
    has_stores = sides.log_columns.store is not None and sides.receipt_columns.store is not None
    parts = [f"CAST({day} AS VARCHAR)"]
    parts += [f"lower({store})"] if has_stores else []
    parts += [f"lower({item})"] if item else []
    return " || chr(31) || ".join(parts)


def _match(connection: DuckDBPyConnection, sides: Sides) -> None:
    """`addon`: each key with its add-ons and how many of them nobody logged. `matched`: each entry
    with its kind. By receipt a key is one add-on; by day as many as it has lines."""
    has_stores = sides.log_columns.store is not None and sides.receipt_columns.store is not None
    each = "1" if sides.is_by_receipt else "count(*)"
    store = "lower({t}.store) IN (SELECT lower(store) FROM {o})" if has_stores else "true"
    span = "(SELECT min(day) FROM {o}) AND (SELECT max(day) FROM {o})"
    days = f"({{t}}.day IS NULL OR {{t}}.day BETWEEN {span})"
    known = "e.number IS NOT NULL AND e.number IN (SELECT number FROM lines)"
    if not sides.is_by_receipt:
        known = "e.key IN (SELECT key FROM lines)"
    connection.execute(
        f"""
        CREATE TEMP TABLE addons AS
        SELECT key, {each} AS n, min(store) AS store, min(day) AS day
        FROM lines WHERE counts AND key IS NOT NULL GROUP BY key;
        CREATE TEMP TABLE matched AS
        SELECT i, key, is_there, is_compared, CASE
            WHEN NOT is_compared THEN NULL
            WHEN n IS NULL THEN 'unsupported'
            WHEN place <= n THEN 'supported'
            ELSE 'duplicate' END AS kind
        FROM (
            SELECT e.i, e.key, a.n, {known} AS is_there,
                row_number() OVER (PARTITION BY e.key ORDER BY e.entered, e.i) AS place,
                ({known}) OR ({days.format(t="e", o="lines")}
                    AND {store.format(t="e", o="lines")}) AS is_compared
            FROM entries e LEFT JOIN addons a ON a.key = e.key
        );
        CREATE TEMP TABLE addon AS
        SELECT a.key, greatest(a.n - coalesce(m.n, 0), 0) AS unlogged,
            m.n IS NOT NULL OR ({days.format(t="a", o="logged")}
                AND {store.format(t="a", o="logged")}) AS is_compared
        FROM addons a LEFT JOIN (SELECT key, count(*) AS n FROM entries GROUP BY key) m
            ON m.key = a.key
        """
    )


def _time(connection: DuckDBPyConnection, sides: Sides, rules: Rules) -> None:
    """`timed`: when each entry was made, how long after its receipt, and whether in a burst. The
    end of a shift is as told, or the last receipt of the store on that day; unknown, a burst counts
    at any time."""
    event = "e.event"
    receipt_times = ""
    if sides.receipts and sides.is_by_receipt and sides.receipt_columns.at:
        receipt_times = (
            "LEFT JOIN (SELECT number, min(moment) AS moment FROM lines WHERE number IS NOT NULL"
            " GROUP BY number) l ON l.number = e.number"
        )
        event = "coalesce(e.event, l.moment)"
    shift = _shift_end(sides, rules)
    burst = f"INTERVAL {rules.burst_minutes} MINUTE"
    near = f"e.entered >= s.ends - INTERVAL {rules.shift_minutes} MINUTE"
    connection.execute(
        f"""
        CREATE TEMP TABLE bursts AS
        SELECT i, max(starts) OVER (PARTITION BY store ORDER BY entered
            RANGE BETWEEN {burst} PRECEDING AND CURRENT ROW) AS in_burst
        FROM (SELECT i, store, entered, count(*) OVER (PARTITION BY store ORDER BY entered
            RANGE BETWEEN CURRENT ROW AND {burst} FOLLOWING) >= {rules.burst_entries} AS starts
            FROM entries WHERE entered IS NOT NULL);
        CREATE TEMP TABLE timed AS
        SELECT i, entered, lag, coalesce(lag > {rules.late_minutes}, false) AS is_late, in_burst
        FROM (
            SELECT e.i, e.entered, epoch(e.entered - {event}) / 60 AS lag,
                coalesce(b.in_burst, false) AND coalesce({near}, true) AS in_burst
            FROM entries e LEFT JOIN bursts b ON b.i = e.i {receipt_times} {shift}
        )
        """
    )


def _shift_end(sides: Sides, rules: Rules) -> str:
    """A join that knows `s.ends` of each entry, or NULL."""
    if rules.shift_end is not None:
        minutes = rules.shift_end.hour * 60 + rules.shift_end.minute
        at = f"date_trunc('day', e.entered) + INTERVAL {minutes} MINUTE"
        return f"LEFT JOIN LATERAL (SELECT {at} AS ends) s ON true"
    if sides.receipts and sides.receipt_columns.at:
        has_stores = sides.log_columns.store is not None and sides.receipt_columns.store is not None
        by_store = "AND lower(s.store) = lower(e.store)" if has_stores else ""
        group = "store, day" if has_stores else "day"
        return (
            f"LEFT JOIN (SELECT {group}, max(moment) AS ends FROM lines GROUP BY {group}) s"
            f" ON s.day = CAST(e.entered AS DATE) {by_store}"
        )
    return "LEFT JOIN (SELECT NULL::TIMESTAMP AS ends) s ON true"


def _time_of(table: Table, column: str | None) -> str:
    return (table.local_time(column) if column else None) or "NULL::TIMESTAMP"


def _word_of(table: Table, column: str | None) -> str:
    return table.word(column) if column else "NULL::VARCHAR"
