"""Looking into a table: every pass, and one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hadi.domain.errors import Unreadable
from hadi.domain.quality import Finding, Level
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.quality.panels import panels_found
from hadi.ingest.quality.profile import profile
from hadi.ingest.quality.stamps import stamps_found
from hadi.ingest.quality.table import Asked, open_table
from hadi.ingest.quality.values import values_found

__all__ = ["Asked", "Looked", "look_into"]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the rows say by themselves. `unlocked` counts the rows of days before the plan was
    fixed; days are None where no column names them."""

    findings: tuple[Finding, ...]
    rows: int
    first_day: date | None = None
    last_day: date | None = None
    unlocked: int = 0


def look_into(paths: Sequence[Path], asked: Asked) -> Looked:
    """Look into the files as one table. Raises Unreadable with one sentence."""
    import duckdb

    with engine.session(files=paths) as connection:
        try:
            table = open_table(connection, paths, asked)
            counts = profile(table)
            findings = (*values_found(table, counts), *panels_found(table), *stamps_found(table))
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error
    if table.every > 1:
        text = Text("quality_sampled", n=table.every)
        findings += (Finding("sampled", Level.GREEN, text, {"every": table.every}),)
    days = counts.days
    if days is None:
        return Looked(findings, counts.rows)
    return Looked(findings, counts.rows, days.first, days.last, days.unlocked)
