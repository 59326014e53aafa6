"""The page of one hypothesis and its history."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.models import Hypothesis, Test
from hadi.services import hypotheses, hypothesis_history
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.history_page import history_page
from hadi.web.hypotheses.show_page import show_page
from hadi.web.shared.access import current_actor
from hadi.web.shared.render import render

HISTORY_SIZE = 40


@blueprint.get("/<key>")
def show(key: str) -> str | Response:
    """The hypothesis; its opaque id, and any other way to write its key, lead here as well."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    if key != hypothesis.key:
        test = request.args.get("test")
        return redirect(url_for("hypotheses.show", key=hypothesis.key, test=test))
    page = show_page(hypothesis, actor=actor, test=_chosen_test(hypothesis))
    return render("hypotheses/show.html", page)


@blueprint.get("/<key>/history")
def history(key: str) -> str:
    """Everything that happened to it, newest first."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    before = request.args.get("before", type=_event_id)
    found = hypothesis_history.history(hypothesis, before=before, limit=HISTORY_SIZE, by=actor)
    return render("hypotheses/history.html", history_page(hypothesis, found, before=before))


def _chosen_test(hypothesis: Hypothesis) -> Test | None:
    number = request.args.get("test")
    if number is None:
        return None
    for test in hypothesis.tests:
        if str(test.number) == number:
            return test
    raise NotFound(Text("no_such_test", number=number[:10], key=hypothesis.key))


def _event_id(written: str) -> int:
    """An id that both databases can compare with."""
    number = int(written)
    if not 0 < number < 2**62:
        raise ValueError(written)
    return number
