"""Scorecards: found, made, read; their criteria changed."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Scorecard, ScorecardCriterion
from hadi.services import scorecards
from hadi.services.exports import Name
from hadi.web.scorecards import blueprint, import_views, visit_views
from hadi.web.scorecards.card_page import card_page
from hadi.web.scorecards.form_pages import CriterionPage, card_form_page, criterion_page
from hadi.web.scorecards.forms import CardForm, CriterionForm, criterion_values
from hadi.web.scorecards.list_page import SHOWN, scorecards_page
from hadi.web.scorecards.query import CardQuery
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["blueprint", "import_views", "visit_views"]

Answer = str | Response | tuple[str, int]
REFUSED = 422


@blueprint.get("")
def index() -> str:
    """The cards by name. htmx asks for the same address while one types."""
    words = request.args.get("q", "").replace("\0", "")[:200].strip()
    shown = request.args.get("shown", "open")
    page = scorecards_page(
        words=words, shown=shown if shown in SHOWN else "open", actor=current_actor()
    )
    return render("scorecards/index.html", page)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """Make a card."""
    require(current_actor(), Permission.EDIT_SCORECARDS)
    form = CardForm()
    form.offer()
    if form.was_sent() and form.validate():
        try:
            return once(form, lambda: _make(form))
        except Invalid as refusal:
            form.refuse(refusal)
    status = REFUSED if form.was_sent() else 200
    return render("scorecards/form.html", card_form_page(form)), status


def _make(form: CardForm) -> str:
    made = scorecards.create(
        name=form.name.data or "", purpose=form.purpose.data or "",
        say=None if form.start.data == "empty" else say, by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("“%(name)s” is made.", name=made.name))
    return url_for("scorecards.show", card_id=made.id)


@blueprint.get("/<card_id>")
def show(card_id: str) -> str:
    """What the visits of a card say."""
    card = scorecards.find(card_id, by=current_actor())
    page = card_page(card, CardQuery.read(request.args), actor=current_actor())
    return render("scorecards/show.html", page)


@blueprint.get("/<card_id>/visits.<format>")
def export(card_id: str, format: str) -> Response:
    """The visits as a file."""
    return downloads.answer(Name.VISITS, {"scorecard": card_id}, format)


@blueprint.route("/<card_id>/edit", methods=["GET", "POST"])
def edit(card_id: str) -> Answer:
    """Rename a card, or say anew what it is for."""
    card = _editable(card_id)
    if request.method == "GET":
        values = {"name": card.name, "purpose": card.purpose, "version": str(card.version)}
        form = CardForm(formdata=None, data=values)
        return render("scorecards/form.html", card_form_page(form, card))
    form, status, is_stale = CardForm(), REFUSED, False
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _edit(card, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Stale:
            card = _editable(card_id)
            form.version.data, status, is_stale = str(card.version), 409, True
    page = card_form_page(form, _editable(card_id), is_stale=is_stale)
    return render("scorecards/form.html", page), status


def _edit(card: Scorecard, form: CardForm) -> str:
    body = {"name": form.name.data, "purpose": form.purpose.data}
    edited = scorecards.edit(
        card.id, body=body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("“%(name)s” is changed.", name=edited.name))
    return url_for("scorecards.show", card_id=edited.id)


@blueprint.post("/<card_id>/close")
def close(card_id: str) -> Response:
    """Take no more visits; the message offers to take that back."""
    card = _editable(card_id)
    here = url_for("scorecards.show", card_id=card.id)
    try:
        scorecards.close(card.id, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)  # somebody was faster, or the button was hit twice
    undo = url_for("scorecards.reopen", card_id=card.id)
    tell(_("“%(name)s” is closed.", name=card.name), undo_url=undo)
    return redirect(here)


@blueprint.post("/<card_id>/reopen")
def reopen(card_id: str) -> Response:
    """Take visits again."""
    card = _editable(card_id)
    here = url_for("scorecards.show", card_id=card.id)
    try:
        scorecards.reopen(card.id, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)
    tell(_("“%(name)s” is open again.", name=card.name))
    return redirect(here)


@blueprint.route("/<card_id>/criteria/new", methods=["GET", "POST"])
def add_criterion(card_id: str) -> Answer:
    """Ask one thing more."""
    card = _editable(card_id)
    form = CriterionForm()
    if form.was_sent() and form.validate():
        try:
            return once(form, lambda: _add(card, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
    status = REFUSED if form.was_sent() else 200
    page = criterion_page(form, _editable(card_id))
    return render("scorecards/criterion.html", page), status


def _add(card: Scorecard, form: CriterionForm) -> str:
    card_id = card.id
    made = scorecards.add_criterion(card_id, body=form.body, by=current_actor(), now=now())
    tell(_("Criterion %(number)s is added.", number=made.number))
    return url_for("scorecards.show", card_id=card_id)


@blueprint.route("/<card_id>/criteria/<int:number>", methods=["GET", "POST"])
def criterion(card_id: str, number: int) -> Answer:
    """Change a criterion."""
    card = _editable(card_id)
    found = scorecards.criterion(card, number)
    if request.method == "GET":
        form = CriterionForm(formdata=None, data=criterion_values(found))
        return render("scorecards/criterion.html", _criterion(form, card, found))
    form, status, is_stale = CriterionForm(), REFUSED, False
    if form.validate():
        try:
            return once(form, lambda: _change(card, found, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
        except Stale:
            found = scorecards.criterion(_editable(card_id), number)
            form.version.data, status, is_stale = str(found.version), 409, True
    card = _editable(card_id)
    page = _criterion(form, card, scorecards.criterion(card, number), is_stale=is_stale)
    return render("scorecards/criterion.html", page), status


def _criterion(
    form: CriterionForm, card: Scorecard, found: ScorecardCriterion, *, is_stale: bool = False
) -> CriterionPage:
    return criterion_page(
        form, card, found, has_marks=scorecards.has_marks(found), is_stale=is_stale
    )


def _change(card: Scorecard, found: ScorecardCriterion, form: CriterionForm) -> str:
    card_id, number = card.id, found.number
    scorecards.edit_criterion(
        card_id, number, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("Criterion %(number)s is changed.", number=number))
    return url_for("scorecards.show", card_id=card_id)


@blueprint.post("/<card_id>/criteria/<int:number>/retire")
def retire(card_id: str, number: int) -> Response:
    """Ask it no more; the message offers to take that back."""
    card = _editable(card_id)
    here = url_for("scorecards.show", card_id=card.id)
    try:
        scorecards.retire_criterion(card.id, number, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)
    undo = url_for("scorecards.ask_again", card_id=card.id, number=number)
    tell(_("Criterion %(number)s is asked no more.", number=number), undo_url=undo)
    return redirect(here)


@blueprint.post("/<card_id>/criteria/<int:number>/ask")
def ask_again(card_id: str, number: int) -> Response:
    """Put a criterion back."""
    card = _editable(card_id)
    here = url_for("scorecards.show", card_id=card.id)
    try:
        scorecards.ask_again(card.id, number, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)
    tell(_("Criterion %(number)s is asked again.", number=number))
    return redirect(here)


def _editable(card_id: str) -> Scorecard:
    """The card, for who may change it. Raises NotAllowed, NotFound."""
    require(current_actor(), Permission.EDIT_SCORECARDS)
    return scorecards.find(card_id, by=current_actor())
