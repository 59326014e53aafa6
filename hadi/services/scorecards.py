"""Scorecards: what visitors look for, how each answer counts, and who sees that a step is taken.

A criterion that has marks is retired rather than deleted, and its number is not given again: marks
of the past keep their meaning. Every change is logged with what it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hadi.db import await_turn, db, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.models import (
    Event,
    Scorecard,
    ScorecardCriterion,
    ScorecardLink,
    ScorecardMark,
    ScorecardVisit,
)
from hadi.services import events
from hadi.services.search import matches

TURN = "scorecards"
SHORT = 120  # characters of a name
POINT = 200  # of a part of a check point
MOST_CRITERIA = 60
MOST_HISTORY = 8
TEMPLATE = 12
# The steps of the template that a change of the conversation would have to take.
TEMPLATE_STEPS = frozenset({3, 4, 7, 8, 10})
PARTS = (
    "name", "definition", "met", "not_met", "not_applicable", "is_mandatory", "check_who",
    "check_when", "check_evidence",
)  # fmt: skip
_SHORT = {"name": SHORT, "check_who": POINT, "check_when": POINT, "check_evidence": POINT}


@dataclass(frozen=True, slots=True)
class Listed:
    """A card with what its line in a list says."""

    card: Scorecard
    criteria: int
    visits: int
    last_visit: date | None
    hypotheses: int


# --------------------------------------------------------------------------------- reading
def find(scorecard_id: str, *, by: Actor) -> Scorecard:
    """The card with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(Scorecard, scorecard_id[:20].replace("\0", ""))
    if found is None:
        raise NotFound(Text("no_such_scorecard"))
    return found


def listing(*, query: str = "", is_open: bool | None = None, by: Actor) -> list[Listed]:
    """The cards by name; `is_open` None is all of them."""
    require(by, Permission.VIEW)
    asked = select(Scorecard).where(matches(Scorecard.search, query))
    if is_open is not None:
        asked = asked.where(
            Scorecard.closed_at.is_(None) if is_open else Scorecard.closed_at.is_not(None)
        )
    asked = asked.options(selectinload(Scorecard.criteria)).order_by(Scorecard.name, Scorecard.id)
    counted = (
        select(
            ScorecardVisit.scorecard_id,
            func.count(ScorecardVisit.id),
            func.max(ScorecardVisit.visited_on),
        )
        .where(ScorecardVisit.voided_at.is_(None))
        .group_by(ScorecardVisit.scorecard_id)
    )
    visits = {row[0]: (int(row[1]), row[2]) for row in db.session.execute(counted)}
    linked = select(ScorecardLink.scorecard_id, func.count()).group_by(ScorecardLink.scorecard_id)
    watching = {row[0]: int(row[1]) for row in db.session.execute(linked)}
    found = []
    for card in db.session.scalars(asked):
        count, last = visits.get(card.id, (0, None))
        found.append(Listed(card, len(card.asked), count, last, watching.get(card.id, 0)))
    return found


def criterion(card: Scorecard, number: int) -> ScorecardCriterion:
    """The criterion with that number, retired ones too. Raises NotFound."""
    found = next((each for each in card.criteria if each.number == number), None)
    if found is None:
        raise NotFound(Text("no_such_criterion", number=str(number)))
    return found


def has_marks(found: ScorecardCriterion) -> bool:
    """Whether anybody ever marked it."""
    asked = select(ScorecardMark.id).where(ScorecardMark.criterion_id == found.id).limit(1)
    return db.session.scalar(asked) is not None


