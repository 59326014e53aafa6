"""Where a hypothesis runs and what it moves: units, lever and technology, said beside the plan.

While it is planned all of it may change; once it runs, what is named has to be ready for a test,
and with the decision it stays as it was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select

from hadi.db import db, new_id, transaction
from hadi.domain import lifecycle
from hadi.domain.errors import Blocked, Blocker, Invalid, Stale
from hadi.domain.folding import folded
from hadi.domain.levers import Lever
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.domain.units import fits, unfit
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import Hypothesis, HypothesisSetting, Unit
from hadi.models.unit import hypothesis_unit
from hadi.services import events, hypotheses, units
from hadi.services.unit_reading import lies_in

MOST_UNITS = 500
TECHNOLOGY_LENGTH = 200
PARTS = ("units", "lever", "technology", "order_reason")
_OPEN = (State.IDEA, State.PLANNED, State.RUNNING, State.MEASURED)


def version_of(hypothesis: Hypothesis) -> int:
    """The version to send with a change; 0 before anything was said."""
    stored = units.setting(hypothesis)
    return stored.version if stored else 0


def can_change(hypothesis: Hypothesis) -> bool:
    """Whether its state lets anybody change where it runs."""
    return hypothesis.state in _OPEN


def say(
    hypothesis_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> Hypothesis:
    """Say where it runs and what it moves; parts that `body` leaves out stay. Raises Invalid,
    Stale, NotAllowed, Blocked."""
    with (
        hypotheses.logging_refusals("say_where", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.EDIT_HYPOTHESIS, hypotheses.stake(hypothesis))
        if not can_change(hypothesis):
            state = Text(f"state_{hypothesis.state.value}")
            raise Blocked(
                Text("step_refused"), [Blocker(Text("where_fixed", state=state), "units")]
            )
        stored, named = units.setting(hypothesis), units.of_hypothesis(hypothesis)
        if version is not None and version != (stored.version if stored else 0):
            raise Stale(Text("where_changed_meanwhile"))
        parts = _read(body, stored, named)
        _refuse_unready(hypothesis, parts["units"])
        changed = events.difference(_told(_kept(stored, named)), _told(parts))
        if changed:
            entry = stored or _new(hypothesis, by=by, now=now)
            for name in ("lever", "technology", "order_reason"):
                setattr(entry, name, parts[name])
            # Also where only the units changed: whoever has an older form open is told.
            entry.updated_at = now
            _name(hypothesis, parts["units"])
            db.session.flush()
            events.record(
                "where_said", subject="hypothesis", subject_id=hypothesis.id, by=by, now=now,
                hypothesis=hypothesis, changes=changed,
            )  # fmt: skip
    return hypothesis


def warnings(hypothesis: Hypothesis) -> tuple[Text, ...]:
    """What does not fit: a technology of the other sales model, of the hypothesis or of a unit
    itself."""
    stored, named = units.setting(hypothesis), units.where_it_runs(hypothesis)
    return tuple(_unfit(stored.technology if stored else "", named))


def beside_pilots(hypothesis: Hypothesis) -> Text | None:
    """That units are named which are no pilots of its plan: a pilot changes its pilots alone."""
    test = hypothesis.current_test
    plan = test.plan if test else None
    if plan is None or plan.pilot is None or not plan.pilot.treated:
        return None
    known = units.known_as(plan.pilot.treated)
    if len(known) < len(set(plan.pilot.treated)):
        return None  # a pilot that nobody here knows may be any of them
    pilots = {unit.id for unit in known.values()}
    others = [
        unit.name
        for unit in units.of_hypothesis(hypothesis)
        if unit.id not in pilots and not any(lies_in(pilot, unit) for pilot in known.values())
    ]
    return Text("where_no_pilots", n=len(others), units=", ".join(others)) if others else None


def checks(hypothesis: Hypothesis) -> Iterator[Check]:
    """The same as findings of an analysis."""
    for text in warnings(hypothesis):
        yield Check("technology", CheckStatus.WARN, text)


def _unfit(technology: str, named: Sequence[Unit]) -> Iterator[Text]:
    for model, names in unfit(technology, [unit.place for unit in named]).items():
        word = Text(f"sales_model_{model.value}_short")
        yield Text("technology_unfit", technology=technology, units=", ".join(names), model=word)


def unit_warning(unit: Unit) -> Text | None:
    """That a unit's technology does not go with the way it sells, if so."""
    if unit.sales_model is None or fits(unit.technology, unit.sales_model):
        return None
    word = Text(f"sales_model_{unit.sales_model.value}_short")
    return Text("unit_technology_unfit", technology=unit.technology, model=word)


