"""The bases of clients by territory: the active one (АКБ) against the whole one (ОКБ), and the
setting that says whom the whole one counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db, new_id, transaction
from hadi.domain.client_bases import BaseDefinition, Share, share, total
from hadi.domain.errors import Invalid, Stale
from hadi.domain.folding import folded
from hadi.domain.lever_reading import read_count, read_note, read_span
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.models import ClientBase, Unit
from hadi.services import events, units, workspace
from hadi.services.lever_periods import named_unit, require_any, stake
from hadi.services.struck_out import Entries

PARTS = ("territory", "unit", "starts_on", "ends_on", "active", "ever", "potential", "note")
NAME_LENGTH = 120
TURN = "client_bases"
MOST = 2_000
Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Line:
    """A territory in a period; `share` is None where the definition's own count is not known."""

    base: ClientBase
    share: Share | None


@dataclass(frozen=True, slots=True)
class Found:
    """The bases of one period by one definition. `unknown` territories are not in `total`."""

    definition: BaseDefinition
    period: Period | None
    periods: tuple[Period, ...]
    lines: tuple[Line, ...]
    struck: tuple[ClientBase, ...]
    total: Share
    unknown: int


def definition() -> BaseDefinition:
    """Whom the whole base counts in this workspace."""
    return workspace.current().base_definition or BaseDefinition.EVER_BOUGHT


def define(
    chosen: BaseDefinition | None, *, version: int | None = None, by: Actor, now: datetime
) -> BaseDefinition:
    """Say whom the whole base counts. Raises NotAllowed, Invalid, Stale."""
    require(by, Permission.EDIT_SETTINGS)
    if chosen is None:
        options = ", ".join(BaseDefinition)
        fault = Text("field_not_a_choice", field="definition", options=options)
        raise Invalid(Text("client_base_invalid"), {"definition": fault})
    with transaction():
        settings = workspace.current()
        if version is not None and version != settings.version:
            raise Stale(Text("workspace.stale"))
        before = definition()
        if chosen is not before or settings.base_definition is None:
            settings.base_definition = chosen
            db.session.add(settings)
        if chosen is not before:
            events.record(
                "base_definition_set", subject="workspace", subject_id=settings.id, by=by, now=now,
                changes={"base_definition": (before.value, chosen.value)},
            )  # fmt: skip
    return chosen


def found(*, period: Period | None = None, by: Actor) -> Found:
    """The bases of a period, the last one unless said. Raises NotAllowed."""
    listed = listing(by=by)
    counted = [base for base in listed if not base.is_void]
    periods = tuple(
        sorted({(b.starts_on, b.ends_on) for b in counted}, key=lambda p: (p[1], p[0]))[::-1]
    )
    if period not in periods:
        period = periods[0] if periods else None
    meant = definition()
    lines = tuple(
        Line(base, share(base.counts, meant))
        for base in counted
        if (base.starts_on, base.ends_on) == period
    )
    together, unknown = total(line.share for line in lines)
    struck = tuple(base for base in listed if base.is_void)
    return Found(meant, period, periods, lines, struck, together, unknown)


def listing(*, by: Actor) -> list[ClientBase]:
    """Every base, the last period first, by territory; those struck out too."""
    require(by, Permission.VIEW)
    query = (
        select(ClientBase)
        .options(joinedload(ClientBase.author), joinedload(ClientBase.unit))
        .order_by(
            ClientBase.ends_on.desc(), ClientBase.starts_on.desc(), ClientBase.territory,
            ClientBase.id,
        )
        .limit(MOST)
    )  # fmt: skip
    return list(db.session.scalars(query))


def put(
    base: ClientBase | None,
    body: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> ClientBase:
    """Store a base that was sent, and log it. Inside a transaction."""
    columns, unit = _read(body, now=now)
    require(by, Permission.EDIT_LEVERS, stake(unit))
    _refuse_twice(columns, base)
    before = _told(base) if base is not None else {}
    if base is None:
        base = ClientBase(id=new_id(), author_id=by.user_id, created_at=now, updated_at=now)
        db.session.add(base)
    base.unit_id = unit.id if unit else None
    for name, value in columns.items():
        setattr(base, name, value)
    return ENTRIES.kept(base, before, _told(base), by=by, now=now)


def written(base: ClientBase) -> dict[str, Any]:
    """A base as `put` takes it."""
    return {
        "territory": base.territory,
        "unit": base.unit_id,
        "starts_on": base.starts_on,
        "ends_on": base.ends_on,
        "active": base.active,
        "ever": base.ever,
        "potential": base.potential,
        "note": base.note,
    }


def _read(body: Mapping[str, Any], *, now: datetime) -> tuple[dict[str, Any], Unit | None]:
    """The columns of a base and the unit that its territory is. A territory that data name as a
    unit is that unit. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    columns: dict[str, Any] = read_span(body, today=workspace.day_of(now), wrong=wrong)
    unit = named_unit(body.get("unit"), wrong)
    territory = " ".join(cleaned(str(body.get("territory") or "")).split())
    if not territory and unit is not None:
        territory = unit.name
    if not territory:
        wrong["territory"] = Text("territory_needed")
    elif len(territory) > NAME_LENGTH:
        wrong["territory"] = Text("statement_too_long", limit=NAME_LENGTH)
    elif unit is None:
        unit = units.known_as([territory]).get(territory)
    columns["territory"] = territory
    columns["active"] = read_count(body.get("active"), "active", wrong)
    for name in ("ever", "potential"):
        columns[name] = read_count(body.get(name), name, wrong, is_optional=True)
    columns["note"] = read_note(body.get("note"), wrong)
    active = columns["active"]
    if not wrong:
        if columns["ever"] is None and columns["potential"] is None:
            wrong["ever"] = Text("client_base_needs_whole")
        for name in ("ever", "potential"):
            if columns[name] is not None and active > columns[name]:
                wrong[name] = Text("client_base_smaller", active=active, whole=columns[name])
    if wrong:
        raise Invalid(Text("client_base_invalid"), wrong)
    return columns, unit


def _refuse_twice(columns: Mapping[str, Any], base: ClientBase | None) -> None:
    """Raises Invalid where the territory has a base of the same period already."""
    query = select(ClientBase.territory).where(
        ClientBase.starts_on == columns["starts_on"],
        ClientBase.ends_on == columns["ends_on"],
        ClientBase.voided_at.is_(None),
        ClientBase.id != (base.id if base else ""),
    )
    name = folded(columns["territory"])
    with db.session.no_autoflush:
        if any(folded(other) == name for other in db.session.scalars(query)):
            fault = Text("client_base_twice", territory=columns["territory"])
            raise Invalid(Text("client_base_invalid"), {"territory": fault})


def _told(base: ClientBase) -> dict[str, Any]:
    """A base as the log keeps it."""
    return written(base) | {
        "starts_on": base.starts_on.isoformat(),
        "ends_on": base.ends_on.isoformat(),
    }


ENTRIES = Entries(
    ClientBase, "client_base", TURN, PARTS, Permission.EDIT_LEVERS, require_any,
    stake=lambda base: stake(base.unit), written=written, put=put,
    said=lambda base: {"name": base.territory},
    refuse_twice=lambda base: _refuse_twice(written(base), base),
)  # fmt: skip
find, add, add_many = ENTRIES.find, ENTRIES.add, ENTRIES.add_many
edit, void, restore = ENTRIES.edit, ENTRIES.void, ENTRIES.restore
