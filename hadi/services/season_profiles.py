"""Seasons kept by name: kept, listed, used again, deleted and brought back.

A plan that uses one holds its coefficients itself, so that nothing that happens here changes a
test that was planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hadi.analysis.season import Season
from hadi.db import await_turn, db, lock, new_id, transaction
from hadi.domain import months
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.season_plan import KeptSeason
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.models import SeasonProfile
from hadi.services import events

MOST = 500
SUBJECT = "season_profile"


def listing(*, by: Actor) -> list[SeasonProfile]:
    """Those that are kept, by name."""
    require(by, Permission.VIEW)
    query = (
        select(SeasonProfile)
        .where(SeasonProfile.deleted_at.is_(None))
        .options(joinedload(SeasonProfile.author))
        .order_by(SeasonProfile.name_key, SeasonProfile.id)
    )
    return list(db.session.scalars(query))


def find(profile_id: str, *, by: Actor) -> SeasonProfile:
    """One that is kept. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(SeasonProfile, profile_id[:20].replace("\0", ""))
    if found is None or found.is_deleted:
        raise NotFound(Text("season_profile_unknown", name=profile_id[:80]))
    return found


def named(written: str, *, by: Actor) -> SeasonProfile:
    """One by its id or its name. Raises Invalid."""
    require(by, Permission.VIEW)
    asked = select(SeasonProfile).where(
        SeasonProfile.deleted_at.is_(None),
        or_(SeasonProfile.id == written[:20], SeasonProfile.name_key == folded(written)[:80]),
    )
    found: SeasonProfile | None = db.session.scalar(asked.limit(1))
    if found is None:
        text = Text("season_profile_unknown", name=written[:80])
        raise Invalid(text, {"profile": text})
    return found


def keep(answer: Season, *, name: str, by: Actor, now: datetime) -> SeasonProfile:
    """Keep the coefficients that were found. Raises Invalid, NotAllowed."""
    starts = [months.written(start) for start in answer.found.years.starts]
    return put(
        {
            "name": cleaned(name), "coefficients": answer.found.values,
            "method": answer.found.method,
        },
        years=starts, by=by, now=now,
    )  # fmt: skip


def put(
    body: Mapping[str, Any], *, years: Sequence[str] = (), by: Actor, now: datetime
) -> SeasonProfile:
    """Keep a season: name, coefficients, method. Raises Invalid, NotAllowed."""
    require(by, Permission.CREATE_HYPOTHESIS)
    try:
        read = KeptSeason.from_json(body)
    except Invalid as refusal:
        field = "coefficients" if body.get("name") else "name"
        raise Invalid(refusal.text, {field: refusal.text}) from None
    with transaction():
        await_turn(SUBJECT)
        _refuse(read.name)
        assert by.user_id is not None
        kept = SeasonProfile(
            id=new_id(), name=read.name, name_key=folded(read.name)[:80],
            coefficients=[round(value, 12) for value in read.coefficients], method=read.method,
            years=list(years), author_id=by.user_id, created_at=now,
        )  # fmt: skip
        db.session.add(kept)
        db.session.flush()
        _record("season_kept", kept, by=by, now=now)
    return kept


def delete(profile_id: str, *, by: Actor, now: datetime) -> SeasonProfile:
    """Delete one; it can be brought back. Raises NotFound, Blocked."""
    require(by, Permission.CREATE_HYPOTHESIS)
    with transaction():
        kept = _locked(profile_id)
        if kept.is_deleted:
            raise Blocked(Text("step_refused"), [Blocker(Text("season_profile_deleted"), "id")])
        kept.deleted_at = now
        _record("season_deleted", kept, by=by, now=now)
    return kept


def restore(profile_id: str, *, by: Actor, now: datetime) -> SeasonProfile:
    """Bring one back. Raises NotFound, Blocked, and Invalid where its name is taken meanwhile."""
    require(by, Permission.CREATE_HYPOTHESIS)
    with transaction():
        await_turn(SUBJECT)
        kept = _locked(profile_id)
        if not kept.is_deleted:
            blocker = Blocker(Text("season_profile_not_deleted"), "id")
            raise Blocked(Text("step_refused"), [blocker])
        _refuse(kept.name)
        kept.deleted_at = None
        _record("season_restored", kept, by=by, now=now)
    return kept


def _refuse(name: str) -> None:
    """One name is one season, and there is an end to how many a form can offer."""
    there = select(func.count(SeasonProfile.id)).where(SeasonProfile.deleted_at.is_(None))
    if db.session.scalar(there.where(SeasonProfile.name_key == folded(name)[:80])):
        text = Text("season_profile_taken")
        raise Invalid(text, {"name": text})
    if (db.session.scalar(there) or 0) >= MOST:
        text = Text("season_profile_many", n=str(MOST))
        raise Invalid(text, {"name": text})


def _locked(profile_id: str) -> SeasonProfile:
    kept = lock(SeasonProfile, profile_id[:20].replace("\0", ""))
    if kept is None:
        raise NotFound(Text("season_profile_unknown", name=profile_id[:80]))
    return kept


def _record(verb: str, kept: SeasonProfile, *, by: Actor, now: datetime) -> None:
    events.record(
        verb, subject=SUBJECT, subject_id=kept.id, by=by, now=now, details={"name": kept.name}
    )
