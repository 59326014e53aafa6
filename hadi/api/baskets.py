"""Receipts: what is added to the core of a sale, which goods go together, and their use in a
test."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, current_app, request, send_file

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
from hadi.api.basket_schemas import (
    BODY,
    BasketDeleteIn,
    BasketFileQuery,
    BasketIn,
    BasketOut,
    BasketRuleOut,
    BasketRulesQuery,
    BasketUseIn,
)
from hadi.api.body import BodyParser, invalid, is_storable, parse_json, required_body, told
from hadi.api.dataset_form import filename_of
from hadi.api.datasets import folder
from hadi.api.hypotheses import Nothing
from hadi.api.made_datasets import attached, created
from hadi.api.paging import PageQuery, sliced
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.schemas import DatasetOut
from hadi.api.voice import language
from hadi.config import Settings
from hadi.domain.errors import NotFound
from hadi.domain.folding import folded
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Basket
from hadi.services import (
    basket_files,
    basket_use,
    basket_views,
    baskets,
    export_jobs,
    exports,
)
from hadi.services.table_files import MIMETYPES, Format

endpoints = Endpoints("baskets", "Receipts: what is added to a sale, and what goes together")

STALE = Text("basket_changed_meanwhile")
_PART = {
    "in": "path", "name": "part", "required": True,
    "schema": {"type": "string", "enum": list(basket_files.PARTS)},
}  # fmt: skip


@endpoints.at("/baskets", "GET")
@endpoints.answers(200, BasketOut(many=True), 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List files of receipts, the latest changed first, without their rules."""
    page = sliced(baskets.listing(by=actor()), query)
    return answer_page(page, _shown)


@endpoints.at("/baskets", "POST")
@endpoints.answers(
    201, BasketOut, 400, 409, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY], request_body=BODY,
)  # fmt: skip
@once
def keep() -> Response:
    """Bring a file of receipt lines; looked into at once where `spec` says what the core is."""
    if request.mimetype != "multipart/form-data":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json_or_form"))
    files = [each for each in request.files.getlist("file") if each.filename]
    wrong = {
        name: Text("api.odd_characters", field=name)
        for name in ("name", "spec")
        if not is_storable(request.form.get(name, ""))
    }
    if len(files) != 1:
        wrong["file"] = Text("api.file_missing", field="file")
    if wrong:
        raise invalid(wrong)
    stream: Any = files[0].stream
    made = baskets.keep(
        file=stream, filename=filename_of(str(files[0].filename)),
        name=request.form.get("name", ""), given=_spec(), folder=folder(), limits=_limits(),
        by=actor(), now=now(),
    )  # fmt: skip
    settle()
    return answer(
        _shown(made), HTTPStatus.CREATED, version=made.version, location=f"/baskets/{made.id}"
    )


@endpoints.at("/baskets/<basket_id>", "GET")
@endpoints.answers(200, BasketOut, 404, has_etag=True)
def get(basket_id: str) -> Response:
    """One file of receipts, with what was found."""
    return _answer(_found(basket_id))


