"""The quality of data: what a person says to the report, what stands beside the data, and a log
compared with receipts."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, NotFound, Unreadable
from hadi.domain.quality import Level
from hadi.domain.text import Text
from hadi.ingest.reconciling import Kind, Listed
from hadi.models import Dataset, Hypothesis, Reconciliation
from hadi.models.dataset import DatasetRole
from hadi.services import dataset_export, dataset_roles, hypotheses, reconciliations
from hadi.services import quality as reports
from hadi.services.dataset_rows import preview
from hadi.services.table_files import Table
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_access import columns_of, folder, found_data, require_attaching
from hadi.web.hypotheses.quality_forms import BesideForm, QualityForm, ReconcileForm
from hadi.web.hypotheses.quality_pages import (
    beside_page,
    comparable,
    named,
    quality_page,
    reconciliation_page,
    reconciliations_page,
    role_words,
)
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.forms import choices
from hadi.web.shared.language import say
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.get("/<key>/data/<dataset_id>/quality")
def quality(key: str, dataset_id: str) -> str:
    """The report with its settings."""
    hypothesis, dataset = _attached(key, dataset_id)
    settings = reports.settings_of(dataset)
    form = QualityForm(
        formdata=None, data={**settings.as_json(), "accept": bool(settings.accepted)}
    )
    form.offer(columns_of(dataset))
    page = quality_page(hypothesis, dataset, form, actor=current_actor())
    return render("hypotheses/quality.html", page)


@blueprint.post("/<key>/data/<dataset_id>/quality")
def change_quality(key: str, dataset_id: str) -> Answer:
    """Say what the rows cannot, and look again."""
    hypothesis, dataset = _attached(key, dataset_id)
    form = QualityForm()
    form.offer(columns_of(dataset))
    if form.validate():
        try:
            return once_when_done(form, lambda: _change(hypothesis, dataset, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Unreadable as refusal:
            form.form_errors.append(say(refusal.text))
    page = quality_page(hypothesis, dataset, form, actor=current_actor())
    return render("hypotheses/quality.html", page), 422


def _change(hypothesis: Hypothesis, dataset: Dataset, form: QualityForm) -> str:
    report, before = reports.report_of(dataset), reports.settings_of(dataset)
    found = report.findings if report else ()
    red = [f.code for f in found if f.level is Level.RED and not f.is_check]
    key, dataset_id = hypothesis.key, dataset.id
    reports.change(
        dataset_id, settings=form.chosen(red, before), folder=folder(), by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(_("The data were looked at again."))
    return url_for("hypotheses.dataset", key=key, dataset_id=dataset_id)


@blueprint.route("/<key>/data/<dataset_id>/beside", methods=["GET", "POST"])
def beside(key: str, dataset_id: str) -> Answer:
    """A file that was read becomes a log or receipts, to be compared."""
    hypothesis, dataset = found_data(key, dataset_id)
    if dataset.is_attached:
        return redirect(url_for("hypotheses.dataset", key=key, dataset_id=dataset_id))
    require_attaching(hypothesis)
    role = _role(request.values.get("role"), dataset)
    form = BesideForm() if request.method == "POST" else BesideForm(
        formdata=None, data={"role": role.value, **dataset_roles.suggested(dataset.report, role)}
    )  # fmt: skip
    form.offer(columns_of(dataset), role_words())
    if request.method == "POST" and form.validate():
        try:
            return once_when_done(form, lambda: _attach_beside(hypothesis, dataset, form))
        except Invalid as refusal:
            form.refuse(refusal)
    page = beside_page(hypothesis, dataset, form, preview=preview(dataset, folder=folder()))
    return render("hypotheses/beside.html", page), 422 if request.method == "POST" else 200


def _attach_beside(hypothesis: Hypothesis, dataset: Dataset, form: BesideForm) -> str:
    key, role = hypothesis.key, DatasetRole(form.role.data)
    attached = dataset_roles.attach_as(
        dataset.id, role=role, columns=form.columns(dataset_roles.COLUMNS[role]), folder=folder(),
        by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("“%(file)s” is attached beside the data.", file=attached.filename))
    return url_for("hypotheses.reconciliations", key=key)


def _role(written: str | None, dataset: Dataset) -> DatasetRole:
    """The role that was asked for, or the one that its columns speak for."""
    if written in (DatasetRole.LOG, DatasetRole.RECEIPTS):
        return DatasetRole(written)
    is_log = "entered_at" in dataset_roles.suggested(dataset.report, DatasetRole.LOG)
    return DatasetRole.LOG if is_log else DatasetRole.RECEIPTS


@blueprint.route("/<key>/reconciliations", methods=["GET", "POST"], endpoint="reconciliations")
def compare(key: str) -> Answer:
    """What was compared, and what can be."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    form = _reconcile_form(hypothesis)
    if request.method == "POST":
        require_attaching(hypothesis)
        if form is not None and form.validate():
            try:
                return once_when_done(form, lambda: _reconcile(hypothesis, form))
            except Invalid as refusal:
                form.refuse(refusal)
            except Unreadable as refusal:
                form.form_errors.append(say(refusal.text))
    page = reconciliations_page(hypothesis, form, actor=actor)
    status = 422 if request.method == "POST" else 200
    return render("hypotheses/reconciliations.html", page), status


