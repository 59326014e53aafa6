"""The work in the background, for administrators: what waits, goes on, or did not succeed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hadi.db import db
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Hypothesis, Job, User
from hadi.models.job import JobKind, JobState
from hadi.services import archive_jobs, jobs, uploads
from hadi.services.dataset_receiving import was_refused
from hadi.web.settings import blueprint
from hadi.web.settings.pages import SettingsPage, frame
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.downloads import data_dir
from hadi.web.shared.language import figure, moment, say
from hadi.web.shared.pages import Column
from hadi.web.shared.render import render, tell


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A job: what it is for, how it stands, and what can be done about it."""

    at: str
    when: str
    what: str
    about: str
    about_url: str | None
    who: str
    state: str
    note: str
    stop_url: str | None
    again_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage(SettingsPage):
    """`/settings/work`. `fault` says what is wrong with the workers."""

    columns: tuple[Column, ...]
    rows: tuple[WorkRow, ...]
    fault: str | None


@blueprint.get("/work")
def work() -> ResponseReturnValue:
    found = jobs.recent(by=current_actor())
    names = {user.id: user.name for user in db.session.query(User)}
    page = WorkPage(
        **frame("settings.work", gettext("Work in the background")),
        columns=(
            Column(gettext("When")),
            Column(gettext("What")),
            Column(gettext("By"), is_hidden_on_phone=True),
            Column(gettext("How it stands")),
            Column(gettext("What can be done")),
        ),
        rows=tuple(_row(job, names) for job in found),
        fault=_fault(),
    )
    return render("settings/work.html", page)


@blueprint.post("/work/<job_id>/stop")
def stop_work(job_id: str) -> ResponseReturnValue:
    jobs.cancel(job_id[:20], by=current_actor(), now=now())
    tell(gettext("It was stopped: nothing of it is kept."))
    return redirect(url_for("settings.work"))


@blueprint.post("/work/<job_id>/again")
def work_again(job_id: str) -> ResponseReturnValue:
    """Begin it anew."""
    jobs.retry(job_id[:20], by=current_actor(), now=now())
    tell(gettext("It was begun anew."))
    return redirect(url_for("settings.work"))


def _fault() -> str | None:
    if jobs.fault(now()) is None:
        return None
    return str(
        gettext(
            "Work waits and nobody does it: no worker is alive. Whoever runs the server starts "
            "one with “hadi worker”."
        )
    )


def _row(job: Job, names: Mapping[str, str]) -> WorkRow:
    hypothesis = db.session.get(Hypothesis, job.hypothesis_id) if job.hypothesis_id else None
    is_open = job.state in jobs.UNDER_WAY
    return WorkRow(
        at=job.created_at.isoformat(),
        when=moment(job.created_at),
        what=say(Text(f"job_{job.kind.value}")),
        about=hypothesis.key if hypothesis else "",
        about_url=url_for("hypotheses.show", key=hypothesis.key) if hypothesis else None,
        who=names.get(job.author_id or "", "HADI"),
        state=say(Text(f"job_state_{job.state.value}")),
        note=_note(job),
        stop_url=url_for("settings.stop_work", job_id=job.id) if is_open else None,
        again_url=url_for("settings.work_again", job_id=job.id) if _may_help(job) else None,
    )


def _may_help(job: Job) -> bool:
    """Whether it could go better if it were tried again."""
    if job.state is not JobState.FAILED:
        return False
    if job.kind is JobKind.READ:
        sent = uploads.first(job.subject_id)
        return sent is None or not was_refused(sent)
    return job.kind is not JobKind.IMPORT or archive_jobs.can_try_again(job, data_dir=data_dir())


def _note(job: Job) -> str:
    """Its problem, or what it is doing and how far it is."""
    if job.problem and job.state is JobState.FAILED:
        return say(Text.from_json(job.problem))
    if job.state is JobState.RUNNING:
        stage = say(Text.from_json(job.stage)) if job.stage else ""
        return f"{figure(Figure(FigureKind.SHARE, job.progress))} {stage}".strip()
    return ""
