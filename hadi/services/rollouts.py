"""Roll-outs: winners on the scale-up board, in waves that are measured again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hadi.db import db, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotAllowed, NotFound, Stale
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.scaling import Payback, RolloutStatus, move_blockers
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.models import Conclusion, Hypothesis, Rollout, Wave
from hadi.services import events

MEASURE_WITHIN = timedelta(days=92)  # every wave is measured again within three months


def queue(hypothesis: Hypothesis, conclusion: Conclusion, *, by: Actor, now: datetime) -> Rollout:
    """Put a winner at the end of the queue. Inside a transaction."""
    rollout = Rollout(
        id=new_id(), hypothesis_id=hypothesis.id, conclusion_id=conclusion.id,
        status=RolloutStatus.QUEUED, position=_end_of(RolloutStatus.QUEUED),
        owner_id=hypothesis.owner_id, payback=Payback.NOT_ASSESSED, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(rollout)
    db.session.flush()
    events.record(
        "rollout_queued", subject="rollout", subject_id=rollout.id, by=by, now=now,
        hypothesis=hypothesis,
    )  # fmt: skip
    return rollout


def find(rollout_id: str, *, by: Actor) -> Rollout:
    """The roll-out with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    rollout = db.session.get(Rollout, rollout_id)
    if rollout is None:
        raise NotFound(Text("no_such_rollout"))
    return rollout


def board(*, by: Actor) -> list[Rollout]:
    """Every roll-out with what its card shows, in the order of its column."""
    require(by, Permission.VIEW)
    query = (
        select(Rollout)
        .options(
            joinedload(Rollout.hypothesis).joinedload(Hypothesis.owner),
            joinedload(Rollout.conclusion).joinedload(Conclusion.analysis),
            joinedload(Rollout.owner),
        )
        .order_by(Rollout.position, Rollout.id)
    )
    return list(db.session.scalars(query))


def blockers(rollout: Rollout, to: RolloutStatus) -> tuple[Blocker, ...]:
    """What stands in the way of moving the roll-out to another column."""
    return move_blockers(rollout.status, to, [wave.has_held for wave in rollout.waves])


