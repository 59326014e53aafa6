"""Visits: entered one by one or imported, corrected, struck out with a reason, never deleted.

Nothing of a seller is asked or kept. A visit tells how the work was done, in a store, on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from hadi.db import db, lock, new_id, transaction
from hadi.domain import scorecards as rules
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale
from hadi.domain.folding import folded
from hadi.domain.months import no_day
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.scorecards import Mark, read_mark
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text, day_figure
from hadi.ingest.limits import Limits
from hadi.ingest.visits import (
    MOST_FAULTS,
    ReadVisit,
    VisitFile,
    Visits,
    open_visits,
    read_visits,
)
from hadi.models import Scorecard, ScorecardCriterion, ScorecardMark, ScorecardVisit
from hadi.models.scorecard import FIRST, SECOND
from hadi.services import events, scorecards, workspace
from hadi.services.scorecards import SHORT, check_lengths, open_card, record

PARTS = ("code", "visited_on", "unit", "shopper", "second_coder", "note", "marks", "second")
CODE = 80
_LIMITS = {"code": CODE, "unit": SHORT, "shopper": SHORT, "second_coder": SHORT}
_TEXTS = ("code", "unit", "shopper", "second_coder", "note")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: visits that are new, and those that were there and got its marks."""

    added: int
    updated: int
    marks: int


# --------------------------------------------------------------------------------- reading
def find(card: Scorecard, visit_id: str, *, by: Actor) -> ScorecardVisit:
    """A visit of that card. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(ScorecardVisit, visit_id[:20].replace("\0", ""))
    if found is None or found.scorecard_id != card.id:
        raise NotFound(Text("no_such_visit"))
    return found


def listing(
    card: Scorecard, *, page: int = 1, page_size: int = 30, by: Actor
) -> tuple[list[ScorecardVisit], int]:
    """A page of the visits, the latest first, struck out ones too; and how many there are."""
    require(by, Permission.VIEW)
    counted = select(func.count(ScorecardVisit.id)).where(ScorecardVisit.scorecard_id == card.id)
    query = everything(card).limit(page_size).offset((page - 1) * page_size)
    return list(db.session.scalars(query)), db.session.scalar(counted) or 0


def everything(card: Scorecard) -> Select[tuple[ScorecardVisit]]:
    """The query of all visits, the latest first."""
    return (
        select(ScorecardVisit)
        .where(ScorecardVisit.scorecard_id == card.id)
        .options(selectinload(ScorecardVisit.marks), joinedload(ScorecardVisit.author))
        .order_by(ScorecardVisit.visited_on.desc(), ScorecardVisit.id.desc())
    )


def counted(card: Scorecard) -> list[rules.Visit]:
    """The visits that count, as the rules take them; marks of criteria that are asked."""
    query = (
        select(ScorecardVisit)
        .where(ScorecardVisit.scorecard_id == card.id, ScorecardVisit.voided_at.is_(None))
        .options(selectinload(ScorecardVisit.marks))
        .order_by(ScorecardVisit.visited_on, ScorecardVisit.id)
    )
    numbers = {each.id: each.number for each in card.asked}
    return [rule_of(visit, numbers) for visit in db.session.scalars(query)]


def rule_of(visit: ScorecardVisit, numbers: Mapping[str, int]) -> rules.Visit:
    first, second = visit.marks_of(FIRST), visit.marks_of(SECOND)
    return rules.Visit(
        visit.id,
        visit.visited_on,
        " ".join(visit.unit.split()),
        {numbers[key]: mark for key, mark in first.items() if key in numbers},
        {numbers[key]: mark for key, mark in second.items() if key in numbers},
    )


# --------------------------------------------------------------------------------- writing
def add(scorecard_id: str, *, body: Mapping[str, Any], by: Actor, now: datetime) -> ScorecardVisit:
    """Enter a visit: code, visited_on, unit, shopper, second_coder, note, and `marks` (and
    `second`) by the number of the criterion. Raises Invalid with every fault, Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = open_card(scorecard_id)
        parts, marks, second = _read(body, card, None, now)
        visit = ScorecardVisit(
            id=new_id(), scorecard_id=card.id, author_id=by.user_id, created_at=now,
            updated_at=now, **parts,
        )  # fmt: skip
        db.session.add(visit)
        db.session.flush()
        _mark(visit, card, FIRST, marks)
        _mark(visit, card, SECOND, second)
        db.session.flush()
        changes = events.difference({}, _told(visit, card))
        _record("visit_added", card, visit, by=by, now=now, changes=changes)
    return visit


