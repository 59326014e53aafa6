"""The levers of revenue: where they stand, their periods and their targets."""

from __future__ import annotations

from typing import Any

from flask import Response

from hadi.api import conditions, shown_levers
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
from hadi.api.entries import STALE, EntryAnswers
from hadi.api.hypotheses import Nothing
from hadi.api.lever_schemas import (
    BoardQuery,
    LeverImportOut,
    LeverPeriodIn,
    LeverPeriodOut,
    LeversOut,
    LeverStruckIn,
    LeverTargetsIn,
    LeverTargetsOut,
    PeriodsImportIn,
    PeriodsQuery,
    UnitQuery,
)
from hadi.api.paging import sliced
from hadi.api.repeats import once
from hadi.db import transaction
from hadi.domain.permissions import Permission, require
from hadi.models import LeverPeriod, Unit
from hadi.services import lever_import, lever_periods, lever_targets, levers, units

endpoints = Endpoints("levers", "The levers of revenue, in the order of tuning")


@endpoints.at("/levers", "GET")
@endpoints.answers(200, LeversOut, 404, 422)
@endpoints.takes(BoardQuery, location="query")
def board(query: dict[str, Any]) -> Response:
    """Where the levers of a unit stand, which is next to tune, what the change between two periods
    came from, and the hypotheses on them."""
    found = levers.board(
        _unit(query), before=query.get("before") or "", after=query.get("after") or "", by=actor()
    )
    return answer(shown_levers.board(found))


@endpoints.at("/levers/targets", "GET")
@endpoints.answers(200, LeverTargetsOut, 404, 422, has_etag=True)
@endpoints.takes(UnitQuery, location="query")
def targets(query: dict[str, Any]) -> Response:
    """What the levers of a unit are to reach."""
    require(actor(), Permission.VIEW)
    return _targets(_unit(query))


@endpoints.at("/levers/targets", "PUT")
@endpoints.answers(
    200, LeverTargetsOut, 400, 404, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(UnitQuery, location="query")
@endpoints.takes(LeverTargetsIn)
def set_targets(query: dict[str, Any], body: dict[str, Any]) -> Response:
    """Set all targets of a unit; what is left out has none."""
    unit = _unit(query)
    require(actor(), Permission.EDIT_LEVERS, lever_periods.stake(unit))
    with transaction():
        stored = lever_targets.of(unit)
        version = conditions.required(stored.version if stored else 0, stale=STALE)
        lever_targets.save(unit, body=body, version=version, by=actor(), now=now())
    settle()
    return _targets(unit)


@endpoints.at("/levers/periods", "GET")
@endpoints.answers(200, LeverPeriodOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PeriodsQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """The periods of a unit, the latest first; those struck out too."""
    unit = _unit(query)
    found = lever_periods.listing(unit, has_struck=True, by=actor())
    return answer_page(sliced(found, query), _shown)


@endpoints.at("/levers/periods", "POST")
@endpoints.answers(
    201, LeverPeriodOut, 400, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(LeverPeriodIn)
@once
def add(body: dict[str, Any]) -> Response:
    """Enter a period: days, leads, clients, purchases and revenue."""
    return ANSWERS.add(body)


@endpoints.at("/levers/periods/import", "POST")
@endpoints.answers(200, LeverImportOut, 400, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(PeriodsImportIn)
@once
def import_(body: dict[str, Any]) -> Response:
    """Store a list as a whole; a period that is there already is corrected. With `dry_run` only
    said; without, refused with every line that is wrong."""
    is_stored = not body.get("dry_run")
    done = lever_import.periods(
        body["text"], unit=body.get("unit") or "", currency=body.get("currency") or "",
        is_stored=is_stored, by=actor(), now=now(),
    )  # fmt: skip
    if is_stored:
        settle()
    return answer(shown_levers.imported(done, is_stored=is_stored))


@endpoints.at("/levers/periods/<period_id>", "GET")
@endpoints.answers(200, LeverPeriodOut, 404, has_etag=True)
def get(period_id: str) -> Response:
    """One period."""
    return ANSWERS.get(period_id)


@endpoints.at("/levers/periods/<period_id>", "PATCH")
@endpoints.answers(
    200, LeverPeriodOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True,
    parameters=[IF_MATCH],
)  # fmt: skip
@endpoints.takes(LeverPeriodIn)
def edit(body: dict[str, Any], period_id: str) -> Response:
    """Correct a period; what is left out stays."""
    return ANSWERS.edit(period_id, body)


@endpoints.at("/levers/periods/<period_id>/void", "POST")
@endpoints.answers(
    200, LeverPeriodOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(LeverStruckIn)
@once
def void(body: dict[str, Any], period_id: str) -> Response:
    """Strike a period out, with a reason; it stays in the list."""
    return ANSWERS.void(period_id, body.get("reason") or "")


@endpoints.at("/levers/periods/<period_id>/restore", "POST")
@endpoints.answers(
    200, LeverPeriodOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], period_id: str) -> Response:
    """Count a period again that was struck out."""
    return ANSWERS.restore(period_id)


def _unit(query: dict[str, Any]) -> Unit | None:
    named = query.get("unit")
    return units.find(named, by=actor()) if named else None


def _shown(period: LeverPeriod) -> dict[str, Any]:
    sees_money = lever_periods.sees_money(period.unit, actor())
    return shown_levers.period(period, sees_money=sees_money)


def _targets(unit: Unit | None) -> Response:
    stored = lever_targets.of(unit)
    sees_money = lever_periods.sees_money(unit, actor())
    told = shown_levers.targets(unit, stored, sees_money=sees_money)
    return answer(told, version=told["version"])


ANSWERS = EntryAnswers(lever_periods.ENTRIES, "/levers/periods", _shown)
