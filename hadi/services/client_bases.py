"""The bases of clients by territory: the active one (АКБ) against the whole one (ОКБ), and the
setting that says whom the whole one counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import await_turn, db, lock, new_id, transaction
from hadi.domain.client_bases import BaseDefinition, Share, share, total
from hadi.domain.errors import Invalid, NotFound, Stale
from hadi.domain.folding import folded
from hadi.domain.lever_reading import read_count, read_note, read_span
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.models import ClientBase, Unit
from hadi.services import events, units, workspace
from hadi.services.lever_periods import named_unit, require_any, stake
from hadi.services.struck_out import refuse_struck, strike, take_back

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


def find(base_id: str, *, by: Actor) -> ClientBase:
    """The base with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    base = db.session.get(ClientBase, base_id[:20].replace("\0", ""))
    if base is None:
        raise NotFound(Text("no_such_client_base"))
    return base


def add(*, body: Mapping[str, Any], by: Actor, now: datetime) -> ClientBase:
    """Enter a territory's base. Raises NotAllowed, Invalid with every fault."""
    require_any(by)
    with transaction():
        await_turn(TURN)
        return put(None, body, by=by, now=now)


def add_many(
    *,
    bodies: Sequence[Mapping[str, Any]],
    by: Actor,
    now: datetime,
) -> list[ClientBase]:
    """Enter several, all or none. Raises Invalid, NotAllowed."""
    require_any(by)
    with transaction():
        await_turn(TURN)
        return [put(None, body, by=by, now=now) for body in bodies]


def edit(
    base_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> ClientBase:
    """Correct a base; parts that `body` leaves out stay. Raises Invalid, Stale, Blocked."""
    with transaction():
        await_turn(TURN)
        base = _locked(base_id, version=version, by=by)
        refuse_struck(base)
        given = {name: body[name] for name in PARTS if name in body}
        return put(base, written(base) | given, by=by, now=now)


def void(
    base_id: str, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> ClientBase:
    """Strike a base out, with a reason. Raises Invalid, Stale, Blocked."""
    with transaction():
        base = _locked(base_id, version=version, by=by)
        kept = strike(base, reason, now=now)
        _record("client_base_voided", base, by=by, now=now, reason=kept)
    return base


def restore(base_id: str, *, version: int | None = None, by: Actor, now: datetime) -> ClientBase:
    """Count a base again. Raises Stale, Blocked; Invalid where it was entered anew."""
    with transaction():
        await_turn(TURN)
        base = _locked(base_id, version=version, by=by)
        _refuse_twice(written(base), base)
        take_back(base, now=now)
        _record("client_base_restored", base, by=by, now=now)
    return base


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
    changed = events.difference(before, _told(base))
    if changed:
        base.updated_at = now
        db.session.flush()
        verb = "client_base_edited" if before else "client_base_added"
        _record(verb, base, by=by, now=now, changes=changed)
    return base


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


def _locked(base_id: str, *, version: int | None, by: Actor) -> ClientBase:
    base = lock(ClientBase, base_id[:20].replace("\0", ""))
    if base is None:
        raise NotFound(Text("no_such_client_base"))
    require(by, Permission.EDIT_LEVERS, stake(base.unit))
    if version is not None and version != base.version:
        raise Stale(Text("entry_changed_meanwhile"))
    return base


def _told(base: ClientBase) -> dict[str, Any]:
    """A base as the log keeps it."""
    return written(base) | {
        "starts_on": base.starts_on.isoformat(),
        "ends_on": base.ends_on.isoformat(),
    }


def _record(
    verb: str,
    base: ClientBase,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    reason: str = "",
) -> None:
    events.record(
        verb, subject="client_base", subject_id=base.id, by=by, now=now, changes=changes,
        details={"name": base.territory, **({"reason": reason} if reason else {})},
    )  # fmt: skip
