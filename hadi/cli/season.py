"""`hadi season`: the season of a series, and before against after without it, without a server."""

from __future__ import annotations

import json
from typing import Any

import click

from hadi.cli.files import prepared, reading_options
from hadi.domain.errors import Invalid
from hadi.domain.months import read_span
from hadi.domain.plan import Design, Plan
from hadi.domain.season_plan import SeasonPlan
from hadi.domain.text import Text
from hadi.ingest.series import SeriesTable

_READING = ("sheet", "encoding", "delimiter", "decimal", "dates", "factors", "bad_rows")


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--time",
    required=True,
    metavar="COL",
    help="The column of the period: month, week or day; or two, year,month.",
)
@click.option("--value", required=True, metavar="COL", help="The column of the value.")
@click.option("--before", metavar="FROM..TO", help="Months before, such as 2026-02..2026-04.")
@click.option("--after", metavar="FROM..TO", help="Months after.")
@click.option(
    "--method",
    type=click.Choice(["auto", "level", "years", "trend"]),
    default="auto",
    show_default=True,
    help="level: months over the mean of all; years: over their year's; trend: over a moving one.",
)
@click.option(
    "--over",
    type=click.Choice(["auto", "mean", "median"]),
    default="auto",
    show_default=True,
    help="What is made of the years.",
)
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Error level.")
@reading_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def season(file: str, is_json: bool, **given: Any) -> None:
    """Take the season out of FILE (CSV, TSV, XLSX or Parquet; - is standard input).

    FILE has a row for each period. The coefficients come from the whole years before --before, or
    from all whole years. The exit code is 2 where the input cannot be used.
    """
    if not 0.0 < given["alpha"] < 0.5:
        raise Invalid(Text("option_range", option="--alpha", range="above 0 and below 0.5"))
    before, after = (
        read_span(given[name], f"--{name}") if given[name] else None for name in ("before", "after")
    )
    table, notes = _read(file, given)
    from hadi.analysis.season import season as answer_of

    chosen = {name: None if given[name] == "auto" else given[name] for name in ("method", "over")}
    answer = answer_of(table, before=before, after=after, alpha=given["alpha"], **chosen)
    if is_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.season_report import report

    click.echo(report(answer, notes))


def _read(file: str, given: dict[str, Any]) -> tuple[SeriesTable, tuple[Text, ...]]:
    """The series, and what has to be known of the reading."""
    named = {}
    for name in ("time", "value"):
        if not given[name].strip():
            raise Invalid(Text("option_blank", option=f"--{name}"))
        named[name] = given[name].strip()
    plan = Plan(design=Design.BEFORE_AFTER, season=SeasonPlan(**named))
    with prepared([file], plan, {name: given[name] for name in _READING}) as found:
        from hadi.ingest.tables import TableSource

        source = TableSource(found.paths, digest=found.digest, labels=found.labels)
        return source.series(plan), found.notes
