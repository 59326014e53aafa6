"""The page of a long check: how far it is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.models import Hypothesis, Job
from hadi.models.job import JobState
from hadi.services import hypotheses, jobs
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome, render, tell


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage(Page):
    """Work in the background for a hypothesis. `percent` is None while it waits."""

    crumbs: tuple[Link, ...]
    stage: str
    percent: int | None
    problem: str | None
    is_under_way: bool
    url: str
    stop_url: str
    again_url: str
    data_url: str


@blueprint.get("/<key>/work/<job_id>")
def work(key: str, job_id: str) -> str | Response:
    """How far it is; when it is done, on to the result."""
    hypothesis, job = _found(key, job_id)
    onward = _onward(hypothesis, job)
    is_asked_again = "HX-Request" in request.headers
    if onward is not None:
        if is_asked_again:
            return Response(status=204, headers={"HX-Redirect": onward})
        return redirect(onward)
    template = "hypotheses/_work.html" if is_asked_again else "hypotheses/work.html"
    return render(template, _page(hypothesis, job))


@blueprint.post("/<key>/work/<job_id>/stop")
def stop_work(key: str, job_id: str) -> Response:
    _hypothesis, job = _found(key, job_id)
    jobs.cancel(job.id, by=current_actor(), now=now())
    tell(_("It was stopped: nothing of it is kept."))
    return redirect(url_for("hypotheses.data", key=key))


@blueprint.post("/<key>/work/<job_id>/again")
def work_again(key: str, job_id: str) -> Response:
    """Try it once more."""
    _hypothesis, job = _found(key, job_id)
    begun = jobs.retry(job.id, by=current_actor(), now=now())
    return redirect(url_for("hypotheses.work", key=key, job_id=begun.id))


def _page(hypothesis: Hypothesis, job: Job) -> JobPage:
    is_running = job.state is JobState.RUNNING
    return JobPage(
        title=_("The check is running"),
        chrome=chrome(),
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        stage=say(Text.from_json(job.stage or Text("stage_waiting").as_json())),
        percent=round(100 * job.progress) if is_running and job.progress else None,
        problem=say(Text.from_json(job.problem)) if job.problem else None,
        is_under_way=job.state in jobs.UNDER_WAY,
        url=url_for("hypotheses.work", key=hypothesis.key, job_id=job.id),
        stop_url=url_for("hypotheses.stop_work", key=hypothesis.key, job_id=job.id),
        again_url=url_for("hypotheses.work_again", key=hypothesis.key, job_id=job.id),
        data_url=url_for("hypotheses.data", key=hypothesis.key),
    )


def _onward(hypothesis: Hypothesis, job: Job) -> str | None:
    if job.state is JobState.CANCELLED:
        return url_for("hypotheses.data", key=hypothesis.key)
    analysis_id = (job.outcome or {}).get("analysis_id")
    if job.state is not JobState.DONE or not analysis_id:
        return None
    return url_for("hypotheses.analysis", key=hypothesis.key, analysis_id=analysis_id)


def _found(key: str, job_id: str) -> tuple[Hypothesis, Job]:
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    job = jobs.find(job_id.replace("\0", "")[:20], by=actor)
    if job.hypothesis_id != hypothesis.id:
        raise NotFound(Text("no_such_job"))
    return hypothesis, job
