"""Stores, territories and teams, the log of their weeks, and where a hypothesis runs."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response

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
from hadi.api.hypotheses import Nothing
from hadi.api.paging import PageQuery, paged, sliced
from hadi.api.repeats import once
from hadi.api.unit_schemas import (
    ImportIn,
    ImportOut,
    UnitIn,
    UnitOut,
    UnitQuery,
    WeekEdit,
    WeekIn,
    WeekOut,
    WhereIn,
    WhereOut,
    known,
)
from hadi.api.voice import say
from hadi.db import transaction
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.models import Hypothesis, Unit, UnitWeek
from hadi.services import (
    hypotheses,
    hypothesis_where,
    levers,
    unit_import,
    unit_list,
    unit_weeks,
    units,
    unknown_sites,
)
from hadi.services.unit_import import Does, Imported
from hadi.services.unit_list import Shown, UnitFilters

endpoints = Endpoints("units", "Stores, territories and teams: where tests run")

STALE_WEEK = Text("unit_week_changed_meanwhile")
STALE_WHERE = Text("where_changed_meanwhile")


@endpoints.at("/units", "GET")
@endpoints.answers(200, UnitOut(many=True), 422, is_paged=True)
@endpoints.takes(UnitQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List units by name: the open ones, unless asked otherwise."""
    require(actor(), Permission.VIEW)
    filters = UnitFilters(
        query.get("q") or "", query.get("kind"), query.get("sales_model"),
        query.get("region") or "", query.get("shown") or Shown.OPEN,
    )  # fmt: skip
    return answer_page(paged(unit_list.found(filters), query), _shown)


