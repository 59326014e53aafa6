"""The data of a test: what is attached, what waits, files and cells that come in, typed counts."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, TooLarge, Unreadable
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import datasets, hypotheses, uploads
from hadi.services.datasets import Sent
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_access import (
    folder,
    incoming,
    known_words,
    limits,
    plan_of,
    require_attaching,
)
from hadi.web.hypotheses.data_forms import CountsForm, FileForm
from hadi.web.hypotheses.data_pages import counts_page, data_page
from hadi.web.hypotheses.plan_forms import with_row
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["folder"]  # where others look for it

Answer = str | Response | tuple[str, int]
PASTED = "pasted.tsv"
SMALL = 8 * 1024 * 1024  # bytes of a form that is read while the browser waits
LONGEST_PASTE = 8 * 1024 * 1024  # characters; a sheet of a hundred thousand rows has less


@blueprint.get("/<key>/data")
def data(key: str) -> str:
    actor = current_actor()
    page = data_page(hypotheses.find(key, by=actor), actor=actor)
    return render("hypotheses/data.html", page)


@blueprint.post("/<key>/data")
def attach_file(key: str) -> Answer:
    """Read the files and go on to their columns; what cannot be read is said at the field."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    form = FileForm()
    status, refused = 422, None
    if form.validate():
        try:
            return once_when_done(form, lambda: _stage(hypothesis, form))
        except Unreadable as refusal:
            field = form.pasted if form.pasted.data and not form.file.data else form.file
            field.errors = [*field.errors, say(refusal.text)]
            status = 413 if isinstance(refusal, TooLarge) else 422
            refused = refusal
        except Invalid as refusal:
            form.refuse(refusal)
    hypothesis = hypotheses.find(key, by=actor)
    page = data_page(hypothesis, actor=actor, file_form=form, refused=refused)
    return render("hypotheses/data.html", page), status


@blueprint.route("/<key>/data/counts", methods=["GET", "POST"])
def counts(key: str) -> Answer:
    """Typed counts: for those who have four numbers and no file."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    require_attaching(hypothesis)
    plan = plan_of(hypothesis)
    if (refusal := counts_refusal(plan)) is not None:
        raise Invalid(refusal)
    if request.method == "GET":
        form = CountsForm(formdata=None, data={"rows": _named_arms(plan)})
        return render("hypotheses/counts.html", counts_page(hypothesis, plan, form))
    return _take_counts(hypothesis, plan)


def _take_counts(hypothesis: Hypothesis, plan: Plan) -> Answer:
    is_adding = request.form.get("do") == "add"
    form = CountsForm(formdata=with_row(request.form, "rows") if is_adding else request.form)
    refusal = None
    kind = plan.metrics[0].kind
    is_sound = not is_adding and form.validate()
    if is_sound and form.has_numbers(kind):
        typed = form.counts(kind)
        try:
            return once(form, lambda: _attach_counts(hypothesis, typed))
        except (Invalid, Unreadable) as refused:
            refusal = say(refused.text)
    page = counts_page(hypothesis, plan, form, refusal=refusal)
    return render("hypotheses/counts.html", page), 200 if is_adding else 422


def _stage(hypothesis: Hypothesis, form: FileForm) -> str:
    """Read what was sent, and lead to its columns; data that are known lead to their version."""
    sent = [file for file in form.file.data or () if file and file.filename]
    files = [Sent(shown_name(file.filename), stream_of(file)) for file in sent]
    files += pasted_files(str(form.pasted.data or ""))
    if not files:
        raise Unreadable(Text("upload_needs_file"))
    try:
        if (request.content_length or 0) > SMALL:
            return _read_later(hypothesis, form, files)
        staged = datasets.stage(
            hypothesis.id, more=files, sheet=(form.sheet.data or "").strip() or None,
            folder=folder(), incoming=incoming(), limits=limits(), by=current_actor(), now=now(),
        )  # fmt: skip
    finally:
        # A large upload lies in a temporary file, which goes as soon as it was read.
        for file in sent:
            file.close()
    if staged.is_attached:
        tell(known_words(staged, files[0].filename), "info")
        return url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=staged.id)
    return url_for("hypotheses.map_data", key=hypothesis.key, dataset_id=staged.id)


def _read_later(hypothesis: Hypothesis, form: FileForm, files: list[Sent]) -> str:
    """What is large and came in one piece, from a browser without scripts, is read by a worker."""
    sheet = (form.sheet.data or "").strip()
    first = uploads.receive(
        hypothesis.id, files=[(each.filename, each.stream) for each in files],
        choices={"sheet": sheet} if sheet else {}, folder=incoming(),
        limit=limits().max_bytes or 0, by=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("hypotheses.upload_batch", key=hypothesis.key, batch=first.batch)


def stream_of(file: FileStorage) -> BinaryIO:
    stream: BinaryIO = file.stream  # type: ignore[assignment]  # bytes, however they are spooled
    return stream


def pasted_files(written: str) -> list[Sent]:
    """Cells from a spreadsheet, which come as text with tabs between them."""
    cells = written.strip("\r\n")
    if not cells.strip():
        return []
    if len(cells) > LONGEST_PASTE:
        raise TooLarge(Text("reading_too_long"))
    name = PASTED if "\t" in cells else PASTED.replace(".tsv", ".csv")
    return [Sent(name, io.BytesIO(cells.encode()))]


def _attach_counts(hypothesis: Hypothesis, typed: list[dict[str, Any]]) -> str:
    key = hypothesis.key
    datasets.attach_counts(hypothesis.id, counts=typed, by=current_actor(), now=now())
    tell(_("The counts are attached. Now the check can run."))
    return url_for("hypotheses.data", key=key)


def _named_arms(plan: Plan) -> list[dict[str, str]]:
    arms = list(plan.split) if plan.split else [plan.control or "", ""]
    return [{"arm": arm} for arm in arms]


def shown_name(name: str | None) -> str:
    """The file's name without its folders, which some browsers send."""
    plain = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in plain if sign.isprintable())[-200:] or "file"
