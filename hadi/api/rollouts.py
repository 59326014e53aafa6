"""Roll-outs: winners on the scale-up board, in waves that are measured again."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.api import conditions, found, shown
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.fields import Choice, Day, Flag, Listed, Number, Sent, Words, described
from hadi.api.paging import PageQuery, paged
from hadi.api.repeats import once
from hadi.api.schemas import RolloutOut, WaveAnswerOut
from hadi.api.unit_schemas import RolloutStoresOut, RolloutStoresQuery
from hadi.api.voice import say
from hadi.domain.errors import NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.scaling import RolloutStatus
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Analysis, Conclusion, Hypothesis, Rollout, Unit, Wave
from hadi.services import rollouts, unit_changes, workspace
from hadi.services.unit_register import Register
from hadi.services.wave_stores import NEAREST, Beside, Likeness

endpoints = Endpoints("rollouts", "Winners on their way through the business")

STALE = Text("rollout_changed_meanwhile")
MEASURED_AFTER = timedelta(days=56)  # of a wave whose day of measuring is not said


class RolloutQuery(PageQuery):
    status = Listed(Choice(RolloutStatus))


class RolloutPatch(Sent):
    status = Choice(RolloutStatus, about="The column to move to")
    after = Words(
        allow_none=True,
        metadata=described(
            "Id of the roll-out to stand behind; null: at the top; left out: at the end"
        ),
    )
    reason = Words(
        allow_none=True,
        metadata=described(
            "Needed to stop, and to roll out further after a wave that did not hold",
            maxLength=LIMIT,
        ),
    )
    narrow_to = Words(
        allow_none=True,
        metadata=described(
            "After a wave that did not hold: where the insight holds after all", maxLength=LIMIT
        ),
    )


class WaveIn(Sent):
    scope = Words(
        allow_none=True,
        metadata=described("Which stores, teams, territories", maxLength=LIMIT),
    )
    starts_on = Day(allow_none=True, metadata=described("Today unless said"))
    measure_on = Day(
        allow_none=True,
        metadata=described("Within three months of the start; eight weeks after it unless said"),
    )


class MeasurementIn(Sent):
    held = Flag(
        allow_none=True,
        metadata=described(
            "Whether the effect held; where it follows from effect and interval it may be left out"
        ),
    )
    effect = Number(allow_none=True, metadata=described("In the unit of what was promised"))
    low = Number(allow_none=True)
    high = Number(allow_none=True)
    stores = Listed(
        Number(),
        metadata=described(
            "In place of these: the effect of each store; their mean and its interval are kept"
        ),
    )
    note = Words(allow_none=True, metadata=described("", maxLength=LIMIT))


@endpoints.at("/rollouts", "GET")
@endpoints.answers(200, RolloutOut(many=True), 422, is_paged=True)
@endpoints.takes(RolloutQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List roll-outs in the order of the board's columns."""
    require(actor(), Permission.VIEW)
    wanted = select(Rollout).options(
        joinedload(Rollout.hypothesis).selectinload(Hypothesis.tests),
        joinedload(Rollout.conclusion)
        .joinedload(Conclusion.analysis)
        .joinedload(Analysis.plan_version),
        joinedload(Rollout.owner),
    )
    if query.get("status"):
        wanted = wanted.where(Rollout.status.in_(query["status"]))
    ordered = wanted.order_by(Rollout.status, Rollout.position, Rollout.id)
    return answer_page(paged(ordered, query), shown.rollout)


@endpoints.at("/rollouts/<rollout_id>", "GET")
@endpoints.answers(200, RolloutOut, 404, has_etag=True)
def get(rollout_id: str) -> Response:
    """One roll-out, with its waves."""
    return _answer(_found(rollout_id))


