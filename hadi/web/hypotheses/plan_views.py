"""The plan of a test: drafted freely, read once locked, changed only in the open."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.lifecycle import State, Step
from hadi.domain.permissions import Actor, Permission, allows, require
from hadi.domain.plan import Design, Plan
from hadi.models import Hypothesis
from hadi.services import hypotheses, pilots, plans, workspace
from hadi.services.pilot_chances import chances
from hadi.services.power import planning_answer
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_access import folder
from hadi.web.hypotheses.links import PILOT_FIELDS
from hadi.web.hypotheses.pilot_answers import form_answer
from hadi.web.hypotheses.plan_answers import Answer as PlanAnswer
from hadi.web.hypotheses.plan_answers import answer_of, answer_page
from hadi.web.hypotheses.plan_checks import check_typed
from hadi.web.hypotheses.plan_filling import form_values
from hadi.web.hypotheses.plan_forms import PlanForm, with_row, without_row
from hadi.web.hypotheses.plan_pages import changes_since, plan_page, read_page
from hadi.web.hypotheses.plan_season import SEASON_FIELDS, season_answer
from hadi.web.hypotheses.plan_typing import TypedPlan, put_faults, put_refusal, typed_plan
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]

# The rules' name of a part of the plan -> the field of the form that mends it.
FIELDS = {"metrics": "metric_name", "budget": "budget_amount"}
# Parts of a metric that may be open.
_OPEN = ("columns", "covariate", "winsor", "q", "threshold", "margin", "better")


@blueprint.get("/<key>/plan")
def plan(key: str) -> Answer:
    """The form while the plan is a draft and one may write it; else the plan to read."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    is_draft = hypothesis.state in (State.IDEA, State.PLANNED)
    if not is_draft or not allows(actor, Permission.EDIT_PLAN, hypotheses.stake(hypothesis)):
        return render("hypotheses/plan_read.html", read_page(hypothesis, actor=actor))
    return _show(hypothesis, _opened(hypothesis), _stored(hypothesis), actor=actor)


@blueprint.post("/<key>/plan")
def save_plan(key: str) -> Answer:
    """Save the draft; or, by another button of the form, add a row or ask what the test can do."""
    return _take(hypotheses.find(key, by=current_actor()), url_for("hypotheses.plan", key=key))


