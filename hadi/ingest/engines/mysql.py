"""MySQL and MariaDB: one read-only transaction with one state of the data, in a session where
texts, numbers and days mean what they mean in every other engine.

What such a server leaves to its settings (which texts are equal, how many digits a quotient has,
where an answer ends) is set here, and asked for before anything is summed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.engines import Limits, guard, mysql_line, mysql_types
from hadi.ingest.engines.backend import Backend, OutOfRange, Relation
from hadi.ingest.engines.mysql_line import PORT, said_by
from hadi.ingest.engines.opening import reason
from hadi.ingest.engines.watchdog import Watchdog

if TYPE_CHECKING:
    import ibis.expr.schema as sch
    import ibis.expr.types as ir
    from numpy.typing import NDArray

OLDEST = {"mysql": (8, 0, 17), "mariadb": (10, 5, 0)}
_NAMES = {"mysql": "MySQL", "mariadb": "MariaDB"}
_OUT_OF_RANGE = 1690
_COLUMN_TWICE = 1060
# Out of time, ended by somebody, or a lock that was not let go.
_CANCELLED = (1317, 1969, 3024, 1028, 1205)
_LOST = (2006, 2013, 2014, 2055, 1053, 1927, 4031, 0)
_TABLES = """
SELECT table_schema, table_name, table_schema = DATABASE() FROM information_schema.tables
WHERE table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
  AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
ORDER BY table_schema <> DATABASE(), table_schema, table_name LIMIT 2000
"""


class MySQL(Backend):
    """A database of a MySQL or MariaDB server."""

    kind = "mysql"
    quote = "`"
    hides_overflow = True
    longest_text = 255

    def __init__(
        self,
        settings: Mapping[str, Any],
        secret: str | None,
        limits: Limits,
        watchdog: Watchdog,
    ) -> None:
        super().__init__(limits, watchdog)
        self._settings, self._secret = settings, secret
        host = str(settings.get("host"))
        port = settings.get("port") or PORT
        self._address = host if host.startswith("/") else f"{host}:{port}"
        self._line = mysql_line.opened(settings, secret, watchdog, self._address)
        self._connection = self._line.connection
        self._session = int(self._connection.thread_id())
        watchdog.cancel = self._cancel
        try:
            self._version = self._guarded(self._asked_version, None)
            self._flavour = "mariadb" if "mariadb" in self._version.lower() else "mysql"
            self._require_new()
            self._guarded(self._settle, None)
            from hadi.ingest.engines.mysql_sql import Compiler

            self.ibis = Compiler(self._flavour)
            self._require_agreement()
        except Exception:
            self.close()
            raise

    def _asked_version(self, _: None) -> str:
        ((version,),) = self._fetched("SELECT VERSION()")
        return str(version)

    def _numbers(self) -> tuple[int, ...]:
        found = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)", self._version)
        return tuple(int(part) for part in found.groups()) if found else (0, 0, 0)

    def _require_new(self) -> None:
        if self._numbers() < OLDEST[self._flavour]:
            oldest = ".".join(str(part) for part in OLDEST[self._flavour])
            raise Unreadable(
                Text("engine_too_old", engine=self.version(), oldest=oldest.removesuffix(".0"))
            )

    def _settle(self, _: None) -> None:
        """Make the session one that reads, ends in time, and leaves nothing to how it is set."""
        left = self.watchdog.left
        seconds = max(1, int(left))
        session: dict[str, Any] = {
            # No quotes, bars or backslashes that mean something else; nothing picked by chance.
            "sql_mode": "'ONLY_FULL_GROUP_BY'",
            "time_zone": "'+00:00'",
            "sql_select_limit": 2**64 - 1,  # or an answer may end early, in silence
            "div_precision_increment": 30,  # or a quotient of whole numbers has four digits
            "group_concat_max_len": 16_777_216,
            "max_sort_length": 8192,  # or long texts count as equal
            "lock_wait_timeout": seconds,
            "wait_timeout": seconds + 60,
        }
        if self._flavour == "mariadb":
            session |= {"max_statement_time": f"{left:.3f}", "default_regex_flags": "''"}
        else:
            session["max_execution_time"] = max(1, int(left * 1000))
        changes = ", ".join(f"SESSION {name} = {value}" for name, value in session.items())
        for statement in (
            f"SET {changes}",
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SET SESSION TRANSACTION READ ONLY",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        ):
            self._fetched(statement)

    def _require_agreement(self) -> None:
        """Ask some questions whose answers are known: a server that calls itself MySQL and is
        another may read texts and numbers in another way."""
        from sqlglot import exp

        from hadi.ingest.engines.cells import STRIP

        texts = {
            "padded": "\u00a0Ü 'b\\ \t", "big": "A", "little": "a", "ended": "a ", "line": "1\n",
            "dotted": "12.03", "tenth": "0.1", "fifth": ".2", "minus": "-.5e1",
        }  # fmt: skip
        cells = [exp.alias_(exp.Literal.string(text), name) for name, text in texts.items()]
        t = self._relation(exp.select(*cells).sql(guard.DIALECTS[self.kind])).table
        number = self.number_of
        asked: list[tuple[Any, Any]] = [
            (self.filled(t.padded, STRIP), "Ü 'b\\"),
            (self.filled(t.padded, STRIP).lower(), "ü 'b\\"),
            (t.dotted.re_extract("^([0-9]+)[.]([0-9]+)$", 2), "03"),
            ((t.big == t.little) | (t.little == t.ended) | (t.big > t.little), 0),
            (t.line.re_search("^1$"), 0),
            (number(t.minus), -5.0),
            (number(t.tenth) + number(t.fifth), 0.1 + 0.2),
            (number(t.fifth) * number(t.tenth), 0.2 * 0.1),
        ]
        (answers,) = self.rows(t.select(**{f"q{i}": ask for i, (ask, _) in enumerate(asked)}))
        if list(answers) != [answer for _, answer in asked]:
            raise Unreadable(Text("engine_reads_otherwise", engine=self.version()))

    def version(self) -> str:
        numbers = ".".join(str(part) for part in self._numbers())
        return f"{_NAMES[self._flavour]} {numbers}"

    def tables(self) -> tuple[str, ...]:
        return tuple(
            name if is_current and "." not in name else f"{schema}.{name}"
            for schema, name, is_current in self._guarded(self._fetched, _TABLES)
        )

    def close(self) -> None:
        self._line.close()

    def of_query(self, query: str) -> Relation:
        from hadi.ingest.engines.mysql_sql import portable

        parsed = portable(guard.parsed(query, self.kind))
        return self._relation(self._guarded(written, parsed))

    def has_nul(self, text: ir.Value) -> ir.Value:
        from hadi.ingest.engines import functions

        return functions.instr(text, functions.unhex("00")) > 0

    def stripped(self, text: ir.Value, characters: str) -> ir.Value:
        from hadi.ingest.engines.mysql_sql import trimmed

        return trimmed(text, characters)

    def filled(self, text: ir.Value, characters: str) -> ir.Value:
        from hadi.ingest.engines.mysql_sql import filled

        return filled(text, characters, self.longest_text)

    def number_of(self, text: ir.Value) -> ir.Value:
        return text.cast("float64")

    def whole_of(self, text: ir.Value) -> ir.Value:
        return text.cast("int64")

    def is_nan(self, x: ir.Value) -> ir.Value:
        import ibis

        return ibis.literal(False)  # there is no such number

    def is_endless(self, x: ir.Value) -> ir.Value:
        import ibis

        from hadi.ingest.engines.mysql_sql import ENDLESS

        return x.abs() >= ibis.literal(ENDLESS, "float64")

    def same_as(self, cell: ir.Value) -> ir.Value:
        from hadi.ingest.engines import functions

        is_text = cell.type().is_string()
        return functions.unhex(functions.sha2(cell, 256)) if is_text else cell

    def in_order(self, rows: ir.Table, by: Sequence[str], names: Sequence[str]) -> ir.Table:
        import ibis

        more: dict[str, ir.Value] = {}
        for name in names:
            x = rows[name]
            # Equal values are one step, so that it does not matter which of them is the last.
            upwards = ibis.window(group_by=list(by), order_by=[x], range=(None, 0))
            more[f"{name}_run"] = x.sum().over(upwards)
            more[f"{name}_top"] = x.max().over(ibis.window(group_by=list(by)))
        return rows.mutate(**more) if more else rows

    def sum_in_order(self, rows: ir.Table, name: str) -> ir.Value:
        import ibis

        is_last = rows[name] == rows[f"{name}_top"]
        return is_last.ifelse(rows[f"{name}_run"], ibis.null("float64")).max()

    def _sql(self, table: ir.Table) -> str:
        return str(self.ibis.written(table))

    def _schema(self, sql: str) -> tuple[sch.Schema, str]:
        from hadi.ingest.engines.mysql_sql import COLLATIONS

        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({sql}) AS q LIMIT 0")
            fields = cursor._result.fields
        return mysql_types.read_as(fields, sql, COLLATIONS[self._flavour])

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        self._require_cheap(sql)
        return self._fetched(sql)

    def _fetched(self, sql: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _run_columns(self, sql: str) -> dict[str, NDArray[Any]]:
        import numpy as np

        self._require_cheap(sql)
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        return {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}

    def _require_cheap(self, sql: str) -> None:
        """The rows that the server expects to read: those of the tables of a SELECT multiplied,
        since each is looked for beside each row of those before it."""
        if self.limits.cost is None:
            return
        with self._connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            names = [str(column[0]).lower() for column in cursor.description]
            steps = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        read: dict[Any, list[float]] = {}
        for step in steps:
            found = re.match(r"\d+", str(step.get("rows")))
            of_others = str(step.get("table")).startswith("<")  # what another SELECT has read
            if found and not (of_others and [s["id"] for s in steps].count(step["id"]) == 1):
                read.setdefault(step["id"], []).append(float(found[0]))
        expected = sum(math.prod(rows) for rows in read.values())
        if expected > self.limits.cost:
            raise Unreadable(
                Text("engine_reads_much", rows=f"{expected:.0f}", limit=f"{self.limits.cost:.0f}")
            )

    def _cancel(self) -> None:
        mysql_line.kill(self._settings, self._secret, self._session)

    def _refusal(self, error: Exception) -> Exception:
        import pymysql

        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        if number == _OUT_OF_RANGE:
            return OutOfRange()
        if number in _CANCELLED:
            return self.watchdog.refusal()
        is_broken = isinstance(error, OSError) or not self._connection.open
        if number in _LOST or is_broken:
            return Unreadable(Text("engine_lost", address=self._address))
        said = said_by(error) if isinstance(error, pymysql.MySQLError) else type(error).__name__
        if number == _COLUMN_TWICE and (twice := re.search("'(.*)'", said)):
            return Unreadable(Text("engine_column_twice", column=twice[1][:80]))
        return Unreadable(Text("engine_query_failed", reason=reason(Exception(said), self._secret)))


def written(query: Any) -> str:
    """Without its comments and hints: what stands in some of them would be run."""
    return str(query.sql(guard.DIALECTS["mysql"], comments=False))
