"""The season of a series that somebody pastes or uploads: computed, and not kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from hadi.analysis.season import Season, season
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.months import read_span, read_when
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Design, Plan
from hadi.domain.season_plan import SeasonPlan
from hadi.domain.text import Text
from hadi.ingest.bundles import open_tables
from hadi.ingest.limits import Limits
from hadi.ingest.report import ColumnReport, ColumnType
from hadi.ingest.series import Cell, SeriesTable, laid_out
from hadi.ingest.series_lines import read_lines, written_lines
from hadi.ingest.tables import TableSource
from hadi.models import SeasonProfile
from hadi.services import season_profiles
from hadi.services.table_files import Head, Kind, Table
from hadi.stats.seasons import Method, Over

METHODS: tuple[Method, ...] = ("level", "years", "trend")
OVERS: tuple[Over, ...] = ("mean", "median")
MOST_TEXT = 1_000_000  # characters
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)


@dataclass(frozen=True, slots=True)
class Read:
    """A series out of a file, and the columns it was taken from."""

    table: SeriesTable
    time: str
    value: str

    @property
    def lines(self) -> str:
        """The same as text, so that a form can keep it."""
        return "\n".join(written_lines(self.table.labels, self.table.values.tolist()))


def from_text(text: str, *, by: Actor) -> SeriesTable:
    """The series of pasted lines. Raises Unreadable."""
    require(by, Permission.VIEW)
    if len(text) > MOST_TEXT:
        raise Unreadable(Text("series_long", limit=MOST_TEXT))
    return laid_out(read_lines(text), "…")


def from_rows(rows: Sequence[tuple[str, float | None]], *, by: Actor) -> SeriesTable:
    """The series of pairs of a period and a value. Raises Unreadable."""
    require(by, Permission.VIEW)
    return laid_out([Cell(label, value) for label, value in rows], "time")


def from_file(
    file: BinaryIO, filename: str, *, time: str = "", value: str = "", limits: Limits, by: Actor
) -> Read:
    """The series of a file; columns that are not named are found. Raises Unreadable."""
    require(by, Permission.VIEW)
    with tempfile.TemporaryDirectory(prefix="hadi-season-") as name:
        stored = open_tables(file, filename, folder=Path(name), limits=limits)
        columns = stored[0].report.columns
        time, value = time or _time(columns), value or _value(columns)
        plan = Plan(design=Design.BEFORE_AFTER, season=SeasonPlan(time=time, value=value))
        table = TableSource([one.path for one in stored]).series(plan)
    return Read(table, time, value)


def compute(
    table: SeriesTable,
    *,
    before: str = "",
    after: str = "",
    method: str = "",
    over: str = "",
    alpha: float = 0.05,
    profile: str = "",
    by: Actor,
) -> Season:
    """The answer about a series; `profile` is a kept season, by id or name, that is taken in place
    of the series' own. Raises Invalid with what is wrong, by field."""
    require(by, Permission.VIEW)
    wrong: dict[str, Text] = {}
    spans: dict[str, Any] = {}
    for name, written in (("before", before), ("after", after)):
        try:
            spans[name] = read_span(written, name) if written.strip() else None
        except Invalid as refused:
            wrong[name] = refused.text
    if not wrong and (spans["before"] is None) != (spans["after"] is None):
        wrong["after" if spans["after"] is None else "before"] = Text("season_spans_both")
    for name, chosen, options in (("method", method, METHODS), ("over", over, OVERS)):
        if chosen and chosen not in options:
            wrong[name] = Text("field_not_a_choice", field=name, options=", ".join(options))
    kept = None
    try:
        kept = season_profiles.named(profile.strip(), by=by).kept if profile.strip() else None
    except Invalid as refused:
        wrong["profile"] = refused.text
    if not 0.0 < alpha < 0.5:
        wrong["alpha"] = Text("field_above_and_below", field="alpha", low="0", high="0.5")
    if wrong:
        raise Invalid(Text("season_invalid", n=len(wrong)), wrong)
    chosen_method: Any = method or None
    chosen_over: Any = over or None
    return season(table, method=chosen_method, over=chosen_over, alpha=alpha, profile=kept, **spans)


def coefficients_table(answer: Season) -> Table:
    """The coefficients as a file: a row for each month, a column for each year behind them."""
    starts = answer.found.years.starts
    heads = (
        Head("month", Text("season_column_month"), Kind.WHOLE),
        Head("coefficient", Text("season_column_coefficient"), Kind.NUMBER),
        Head("method", Text("season_column_method"), Kind.TEXT),
        *(Head(_year(start), _year(start), Kind.NUMBER) for start in starts),
    )
    by_year = answer.found.by_year
    rows = (
        (
            place + 1,
            value,
            answer.found.method,
            *(None if v != v else float(v) for v in by_year[:, place]),
        )
        for place, value in enumerate(answer.found.values)
    )
    return Table(stem="season", heads=heads, rows=rows, size=12)


def kept_table(kept: SeasonProfile) -> Table:
    """A kept season as a file, which `hadi season --profile` takes."""
    heads = (
        Head("month", Text("season_column_month"), Kind.WHOLE),
        Head("coefficient", Text("season_column_coefficient"), Kind.NUMBER),
        Head("method", Text("season_column_method"), Kind.TEXT),
    )
    rows = ((place + 1, value, kept.method) for place, value in enumerate(kept.coefficients))
    return Table(stem="season", heads=heads, rows=rows, size=12)


def _year(start: int) -> str:
    return f"{start // 12}" if start % 12 == 0 else f"{start // 12}-{start % 12 + 1:02d}"


def _time(columns: Sequence[ColumnReport]) -> str:
    """The column whose values are periods: a year and a month apart are taken together."""
    days = [c.name for c in columns if c.type in (ColumnType.DATE, ColumnType.TIME)]
    if days:
        return days[0]
    for column in columns:
        if column.examples and all(read_when(example) for example in column.examples):
            return column.name
    names = {column.name.strip().lower(): column.name for column in columns}
    for year, month in (("year", "month"), ("год", "месяц"), ("év", "hónap")):
        if year in names and month in names:
            return f"{names[year]},{names[month]}"
    raise _unknown("series_no_time", columns)


def _value(columns: Sequence[ColumnReport]) -> str:
    """The first column of numbers that is no period."""
    for column in columns:
        is_period = all(read_when(example) for example in column.examples)
        is_part = column.name.strip().lower() in _PARTS
        if column.type in _NUMBERS and not is_period and not is_part:
            return column.name
    raise _unknown("series_no_value", columns)


_PARTS = frozenset({"year", "month", "год", "месяц", "év", "hónap", "id", "n", "№", "rownames"})


def _unknown(code: str, columns: Sequence[ColumnReport]) -> Unreadable:
    return Unreadable(Text(code, columns=", ".join(f"“{column.name}”" for column in columns)))
