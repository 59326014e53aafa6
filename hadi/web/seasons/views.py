"""The page of seasons: a series is pasted or uploaded, and answered. Nothing is kept."""

from __future__ import annotations

from typing import cast

from flask import current_app, request
from werkzeug.wrappers import Response

from hadi.analysis.season import Season
from hadi.config import Settings
from hadi.domain.errors import Invalid, Unreadable
from hadi.ingest.limits import Limits
from hadi.services import seasons
from hadi.web.seasons import blueprint
from hadi.web.seasons.forms import SeasonForm
from hadi.web.seasons.pages import seasons_page
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor
from hadi.web.shared.language import say
from hadi.web.shared.render import render

__all__ = ["blueprint"]

REFUSED = 422
MOST_BYTES = 8_000_000


@blueprint.get("")
def index() -> str:
    """An empty form, and what it is for."""
    form = SeasonForm()
    form.offer()
    return render("seasons/index.html", seasons_page(form))


@blueprint.post("")
def compute() -> Response | str | tuple[str, int]:
    """The answer under the form, or as a file of coefficients."""
    form = SeasonForm()
    form.offer()
    if not form.validate():
        return render("seasons/index.html", seasons_page(form)), REFUSED
    try:
        answer = _answer(form)
    except Unreadable as refused:
        field = form.file if _is_sent(form) else form.series
        field.errors = [*field.errors, say(refused.text)]
        return render("seasons/index.html", seasons_page(form)), REFUSED
    except Invalid as refused:
        if refused.fields:
            form.refuse(refused)
            return render("seasons/index.html", seasons_page(form)), REFUSED
        return render("seasons/index.html", seasons_page(form, problem=refused.text)), REFUSED
    if request.form.get("format"):
        return downloads.send(seasons.coefficients_table(answer), request.form["format"])
    return render("seasons/index.html", seasons_page(form, answer))


def _answer(form: SeasonForm) -> Season:
    """What was typed, computed. A file's series is put into the field, so that it is there when
    the form comes back. Raises Unreadable, Invalid."""
    by = current_actor()
    if _is_sent(form):
        read = seasons.from_file(
            form.file.data.stream, form.file.data.filename, time=(form.time.data or "").strip(),
            value=(form.value.data or "").strip(), limits=_limits(), by=by,
        )  # fmt: skip
        table = read.table
        form.series.data = read.lines
    else:
        table = seasons.from_text(form.series.data or "", by=by)
    return seasons.compute(
        table, before=form.before.data or "", after=form.after.data or "",
        method=form.method.data or "", over=form.over.data or "", by=by,
    )  # fmt: skip


def _is_sent(form: SeasonForm) -> bool:
    return bool(form.file.data and form.file.data.filename)


def _limits() -> Limits:
    settings = cast("Settings", current_app.extensions["hadi_settings"])
    return Limits(max_bytes=min(MOST_BYTES, settings.max_upload_bytes or MOST_BYTES))
