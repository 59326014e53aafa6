"""PostgreSQL: one read-only transaction that sees one state of the data from its first query to
its last, with the server's own limits beside ours."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.engines import Limits
from hadi.ingest.engines.backend import Backend, OutOfRange
from hadi.ingest.engines.opening import reason
from hadi.ingest.engines.watchdog import Watchdog

if TYPE_CHECKING:
    import ibis.expr.schema as sch
    import ibis.expr.types as ir
    from numpy.typing import NDArray

_CONNECT_SECONDS = 10
_OUT_OF_RANGE = "22003"
_CANCELLED = ("57014", "25P03", "25P04")
_LOST = ("57P01", "57P02", "57P03", "08")  # shut down, or the connection is gone
_TABLES = """
SELECT n.nspname, c.relname, n.nspname = current_schema()
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND n.nspname NOT LIKE 'pg\\_temp%' AND has_table_privilege(c.oid, 'SELECT')
  AND has_schema_privilege(n.oid, 'USAGE')
ORDER BY n.nspname <> current_schema(), n.nspname, c.relname
LIMIT 2000
"""
_TYPES = """
SELECT i, format_type(oid, typmod), (SELECT typtype FROM pg_type WHERE pg_type.oid = d.oid)
FROM (SELECT * FROM unnest(%s::int[], %s::oid[], %s::int[]) AS u(i, oid, typmod)) d ORDER BY i
"""


class PostgreSQL(Backend):
    """A PostgreSQL database."""

    kind = "postgresql"

    def __init__(
        self,
        settings: Mapping[str, Any],
        secret: str | None,
        limits: Limits,
        watchdog: Watchdog,
    ) -> None:
        super().__init__(limits, watchdog)
        self._secret = secret
        self._address = f"{settings.get('host')}:{settings.get('port') or 5432}"
        self._connection = self._connected(settings)
        watchdog.cancel = self._cancel
        watchdog.cut = self._cut
        try:
            # Only after the clock can cut the line: this asks the server already.
            from ibis.backends.postgres import Backend as Compiler

            self.ibis = Compiler()
            self.ibis.con = self._connection
            self._connection.execute("SELECT 1")
        except Exception as error:
            refusal = watchdog.refusal() if watchdog.has_fired else self._refusal(error)
            self.close()
            raise refusal from None

    def _connected(self, settings: Mapping[str, Any]) -> Any:
        import psycopg

        milliseconds = max(1, int(self.watchdog.left * 1000))
        patience = max(2, int(min(_CONNECT_SECONDS, self.watchdog.left)))
        options = {
            "default_transaction_read_only": "on",
            "statement_timeout": milliseconds,
            "lock_timeout": milliseconds,
            "idle_in_transaction_session_timeout": milliseconds + 60_000,
            "timezone": "UTC",
            "extra_float_digits": 3,
            "datestyle": "ISO",
        }
        if settings.get("schema"):
            # A name in quotes, whatever is in it; blanks and backslashes are escaped for libpq.
            quoted = '"' + str(settings["schema"]).replace('"', '""') + '"'
            options["search_path"] = quoted.replace("\\", "\\\\").replace(" ", "\\ ")
        tls = str(settings.get("tls") or "prefer")
        try:
            connection = psycopg.connect(
                host=str(settings.get("host") or ""),
                port=int(settings.get("port") or 5432),
                dbname=str(settings.get("database") or ""),
                user=str(settings.get("user") or ""),
                password=self._secret or "",
                # Never a password that was meant for HADI's own database.
                passfile=f"{os.devnull}/none",
                sslmode=tls,
                sslrootcert=_authorities(tls),
                connect_timeout=patience,
                application_name="hadi",
                keepalives=1,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
                options=" ".join(f"-c {name}={value}" for name, value in options.items()),
            )
        except psycopg.Error as error:
            raise self._unreachable(error, patience) from None
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection

    def version(self) -> str:
        (row,) = self._guarded(self._run, "SELECT current_setting('server_version')")
        return f"PostgreSQL {str(row[0]).split()[0]}"

    def tables(self) -> tuple[str, ...]:
        found = self._guarded(self._run_unpriced, _TABLES)
        return tuple(
            table if is_current and "." not in table else f"{schema}.{table}"
            for schema, table, is_current in found
        )

    def close(self) -> None:
        self._connection.close()

    def has_nul(self, text: ir.Value) -> ir.Value:
        return text.length() < 0  # never: PostgreSQL keeps no such text

    def number_of(self, text: ir.Value) -> ir.Value:
        return text.cast("float64")

    def whole_of(self, text: ir.Value) -> ir.Value:
        return text.cast("int64")

    def in_utc(self, instant: ir.Value) -> ir.Value:
        from hadi.ingest.engines import functions

        return functions.timezone("UTC", instant)

    def finite_day(self, cell: ir.Value) -> ir.Value:
        import ibis

        from hadi.ingest.engines import functions

        is_date = cell.type().is_date()
        is_finite = functions.is_date if is_date else functions.is_moment
        return is_finite(cell).ifelse(cell, ibis.null(cell.type()))

    def ordered(self, text: ir.Value) -> ir.Value:
        # The digits of its bytes: no language sorts these otherwise.
        from hadi.ingest.engines import functions

        return functions.encode(functions.convert_to(text, "UTF8"), "hex")

    def text_of(self, sorted_as: str) -> str:
        return bytes.fromhex(sorted_as).decode()

    def _schema(self, sql: str) -> tuple[sch.Schema, str]:
        import ibis
        from sqlglot import exp, parse_one

        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({sql}) AS q LIMIT 0")
            found = cursor.description
            result = cursor.pgresult
            oids = [column.type_code for column in found]
            typmods = [result.fmod(i) for i in range(len(oids))]
            types = cursor.execute(_TYPES, (list(range(len(oids))), oids, typmods)).fetchall()
        mapper = self.ibis.compiler.type_mapper
        schema, shown, is_cast = {}, [], False
        for column, (_, written, kind) in zip(found, types, strict=True):
            target = _cast_to(written, kind)
            type_ = mapper.from_string(target or written, nullable=True)
            if type_.is_unknown():
                target, type_ = "text", mapper.from_string("text", nullable=True)
            cell = exp.column(column.name, quoted=True)
            cast = exp.alias_(exp.cast(cell, target), column.name, quoted=True) if target else cell
            shown.append(cast)
            is_cast |= target is not None
            schema[column.name] = type_
        if is_cast:
            inner = parse_one(sql, read="postgres")
            assert isinstance(inner, exp.Query)
            sql = exp.select(*shown).from_(inner.subquery("q")).sql("postgres")
        return ibis.schema(schema), sql

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        if self.limits.cost is not None:
            self._require_cheap(sql)
        return self._run_unpriced(sql)

    def _run_unpriced(self, sql: str) -> list[tuple[Any, ...]]:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(sql)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _run_columns(self, sql: str) -> dict[str, NDArray[Any]]:
        import numpy as np

        if self.limits.cost is not None:
            self._require_cheap(sql)
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column.name for column in cursor.description]
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}

    def _require_cheap(self, sql: str) -> None:
        ((plan,),) = self._run_unpriced(f"EXPLAIN (FORMAT JSON) {sql}")
        cost = float(plan[0]["Plan"]["Total Cost"])
        if self.limits.cost is not None and cost > self.limits.cost:
            raise Unreadable(
                Text("engine_too_dear", cost=f"{cost:.0f}", limit=f"{self.limits.cost:.0f}")
            )

    def _cancel(self) -> None:
        self._connection.cancel_safe(timeout=1.5)

    def _cut(self) -> None:
        """Shut the line down, which wakes whoever waits on it."""
        line = socket.socket(fileno=self._connection.fileno())
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.detach()  # the connection closes it itself

    def _unreachable(self, error: Exception, patience: int) -> Unreadable:
        import psycopg

        if self.watchdog.has_fired:
            return self.watchdog.refusal()
        if isinstance(error, psycopg.errors.ConnectionTimeout):
            return Unreadable(Text("engine_silent", address=self._address, n=patience))
        if "Connection refused" in str(error):
            return Unreadable(Text("engine_refused", address=self._address))
        said = reason(error, self._secret)
        for mark in ("FATAL: ", "error: "):
            said = said.rpartition(mark)[2].strip()
        return Unreadable(Text("engine_unreachable", address=self._address, reason=said))

    def _refusal(self, error: Exception) -> Exception:
        import psycopg

        state = getattr(error, "sqlstate", None) or ""
        if state == _OUT_OF_RANGE:
            return OutOfRange()
        if state in _CANCELLED:
            return self.watchdog.refusal()
        if state.startswith(_LOST) or (isinstance(error, psycopg.OperationalError) and not state):
            return Unreadable(Text("engine_lost", address=self._address))
        said = None
        with suppress(AttributeError):
            said = error.diag.message_primary  # type: ignore[attr-defined]
        shown = reason(Exception(said), self._secret) if said else reason(error, self._secret)
        return Unreadable(Text("engine_query_failed", reason=shown))


def _cast_to(written: str, kind: str) -> str | None:
    """What a column is taken as, where its own type is none that can be compared or summed."""
    if kind == "e" or written in ("citext", "bpchar", "name"):
        return "text"
    return "numeric" if written == "money" else None


def _authorities(tls: str) -> str | None:
    """Whom to believe that a server is the one it says: libpq's own file, or all that the system
    believes."""
    own = Path.home() / ".postgresql" / "root.crt"
    is_named = os.environ.get("PGSSLROOTCERT") or own.exists()
    return "system" if tls == "verify-full" and not is_named else None
