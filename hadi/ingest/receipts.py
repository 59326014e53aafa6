"""Receipt lines summed where they are: by DuckDB, receipts first, then stores, weeks and goods.

A receipt has the core when one of its lines is core, and an add-on when one is periphery. Lines of
nothing or less are returns: they are counted as such and sell nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.baskets import BasketSpec
from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import engine, keys
from hadi.ingest.engine import literal, one_row, parquet, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_GOODS = 400
_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL",
)  # fmt: skip
_TRUE = "('1', '1.0', 'true', 't', 'yes', 'y', 'x', '+', 'core', 'да', 'ядро', 'igen', 'mag')"
_FALSE = (
    "('', '0', '0.0', 'false', 'f', 'no', 'n', '-', '–', '—', 'нет', 'nem', 'periphery',"
    " 'периферия', 'periféria')"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the file holds: its rows, those without a receipt, lines of returns, lines of core that
    were sold, receipts, stores, weeks, stores in several arms, first and last day; the currency of
    its amounts where a column names it."""

    rows: int
    unnamed: int
    returns: int
    receipts: int
    stores: int
    weeks: int
    mixed_stores: int
    first: date | None
    last: date | None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What was sold at one place, or in one week; money is None where no column holds it. `core`
    and `addon` count receipts with either, `both` those with both."""

    store: str | None
    week: date | None
    arm: str | None
    receipts: int
    core: int
    addon: int
    both: int
    units: float
    addon_lines: int
    addon_returned: int
    amount: float | None
    addon_amount: float | None
    margin: float | None
    addon_margin: float | None


@dataclass(frozen=True, slots=True)
class Goods:
    """A category (or an item): in how many receipts it is, and what it is taken for."""

    name: str
    receipts: int
    is_core: bool
    is_addon: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two categories in receipts: those with A, with B, with both; by block, in one order."""

    a: str
    b: str
    n_a: tuple[int, ...]
    n_b: tuple[int, ...]
    n_both: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Credited:
    """What one person (or one department) is credited with in one span of the comparison: lines
    that were closed and passed on, and their shares of money. `core` counts the receipts with core
    that were theirs."""

    name: str
    span: str
    goals: int
    assists: int
    lines: float
    addon_amount: float | None
    amount: float | None
    margin: float | None
    core: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """Everything that was counted. `blocks` says what the pairs' counts are of ("store", "week" or
    "" for none) and `block_sizes` how many receipts each block has."""

    seen: Seen
    whole: Sums
    goods: tuple[Goods, ...]
    stores: tuple[Sums, ...]
    weeks: tuple[Sums, ...]
    blocks: str
    block_sizes: tuple[int, ...]
    pairs: tuple[Pair, ...]
    people: tuple[Credited, ...]
    departments: tuple[Credited, ...]
    span_weeks: dict[str, float]


def columns_of(paths: Sequence[Path]) -> list[str]:
    """The names of the columns."""
    with _opened(paths) as (_, types):
        return list(types)


def names_of(paths: Sequence[Path], column: str, most: int = MOST_GOODS) -> list[tuple[str, int]]:
    """The values of a column by how many rows have them: what can be declared core."""
    with _opened(paths) as (connection, types):
        _require(types, column)
        named = keys.name(column, types[column])
        query = (
            f"SELECT {named} AS name, count(*) AS n FROM {parquet(paths)} WHERE name IS NOT NULL "
            f"GROUP BY name ORDER BY n DESC, name LIMIT {most}"
        )
        return [(str(name), int(n)) for name, n in connection.execute(query).fetchall()]


def count(paths: Sequence[Path], spec: BasketSpec) -> Receipts:
    """The file, counted. Raises Unreadable with one sentence."""
    from hadi.ingest.receipt_pairs import pairs_of
    from hadi.ingest.receipt_people import credited, span_weeks

    with _laid_out(paths, spec) as connection:
        seen = _seen(connection)
        (whole,) = _sums(connection)
        stores = tuple(_sums(connection, "store"))
        weeks = tuple(_sums(connection, "week"))
        block = _block(stores, weeks)
        sizes, pairs = pairs_of(connection, spec, block)
        return Receipts(
            seen,
            whole,
            tuple(_goods(connection)),
            stores,
            weeks,
            block,
            sizes,
            pairs,
            tuple(credited(connection, spec, "person")),
            tuple(credited(connection, spec, "department")),
            span_weeks(connection),
        )


def store_weeks(paths: Sequence[Path], spec: BasketSpec, *, by_week: bool = True) -> list[Sums]:
    """The sums of every store and week (or of every store): what a test is judged on."""
    with _laid_out(paths, spec) as connection:
        return list(_sums(connection, *(("store", "week") if by_week else ("store",))))


@contextmanager
def _opened(
    paths: Sequence[Path],
) -> Iterator[tuple[DuckDBPyConnection, dict[str, str]]]:
    import duckdb

    with engine.session(files=paths) as connection:
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {parquet(paths)}").fetchall()
            yield connection, {name: kind for name, kind, *_ in described}
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error


