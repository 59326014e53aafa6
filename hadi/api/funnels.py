"""Funnels: their stages, the deals that are laid under them, and their use in a test."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request

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
from hadi.api.body import BodyParser, invalid, is_storable, parse_json, required_body
from hadi.api.dataset_form import filename_of
from hadi.api.datasets import folder, incoming
from hadi.api.funnel_schemas import (
    BODY,
    INVOICES,
    ColumnsIn,
    DealsOut,
    DeleteIn,
    FunnelIn,
    FunnelOut,
    FunnelQuery,
    UseIn,
)
from hadi.api.hypotheses import Nothing
from hadi.api.made_datasets import attached, created
from hadi.api.paging import PageQuery, sliced
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.schemas import DatasetOut
from hadi.api.voice import say
from hadi.config import Settings
from hadi.db import transaction
from hadi.domain.errors import HadiError, NotFound
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Funnel, FunnelDeals
from hadi.services import funnel_deals, funnel_invoices, funnels

endpoints = Endpoints("funnels", "What share of the deals moves on, stage by stage")

STALE = Text("funnel_changed_meanwhile")
FORM = ("mapping", "as_of", "invoices")


@endpoints.at("/funnels", "GET")
@endpoints.answers(200, FunnelOut(many=True), 422, is_paged=True)
@endpoints.takes(FunnelQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List funnels by name: those in use, unless asked otherwise."""
    known = funnels.listing(
        query=query.get("q") or "", is_archived=bool(query.get("archived")), by=actor()
    )
    return answer_page(sliced(known, query), _shown)


