"""Visits of a scorecard: entered, read, corrected, struck out."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.permissions import Permission, allows, require
from hadi.models import Scorecard, ScorecardVisit
from hadi.services import scorecard_visits, scorecards
from hadi.web.scorecards import blueprint
from hadi.web.scorecards.form_pages import VisitPage, visit_page, void_page
from hadi.web.scorecards.forms import ReasonForm, VisitForm, visit_form, visit_values
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
REFUSED = 422


@blueprint.route("/<card_id>/visits/new", methods=["GET", "POST"])
def add_visit(card_id: str) -> Answer:
    """Enter a visit."""
    card = _editable(card_id)
    if request.method == "GET":
        form = visit_form(card)(formdata=None, data={"visited_on": today()})
        form.offer()
        return render("scorecards/visit.html", visit_page(form, card))
    form = visit_form(card)()
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _add(card, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal, form.names)
    return render("scorecards/visit.html", visit_page(form, _editable(card_id))), REFUSED


def _add(card: Scorecard, form: VisitForm) -> str:
    card_id = card.id
    scorecard_visits.add(card_id, body=form.body, by=current_actor(), now=now())
    tell(_("The visit is entered."))
    return url_for("scorecards.show", card_id=card_id)


@blueprint.route("/<card_id>/visits/<visit_id>", methods=["GET", "POST"])
def visit(card_id: str, visit_id: str) -> Answer:
    """Read a visit, or correct it."""
    card = scorecards.find(card_id, by=current_actor())
    found = scorecard_visits.find(card, visit_id, by=current_actor())
    if request.method == "GET":
        form = visit_form(card)(formdata=None, data=visit_values(found, card))
        form.offer()
        return render("scorecards/visit.html", _page(form, card, found))
    _editable(card_id)
    form, status, is_stale = visit_form(card)(), REFUSED, False
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _edit(card, found, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal, form.names)
        except Stale:
            found = scorecard_visits.find(_editable(card_id), visit_id, by=current_actor())
            form.version.data, status, is_stale = str(found.version), 409, True
    card = _editable(card_id)
    found = scorecard_visits.find(card, visit_id, by=current_actor())
    return render("scorecards/visit.html", _page(form, card, found, is_stale=is_stale)), status


def _page(
    form: VisitForm, card: Scorecard, found: ScorecardVisit, *, is_stale: bool = False
) -> VisitPage:
    may_edit = allows(current_actor(), Permission.EDIT_SCORECARDS)
    can_write = may_edit and not found.is_void and card.closed_at is None
    return visit_page(form, card, found, can_write=can_write, can_void=may_edit, is_stale=is_stale)


def _edit(card: Scorecard, found: ScorecardVisit, form: VisitForm) -> str:
    card_id, visit_id = card.id, found.id
    scorecard_visits.edit(
        card_id, visit_id, body=form.body, version=form.read_version, by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(_("The visit is corrected."))
    return url_for("scorecards.show", card_id=card_id)


@blueprint.route("/<card_id>/visits/<visit_id>/void", methods=["GET", "POST"])
def void_visit(card_id: str, visit_id: str) -> Answer:
    """Strike a visit out, with a reason; the message offers to take that back."""
    card = _editable(card_id)
    found = scorecard_visits.find(card, visit_id, by=current_actor())
    form = ReasonForm()
    if form.was_sent() and form.validate():
        try:
            return once(form, lambda: _void(card, found, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
    status = REFUSED if form.was_sent() else 200
    card = _editable(card_id)
    found = scorecard_visits.find(card, visit_id, by=current_actor())
    return render("scorecards/void.html", void_page(form, card, found)), status


def _void(card: Scorecard, found: ScorecardVisit, form: ReasonForm) -> str:
    card_id, visit_id = card.id, found.id
    scorecard_visits.void(
        card_id, visit_id, reason=form.reason.data or "", by=current_actor(), now=now()
    )
    undo = url_for("scorecards.restore_visit", card_id=card_id, visit_id=visit_id)
    tell(_("The visit is struck out."), undo_url=undo)
    return url_for("scorecards.show", card_id=card_id)


@blueprint.post("/<card_id>/visits/<visit_id>/restore")
def restore_visit(card_id: str, visit_id: str) -> Response:
    """Count a visit again that was struck out."""
    card = _editable(card_id)
    here = url_for("scorecards.show", card_id=card.id)
    try:
        scorecard_visits.restore(card.id, visit_id, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)
    tell(_("The visit counts again."))
    return redirect(here)


def _editable(card_id: str) -> Scorecard:
    """The card, for who may enter visits. Raises NotAllowed, NotFound."""
    require(current_actor(), Permission.EDIT_SCORECARDS)
    return scorecards.find(card_id, by=current_actor())
