"""`hadi funnel`: the funnel of an export of deals, and the verdict on two ways of moving them on,
without a server."""

from __future__ import annotations

import json
import tempfile
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hadi.cli.files import Prepared, prepared, reading_options
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.months import no_day
from hadi.domain.plan import Design, Plan
from hadi.domain.text import Text

if TYPE_CHECKING:
    from hadi.analysis.record import AnalysisRecord
    from hadi.domain.crm_hygiene import Invoices
    from hadi.domain.funnels import FunnelSpec
    from hadi.ingest.deal_columns import DealColumns

_READING = ("sheet", "encoding", "delimiter", "decimal", "dates", "factors", "bad_rows")


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--deal", required=True, metavar="COL", help="The column that names the deal.")
@click.option("--stage", metavar="COL", help="The column of the stage: a row for each stage.")
@click.option("--entered", metavar="COL", help="When the deal came to that stage.")
@click.option(
    "--stage-column", "wide", multiple=True, metavar="STAGE=COL",
    help="A row for each deal instead: the column of a stage, its dates or 0/1.",
)  # fmt: skip
@click.option("--created", metavar="COL", help="When the deal was created: its first stage.")
@click.option("--closed", metavar="COL", help="When it was closed.")
@click.option(
    "--stages", required=True, metavar="A,B,C",
    help="The stages on the way in their order, the won one last; or parted by semicolons.",
)  # fmt: skip
@click.option("--key", required=True, metavar="STAGE", help="The key stage.")
@click.option("--lost", metavar="A,B", default="", help="The stages of deals that were lost.")
@click.option("--days", type=int, metavar="N", help="How long a deal may stay in a stage.")
@click.option("--stage-days", multiple=True, metavar="STAGE=N", help="The same for one stage.")
@click.option("--from", "start", metavar="STAGE", default="", help="Judge the step from here.")
@click.option("--as-of", metavar="DATE", help="The day of the export; else the last one in it.")
@click.option("--task", metavar="COL", help="When the next task is due; blank: there is none.")
@click.option("--invoices", type=int, metavar="N", help="Invoices written in the same time.")
@click.option(
    "--invoices-file", "invoices_file", metavar="FILE",
    help="Count them in it: a row for each invoice with “deal”, or for each month with “invoices”.",
)  # fmt: skip
@click.option("--manager", metavar="COL", help="Look at each manager.")
@click.option("--territory", metavar="COL", help="Look at each territory.")
@click.option("--role", metavar="COL", help="Look at Hunter, Closer and Farmer.")
@click.option("--source", metavar="COL", help="Look at each source.")
@click.option("--variant", metavar="COL", help="The column of the arm: judge the step.")
@click.option("--control", metavar="VALUE", help="The control arm's value in it.")
@click.option("--split", metavar="A=SHARE,B=SHARE", help="The declared shares of the arms.")
@click.option(
    "--threshold",
    metavar="T",
    help="What was promised: 0.05 is five points, 5% is of the control's rate.",
)
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Error level.")
@reading_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def funnel(file: str, is_json: bool, **given: Any) -> None:
    """Lay a funnel over FILE (CSV, TSV, XLSX or Parquet; - is standard input).

    FILE has a row for each stage that a deal came to, or a row for each deal. Everyone who came to
    a stage and had time to leave it is counted once. With --variant the step from the key stage is
    judged as a test. The exit code is 2 where the input cannot be used.
    """
    _check_options(given)
    spec, columns = _spec(given), _columns(given)
    as_of = _moment(given["as_of"]) if given["as_of"] else None
    asked: dict[str, Any] = {"as_of": as_of, "until": datetime.now(), "invoices": given["invoices"]}  # noqa: DTZ005
    reading = {name: given[name] for name in _READING}
    with prepared([file], Plan(design=Design.SPLIT), reading) as found:
        from hadi.analysis.funnel import funnel as laid_over

        asked["laid"] = _laid(given, found, spec, columns, asked)
        answer = laid_over(found.paths, spec, columns, **asked, alpha=given["alpha"])
        record = _judged(found, spec, columns, asked, given) if columns.arm else None
        notes = found.notes
    if is_json:
        told = answer.as_json()
        if record is not None:
            test = record.as_json()
            told |= {"verdict": test["verdict"], "test": test}
        click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.funnel_report import report

    click.echo(report(answer, record, notes))


def _laid(
    given: dict[str, Any],
    found: Prepared,
    spec: FunnelSpec,
    columns: DealColumns,
    asked: dict[str, Any],
) -> Invoices | None:
    """What the file of invoices says of the deals, where one was named."""
    if given["invoices_file"] is None:
        return None
    from hadi.ingest.deals import open_deals

    reading = {name: given[name] for name in _READING}
    with prepared([given["invoices_file"]], Plan(design=Design.SPLIT), reading) as laid:
        if len(laid.paths) > 1:
            raise Unreadable(Text("deals_several", n=len(laid.paths)))
        moments = {name: asked[name] for name in ("as_of", "until")}
        with open_deals(found.paths, columns, spec, **moments, beside=laid.paths) as deals:
            return deals.invoices(laid.paths[0])


