"""Can this pilot succeed? Past weeks of all sites are attached, and asked."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import hypotheses, pilots
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_access import folder
from hadi.web.hypotheses.data_views import pasted_files, shown_name, stream_of
from hadi.web.hypotheses.pilot_forms import ApplyForm, ColumnsForm, HistoryForm
from hadi.web.hypotheses.pilot_pages import pilot_page
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.get("/<key>/pilot")
def pilot(key: str) -> str:
    return _show(hypotheses.find(key, by=current_actor()))


@blueprint.post("/<key>/pilot/history")
def keep_history(key: str) -> Answer:
    """Past weeks: a file, pasted cells, or an earlier data set."""
    hypothesis = hypotheses.find(key, by=current_actor())
    form = HistoryForm()
    status = 422
    if form.validate():
        try:
            return once_when_done(form, lambda: _keep(hypothesis, form))
        except Unreadable as refusal:
            field = form.pasted if form.pasted.data and not form.file.data else form.file
            field.errors = [*field.errors, say(refusal.text)]
            status = 413 if isinstance(refusal, TooLarge) else 422
        except Invalid as refusal:
            form.refuse(refusal)
    return _show(hypotheses.find(key, by=current_actor()), history_form=form), status


@blueprint.post("/<key>/pilot/columns")
def map_history(key: str) -> Answer:
    """What the columns of the past weeks are."""
    form = ColumnsForm()
    hypothesis = hypotheses.find(key, by=current_actor())
    if form.validate():
        try:
            return once(form, lambda: _map(hypothesis, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Unreadable as refusal:
            form.form_errors.append(say(refusal.text))
    return _show(hypotheses.find(key, by=current_actor()), columns_form=form), 422


@blueprint.post("/<key>/pilot/history/remove")
def remove_history(key: str) -> Answer:
    hypothesis = hypotheses.find(key, by=current_actor())

    def act() -> str:
        pilots.remove(hypothesis.id, folder=folder(), by=current_actor(), now=now())
        tell(_("The past weeks are taken away."))
        return url_for("hypotheses.pilot", key=hypothesis.key)

    return once(ApplyForm(), act)


def _keep(hypothesis: Hypothesis, form: HistoryForm) -> str:
    common: dict[str, Any] = {"folder": folder(), "by": current_actor(), "now": now()}
    sent = form.file.data
    files = pasted_files(str(form.pasted.data or ""))
    if sent and sent.filename:
        pilots.keep_file(
            hypothesis.id, file=stream_of(sent), filename=shown_name(sent.filename), **common
        )
    elif files:
        pilots.keep_file(hypothesis.id, file=files[0].stream, filename=files[0].filename, **common)
    elif form.dataset.data:
        pilots.keep_dataset(hypothesis.id, dataset_id=form.dataset.data[:40], **common)
    else:
        raise Unreadable(Text("history_needs_file"))
    tell(_("The past weeks are attached. They are for planning; no verdict rests on them."))
    return url_for("hypotheses.pilot", key=hypothesis.key)


def _map(hypothesis: Hypothesis, form: ColumnsForm) -> str:
    pilots.choose_columns(
        hypothesis.id, site=form.site.data or "", time=form.time.data or "",
        value=form.value.data or "", stratum=form.stratum.data or "", folder=folder(),
        by=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("hypotheses.pilot", key=hypothesis.key)


def _show(hypothesis: Hypothesis, **forms: Any) -> str:
    page = pilot_page(hypothesis, actor=current_actor(), **forms)
    return render("hypotheses/pilot.html", page)
