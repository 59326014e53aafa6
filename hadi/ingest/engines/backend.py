"""One database behind Ibis: what the engines share, and the few things each says in its own way.

Expressions are Ibis', compiled for the engine; running them is ours, so that every statement obeys
the clock, the cost and the number of rows, and so that what comes back has lost no digit (Ibis'
own way leads through pandas, where a whole number beside a missing one becomes a float).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import HadiError, Unreadable
from hadi.domain.text import Text
from hadi.ingest.engines import Limits, guard
from hadi.ingest.engines.watchdog import Watchdog
from hadi.ingest.frame import is_nested

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.schema as sch
    import ibis.expr.types as ir
    from numpy.typing import NDArray

_LARGEST = 1.7976931348623157e308  # of all floats
_MOST_SHOWN = 100  # characters of a cell in a preview


class OutOfRange(Exception):
    """The engine says that a number left the range of a float."""


class Backend(ABC):
    """An open database. `ibis` is Ibis' own backend, used to compile."""

    kind: str
    ibis: Any
    quote = '"'  # around a name
    hides_overflow = False  # a sum beyond a float is some number, and no error
    longest_text: int | None = None  # characters of a text that is told apart from others

    def __init__(self, limits: Limits, watchdog: Watchdog) -> None:
        self.limits = limits
        self.watchdog = watchdog
        self._named_sql: dict[str, str] = {}

    # What each engine does in its own way.

    @abstractmethod
    def version(self) -> str:
        """Its name and version, as a person says them. Raises Unreadable."""

    @abstractmethod
    def tables(self) -> tuple[str, ...]:
        """The tables and views in reach, as `of_table` takes them. Raises Unreadable."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection; says nothing where it is gone already."""

    @abstractmethod
    def _schema(self, sql: str) -> tuple[sch.Schema, str]:
        """The columns of a SELECT, and the SELECT with what Ibis has no type for cast to text."""

    @abstractmethod
    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement: at most `limits.rows` and one more rows."""

    @abstractmethod
    def _run_columns(self, sql: str) -> dict[str, NDArray[Any]]:
        """The same, by column."""

    @abstractmethod
    def _refusal(self, error: Exception) -> Exception:
        """A driver's error in our words: an Unreadable without any secret, or OutOfRange."""

    # In the engines' expressions.

    @abstractmethod
    def has_nul(self, text: ir.Value) -> ir.Value:
        """Whether a text has a NUL character in it."""

    def stripped(self, text: ir.Value, characters: str) -> ir.Value:
        """The text without those characters at either end."""
        from hadi.ingest.engines import functions

        return functions.btrim(text, characters)

    def filled(self, text: ir.Value, characters: str) -> ir.Value:
        """The same; NULL where nothing is left."""
        import ibis

        text = self.stripped(text, characters)
        return (text != "").ifelse(text, ibis.null(str))

    def number_of(self, text: ir.Value) -> ir.Value:
        """A text that is known to be a number as a float."""
        return text.try_cast("float64")

    def whole_of(self, text: ir.Value) -> ir.Value:
        """A text that is known to be digits as a whole number."""
        return text.try_cast("int64")

    def is_nan(self, x: ir.Value) -> ir.Value:
        """Whether a float is not a number."""
        return x.isnan()

    def is_endless(self, x: ir.Value) -> ir.Value:
        """Whether a float is beyond all numbers."""
        import ibis

        return x.abs() > ibis.literal(_LARGEST, "float64")

    def same_as(self, cell: ir.Value) -> ir.Value:
        """Something that is equal where the cells are, however long they are."""
        return cell

    def ordered(self, text: ir.Value) -> ir.Value:
        """Something that sorts as the characters' numbers do, whatever language the database
        sorts its texts in."""
        return text

    def text_of(self, sorted_as: str) -> str:
        """The text of what `ordered` made of it."""
        return sorted_as

    def in_order(self, rows: ir.Table, by: Sequence[str], names: Sequence[str]) -> ir.Table:
        """The rows with what `sum_in_order` needs of the columns `names` within `by`."""
        return rows

    def sum_in_order(self, rows: ir.Table, name: str) -> ir.Value:
        """An aggregate: the sum of floats from the least to the largest, so that equal values have
        equal sums to the last bit."""
        return rows[name].collect().sort().sums()

    def in_utc(self, instant: ir.Value) -> ir.Value:
        """An instant as the clock in UTC shows it."""
        return instant

    def finite_day(self, cell: ir.Value) -> ir.Value:
        """A day or a moment; NULL where it is none of the calendar's."""
        return cell

    def _sql(self, table: ir.Table) -> str:
        """The expression in the engine's language."""
        sql: str = self.ibis.compile(table)
        return sql

    # What they share.

    def of_query(self, query: str) -> Relation:
        """What one SELECT gives. Raises Unreadable."""
        parsed = guard.parsed(query, self.kind)
        return self._relation(self._guarded(parsed.sql, guard.DIALECTS[self.kind]))

    def of_table(self, name: str) -> Relation:
        """A table by its name (or schema.name). Raises Unreadable."""
        from sqlglot import exp

        known = self.tables()
        if name not in known:
            raise Unreadable(Text("engine_no_table", name=name[:80]))
        schema, _, table = name.rpartition(".") if "." in name else ("", "", name)
        if name in self._unqualified(known):
            schema, table = "", name
        target = exp.to_identifier(table, quoted=True)
        of = exp.Table(this=target, db=exp.to_identifier(schema, quoted=True) if schema else None)
        return self._relation(exp.select("*").from_(of).sql(guard.DIALECTS[self.kind]))

    def _unqualified(self, known: Sequence[str]) -> Sequence[str]:
        """Of the tables' names those that name no schema."""
        return [name for name in known if "." not in name]

    def _relation(self, sql: str) -> Relation:
        schema, sql = self._guarded(self._schema, sql)
        names = list(schema.names)
        if len({name.casefold() for name in names}) < len(names):
            twice = next(n for n in names if [m.casefold() for m in names].count(n.casefold()) > 1)
            raise Unreadable(Text("engine_column_twice", column=twice))
        return Relation(self, self._named(sql, schema))

    def settled(self, table: ir.Table) -> ir.Table:
        """The same table, compiled once: whatever is asked of it is then short work for Ibis."""
        return self._named(self._with_named(self._sql(table)), table.schema())

    def _named(self, sql: str, schema: sch.Schema) -> ir.Table:
        """What a SELECT gives, under a name that stands for it in expressions."""
        import ibis

        name = f"hadi_{len(self._named_sql)}"
        self._named_sql[name] = sql
        return ibis.table(schema, name=name)

    def _with_named(self, sql: str) -> str:
        """The statement with the SELECT behind the name it takes its rows from."""
        for name, inner in reversed(self._named_sql.items()):
            if f"{name}{self.quote}" in sql:
                named = f"WITH {self.quote}{name}{self.quote} AS ({inner})"
                if sql.startswith("WITH "):
                    return f"{named}, {sql.removeprefix('WITH ')}"
                return f"{named} {sql}"
        return sql

    def rows(self, expression: ir.Expr) -> list[tuple[Any, ...]]:
        """The rows of an expression. Raises Unreadable, also where there are too many."""
        found: list[tuple[Any, ...]] = self._guarded(
            lambda asked: self._run(self._compiled(asked)), expression
        )
        if len(found) > self.limits.rows:
            raise self._too_many()
        return found

    def columns(self, expression: ir.Expr) -> dict[str, NDArray[Any]]:
        """The same by column, as arrays."""
        found: dict[str, NDArray[Any]]
        found = self._guarded(lambda asked: self._run_columns(self._compiled(asked)), expression)
        if any(len(values) > self.limits.rows for values in found.values()):
            raise self._too_many()
        return found

    def ranked(self, column: ir.Value, *, first: int, most: int, is_descending: bool) -> list[Any]:
        """Up to `most` values of a column from the place `first` on, in their order."""
        table = column.as_table()
        key = table[table.columns[0]]
        ordered = table.order_by(key.desc() if is_descending else key.asc())
        found: list[tuple[Any, ...]] = self._guarded(
            lambda asked: self._run(self._with_named(self._part_of(asked, first, most))), ordered
        )
        return [value for (value,) in found]

    def _part_of(self, ordered: ir.Table, first: int, most: int) -> str:
        return self._sql(ordered.limit(most, offset=first))

    def _too_many(self) -> Unreadable:
        return Unreadable(Text("engine_too_many_rows", n=self.limits.rows))

    def _compiled(self, expression: ir.Expr) -> str:
        import ibis.expr.types as ir

        table = expression if isinstance(expression, ir.Table) else expression.as_table()
        return self._with_named(self._sql(table.limit(self.limits.rows + 1)))

    def _guarded(self, ask: Callable[[Any], Any], asked: Any) -> Any:
        self.watchdog.check()
        try:
            return ask(asked)
        except (HadiError, OutOfRange):
            raise
        except Exception as error:  # a driver's: whatever it is, nothing of it may get out
            if self.watchdog.has_fired:
                raise self.watchdog.refusal() from None
            raise self._refusal(error) from None


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, or what a query gives, in its database."""

    backend: Backend
    table: ir.Table

    @property
    def types(self) -> dict[str, str]:
        """The columns' types under the names that DuckDB has for them."""
        schema = self.table.schema()
        return {name: type_name(type_) for name, type_ in schema.items()}

    def columns(self) -> list[dict[str, str]]:
        """Name and type (of `report.ColumnType`) of each column."""
        return [{"name": name, "type": _kind(type_)} for name, type_ in self.types.items()]

    def preview(self, rows: int) -> list[tuple[str | None, ...]]:
        """Some rows as text; columns of nested values are left empty."""
        import ibis

        shown = []
        for name, type_ in self.types.items():
            cell = self.table[name]
            if is_nested(type_):
                cell = ibis.null(str)
            elif type_.startswith(("DATE", "TIME", "DURATION")):
                cell = cell.cast("string")  # a database has dates that Python has not
            shown.append(cell.name(name))
        found = self.backend.rows(self.table.select(shown).limit(rows))
        return [tuple(_cell(value) for value in row) for row in found]


