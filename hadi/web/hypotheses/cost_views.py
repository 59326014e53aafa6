"""The ledger of a hypothesis: what was spent, entry by entry."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Cost, Hypothesis
from hadi.services import costs, hypotheses, workspace
from hadi.services.exports import Name
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.cost_forms import CostForm, cost_values
from hadi.web.hypotheses.cost_pages import cost_page, costs_page, void_page
from hadi.web.hypotheses.forms import ReasonForm
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.get("/<key>/costs", endpoint="costs")
def ledger(key: str) -> str:
    """What it costs and what it brings."""
    hypothesis = seen(key)
    return render(
        "hypotheses/costs.html", costs_page(hypothesis, _blank(hypothesis), actor=current_actor())
    )


@blueprint.post("/<key>/costs")
def add_cost(key: str) -> Answer:
    """Enter what was spent."""
    hypothesis = seen(key)
    form = CostForm()
    form.offer()
    require_writing(hypothesis, "add_cost")
    if form.validate():
        try:
            return once(form, lambda: _add(hypothesis, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
    page = costs_page(seen(key), form, actor=current_actor())
    return render("hypotheses/costs.html", page), 422


def _add(hypothesis: Hypothesis, form: CostForm) -> str:
    key = hypothesis.key
    costs.add(hypothesis.id, body=form.body, by=current_actor(), now=now())
    tell(_("The cost is entered."))
    return url_for("hypotheses.costs", key=key)


@blueprint.get("/<key>/costs.<format>")
def costs_file(key: str, format: str) -> Response:
    """The ledger as a file."""
    return downloads.answer(Name.COSTS, {"hypothesis": key}, format)


@blueprint.route("/<key>/costs/<cost_id>", methods=["GET", "POST"], endpoint="cost")
def edit_cost(key: str, cost_id: str) -> Answer:
    """Correct an entry."""
    hypothesis, cost = _entry(key, cost_id)
    require_writing(hypothesis, "edit_cost")
    if cost.is_void:
        return redirect(url_for("hypotheses.costs", key=key))
    if request.method == "GET":
        form = CostForm(formdata=None, data=cost_values(cost))
        form.offer()
        return render("hypotheses/cost.html", cost_page(hypothesis, cost, form))
    form, status, is_stale = CostForm(), 422, False
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _edit(hypothesis, cost, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
        except Stale:
            hypothesis, cost = _entry(key, cost_id)
            form.version.data, status, is_stale = str(cost.version), 409, True
    hypothesis, cost = _entry(key, cost_id)
    page = cost_page(hypothesis, cost, form, is_stale=is_stale)
    return render("hypotheses/cost.html", page), status


def _edit(hypothesis: Hypothesis, cost: Cost, form: CostForm) -> str:
    key = hypothesis.key
    costs.edit(
        hypothesis.id, cost.id, body=form.body, version=form.read_version, by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(_("The cost is corrected."))
    return url_for("hypotheses.costs", key=key)


@blueprint.route("/<key>/costs/<cost_id>/void", methods=["GET", "POST"])
def void_cost(key: str, cost_id: str) -> Answer:
    """Strike an entry out, with a reason; the message offers to take that back."""
    hypothesis, cost = _entry(key, cost_id)
    require_writing(hypothesis, "void_cost")
    form, status = ReasonForm(), 200
    if form.was_sent():
        status = 422
        if form.validate():
            try:
                return once(form, lambda: _void(hypothesis, cost, str(form.reason.data or "")))
            except (Invalid, Blocked) as refusal:
                form.refuse(refusal)
    return render("hypotheses/cost_void.html", void_page(hypothesis, cost, form)), status


def _void(hypothesis: Hypothesis, cost: Cost, reason: str) -> str:
    key, cost_id = hypothesis.key, cost.id
    costs.void(hypothesis.id, cost_id, reason=reason, by=current_actor(), now=now())
    undo = url_for("hypotheses.restore_cost", key=key, cost_id=cost_id)
    tell(_("The cost is struck out."), undo_url=undo)
    return url_for("hypotheses.costs", key=key)


@blueprint.post("/<key>/costs/<cost_id>/restore")
def restore_cost(key: str, cost_id: str) -> Response:
    """Count an entry again that was struck out."""
    hypothesis, cost = _entry(key, cost_id)
    if cost.is_void:
        costs.restore(hypothesis.id, cost.id, by=current_actor(), now=now())
        tell(_("The cost counts again."))
    return redirect(url_for("hypotheses.costs", key=key))


def seen(key: str) -> Hypothesis:
    """The hypothesis, for who may see its money. Raises NotAllowed, NotFound."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    require(actor, Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    return hypothesis


def require_writing(hypothesis: Hypothesis, step: str) -> None:
    """Who may not is told so before anything typed is looked at, and it is logged."""
    actor = current_actor()
    with hypotheses.logging_refusals(step, hypothesis.id, by=actor, now=now()):
        require(actor, Permission.EDIT_COSTS, hypotheses.stake(hypothesis))


def _entry(key: str, cost_id: str) -> tuple[Hypothesis, Cost]:
    hypothesis = seen(key)
    return hypothesis, costs.find(cost_id, hypothesis, by=current_actor())


def _blank(hypothesis: Hypothesis) -> CostForm:
    """Today, in the currency of the budget."""
    test = hypothesis.current_test
    cap = costs.planned_cap(test) if test else None
    currency = cap.currency if cap else workspace.current().currency
    form = CostForm(formdata=None, data={"spent_on": today(), "currency": currency})
    form.offer()
    return form
