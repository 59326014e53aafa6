"""`hadi pilot`: the verdict on one or a few pilot sites beside the others, without a server."""

from __future__ import annotations

import json
from threading import Thread
from typing import Any

import click

from hadi.cli.files import Prepared, prepared, reading_options
from hadi.cli.pilot_options import (
    SITES,
    as_laid,
    column_names,
    listed,
    named,
    value_metric,
    wide_options,
)
from hadi.domain.errors import Blocked, Invalid
from hadi.domain.pilot_plan import Decide, Method, PilotPlan, Scale
from hadi.domain.plan import Better, Design, Plan, Threshold
from hadi.domain.plan_sense import nonsense
from hadi.domain.text import Text
from hadi.ingest.panels import Paneled


@click.command()
@click.argument("file", metavar="FILE")
@wide_options
@click.option(
    "--treated",
    required=True,
    multiple=True,
    metavar=SITES,
    help="Sites that got the change; may be given again. A name with a comma stands in quotes.",
)
@click.option("--start", required=True, metavar="TIME", help="First period of the change.")
@click.option("--controls", multiple=True, metavar=SITES, help="Compared with; else all others.")
@click.option(
    "--group",
    metavar="COL",
    help="The column of the seller: says when one carries the effect.",
)
@click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    default=Method.DID.value,
    show_default=True,
)
@click.option(
    "--scale",
    type=click.Choice([scale.value for scale in Scale]),
    default=Scale.LOG.value,
    show_default=True,
    help="log: in per cent; linear: in the value's own units.",
)
@click.option(
    "--decide",
    type=click.Choice([decide.value for decide in Decide]),
    default=Decide.PLACEBO.value,
    show_default=True,
    help="The test that says whether the effect is real.",
)
@click.option("--threshold", metavar="X", help="What the effect must reach: 0.1 or 10%.")
@click.option("--better", type=click.Choice(["higher", "lower"]), default="higher")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Error level.")
@reading_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def pilot(file: str, is_json: bool, **given: Any) -> None:
    """Judge the pilot sites of FILE (CSV, TSV, XLSX or Parquet; - is standard input).

    FILE has a row for each site and period, or a row for each period and a column for each site
    (--wide). The exit code is 0 whatever the verdict, and 2 where
    the input cannot be used.
    """
    plan = _plan(given)
    reading = {
        name: given[name]
        for name in ("sheet", "encoding", "delimiter", "decimal", "dates", "factors", "bad_rows")
    }
    with prepared([file], plan, reading) as found:
        plan, taken = as_laid(plan, given["value"] or "", found.paths)
        paneled = _paneled(found, plan)
    from hadi.analysis.pilot import analyse_pilot

    record = analyse_pilot(paneled, plan, has_digest=bool(paneled.digest))
    reason = record.base.comparisons[0].reason
    if reason is not None and reason.code == "pilot_not_positive":
        raise Invalid(reason)  # another scale answers it
    if is_json:
        click.echo(json.dumps(record.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.pilot_report import report

    click.echo(report(record, (*found.notes, *taken)))


def _plan(given: dict[str, Any]) -> Plan:
    """The plan that the options spell. Raises Invalid, Blocked."""
    if not 0.0 < given["alpha"] < 0.5:
        raise Invalid(Text("option_range", option="--alpha", range="above 0 and below 0.5"))
    threshold = given["threshold"]
    site, value = column_names(given)
    metric = value_metric(
        value,
        threshold=Threshold.parse(threshold, "--threshold") if threshold is not None else None,
        better=Better(given["better"]),
    )
    plan = Plan(
        design=Design.PILOT,
        metrics=(metric,),
        alpha=given["alpha"],
        group=named("--group", given["group"]) if given["group"] is not None else None,
        pilot=PilotPlan(
            site=site,
            time=named("--time", given["time"]),
            value=metric.columns[0],
            treated=listed("--treated", given["treated"]),
            controls=listed("--controls", given["controls"]) if given["controls"] else (),
            start=named("--start", given["start"]),
            method=Method(given["method"]),
            scale=Scale(given["scale"]),
            decide=Decide(given["decide"]),
        ),
    )
    wrong = list(nonsense(plan))
    if wrong:
        raise Blocked(wrong[0].text, wrong[1:])
    return plan


def _paneled(found: Prepared, plan: Plan) -> Paneled:
    """The panel; what judges it is imported while DuckDB computes. The digest is left empty where
    it would mean to read a big file twice."""
    from hadi.ingest.tables import TableSource

    imports = Thread(target=_import_judges)
    imports.start()
    source = TableSource(found.paths, digest=found.digest, labels=found.labels)
    try:
        panel = source.panel(plan)
    finally:
        imports.join()
    return Paneled(source.digest if found.is_small else "", panel)


def _import_judges() -> None:
    import hadi.analysis.pilot
    import hadi.domain.wording
    import hadi.stats.pilot  # noqa: F401 - it is the importing that is wanted