def type_name(type_: dt.DataType) -> str:
    """Ibis' type under the name that DuckDB has for it: what the rest of ingest goes by."""
    if type_.is_decimal():
        return "DECIMAL"
    if type_.is_timestamp():
        zone = getattr(type_, "timezone", None)
        return "TIMESTAMP WITH TIME ZONE" if zone else "TIMESTAMP"
    if type_.is_nested() or type_.is_binary():
        return {"array": "NULL[]", "map": "MAP", "binary": "BLOB"}.get(_root(type_), "STRUCT")
    names = {
        "string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE", "time": "TIME",
        "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT",
        "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT",
        "float16": "FLOAT", "float32": "FLOAT", "float64": "DOUBLE", "uuid": "UUID",
        "null": '"NULL"', "json": "JSON", "interval": "DURATION", "point": "GEOMETRY",
    }  # fmt: skip
    return names.get(_root(type_), _root(type_).upper())


def _root(type_: dt.DataType) -> str:
    return type(type_).__name__.lower()


def _kind(written: str) -> str:
    """The type as the mapping knows it."""
    if written == "BOOLEAN":
        return "boolean"
    if written in ("DOUBLE", "FLOAT", "DECIMAL"):
        return "number"
    if written == "DATE":
        return "date"
    if written.startswith("TIME"):
        return "time"
    return "integer" if "INT" in written else "text"


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value, "f")[:_MOST_SHOWN]
    return str(value).replace("\0", "\u2400")[:_MOST_SHOWN]
