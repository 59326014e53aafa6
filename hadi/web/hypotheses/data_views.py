"""Data of a test: a file is read and shown, its columns are mapped, and it is attached."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.config import Settings
from hadi.domain.errors import Invalid, NotFound, TooLarge, Unreadable
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.permissions import Permission, require
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Hypothesis, Test
from hadi.models.dataset import DatasetKind
from hadi.services import datasets, hypotheses
from hadi.services.dataset_mapping import suggested
from hadi.services.dataset_memory import remembered
from hadi.services.dataset_rows import arms_in, preview
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_forms import CountsForm, FileForm, MappingForm, mapping_form
from hadi.web.hypotheses.data_pages import (
    Arms,
    arms_of,
    arms_page,
    counts_page,
    data_page,
    dataset_page,
    mapping_page,
)
from hadi.web.hypotheses.plan_forms import with_row
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


def folder() -> Path:
    """Where attached files are kept."""
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir / "datasets"


@blueprint.get("/<key>/data")
def data(key: str) -> str:
    actor = current_actor()
    page = data_page(hypotheses.find(key, by=actor), actor=actor)
    return render("hypotheses/data.html", page)


@blueprint.post("/<key>/data")
def attach_file(key: str) -> Answer:
    """Read the file and go on to its columns; what cannot be read is said at the field."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    form = FileForm()
    status = 422
    if form.validate():
        try:
            return once_when_done(form, lambda: _stage(hypothesis, form))
        except Unreadable as refusal:
            form.file.errors = [*form.file.errors, say(refusal.text)]
            status = 413 if isinstance(refusal, TooLarge) else 422
    page = data_page(hypotheses.find(key, by=actor), actor=actor, file_form=form)
    return render("hypotheses/data.html", page), status


@blueprint.get("/<key>/data/<dataset_id>/map")
def map_data(key: str, dataset_id: str) -> Answer:
    """The columns of a file, each need of the plan already matched where the names say so."""
    hypothesis, dataset = _waiting(key, dataset_id)
    if dataset.is_attached:
        return redirect(url_for("hypotheses.dataset", key=key, dataset_id=dataset_id))
    _require_attaching(hypothesis)
    plan = _plan(hypothesis)
    likely = suggested(plan, dataset.report["columns"], before=remembered(hypothesis))
    chosen = {f"need_{place}": likely.get(n.key, "") for place, n in enumerate(plan.needs())}
    form = mapping_form(plan, _columns(dataset), formdata=None, data=chosen)
    return _show_mapping(hypothesis, dataset, form)


@blueprint.post("/<key>/data/<dataset_id>/map")
def attach_mapped(key: str, dataset_id: str) -> Answer:
    """Attach the file with its columns; or, by another button, look at the arms again."""
    hypothesis, dataset = _waiting(key, dataset_id)
    _require_attaching(hypothesis)
    form = mapping_form(_plan(hypothesis), _columns(dataset))
    problem = None
    if request.form.get("do") == "look":
        return _show_mapping(hypothesis, dataset, form)
    if form.validate():
        try:
            return once_when_done(form, lambda: _attach(hypothesis, dataset, form))
        except Invalid as refusal:
            names = {need.key: field.name for need, field in form.needs}
            form.refuse(refusal, names)
        except Unreadable as refusal:
            problem = say(refusal.text)
    hypothesis, dataset = _waiting(key, dataset_id)
    return _show_mapping(hypothesis, dataset, form, problem=problem), 422


@blueprint.get("/<key>/data/<dataset_id>/arms")
def data_arms(key: str, dataset_id: str) -> str:
    """The arms in the chosen column; htmx asks when another column is chosen."""
    hypothesis, dataset = _waiting(key, dataset_id)
    _require_attaching(hypothesis)
    page = arms_page(_arms(hypothesis, dataset, request.args.get("need_0", "")))
    return render("hypotheses/_data_arms.html", page)


@blueprint.post("/<key>/data/<dataset_id>/discard")
def discard_data(key: str, dataset_id: str) -> Response:
    """Set a file aside that was read but not attached."""
    _hypothesis, dataset = _waiting(key, dataset_id)
    name = dataset.filename
    datasets.discard(dataset.id, folder=folder(), by=current_actor(), now=now())
    tell(_("“%(file)s” is set aside: nothing of it counts.", file=name))
    return redirect(url_for("hypotheses.data", key=key))


