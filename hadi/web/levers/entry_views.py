"""What the pages of periods and of client bases do alike: an entry is corrected, struck out with a
reason, and taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, NotAllowed, Stale
from hadi.web.levers.forms import StruckForm, refuse_not_allowed
from hadi.web.levers.period_pages import StruckPage
from hadi.web.shared.forms import Form
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
REFUSED = 422


def saved(
    form: Form,
    save: Callable[[], str],
    page: Callable[[bool], str],
    *,
    version: Callable[[], int] = lambda: 0,
) -> Answer:
    """Do what the form asks, and go where `save` says; else the page again with what was typed.
    `version` is what is stored now, where somebody was faster: the page is told so, and saving
    again puts this in place of theirs."""
    status, is_stale = REFUSED, False
    if form.validate():
        try:
            return once(form, save)
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
        except NotAllowed as refusal:
            refuse_not_allowed(form, refusal)
        except Stale:
            form.version.data, status, is_stale = str(version()), 409, True
    return page(is_stale), status


def struck(page: Callable[[StruckForm], StruckPage], strike: Callable[[str], str]) -> Answer:
    """Ask why, and strike the entry out."""
    form, status = StruckForm(), 200
    if form.was_sent():
        status = REFUSED
        if form.validate():
            try:
                return once(form, lambda: strike(str(form.reason.data or "")))
            except (Invalid, Blocked) as refusal:
                form.refuse(refusal)
    return render("levers/void.html", page(form)), status


def taken_back(
    take_back: Callable[[], object] | None, *, where: str, said: str, twice: str
) -> Response:
    """Count the entry again, unless it counts already (None)."""
    if take_back is not None:
        try:
            take_back()
            tell(said)
        except Invalid:
            tell(twice, "error")
    return redirect(where)