@contextmanager
def _laid_out(paths: Sequence[Path], spec: BasketSpec) -> Iterator[DuckDBPyConnection]:
    """A session with the tables `line` and `sold`."""
    with _opened(paths) as (connection, types):
        for column in spec.columns.values():
            _require(types, column)
        connection.execute(f"CREATE TEMP VIEW read AS {_lines(paths, spec, types)}")
        connection.execute(
            "CREATE TEMP TABLE mixed AS SELECT store FROM read WHERE store IS NOT NULL "
            "GROUP BY store HAVING count(DISTINCT arm) > 1"
        )
        connection.execute(f"CREATE TEMP TABLE line AS {_settled(spec)}")
        _one_currency(connection)
        connection.execute(_SOLD)
        yield connection


def _one_currency(connection: DuckDBPyConnection) -> str | None:
    """The currency of the amounts. Raises Unreadable where there are several: euros and roubles
    make no sum."""
    query = (
        "SELECT DISTINCT currency FROM line WHERE currency <> '' AND receipt IS NOT NULL"
        " AND (amount IS NOT NULL OR margin IS NOT NULL) ORDER BY currency LIMIT 6"
    )
    found = [str(code)[:20] for (code,) in connection.execute(query).fetchall()]
    if len(found) > 1:
        raise Unreadable(Text("basket_currencies", currencies=", ".join(found)))
    return found[0] if found else None


def _require(types: dict[str, str], column: str) -> None:
    if column not in types:
        known = ", ".join(f"“{each}”" for each in types)
        raise Unreadable(Text("quality_setting_column", column=column[:80], columns=known))


def _lines(paths: Sequence[Path], spec: BasketSpec, types: dict[str, str]) -> str:
    """Every row with what it is, in columns of one name for every file."""

    def named(role: str) -> str:
        column = spec.column(role)
        return keys.name(column, types[column]) if column else "NULL::VARCHAR"

    goods = spec.names_goods
    what = keys.name(goods, types[goods]) if goods else "NULL::VARCHAR"
    is_core, is_addon = _kinds(spec, types, what)
    quantity = f"coalesce({_number(spec, types, 'quantity') or 'NULL'}, 1.0)"
    money = _number(spec, types, "amount")
    price = _number(spec, types, "price")
    if money is None and price is not None:
        money = f"({price}) * ({quantity})"
    day_column = spec.column("day")
    day = keys.day(day_column, types[day_column]) if day_column else "NULL::DATE"
    if day_column:
        day = f"CAST({day} AS DATE)"
    returned = _flag(spec, types, "returned") or "false"
    return (
        f"SELECT {named('receipt')} AS receipt, {named('store')} AS store, {day} AS day, "
        f"CAST(date_trunc('week', {day}) AS DATE) AS week, {what} AS goods, "
        f"coalesce({is_core}, false) AS is_core, coalesce({is_addon}, false) AS is_addon, "
        f"CAST({quantity} AS DOUBLE) AS quantity, CAST({money or 'NULL'} AS DOUBLE) AS amount, "
        f"CAST({_number(spec, types, 'margin') or 'NULL'} AS DOUBLE) AS margin, "
        f"{named('seller')} AS seller, {named('assist')} AS assist, "
        f"{named('department')} AS department, {named('arm')} AS arm, "
        f"upper(trim({named('currency')})) AS currency, "
        f"coalesce({returned}, false) AS is_returned, {_key(spec, named)} AS key, "
        f"row_number() OVER () AS place FROM {parquet(paths)}"
    )


def _key(spec: BasketSpec, named: Any) -> str:
    """A receipt's number is its store's own: two stores may have the same."""
    if not spec.column("store"):
        return str(named("receipt"))
    return f"{named('receipt')} || chr(31) || coalesce({named('store')}, '')"


def _kinds(spec: BasketSpec, types: dict[str, str], what: str) -> tuple[str, str]:
    """Whether a line is core, and whether it is an add-on, as SQL."""
    flag = _flag(spec, types, "core")
    core = flag or (f"{what} IN ({_listed(spec.core)})" if spec.core else "false")
    if spec.periphery:
        return core, f"{what} IN ({_listed(spec.periphery)})"
    known = quoted(spec.columns["core"]) if flag else what
    return core, f"({known}) IS NOT NULL AND NOT ({core})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(literal(name) for name in names)


def _number(spec: BasketSpec, types: dict[str, str], role: str) -> str | None:
    """A column of numbers. Raises Unreadable for one of something else."""
    column = spec.column(role)
    if column is None:
        return None
    if not types[column].startswith(_NUMBERS):
        raise Unreadable(Text("basket_not_numbers", column=column))
    return f"CASE WHEN isfinite(CAST({quoted(column)} AS DOUBLE)) THEN {quoted(column)} END"


def _flag(spec: BasketSpec, types: dict[str, str], role: str) -> str | None:
    """Whether a cell says yes: a flag, a number above zero, or a day on which something was."""
    column = spec.column(role)
    if column is None:
        return None
    cell, kind = quoted(column), types[column]
    if kind == "BOOLEAN":
        return cell
    if kind.startswith(_NUMBERS):
        return f"{cell} > 0"
    if kind == "VARCHAR":
        text = f"lower(trim({cell}))"
        said = f"{text} IN {_TRUE}" if role == "core" else f"{text} NOT IN {_FALSE}"
        return f"({said})"
    return f"({cell} IS NOT NULL)"