@blueprint.get("/<key>/data/<dataset_id>")
def dataset(key: str, dataset_id: str) -> Answer:
    """A data set that is attached."""
    hypothesis, found = _waiting(key, dataset_id)
    if not found.is_attached:
        return redirect(url_for("hypotheses.map_data", key=key, dataset_id=dataset_id))
    is_file = found.kind is DatasetKind.FILE
    rows = preview(found, folder=folder()) if is_file else None
    return render("hypotheses/dataset.html", dataset_page(hypothesis, found, preview=rows))


@blueprint.route("/<key>/data/counts", methods=["GET", "POST"])
def counts(key: str) -> Answer:
    """Typed counts: for those who have four numbers and no file."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    _require_attaching(hypothesis)
    plan = _plan(hypothesis)
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
    if not is_adding and form.validate():
        typed = form.counts(plan.metrics[0].kind)
        try:
            return once(form, lambda: _attach_counts(hypothesis, typed))
        except (Invalid, Unreadable) as refused:
            refusal = say(refused.text)
    page = counts_page(hypothesis, plan, form, refusal=refusal)
    return render("hypotheses/counts.html", page), 200 if is_adding else 422


def _stage(hypothesis: Hypothesis, form: FileForm) -> str:
    sent = form.file.data
    if not sent:
        raise Unreadable(Text("upload_needs_file"))
    settings: Settings = current_app.extensions["hadi_settings"]
    # A large upload lies in a temporary file, which goes as soon as it was read.
    with closing(sent):
        staged = datasets.stage(
            hypothesis.id, file=sent.stream, filename=_shown_name(sent.filename),
            sheet=(form.sheet.data or "").strip() or None, folder=folder(),
            limits=Limits(max_bytes=settings.max_upload_bytes), by=current_actor(), now=now(),
        )  # fmt: skip
    return url_for("hypotheses.map_data", key=hypothesis.key, dataset_id=staged.id)


def _attach(hypothesis: Hypothesis, dataset: Dataset, form: MappingForm) -> str:
    key = hypothesis.key
    attached = datasets.attach(
        dataset.id, mapping=form.mapping(), folder=folder(), by=current_actor(), now=now()
    )
    tell(_("“%(file)s” is attached. Now the check can run.", file=attached.filename))
    return url_for("hypotheses.data", key=key)


def _attach_counts(hypothesis: Hypothesis, typed: list[dict[str, Any]]) -> str:
    key = hypothesis.key
    datasets.attach_counts(hypothesis.id, counts=typed, by=current_actor(), now=now())
    tell(_("The counts are attached. Now the check can run."))
    return url_for("hypotheses.data", key=key)


def _show_mapping(
    hypothesis: Hypothesis, dataset: Dataset, form: MappingForm, *, problem: str | None = None
) -> str:
    variant = form.needs[0][1].data or ""
    page = mapping_page(
        hypothesis, dataset, form, preview=preview(dataset, folder=folder()),
        arms=_arms(hypothesis, dataset, variant), problem=problem,
    )  # fmt: skip
    return render("hypotheses/data_map.html", page)


def _arms(hypothesis: Hypothesis, dataset: Dataset, column: str) -> Arms | None:
    if column not in _columns(dataset):
        return None
    return arms_of(_plan(hypothesis), column, arms_in(dataset, column, folder=folder()))


def _waiting(key: str, dataset_id: str) -> tuple[Hypothesis, Dataset]:
    """The data set of this hypothesis, attached or not. Raises NotFound."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    found = datasets.find(dataset_id[:40], by=actor)
    if found.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_dataset"))
    return hypothesis, found


def _require_attaching(hypothesis: Hypothesis) -> None:
    """What waits to be attached is for those who may attach it; a refusal is logged."""
    actor = current_actor()
    with hypotheses.logging_refusals("attach_data", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))


def _plan(hypothesis: Hypothesis) -> Plan:
    test: Test | None = hypothesis.current_test
    return (test.plan if test else None) or Plan()


def _columns(dataset: Dataset) -> list[str]:
    return [column["name"] for column in dataset.report["columns"]]


def _named_arms(plan: Plan) -> list[dict[str, str]]:
    arms = list(plan.split) if plan.split else [plan.control or "", ""]
    return [{"arm": arm} for arm in arms]


def _shown_name(name: str | None) -> str:
    """The file's name without its folders, which some browsers send."""
    plain = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in plain if sign.isprintable())[-200:] or "file"
