"""The page of seasons: a series is pasted or uploaded, and answered. Its coefficients are kept
where somebody gives them a name; the series is not."""

from __future__ import annotations

from typing import cast

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.analysis.season import Season
from hadi.config import Settings
from hadi.domain.errors import Invalid, Unreadable
from hadi.ingest.limits import Limits
from hadi.services import season_profiles, seasons
from hadi.web.seasons import blueprint
from hadi.web.seasons.forms import SeasonForm
from hadi.web.seasons.pages import seasons_page
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["blueprint"]

REFUSED = 422
MOST_BYTES = 8_000_000


@blueprint.get("")
def index() -> str:
    """An empty form, what it is for, and the seasons that are kept."""
    form = SeasonForm(formdata=None, data={"profile": request.args.get("profile", "")[:20]})
    form.offer(season_profiles.listing(by=current_actor()))
    return render("seasons/index.html", seasons_page(form))


@blueprint.post("")
def compute() -> Response | str | tuple[str, int]:
    """The answer under the form, or as a file of coefficients."""
    form = SeasonForm()
    form.offer(season_profiles.listing(by=current_actor()))
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
    if request.form.get("do") == "keep":
        try:
            return once(form, lambda: _keep(form, answer))
        except Invalid as refused:
            form.refuse(refused)
            return render("seasons/index.html", seasons_page(form, answer)), REFUSED
    if request.form.get("format"):
        return downloads.send(seasons.coefficients_table(answer), request.form["format"])
    return render("seasons/index.html", seasons_page(form, answer))


def _keep(form: SeasonForm, answer: Season) -> str:
    kept = season_profiles.keep(answer, name=form.name.data or "", by=current_actor(), now=now())
    tell(_("The season “%(name)s” is kept.", name=kept.name))
    return url_for("seasons.index") + "#kept"


@blueprint.get("/<profile_id>/season.<format>")
def export(profile_id: str, format: str) -> Response:
    """The coefficients of a kept season as a file."""
    kept = season_profiles.find(profile_id, by=current_actor())
    return downloads.send(seasons.kept_table(kept), format)


@blueprint.post("/<profile_id>/delete")
def delete(profile_id: str) -> Response:
    """Delete a kept season; the message offers to bring it back."""
    gone = season_profiles.delete(profile_id, by=current_actor(), now=now())
    undo = url_for("seasons.restore", profile_id=gone.id)
    tell(_("The season “%(name)s” is deleted.", name=gone.name), undo_url=undo)
    return redirect(url_for("seasons.index") + "#kept")


@blueprint.post("/<profile_id>/restore")
def restore(profile_id: str) -> Response:
    """Bring a deleted season back."""
    try:
        back = season_profiles.restore(profile_id, by=current_actor(), now=now())
        tell(_("The season “%(name)s” is kept again.", name=back.name))
    except Invalid as refused:
        tell(say(refused.text))
    return redirect(url_for("seasons.index") + "#kept")


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
        method=form.method.data or "", over=form.over.data or "",
        profile=form.profile.data or "", by=by,
    )  # fmt: skip


def _is_sent(form: SeasonForm) -> bool:
    return bool(form.file.data and form.file.data.filename)


def _limits() -> Limits:
    settings = cast("Settings", current_app.extensions["hadi_settings"])
    return Limits(max_bytes=min(MOST_BYTES, settings.max_upload_bytes or MOST_BYTES))
