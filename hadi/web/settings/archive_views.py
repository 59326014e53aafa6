"""The whole workspace out of HADI as one file, and into an empty one."""

from __future__ import annotations

from contextlib import closing

from flask import abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from hadi.config import Settings
from hadi.domain.errors import HadiError, Invalid, Unreadable
from hadi.domain.text import Text
from hadi.models.job import JobKind
from hadi.services import archive, archive_jobs, archive_restore, jobs
from hadi.web.settings import blueprint
from hadi.web.settings.archive_pages import archives_page, import_page
from hadi.web.settings.forms import ArchiveForm
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, fresh, now
from hadi.web.shared.language import moment, say
from hadi.web.shared.render import render


@blueprint.get("/archives")
@fresh
def archives() -> ResponseReturnValue:
    return _page(ArchiveForm())


@blueprint.post("/archives/export")
@fresh
def export_workspace() -> ResponseReturnValue:
    """Have the workspace written; the page of the file shows how far it is."""
    job = archive_jobs.submit_export(by=current_actor(), now=now())
    return redirect(url_for("downloads.show", job_id=job.id))


@blueprint.post("/archives/import")
@fresh
def import_workspace() -> ResponseReturnValue:
    """Take the archive and have it imported; a second click finds the workspace filled."""
    form = ArchiveForm()
    if form.validate():
        try:
            return _import(form)
        except HadiError as refusal:
            form.file.errors = [*form.file.errors, say(refusal.text)]
    return _page(form, 422)


@blueprint.get("/archives/import/<job_id>")
@fresh
def import_progress(job_id: str) -> ResponseReturnValue:
    job = jobs.find(job_id[:40], by=current_actor())
    if job.kind is not JobKind.IMPORT:
        abort(404)
    return render("settings/importing.html", import_page(job))


def _import(form: ArchiveForm) -> ResponseReturnValue:
    sent = form.file.data
    if not sent:
        raise Unreadable(Text("archive_needs_file"))
    with closing(sent):
        job = archive_jobs.submit_import(
            sent.stream, data_dir=downloads.data_dir(), by=current_actor(), now=now()
        )
    return redirect(url_for("settings.import_progress", job_id=job.id))


def _page(form: ArchiveForm, status: int = 200) -> ResponseReturnValue:
    settings: Settings = current_app.extensions["hadi_settings"]
    imported = archive.imported_at()
    page = archives_page(
        form,
        archive_jobs.recent(by=current_actor()),
        obstacle=_obstacle(),
        imported=moment(imported) if imported else None,
        limit_mb=settings.max_upload_mb,
    )
    return render("settings/archives.html", page), status


def _obstacle() -> Text | None:
    """Why nothing can be imported here, if so."""
    try:
        archive_restore.refuse_unless_empty()
    except Invalid as refusal:
        return refusal.text
    return None
