"""Handing out tables as files: the menu that offers them, the answer that streams one, and the page
that waits for one that takes longer than a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from hadi.config import Settings
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Job
from hadi.models.job import JobKind, JobState
from hadi.services import export_jobs, exports, jobs, table_files
from hadi.services.exports import Name
from hadi.services.table_files import MIMETYPES, Format, Table
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import figure, moment, say, speaker
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome, render

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")

SEMICOLON = "semicolon"


@dataclass(frozen=True, slots=True)
class Download:
    """A format that is offered."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Downloads:
    """What can be had as a file, in its formats; titled where there is more than one."""

    formats: tuple[Download, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadPage(Page):
    """`/downloads/<job>`: a file that is being written, or is ready."""

    is_ready: bool
    stage: str
    share: int  # of a hundred
    problem: str | None
    name: str
    size: str
    until: str
    file_url: str
    poll_url: str | None


def offered(endpoint: str, title: str | None = None, **arguments: Any) -> Downloads:
    """The formats of a view whose address takes `format`, and `separator` for a CSV."""

    def url(format: Format, separator: str | None = None) -> str:
        return url_for(endpoint, format=format.value, sep=separator, **arguments)

    return Downloads(
        (
            Download(gettext("Excel"), url(Format.XLSX)),
            Download(gettext("CSV"), url(Format.CSV)),
            Download(gettext("CSV with “;” and decimal commas"), url(Format.CSV, SEMICOLON)),
            Download(gettext("Parquet"), url(Format.PARQUET)),
        ),
        title,
    )


def answer(name: Name, arguments: Mapping[str, Any], format: str) -> AnyResponse:
    """The table as the file that the address asks for: at once, or in the background where it is
    long."""
    actor, kind, folder = current_actor(), _format(format), data_dir() / "datasets"
    found = exports.table(name, arguments, folder=folder, by=actor)
    if exports.is_long(found, kind):
        job = export_jobs.submit(
            name, arguments, kind, language=speaker().language, separator=_separator(), by=actor,
            now=now(),
        )  # fmt: skip
        return redirect(url_for("downloads.show", job_id=job.id))
    return _file(found, kind)


def send(found: Table, format: str) -> AnyResponse:
    """A table that has no name of its own, as the file that the address asks for."""
    return _file(found, _format(format))


def data_dir() -> Path:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir


@blueprint.get("/<job_id>")
def show(job_id: str) -> str:
    """How far the file is. htmx asks for the same address and takes its part out of it."""
    job = jobs.find(job_id[:40], by=current_actor())
    if job.kind is not JobKind.EXPORT:
        abort(404)
    return render("downloads/show.html", _page(job))


@blueprint.get("/<job_id>/file")
def file(job_id: str) -> AnyResponse:
    """The file itself, to whoever asked for it."""
    ready = export_jobs.file_of(job_id[:40], data_dir=data_dir(), by=current_actor(), now=now())
    response: AnyResponse = send_file(
        ready.path, mimetype=ready.mimetype, as_attachment=True, download_name=ready.name
    )
    return response


def size_of(size: int) -> str:
    """How many bytes, in words."""
    if size < 1_000_000:
        return str(gettext("%(n)s kB", n=_count(max(1, size // 1000))))
    return str(gettext("%(n)s MB", n=_count(size // 1_000_000)))


def _count(number: int) -> str:
    return figure(Figure(FigureKind.COUNT, number))


def _page(job: Job) -> DownloadPage:
    made = job.outcome or {}
    is_ready = job.state is JobState.DONE
    here = url_for("downloads.show", job_id=job.id)
    is_over = job.state not in jobs.UNDER_WAY
    return DownloadPage(
        title=gettext("Your file is ready") if is_ready else gettext("The file is being written"),
        chrome=chrome(),
        is_ready=is_ready,
        stage=say(Text.from_json(job.stage)) if job.stage else gettext("Writing the file"),
        share=round(job.progress * 100),
        problem=say(Text.from_json(job.problem)) if job.problem else None,
        name=str(made.get("name", "")),
        size=size_of(int(made.get("bytes", 0))),
        until=moment(job.created_at + export_jobs.KEPT),
        file_url=url_for("downloads.file", job_id=job.id),
        poll_url=None if is_over else here,
    )


def _format(written: str) -> Format:
    if written not in set(Format):
        abort(404)
    return Format(written)


def _separator() -> str:
    return ";" if request.args.get("sep") == SEMICOLON else ","


def _file(found: Table, kind: Format) -> AnyResponse:
    reader = exports.reader(speaker().language, _separator())
    name = export_jobs.file_name(found, kind, now())
    if kind is Format.CSV:
        return _streamed(table_files.as_csv(found, reader), name)
    written = exports.written(found, kind, reader)
    response: AnyResponse = send_file(
        written, mimetype=MIMETYPES[kind], as_attachment=True, download_name=name
    )
    return response


def _streamed(pieces: Iterator[bytes], name: str) -> Response:
    response = Response(stream_with_context(pieces), mimetype=MIMETYPES[Format.CSV])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response
