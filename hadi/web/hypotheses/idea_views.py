"""Capturing an idea and editing its sentence."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, NotFound, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Hypothesis
from hadi.services import hypotheses
from hadi.services.similar import similar as similar_to
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.forms import SentenceForm
from hadi.web.hypotheses.rows import rows_of
from hadi.web.hypotheses.sentence_page import Meanwhile, edit_page, meanwhile_of, new_page
from hadi.web.hypotheses.similar_page import SimilarPage
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import speaker
from hadi.web.shared.once import once
from hadi.web.shared.render import chrome, render, tell

Answer = str | Response | tuple[str, int]


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """An idea is captured; with `?after=H-12` as the next one of an insight."""
    actor = current_actor()
    require(actor, Permission.CREATE_HYPOTHESIS)
    previous = _previous(request.values.get("after", ""))
    form = SentenceForm(after=previous.key if previous else "")
    if form.validate_on_submit():
        try:
            return once(form, lambda: _create(form, previous))
        except Invalid as refusal:
            form.refuse(refusal)
    alike = similar_to(_said(form), by=actor) if form.was_sent() else []
    page = new_page(form, previous=previous, similar=alike)
    return render("hypotheses/new.html", page), 422 if form.was_sent() else 200


@blueprint.get("/similar")
def similar() -> str:
    """“Have we tried this already?”, asked while one types."""
    actor = current_actor()
    besides = _previous(request.args.get("besides", ""))
    found = similar_to(
        request.args.get("change", ""), excluding=besides.id if besides else None, by=actor
    )
    return render(
        "hypotheses/_similar.html", SimilarPage(title="", chrome=chrome(), similar=rows_of(found))
    )


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
def edit(key: str) -> Answer:
    """The sentence, or once it is fixed its title, is changed."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    require(actor, Permission.EDIT_HYPOTHESIS, hypotheses.stake(hypothesis))
    form = SentenceForm(obj=hypothesis)
    meanwhile: tuple[Meanwhile, ...] = ()
    status = 200
    if form.was_sent():
        status = 422
        try:
            if form.validate():
                return _save(form, hypothesis)
        except Invalid as refusal:
            form.refuse(refusal)
        except Blocked as refusal:
            # Once the sentence is fixed the page has no field for it.
            form.refuse(refusal, dict.fromkeys(hypotheses.PARTS, ""))
        except Stale:
            # What was typed stays in the form; sending it again is then a decision.
            hypothesis, status = hypotheses.find(key, by=actor), 409
            meanwhile = meanwhile_of(hypothesis, _sent(form))
            form.version.data = str(hypothesis.version)
    page = edit_page(form, hypothesis, meanwhile=meanwhile)
    return render("hypotheses/edit.html", page), status


def _create(form: SentenceForm, previous: Hypothesis | None) -> str:
    hypothesis = hypotheses.create(
        **_typed(form), language=speaker().language, previous=previous, by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(gettext("%(key)s is captured.", key=hypothesis.key))
    return url_for("hypotheses.show", key=hypothesis.key)


def _save(form: SentenceForm, hypothesis: Hypothesis) -> Response:
    before = hypothesis.version
    after = hypotheses.edit(
        hypothesis.id, changes=_sent(form), version=form.read_version, by=current_actor(), now=now()
    )
    if after.version != before:
        tell(gettext("%(key)s is saved.", key=hypothesis.key))
    return redirect(url_for("hypotheses.show", key=hypothesis.key))


def _typed(form: SentenceForm) -> dict[str, str]:
    return {name: str(form[name].data or "") for name in hypotheses.PARTS}


def _sent(form: SentenceForm) -> dict[str, str]:
    """What the page asked for: once the sentence is fixed, its title alone."""
    return {name: text for name, text in _typed(form).items() if name in request.form}


def _said(form: SentenceForm) -> str:
    return " ".join(_typed(form)[name] for name in ("change", "title"))


def _previous(key: str) -> Hypothesis | None:
    """The hypothesis a link came from; a key that is none is no reason to refuse an idea."""
    try:
        return hypotheses.find(key, by=current_actor()) if key else None
    except NotFound:
        return None
