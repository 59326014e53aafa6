"""`hadi season`: the season of a series, and before against after without it, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hadi.cli.files import prepared, reading_options
from hadi.domain.errors import Invalid
from hadi.domain.months import When, read_span
from hadi.domain.plan import Design, Metric, MetricKind, MetricRole, Plan
from hadi.domain.season_plan import KeptSeason, SeasonPlan
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
@click.option("--exposure", metavar="COL", help="What the values are counted from: a rate.")
@click.option(
    "--counts",
    is_flag=True,
    help="The values are counts: beside --before and --after, Poisson's regression too.",
)
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
@click.option(
    "--profile",
    metavar="FILE",
    help="Take these coefficients instead: of --json, or as the page of seasons hands them out.",
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
    profile = _profile(given)
    table, notes = _read(file, given)
    from hadi.analysis.season import season as answer_of

    chosen = {name: None if given[name] == "auto" else given[name] for name in ("method", "over")}
    answer = answer_of(
        table, before=before, after=after, alpha=given["alpha"], profile=profile, **chosen
    )
    counted = None
    if after is not None and (given["counts"] or given["exposure"]):
        counted = _counted(table, after[0], given["alpha"])
    if is_json:
        told = answer.as_json() | ({"regression": counted} if counted else {})
        click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.season_report import regression, report

    click.echo(report(answer, notes))
    if counted:
        click.echo(regression(counted))


def _profile(given: dict[str, Any]) -> KeptSeason | None:
    """The season that was kept as a file, where one is named. Raises Invalid, Unreadable."""
    if given["profile"] is None:
        return None
    for name in ("method", "over"):
        if given[name] != "auto":
            raise Invalid(Text("season_profile_decides", option=f"--{name}"))
    from hadi.ingest.kept_seasons import read

    return read(Path(given["profile"]))


def _counted(table: SeriesTable, start: When, alpha: float) -> dict[str, Any]:
    """Poisson's regression with a step at the first month after. Raises Invalid."""
    from hadi.analysis.before_after_methods import regressed, regression_json
    from hadi.stats.errors import NotEstimable

    place = table.place_of(start)
    try:
        found = regressed(table, place, is_counts=True, alpha=alpha)
    except NotEstimable as unknown:
        raise Invalid(Text(unknown.code)) from None
    return regression_json(found, table, place)


def _read(file: str, given: dict[str, Any]) -> tuple[SeriesTable, tuple[Text, ...]]:
    """The series, and what has to be known of the reading."""
    named = {}
    for name in ("time", "value"):
        if not given[name].strip():
            raise Invalid(Text("option_blank", option=f"--{name}"))
        named[name] = given[name].strip()
    metrics: tuple[Metric, ...] = ()
    if given["exposure"] is not None:
        if not given["exposure"].strip():
            raise Invalid(Text("option_blank", option="--exposure"))
        columns = (named["value"], given["exposure"].strip())
        metrics = (Metric("rate", MetricKind.RATE, columns, MetricRole.PRIMARY),)
    plan = Plan(design=Design.BEFORE_AFTER, season=SeasonPlan(**named), metrics=metrics)
    with prepared([file], plan, {name: given[name] for name in _READING}) as found:
        from hadi.ingest.tables import TableSource

        source = TableSource(found.paths, digest=found.digest, labels=found.labels)
        return source.series(plan), found.notes
