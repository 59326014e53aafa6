"""ETags: what a client read is what it edits, or it is told so.

A record's ETag is its version. `If-Match` takes it back, weak or strong (a proxy that compresses
weakens it on the way), or `*` for whatever is there.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import request

from hadi.api.problems import Problem
from hadi.domain.errors import Stale
from hadi.domain.text import Text


def etag(version: int) -> str:
    """The ETag of that version."""
    return f'"{version}"'


def required(current: int, *, stale: Text) -> int:
    """The version that is edited. Raises Problem (428) without If-Match, Stale where it names
    another one than the current."""
    if not request.headers.get("If-Match", "").strip():
        raise Problem(HTTPStatus.PRECONDITION_REQUIRED, Text("api.precondition_required"))
    if not request.if_match.contains_weak(str(current)):
        raise Stale(stale)
    return current


def optional(current: int, *, stale: Text) -> int | None:
    """As `required`, but None without If-Match: the step is taken on whatever is there."""
    if not request.headers.get("If-Match", "").strip() or request.if_match.star_tag:
        return None
    return required(current, stale=stale)