@endpoints.at("/units", "POST")
@endpoints.answers(
    201, UnitOut, 400, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(UnitIn)
@once
def add(body: dict[str, Any]) -> Response:
    """Enter a unit: kind, code, name and the one person responsible are needed."""
    made = units.add(body=body, by=actor(), now=now())
    settle()
    return answer(
        _shown(made), HTTPStatus.CREATED, version=made.version, location=f"/units/{made.id}"
    )


@endpoints.at("/units/import", "POST")
@endpoints.answers(200, ImportOut, 400, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(ImportIn)
@once
def import_(body: dict[str, Any]) -> Response:
    """Store a list as a whole; a code that is known is changed, any other is new. With `dry_run`
    only said; without, refused with every line that is wrong."""
    run = unit_import.preview if body.get("dry_run") else unit_import.run
    done = run(body["text"], responsible=body.get("responsible") or "", by=actor(), now=now())
    if not body.get("dry_run"):
        settle()
    return answer(_imported(done, is_stored=not body.get("dry_run")))


@endpoints.at("/units/<unit_id>", "GET")
@endpoints.answers(200, UnitOut, 404, has_etag=True)
def get(unit_id: str) -> Response:
    """One unit, by its id or code."""
    return _answer(units.find(unit_id, by=actor()))


@endpoints.at("/units/<unit_id>", "PATCH")
@endpoints.answers(
    200, UnitOut, 400, 404, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(UnitIn)
def edit(body: dict[str, Any], unit_id: str) -> Response:
    """Change a unit; what is left out stays."""
    require(actor(), Permission.MANAGE_UNITS)
    with transaction():
        unit = units.find(unit_id, by=actor())
        version = conditions.required(unit.version, stale=_stale(unit))
        edited = units.edit(unit.id, body=body, version=version, by=actor(), now=now())
    settle()
    return _answer(edited)


@endpoints.at("/units/<unit_id>/close", "POST")
@endpoints.answers(
    200, UnitOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def close(body: dict[str, Any], unit_id: str) -> Response:
    """Say that nothing is sold there any more; no test can start there."""
    return _kept(units.close, unit_id)


@endpoints.at("/units/<unit_id>/reopen", "POST")
@endpoints.answers(
    200, UnitOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def reopen(body: dict[str, Any], unit_id: str) -> Response:
    """Have a closed unit back."""
    return _kept(units.reopen, unit_id)


# ----------------------------------------------------------------------------------- its weeks
@endpoints.at("/units/<unit_id>/weeks", "GET")
@endpoints.answers(200, WeekOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def weeks(query: dict[str, Any], unit_id: str) -> Response:
    """The log of a unit, the latest week first."""
    unit = units.find(unit_id, by=actor())
    return answer_page(sliced(unit_weeks.listing(unit, by=actor()), query), _week)


@endpoints.at("/units/<unit_id>/weeks", "POST")
@endpoints.answers(
    200, WeekOut, 400, 404, 413, 415, 422, has_etag=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(WeekIn)
@once
def write_week(body: dict[str, Any], unit_id: str) -> Response:
    """Enter what happened in a week; a week is there once, and what is left out of it stays."""
    unit = units.find(unit_id, by=actor())
    return _answer_week(unit_weeks.write(unit.id, body=body, by=actor(), now=now()))


@endpoints.at("/units/<unit_id>/weeks/<week_id>", "GET")
@endpoints.answers(200, WeekOut, 404, has_etag=True)
def get_week(unit_id: str, week_id: str) -> Response:
    """One week, by its id or any day of it."""
    unit = units.find(unit_id, by=actor())
    entry = unit_weeks.find(week_id, unit, by=actor())
    return answer(_week(entry), version=entry.version)


@endpoints.at("/units/<unit_id>/weeks/<week_id>", "PATCH")
@endpoints.answers(
    200, WeekOut, 400, 404, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(WeekEdit)
def edit_week(body: dict[str, Any], unit_id: str, week_id: str) -> Response:
    """Correct a week; what is left out stays."""
    unit = units.find(unit_id, by=actor())
    with transaction():
        entry = unit_weeks.find(week_id, unit, by=actor())
        version = conditions.required(entry.version, stale=STALE_WEEK)
        edited = unit_weeks.edit(
            unit.id, entry.id, body=body, version=version, by=actor(), now=now()
        )
    return _answer_week(edited)


@endpoints.at("/units/<unit_id>/weeks/<week_id>", "DELETE")
@endpoints.answers(204, None, 404, 412, parameters=[IF_MATCH_OPTIONAL])
def remove_week(unit_id: str, week_id: str) -> Response:
    """Take a week out of the log; what it held stays in the history."""
    unit = units.find(unit_id, by=actor())
    entry = unit_weeks.find(week_id, unit, by=actor())
    version = conditions.optional(entry.version, stale=STALE_WEEK)
    unit_weeks.remove(unit.id, entry.id, version=version, by=actor(), now=now())
    return Response(status=HTTPStatus.NO_CONTENT)


# --------------------------------------------------------------------- where a hypothesis runs
@endpoints.at("/hypotheses/<key>/where", "GET")
@endpoints.answers(200, WhereOut, 404, has_etag=True)
def where(key: str) -> Response:
    """Where a hypothesis runs and what it moves, and what does not fit."""
    return _answer_where(found.hypothesis(key))


@endpoints.at("/hypotheses/<key>/where", "PATCH")
@endpoints.answers(
    200, WhereOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(WhereIn)
def say_where(body: dict[str, Any], key: str) -> Response:
    """Say where it runs and what it moves; what is left out stays."""
    hypothesis = found.hypothesis(key)
    with transaction():
        hypotheses.locked(hypothesis.id)
        current = hypothesis_where.version_of(hypothesis)
        version = conditions.required(current, stale=STALE_WHERE)
        hypothesis_where.say(hypothesis.id, body=body, version=version, by=actor(), now=now())
    settle()
    return _answer_where(hypothesis)


def _kept(keep: Callable[..., Unit], unit_id: str) -> Response:
    unit = units.find(unit_id, by=actor())
    version = conditions.optional(unit.version, stale=_stale(unit))
    kept = keep(unit.id, version=version, by=actor(), now=now())
    settle()
    return _answer(kept)


def _stale(unit: Unit) -> Text:
    return Text("unit_changed_meanwhile", unit=unit.name)


def _answer(unit: Unit) -> Response:
    return answer(_shown(unit), version=unit.version)


def _answer_week(entry: UnitWeek) -> Response:
    settle()
    return answer(_week(entry), version=entry.version)


def _answer_where(hypothesis: Hypothesis) -> Response:
    stored, named = units.setting(hypothesis), units.of_hypothesis(hypothesis)
    version = hypothesis_where.version_of(hypothesis)
    beside = hypothesis_where.beside_pilots(hypothesis)
    warned = [*hypothesis_where.warnings(hypothesis), *levers.early(hypothesis)]
    warned += [*unknown_sites.warnings(hypothesis), *([beside] if beside else [])]
    told = {
        "units": [
            {**known(unit), "is_ready": unit.is_ready, "is_closed": unit.is_closed}
            for unit in named
        ],
        "lever": stored.lever.value if stored and stored.lever else None,
        "technology": stored.technology if stored else "",
        "order_reason": stored.order_reason if stored else "",
        "warnings": [say(text) for text in warned],
        "version": version,
    }
    return answer(told, version=version)


def _shown(unit: Unit) -> dict[str, Any]:
    warning = hypothesis_where.unit_warning(unit)
    return {
        **known(unit),
        "kind": unit.kind.value,
        "aliases": list(unit.aliases),
        "region": unit.region,
        "format": unit.format,
        "head": unit.head,
        "responsible": shown.person(unit.responsible),
        "sales_model": unit.sales_model.value if unit.sales_model else None,
        "technology": unit.technology,
        "parent": known(unit.parent) if unit.parent else None,
        "is_closed": unit.is_closed,
        "is_ready": unit.is_ready,
        "warnings": [say(warning)] if warning else [],
        "created_at": shown.moment(unit.created_at),
        "updated_at": shown.moment(unit.updated_at),
        "version": unit.version,
    }


def _week(entry: UnitWeek) -> dict[str, Any]:
    return {
        "id": entry.id,
        "week": entry.week.isoformat(),
        "staff": entry.staff,
        "staff_new": entry.staff_new,
        "stock_out": entry.stock_out,
        "stock_note": entry.stock_note,
        "note": entry.note,
        "author": shown.person(entry.author),
        "updated_at": shown.moment(entry.updated_at),
        "version": entry.version,
    }


def _imported(done: Imported, *, is_stored: bool) -> dict[str, Any]:
    return {
        "is_stored": is_stored,
        "counts": {does.value: done.count(does) for does in Does},
        "unread": list(done.unread),
        "lines": [
            {
                "line": row.line,
                "code": row.code,
                "name": row.name,
                "does": row.does.value,
                "changes": {name: list(pair) for name, pair in row.changes.items()},
                "faults": {name: say(text) for name, text in row.faults.items()},
            }
            for row in done.rows
        ],
    }