def edit(
    scorecard_id: str,
    visit_id: str,
    *,
    body: Mapping[str, Any],
    version: int | None,
    by: Actor,
    now: datetime,
) -> ScorecardVisit:
    """Correct a visit; what `body` leaves out stays, marks are given whole. Raises Invalid, Stale,
    Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = open_card(scorecard_id)
        visit = _locked(card, visit_id, version)
        if visit.is_void:
            raise Blocked(Text("step_refused"), [Blocker(Text("visit_is_void"), "void")])
        before = _told(visit, card)
        given = {name: body[name] for name in PARTS if name in body}
        parts, marks, second = _read(before | given, card, visit, now)
        for name, value in parts.items():
            setattr(visit, name, value)
        _mark(visit, card, FIRST, marks)
        _mark(visit, card, SECOND, second)
        db.session.flush()
        changed = events.difference(before, _told(visit, card))
        if changed:
            visit.updated_at = now
            _record("visit_edited", card, visit, by=by, now=now, changes=changed)
    return visit


def void(
    scorecard_id: str,
    visit_id: str,
    *,
    reason: str,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> ScorecardVisit:
    """Strike a visit out, with a reason; it stays. Raises Invalid, Stale, Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    reason = cleaned(reason)
    with transaction():
        card = scorecards.locked(scorecard_id)
        visit = _locked(card, visit_id, version)
        if not reason:
            wrong = {"reason": Text("visit_void_needs_reason")}
            raise Invalid(Text("visit_invalid"), wrong)
        if len(reason) > LIMIT:
            wrong = {"reason": Text("scorecard_text_long", limit=LIMIT)}
            raise Invalid(Text("visit_invalid"), wrong)
        if visit.is_void:
            raise Blocked(Text("step_refused"), [Blocker(Text("visit_is_void"), "void")])
        visit.voided_at, visit.void_reason, visit.updated_at = now, reason, now
        _record("visit_voided", card, visit, by=by, now=now, reason=reason)
    return visit


