"""Which scorecard watches whether a hypothesis is carried out: chosen, read, taken off."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, NotFound, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Hypothesis
from hadi.services import hypotheses, scorecard_links
from hadi.services.scorecard_steps import of_hypothesis
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.execution_page import ExecutionForm, execution_page, opened
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
TEMPLATE = "hypotheses/execution.html"


@blueprint.route("/<key>/execution", methods=["GET", "POST"])
def execution(key: str) -> Answer:
    """What watches the change, and what visits found."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    if request.method == "GET":
        form = opened(of_hypothesis(hypothesis))
        return render(TEMPLATE, execution_page(hypothesis, form, today=today(), actor=actor))
    with hypotheses.logging_refusals("link_scorecard", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
    form, status, is_stale = ExecutionForm(), 422, False
    form.offer(of_hypothesis(hypothesis), actor)
    if form.validate():
        try:
            return once(form, lambda: _link(hypothesis, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal)
        except NotFound as refusal:
            form.scorecard.errors = [say(refusal.text)]
        except Stale:
            hypothesis = hypotheses.find(key, by=actor)
            link = of_hypothesis(hypothesis)
            form.version.data = str(link.version if link else 0)
            status, is_stale = 409, True
    hypothesis = hypotheses.find(key, by=actor)
    page = execution_page(hypothesis, form, today=today(), actor=actor, is_stale=is_stale)
    return render(TEMPLATE, page), status


def _link(hypothesis: Hypothesis, form: ExecutionForm) -> str:
    key = hypothesis.key
    scorecard_links.link(
        hypothesis.id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("The scorecard watches whether it is carried out."))
    return url_for("hypotheses.execution", key=key)


@blueprint.post("/<key>/execution/unlink")
def unlink_scorecard(key: str) -> Response:
    """No card watches it any more."""
    hypothesis = hypotheses.find(key, by=current_actor())
    here = url_for("hypotheses.execution", key=key)
    if of_hypothesis(hypothesis) is None:
        return redirect(here)  # the button was hit twice
    try:
        scorecard_links.unlink(hypothesis.id, by=current_actor(), now=now())
    except Blocked as refusal:
        tell(" ".join(say(blocker.text) for blocker in refusal.blockers))
        return redirect(here)
    tell(_("No scorecard watches it any more."))
    return redirect(here)
