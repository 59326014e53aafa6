"""The calendar of days unlike others, and what else happens while a test runs."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any

from flask import Response, send_file

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
from hadi.api.body import invalid
from hadi.api.calendar_schemas import (
    CalendarImportedOut,
    CalendarImportIn,
    CalendarQuery,
    DaysIn,
    DaysOut,
    SurroundingsOut,
)
from hadi.api.hypotheses import Nothing
from hadi.api.paging import sliced
from hadi.api.repeats import once
from hadi.api.voice import say
from hadi.db import transaction
from hadi.domain.calendar import DayKind
from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.models import CalendarEntry
from hadi.services import ahead, calendar, calendar_files
from hadi.services.ahead import Near
from hadi.services.calendar import Filters

endpoints = Endpoints("calendar", "Holidays, promotions, closures, and tests in each other's way")

STALE = Text("days_changed_meanwhile")
ICS = "text/calendar"


@endpoints.at("/calendar", "GET")
@endpoints.answers(200, DaysOut(many=True), 422, is_paged=True)
@endpoints.takes(CalendarQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List the entries, by their days."""
    return answer_page(sliced(calendar.listing(_filters(query), by=actor()), query), _shown)


@endpoints.at("/calendar", "POST")
@endpoints.answers(
    201, DaysOut, 400, 409, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(DaysIn)
@once
def add(body: dict[str, Any]) -> Response:
    """Enter days."""
    return _answer(calendar.add(body=body, by=actor(), now=now()), HTTPStatus.CREATED)


@endpoints.at("/calendar.ics", "GET")
@endpoints.answers(200, None, 422, files=(ICS,))
@endpoints.takes(CalendarQuery, location="query")
def as_ics(query: dict[str, Any]) -> Response:
    """The same entries as an iCalendar file."""
    content = calendar_files.as_ics(_filters(query), by=actor(), now=now())
    response = send_file(
        io.BytesIO(content), mimetype=ICS, as_attachment=True, download_name="calendar.ics"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@endpoints.at("/calendar/import", "POST")
@endpoints.answers(200, CalendarImportedOut, 400, 409, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(CalendarImportIn)
@once
def import_(body: dict[str, Any]) -> Response:
    """Take over the entries of lines or of an iCalendar file: all, or none where one is faulty."""
    lines, ics, by = body.get("lines"), body.get("ics"), actor()
    if bool(lines) == bool(ics):
        raise invalid({"lines": Text("calendar_lines_or_ics")})
    kind = body.get("kind") or DayKind.HOLIDAY
    if ics:
        file = io.BytesIO(ics.encode())
        read = calendar_files.from_file(file, "ics.ics", kind=kind, by=by, now=now())
    else:
        read = calendar_files.from_text(lines or "", kind=kind, by=by)
    days = read.require()
    if body.get("preview"):
        done = calendar.compare(days)
    else:
        done = calendar.take_over(days, name="", by=by, now=now())
    told = {"added": len(done.new), "changed": len(done.changed), "same": len(done.same)}
    return answer(told | {"preview": bool(body.get("preview"))})


@endpoints.at("/calendar/<entry_id>", "GET")
@endpoints.answers(200, DaysOut, 404, has_etag=True)
def get(entry_id: str) -> Response:
    """One entry."""
    return _answer(_found(entry_id))


@endpoints.at("/calendar/<entry_id>", "PATCH")
@endpoints.answers(
    200, DaysOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(DaysIn)
def edit(body: dict[str, Any], entry_id: str) -> Response:
    """Change an entry; what is left out stays."""
    with transaction():
        version = conditions.required(_found(entry_id).version, stale=STALE)
        edited = calendar.edit(entry_id, body=body, version=version, by=actor(), now=now())
    return _answer(edited)


@endpoints.at("/calendar/<entry_id>", "DELETE")
@endpoints.answers(204, None, 404, 409, 412, parameters=[IF_MATCH_OPTIONAL])
def delete(entry_id: str) -> Response:
    """Delete an entry; it can be brought back."""
    version = conditions.optional(_found(entry_id).version, stale=STALE)
    calendar.delete(entry_id, version=version, by=actor(), now=now())
    return Response(status=HTTPStatus.NO_CONTENT)


@endpoints.at("/calendar/<entry_id>/restore", "POST")
@endpoints.answers(
    200, DaysOut, 400, 404, 409, 413, 415, 422, has_etag=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], entry_id: str) -> Response:
    """Bring a deleted entry back."""
    _require_name(entry_id)
    return _answer(calendar.restore(entry_id, by=actor(), now=now()))


@endpoints.at("/hypotheses/<key>/surroundings", "GET")
@endpoints.answers(200, SurroundingsOut, 404)
def surroundings(key: str) -> Response:
    """What else happens while its test runs: other tests in the same stores, and the calendar."""
    known = ahead.ahead(found.hypothesis(key), by=actor(), now=now())
    return answer(
        {
            "first": known.first.isoformat() if known.first else None,
            "last": known.last.isoformat() if known.last else None,
            "tests": [_near(near) for near in known.near],
            "warnings": [say(text) for text in known.warnings],
            "days": [_shown(entry) for entry in known.entries],
        }
    )


def _near(near: Near) -> dict[str, Any]:
    shared = near.collision.overlap
    return {
        "key": near.key,
        "closeness": shared.closeness.value,
        "first": shared.first.isoformat(),
        "last": shared.last.isoformat() if shared.last else None,
        "places": list(shared.places),
        "detail": say(near.text),
    }


def _filters(query: dict[str, Any]) -> Filters:
    return Filters(query.get("q") or "", query.get("kind"), query.get("first"), query.get("last"))


def _require_name(entry_id: str) -> None:
    if not found.is_name(entry_id):
        raise NotFound(Text("no_such_days"))


def _found(entry_id: str) -> CalendarEntry:
    _require_name(entry_id)
    return calendar.find(entry_id, by=actor())


def _answer(entry: CalendarEntry, status: int = HTTPStatus.OK) -> Response:
    settle()
    is_new = status == HTTPStatus.CREATED
    return answer(
        _shown(entry), status, version=entry.version,
        location=f"/calendar/{entry.id}" if is_new else None,
    )  # fmt: skip


def _shown(entry: CalendarEntry) -> dict[str, Any]:
    places: list[dict[str, Any]] = [{"id": unit.id, "name": unit.name} for unit in entry.units]
    places += [{"id": None, "name": place} for place in entry.places]
    return {
        "id": entry.id,
        "name": entry.name,
        "kind": entry.kind.value,
        "starts_on": entry.starts_on.isoformat(),
        "ends_on": entry.ends_on.isoformat(),
        "scope": entry.scope.value,
        "places": places,
        "note": entry.note,
        "author": shown.person(entry.author),
        "created_at": shown.moment(entry.created_at),
        "updated_at": shown.moment(entry.updated_at),
        "version": entry.version,
    }
