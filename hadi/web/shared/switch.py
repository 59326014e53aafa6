"""Choosing a language from the menu that stands on every page."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, current_app, redirect, request
from flask_security.utils import validate_redirect_url
from werkzeug.wrappers import Response

from hadi.services import users
from hadi.web.shared.access import current_actor, now, signed_in
from hadi.web.shared.language import COOKIE, NAMES
from hadi.web.shared.render import home_url

blueprint = Blueprint("language", __name__)


@blueprint.get("/language/<code>")
def switch(code: str) -> Response:
    """Keep the choice in a cookie and in the account, and go back to where it was made."""
    if code not in NAMES:
        abort(404)
    # A link on another site may lead here; it must not change what an account prefers.
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if signed_in() and is_ours:
        users.change_language(language=code, by=current_actor(), now=now())
    response = redirect(safe_next() or home_url())
    response.set_cookie(
        COOKIE,
        code,
        max_age=timedelta(days=365),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def safe_next() -> str | None:
    """The address in `?next=`, if it lies within HADI."""
    wanted = request.args.get("next", "")
    is_path = wanted.startswith("/") and not any(ord(sign) < 32 for sign in wanted)
    return wanted if is_path and validate_redirect_url(wanted) else None
