"""What a funnel found as tables for download: its stages, and the groups its deals fall into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hadi.analysis.funnel import FunnelFound, GroupFound, StepFound
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import FunnelDeals
from hadi.services import funnel_deals, funnels
from hadi.services.table_files import Cell, Head, Kind, Table

_NUMBERS = (
    ("entered", Kind.WHOLE), ("moved", Kind.WHOLE), ("lost", Kind.WHOLE), ("open", Kind.WHOLE),
    ("young", Kind.WHOLE), ("conversion", Kind.NUMBER), ("low", Kind.NUMBER),
    ("high", Kind.NUMBER),
)  # fmt: skip


def stages(deals: FunnelDeals, *, folder: Path, by: Actor) -> Table:
    """A row for each stage that deals move on from, then for the ways before and after the key
    stage."""
    found = funnel_deals.found(deals, folder=folder, by=by)
    ways = [*found.steps, *([found.before] if found.before else []), found.after]
    heads = (_head("stage", Kind.TEXT), _head("next", Kind.TEXT), *_numbers())
    rows = ((way.start.name, way.end.name, *_cells(way)) for way in ways)
    return Table(stem="funnel-stages", heads=heads, rows=rows, size=len(ways))


def groups(deals: FunnelDeals, *, folder: Path, by: Actor) -> Table:
    """A row for each manager, territory, role and source; managers for whoever may see them."""
    found = funnel_deals.found(deals, folder=folder, by=by)
    sees = funnels.sees_managers(deals.funnel, by=by)
    rows = list(_groups(found, has_managers=sees))
    heads = (
        _head("by", Kind.TEXT), _head("name", Kind.TEXT), *_numbers(), _head("stands", Kind.TEXT),
        _head("without_task", Kind.WHOLE), _head("overdue", Kind.WHOLE),
    )  # fmt: skip
    return Table(stem="funnel-groups", heads=heads, rows=iter(rows), size=len(rows))


def _groups(found: FunnelFound, *, has_managers: bool) -> Iterator[tuple[Cell, ...]]:
    for name, lines in found.groups.items():
        if name == "manager" and not has_managers:
            continue
        for line in lines:
            standing = line.standing
            yield (
                Text(f"group_{name}"), line.name, *_cells(line),
                Text(f"stands_{line.stands}") if line.stands else None,
                standing.without_task if standing else None,
                standing.overdue if standing else None,
            )  # fmt: skip


def _cells(found: StepFound | GroupFound) -> tuple[Cell, ...]:
    step, interval = found.step, found.interval
    return (
        step.entered, step.moved, step.lost, step.open, step.young, step.conversion,
        interval.low if interval else None, interval.high if interval else None,
    )  # fmt: skip


def _numbers() -> tuple[Head, ...]:
    return tuple(_head(name, kind) for name, kind in _NUMBERS)


def _head(name: str, kind: Kind) -> Head:
    return Head(name, Text(f"funnel_column_{name}"), kind)