def _settled(spec: BasketSpec) -> str:
    """The lines with what they are compared as. A store that was in several arms says nothing of
    any: its lines belong to none."""
    span = "''"
    if spec.column("arm"):
        span = "own_arm"
    elif spec.since is not None:
        day = literal(spec.since.isoformat())
        span = f"CASE WHEN day < DATE {day} THEN 'before' WHEN day IS NOT NULL THEN 'after' END"
    own = "CASE WHEN store IN (SELECT store FROM mixed) THEN NULL ELSE arm END"
    return (
        f"SELECT * EXCLUDE (arm, own_arm), own_arm AS arm, {span} AS span "
        f"FROM (SELECT *, {own} AS own_arm FROM read)"
    )


_SOLD = """
CREATE TEMP TABLE sold AS
SELECT key, any_value(store) AS store, min(day) AS day,
  CAST(date_trunc('week', min(day)) AS DATE) AS week, min(arm) AS arm, min(span) AS span,
  bool_or(is_core) AS is_core, bool_or(is_addon) AS is_addon,
  arg_min(seller, place) FILTER (is_core) AS seller,
  sum(quantity) AS units, sum(amount) AS amount, sum(margin) AS margin,
  sum(amount) FILTER (is_addon) AS addon_amount, sum(margin) FILTER (is_addon) AS addon_margin,
  count(*) FILTER (is_addon) AS addon_lines,
  count(*) FILTER (is_addon AND is_returned) AS addon_returned
FROM line WHERE receipt IS NOT NULL AND quantity > 0 GROUP BY key
"""


def _seen(connection: DuckDBPyConnection) -> Seen:
    rows, unnamed, returns = one_row(
        connection,
        "SELECT count(*), count_if(receipt IS NULL),"
        " count_if(receipt IS NOT NULL AND quantity <= 0) FROM line",
    )
    (mixed,) = one_row(connection, "SELECT count(*) FROM mixed")
    receipts, stores, weeks, first, last = one_row(
        connection,
        "SELECT count(*), count(DISTINCT store), count(DISTINCT week), min(day), max(day)"
        " FROM sold",
    )
    if not receipts:
        raise Unreadable(Text("basket_no_receipts"))
    currency = _one_currency(connection)
    return Seen(rows, unnamed, returns, receipts, stores, weeks, mixed, first, last, currency)


def _sums(connection: DuckDBPyConnection, *by: str) -> Iterator[Sums]:
    """The sums of every store, week, or both; of everything without either. Receipts that have no
    store (or no day) are in none of their groups. A week has stores of several arms."""
    shown = [
        "store" if "store" in by else "NULL::VARCHAR",
        "week" if "week" in by else "NULL::DATE",
        "max(arm)" if "store" in by else "NULL::VARCHAR",
    ]
    where = " AND ".join(f"{one} IS NOT NULL" for one in by) or "true"
    group = f"GROUP BY {', '.join(by)}" if by else ""
    order = f"ORDER BY {', '.join(by)}" if by else ""
    query = (
        f"SELECT {', '.join(shown)}, count(key), count_if(is_core), count_if(is_addon), "
        "count_if(is_core AND is_addon), sum(units), coalesce(sum(addon_lines), 0)::BIGINT, "
        "coalesce(sum(addon_returned), 0)::BIGINT, sum(amount), sum(addon_amount), sum(margin), "
        f"sum(addon_margin) FROM {_WITH_RETURNS} WHERE {where} {group} "
        f"HAVING count(key) > 0 {order}"
    )
    wanted = [field.name for field in fields(Sums)]
    for row in connection.execute(query).fetchall():
        yield Sums(**dict(zip(wanted, row, strict=True)))


# What comes back on a receipt of its own counts where and when it came back.
_WITH_RETURNS = (
    "(SELECT * FROM sold UNION ALL BY NAME SELECT store, week, count(*) AS addon_returned "
    "FROM line WHERE quantity <= 0 AND is_addon AND receipt IS NOT NULL GROUP BY store, week)"
)


def _block(stores: Sequence[Sums], weeks: Sequence[Sums]) -> str:
    """What a range is taken over: stores where there are enough, weeks otherwise."""
    from hadi.stats.baskets import FEWEST_BLOCKS

    if len(stores) >= FEWEST_BLOCKS:
        return "store"
    return "week" if len(weeks) >= FEWEST_BLOCKS and len(stores) <= 1 else ""


def _goods(connection: DuckDBPyConnection) -> Iterator[Goods]:
    query = (
        "SELECT goods, count(DISTINCT key) AS n, bool_or(is_core), bool_or(is_addon) FROM line "
        "WHERE goods IS NOT NULL AND receipt IS NOT NULL AND quantity > 0 "
        f"GROUP BY goods ORDER BY n DESC, goods LIMIT {MOST_GOODS}"
    )
    for name, receipts, is_core, is_addon in connection.execute(query).fetchall():
        yield Goods(name, receipts, is_core, is_addon)
