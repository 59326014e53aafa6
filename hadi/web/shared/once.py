"""A form sent twice (an impatient finger, a reload) acts once and leads to the same page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import redirect, request
from werkzeug.wrappers import Response

from hadi.services import receipts
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.forms import Form


def once(form: Form, act: Callable[[], str]) -> Response:
    """Redirect to the address that `act` returns, or returned when this was first sent."""
    actor = current_actor()
    assert actor.user_id is not None  # pages are for people
    sent = digest(str(form.once.data))
    outcome, _ = receipts.perform(
        user_id=actor.user_id, key=sent, digest=sent, now=now(), act=lambda: {"url": act()}
    )
    return redirect(str(outcome["url"]))


def digest(token: str) -> str:
    """Names this copy of the form with this content: going back and changing it is another."""
    parts = [token, request.path]
    for name, values in sorted(request.form.lists()):
        parts += [name, *values]
    for name, files in sorted(request.files.lists()):
        parts += [name, *(str(file.filename) for file in files), str(request.content_length)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
