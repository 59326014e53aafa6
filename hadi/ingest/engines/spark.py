"""Spark Connect: Sail, Apache Spark, Databricks, over one line that can be cut at any moment."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep
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
    from sqlglot import exp

_RETRIES = 2
_INTERRUPT_SECONDS = 1.5
_OVERFLOWS = ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE")
_GONE = ("UNAVAILABLE", "closed channel", "CANCELLED", "Connection reset", "Socket closed")


class Spark(Backend):
    """A Spark Connect server."""

    kind = "spark"
    quote = "`"

    def __init__(
        self,
        settings: Mapping[str, Any],
        secret: str | None,
        limits: Limits,
        watchdog: Watchdog,
    ) -> None:
        super().__init__(limits, watchdog)
        self._secret = secret
        self._address = f"{settings.get('host')}:{settings.get('port') or 15002}"
        self._channel: Any = None
        self._is_open = False
        self._session: Any = None
        watchdog.cancel, watchdog.cut = self._cancel, self._cut
        # About its dependencies' versions, and each attempt that failed: nothing for a log.
        warnings.filterwarnings("ignore", module="pyspark")
        try:
            self._connect(settings)
        except Exception as error:
            refusal = self._refusal(error)
            self._cut()
            raise refusal from None

    def _connect(self, settings: Mapping[str, Any]) -> None:
        from ibis.backends.pyspark import Backend as Compiler
        from pyspark.sql.connect.client.core import DefaultChannelBuilder
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession

        logging.getLogger("pyspark.sql.connect").setLevel(logging.CRITICAL)
        host = str(settings.get("host") or "")
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        # The connection string keeps the address alone: its errors repeat it.
        builder = DefaultChannelBuilder(f"sc://{host}:{settings.get('port') or 15002}")
        if settings.get("tls") or self._secret:
            builder.set("use_ssl", "true")
        if self._secret:
            builder.set("token", self._secret)
        if settings.get("user"):
            builder.set("user_id", str(settings["user"]))
        if settings.get("cluster"):
            builder.set("x-databricks-cluster-id", str(settings["cluster"]))
        make = builder.toChannel

        def kept() -> Any:
            self._channel = make()
            return self._channel

        builder.toChannel = kept  # type: ignore[method-assign]
        self._session = SparkSession(builder)
        # A broken line ends the visit: nobody goes back for an answer, and no thread waits for one.
        self._session.client.disable_reattachable_execute()
        self._session.client.set_retry_policies(
            [DefaultPolicy(max_retries=_RETRIES, initial_backoff=50, max_backoff=500)]
        )
        Compiler.register_options()
        self.ibis = Compiler()
        self.ibis.do_connect(self._session)
        self._is_open = True

    def version(self) -> str:
        said = str(self._guarded(lambda _: self._session.version, ""))
        return f"Spark {said}"

    def tables(self) -> tuple[str, ...]:
        found = self._guarded(self._run, "SHOW TABLES")
        return tuple(sorted(str(row[1]) for row in found))

    def close(self) -> None:
        try:
            if self._session is not None and not self.watchdog.has_fired:
                self._session.client.release_session()
        finally:
            self._cut()

    def has_nul(self, text: ir.Value) -> ir.Value:
        from hadi.ingest.engines import functions

        return functions.contains(text, functions.character(0))

    def _schema(self, sql: str) -> tuple[sch.Schema, str]:
        schema: sch.Schema = self.ibis._get_schema_using_query(sql)
        return schema, sql

    def _sql(self, table: ir.Table) -> str:
        # A number with a point is a decimal in Spark, and what meets one may become one too.
        written = self.ibis.compiler.to_sqlglot(table).transform(_as_float)
        return str(written.sql(self.ibis.dialect))

    def _part_of(self, ordered: ir.Table, first: int, most: int) -> str:
        # Ibis numbers the rows in no order at all, and gives the numbers away with them.
        return f"{self._sql(ordered)} LIMIT {most} OFFSET {first}"

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        table = self._session.sql(sql).toArrow()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def _run_columns(self, sql: str) -> dict[str, NDArray[Any]]:
        table = self._session.sql(sql).toArrow()
        return {
            name: column.to_numpy(zero_copy_only=False)
            for name, column in zip(table.column_names, table.columns, strict=True)
        }

    def _cancel(self) -> None:
        """Ask the server to stop: a server whose client only leaves may go on computing. The
        request has no limit of its own, so a thread waits for its answer; the cut ends it."""
        if self._session is None:
            self._cut()
            return
        asking = Thread(target=self._interrupt, name="hadi-source-interrupt", daemon=True)
        asking.start()
        asking.join(_INTERRUPT_SECONDS)

    def _interrupt(self) -> None:
        ends_at = monotonic() + _INTERRUPT_SECONDS
        with suppress(Exception):  # it may have ended by itself, or not be there any more
            while not self._session.interruptAll() and monotonic() < ends_at:
                sleep(0.1)  # what is still being planned is not known by name yet

    def _cut(self) -> None:
        if self._channel is not None:
            self._channel.close()

    def _refusal(self, error: Exception) -> Exception:
        if self.watchdog.has_fired:
            return self.watchdog.refusal()
        said = str(error)
        if any(mark in said for mark in _OVERFLOWS):
            return OutOfRange()
        if type(error).__name__ in ("RpcError", "_InactiveRpcError", "ValueError") or any(
            mark in said for mark in _GONE
        ):
            if not self._is_open:
                return Unreadable(
                    Text(
                        "engine_unreachable",
                        address=self._address,
                        reason=reason(error, self._secret),
                    )
                )
            return Unreadable(Text("engine_lost", address=self._address))
        return Unreadable(Text("engine_query_failed", reason=reason(error, self._secret)))


def _as_float(node: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        return exp.cast(exp.Literal.string(node.name), "double")
    return node
