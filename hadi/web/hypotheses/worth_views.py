"""What the effect is worth, and what a leader decides of a budget that is used up."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Hypothesis
from hadi.services import costs, economics, hypotheses, workspace
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.cost_forms import BudgetForm, WorthForm
from hadi.web.hypotheses.cost_pages import budget_page, worth_page
from hadi.web.hypotheses.cost_views import require_writing, seen
from hadi.web.hypotheses.worth_fields import typed_worth, worth_values
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.route("/<key>/worth", methods=["GET", "POST"])
def worth(key: str) -> Answer:
    """What the plan leaves open of the effect's worth."""
    hypothesis = seen(key)
    require_writing(hypothesis, "estimate_money")
    if request.method == "GET":
        return render("hypotheses/worth.html", worth_page(hypothesis, _opened(hypothesis)))
    form, status, is_stale = WorthForm(), 422, False
    if form.validate():
        try:
            return once(form, lambda: _estimate(hypothesis, form))
        except Invalid as refusal:
            form.put(refusal)
        except Stale:
            stored = economics.estimate_of(hypothesis.id)
            form.version.data = str(stored.version if stored else 0)
            status, is_stale = 409, True
    page = worth_page(seen(key), form, is_stale=is_stale)
    return render("hypotheses/worth.html", page), status


def _opened(hypothesis: Hypothesis) -> WorthForm:
    stored = economics.estimate_of(hypothesis.id)
    test = hypothesis.current_test
    cap = costs.planned_cap(test) if test else None
    values = worth_values(
        stored.declaration if stored else None,
        currency=cap.currency if cap else workspace.current().currency,
    )
    version = str(stored.version if stored else 0)
    return WorthForm(formdata=None, data={**values, "version": version})


def _estimate(hypothesis: Hypothesis, form: WorthForm) -> str:
    key = hypothesis.key
    economics.estimate(
        hypothesis.id, body=typed_worth(form), reason=form.reason.data or "",
        version=form.read_version, by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("What the effect is worth is saved."))
    return url_for("hypotheses.costs", key=key)


@blueprint.route("/<key>/budget", methods=["GET", "POST"])
def budget(key: str) -> Answer:
    """A leader's decision on a test that costs more than it may."""
    hypothesis, actor = seen(key), current_actor()
    with hypotheses.logging_refusals("decide_budget", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.DECIDE_BUDGET, hypotheses.stake(hypothesis))
    form = BudgetForm()
    form.offer()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return once(form, lambda: _decide(hypothesis, form))
            except (Invalid, Blocked) as refusal:
                form.refuse(refusal)
    page = budget_page(seen(key), form, actor=actor)
    return render("hypotheses/budget.html", page), status


def _decide(hypothesis: Hypothesis, form: BudgetForm) -> str:
    key, cap = hypothesis.key, form.cap.number
    costs.decide(
        hypothesis.id, choice=form.chosen, cap=None if cap is None else str(cap),
        reason=form.reason.data or "", by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("The decision is recorded."))
    return url_for("hypotheses.costs", key=key)
