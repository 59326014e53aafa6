"""Refusals and faults as pages: what happened, and the way out.

Nothing here says more than the person may know; nothing typed is lost where it can be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, has_request_context, request
from flask_babel import gettext
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

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
from hadi.services import storage
from hadi.web.shared.access import signed_in
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome, home_url, render
from hadi.web.shared.security import API_PREFIX

Answer = tuple[str, int]
Handler = Callable[[Exception], Any]

STATUS: dict[type[HadiError], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Stale: 409,
    TooLarge: 413,
    NoRoom: 507,
    Invalid: 422,
    Blocked: 422,
    Unreadable: 422,
    HadiError: 400,
}
# Never shown back: what is secret, and what only the machinery put into the form.
UNSHOWN = ("password", "token", "csrf", "secret", "once", "version", "next", "source_")


@dataclass(frozen=True, slots=True)
class Typed:
    """A field of a refused form: its name, what was typed, and what is stored now, if known."""

    label: str
    typed: str
    stored: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """A refusal in words. `causes` are its parts, `ways` the ways out, `typed` what to save."""

    status: int
    sentence: str
    causes: tuple[str, ...] = ()
    ways: tuple[Link, ...] = ()
    typed: tuple[Typed, ...] = ()
    layout: str = "_layouts/base.html"

    @property
    def shows_stored(self) -> bool:
        return any(field.stored is not None for field in self.typed)


def init_app(app: Flask) -> None:
    """Turn every error into a page, except below /api/, which answers in its own format."""
    for kind in (HadiError, HTTPException, Exception):
        _register(app, kind, _HANDLERS[kind])


def stale_page(*, fields: Sequence[Typed], edit_url: str, sentence: str | None = None) -> Answer:
    """409: the record changed since it was read; what was typed stands beside what is stored."""
    return _page(
        409,
        gettext("Someone was faster"),
        sentence or gettext("This was changed after you opened it, so nothing was saved."),
        ways=(Link(gettext("Open it again"), edit_url),),
        typed=tuple(fields),
    )


# ---------------------------------------------------------------------------------- handlers
def _refused(error: Exception) -> Answer:
    refusal = cast("HadiError", error)
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    causes: tuple[str, ...] = ()
    if isinstance(refusal, Blocked):
        causes = tuple(say(blocker.text) for blocker in refusal.blockers)
    elif isinstance(refusal, Invalid):
        causes = tuple(dict.fromkeys(say(text) for text in refusal.fields.values()))
    typed = _typed() if status in {409, 422} else ()
    return _page(status, _title(status), say(refusal.text), causes=causes, typed=typed)


def _http(error: Exception) -> Any:
    fault = cast("HTTPException", error)
    status = fault.code or 500
    if fault.response is not None or status < 400:  # a redirect, or an answer made elsewhere
        return fault
    typed = _typed() if isinstance(fault, CSRFError) else ()
    page = _page(status, _title(status), _sentence(fault, status), typed=typed)
    if isinstance(fault, RateLimitExceeded):
        return (*page, {"Retry-After": "60"})
    return page


def _unexpected(error: Exception) -> Answer:
    """500: the stack goes to the log, never to the page. A full disk is said to be one."""
    full = storage.problem(error)
    if full is not None:
        db.session.rollback()
        return _page(507, _title(507), say(full), typed=_typed())
    current_app.logger.error("unexpected error at %s", request.path, exc_info=error)
    db.session.rollback()
    sentence = _sentence(InternalServerError(), 500)
    return _page(500, _title(500), sentence, typed=_typed())


_HANDLERS: dict[type[Exception], Handler] = {
    HadiError: _refused,
    HTTPException: _http,
    Exception: _unexpected,
}


def _register(app: Flask, kind: type[Exception], handler: Handler) -> None:
    """Register for pages; below /api/ whoever was registered before keeps answering."""
    codes = app.error_handler_spec[None].get(None, {})
    before = cast("Handler | None", codes.get(kind))

    def answer(error: Exception) -> Any:
        if before and has_request_context() and request.path.startswith(API_PREFIX):
            return before(error)
        try:
            return handler(error)
        except Exception:  # the page itself is broken: words alone still work
            current_app.logger.exception("no page for %r", error)
            return "Something broke on our side.\n", 500, {"Content-Type": "text/plain"}

    app.register_error_handler(kind, answer)


# ------------------------------------------------------------------------------------- words
def _page(
    status: int,
    title: str,
    sentence: str,
    *,
    causes: tuple[str, ...] = (),
    ways: tuple[Link, ...] = (),
    typed: tuple[Typed, ...] = (),
) -> Answer:
    user = signed_in()
    way_home = Link(gettext("Go to Today") if user else gettext("Go to the sign-in"), home_url())
    page = ErrorPage(
        title=title,
        chrome=chrome(),
        status=status,
        sentence=sentence,
        causes=causes,
        ways=ways or (way_home,),
        typed=typed,
        layout="_layouts/base.html" if user else "_layouts/focused.html",
    )
    return render("errors/error.html", page), status


def _title(status: int) -> str:
    titles = {
        400: gettext("The page had expired"),
        403: gettext("That is not open to you"),
        404: gettext("There is nothing here"),
        405: gettext("There is nothing here"),
        409: gettext("Someone was faster"),
        413: gettext("That is too large"),
        422: gettext("That cannot be done yet"),
        429: gettext("Too many attempts"),
        500: gettext("Something broke on our side"),
        507: gettext("The server has no room left"),
    }
    return str(titles.get(status, gettext("That did not work")))


def _sentence(fault: HTTPException, status: int) -> str:
    if isinstance(fault, CSRFError):
        return str(
            gettext(
                "The page was open for too long, or you signed out in another window. "
                "Nothing was saved: open the page again and send it once more."
            )
        )
    if isinstance(fault, RequestEntityTooLarge):
        most = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
        return str(gettext("A file may have %(most)s MB at most. Nothing was stored.", most=most))
    sentences = {
        400: gettext("The browser sent something that could not be read. Nothing was saved."),
        403: gettext("Your account lacks the right to do this. An administrator can help."),
        404: gettext("The address is wrong, or what was here has moved."),
        405: gettext("The address is wrong, or what was here has moved."),
        429: gettext("Wait a minute and try again. This protects accounts from guessed passwords."),
        500: gettext("It has been written to the log. Nothing was saved; please try again."),
    }
    return str(sentences.get(status, gettext("Nothing was saved; please try again.")))


def _typed() -> tuple[Typed, ...]:
    """What was sent with the refused form, for its author to copy."""
    if request.method != "POST" or request.mimetype == "application/json":
        return ()
    kept = []
    for name, values in request.form.lists():
        written = ", ".join(value for value in values if value.strip())
        if written and not any(secret in name.lower() for secret in UNSHOWN):
            kept.append(Typed(name.replace("_", " ").replace("-", " "), written.replace("\0", "")))
    return tuple(kept)
