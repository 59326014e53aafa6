"""Stores, territories and teams: what is known of where tests run.

Data name a unit by its code, its name or an alias. A label that two units go by names neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import joinedload

from hadi.db import await_turn, db, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, NotFound, Stale
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, Stake, require
from hadi.domain.text import Text
from hadi.domain.units import UnitKind
from hadi.models import Event, Hypothesis, HypothesisSetting, Unit
from hadi.models.unit import hypothesis_unit
from hadi.services import events
from hadi.services.unit_reading import PARTS, Parts, read

TURN = "units"
MOST_HISTORY = 50
FEW = 40  # labels that are looked for one by one


# --------------------------------------------------------------------------------- reading
def find(unit_id: str, *, by: Actor) -> Unit:
    """The unit with that id or code. Raises NotFound."""
    require(by, Permission.VIEW)
    written = unit_id[:200].replace("\0", "")
    found = db.session.get(Unit, written[:20]) or db.session.scalar(
        select(Unit).where(Unit.code_key == folded(written))
    )
    if found is None:
        raise NotFound(Text("no_such_unit", unit=written[:40]))
    return found


def stake(unit: Unit) -> Stake:
    """How people stand to a unit: who is responsible for it keeps its log."""
    return Stake(owner=unit.responsible_id)


def everyone(*, is_open: bool = True) -> list[Unit]:
    """The units by name; the open ones, or the closed ones too."""
    query = select(Unit).order_by(Unit.name, Unit.id)
    return list(db.session.scalars(query.where(Unit.closed_at.is_(None)) if is_open else query))


def territories() -> list[Unit]:
    """The open territories, by name."""
    query = select(Unit).where(Unit.kind == UnitKind.TERRITORY, Unit.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(Unit.name, Unit.id)))


Names = tuple[Mapping[str, list[Unit]], ...]


def known_as(labels: Iterable[str], names: Names | None = None) -> dict[str, Unit]:
    """The units that labels of data mean, by their code, else by an alias, else by their name.
    Labels that mean none, or more than one, are left out. `names`: where they are read already."""
    wanted = {label: folded(label) for label in labels}
    if not wanted:
        return {}
    names = names_of(going_by(wanted)) if names is None else names
    found: dict[str, Unit] = {}
    for label, key in wanted.items():
        for level in names:
            meant = level.get(key, [])
            if len(meant) == 1:
                found[label] = meant[0]
            if meant:
                break
    return found


def going_by(labels: Iterable[str]) -> Iterable[Unit]:
    """The units that may go by any of these, among others that do not: of a few labels those that
    have one in what is searched of them, of many all."""
    asked = {key for label in labels if (key := folded(label))}
    query = select(Unit)
    if len(asked) <= FEW:
        query = query.where(
            or_(false(), *(Unit.search.contains(k, autoescape=True) for k in asked))
        )
    return db.session.scalars(query)


def of_hypothesis(hypothesis: Hypothesis) -> list[Unit]:
    """The units that a hypothesis names as where it runs, by name."""
    return of_hypotheses([hypothesis.id]).get(hypothesis.id, [])


def of_hypotheses(ids: Iterable[str]) -> dict[str, list[Unit]]:
    """The units that each of the hypotheses names; those that name none are left out."""
    query = (
        select(hypothesis_unit.c.hypothesis_id, Unit)
        .join(Unit, Unit.id == hypothesis_unit.c.unit_id)
        .where(hypothesis_unit.c.hypothesis_id.in_(list(ids)))
        .order_by(Unit.name, Unit.id)
    )
    found: dict[str, list[Unit]] = {}
    for hypothesis_id, unit in db.session.execute(query):
        found.setdefault(hypothesis_id, []).append(unit)
    return found


def where_it_runs(hypothesis: Hypothesis) -> list[Unit]:
    """The units that it names, and those that its plan names as pilots, by name."""
    named = of_hypothesis(hypothesis)
    test = hypothesis.current_test
    plan = test.plan if test else None
    if plan is None or plan.pilot is None:
        return named
    found = {unit.id: unit for unit in (*named, *known_as(plan.pilot.treated).values())}
    return sorted(found.values(), key=lambda unit: (unit.name, unit.id))


def hypotheses_in(unit: Unit) -> list[Hypothesis]:
    """The hypotheses that name the unit, the newest first."""
    query = (
        select(Hypothesis)
        .join(hypothesis_unit, hypothesis_unit.c.hypothesis_id == Hypothesis.id)
        .where(hypothesis_unit.c.unit_id == unit.id)
        .order_by(Hypothesis.number.desc())
    )
    return list(db.session.scalars(query))


def parts_of(unit: Unit) -> list[Unit]:
    """The units that lie within a territory, by name."""
    query = select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.name, Unit.id)
    return list(db.session.scalars(query))


def setting(hypothesis: Hypothesis) -> HypothesisSetting | None:
    """What a hypothesis moves and by what, where that was said."""
    query = select(HypothesisSetting).where(HypothesisSetting.hypothesis_id == hypothesis.id)
    return db.session.scalar(query)


def history(unit: Unit, *, by: Actor) -> list[Event]:
    """What happened to a unit, the latest first."""
    require(by, Permission.VIEW)
    query = (
        select(Event)
        .where(Event.subject == "unit", Event.subject_id == unit.id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
        .limit(MOST_HISTORY)
    )
    return list(db.session.scalars(query))


# --------------------------------------------------------------------------------- writing
def add(*, body: Mapping[str, Any], by: Actor, now: datetime) -> Unit:
    """Enter a unit. Raises NotAllowed, Invalid with every fault."""
    require(by, Permission.MANAGE_UNITS)
    with transaction():
        await_turn(TURN)
        unit = put(None, read(body), by=by, now=now)
        db.session.flush()
    return unit


def edit(
    unit_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> Unit:
    """Change a unit; parts that `body` leaves out stay. Raises NotAllowed, Invalid, Stale."""
    require(by, Permission.MANAGE_UNITS)
    with transaction():
        await_turn(TURN)
        unit = locked(unit_id, version=version)
        kept = written(unit)
        given = {name: body[name] for name in PARTS if name in body}
        put(unit, read(kept | given, unit=unit), by=by, now=now)
        db.session.flush()
    return unit


def put(unit: Unit | None, parts: Parts, *, by: Actor, now: datetime) -> Unit:
    """Take what was read, as a new unit or as a change of one, and log it. Inside a transaction,
    which writes it."""
    before = told(unit) if unit is not None else {}
    if unit is None:
        unit = Unit(id=new_id(), author_id=by.user_id, created_at=now, updated_at=now)
        db.session.add(unit)
    for name, value in parts.columns.items():
        setattr(unit, name, value)
    unit.code_key = folded(unit.code)
    unit.search = folded(
        unit.code, unit.name, *unit.aliases, unit.region, unit.format, unit.head, unit.technology
    )
    with db.session.no_autoflush:
        changed = events.difference(before, told(unit, parts))
    if changed:
        unit.updated_at = now
        verb = "unit_edited" if before else "unit_added"
        record(verb, unit, by=by, now=now, changes=changed)
    return unit


def close(unit_id: str, *, version: int | None, by: Actor, now: datetime) -> Unit:
    """Say that nothing is sold there any more; it stays where it is named. Raises Stale."""
    return _set_closed(unit_id, now, version=version, by=by, now=now)


def reopen(unit_id: str, *, version: int | None, by: Actor, now: datetime) -> Unit:
    """Have a closed unit back. Raises Stale."""
    return _set_closed(unit_id, None, version=version, by=by, now=now)


def _set_closed(
    unit_id: str, at: datetime | None, *, version: int | None, by: Actor, now: datetime
) -> Unit:
    require(by, Permission.MANAGE_UNITS)
    with transaction():
        unit = locked(unit_id, version=version)
        if unit.is_closed is (at is not None):
            code = "unit_is_closed" if at else "unit_is_open"
            raise Blocked(Text("step_refused"), [Blocker(Text(code, unit=unit.name), "closed")])
        unit.closed_at, unit.updated_at = at, now
        record("unit_closed" if at else "unit_reopened", unit, by=by, now=now)
    return unit


def locked(unit_id: str, *, version: int | None = None) -> Unit:
    """The unit, locked for this transaction. Raises NotFound, Stale."""
    unit = lock(Unit, unit_id[:20].replace("\0", ""))
    if unit is None:
        raise NotFound(Text("no_such_unit", unit=unit_id[:40]))
    if version is not None and version != unit.version:
        raise Stale(Text("unit_changed_meanwhile", unit=unit.name))
    return unit


def record(
    verb: str,
    unit: Unit,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    **details: Any,
) -> None:
    """Log what happened to a unit, by its name."""
    events.record(
        verb, subject="unit", subject_id=unit.id, by=by, now=now, changes=changes,
        details={"name": unit.name, **details},
    )  # fmt: skip


def written(unit: Unit) -> dict[str, Any]:
    """A unit as `read` takes it."""
    return {
        "kind": unit.kind,
        "code": unit.code,
        "name": unit.name,
        "aliases": list(unit.aliases),
        "region": unit.region,
        "format": unit.format,
        "head": unit.head,
        "responsible": unit.responsible_id,
        "sales_model": unit.sales_model,
        "technology": unit.technology,
        "parent": unit.parent_id,
    }


def told(unit: Unit, parts: Parts | None = None) -> dict[str, Any]:
    """A unit as the log keeps it: people and territories by their names."""
    responsible = parts.responsible if parts else unit.responsible
    parent = parts.parent if parts else unit.parent
    return {
        "kind": unit.kind.value,
        "code": unit.code,
        "name": unit.name,
        "aliases": ", ".join(unit.aliases),
        "region": unit.region,
        "format": unit.format,
        "head": unit.head,
        "responsible": responsible.name,
        "sales_model": unit.sales_model.value if unit.sales_model else None,
        "technology": unit.technology,
        "parent": parent.name if parent else None,
    }


def names_of(units: Iterable[Unit]) -> Names:
    """Who goes by what: the codes first, which are nobody else's."""
    codes: dict[str, list[Unit]] = {}
    aliases: dict[str, list[Unit]] = {}
    names: dict[str, list[Unit]] = {}
    for unit in units:
        codes.setdefault(unit.code_key, []).append(unit)
        names.setdefault(folded(unit.name), []).append(unit)
        for key in {folded(alias) for alias in unit.aliases}:
            aliases.setdefault(key, []).append(unit)
    return codes, aliases, names