def move(
    rollout_id: str,
    *,
    to: RolloutStatus,
    after: str | None = None,
    at_end: bool = True,
    reason: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Rollout:
    """Move a card: into the column `to`, behind the card `after`; without one at the column's end,
    or at its top when `at_end` is false. Rolling out opens a wave. Raises Blocked, Stale."""
    try:
        with transaction():
            rollout = _locked(rollout_id, version=version)
            require(by, Permission.MOVE_ROLLOUT)
            reason = cleaned(reason)
            found = list(blockers(rollout, to))
            if to is RolloutStatus.STOPPED and rollout.status is not to and not reason:
                found.append(Blocker(Text("stop_needs_reason"), "reason"))
            if found:
                raise Blocked(Text("step_refused"), found)
            before = rollout.status
            rollout.position = _position(to, rollout, after=after, at_end=at_end)
            rollout.status = to
            rollout.updated_at = now
            if before is not to:
                _entered(rollout, before, reason=reason, by=by, now=now)
    except (Blocked, NotAllowed) as refusal:
        codes = [b.code for b in getattr(refusal, "blockers", ())] or [refusal.text.code]
        events.refused(
            "move_rollout", subject="rollout", subject_id=rollout_id, by=by, now=now, codes=codes
        )
        raise
    return rollout


def start_wave(
    rollout_id: str,
    *,
    scope: str,
    starts_on: date,
    measure_on: date,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Wave:
    """Start the next wave: where it goes, and when it is measured again (within three months).
    Raises Invalid, Blocked."""
    with transaction():
        rollout = _locked(rollout_id, version=version)
        require(by, Permission.MOVE_ROLLOUT)
        _check_dates(starts_on, measure_on)
        found: list[Blocker] = []
        if rollout.status not in (RolloutStatus.QUEUED, RolloutStatus.ROLLING_OUT):
            found.append(Blocker(Text("wave_not_rolling"), "status"))
        if rollout.waves and rollout.waves[-1].has_held is None:
            found.append(Blocker(Text("wave_needs_measurement"), "measurement"))
        if found:
            raise Blocked(Text("step_refused"), found)
        rollout.status = RolloutStatus.ROLLING_OUT
        return _open_wave(
            rollout, scope=scope, starts_on=starts_on, measure_on=measure_on, by=by, now=now
        )


def plan_wave(
    rollout_id: str,
    number: int,
    *,
    scope: str,
    starts_on: date,
    measure_on: date,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Wave:
    """Correct a wave that was not measured yet."""
    with transaction():
        rollout = _locked(rollout_id, version=version)
        require(by, Permission.MOVE_ROLLOUT)
        _check_dates(starts_on, measure_on)
        wave = _unmeasured(rollout, number)
        after = {
            "scope": cleaned(scope),
            "starts_on": starts_on.isoformat(),
            "measure_on": measure_on.isoformat(),
        }
        before = {
            "scope": wave.scope,
            "starts_on": wave.starts_on.isoformat(),
            "measure_on": wave.measure_on.isoformat(),
        }
        wave.scope, wave.starts_on, wave.measure_on = after["scope"], starts_on, measure_on
        rollout.measure_on = measure_on
        rollout.updated_at = now
        _record(
            "wave_planned", rollout, by=by, now=now, changes=events.difference(before, after),
            details={"wave": number},
        )  # fmt: skip
    return wave


def measure(
    rollout_id: str,
    number: int,
    *,
    has_held: bool,
    effect: float | None = None,
    low: float | None = None,
    high: float | None = None,
    note: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Wave:
    """Record what a wave's re-measurement showed; it is written once."""
    with transaction():
        rollout = _locked(rollout_id, version=version)
        require(by, Permission.MOVE_ROLLOUT)
        wave = _unmeasured(rollout, number)
        wave.has_held, wave.note = has_held, cleaned(note)
        wave.effect, wave.low, wave.high = effect, low, high
        wave.measured_at = now
        rollout.measure_on = None
        rollout.updated_at = now
        _record(
            "wave_measured", rollout, by=by, now=now,
            details={"wave": number, "has_held": has_held, "effect": effect, "low": low,
                     "high": high, "note": wave.note},
        )  # fmt: skip
    return wave


def _locked(rollout_id: str, *, version: int | None) -> Rollout:
    rollout = db.session.get(Rollout, rollout_id, with_for_update=True)
    if rollout is None:
        raise NotFound(Text("no_such_rollout"))
    if version is not None and version != rollout.version:
        raise Stale(Text("rollout_changed_meanwhile"))
    return rollout


def _unmeasured(rollout: Rollout, number: int) -> Wave:
    wave = next((w for w in rollout.waves if w.number == number), None)
    if wave is None:
        raise NotFound(Text("no_such_wave", number=number))
    if wave.has_held is not None:
        raise Blocked(
            Text("step_refused"),
            [Blocker(Text("wave_measured_already", number=number), "measurement")],
        )
    return wave


def _check_dates(starts_on: date, measure_on: date) -> None:
    if not starts_on < measure_on <= starts_on + MEASURE_WITHIN:
        raise Invalid(Text("wave_invalid"), {"measure_on": Text("wave_needs_measure_on")})


def _entered(
    rollout: Rollout, before: RolloutStatus, *, reason: str, by: Actor, now: datetime
) -> None:
    rollout.stop_reason = reason if rollout.status is RolloutStatus.STOPPED else ""
    _record(
        "rollout_moved", rollout, by=by, now=now,
        changes={"status": (before.value, rollout.status.value)}, details={"reason": reason},
    )  # fmt: skip
    is_open = bool(rollout.waves) and rollout.waves[-1].has_held is None
    if rollout.status is RolloutStatus.ROLLING_OUT and not is_open:
        start = now.date()
        _open_wave(
            rollout, scope="", starts_on=start, measure_on=start + timedelta(days=56), by=by,
            now=now,
        )  # fmt: skip


def _open_wave(
    rollout: Rollout, *, scope: str, starts_on: date, measure_on: date, by: Actor, now: datetime
) -> Wave:
    wave = Wave(
        id=new_id(), number=len(rollout.waves) + 1, scope=cleaned(scope), starts_on=starts_on,
        measure_on=measure_on, author_id=by.user_id, created_at=now,
    )  # fmt: skip
    rollout.waves.append(wave)
    rollout.measure_on = measure_on
    rollout.updated_at = now
    db.session.flush()
    _record(
        "wave_started", rollout, by=by, now=now,
        details={"wave": wave.number, "scope": wave.scope, "measure_on": measure_on.isoformat()},
    )  # fmt: skip
    return wave


def _record(
    verb: str,
    rollout: Rollout,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    details: dict[str, object] | None = None,
) -> None:
    events.record(
        verb, subject="rollout", subject_id=rollout.id, by=by, now=now,
        hypothesis=rollout.hypothesis, changes=changes, details=details,
    )  # fmt: skip


def _end_of(status: RolloutStatus) -> float:
    last = select(func.max(Rollout.position)).where(Rollout.status == status)
    return (db.session.scalar(last) or 0.0) + 1.0


def _top_of(status: RolloutStatus) -> float:
    first = select(func.min(Rollout.position)).where(Rollout.status == status)
    return (db.session.scalar(first) or 0.0) - 1.0


def _position(to: RolloutStatus, rollout: Rollout, *, after: str | None, at_end: bool) -> float:
    """A place between neighbours: halfway, so that no other card has to move."""
    if after is None:
        return _end_of(to) if at_end else _top_of(to)
    column = list(
        db.session.scalars(
            select(Rollout)
            .where(Rollout.status == to, Rollout.id != rollout.id)
            .order_by(Rollout.position, Rollout.id)
        )
    )
    place = next((i for i, other in enumerate(column) if other.id == after), None)
    if place is None or place == len(column) - 1:
        return _end_of(to)
    return (column[place].position + column[place + 1].position) / 2
