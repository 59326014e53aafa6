"""The end of a loop: the insight as it grows, and the decision."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.lifecycle import Decision, Step
from hadi.domain.permissions import Permission, allows, require
from hadi.models import Hypothesis
from hadi.services import conclusions, hypotheses
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.conclusion_forms import ConclusionForm
from hadi.web.hypotheses.conclusion_pages import changes_since, conclusion_page
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.get("/<key>/conclusion")
def conclusion(key: str) -> str:
    actor = current_actor()
    page = conclusion_page(hypotheses.find(key, by=actor), actor=actor)
    return render("hypotheses/conclusion.html", page)


@blueprint.post("/<key>/conclusion")
def conclude(key: str) -> Answer:
    """Save the insight as it is, or decide; what is missing is said at its field."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    is_deciding = request.form.get("do") == "decide"
    _require(hypothesis, is_deciding=is_deciding)
    form, status = ConclusionForm(), 422
    since = None
    if form.validate():
        try:
            return once(form, lambda: (_decide if is_deciding else _write)(hypothesis, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal, _fields(hypothesis))
        except Stale:
            hypothesis = hypotheses.find(key, by=actor)
            form.version.data = str(hypothesis.version)
            since, status = changes_since(hypothesis, form.insight), 409
    hypothesis = hypotheses.find(key, by=actor)
    page = conclusion_page(hypothesis, actor=actor, form=form, since=since)
    return render("hypotheses/conclusion.html", page), status


def _require(hypothesis: Hypothesis, *, is_deciding: bool) -> None:
    """Who may not is told so before anything typed is looked at, and it is logged."""
    actor = current_actor()
    needed = Permission.CONCLUDE if is_deciding else Permission.WRITE_INSIGHT
    attempt = Step.CONCLUDE.value if is_deciding else "write_insight"
    with hypotheses.logging_refusals(attempt, hypothesis.id, by=actor, now=now()):
        require(actor, needed, hypotheses.stake(hypothesis))


def _fields(hypothesis: Hypothesis) -> dict[str, str]:
    """Where a refusal is said; what only a leader can fill in is said at the decision itself."""
    if allows(current_actor(), Permission.SCALE, hypotheses.stake(hypothesis)):
        return {}
    return {"acknowledge_payback": "decision", "override": "decision"}


def _write(hypothesis: Hypothesis, form: ConclusionForm) -> str:
    key = hypothesis.key
    conclusions.write_insight(
        hypothesis.id, insight=form.insight, version=form.read_version, by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(_("The insight is saved. It can grow until the decision."))
    return url_for("hypotheses.conclusion", key=key)


def _decide(hypothesis: Hypothesis, form: ConclusionForm) -> str:
    key = hypothesis.key
    made = conclusions.record(
        hypothesis.id, decision=form.chosen, reason=form.reason.data or "", insight=form.insight,
        override=form.override.data or "", acknowledge_payback=bool(form.acknowledge_payback.data),
        version=form.read_version, by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_done(made.decision, key))
    return url_for("hypotheses.show", key=key)


def _done(decision: Decision, key: str) -> str:
    match decision:
        case Decision.SCALE:
            return str(_("%(key)s is on the scale-up board.", key=key))
        case Decision.REPEAT:
            return str(_("The next test of %(key)s is open: look over its plan.", key=key))
        case Decision.STOP:
            return str(_("%(key)s is concluded. What was learned is in the library.", key=key))
        case Decision.PARK:
            return str(_("%(key)s is parked, with what was learned so far.", key=key))