@endpoints.at("/funnels", "POST")
@endpoints.answers(
    201, FunnelOut, 400, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(FunnelIn)
@once
def create(body: dict[str, Any]) -> Response:
    """Define a funnel: its name, and its stages with exactly one key stage."""
    made = funnels.create(body=body, by=actor(), now=now())
    settle()
    return answer(
        _shown(made), HTTPStatus.CREATED, version=made.version, location=f"/funnels/{made.id}"
    )


@endpoints.at("/funnels/<funnel_id>", "GET")
@endpoints.answers(200, FunnelOut, 404, has_etag=True)
def get(funnel_id: str) -> Response:
    """One funnel."""
    return _answer(_found(funnel_id))


@endpoints.at("/funnels/<funnel_id>", "PATCH")
@endpoints.answers(
    200, FunnelOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(FunnelIn)
def edit(body: dict[str, Any], funnel_id: str) -> Response:
    """Change a funnel; what is left out stays. Its deals are counted anew."""
    with transaction():
        version = conditions.required(_found(funnel_id).version, stale=STALE)
        edited = funnels.edit(funnel_id, body=body, version=version, by=actor(), now=now())
    settle()
    return _answer(edited)


@endpoints.at("/funnels/<funnel_id>/archive", "POST")
@endpoints.answers(
    200, FunnelOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def archive(body: dict[str, Any], funnel_id: str) -> Response:
    """Put it away; what was made by it stays."""
    version = conditions.optional(_found(funnel_id).version, stale=STALE)
    done = funnels.archive(funnel_id, version=version, by=actor(), now=now())
    settle()
    return _answer(done)


@endpoints.at("/funnels/<funnel_id>/restore", "POST")
@endpoints.answers(
    200, FunnelOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], funnel_id: str) -> Response:
    """Take it back from the archive."""
    version = conditions.optional(_found(funnel_id).version, stale=STALE)
    done = funnels.restore(funnel_id, version=version, by=actor(), now=now())
    settle()
    return _answer(done)


# ------------------------------------------------------------------------------------- deals
@endpoints.at("/funnels/<funnel_id>/deals", "GET")
@endpoints.answers(200, DealsOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def exports(query: dict[str, Any], funnel_id: str) -> Response:
    """List the exports of deals, the newest first."""
    known = funnel_deals.of_funnel(_found(funnel_id))
    return answer_page(sliced(known, query), lambda each: _deals(each, is_brief=True))


@endpoints.at("/funnels/<funnel_id>/deals", "POST")
@endpoints.answers(
    201, DealsOut, 400, 404, 409, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY], request_body=BODY,
)  # fmt: skip
@once
def keep(funnel_id: str) -> Response:
    """Send an export of deals. It is counted at once where `mapping` says what its columns are, or
    where they are those of the export before."""
    funnel = _found(funnel_id)
    stream, filename, mapping = _form()
    at = now()
    deals = funnel_deals.keep(
        funnel.id, file=stream, filename=filename, limits=_limits(), folder=folder(), by=actor(),
        now=now(),
    )  # fmt: skip
    before = any(each.is_mapped for each in funnel_deals.of_funnel(funnel))
    offered = funnel_deals.offered(deals) if before and not deals.is_mapped else None
    known, is_mine = mapping or offered, deals.created_at >= at
    if known is not None:
        try:
            deals = funnel_deals.name_columns(
                funnel_id, deals.id, mapping=known, as_of=request.form.get("as_of"),
                invoices=request.form.get("invoices"), folder=folder(), by=actor(), now=now(),
            )  # fmt: skip
        except HadiError:
            if mapping is None:  # what was guessed does not fit: the columns are asked for
                deals = _export(funnel_id, deals.id)
            else:
                if is_mine:  # what cannot be counted as it was sent does not stay
                    funnel_deals.remove(funnel_id, deals.id, by=actor(), now=now())
                raise
    settle()
    where = f"/funnels/{funnel_id}/deals/{deals.id}"
    return answer(_deals(deals), HTTPStatus.CREATED, version=deals.version, location=where)


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>", "GET")
@endpoints.answers(200, DealsOut, 404, has_etag=True)
def get_deals(funnel_id: str, deals_id: str) -> Response:
    """One export with what was found: conversion of every stage, hygiene, groups."""
    deals = _export(funnel_id, deals_id)
    return answer(_deals(deals), version=deals.version)


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>", "PUT")
@endpoints.answers(
    200, DealsOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(ColumnsIn)
def name_columns(body: dict[str, Any], funnel_id: str, deals_id: str) -> Response:
    """Say which column holds what; then it is counted."""
    version = conditions.required(_export(funnel_id, deals_id).version, stale=STALE)
    deals = funnel_deals.name_columns(
        funnel_id, deals_id, mapping=body["mapping"], as_of=body.get("as_of"),
        invoices=body.get("invoices"), version=version, folder=folder(), by=actor(), now=now(),
    )  # fmt: skip
    settle()
    return answer(_deals(deals), version=deals.version)


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>/invoices", "POST")
@endpoints.answers(
    200, DealsOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY], request_body=INVOICES,
)  # fmt: skip
@once
def lay_invoices(funnel_id: str, deals_id: str) -> Response:
    """Lay a file of invoices beside the deals: are all of them in the CRM? What is counted is kept,
    the file is not."""
    version = conditions.optional(_export(funnel_id, deals_id).version, stale=STALE)
    stream, filename, _nothing = _form(())
    deals = funnel_invoices.lay(
        funnel_id, deals_id, file=stream, filename=filename, version=version, limits=_limits(),
        folder=folder(), by=actor(), now=now(),
    )  # fmt: skip
    settle()
    return answer(_deals(deals), version=deals.version)


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>/remove", "POST")
@endpoints.answers(
    200, FunnelOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def remove(body: dict[str, Any], funnel_id: str, deals_id: str) -> Response:
    """Set an export aside; data that were made of it stay."""
    version = conditions.optional(_export(funnel_id, deals_id).version, stale=STALE)
    funnel_deals.remove(funnel_id, deals_id, version=version, by=actor(), now=now())
    settle()
    return _answer(_found(funnel_id))


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>/restore", "POST")
@endpoints.answers(
    200, DealsOut, 400, 404, 409, 413, 415, 422, has_etag=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(Nothing, is_required=False)
@once
def restore_deals(body: dict[str, Any], funnel_id: str, deals_id: str) -> Response:
    """Take an export back that was set aside."""
    _found(funnel_id)
    back = funnel_deals.restore(funnel_id, _name(deals_id), by=actor(), now=now())
    settle()
    return answer(_deals(back), version=back.version)


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>", "DELETE")
@endpoints.answers(200, FunnelOut, 400, 404, 409, 413, 415, 422, has_etag=True)
def delete(funnel_id: str, deals_id: str) -> Response:
    """Delete the rows of an export for good, with a reason (administrators)."""
    funnel = _found(funnel_id)
    required_body()
    body = BodyParser().parse(DeleteIn(), request)
    funnel_deals.delete(
        funnel.id, _name(deals_id), reason=body["reason"], folder=folder(), by=actor(), now=now()
    )
    settle()
    return _answer(_found(funnel_id))


@endpoints.at("/funnels/<funnel_id>/deals/<deals_id>/datasets", "POST")
@endpoints.answers(
    201, DatasetOut, 400, 404, 409, 413, 415, 422, has_location=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(UseIn)
@once
def use(body: dict[str, Any], funnel_id: str, deals_id: str) -> Response:
    """Make the deals data of the running test of a hypothesis: a row a deal, its arm, and 1 where
    it moved on. Where it cannot be attached, nothing of it stays."""
    _export(funnel_id, deals_id)
    hypothesis = found.hypothesis(body["hypothesis"])
    at = now()
    staged = funnel_deals.use(
        funnel_id, deals_id, hypothesis=hypothesis, start=body.get("start") or "",
        limits=_limits(), folder=folder(), incoming=incoming(), by=actor(), now=at,
    )  # fmt: skip
    wanted = body.get("attach", True)
    return created(hypothesis, attached(staged, body, since=at) if wanted else staged)


def _form(parts: tuple[str, ...] = FORM) -> tuple[Any, str, Mapping[str, Any] | None]:
    """The file and its columns. Raises Invalid with every fault, Problem."""
    if request.mimetype != "multipart/form-data":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json_or_form"))
    files = [each for each in request.files.getlist("file") if each.filename]
    wrong: dict[str, Text] = {}
    for name in {*request.form, *request.files} - {*parts, "file"}:
        shown_name = "".join(sign for sign in (name or "")[:80] if sign.isprintable())
        wrong[shown_name] = Text("api.unknown_field", field=shown_name)
    for name in parts:
        if not is_storable(request.form.get(name, "")):
            wrong[name] = Text("api.odd_characters", field=name)
    if len(files) != 1:
        wrong["file"] = Text("api.file_missing")
    written = request.form.get("mapping", "").strip()
    if wrong:
        raise invalid(wrong)
    mapping: object = parse_json(written) if written else None
    if mapping is not None and not isinstance(mapping, Mapping):
        raise invalid({"mapping": Text("api.mapping_not_object", field="mapping")})
    return files[0].stream, filename_of(str(files[0].filename)), mapping


def _limits() -> Limits:
    settings: Settings = current_app.extensions["hadi_settings"]
    return Limits(max_bytes=settings.max_upload_bytes)


def _found(funnel_id: str) -> Funnel:
    if not found.is_name(funnel_id):
        raise NotFound(Text("no_such_funnel"))
    return funnels.find(funnel_id, by=actor())


def _name(deals_id: str) -> str:
    if not found.is_name(deals_id):
        raise NotFound(Text("no_such_deals"))
    return deals_id


def _export(funnel_id: str, deals_id: str) -> FunnelDeals:
    funnel = _found(funnel_id)
    return funnel_deals.find(_name(deals_id), funnel, by=actor())


def _answer(funnel: Funnel) -> Response:
    return answer(_shown(funnel), version=funnel.version)


def _shown(funnel: Funnel) -> shown.Json:
    spec = funnel.spec
    return {
        "id": funnel.id,
        "name": funnel.name,
        **spec.as_json(),
        "key_stage": spec.key.name,
        "note": funnel.note,
        "responsible": shown.person(funnel.responsible),
        "author": shown.person(funnel.author),
        "created_at": shown.moment(funnel.created_at),
        "updated_at": shown.moment(funnel.updated_at),
        "archived_at": shown.moment(funnel.archived_at),
        "version": funnel.version,
    }


def _deals(deals: FunnelDeals, *, is_brief: bool = False) -> shown.Json:
    """An export; with what was found, unless it is one of a list."""
    counted = problem = None
    if deals.is_mapped and not is_brief:
        try:
            sees = funnels.sees_managers(deals.funnel, by=actor())
            answered = funnel_deals.found(deals, folder=folder(), by=actor())
            counted = shown.in_language(answered.as_json(has_managers=sees))
        except HadiError as refused:
            problem = say(refused.text)
    return {
        "id": deals.id,
        "funnel": deals.funnel_id,
        "filename": deals.filename,
        "digest": deals.digest,
        "rows": deals.rows,
        "columns": list(deals.columns),
        "mapping": dict(deals.mapping) or None,
        "guess": {} if is_brief else funnel_deals.offered(deals),
        "as_of": deals.as_of.isoformat() if deals.as_of else None,
        "invoices": deals.invoices,
        "invoices_file": _laid(deals),
        "notes": [say(Text.from_json(note)) for note in deals.notes],
        "found": counted,
        "problem": problem,
        "author": shown.person(deals.author),
        "created_at": shown.moment(deals.created_at),
        "version": deals.version,
    }


def _laid(deals: FunnelDeals) -> shown.Json | None:
    """What a file of invoices said; `is_stale` where the deals are read in another way since."""
    kept = deals.invoices_found
    if not kept:
        return None
    return {"filename": kept["filename"], **kept["counts"], "is_stale": deals.laid is None}