def _new(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> HypothesisSetting:
    entry = HypothesisSetting(
        id=new_id(), hypothesis_id=hypothesis.id, author_id=by.user_id, created_at=now,
        updated_at=now,
    )  # fmt: skip
    db.session.add(entry)
    return entry


def _name(hypothesis: Hypothesis, named: Iterable[Unit]) -> None:
    table = hypothesis_unit
    db.session.execute(delete(table).where(table.c.hypothesis_id == hypothesis.id))
    rows = [{"hypothesis_id": hypothesis.id, "unit_id": unit.id} for unit in named]
    if rows:
        db.session.execute(insert(table), rows)


def _refuse_unready(hypothesis: Hypothesis, named: Sequence[Unit]) -> None:
    """What is named under way could not have been started with otherwise."""
    if hypothesis.state in (State.IDEA, State.PLANNED):
        return
    facts = hypotheses.facts(hypothesis, places=tuple(unit.place for unit in named))
    hypotheses.refuse_if_blocked(tuple(lifecycle.places_ready(facts)))


def _read(
    body: Mapping[str, Any], stored: HypothesisSetting | None, named: list[Unit]
) -> dict[str, Any]:
    wrong: dict[str, Text] = {}
    kept = _kept(stored, named)
    if "units" in body:
        kept["units"] = _units(body["units"] or (), wrong)
    if "lever" in body:
        kept["lever"] = _lever(body["lever"], wrong)
    for name, limit in (("technology", TECHNOLOGY_LENGTH), ("order_reason", LIMIT)):
        if name in body:
            kept[name] = cleaned(str(body[name] or ""))
            if len(kept[name]) > limit:
                wrong[name] = Text("statement_too_long", limit=limit)
    if wrong:
        raise Invalid(Text("where_invalid"), wrong)
    return kept


def _lever(value: object, wrong: dict[str, Text]) -> Lever | None:
    if value in (None, ""):
        return None
    try:
        return Lever(str(value))
    except ValueError:
        wrong["lever"] = Text("field_not_a_choice", field="lever", options=", ".join(Lever))
        return None


def _units(written: Iterable[object], wrong: dict[str, Text]) -> list[Unit]:
    """The units by their ids or codes, each once, by name."""
    asked = list(dict.fromkeys(str(each).replace("\0", "").strip() for each in written))
    asked = [each for each in asked if each]
    if len(asked) > MOST_UNITS:
        wrong["units"] = Text("where_many_units", n=MOST_UNITS)
        return []
    keys = {folded(each) for each in asked}
    query = select(Unit).where(or_(Unit.id.in_(asked), Unit.code_key.in_(keys)))
    found = list(db.session.scalars(query.order_by(Unit.name, Unit.id)))
    known = {unit.id for unit in found} | {unit.code_key for unit in found}
    missing = [each for each in asked if each not in known and folded(each) not in known]
    if missing:
        wrong["units"] = Text("no_such_unit", unit=missing[0][:40])
    return found


def _kept(stored: HypothesisSetting | None, named: list[Unit]) -> dict[str, Any]:
    """What was said before."""
    return {
        "units": named,
        "lever": stored.lever if stored else None,
        "technology": stored.technology if stored else "",
        "order_reason": stored.order_reason if stored else "",
    }


def _told(parts: Mapping[str, Any]) -> dict[str, Any]:
    """As the log keeps it: units by their names."""
    lever = parts["lever"]
    names = [unit.name for unit in parts["units"]]
    return {**parts, "units": names, "lever": lever.value if lever else None}