@endpoints.at("/rollouts/<rollout_id>", "PATCH")
@endpoints.answers(
    200, RolloutOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(RolloutPatch)
def move(body: dict[str, Any], rollout_id: str) -> Response:
    """Move a roll-out to another column, or within its own. Rolling out opens a wave."""
    rollout = _found(rollout_id)
    conditions.required(rollout.version, stale=STALE)
    is_at_top = "after" in body and body["after"] is None
    moved = rollouts.move(
        rollout.id,
        to=body.get("status") or rollout.status,
        after=body.get("after"),
        at_end=not is_at_top,
        reason=body.get("reason") or "",
        narrow_to=body.get("narrow_to") or "",
        version=conditions.optional(rollout.version, stale=STALE),
        by=actor(),
        now=now(),
    )
    settle()
    return _answer(moved)


@endpoints.at("/rollouts/<rollout_id>/stores", "GET")
@endpoints.answers(200, RolloutStoresOut, 404, 422)
@endpoints.takes(RolloutStoresQuery, location="query")
def stores(query: dict[str, Any], rollout_id: str) -> Response:
    """The stores of a wave beside those of the test, before it is scaled."""
    rollout = _found(rollout_id)
    register = Register()
    likeness = Likeness(rollout, register)
    last = rollout.waves[-1] if rollout.waves else None
    is_last = query.get("scope") is None and last is not None
    scope = last.scope if is_last and last is not None else query.get("scope") or ""
    found_stores = likeness.of(scope, but=last if is_last else None)
    changed = unit_changes.of_conclusions([rollout.conclusion]).values()
    waves = unit_changes.of_waves(rollout, register).values()
    return answer(
        {
            "scope": scope,
            "tested": [_place(unit) for unit in found_stores.tested],
            "stores": [_beside(each) for each in found_stores.stores],
            "again": [_place(unit) for unit in found_stores.again],
            "unread": list(found_stores.unread),
            "head": say(found_stores.head) if found_stores.head else None,
            "nearest": [_beside(each) for each in likeness.nearest(scope)[:NEAREST]],
            "check_again": [say(text) for texts in (*changed, *waves) for text in texts],
        }
    )


@endpoints.at("/rollouts/<rollout_id>/waves", "POST")
@endpoints.answers(
    201, WaveAnswerOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(WaveIn, is_required=False)
@once
def start_wave(body: dict[str, Any], rollout_id: str) -> Response:
    """Start the next wave. One that a move to rolling_out opened, without a scope, is filled in."""
    rollout = _found(rollout_id)
    starts_on = body.get("starts_on") or now().astimezone(workspace.zone()).date()
    planned: dict[str, Any] = {
        "scope": body.get("scope") or "",
        "starts_on": starts_on,
        "measure_on": body.get("measure_on") or _measured_after(starts_on),
        "version": conditions.optional(rollout.version, stale=STALE),
        "by": actor(),
        "now": now(),
    }
    last = rollout.waves[-1] if rollout.waves else None
    if last is not None and last.has_held is None and not last.scope:
        return _answer_wave(rollouts.plan_wave(rollout.id, last.number, **planned))
    return _answer_wave(rollouts.start_wave(rollout.id, **planned))


@endpoints.at("/rollouts/<rollout_id>/waves/<number>/measurements", "POST")
@endpoints.answers(
    201, WaveAnswerOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(MeasurementIn)
@once
def measure(body: dict[str, Any], rollout_id: str, number: str) -> Response:
    """Record what measuring a wave again showed; it is written once. Where the promise lies beyond
    the whole interval the wave did not hold: it cannot be said that it did, the roll-out goes to
    did_not_hold, and no wave starts until it is moved on with a reason."""
    rollout = _found(rollout_id)
    wave_number = found.number(number)
    if wave_number is None:
        raise NotFound(Text("no_such_wave", number=number[:20]))
    measured = rollouts.measure(
        rollout.id,
        wave_number,
        has_held=body.get("held"),
        effect=body.get("effect"),
        low=body.get("low"),
        high=body.get("high"),
        stores=body.get("stores") or (),
        note=body.get("note") or "",
        version=conditions.optional(rollout.version, stale=STALE),
        by=actor(),
        now=now(),
    )
    return _answer_wave(measured)


def _measured_after(starts_on: date) -> date:
    """Eight weeks after the start; at the end of the calendar, where a wave is refused, the last
    day that there is."""
    return starts_on + min(MEASURED_AFTER, date.max - starts_on)


def _place(unit: Unit) -> dict[str, Any]:
    return {"id": unit.id, "code": unit.code, "name": unit.name}


def _beside(each: Beside) -> dict[str, Any]:
    differences = [
        {"trait": one.trait, "here": one.here, "tested": list(one.tested)}
        for one in each.differences
    ]
    return _place(each.unit) | {"is_alike": each.is_like, "differences": differences}


def _found(rollout_id: str) -> Rollout:
    if not found.is_name(rollout_id):
        raise NotFound(Text("no_such_rollout"))
    return rollouts.find(rollout_id, by=actor())


def _answer(rollout: Rollout) -> Response:
    return answer(shown.rollout(rollout), version=rollout.version)


def _answer_wave(wave: Wave) -> Response:
    settle()
    rollout = wave.rollout
    return answer(
        shown.wave_answer(wave), HTTPStatus.CREATED, version=rollout.version,
        location=f"/rollouts/{rollout.id}",
    )  # fmt: skip