def restore(
    scorecard_id: str, visit_id: str, *, version: int | None = None, by: Actor, now: datetime
) -> ScorecardVisit:
    """Count a visit again that was struck out. Raises Stale, Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    with transaction():
        card = scorecards.locked(scorecard_id)
        visit = _locked(card, visit_id, version)
        if not visit.is_void:
            raise Blocked(Text("step_refused"), [Blocker(Text("visit_is_not_void"), "void")])
        visit.voided_at, visit.void_reason, visit.updated_at = None, "", now
        _record("visit_restored", card, visit, by=by, now=now)
    return visit


# --------------------------------------------------------------------------------- importing
def read_file(
    card: Scorecard,
    *,
    file: BinaryIO,
    filename: str,
    chosen: Mapping[str, str] | None = None,
    limits: Limits,
    by: Actor,
    now: datetime,
) -> tuple[VisitFile, Visits]:
    """What a file of visits holds, how many of them are stored already, and which of these were
    on another day or in another store; nothing is stored. Raises Unreadable."""
    require(by, Permission.EDIT_SCORECARDS)
    number_of = naming(card.asked)
    opened = open_visits(
        file, filename, chosen=chosen, is_criterion=lambda c: number_of(c) is not None,
        limits=limits,
    )  # fmt: skip
    today = now.astimezone(workspace.zone()).date()
    found = read_visits(opened, number_of=number_of, today=today)
    return opened, _beside(found, _known(card))


def import_visits(
    scorecard_id: str, found: Visits, *, filename: str, by: Actor, now: datetime
) -> Imported:
    """Store what was read, all of it or nothing. A visit that is there by its code gets the marks
    of the file, and keeps those that the file does not say. Raises Invalid where rows cannot be
    used, Blocked."""
    require(by, Permission.EDIT_SCORECARDS)
    _refuse_faulty(found)
    with transaction():
        card = open_card(scorecard_id)
        known = _known(card)
        _refuse_faulty(_beside(found, known))
        ids = {each.number: each.id for each in card.asked}
        added = marks = 0
        for each in found.visits:
            visit = known.get(folded(each.code))
            if visit is None:
                visit = _new(card, each, by=by, now=now)
                added += 1
            marks += _put(visit, each, ids)
            visit.updated_at = now
        db.session.flush()
        updated = len(found.visits) - added
        details = {"filename": filename, "added": added, "updated": updated, "marks": marks}
        record("visits_imported", card, by=by, now=now, details=details)
    return Imported(added, updated, marks)


def _refuse_faulty(found: Visits) -> None:
    if found.faulty:
        named = {f"rows.{place}": text for place, text in enumerate(found.faults)}
        raise Invalid(Text("visits_faulty", n=found.faulty), named)


def _beside(found: Visits, known: Mapping[str, ScorecardVisit]) -> Visits:
    """What was read, beside the visits that are stored: a number belongs to one visit, of one day
    and one store."""
    stored = [(each, known[key]) for each in found.visits if (key := folded(each.code)) in known]
    differ = [text for each, visit in stored if (text := _difference(each, visit)) is not None]
    faults = (*found.faults, *differ)[:MOST_FAULTS]
    return replace(
        found, faults=faults, faulty=found.faulty + len(differ), known=len(stored)
    )  # fmt: skip


def _difference(read: ReadVisit, visit: ScorecardVisit) -> Text | None:
    if read.day != visit.visited_on:
        days = {"stored": day_figure(visit.visited_on), "day": day_figure(read.day)}
        return Text("visits_other_day", visit=read.code[:60], **days)
    stores = [" ".join(folded(store).split()) for store in (read.unit, visit.unit)]
    if all(stores) and stores[0] != stores[1]:
        return Text(
            "visits_other_store", visit=read.code[:60], stored=visit.unit, store=read.unit[:60]
        )
    return None


def naming(criteria: Iterable[ScorecardCriterion]) -> Callable[[str], int | None]:
    """Knows a criterion by its number, its name, or both (“7. Relevance”)."""
    names: dict[str, int] = {}
    for each in criteria:
        for written in (str(each.number), each.name, f"{each.number}. {each.name}"):
            names.setdefault(folded(written), each.number)

    def number_of(written: str) -> int | None:
        return names.get(folded(" ".join(written.split())))

    return number_of


# --------------------------------------------------------------------------------- parts
def _known(card: Scorecard) -> dict[str, ScorecardVisit]:
    query = select(ScorecardVisit).where(
        ScorecardVisit.scorecard_id == card.id, ScorecardVisit.code.is_not(None)
    )
    found = db.session.scalars(query.options(selectinload(ScorecardVisit.marks)))
    return {folded(visit.code or ""): visit for visit in found}


def _new(card: Scorecard, read: ReadVisit, *, by: Actor, now: datetime) -> ScorecardVisit:
    visit = ScorecardVisit(
        id=new_id(), scorecard_id=card.id, code=read.code, visited_on=read.day, unit=read.unit,
        shopper=read.shopper, second_coder=read.second_coder, author_id=by.user_id,
        created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(visit)
    return visit


def _put(visit: ScorecardVisit, read: ReadVisit, ids: Mapping[int, str]) -> int:
    stored = {(each.criterion_id, each.coder): each for each in visit.marks}
    for coder, given in ((FIRST, read.marks), (SECOND, read.second)):
        for number, (mark, comment) in given.items():
            found = stored.get((ids[number], coder))
            if found is None:
                row = ScorecardMark(
                    id=new_id(), criterion_id=ids[number], coder=coder, mark=mark, comment=comment
                )
                visit.marks.append(row)
            else:
                found.mark, found.comment = mark, comment or found.comment
    return len(read.marks) + len(read.second)


def _mark(visit: ScorecardVisit, card: Scorecard, coder: int, given: Mapping[int, Mark]) -> None:
    """The marks of a coder are these; those of retired criteria stay."""
    asked = {each.id: each.number for each in card.asked}
    kept = {each.criterion_id: each for each in visit.marks if each.coder == coder}
    for id_, found in kept.items():
        if id_ in asked and asked[id_] not in given:
            visit.marks.remove(found)
    for id_, number in asked.items():
        if number not in given:
            continue
        if id_ in kept:
            kept[id_].mark = given[number]
        else:
            row = ScorecardMark(id=new_id(), criterion_id=id_, coder=coder, mark=given[number])
            visit.marks.append(row)


def _read(
    body: Mapping[str, Any], card: Scorecard, visit: ScorecardVisit | None, now: datetime
) -> tuple[dict[str, Any], dict[int, Mark], dict[int, Mark]]:
    """The parts of a visit. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    texts = {name: cleaned(str(body.get(name) or "")) for name in _TEXTS}
    check_lengths(texts, _LIMITS, wrong)
    parts: dict[str, Any] = {**texts, "visited_on": _day(body.get("visited_on"), now, wrong)}
    parts["code"] = texts["code"] or None
    if parts["code"] and "code" not in wrong:
        other = _known(card).get(folded(parts["code"]))
        if other is not None and other is not visit:
            wrong["code"] = Text("visit_code_taken", visit=parts["code"])
    marks = _marks(body.get("marks"), "marks", card, wrong)
    second = _marks(body.get("second"), "second", card, wrong)
    if not marks and not any(name.startswith("marks") for name in wrong):
        wrong["marks"] = Text("visit_needs_marks")
    if wrong:
        raise Invalid(Text("visit_invalid"), wrong)
    return parts, marks, second


