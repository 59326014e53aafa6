"""What the commands about pilots take alike: a value or a ratio, and lists of sites.

A name that holds the sign between names stands in double quotes, as in a CSV.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hadi.domain.errors import Invalid
from hadi.domain.plan import Better, Metric, MetricKind, MetricRole, Plan, Threshold
from hadi.domain.text import Text

VALUE_HELP = "The column of the value; of a ratio two, NUM/DEN, each summed by site and period."
SITES = "SITE,..."


def named(option: str, written: str) -> str:
    """What was given. Raises Invalid for a blank."""
    if not written.strip():
        raise Invalid(Text("option_blank", option=option))
    return written.strip()


def listed(option: str, written: Sequence[str]) -> tuple[str, ...]:
    """Names with commas between them, in one option or in several, each once. Raises Invalid where
    there is none."""
    found = [name for each in written for name in _cells(each, ",")]
    if not found:
        raise Invalid(Text("option_blank", option=option))
    return tuple(dict.fromkeys(found))


def value_metric(
    written: str, *, threshold: Threshold | None = None, better: Better | None = None
) -> Metric:
    """The metric of `--value`: an average of the column, or a ratio of two. Raises Invalid."""
    cells = _cells(named("--value", written), "/")
    if not cells or len(cells) > 2:
        raise Invalid(Text("option_ratio", option="--value"))
    kind = MetricKind.RATIO if len(cells) == 2 else MetricKind.MEAN
    name = " / ".join(cells)
    return Metric(name, kind, tuple(cells), MetricRole.PRIMARY, threshold, better)


def as_written(plan: Plan, written: str, paths: Sequence[Path]) -> Plan:
    """The plan, whose ratio is one column where the data have a column of that very name."""
    primary, pilot = plan.primary, plan.pilot
    if primary is None or pilot is None or primary.kind is not MetricKind.RATIO:
        return plan
    from hadi.ingest.engine import parquet, session
    from hadi.ingest.frame import column_types

    with session(files=paths[:1]) as connection:
        if written.strip() not in column_types(connection, parquet(paths[:1])):
            return plan
    name = written.strip()
    metric = replace(primary, name=name, kind=MetricKind.MEAN, columns=(name,))
    return replace(plan, metrics=(metric,), pilot=replace(pilot, value=name))


def _cells(written: str, sign: str) -> list[str]:
    line = written.replace("\r", " ").replace("\n", " ")
    cells = next(csv.reader([line], delimiter=sign, skipinitialspace=True), [])
    return [name for cell in cells if (name := cell.strip())]
