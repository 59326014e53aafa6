"""`hadi levers`: what a change of revenue came from, out of a list of periods, without a server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.levers import Lever
from hadi.domain.money import NO_CURRENCY, amount_figure
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.domain.turnover import Change, change

if TYPE_CHECKING:
    from hadi.analysis.lever_lists import Counted


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--unit", default="", metavar="NAME", help="Only the rows of that unit.")
@click.option("--before", metavar="PERIOD", help="The earlier period; the last but one.")
@click.option("--after", metavar="PERIOD", help="The later period; the last one.")
@click.option("--currency", default="", help="Of the revenue, where no column says so.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def levers(file: str, is_json: bool, **given: str | None) -> None:
    """Take a change of revenue apart: inflow, conversion, average check, frequency.

    FILE (CSV, TSV or XLSX) has a row for each period: month (or from and to), leads, clients,
    purchases, revenue; between leads and clients the stages, under their own names. The exit code
    is 2 where the input cannot be used.
    """
    periods, unread = _periods(file, given)
    earlier, later = _two(periods, given)
    if earlier.currency != later.currency:
        named = ", ".join(sorted({earlier.currency, later.currency}))
        raise Invalid(Text("levers_in_several_currencies", currencies=named))
    found = change(earlier.turnover, later.turnover)
    if is_json:
        told = _as_json(earlier, later, found, unread)
        click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return
    for line in _report(earlier, later, found):
        click.echo(line)
    if unread:
        click.echo(f"Note   {Text('lever_import_unread', columns=', '.join(unread))}")


def _periods(file: str, given: dict[str, str | None]) -> tuple[list[Counted], tuple[str, ...]]:
    """The periods of the file, of one unit, the earliest first. Raises Unreadable."""
    from hadi.analysis.lever_lists import read_turnovers
    from hadi.ingest import small_tables

    path = Path(file)
    try:
        with path.open("rb") as opened:
            lines = small_tables.from_file(opened, path.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable(Text("lever_file_unreadable", file=path.name, reason=reason)) from None
    if len(lines) < 2:
        raise Unreadable(Text("lever_import_empty"))
    currency = given["currency"] or NO_CURRENCY
    read, columns = read_turnovers(lines, currency=currency, today=date.max)
    wanted = (given["unit"] or "").strip()
    named = sorted({each.unit for each in read})
    if wanted:
        read = [each for each in read if each.unit == wanted]
    elif len(named) > 1:
        raise Invalid(Text("levers_several_units", units=", ".join(named[:5])))
    if len(read) < 2:
        raise Unreadable(Text("levers_two_periods"))
    return sorted(read, key=lambda each: (each.ends_on, each.starts_on)), columns.unread


def _two(periods: Sequence[Counted], given: dict[str, str | None]) -> tuple[Counted, Counted]:
    """The two periods to compare: those that were named, else the last two."""
    later = _named(periods, "after", given["after"]) or periods[-1]
    earlier = _named(periods, "before", given["before"]) or next(
        (each for each in reversed(periods) if each.ends_on < later.starts_on), periods[0]
    )
    if earlier is later:
        raise Unreadable(Text("levers_two_periods"))
    return earlier, later


def _named(periods: Sequence[Counted], option: str, name: str | None) -> Counted | None:
    if not name:
        return None
    from hadi.domain import months

    when = months.read_when(name)
    found = next((p for p in periods if when is not None and p.starts_on == when.first), None)
    if found is None:
        wanted = Text("levers_no_such_period", option=f"--{option}", period=name[:40])
        raise Invalid(months.no_day(name, wanted))
    return found


def _report(earlier: Counted, later: Counted, found: Change) -> list[str]:
    total = ENGLISH.figure(amount_figure(found.total, later.currency, is_signed=True))
    before, after = (
        ENGLISH.figure(amount_figure(each.turnover.revenue, each.currency))
        for each in (earlier, later)
    )
    lines = [
        f"Revenue went from {before} to {after}: {total}",
        f"  {earlier.starts_on}..{earlier.ends_on} to {later.starts_on}..{later.ends_on}",
        "",
    ]
    for lever, amount in found.by_lever.items():
        old, new = earlier.turnover.value(lever), later.turnover.value(lever)
        brought = ENGLISH.figure(amount_figure(amount, later.currency, is_signed=True))
        name = f"{lever.order:<3}{Text(f'lever_{lever.value}')!s}"
        lines.append(f"{name:<30} {_value(lever, old):>10} -> {_value(lever, new):<10} {brought}")
        lines += _stages(found, later.currency) if lever is Lever.CONVERSION else []
    lines += [f"Note   {text}" for each in (earlier, later) for text in each.turnover.oddities()]
    return lines


def _stages(found: Change, currency: str) -> list[str]:
    parts = [part for part in found.parts if part.lever is Lever.CONVERSION]
    if len(parts) < 2:
        return []
    return [
        f"     to {part.name or str(Text('turnover_clients')):<22} "
        f"{_value(Lever.CONVERSION, part.before):>10} -> "
        f"{_value(Lever.CONVERSION, part.after):<10} "
        f"{ENGLISH.figure(amount_figure(part.amount, currency, is_signed=True))}"
        for part in parts
    ]


def _value(lever: Lever, value: Any) -> str:
    if value is None:
        return "–"
    kind = FigureKind.SHARE if lever is Lever.CONVERSION else FigureKind.NUMBER
    return ENGLISH.figure(Figure(kind, float(value)))


def _as_json(
    earlier: Counted, later: Counted, found: Change, unread: Sequence[str]
) -> dict[str, Any]:
    return {
        "before": _period(earlier),
        "after": _period(later),
        "total": str(found.total),
        "levers": {lever.value: str(amount) for lever, amount in found.by_lever.items()},
        "parts": [
            {
                "lever": part.lever.value,
                "stage": part.name or None,
                "before": float(part.before),
                "after": float(part.after),
                "amount": str(part.amount),
            }
            for part in found.parts
        ],
        "unread": list(unread),
    }


def _period(each: Counted) -> dict[str, Any]:
    counted = each.turnover
    return {
        "starts_on": each.starts_on.isoformat(),
        "ends_on": each.ends_on.isoformat(),
        "revenue": str(counted.revenue),
        **{
            lever.value: None if (value := counted.value(lever)) is None else float(value)
            for lever in Lever
        },
    }
