"""What the commands about pilots take alike: a value or a ratio, and lists of sites.

A name that holds the sign between names stands in double quotes, as in a CSV.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from hadi.domain.errors import Invalid
from hadi.domain.pilot_plan import WIDE
from hadi.domain.plan import Better, Metric, MetricKind, MetricRole, Plan, Threshold
from hadi.domain.text import Text

_COLUMNS = (
    click.option("--site", metavar="COL", help="The column of the store or territory."),
    click.option("--time", required=True, metavar="COL", help="The column of the period."),
    click.option(
        "--value",
        metavar="COL[/COL]",
        help="The column of the value; of a ratio two, NUM/DEN, each summed by site and period.",
    ),
    click.option(
        "--wide",
        "is_wide",
        is_flag=True,
        help="FILE has a column for each site and a row for each period: no --site and --value.",
    ),
)
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
    if written.strip() not in _types(paths):
        return plan
    name = written.strip()
    metric = replace(primary, name=name, kind=MetricKind.MEAN, columns=(name,))
    return replace(plan, metrics=(metric,), pilot=replace(pilot, value=name))


def wide_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what the columns are: of a row for each site and period, or of a row
    for each period with a column for each site."""
    for option in reversed(_COLUMNS):
        command = option(command)
    return command


def column_names(given: Mapping[str, Any]) -> tuple[str, str]:
    """The column of the site and what was said of the value: of a file with a column for each
    site, which names neither, what stands in their place. Raises Invalid."""
    site, value = given["site"], given["value"]
    if not given["is_wide"] and (site is not None or value is not None):
        if site is None or value is None:
            absent = "--site" if site is None else "--value"
            raise Invalid(Text("pilot_option_needed", option=absent))
        return named("--site", site), value
    if site is not None:
        raise Invalid(Text("option_either", option="--wide", other="--site"))
    if value is not None:
        raise Invalid(Text("option_either", option="--wide", other="--value"))
    if given.get("group") is not None:
        raise Invalid(Text("panel_wide_seller", option="--group"))
    return WIDE, "value"


def as_laid(plan: Plan, written: str, paths: Sequence[Path]) -> tuple[Plan, tuple[Text, ...]]:
    """The plan over the columns that there are, and what was taken for granted: a table without
    the column of the site, in which every other column is a number, has a column for each site."""
    plan = as_written(plan, written, paths)
    pilot, primary = plan.pilot, plan.primary
    if pilot is None or primary is None or pilot.is_wide or primary.kind is not MetricKind.MEAN:
        return plan, ()
    from hadi.ingest.frame import spelled
    from hadi.ingest.panels_wide import is_of_numbers

    types = _types(paths)
    asked = spelled(plan, types).pilot
    assert asked is not None and asked.time is not None and pilot.site is not None
    others = [type for name, type in types.items() if name != asked.time]
    is_there = asked.site in types or (asked.value or "") in types
    if is_there or asked.time not in types or plan.group is not None:
        return plan, ()
    if len(others) < 2 or not all(map(is_of_numbers, others)):
        return plan, ()
    metric = replace(primary, columns=(WIDE,))
    wide = replace(plan, metrics=(metric,), pilot=replace(pilot, site=WIDE, value=WIDE))
    return wide, (Text("panel_wide_recognised", site=pilot.site, time=asked.time),)


def _types(paths: Sequence[Path]) -> dict[str, str]:
    from hadi.ingest.engine import parquet, session
    from hadi.ingest.frame import column_types

    with session(files=paths[:1]) as connection:
        return column_types(connection, parquet(paths[:1]))


def _cells(written: str, sign: str) -> list[str]:
    line = written.replace("\r", " ").replace("\n", " ")
    cells = next(csv.reader([line], delimiter=sign, skipinitialspace=True), [])
    return [name for cell in cells if (name := cell.strip())]