def history(card: Scorecard, *, by: Actor) -> list[Event]:
    """What happened to a card, the latest first."""
    require(by, Permission.VIEW)
    query = (
        select(Event)
        .where(Event.subject == "scorecard", Event.subject_id == card.id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
        .limit(MOST_HISTORY)
    )
    return list(db.session.scalars(query))


# --------------------------------------------------------------------------------- the card
def create(
    *,
    name: str,
    purpose: str = "",
    say: Callable[[Text], str] | None = None,
    by: Actor,
    now: datetime,
) -> Scorecard:
    """Make a card; with `say` it starts with the twelve criteria of the template, in that voice.
    Raises NotAllowed, Invalid."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        await_turn(TURN)
        parts = _card({"name": name, "purpose": purpose})
        card = Scorecard(
            id=new_id(), author_id=by.user_id, created_at=now, updated_at=now, edition=1,
            search=folded(parts["name"], parts["purpose"]), **parts,
        )  # fmt: skip
        db.session.add(card)
        db.session.flush()
        for number in range(1, TEMPLATE + 1) if say is not None else ():
            assert say is not None
            row = ScorecardCriterion(
                id=new_id(), scorecard_id=card.id, number=number, **template_of(number, say)
            )
            db.session.add(row)
        db.session.flush()
        record("scorecard_made", card, by=by, now=now, changes=events.difference({}, parts))
        db.session.refresh(card)
    return card


def template_of(number: int, say: Callable[[Text], str]) -> dict[str, Any]:
    """A criterion of the template in a language."""
    return {
        "name": say(Text(f"card_{number}_name")),
        "definition": say(Text(f"card_{number}_definition")),
        "met": say(Text(f"card_{number}_met")),
        "not_met": say(Text(f"card_{number}_not_met")),
        "not_applicable": say(Text("card_na")),
        "is_mandatory": number in TEMPLATE_STEPS,
    }


def edit(
    scorecard_id: str, *, body: Mapping[str, Any], version: int | None, by: Actor, now: datetime
) -> Scorecard:
    """Rename a card or say anew what it is for; what `body` leaves out stays. Raises Invalid,
    Stale."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        await_turn(TURN)
        card = locked(scorecard_id, version=version)
        before = {"name": card.name, "purpose": card.purpose}
        parts = _card(before | {key: body[key] for key in before if key in body}, card)
        changed = events.difference(before, parts)
        if changed:
            card.name, card.purpose = parts["name"], parts["purpose"]
            card.search, card.updated_at = folded(card.name, card.purpose), now
            record("scorecard_edited", card, by=by, now=now, changes=changed)
    return card


def close(scorecard_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Scorecard:
    """A card that takes no more visits; it stays with those it has. Raises Blocked, Stale."""
    return _turn(scorecard_id, True, version=version, by=by, now=now)


def reopen(scorecard_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Scorecard:
    """Take visits again. Raises Blocked, Stale."""
    return _turn(scorecard_id, False, version=version, by=by, now=now)


def _turn(
    scorecard_id: str, is_closing: bool, *, version: int | None, by: Actor, now: datetime
) -> Scorecard:
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = locked(scorecard_id, version=version)
        if (card.closed_at is not None) is is_closing:
            code = "scorecard_is_closed" if is_closing else "scorecard_is_open"
            raise Blocked(Text("step_refused"), [Blocker(Text(code), "scorecard")])
        card.closed_at, card.updated_at = now if is_closing else None, now
        record("scorecard_closed" if is_closing else "scorecard_opened", card, by=by, now=now)
    return card


# --------------------------------------------------------------------------------- criteria
def add_criterion(
    scorecard_id: str, *, body: Mapping[str, Any], by: Actor, now: datetime
) -> ScorecardCriterion:
    """Ask one thing more. Raises Invalid with every fault, Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = open_card(scorecard_id)
        if len(card.criteria) >= MOST_CRITERIA:
            told = Text("criteria_too_many", most=MOST_CRITERIA)
            raise Invalid(Text("criterion_invalid"), {"name": told})
        parts = _criterion(body, card)
        number = max((each.number for each in card.criteria), default=0) + 1
        made = ScorecardCriterion(id=new_id(), scorecard_id=card.id, number=number, **parts)
        db.session.add(made)
        changes = events.difference({}, parts | {"number": number})
        _changed("criterion_added", card, made, by=by, now=now, changes=changes)
    return made


def edit_criterion(
    scorecard_id: str,
    number: int,
    *,
    body: Mapping[str, Any],
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> ScorecardCriterion:
    """Change what is asked; what `body` leaves out stays. Raises Invalid, Stale, Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = open_card(scorecard_id)
        found = _locked_criterion(card, number, version)
        if found.retired_at is not None:
            told = Blocker(Text("criterion_is_retired"), "criterion")
            raise Blocked(Text("step_refused"), [told])
        before = told_of(found)
        parts = _criterion(before | {key: body[key] for key in PARTS if key in body}, card, found)
        changed = events.difference(before, parts)
        if changed:
            for key, value in parts.items():
                setattr(found, key, value)
            _changed("criterion_edited", card, found, by=by, now=now, changes=changed)
    return found


def retire_criterion(
    scorecard_id: str, number: int, *, version: int | None = None, by: Actor, now: datetime
) -> ScorecardCriterion:
    """Ask it no more; its marks stay. Raises Blocked, Stale."""
    return _ask(scorecard_id, number, False, version=version, by=by, now=now)


def ask_again(
    scorecard_id: str, number: int, *, version: int | None = None, by: Actor, now: datetime
) -> ScorecardCriterion:
    """Put a criterion back that was retired. Raises Blocked, Stale."""
    return _ask(scorecard_id, number, True, version=version, by=by, now=now)


def _ask(
    scorecard_id: str,
    number: int,
    is_asked: bool,
    *,
    version: int | None,
    by: Actor,
    now: datetime,
) -> ScorecardCriterion:
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = open_card(scorecard_id)
        found = _locked_criterion(card, number, version)
        if (found.retired_at is None) is is_asked:
            code = "criterion_is_asked" if is_asked else "criterion_is_retired"
            raise Blocked(Text("step_refused"), [Blocker(Text(code), "criterion")])
        found.retired_at = None if is_asked else now
        verb = "criterion_asked" if is_asked else "criterion_retired"
        _changed(verb, card, found, by=by, now=now)
    return found


def told_of(found: ScorecardCriterion) -> dict[str, Any]:
    """A criterion's parts as they are stored."""
    return {name: getattr(found, name) for name in PARTS}


# --------------------------------------------------------------------------------- shared
def locked(scorecard_id: str, *, version: int | None = None) -> Scorecard:
    """The card, locked for this transaction. Raises NotFound, Stale."""
    card = lock(Scorecard, scorecard_id[:20].replace("\0", ""))
    if card is None:
        raise NotFound(Text("no_such_scorecard"))
    if version is not None and version != card.version:
        raise Stale(Text("scorecard_changed_meanwhile"))
    return card


def open_card(scorecard_id: str) -> Scorecard:
    """The card, locked, while it is in use. Raises NotFound, Blocked."""
    card = locked(scorecard_id)
    if card.closed_at is not None:
        raise Blocked(Text("step_refused"), [Blocker(Text("scorecard_is_closed"), "scorecard")])
    return card


def record(
    verb: str,
    card: Scorecard,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Log what happened to a card. Inside a transaction."""
    events.record(
        verb, subject="scorecard", subject_id=card.id, by=by, now=now, changes=changes,
        details={"name": card.name, **(details or {})},
    )  # fmt: skip


def check_lengths(
    parts: Mapping[str, str], limits: Mapping[str, int], wrong: dict[str, Text]
) -> None:
    """Every text that is too long."""
    for name, written in parts.items():
        limit = limits.get(name, LIMIT)
        if len(written) > limit:
            wrong.setdefault(name, Text("scorecard_text_long", limit=limit))


def _changed(
    verb: str,
    card: Scorecard,
    found: ScorecardCriterion,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
) -> None:
    """What is asked is another edition of the card."""
    card.edition += 1
    card.updated_at = now
    db.session.flush()
    record(verb, card, by=by, now=now, changes=changes, details={"number": found.number})
    db.session.refresh(card)


def _locked_criterion(card: Scorecard, number: int, version: int | None) -> ScorecardCriterion:
    found = criterion(card, number)
    if version is not None and version != found.version:
        raise Stale(Text("criterion_changed_meanwhile"))
    return found


def _card(body: Mapping[str, Any], card: Scorecard | None = None) -> dict[str, str]:
    parts = {name: cleaned(str(body.get(name) or "")) for name in ("name", "purpose")}
    wrong: dict[str, Text] = {}
    if not parts["name"]:
        wrong["name"] = Text("scorecard_needs_name")
    check_lengths(parts, {"name": SHORT}, wrong)
    if not wrong and _is_taken(parts["name"], card):
        wrong["name"] = Text("scorecard_name_taken", name=parts["name"])
    if wrong:
        raise Invalid(Text("scorecard_invalid"), wrong)
    return parts


def _is_taken(name: str, card: Scorecard | None) -> bool:
    names = db.session.execute(select(Scorecard.id, Scorecard.name))
    return any(folded(other) == folded(name) and (card is None or id_ != card.id)
               for id_, other in names)  # fmt: skip


def _criterion(
    body: Mapping[str, Any], card: Scorecard, found: ScorecardCriterion | None = None
) -> dict[str, Any]:
    """The parts of a criterion. Raises Invalid with every fault."""
    texts = {name: cleaned(str(body.get(name) or "")) for name in PARTS if name != "is_mandatory"}
    wrong: dict[str, Text] = {
        name: Text(f"criterion_needs_{name}")
        for name in ("name", "definition", "met", "not_met")
        if not texts[name]
    }
    check_lengths(texts, _SHORT, wrong)
    same = _same_name(texts["name"], card.asked, found)
    if same is not None and "name" not in wrong:
        wrong["name"] = Text("criterion_name_taken", number=same.number, name=same.name)
    if wrong:
        raise Invalid(Text("criterion_invalid"), wrong)
    return {**texts, "is_mandatory": body.get("is_mandatory") is True}


def _same_name(
    name: str, asked: Sequence[ScorecardCriterion], found: ScorecardCriterion | None
) -> ScorecardCriterion | None:
    return next((e for e in asked if e is not found and folded(e.name) == folded(name)), None)
