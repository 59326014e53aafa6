"""`hadi scorecard`: what the visits of a scorecard say, without a server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.folding import folded
from hadi.domain.months import no_day
from hadi.domain.scorecards import CheckPoint, Criterion
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text

if TYPE_CHECKING:
    from hadi.analysis.scorecards import Assessment, Coded
    from hadi.domain.scorecards import Share
    from hadi.ingest.visits import VisitFile, Visits

_ROLES = ("visit", "day", "unit", "second", "criterion", "score")
# The command knows nothing of check points: it judges no launch.
_SEEN = CheckPoint("–", "–", "–")


def _column_options(command: Callable[..., None]) -> Callable[..., None]:
    for role in reversed(_ROLES):
        help_ = f"The column of the {role}; found by its name unless said."
        command = click.option(f"--{role}", metavar="COL", help=help_)(command)
    return command


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--since", metavar="DAY", help="Visits before it are the measure before: 2026-03-01.")
@click.option("--steps", metavar="N[,N...]", help="Criteria that are mandatory steps of a change.")
@click.option("--store", metavar="NAME", help="Visits of one store alone.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Error level.")
@_column_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def scorecard(
    file: str,
    since: str | None,
    steps: str | None,
    store: str | None,
    alpha: float,
    is_json: bool,
    **columns: str | None,
) -> None:
    """Read the visits in FILE (CSV, TSV, XLSX or Parquet; - is standard input).

    FILE has a row for each mark: visit, day, store, criterion, and 1, 0 or NA. A second coder's
    mark stands in a column of its own, or in a row that names them. The exit code is 2 where the
    input cannot be used.
    """
    if not 0.0 < alpha < 0.5:
        raise Invalid(Text("option_range", option="--alpha", range="above 0 and below 0.5"))
    criteria, read = _read(file, {role: name for role, name in columns.items() if name})
    from hadi.analysis.scorecards import assess
    from hadi.domain.scorecards import Visit

    mandatory = _numbers(steps, criteria)
    asked = [
        Criterion(number, name, number in mandatory, _SEEN) for name, number in criteria.items()
    ]
    everything = [
        Visit(
            each.code, each.day, each.unit,
            {number: mark for number, (mark, _) in each.marks.items()},
            {number: mark for number, (mark, _) in each.second.items()},
        )
        for each in read.visits
    ]  # fmt: skip
    seen = [each for each in everything if store is None or folded(each.unit) == folded(store)]
    if not seen:
        raise Unreadable(Text("visits_no_store", store=store or ""))
    found = assess(asked, seen, since=_day(since), coding=everything, alpha=alpha)
    if is_json:
        from hadi.analysis.scorecard_json import as_json

        click.echo(json.dumps(as_json(found), ensure_ascii=False, allow_nan=False))
        return
    click.echo("\n".join(_report(found)))


def _read(file: str, chosen: dict[str, str]) -> tuple[dict[str, int], Visits]:
    """The visits, and the criteria by the name that the file gives them. Raises Unreadable."""
    from hadi.ingest.limits import LOCAL
    from hadi.ingest.visits import open_visits, read_visits

    opened: VisitFile
    if file == "-":
        opened = open_visits(sys.stdin.buffer, "-", chosen=chosen, limits=LOCAL)
    else:
        if not Path(file).is_file():
            raise Unreadable(Text("file_missing", file=file))
        with Path(file).open("rb") as stream:
            opened = open_visits(stream, Path(file).name, chosen=chosen, limits=LOCAL)
    criteria = _criteria(opened)
    by_name = {folded(name): number for name, number in criteria.items()}
    read = read_visits(opened, number_of=lambda written: by_name.get(folded(written)))
    if read.faulty:
        raise Unreadable(read.faults[0])
    return criteria, read


def _criteria(opened: VisitFile) -> dict[str, int]:
    """Their own numbers, where all are numbers; else their place in the file."""
    from hadi.ingest.visits import said

    if "criterion" not in opened.roles:
        return {}
    names = dict.fromkeys(said(opened.of(row, "criterion")) for row in opened.rows)
    names.pop("", None)
    if all(name.isascii() and name.isdigit() and len(name) < 6 for name in names):
        return {name: int(name) for name in sorted(names, key=int)}
    return {name: place for place, name in enumerate(names, start=1)}


def _numbers(written: str | None, criteria: dict[str, int]) -> set[int]:
    known = {folded(name): number for name, number in criteria.items()}
    known |= {str(number): number for number in criteria.values()}
    found = set()
    for part in (written or "").split(","):
        if not part.strip():
            continue
        number = known.get(folded(part.strip()))
        if number is None:
            raise Invalid(Text("no_such_criterion", number=part.strip()))
        found.add(number)
    return found


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        wanted = Text("option_not_a_day", option="--since", value=written[:40])
        raise Invalid(no_day(written, wanted)) from None


def _report(found: Assessment) -> Iterator[str]:
    yield str(found.text)
    if found.no_change is not None:
        yield str(found.no_change)
    yield ""
    yield "Criteria"
    coded = {each.number: each for each in found.coded}
    for line in found.criteria:
        told = [f"  {line.criterion.number:>3}  {line.criterion.name[:30]:<30}"]
        if found.before is not None:
            told.append(f"{_share(line.before):>15}")
        told.append(f"{_share(line.since):>15}")
        told.append(_kappa(coded.get(line.criterion.number)))
        yield "  ".join(told).rstrip()
    yield ""
    if found.fidelity.steps:
        share = found.fidelity.share
        word = "carried out" if not found.fidelity.is_low else "not executed"
        yield (
            f"Mandatory steps  {_share(share)}, {word}"
            if share.applied
            else ("Mandatory steps  none applied")
        )
        yield ""
    yield "Checks"
    for check in found.checks:
        yield f"  {check.status.value:<5} {check.code:<18} {check.detail}"


def _share(share: Share) -> str:
    if share.value is None:
        return "–"
    shown = ENGLISH.figure(Figure(FigureKind.SHARE, share.value))
    return f"{shown} of {share.applied}"


def _kappa(coded: Coded | None) -> str:
    if coded is None or coded.agreement is None:
        return ""
    found = coded.agreement
    left_out = ", left out" if coded.is_excluded else ""
    return f"kappa {found.kappa:.2f} [{found.low:.2f}, {found.high:.2f}]{left_out}"
