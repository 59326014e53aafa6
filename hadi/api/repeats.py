"""`Idempotency-Key`: a POST sent twice acts once, and is answered the same twice.

The outcome is kept with what it created, in one transaction. Refusals are not kept: whoever mends
what was refused may send the same key again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from webargs.core import missing

from hadi.api.authentication import now, user_id
from hadi.api.body import read_json
from hadi.services import receipts

HEADER = "Idempotency-Key"
_KEPT = ("Location", "ETag")


def once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Make a view answer a repeated request with the first one's outcome."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not key:
            return view(*args, **kwargs)
        outcome, is_first = receipts.perform(
            user_id=user_id(), key=key, digest=_digest(), now=now(),
            act=lambda: _outcome(view(*args, **kwargs)),
        )  # fmt: skip
        response = Response(outcome["body"], outcome["status"], mimetype="application/json")
        response.headers.update(outcome["headers"])
        if not is_first:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    return wrapped


def _outcome(response: Response) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "body": response.get_data(as_text=True),
        "headers": {name: response.headers[name] for name in _KEPT if name in response.headers},
    }


def _digest() -> str:
    """Names the request by its content: a multipart boundary, or the order of JSON keys, is no
    difference."""
    parts: list[Any] = [request.method, request.path]
    if request.mimetype == "multipart/form-data":
        # A part can come without a name.
        parts.append(sorted((name or "", list(values)) for name, values in request.form.lists()))
        for name, files in sorted(request.files.lists(), key=lambda part: part[0] or ""):
            for file in files:
                parts.append([name, file.filename, _content(file.stream)])
    else:
        sent = read_json()
        parts.append(None if sent is missing else sent)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _content(stream: Any) -> str:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest
