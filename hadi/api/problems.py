"""Refusals and faults as `application/problem+json` (RFC 9457), in the reader's language.

`code` names the case for programs, `detail` says it for people; `blockers` are all that stands in
the way of a step, `fields` what is wrong with each part of what was sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from hadi.api.voice import say
from hadi.db import db
from hadi.domain.errors import (
    Blocked,
    HadiError,
    Invalid,
    NoRoom,
    NotAllowed,
    NotFound,
    Stale,
    TooLarge,
    Unreadable,
)
from hadi.domain.text import Text
from hadi.services import storage

MIMETYPE = "application/problem+json"
MB = 1024 * 1024

# Codes that differ from the sentence's own: those that clients were promised.
_TITLES = {460: "Checksum Mismatch"}  # of tus, unknown to HTTP
_CODES = {"receipt.other_request": "idempotency_key_reused"}


class Problem(HTTPException):
    """A request that cannot be answered, whatever the subject: the status and the sentence."""

    def __init__(
        self, status: HTTPStatus, text: Text, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.code = status.value
        self.text = text
        self.headers = dict(headers or {})


def init_app(app: Flask) -> None:
    """Answer every error with a problem. The pages register theirs later, and leave these to
    answer below /api/."""
    app.register_error_handler(HadiError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def problem(
    status: int,
    code: str,
    text: Text,
    *,
    blockers: list[dict[str, Any]] | None = None,
    fields: Mapping[str, str] | None = None,
    remedy: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response for one problem."""
    body = {
        "type": f"urn:hadi:problem:{code}",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": say(text),
        "blockers": blockers or [],
        "fields": dict(fields or {}),
    }
    if remedy:  # the choices under which a file can be read after all
        body["remedy"] = dict(remedy)
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MIMETYPE)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


# ---------------------------------------------------------------------------------- handlers
def _refused(refusal: HadiError) -> Response:
    code = _CODES.get(refusal.text.code, refusal.text.code)
    if isinstance(refusal, Blocked):
        return _blocked(refusal)
    fields: dict[str, str] = {}
    if isinstance(refusal, Invalid):
        fields = {path: say(text) for path, text in refusal.fields.items()}
    remedy = refusal.remedy if isinstance(refusal, Unreadable) else None
    return problem(_status(refusal), code, refusal.text, fields=fields, remedy=remedy)


def _blocked(refusal: Blocked) -> Response:
    blockers = [
        {"code": blocker.code, "detail": say(blocker.text), "field": blocker.field}
        for blocker in refusal.blockers
    ]
    # What the person may not decide at all is a matter of rights, not of the hypothesis.
    is_forbidden = any(blocker.code.startswith("not_allowed.") for blocker in refusal.blockers)
    status = HTTPStatus.FORBIDDEN if is_forbidden else HTTPStatus.CONFLICT
    return problem(status, "blocked", refusal.text, blockers=blockers)


def _status(refusal: HadiError) -> int:
    match refusal:
        case NotAllowed():
            return HTTPStatus.FORBIDDEN
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case Stale():
            # Without If-Match nobody claimed a version: two requests simply met.
            is_claimed = "If-Match" in request.headers
            return HTTPStatus.PRECONDITION_FAILED if is_claimed else HTTPStatus.CONFLICT
        case TooLarge():
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case NoRoom():
            return HTTPStatus.INSUFFICIENT_STORAGE
        case Invalid() | Unreadable():
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case _:
            return HTTPStatus.BAD_REQUEST


def _http(fault: HTTPException) -> Any:
    status = fault.code or HTTPStatus.INTERNAL_SERVER_ERROR.value
    if status < HTTPStatus.BAD_REQUEST:  # a redirect
        return fault
    if isinstance(fault, Problem):
        code = fault.text.code.removeprefix("api.")
        return problem(status, code, fault.text, headers=fault.headers)
    text = _sentence(fault, status)
    headers = {name: value for name, value in fault.get_headers() if name in ("Allow",)}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = "60"
    return problem(status, text.code.removeprefix("api."), text, headers=headers)


def _sentence(fault: HTTPException, status: int) -> Text:
    match status:
        case HTTPStatus.NOT_FOUND:
            return Text("api.unknown_address")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = ", ".join(sorted(getattr(fault, "valid_methods", None) or ()))
            return Text("api.method_not_allowed", method=request.method[:20], allowed=allowed)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            limit = request.max_content_length or 0
            return Text("api.too_large", limit=f"{limit / MB:g}")
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return Text("api.not_json")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Text("api.too_many_requests")
        case _ if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Text("api.malformed_request")
        case _:
            return Text("api.unexpected")


def _unexpected(error: Exception) -> Response:
    """500: the stack goes to the log, never to the client. A full disk is said to be one."""
    full = storage.problem(error)
    if full is not None:
        db.session.rollback()
        return problem(HTTPStatus.INSUFFICIENT_STORAGE, full.code, full)
    current_app.logger.error("unexpected error at %s", request.path, exc_info=error)
    db.session.rollback()
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", Text("api.unexpected"))
