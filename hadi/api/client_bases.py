"""Client bases by territory, and the setting that says whom the whole one counts."""

from __future__ import annotations

import io
from dataclasses import asdict
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
from hadi.api.entries import EntryAnswers
from hadi.api.hypotheses import Nothing
from hadi.api.lever_schemas import (
    BaseDefinitionIn,
    BaseDefinitionOut,
    BaseQuery,
    BasesImportIn,
    ClientBaseIn,
    ClientBaseOut,
    ClientCountIn,
    ClientCountOut,
    LeverImportOut,
    LeverStruckIn,
)
from hadi.api.paging import sliced
from hadi.api.repeats import once
from hadi.api.voice import say
from hadi.db import transaction
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.services import client_bases, client_counting, lever_import, workspace

endpoints = Endpoints("client-bases", "The active clients against all there are, by territory")

ANSWERS = EntryAnswers(client_bases.ENTRIES, "/client-bases", shown_levers.base)


@endpoints.at("/client-bases", "GET")
@endpoints.answers(200, ClientBaseOut(many=True), 422, is_paged=True)
@endpoints.takes(BaseQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """The bases of a period by territory, those struck out left out."""
    first, last = query.get("starts_on"), query.get("ends_on")
    period = (first, last) if first and last else None
    found = client_bases.found(period=period, by=actor())
    if period is not None and found.period != period:
        return answer_page(sliced([], query), shown_levers.base)
    return answer_page(sliced([line.base for line in found.lines], query), shown_levers.base)


@endpoints.at("/client-bases", "POST")
@endpoints.answers(
    201, ClientBaseOut, 400, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(ClientBaseIn)
@once
def add(body: dict[str, Any]) -> Response:
    """Enter the base of a territory in a period."""
    return ANSWERS.add(body)


@endpoints.at("/client-bases/import", "POST")
@endpoints.answers(200, LeverImportOut, 400, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(BasesImportIn)
@once
def import_(body: dict[str, Any]) -> Response:
    """Store a list as a whole; a territory that is there already is corrected. With `dry_run` only
    said; without, refused with every line that is wrong."""
    is_stored = not body.get("dry_run")
    done = lever_import.bases(
        body["text"], starts_on=body.get("starts_on"), ends_on=body.get("ends_on"),
        is_stored=is_stored, by=actor(), now=now(),
    )  # fmt: skip
    if is_stored:
        settle()
    return answer(shown_levers.imported(done, is_stored=is_stored))


@endpoints.at("/client-bases/count", "POST")
@endpoints.answers(200, ClientCountOut, 400, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(ClientCountIn)
@once
def count(body: dict[str, Any]) -> Response:
    """Count the clients of a period by territory out of purchases; nothing is stored."""
    columns = {name: body.get(name) or "" for name in ("client", "day", "territory")}
    counted = client_counting.from_file(
        io.BytesIO(body["text"].encode()), "purchases.csv", starts_on=body.get("starts_on"),
        ends_on=body.get("ends_on"), everyone=say(Text("levers_of_whole")), limits=Limits(),
        by=actor(), now=now(), **columns,
    )  # fmt: skip
    return answer(
        {
            "territories": [asdict(each) for each in counted.count.territories],
            "notes": [say(note) for note in counted.notes],
            "text": counted.text,
        }
    )


@endpoints.at("/client-bases/definition", "GET")
@endpoints.answers(200, BaseDefinitionOut, has_etag=True)
def definition() -> Response:
    """Whom the whole base counts, and the sum of the last period by that."""
    require(actor(), Permission.VIEW)
    return _definition()


@endpoints.at("/client-bases/definition", "PUT")
@endpoints.answers(
    200, BaseDefinitionOut, 400, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(BaseDefinitionIn)
def define(body: dict[str, Any]) -> Response:
    """Say whom the whole base counts. For administrators."""
    require(actor(), Permission.EDIT_SETTINGS)
    with transaction():
        version = conditions.required(workspace.current().version, stale=Text("workspace.stale"))
        client_bases.define(body.get("definition"), version=version, by=actor(), now=now())
    settle()
    return _definition()


@endpoints.at("/client-bases/<base_id>", "GET")
@endpoints.answers(200, ClientBaseOut, 404, has_etag=True)
def get(base_id: str) -> Response:
    """One base."""
    return ANSWERS.get(base_id)


@endpoints.at("/client-bases/<base_id>", "PATCH")
@endpoints.answers(
    200, ClientBaseOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(ClientBaseIn)
def edit(body: dict[str, Any], base_id: str) -> Response:
    """Correct a base; what is left out stays."""
    return ANSWERS.edit(base_id, body)


@endpoints.at("/client-bases/<base_id>/void", "POST")
@endpoints.answers(
    200, ClientBaseOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(LeverStruckIn)
@once
def void(body: dict[str, Any], base_id: str) -> Response:
    """Strike a base out, with a reason; it stays in the list."""
    return ANSWERS.void(base_id, body.get("reason") or "")


@endpoints.at("/client-bases/<base_id>/restore", "POST")
@endpoints.answers(
    200, ClientBaseOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], base_id: str) -> Response:
    """Count a base again that was struck out."""
    return ANSWERS.restore(base_id)


def _definition() -> Response:
    found, version = client_bases.found(by=actor()), workspace.current().version
    told = {
        "definition": found.definition.value,
        "active": found.total.active,
        "whole": found.total.whole,
        "ratio": found.total.ratio,
        "not_known": found.unknown,
        "version": version,
    }
    return answer(told, version=version)
