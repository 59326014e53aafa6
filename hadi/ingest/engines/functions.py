"""Functions that the engines have under these names and Ibis under none."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

import ibis
import ibis.expr.datatypes as dt


def _function(name: str, takes: tuple[Any, ...], gives: Any) -> Any:
    """A function of the engine's own, as Ibis calls one."""

    def never_run(*arguments: Any) -> None:
        """The engine has it; Ibis wants to see its name and how many arguments it takes."""

    never_run.__name__ = name
    never_run.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(f"a{i}", Parameter.POSITIONAL_ONLY) for i in range(len(takes))]
    )
    return ibis.udf.scalar.builtin(never_run, name=name, signature=(takes, gives))


_INSTANT = dt.Timestamp(timezone="UTC")

btrim = _function("btrim", (dt.string, dt.string), dt.string)  # PostgreSQL, Spark
trim = _function("trim", (dt.string, dt.string), dt.string)  # the same in DuckDB
contains = _function("contains", (dt.string, dt.string), dt.boolean)  # DuckDB, Spark
character = _function("chr", (dt.int64,), dt.string)  # DuckDB, Spark
floor = _function("floor", (dt.float64,), dt.float64)  # Ibis' own makes a whole number of it
isfinite = _function("isfinite", (dt.float64,), dt.boolean)  # DuckDB
convert_to = _function("convert_to", (dt.string, dt.string), dt.binary)  # PostgreSQL
encode = _function("encode", (dt.binary, dt.string), dt.string)  # PostgreSQL
timezone = _function("timezone", (dt.string, _INSTANT), dt.timestamp)  # DuckDB, PostgreSQL
regexp_replace = _function("regexp_replace", (dt.string, dt.string, dt.string), dt.string)  # MySQL
locate = _function("locate", (dt.string, dt.string), dt.int64)  # MySQL
instr = _function("instr", (dt.string, dt.binary), dt.int64)  # MySQL
unhex = _function("unhex", (dt.string,), dt.binary)  # MySQL
sha2 = _function("sha2", (dt.string, dt.int64), dt.string)  # MySQL
# PostgreSQL's days reach from minus infinity to infinity.
is_date = _function("isfinite", (dt.date,), dt.boolean)
is_moment = _function("isfinite", (dt.timestamp,), dt.boolean)