@endpoints.at("/baskets/<basket_id>", "PATCH")
@endpoints.answers(
    200, BasketOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(BasketIn)
def choose(body: dict[str, Any], basket_id: str) -> Response:
    """Say what the columns are and what the core is; then it is looked into again."""
    version = conditions.required(_found(basket_id).version, stale=STALE)
    given = {name: value for name, value in body.items() if value is not None}
    if ("goal" in given) != ("assist" in given):  # the other is the rest
        given = {"goal": None, "assist": None, **given}
    chosen = baskets.choose(
        basket_id, given=given, version=version, folder=folder(), by=actor(), now=now()
    )
    return _answer(chosen)


@endpoints.at("/baskets/<basket_id>", "DELETE")
@endpoints.answers(200, BasketOut, 400, 404, 409, 413, 415, 422, has_etag=True)
def delete(basket_id: str) -> Response:
    """Delete the lines for good, with a reason (administrators). What was found of stores and goods
    stays."""
    _found(basket_id)
    required_body()
    body = BodyParser().parse(BasketDeleteIn(), request)
    gone = baskets.delete_rows(
        basket_id, reason=body["reason"], folder=folder(), by=actor(), now=now()
    )
    return _answer(gone)


@endpoints.at("/baskets/<basket_id>/remove", "POST")
@endpoints.answers(
    200, BasketOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def remove(body: dict[str, Any], basket_id: str) -> Response:
    """Set it aside; nothing of it is lost."""
    version = conditions.optional(_found(basket_id).version, stale=STALE)
    return _settled(baskets.remove(basket_id, version=version, by=actor(), now=now()))


@endpoints.at("/baskets/<basket_id>/restore", "POST")
@endpoints.answers(
    200, BasketOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], basket_id: str) -> Response:
    """Fetch it back."""
    version = conditions.optional(_found(basket_id).version, stale=STALE)
    return _settled(baskets.restore(basket_id, version=version, by=actor(), now=now()))


@endpoints.at("/baskets/<basket_id>/rules", "GET")
@endpoints.answers(200, BasketRuleOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(BasketRulesQuery, location="query")
def rules(query: dict[str, Any], basket_id: str) -> Response:
    """Search the rules: the strongest connection first."""
    known = basket_views.shown(_found(basket_id), actor()) or {"rules": []}
    asked = folded(query.get("q") or "").split()
    wanted = [
        one
        for one in known["rules"]
        if all(word in folded(f"{one['a']} {one['b']}") for word in asked)
    ]
    return answer_page(sliced(wanted, query), dict)


@endpoints.at("/baskets/<basket_id>/files/<part>", "GET", parameters=[_PART])
@endpoints.answers(200, None, 404, 422, files=tuple(MIMETYPES.values()))
@endpoints.takes(BasketFileQuery, location="query")
def file(query: dict[str, Any], basket_id: str, part: str) -> Response:
    """A table of what was found, as far as this person may see it."""
    _found(basket_id)
    kind = query.get("format") or Format.CSV
    made = basket_files.table(basket_id, part, folder=folder(), by=actor())
    into = io.BytesIO()
    exports.write(made, kind, exports.reader(language()), into=into)
    into.seek(0)
    sent: Response = send_file(
        into, mimetype=MIMETYPES[kind], as_attachment=True,
        download_name=export_jobs.file_name(made, kind, now()),
    )  # fmt: skip
    return sent


@endpoints.at("/baskets/<basket_id>/datasets", "POST")
@endpoints.answers(
    201, DatasetOut, 400, 404, 409, 413, 415, 422, has_location=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(BasketUseIn)
@once
def use(body: dict[str, Any], basket_id: str) -> Response:
    """Make a row for each store and week (or store) the data of the running test of a hypothesis.
    Where it cannot be attached, nothing of it stays."""
    _found(basket_id)
    hypothesis = found.hypothesis(body["hypothesis"])
    at = now()
    staged = basket_use.use(
        basket_id, hypothesis.id, grain=body.get("grain") or basket_use.WEEKS,
        treated=body.get("treated") or (), folder=folder(), limits=_limits(), by=actor(), now=at,
    )  # fmt: skip
    return created(hypothesis, attached(staged, body, since=at))


def _found(basket_id: str) -> Basket:
    if not found.is_name(basket_id):
        raise NotFound(Text("no_such_basket"))
    return baskets.find(basket_id, by=actor())


def _settled(basket: Basket) -> Response:
    settle()
    return _answer(basket)


def _answer(basket: Basket) -> Response:
    return answer(_shown(basket), version=basket.version)


def _shown(basket: Basket) -> shown.Json:
    seen = basket_views.shown(basket, actor())
    return {
        "id": basket.id,
        "name": basket.name,
        "filename": basket.filename,
        "rows": basket.rows,
        "columns": list(basket.columns),
        "spec": basket.spec,
        "found": _in_language(seen) if seen is not None else None,
        "author": shown.person(basket.author),
        "created_at": shown.moment(basket.created_at),
        "updated_at": shown.moment(basket.updated_at),
        "removed_at": shown.moment(basket.removed_at),
        "deleted_at": shown.moment(basket.deleted_at),
        "version": basket.version,
    }


def _in_language(seen: Mapping[str, Any]) -> shown.Json:
    """What was found, in words of the request; the rules have an address of their own."""
    found_there = {name: value for name, value in seen.items() if name != "rules"}
    return shown.in_language(found_there) | {"rules_found": len(seen["rules"])}


def _spec() -> dict[str, Any] | None:
    """How the file is to be read. Raises Invalid, Problem for broken JSON."""
    written = request.form.get("spec", "").strip()
    if not written:
        return None
    read = parse_json(written)
    if not isinstance(read, Mapping):
        raise invalid({"spec": Text("api.not_object", field="spec")})
    try:
        return dict(BasketIn().load(dict(read)))
    except ma.ValidationError as error:
        raise invalid({f"spec.{path}": text for path, text in told(error.messages)}) from None


def _limits() -> Limits:
    settings: Settings = current_app.extensions["hadi_settings"]
    most = baskets.MOST_BYTES
    return Limits(max_bytes=min(most, settings.max_upload_bytes or most))
