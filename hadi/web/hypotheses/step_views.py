"""Steps of the lifecycle that are taken from the page of a hypothesis itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked
from hadi.domain.lifecycle import MOVES, Step
from hadi.domain.permissions import require
from hadi.models import Hypothesis
from hadi.services import conclusions, hypotheses
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.forms import ReasonForm
from hadi.web.hypotheses.step_page import step_page
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.render import render, tell

_TO_COME = "…"  # the reason, which the page asks for
Answer = str | Response | tuple[str, int]


@blueprint.post("/<key>/start")
def start(key: str) -> Response:
    """Start the test: its plan is locked."""
    hypothesis = hypotheses.find(key, by=current_actor())
    hypotheses.start(hypothesis.id, version=_version(), by=current_actor(), now=now())
    tell(gettext("The test of %(key)s runs: its plan is locked.", key=hypothesis.key))
    return _back_to(hypothesis)


@blueprint.route("/<key>/archive", methods=["GET", "POST"])
def archive(key: str) -> Answer:
    """Put it aside, with a reason; the message offers to take that back."""

    def act(hypothesis: Hypothesis, reason: str, version: int | None) -> None:
        hypotheses.archive(
            hypothesis.id, reason=reason, version=version, by=current_actor(), now=now()
        )
        undo = url_for("hypotheses.restore", key=hypothesis.key)
        tell(gettext("%(key)s is archived.", key=hypothesis.key), undo_url=undo)

    return _with_reason(key, Step.ARCHIVE, act)


@blueprint.post("/<key>/restore")
def restore(key: str) -> Response:
    """Bring it back to where it was."""
    hypothesis = hypotheses.find(key, by=current_actor())
    hypotheses.restore(hypothesis.id, version=_version(), by=current_actor(), now=now())
    tell(gettext("%(key)s is back.", key=hypothesis.key))
    return _back_to(hypothesis)


@blueprint.route("/<key>/reopen", methods=["GET", "POST"])
def reopen(key: str) -> Answer:
    """Take the decision back to its result, with a reason."""

    def act(hypothesis: Hypothesis, reason: str, version: int | None) -> None:
        hypotheses.reopen(
            hypothesis.id, reason=reason, version=version, by=current_actor(), now=now()
        )
        tell(gettext("%(key)s is open again.", key=hypothesis.key))

    return _with_reason(key, Step.REOPEN, act)


@blueprint.post("/<key>/repeat")
def repeat(key: str) -> Response:
    """Test it once more; the plan is drafted from the last one."""
    hypothesis = hypotheses.find(key, by=current_actor())
    test = conclusions.repeat(hypothesis.id, version=_version(), by=current_actor(), now=now())
    tell(gettext("Test %(number)s is open: its plan is drafted from the last.", number=test.number))
    return _back_to(hypothesis)


def _with_reason(
    key: str, step: Step, act: Callable[[Hypothesis, str, int | None], None]
) -> Answer:
    """Ask for the reason, and take the step once it is given. A refusal for any other cause is a
    page of its own."""
    hypothesis = hypotheses.find(key, by=current_actor())
    form = ReasonForm(version=hypothesis.version)
    status = 200
    if not form.was_sent():
        require(current_actor(), MOVES[step].permission, hypotheses.stake(hypothesis))
        hypotheses.refuse_if_blocked(hypotheses.blockers(hypothesis, step, reason=_TO_COME))
    else:
        status = 422
        try:
            if form.validate():
                act(hypothesis, str(form.reason.data or ""), _version())
                return _back_to(hypothesis)
        except Blocked as refusal:
            if {blocker.field for blocker in refusal.blockers} != {"reason"}:
                raise
            form.refuse(refusal)
    return render("hypotheses/step.html", step_page(hypothesis, step, form)), status


def _version() -> int | None:
    """What the page was read at; an Undo knows none."""
    written = request.form.get("version", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def _back_to(hypothesis: Hypothesis) -> Response:
    return redirect(url_for("hypotheses.show", key=hypothesis.key))
