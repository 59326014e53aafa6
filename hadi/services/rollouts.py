"""Roll-outs: winners on the scale-up board, in waves that are measured again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from hadi.db import db, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotAllowed, NotFound, Stale
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.remeasurement import Follows, Realised, settled
from hadi.domain.scaling import Payback, RolloutStatus, asks_why, has_failed, move_blockers
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import FigureKind, Text
from hadi.models import Conclusion, Hypothesis, Rollout, Test, Wave
from hadi.services import events, rollout_order, workspace
from hadi.services.rollout_list import promise_of
from hadi.services.search import folded

MEASURE_WITHIN = timedelta(days=92)  # every wave is measured again within three months
MEASURE_AFTER = timedelta(days=56)  # unless someone says another day


def queue(hypothesis: Hypothesis, conclusion: Conclusion, *, by: Actor, now: datetime) -> Rollout:
    """Put a winner at the end of the queue, its payback not judged. Inside a transaction."""
    rollout = Rollout(
        id=new_id(), hypothesis_id=hypothesis.id, conclusion_id=conclusion.id,
        status=RolloutStatus.QUEUED, position=rollout_order.end_of(RolloutStatus.QUEUED),
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
    rollout = db.session.get(Rollout, rollout_id.replace("\0", ""))
    if rollout is None:
        raise NotFound(Text("no_such_rollout"))
    return rollout


def blockers(rollout: Rollout, to: RolloutStatus) -> tuple[Blocker, ...]:
    """What stands in the way of moving the roll-out to another column."""
    return move_blockers(rollout.status, to, _measurements(rollout))


def is_for_a_reason(rollout: Rollout, to: RolloutStatus) -> bool:
    """Whether a move asks why: stopping, and going on after a wave that did not hold."""
    if to is RolloutStatus.STOPPED:
        return rollout.status is not to
    return asks_why(to, _measurements(rollout))


def waits_for_choice(rollout: Rollout) -> bool:
    """Whether its last wave did not hold, and it is not stopped: a leader has to choose."""
    is_over = rollout.status is RolloutStatus.STOPPED
    return not is_over and has_failed(_measurements(rollout))


def open_wave(rollout: Rollout) -> Wave | None:
    """The wave that is not measured yet, if any; it is always the last one."""
    last = rollout.waves[-1] if rollout.waves else None
    return last if last is not None and last.has_held is None else None


def wave_of(rollout: Rollout, number: int) -> Wave:
    """The wave with that number. Raises NotFound."""
    for wave in rollout.waves:
        if wave.number == number:
            return wave
    raise NotFound(Text("no_such_wave", number=number))


def move(
    rollout_id: str,
    *,
    to: RolloutStatus,
    after: str | None = None,
    at_end: bool = True,
    reason: str = "",
    narrow_to: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Rollout:
    """Move a card: into the column `to`, behind the card `after`; without one at the column's end,
    or at its top when `at_end` is false. Rolling out opens a wave; after one that did not hold it
    asks what is different now, and `narrow_to` says where the insight holds after all. Raises
    Blocked, Invalid, Stale."""
    reason, narrow_to = cleaned(reason), cleaned(narrow_to)
    with _taking(rollout_id, "move_rollout", by=by, now=now, version=version) as rollout:
        found, goes_on = list(blockers(rollout, to)), asks_why(to, _measurements(rollout))
        if not found and not reason and is_for_a_reason(rollout, to):
            code = "repair_needs_reason" if goes_on else "stop_needs_reason"
            found.append(Blocker(Text(code), "reason"))
        if narrow_to and not goes_on:
            found.append(Blocker(Text("narrow_without_wave"), "narrow_to"))
        _refuse(found)
        _check_length(reason, "reason", "rollout_reason_invalid")
        _check_length(narrow_to, "narrow_to", "rollout_reason_invalid")
        before = rollout.status
        rollout.position = rollout_order.place(to, rollout, after=after, at_end=at_end)
        rollout.status = to
        rollout.updated_at = now
        if narrow_to:
            _narrow(rollout, narrow_to, reason, by=by, now=now)
        if before is not to or goes_on:
            _entered(rollout, before, reason=reason, by=by, now=now)
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
    One that is open but not begun is filled in. Raises Invalid, Blocked."""
    with _taking(rollout_id, "start_wave", by=by, now=now, version=version) as rollout:
        _check_wave(scope, starts_on, measure_on)
        was_queued = rollout.status is RolloutStatus.QUEUED
        waiting = open_wave(rollout)
        found: list[Blocker] = []
        if has_failed(_measurements(rollout)):
            found.append(Blocker(Text("wave_after_not_held"), "measurement"))
        elif not was_queued and rollout.status is not RolloutStatus.ROLLING_OUT:
            found.append(Blocker(Text("wave_not_rolling"), "status"))
        if waiting is not None and waiting.scope and not was_queued:
            found.append(Blocker(Text("wave_needs_measurement"), "measurement"))
        _refuse(found)
        if was_queued:
            rollout.position = rollout_order.end_of(RolloutStatus.ROLLING_OUT)
            rollout.status = RolloutStatus.ROLLING_OUT
            _moved(rollout, RolloutStatus.QUEUED, reason="", by=by, now=now)
        if waiting is None:
            wave = _open(rollout, scope, starts_on, measure_on, by=by, now=now)
        else:
            wave = _plan(waiting, scope, starts_on, measure_on, by=by, now=now)
    return wave


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
    """Correct a wave that was not measured yet. Raises Invalid, Blocked, NotFound, Stale."""
    with _taking(rollout_id, "plan_wave", by=by, now=now, version=version) as rollout:
        wave = _unmeasured(rollout, number)
        _check_wave(scope, starts_on, measure_on)
        return _plan(wave, scope, starts_on, measure_on, by=by, now=now)


