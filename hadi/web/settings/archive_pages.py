"""What the page of exports and imports shows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from hadi.domain.text import Text
from hadi.models import Job
from hadi.models.job import JobState
from hadi.services import export_jobs, jobs
from hadi.web.settings.forms import ArchiveForm
from hadi.web.settings.pages import SettingsPage, frame
from hadi.web.shared.downloads import size_of
from hadi.web.shared.language import moment, say


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """An archive that was asked for."""

    at: str
    when: str
    state: str
    size: str
    url: str
    file_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivesPage(SettingsPage):
    """`/settings/archives`. `obstacle` says why nothing can be imported here."""

    form: ArchiveForm
    archives: tuple[ArchiveRow, ...]
    obstacle: str | None
    imported: str | None
    export_url: str
    import_url: str
    limit_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage(SettingsPage):
    """How far an import is."""

    is_done: bool
    stage: str
    share: int  # of a hundred
    problem: str | None
    poll_url: str | None
    back_url: str
    people_url: str
    home_url: str


def archives_page(
    form: ArchiveForm,
    found: list[Job],
    *,
    obstacle: Text | None,
    imported: str | None,
    limit_mb: int,
) -> ArchivesPage:
    return ArchivesPage(
        **frame("settings.archives", gettext("Export and import")),
        form=form,
        archives=tuple(_row(job) for job in found),
        obstacle=say(obstacle) if obstacle else None,
        imported=imported,
        export_url=url_for("settings.export_workspace"),
        import_url=url_for("settings.import_workspace"),
        limit_mb=limit_mb,
    )


def import_page(job: Job) -> ImportPage:
    is_done = job.state is JobState.DONE
    here = url_for("settings.import_progress", job_id=job.id)
    title = gettext("The workspace is imported") if is_done else gettext("Importing the workspace")
    return ImportPage(
        **frame("settings.archives", title),
        is_done=is_done,
        stage=say(Text.from_json(job.stage)) if job.stage else "",
        share=round(job.progress * 100),
        problem=say(Text.from_json(job.problem)) if job.problem else None,
        poll_url=here if job.state in jobs.UNDER_WAY else None,
        back_url=url_for("settings.archives"),
        people_url=url_for("settings.people"),
        home_url=url_for("today.index"),
    )


def _row(job: Job) -> ArchiveRow:
    made = job.outcome or {}
    is_ready = job.state is JobState.DONE
    return ArchiveRow(
        at=job.created_at.isoformat(),
        when=moment(job.created_at),
        state=_state(job),
        size=size_of(int(made["bytes"])) if is_ready else "",
        url=url_for("downloads.show", job_id=job.id),
        file_url=url_for("downloads.file", job_id=job.id) if is_ready else None,
    )


def _state(job: Job) -> str:
    told: str = gettext("Stopped")
    if job.state is JobState.DONE:
        until = moment(job.created_at + export_jobs.KEPT)
        told = gettext("Ready, kept until %(until)s", until=until)
    elif job.state in jobs.UNDER_WAY:
        told = gettext("Being written")
    elif job.problem:
        told = say(Text.from_json(job.problem))
    return told
