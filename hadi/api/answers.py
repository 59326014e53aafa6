"""Answers that succeed: the JSON of a record, its ETag and its address; and how endpoints say
what they answer with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Response

from hadi.api import problems
from hadi.api.authentication import authenticate
from hadi.api.body import BodyParser
from hadi.api.conditions import etag
from hadi.api.schemas import ProblemOut
from hadi.db import db

F = TypeVar("F", bound=Callable[..., Any])

PREFIX = "/api/v1"
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]

_ALWAYS = (401, 403, 429, 500)
_ETAG = {"ETag": {"description": "The version, to send as If-Match", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Its address", "schema": {"type": "string"}}}
_PAGES = {
    "X-Pagination": {
        "description": "total, total_pages, page, first_page, last_page, next_page and "
        "previous_page, as JSON",
        "schema": {"type": "string"},
    }
}


def _header(name: str, about: str, *, is_required: bool = False) -> dict[str, Any]:
    return {
        "in": "header", "name": name, "required": is_required, "description": about,
        "schema": {"type": "string"},
    }  # fmt: skip


IF_MATCH = _header("If-Match", "The ETag that was read, or *", is_required=True)
IF_MATCH_OPTIONAL = _header("If-Match", "The ETag that was read: 412 if it is no longer current")
IDEMPOTENCY_KEY = _header("Idempotency-Key", "Sent again with the same body, acts once")
PREFER = _header("Prefer", "respond-async: a worker does it, the answer is 202 and its job")
ACCEPT_LANGUAGE = _header("Accept-Language", "en, ru or hu: the language of sentences")


class _Notes(dict[str, Any]):
    """What flask-smorest notes about a view. Each of its decorators copies all that is noted so
    far; a schema is only ever read, and copying its fields as well took half of HADI's start."""

    def __deepcopy__(self, _: dict[int, Any]) -> _Notes:
        return _Notes(_copied(dict(self)))


def _copied(noted: Any) -> Any:
    if isinstance(noted, dict):
        return {key: _copied(value) for key, value in noted.items()}
    return [_copied(value) for value in noted] if isinstance(noted, list) else noted


def _noting(decorator: Callable[[F], F]) -> Callable[[F], F]:
    """The decorator, on a view whose notes are cheap to copy."""

    def decorate(view: F) -> F:
        view.__dict__.setdefault("_apidoc", _Notes())
        return decorator(view)

    return decorate


class Endpoints(flask_smorest.Blueprint):  # type: ignore[misc]
    """The endpoints of one noun."""

    ARGUMENTS_PARSER = BodyParser()

    def __init__(self, name: str, about: str) -> None:
        super().__init__(f"api-{name}", __name__, url_prefix=PREFIX, description=about)
        self.tag = name
        self.limited_by: set[Any] = set()
        self.before_request(authenticate)
        self._prepare_doc_cbks.append(_describe_headers)

    def at(self, path: str, method: str, **options: Any) -> Callable[[F], F]:
        """Register a view; its docstring's first line is the summary."""
        registered: Callable[[F], F] = self.route(
            path, methods=[method], tags=[self.tag], **options
        )
        return registered

    def takes(
        self, schema: type[ma.Schema], *, location: str = "json", is_required: bool = True
    ) -> Callable[[F], F]:
        """Hand the view what was sent, read by the schema; only a body may be left out."""
        return _noting(self.arguments(schema, location=location, required=is_required))

    def answers(
        self,
        status: int,
        schema: type[ma.Schema] | ma.Schema | None,
        *refusals: int,
        about: str | None = None,
        has_etag: bool = False,
        has_location: bool = False,
        is_paged: bool = False,
        parameters: Sequence[dict[str, Any]] = (),
        request_body: Mapping[str, Any] | None = None,
        files: Sequence[str] = (),
    ) -> Callable[[F], F]:
        """Document what a view answers: its success and every refusal; `files` are the types of
        the file that it answers with, where it does."""
        headers = {
            **(_ETAG if has_etag else {}),
            **(_LOCATION if has_location else {}),
            **(_PAGES if is_paged else {}),
        }
        more: dict[str, Any] = {"requestBody": request_body} if request_body else {}
        if files:
            binary = {"type": "string", "format": "binary"}
            content = {name: {"schema": binary} for name in files}
            more["responses"] = {"200": {"description": "The file", "content": content}}
        documented = self.doc(security=BEARER, **more)

        def decorate(view: F) -> F:
            for refusal in sorted({*_ALWAYS, *refusals}):
                view = self.alt_response(
                    refusal, schema=ProblemOut, content_type=problems.MIMETYPE
                )(view)
            answered = self.response(status, schema, headers=headers, description=about)(view)
            described: F = documented(answered)
            described._apidoc["sent_headers"] = [ACCEPT_LANGUAGE, *parameters]  # type: ignore[attr-defined]
            return described

        return _noting(decorate)


def _describe_headers(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the headers to whatever parameters the description of an endpoint has already."""
    doc.setdefault("parameters", []).extend(doc_info.get("sent_headers", ()))
    return doc


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: what is on it and how much there is in all."""

    items: Sequence[Any]
    total: int
    number: int
    size: int

    def header(self) -> str:
        """X-Pagination."""
        last = max(1, -(-self.total // self.size))
        told: dict[str, int] = {"total": self.total, "total_pages": last if self.total else 0}
        told |= {"first_page": 1, "last_page": last}
        if self.number <= last:
            told["page"] = self.number
        if self.number < last:
            told["next_page"] = self.number + 1
        if 1 < self.number <= last:
            told["previous_page"] = self.number - 1
        return json.dumps(told)


def answer(
    body: Mapping[str, Any],
    status: int = HTTPStatus.OK,
    *,
    version: int | None = None,
    location: str | None = None,
) -> Response:
    """The response for one record."""
    response = _response(body, status)
    if version is not None:
        response.headers["ETag"] = etag(version)
    if location is not None:
        response.headers["Location"] = PREFIX + location
    return response


def answer_page(page: Page, shown: Callable[[Any], Mapping[str, Any]]) -> Response:
    """The response for a list, its place in `X-Pagination`."""
    response = _response([shown(item) for item in page.items], HTTPStatus.OK)
    response.headers["X-Pagination"] = page.header()
    return response


def settle() -> None:
    """Write out and forget what is in memory: what is answered is what is stored, with the version
    it has now, also while the transaction of its receipt is still open."""
    db.session.flush()
    db.session.expire_all()


def _response(body: object, status: int) -> Response:
    written = json.dumps(body, ensure_ascii=False, allow_nan=False)
    response = Response(written, int(status), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Authorization", "Accept-Language"))
    return response