def measure(
    rollout_id: str,
    number: int,
    *,
    has_held: bool | None = None,
    effect: float | None = None,
    low: float | None = None,
    high: float | None = None,
    stores: Sequence[float] = (),
    note: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Wave:
    """Record what a wave's re-measurement showed; it is written once. `stores`: the effect of each
    store in place of the wave's, which then follows from them. Whether it held follows from the
    numbers where they say so; `has_held` says it where they do not, see `remeasurement`. A card
    whose wave did not hold goes to that column. Raises Invalid, Blocked."""
    note = cleaned(note)
    with _taking(rollout_id, "measure_wave", by=by, now=now, version=version) as rollout:
        wave = _unmeasured(rollout, number)
        _check_length(note, "note", "measurement_invalid")
        realised = realised_of(rollout, Realised(effect, low, high), stores)
        found = followed(rollout, realised)
        has_held = settled(found, has_held, reason=note)
        wave.has_held, wave.note = has_held, note
        wave.effect, wave.low, wave.high = realised.effect, realised.low, realised.high
        wave.measured_at = now
        rollout.measure_on = None
        rollout.updated_at = now
        _record(
            "wave_measured", rollout, by=by, now=now,
            details={"wave": number, "has_held": has_held, "follows": found.value,
                     "effect": wave.effect, "low": wave.low, "high": wave.high, "note": wave.note,
                     "stores": list(stores)},
        )  # fmt: skip
        if not has_held and rollout.status in (RolloutStatus.QUEUED, RolloutStatus.ROLLING_OUT):
            _fail(rollout, by=by, now=now)
    return wave


def followed(rollout: Rollout, realised: Realised) -> Follows:
    """What the numbers of a wave say of what its test promised."""
    promise = promise_of(rollout)
    if promise is None:
        return Follows.NOTHING
    return realised.follows(promise.whole, sign=promise.metric.sign)


def realised_of(rollout: Rollout, typed: Realised, stores: Sequence[float]) -> Realised:
    """What was typed, or what follows from the stores. Raises Invalid."""
    promise = promise_of(rollout)
    kind = promise.kind if promise else FigureKind.NUMBER
    if stores and typed != Realised():
        raise Invalid(Text("measurement_invalid"), {"stores": Text("measurement_twice")})
    realised = Realised.of_stores(stores) if stores else typed
    faults = realised.faults(kind)
    if faults and stores:
        faults = {"stores": next(iter(faults.values()))}
    if faults:
        raise Invalid(Text("measurement_invalid"), faults)
    return realised


def demand(rollout_id: str, step: str, *, by: Actor, now: datetime) -> Rollout:
    """The roll-out, for someone who may take a step with it; who may not is refused, and the
    attempt is logged. Raises NotAllowed, NotFound."""
    with _taking(rollout_id, step, by=by, now=now, version=None) as rollout:
        return rollout


@contextmanager
def _taking(
    rollout_id: str, step: str, *, by: Actor, now: datetime, version: int | None
) -> Iterator[Rollout]:
    """A step with a roll-out: permission checked, all in one transaction, a refusal logged."""
    rollout_id = find(rollout_id, by=by).id
    try:
        with transaction():
            rollout = lock(Rollout, rollout_id)
            assert rollout is not None  # found just now, and nothing is ever deleted
            require(by, Permission.MOVE_ROLLOUT)
            if version is not None and version != rollout.version:
                raise Stale(Text("rollout_changed_meanwhile"))
            yield rollout
            db.session.flush()  # whoever asked is told the version it has now
    except (Blocked, NotAllowed) as refusal:
        codes = [b.code for b in getattr(refusal, "blockers", ())] or [refusal.text.code]
        events.refused(
            step, subject="rollout", subject_id=rollout_id, by=by, now=now, codes=codes,
            hypothesis=db.session.get_one(Rollout, rollout_id).hypothesis,
        )  # fmt: skip
        raise


def _refuse(found: Sequence[Blocker]) -> None:
    if found:
        raise Blocked(Text("step_refused"), found)


def _unmeasured(rollout: Rollout, number: int) -> Wave:
    wave = wave_of(rollout, number)
    if wave.has_held is not None:
        _refuse([Blocker(Text("wave_measured_already", number=number), "measurement")])
    return wave


def _check_wave(scope: str, starts_on: date, measure_on: date) -> None:
    if not timedelta(0) < measure_on - starts_on <= MEASURE_WITHIN:
        raise Invalid(Text("wave_invalid"), {"measure_on": Text("wave_needs_measure_on")})
    _check_length(cleaned(scope), "scope", "wave_invalid")


def _check_length(written: str, field: str, code: str) -> None:
    if len(written) > LIMIT:
        raise Invalid(Text(code), {field: Text("statement_too_long", limit=LIMIT)})


def _measurements(rollout: Rollout) -> list[bool | None]:
    return [wave.has_held for wave in rollout.waves]


def _fail(rollout: Rollout, *, by: Actor, now: datetime) -> None:
    """Where a roll-out stands whose wave did not hold."""
    before, to = rollout.status, RolloutStatus.DID_NOT_HOLD
    rollout.position = rollout_order.end_of(to)
    rollout.status = to
    _moved(rollout, before, reason="", by=by, now=now)


def _narrow(rollout: Rollout, where: str, reason: str, *, by: Actor, now: datetime) -> None:
    """The insight of the test holds in fewer places than was thought. What it was decided with
    stays in the conclusion."""
    conclusion = rollout.conclusion
    test = db.session.get_one(Test, conclusion.test_id)
    before, test.holds_where = test.holds_where, where
    conclusion.search = folded(conclusion.search, where)
    _record(
        "rollout_narrowed", rollout, by=by, now=now, changes={"holds_where": (before, where)},
        details={"wave": rollout.waves[-1].number, "reason": reason},
    )  # fmt: skip


def _entered(
    rollout: Rollout, before: RolloutStatus, *, reason: str, by: Actor, now: datetime
) -> None:
    """What a column asks for: rolling out is measured again on a day, the others are not."""
    rollout.stop_reason = reason if rollout.status is RolloutStatus.STOPPED else ""
    if before is not rollout.status or reason:
        _moved(rollout, before, reason=reason, by=by, now=now)
    rollout.measure_on = None
    if rollout.status is not RolloutStatus.ROLLING_OUT:
        return
    today = now.astimezone(workspace.zone()).date()
    wave = open_wave(rollout)
    if wave is None:
        _open(rollout, "", today, today + MEASURE_AFTER, by=by, now=now)
    elif wave.measure_on > today:  # it comes back from the queue, as it was
        rollout.measure_on = wave.measure_on
    else:
        _plan(wave, wave.scope, today, today + MEASURE_AFTER, by=by, now=now)


def _open(
    rollout: Rollout, scope: str, starts_on: date, measure_on: date, *, by: Actor, now: datetime
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


def _plan(
    wave: Wave, scope: str, starts_on: date, measure_on: date, *, by: Actor, now: datetime
) -> Wave:
    rollout = wave.rollout
    before = _parts(wave)
    wave.scope, wave.starts_on, wave.measure_on = cleaned(scope), starts_on, measure_on
    if rollout.status is RolloutStatus.ROLLING_OUT:
        rollout.measure_on = measure_on
    rollout.updated_at = now
    changes = events.difference(before, _parts(wave))
    if changes:
        _record(
            "wave_planned", rollout, by=by, now=now, changes=changes,
            details={"wave": wave.number},
        )  # fmt: skip
    return wave


def _parts(wave: Wave) -> dict[str, str]:
    return {
        "scope": wave.scope,
        "starts_on": wave.starts_on.isoformat(),
        "measure_on": wave.measure_on.isoformat(),
    }


def _moved(
    rollout: Rollout, before: RolloutStatus, *, reason: str, by: Actor, now: datetime
) -> None:
    _record(
        "rollout_moved", rollout, by=by, now=now,
        changes={"status": (before.value, rollout.status.value)}, details={"reason": reason},
    )  # fmt: skip


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
