"""Stores, territories and teams: what is known of where tests run.

Data name a unit by its code, its name or an alias. A label that two units go by names neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from hadi.db import db
from hadi.domain.errors import NotFound
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import Hypothesis, HypothesisSetting, Unit
from hadi.models.unit import hypothesis_unit


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


def known_as(labels: Iterable[str]) -> dict[str, Unit]:
    """The units that labels of data mean, by their code, else by an alias, else by their name.
    Labels that mean none, or more than one, are left out."""
    wanted = {label: folded(label) for label in labels}
    if not wanted:
        return {}
    names = _names(db.session.scalars(select(Unit)))
    found: dict[str, Unit] = {}
    for label, key in wanted.items():
        for level in names:
            meant = level.get(key, [])
            if len(meant) == 1:
                found[label] = meant[0]
            if meant:
                break
    return found


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


def setting(hypothesis: Hypothesis) -> HypothesisSetting | None:
    """What a hypothesis moves and by what, where that was said."""
    query = select(HypothesisSetting).where(HypothesisSetting.hypothesis_id == hypothesis.id)
    return db.session.scalar(query)


def _names(units: Iterable[Unit]) -> tuple[Mapping[str, list[Unit]], ...]:
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
