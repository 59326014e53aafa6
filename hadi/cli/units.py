"""`hadi units`: stores, territories and teams, listed, brought as a list, and written to a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hadi.cli import application, kept
from hadi.domain.permissions import JOB

if TYPE_CHECKING:
    from hadi.models import Unit
    from hadi.services.unit_import import Imported


@click.group()
def units() -> None:
    """List, import and export stores, territories and teams."""


@units.command("list")
@click.option("--query", default="", help="By name, code, region or head.")
@click.option("--closed", "has_closed", is_flag=True, help="The closed ones too.")
@kept.JSON
def list_units(query: str, has_closed: bool, is_json: bool) -> None:
    """List them by name."""
    from hadi.db import db
    from hadi.services import unit_list
    from hadi.services.unit_list import Shown, UnitFilters

    with application.opened():
        filters = UnitFilters(query=query, shown=Shown.ALL if has_closed else Shown.OPEN)
        rows = [_row(unit) for unit in db.session.scalars(unit_list.found(filters))]
    if is_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        sells = ", ".join(filter(None, (row["sales_model"], row["technology"])))
        told = (
            row["code"], row["name"], row["kind"], row["region"], row["head"], row["responsible"],
            sells or "how it sells is not chosen", "closed" if row["closed"] else "",
        )  # fmt: skip
        click.echo("  ".join(filter(None, told)))


@units.command("import")
@kept.READ
@kept.EMAIL
@click.option("--responsible", default="", help="Who answers for new ones that name nobody.")
@kept.CHECK
def import_units(file: Path, email: str, responsible: str, is_check: bool) -> None:
    """Bring the list in FILE (CSV, text or a workbook): all of it or nothing."""
    from hadi.domain.errors import Invalid
    from hadi.services import unit_import
    from hadi.services.unit_import import Does

    with application.opened():
        by = kept.somebody(email)
        if responsible:
            responsible = application.person(responsible).id
        with file.open("rb") as opened:
            text = unit_import.as_text(opened, file.name, by=by)
        now = application.now()
        found = unit_import.preview(text, responsible=responsible, by=by, now=now)
        _tell(found)
        if found.faults:
            count = len(found.faults)
            raise Invalid(_faults(count))
        if not is_check:
            unit_import.run(text, responsible=responsible, by=by, now=now)
    new, changed = found.count(Does.ADD), found.count(Does.CHANGE)
    same = found.count(Does.NOTHING)
    would = "would be " if is_check else ""
    click.echo(f"{new} {would}new, {changed} {would}changed, {same} as they were.")


@units.command("export")
@kept.WRITTEN
@click.option("--log", "is_log", is_flag=True, help="Their logs, week by week, in place of them.")
@kept.FORCE
def export_units(file: Path, is_log: bool, force: bool) -> None:
    """Write all of them to FILE: .csv, .xlsx or .parquet. What is written can be imported again."""
    from hadi.services import unit_export

    kept.suffix(file)
    kept.refuse_there(file, force=force)
    with application.opened():
        ask = unit_export.weeks if is_log else unit_export.table
        rows = kept.write_table(file, lambda: ask(by=JOB))
    click.echo(f"{file}: {rows} rows.")


def _row(unit: Unit) -> dict[str, Any]:
    from hadi.services import units as register

    told = register.told(unit)
    return {
        **told,
        "aliases": list(unit.aliases),
        "responsible": unit.responsible.email,
        "parent": unit.parent.code if unit.parent else None,
        "closed": unit.is_closed,
    }


def _faults(count: int) -> Any:
    from hadi.domain.text import Text

    return Text("unit_import_faults", n=count)


def _tell(found: Imported) -> None:
    """Every line that is wrong, and the columns that are not read, for whoever watches."""
    if found.unread:
        click.echo(f"Columns that are not read: {', '.join(found.unread)}.", err=True)
    for row in found.faults:
        said = " ".join(str(text) for text in row.faults.values())
        click.echo(f"Line {row.line}: {said}", err=True)
