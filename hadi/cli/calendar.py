"""`hadi calendar`: days unlike others, listed, brought from a calendar, and written to a file."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hadi.cli import application, kept
from hadi.domain.calendar import DayKind
from hadi.domain.permissions import JOB

if TYPE_CHECKING:
    from hadi.services.calendar import Filters

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_FROM = click.option("--from", "first", type=_DAY, help="From that day on.")
_TO = click.option("--to", "last", type=_DAY, help="Up to that day.")


@click.group()
def calendar() -> None:
    """List, import and export the days of the calendar."""


@calendar.command("list")
@_FROM
@_TO
@kept.JSON
def list_days(first: datetime | None, last: datetime | None, is_json: bool) -> None:
    """List the entries in the order of their days."""
    from hadi.services import calendar as days

    with application.opened():
        found = days.listing(_filters(first, last), by=JOB)
        rows: list[dict[str, Any]] = [
            entry.days.as_json() | {"places": [*(u.code for u in entry.units), *entry.places]}
            for entry in found
        ]
    if is_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        span = f"{row['starts_on']} to {row['ends_on']}"
        when = row["starts_on"] if row["starts_on"] == row["ends_on"] else span
        told = (when, row["kind"], row["name"], ", ".join(row["places"]) or row["scope"])
        click.echo("  ".join(told))


@calendar.command("import")
@kept.READ
@kept.EMAIL
@click.option(
    "--kind", type=click.Choice([kind.value for kind in DayKind]), default=DayKind.HOLIDAY.value,
    show_default=True, help="What entries are that do not say.",
)  # fmt: skip
@kept.CHECK
def import_days(file: Path, email: str, kind: str, is_check: bool) -> None:
    """Bring the days in FILE (.ics, or a table): all of them or none."""
    from hadi.services import calendar as days
    from hadi.services import calendar_files

    with application.opened():
        by, now = kept.somebody(email), application.now()
        with file.open("rb") as opened:
            read = calendar_files.from_file(opened, file.name, kind=DayKind(kind), by=by, now=now)
        wanted = read.require()
        done = (
            calendar_files.compare(read, by=by)
            if is_check
            else days.take_over(wanted, name=file.name, by=by, now=now)
        )
        new, changed, same = len(done.new), len(done.changed), len(done.same)
    would = "would be " if is_check else ""
    click.echo(f"{new} {would}added, {changed} {would}changed, {same} there already.")


@calendar.command("export")
@kept.WRITTEN
@_FROM
@_TO
@kept.FORCE
def export_days(file: Path, first: datetime | None, last: datetime | None, force: bool) -> None:
    """Write the entries to FILE: .ics for other calendars, or .csv, .xlsx, .parquet."""
    from hadi.services import calendar as days
    from hadi.services import calendar_files

    format = kept.suffix(file, "ics")
    kept.refuse_there(file, force=force)
    with application.opened():
        filters = _filters(first, last)
        if format == "ics":
            with kept.writing(file):
                file.write_bytes(calendar_files.as_ics(filters, by=JOB, now=application.now()))
            rows = days.count(filters)
        else:
            rows = kept.write_table(file, lambda: calendar_files.table(filters, by=JOB))
    click.echo(f"{file}: {rows} rows.")


def _filters(first: datetime | None, last: datetime | None) -> Filters:
    from hadi.services.calendar import Filters

    return Filters(first=_as_day(first), last=_as_day(last))


def _as_day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