@blueprint.get("/<key>/plan/amend")
def amend_plan(key: str) -> Answer:
    """The plan of a running test, to be changed with a reason; after the data, why not."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    page = read_page(hypothesis, actor=actor)
    if page.amend_url is None:
        return redirect(url_for("hypotheses.plan", key=hypothesis.key))
    return _show(hypothesis, _opened(hypothesis), _stored(hypothesis), actor=actor)


@blueprint.post("/<key>/plan/amend")
def save_amendment(key: str) -> Answer:
    return _take(hypotheses.find(key, by=current_actor()), url_for("hypotheses.plan", key=key))


@blueprint.post("/<key>/plan/answer")
def plan_answer(key: str) -> str:
    """What a test planned like this can do; htmx asks while the form is being filled in."""
    require(current_actor(), Permission.VIEW)
    hypothesis = hypotheses.find(key, by=current_actor())
    form = PlanForm()
    form.validate()
    page = answer_page(_answer(hypothesis, _readable(typed_plan(form))))
    return render("hypotheses/_plan_answer.html", page)


def _take(hypothesis: Hypothesis, done_url: str) -> Answer:
    """A sent form: saved, or shown again with what is wrong; nothing typed is lost."""
    actor = current_actor()
    with hypotheses.logging_refusals("edit_plan", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
    verb, _colon, row = request.form.get("do", "save").partition(":")
    if verb in ("add", "remove", "check"):
        return _rearranged(hypothesis, verb, row, actor=actor)
    form = PlanForm()
    is_good = check_typed(form)
    typed = typed_plan(form)
    if is_good:
        try:
            return once(form, lambda: _save(hypothesis, form, typed, actor, done_url))
        except Invalid as refusal:
            put_refusal(form, typed, refusal)
        except Blocked as refusal:
            test = hypothesis.current_test
            if hypothesis.state is not State.RUNNING:
                raise
            if test is not None and hypotheses.has_data(test):
                page = read_page(hypothesis, actor=actor)
                return render("hypotheses/plan_read.html", page), 422
            own = PILOT_FIELDS if form.is_pilot else SEASON_FIELDS if form.is_season else {}
            form.refuse(refusal, FIELDS | own)
        except Stale:
            return _stale(hypothesis.id, form, typed, actor=actor)
    else:
        put_faults(form, typed)
    return _show(hypothesis, form, _readable(typed), actor=actor), 422


def _save(
    hypothesis: Hypothesis, form: PlanForm, typed: TypedPlan, actor: Actor, done_url: str
) -> str:
    saved = plans.save(
        hypothesis.id, body=typed.body, version=form.read_version,
        reason=form.reason.data or "", by=actor, now=now(),
    )  # fmt: skip
    if saved.state is State.RUNNING:
        tell(_("The plan is changed, in the open: the version before stays beside it."))
    elif hypotheses.blockers(saved, Step.START):
        tell(_("The draft is saved. What is still missing stands below."))
    else:
        tell(_("The plan is complete: the test can start."))
    return done_url


def _rearranged(hypothesis: Hypothesis, verb: str, row: str, *, actor: Actor) -> Answer:
    """The form with a row more or less, or with its answer; nothing is saved."""
    sent: MultiDict[str, Any] = request.form
    if verb == "add" and row in ("metrics", "arms"):
        sent = with_row(sent, row)
    elif verb == "remove":
        sent = without_row(sent, row)
    form = PlanForm(formdata=sent)
    if verb == "check":
        check_typed(form)
    return _show(hypothesis, form, _readable(typed_plan(form)), actor=actor, is_kept=True)


def _stale(hypothesis_id: str, form: PlanForm, typed: TypedPlan, *, actor: Actor) -> Answer:
    """Someone saved meanwhile: what was typed stays, beside what it would now change."""
    hypothesis = hypotheses.find(hypothesis_id, by=actor)
    form.version.data = str(hypothesis.version)
    readable = _readable(typed)
    since = changes_since(hypothesis, readable.as_json())
    answer = _answer(hypothesis, readable)
    page = plan_page(hypothesis, form, answer, actor=actor, since=since)
    return render("hypotheses/plan.html", page), 409


def _show(
    hypothesis: Hypothesis, form: PlanForm, shown: Plan, *, actor: Actor, is_kept: bool = False
) -> str:
    page = plan_page(hypothesis, form, _answer(hypothesis, shown), actor=actor, is_kept=is_kept)
    return render("hypotheses/plan.html", page)


def _answer(hypothesis: Hypothesis, plan: Plan) -> PlanAnswer:
    """What a test planned like this can do; of a pilot, by the past weeks of its sites."""
    if plan.design is Design.BEFORE_AFTER:
        return season_answer()
    if plan.design is not Design.PILOT:
        return answer_of(planning_answer(plan))
    test = hypothesis.current_test
    history = pilots.history_of(test.id) if test else None
    return form_answer(chances(plan, history, folder=folder(), is_brief=True))


def _opened(hypothesis: Hypothesis) -> PlanForm:
    """The form with what is stored."""
    currency = workspace.current().currency
    values = form_values(_stored(hypothesis), hypothesis, currency=currency)
    return PlanForm(formdata=None, data=values | {"version": str(hypothesis.version)})


def _stored(hypothesis: Hypothesis) -> Plan:
    test = hypothesis.current_test
    return (test.plan if test else None) or Plan(owner=hypothesis.owner_id or hypothesis.author_id)


def _readable(typed: TypedPlan) -> Plan:
    """What can be read of a plan that may have faults; faulty parts count as open."""
    body = deepcopy(typed.body)
    while True:
        try:
            return Plan.from_json(body)
        except Invalid as refusal:
            for path in refusal.fields:
                _leave_out(body, path)


def _leave_out(body: dict[str, Any], path: str) -> None:
    """Take the smallest part out of the plan that `path` names and that can be open: a metric
    without its columns is still one, without its name or kind it is none."""
    name, _dot, rest = path.partition(".")
    place, _dot, part = rest.partition(".")
    metrics = body.get(name)
    if name == "metrics" and metrics and part in _OPEN and part in metrics[int(place)]:
        del metrics[int(place)][part]
    else:
        body.pop(name, None)