def _reconcile_form(hypothesis: Hypothesis) -> ReconcileForm | None:
    """The choice of the two; None where one of them is not there."""
    logs, receipts = comparable(hypothesis)
    if len({each.id for each in (*logs, *receipts)}) < 2 or not logs or not receipts:
        return None
    form = ReconcileForm() if request.method == "POST" else ReconcileForm(formdata=None)
    form.log.choices = choices([(each.id, named(each)) for each in logs])
    form.receipts.choices = choices([(each.id, named(each)) for each in receipts])
    return form


def _reconcile(hypothesis: Hypothesis, form: ReconcileForm) -> str:
    key, actor = hypothesis.key, current_actor()
    asked = {"log_id": form.log.data, "receipts_id": form.receipts.data}
    if reconciliations.is_large(**asked, by=actor):
        job_id = reconciliations.run_later(
            hypothesis.id, **asked, mapping={}, settings=form.settings(), by=actor, now=now()
        )
        tell(_("They are being compared; this takes a while."))
        return url_for("hypotheses.reconciliations", key=key, job=job_id)
    made = reconciliations.run(
        hypothesis.id, **asked, settings=form.settings(), folder=folder(), by=actor, now=now()
    )
    return url_for("hypotheses.reconciliation", key=key, reconciliation_id=made.id)


@blueprint.get("/<key>/reconciliations/<reconciliation_id>")
def reconciliation(key: str, reconciliation_id: str) -> str:
    """One comparison, with the first rows of each kind while they are kept."""
    hypothesis, made = _made(key, reconciliation_id)
    lists: list[tuple[Kind, Listed]] = []
    if made.log.has_content and made.receipts.has_content:
        counts = reconciliations.read(made).counts
        there = {
            Kind.UNSUPPORTED: counts.unsupported, Kind.UNLOGGED: counts.unlogged,
            Kind.DUPLICATE: counts.duplicate, Kind.AFTERWARDS: counts.afterwards,
        }  # fmt: skip
        found = reconciliations.listed(
            made, [kind for kind, n in there.items() if n], folder=folder(), by=current_actor(),
            stake=hypotheses.stake(hypothesis), now=now(),
        )  # fmt: skip
        lists = list(found.items())
    return render("hypotheses/reconciliation.html", reconciliation_page(hypothesis, made, lists))


@blueprint.get("/<key>/reconciliations/<reconciliation_id>/<kind>.<format>")
def reconciliation_file(key: str, reconciliation_id: str, kind: str, format: str) -> Response:
    """All rows of one kind, as a file."""
    hypothesis, made = _made(key, reconciliation_id)
    if kind not in list(Kind):
        raise NotFound(Text("no_such_reconciliation"))
    pages = reconciliations.streamed(
        made, Kind(kind), folder=folder(), by=current_actor(),
        stake=hypotheses.stake(hypothesis), now=now(),
    )  # fmt: skip
    (head,) = next(pages)  # what cannot be read is refused before the answer begins
    source = made.receipts if kind == Kind.UNLOGGED else made.log
    names = [str(name) for name in head]
    heads, rows = dataset_export.typed(names, (row for page in pages for row in page), source)
    return downloads.send(Table(f"{hypothesis.key}-{kind}", heads, rows), format)


def _made(key: str, reconciliation_id: str) -> tuple[Hypothesis, Reconciliation]:
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    made = reconciliations.find(reconciliation_id[:20], by=actor)
    if made.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_reconciliation"))
    return hypothesis, made


def _attached(key: str, dataset_id: str) -> tuple[Hypothesis, Dataset]:
    hypothesis, dataset = found_data(key, dataset_id)
    if not dataset.is_attached:
        raise NotFound(Text("no_such_dataset"))
    require_attaching(hypothesis)
    return hypothesis, dataset
