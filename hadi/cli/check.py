"""`hadi check`: the verdict on a file of results, without a server or a database."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import click

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.metric_rules import design_faults
from hadi.domain.plan import Design, Looks, Plan
from hadi.domain.spec import parse_metrics, parse_split
from hadi.domain.text import Text
from hadi.ingest.source import Summed

SMALL_BYTES = 32 * 1024 * 1024  # below it reading the file twice is not felt


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files as Parquet: one's own where it is one, else a canonical copy for this run."""

    paths: tuple[Path, ...]
    labels: tuple[str, ...]
    digest: str | None
    notes: tuple[Text, ...]

    @property
    def is_small(self) -> bool:
        return sum(path.stat().st_size for path in self.paths) <= SMALL_BYTES


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
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook.")
@click.option("--encoding", metavar="NAME", help="Of text: utf-8, cp1251, utf-8+cp1251, ...")
@click.option("--delimiter", metavar="SIGN", help="Of cells: ; , | or tab.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal sign.")
@click.option("--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="The order of 03/04/2026.")
@click.option("--factor", "factors", multiple=True, metavar="COL=NUMBER", help="Multiply by it.")
@click.option(
    "--bad-rows",
    type=click.Choice(["refuse", "leave_out"]),
    help="Rows that cannot be read: refuse the file (the default), or read the rest.",
)
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
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    decimal: str | None,
    dates: str | None,
    factors: Sequence[str],
    bad_rows: str | None,
    is_json: bool,
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
    said = {
        "sheet": sheet, "encoding": encoding, "delimiter": delimiter, "decimal": decimal,
        "date_order": dates, "bad_rows": bad_rows,
    }  # fmt: skip
    with _prepared(files, plan, said, factors) as prepared:
        summed = _summed(prepared, plan)
    from hadi.analysis.run import analyse

    record = analyse(summed, plan, has_digest=bool(summed.digest))
    if is_json:
        click.echo(json.dumps(record.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.check_report import report

    click.echo(report(record, prepared.notes))


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


@contextmanager
def _prepared(
    files: Sequence[str], plan: Plan, said: Mapping[str, str | None], factors: Sequence[str]
) -> Iterator[Prepared]:
    """The files, those that are not Parquet converted into a folder that is removed again."""
    if files.count("-") > 1:
        raise Unreadable(Text("file_twice_stdin"))
    with tempfile.TemporaryDirectory(prefix="hadi-check-") as name:
        paths: list[Path] = []
        labels: list[str] = []
        digests: list[str | None] = []
        notes: list[Text] = []
        for file in files:
            if _is_parquet(file):
                paths.append(Path(file))
                labels.append(file)
                digests.append(None)
                continue
            # Reading other formats needs more modules than a Parquet file does.
            from hadi.cli import check_reading
            from hadi.ingest.bundles import open_tables
            from hadi.ingest.limits import LOCAL

            try:
                tables = open_tables(
                    Path(file) if file != "-" else sys.stdin.buffer,
                    Path(file).name,
                    folder=Path(name),
                    limits=LOCAL,
                    choices=check_reading.choices_of(said, factors),
                )
            except Unreadable as error:
                raise check_reading.with_way_out(error) from None
            for stored in tables:
                check_reading.ask(stored.report, stored.member or Path(file).name, plan)
                paths.append(stored.path)
                labels.append(f"{file}/{stored.member}" if stored.member else file)
                digests.append(stored.digest)
                notes.extend(check_reading.remarks(stored.report))
        digest = digests[0] if len(digests) == 1 else None
        yield Prepared(tuple(paths), tuple(labels), digest, tuple(notes))


def _is_parquet(file: str) -> bool:
    """A Parquet file by name and content: read where it is."""
    path = Path(file)
    if path.suffix.lower() not in (".parquet", ".pq") or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"