def _judged(
    found: Prepared,
    spec: FunnelSpec,
    columns: DealColumns,
    asked: dict[str, Any],
    given: dict[str, Any],
) -> AnalysisRecord:
    """The verdict on the step, on the rows that the deals make."""
    from hadi.analysis.funnel_rows import make, plan_of
    from hadi.analysis.run import analyse
    from hadi.domain.spec import parse_split
    from hadi.ingest.tables import TableSource

    split = parse_split(given["split"]) if given["split"] else None
    control = given["control"].strip()
    if split is not None and control not in split:
        raise Invalid(Text("spec_split_control", control=control))
    with tempfile.TemporaryDirectory(prefix="hadi-funnel-") as name:
        target = Path(name) / "rows.parquet"
        made = make(found.paths, spec, columns, target=target, start=given["start"], **asked)
        plan = plan_of(
            f"{made.start} → {made.end}", control=control, threshold=given["threshold"],
            split=split, alpha=given["alpha"],
        )  # fmt: skip
        return analyse(TableSource(target), plan, findings=made.checks)


def _check_options(given: dict[str, Any]) -> None:
    if not 0.0 < given["alpha"] < 0.5:
        raise Invalid(Text("option_range", option="--alpha", range="above 0 and below 0.5"))
    if given["invoices"] is not None and given["invoices"] < 1:
        raise Invalid(Text("option_range", option="--invoices", range="of 1 or more"))
    if bool(given["variant"]) != bool(given["control"]):
        raise Invalid(Text("funnel_variant_control"))


def _spec(given: dict[str, Any]) -> FunnelSpec:
    """The funnel that the options spell."""
    from hadi.domain.folding import folded
    from hadi.domain.funnels import read_funnel

    path, lost = _listed(given["stages"]), _listed(given["lost"])
    days = dict(_pair(written, "--stage-days", "N") for written in given["stage_days"])
    for name in days.keys() - {folded(stage) for stage in path}:
        raise Invalid(Text("funnel_stage_unlisted", name=name, option="--stage-days"))
    if folded(given["key"]) not in {folded(stage) for stage in path}:
        raise Invalid(Text("funnel_stage_unlisted", name=given["key"], option="--key"))

    def kind(place: int, name: str) -> str:
        if place == len(path) - 1:
            return "won"
        return "key" if folded(name) == folded(given["key"]) else "stage"

    stages = [
        {"name": name, "kind": kind(place, name), "days": days.get(folded(name))}
        for place, name in enumerate(path)
    ]
    return read_funnel([*stages, *({"name": name, "kind": "lost"} for name in lost)], given["days"])


def _columns(given: dict[str, Any]) -> DealColumns:
    from hadi.domain.folding import folded
    from hadi.ingest.deal_columns import DealColumns

    names = {folded(name): name for name in [*_listed(given["stages"]), *_listed(given["lost"])]}
    wide = {}
    for written in given["wide"]:
        name, column = _pair(written, "--stage-column", "COL")
        if name not in names:
            raise Invalid(Text("funnel_stage_unlisted", name=name, option="--stage-column"))
        wide[names[name]] = column
    parts = {
        "deal": given["deal"], "stage": given["stage"], "entered_at": given["entered"],
        "created_at": given["created"], "closed_at": given["closed"], "task": given["task"],
        "manager": given["manager"], "territory": given["territory"], "role": given["role"],
        "source": given["source"], "arm": given["variant"],
    }  # fmt: skip
    return DealColumns.from_json({**parts, "stages": wide})


def _listed(written: str) -> list[str]:
    sign = ";" if ";" in written else ","
    return [name.strip() for name in written.split(sign) if name.strip()]


def _pair(written: str, option: str, what: str) -> tuple[str, str]:
    from hadi.domain.folding import folded

    name, sign, value = written.rpartition("=")
    if not sign or not name.strip() or not value.strip():
        raise Invalid(Text("option_stage", written=written[:80], option=option, what=what))
    return folded(name), value.strip()


def _moment(written: str) -> datetime:
    """The end of the day that was written. One ahead would make every deal old enough to count,
    and every task overdue."""
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        wanted = Text("option_day", written=written[:40], option="--as-of")
        raise Invalid(no_day(written, wanted)) from None
    if day > date.today():  # noqa: DTZ011 - the day of whoever types it
        raise Invalid(Text("deals_as_of_ahead"))
    return datetime.combine(day, time.max)
