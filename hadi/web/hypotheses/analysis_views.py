"""Running the check, and the page of its result."""

from __future__ import annotations

import json

from flask import Response as FileResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from hadi.domain.errors import NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.models import Analysis, Hypothesis
from hadi.services import analyses, hypotheses, long_checks
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.analysis_pages import analysis_page
from hadi.web.hypotheses.data_forms import CheckForm
from hadi.web.hypotheses.data_opening import early
from hadi.web.hypotheses.data_pages import data_page
from hadi.web.hypotheses.data_views import folder
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.post("/<key>/analyses")
def run_check(key: str) -> Answer:
    """Judge the newest data; before the end only with a reason, which is logged."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    form = CheckForm()
    reason = (form.reason.data or "").strip() if "early" in request.form else ""
    is_good = form.validate()
    if is_good and "early" in request.form and not reason:
        with hypotheses.logging_refusals("measure", hypothesis.id, by=actor, now=now()):
            require(actor, Permission.OPEN_EARLY, hypotheses.stake(hypothesis))
        test = hypothesis.current_test
        unsaid = early(((test and test.plan) or Plan()).looks).unsaid
        form.reason.errors = [*form.reason.errors, say(unsaid)]
        is_good = False
    if is_good:
        return once_when_done(form, lambda: _run(hypothesis, reason))
    page = data_page(hypothesis, actor=actor, check_form=form)
    return render("hypotheses/data.html", page), 422


@blueprint.get("/<key>/analyses/<analysis_id>")
def analysis(key: str, analysis_id: str) -> str:
    hypothesis, found = _found(key, analysis_id)
    page = analysis_page(hypothesis, found, actor=current_actor())
    return render("hypotheses/analysis.html", page)


@blueprint.get("/<key>/analyses/<analysis_id>.json")
def analysis_json(key: str, analysis_id: str) -> FileResponse:
    """The stored record as it is: the object of `hadi check --json`."""
    hypothesis, found = _found(key, analysis_id)
    body = json.dumps(found.record, ensure_ascii=False, indent=2)
    name = f"{hypothesis.key}-{found.created_at:%Y-%m-%d}.json"
    return FileResponse(
        body,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _run(hypothesis: Hypothesis, reason: str) -> str:
    if long_checks.is_long(hypothesis):
        key = hypothesis.key
        job = long_checks.ask(hypothesis.id, open_early=reason, by=current_actor(), now=now())
        return url_for("hypotheses.work", key=key, job_id=job.id)
    made = analyses.run(
        hypothesis.id, open_early=reason, folder=folder(), by=current_actor(), now=now()
    )
    if made.early_reason:
        tell(early(made.plan_version.plan.looks).told, "warning")
    return url_for("hypotheses.analysis", key=hypothesis.key, analysis_id=made.id)


def _found(key: str, analysis_id: str) -> tuple[Hypothesis, Analysis]:
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    found = analyses.find(analysis_id[:40], by=actor)
    if found.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_analysis"))
    return hypothesis, found
