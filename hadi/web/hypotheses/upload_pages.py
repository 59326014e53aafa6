"""The page of files on their way: how far they are, or why they could not be read and what can be
done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hadi.db import db
from hadi.domain.text import Text
from hadi.models import Hypothesis, Job, Upload
from hadi.models.job import JobState
from hadi.models.upload import UploadState
from hadi.services.dataset_receiving import was_refused
from hadi.services.jobs import UNDER_WAY
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.upload_lines import remedy_word
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class FileLine:
    """One of the files: its name, how large it is, and how much of it is here, in per cent."""

    name: str
    size: str
    percent: int
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage(Page):
    """Files that were sent together. `percent` is of the reading; None while nothing reads."""

    key: str
    batch: str
    name: str
    crumbs: tuple[Link, ...]
    files: tuple[FileLine, ...]
    missing: int  # files that have not arrived
    stage: str
    percent: int | None
    problem: str | None
    has_failed: bool  # to be read, not only to be worked on
    remedy: Mapping[str, Any]
    remedy_label: str | None
    is_refused: bool  # and would be again
    is_under_way: bool
    dataset_id: str | None
    url: str
    stop_url: str
    again_url: str
    data_url: str


def upload_page(hypothesis: Hypothesis, together: Sequence[Upload]) -> UploadPage:
    """The page of files that were sent together."""
    first = together[0]
    job = db.session.get(Job, first.job_id) if first.job_id else None
    problem, remedy = _problem(together, job)
    is_under_way = job is not None and job.state in UNDER_WAY
    return UploadPage(
        title=_("Not read yet") if problem else _("Your file is on its way"),
        chrome=chrome(),
        key=hypothesis.key,
        batch=first.batch,
        name=_name(together),
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        files=tuple(_line(upload) for upload in together),
        missing=_missing(together),
        stage=_stage(together, job),
        percent=round(100 * job.progress) if job is not None and is_under_way else None,
        problem=problem,
        has_failed=any(upload.state is UploadState.FAILED for upload in together),
        remedy=remedy,
        remedy_label=remedy_word(remedy) if remedy else None,
        is_refused=any(was_refused(upload) for upload in together),
        is_under_way=is_under_way,
        dataset_id=first.dataset_id if _is_read(together) else None,
        url=url_for("hypotheses.upload_batch", key=hypothesis.key, batch=first.batch),
        stop_url=url_for("hypotheses.stop_upload", key=hypothesis.key, batch=first.batch),
        again_url=url_for("hypotheses.read_upload_again", key=hypothesis.key, batch=first.batch),
        data_url=url_for("hypotheses.data", key=hypothesis.key),
    )


def next_url(page: UploadPage) -> str | None:
    """Where it goes on once the files are read."""
    if page.dataset_id is None:
        return None
    return url_for("hypotheses.map_data", key=page.key, dataset_id=page.dataset_id)


def _is_read(together: Sequence[Upload]) -> bool:
    return all(upload.state is UploadState.READ for upload in together)


def _missing(together: Sequence[Upload]) -> int:
    receiving = sum(upload.state is UploadState.RECEIVING for upload in together)
    return receiving + max(0, together[0].batch_size - len(together))


def _problem(together: Sequence[Upload], job: Job | None) -> tuple[str | None, dict[str, Any]]:
    """Why the files could not be read, and how they could be."""
    for upload in together:
        if upload.state is UploadState.FAILED and upload.problem:
            remedy = dict(upload.problem.get("remedy") or {})
            return say(Text.from_json(upload.problem)), remedy
    if job is not None and job.state is JobState.FAILED and job.problem:
        return say(Text.from_json(job.problem)), {}
    return None, {}


def _stage(together: Sequence[Upload], job: Job | None) -> str:
    if job is not None and job.stage:
        return say(Text.from_json(job.stage))
    if _missing(together):
        return str(
            _("Choose the same file again on the page of data: it goes on where it stopped.")
        )
    return str(_("Waiting for its turn."))


def _name(together: Sequence[Upload]) -> str:
    names = [upload.filename for upload in together]
    return ", ".join(names[:3]) + (f" … ({len(names)})" if len(names) > 3 else "")


def _line(upload: Upload) -> FileLine:
    is_whole = upload.state is not UploadState.RECEIVING
    percent = 100 if is_whole else 100 * upload.received // max(1, upload.size)
    return FileLine(upload.filename, _("%(n)s MB", n=_mb(upload.size)), percent, is_whole)


def _mb(size: int) -> str:
    return f"{size / MB:,.0f}" if size >= 10 * MB else f"{max(size, 100_000) / MB:.1f}"