def _marks(given: object, name: str, card: Scorecard, wrong: dict[str, Text]) -> dict[int, Mark]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        wrong[name] = Text("api.not_object")
        return {}
    numbers = {str(each.number): each.number for each in card.asked}
    found: dict[int, Mark] = {}
    for key, value in given.items():
        number = numbers.get(str(key))
        if number is None:
            wrong[f"{name}.{str(key)[:10]}"] = Text("no_such_criterion", number=str(key)[:10])
            continue
        try:
            mark = read_mark(value)
        except ValueError:
            wrong[f"{name}.{number}"] = Text("visit_mark_unknown", value=str(value)[:40])
            continue
        if mark is not None:
            found[number] = mark
    return found


def _day(value: object, now: datetime, wrong: dict[str, Text]) -> date | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        wrong["visited_on"] = no_day(value, Text("visit_needs_day"))
        return None
    if day > now.astimezone(workspace.zone()).date():
        wrong["visited_on"] = Text("visit_in_future")
    return day


def _locked(card: Scorecard, visit_id: str, version: int | None) -> ScorecardVisit:
    visit = lock(ScorecardVisit, visit_id[:20].replace("\0", ""))
    if visit is None or visit.scorecard_id != card.id:
        raise NotFound(Text("no_such_visit"))
    if version is not None and version != visit.version:
        raise Stale(Text("visit_changed_meanwhile"))
    return visit


def _told(visit: ScorecardVisit, card: Scorecard) -> dict[str, Any]:
    """A visit as the log keeps it."""
    numbers = {each.id: str(each.number) for each in card.asked}
    return {
        "code": visit.code,
        "visited_on": visit.visited_on.isoformat(),
        "unit": visit.unit,
        "shopper": visit.shopper,
        "second_coder": visit.second_coder,
        "note": visit.note,
        "marks": _by_number(visit.marks_of(FIRST), numbers),
        "second": _by_number(visit.marks_of(SECOND), numbers),
    }


def _by_number(marks: Mapping[str, Mark], numbers: Mapping[str, str]) -> dict[str, str]:
    return {numbers[key]: mark.value for key, mark in marks.items() if key in numbers}


def _record(
    verb: str,
    card: Scorecard,
    visit: ScorecardVisit,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    reason: str = "",
) -> None:
    details = {"visit": visit.code or visit.id, **({"reason": reason} if reason else {})}
    record(verb, card, by=by, now=now, changes=changes, details=details)
