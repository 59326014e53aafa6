"""`hadi check`: the verdict on a file of results, without a server or a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from threading import Thread
from typing import Any

import click

from hadi.cli.files import Prepared, prepared, reading_options
from hadi.domain.errors import Invalid
from hadi.domain.metric_rules import design_faults
from hadi.domain.plan import Design, Looks, Plan
from hadi.domain.spec import parse_metrics, parse_split
from hadi.domain.text import Text
from hadi.ingest.source import Summed


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--variant", required=True, metavar="COL", help="The column that names the arm.")
@click.option("--control", required=True, metavar="VALUE", help="The control arm's value in it.")
@click.option(
    "--metric",
    "metrics",
    required=True,
    multiple=True,
    metavar="SPEC",
    help="name=kind(column[,column])[;role=primary|guardrail|secondary][;threshold=0.01|5%]"
    "[;margin=0.01][;better=lower][;covariate=COL[,COL]][;winsor=0.999][;q=0.9]; kind is "
    "conversion, mean, ratio (numerator, denominator), rate (events, exposure), rank or quantile. "
    "The first is primary.",
)
@click.option("--unit", metavar="COL", help="The column of the randomised unit; else a row is one.")
@click.option("--cluster", metavar="COL", help="Whole stores or sellers were randomised: theirs.")
@click.option("--split", metavar="A=SHARE,B=SHARE", help="The declared shares of the arms.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Error level.")
@click.option(
    "--looks",
    type=click.Choice(["fixed", "anytime"]),
    default="fixed",
    show_default=True,
    help="fixed: once, at the end; anytime: an interval that holds at every look.",
)
@click.option("--planned-units", type=int, metavar="N", help="Planned units of each arm.")
@click.option("--segment", "segments", multiple=True, metavar="COL", help="Look into its values.")
@click.option("--day", metavar="COL", help="The column of the day: does the effect fade?")
@click.option("--group", metavar="COL", help="Seller or store: does one carry the effect?")
@reading_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def check(
    files: Sequence[str],
    variant: str,
    control: str,
    metrics: Sequence[str],
    unit: str | None,
    cluster: str | None,
    split: str | None,
    alpha: float,
    looks: str,
    planned_units: int | None,
    segments: Sequence[str],
    day: str | None,
    group: str | None,
    is_json: bool,
    **reading: Any,
) -> None:
    """Judge FILE (CSV, TSV, XLSX or Parquet; - is standard input).

    Several files with the same columns are taken as one table. The exit code is 0 whatever the
    verdict, and 2 where the input cannot be used.
    """
    if not 0.0 < alpha < 0.5:
        raise Invalid(Text("option_range", option="--alpha", range="above 0 and below 0.5"))
    if planned_units is not None and planned_units < 1:
        raise Invalid(Text("option_range", option="--planned-units", range="of 1 or more"))
    plan = Plan(
        design=Design.CLUSTER if cluster else Design.SPLIT,
        variant=variant.strip(),
        control=control.strip(),
        split=parse_split(split) if split is not None else None,
        unit=_column("--unit", unit),
        cluster=_column("--cluster", cluster),
        segments=tuple(dict.fromkeys(_named("--segment", segment) for segment in segments)),
        day=_column("--day", day),
        group=_column("--group", group),
        metrics=parse_metrics(metrics),
        looks=Looks(looks),
        alpha=alpha,
        planned_units=planned_units,
    )
    if plan.split is not None and plan.control not in plan.split:
        raise Invalid(Text("spec_split_control", control=control))
    for metric in plan.metrics:
        for fault in design_faults(metric, plan.design).values():
            raise Invalid(fault)
    with prepared(files, plan, reading) as found:
        summed = _summed(found, plan)
    from hadi.analysis.run import analyse

    record = analyse(summed, plan, has_digest=bool(summed.digest))
    if is_json:
        click.echo(json.dumps(record.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.check_report import report

    click.echo(report(record, found.notes))


def _column(option: str, written: str | None) -> str | None:
    return None if written is None else _named(option, written)


def _named(option: str, written: str) -> str:
    """A column's name as it was given. Raises Invalid for a blank one."""
    if not written.strip():
        raise Invalid(Text("option_blank", option=option))
    return written.strip()


def _summed(prepared: Prepared, plan: Plan) -> Summed:
    """The sums; what judges them is imported while DuckDB computes. The digest is left empty
    where it would mean to read a big file twice."""
    from hadi.ingest.tables import TableSource

    imports = Thread(target=_import_judges)
    imports.start()
    source = TableSource(prepared.paths, digest=prepared.digest, labels=prepared.labels)
    try:
        summaries = source.summaries(plan)
    finally:
        imports.join()
    return Summed(source.digest if prepared.is_small else "", summaries)


def _import_judges() -> None:
    import hadi.analysis.run
    import hadi.domain.wording
    import hadi.stats.means
    import hadi.stats.proportions  # noqa: F401 - it is the importing that is wanted
