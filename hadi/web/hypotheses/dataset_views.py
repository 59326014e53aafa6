"""A data set that is attached: looked at, named anew, deleted."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, NotFound, Unreadable
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.models import Dataset, Hypothesis
from hadi.models.dataset import DatasetKind
from hadi.services import dataset_retention, datasets
from hadi.services.dataset_provenance import provenance
from hadi.services.dataset_rows import preview
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_access import (
    columns_of,
    folder,
    found_data,
    hidden_columns,
    incoming,
    plan_of,
    require_attaching,
)
from hadi.web.hypotheses.data_forms import MappingForm, ReasonForm, mapping_form
from hadi.web.hypotheses.dataset_pages import dataset_page, delete_page, remap_page
from hadi.web.hypotheses.mapping_pages import sent_tags
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]


@blueprint.get("/<key>/data/<dataset_id>")
def dataset(key: str, dataset_id: str) -> Answer:
    """A data set that is attached."""
    hypothesis, found = found_data(key, dataset_id)
    if not found.is_attached:
        return redirect(url_for("hypotheses.map_data", key=key, dataset_id=dataset_id))
    actor, hidden = current_actor(), hidden_columns(hypothesis, found)
    has_rows = found.kind is DatasetKind.FILE and found.has_content
    rows = preview(found, folder=folder(), hidden=hidden) if has_rows else None
    page = dataset_page(
        hypothesis, found, preview=rows, provenance=provenance(found, by=actor), hidden=hidden,
        actor=actor,
    )  # fmt: skip
    return render("hypotheses/dataset.html", page)


@blueprint.get("/<key>/data/<dataset_id>/columns")
def remap_data(key: str, dataset_id: str) -> Answer:
    """The columns of attached data, to be named anew; where the rows are gone, the version says
    so."""
    hypothesis, found = _attached(key, dataset_id)
    if not found.has_content:
        return redirect(url_for("hypotheses.dataset", key=key, dataset_id=dataset_id))
    plan = plan_of(hypothesis)
    chosen = {
        f"need_{place}": found.mapping.get(need.key, "") for place, need in enumerate(plan.needs())
    }
    form = mapping_form(plan, columns_of(found), formdata=None, data=chosen)
    return _show_columns(hypothesis, found, form, ReasonForm(formdata=None))


@blueprint.post("/<key>/data/<dataset_id>/columns")
def attach_again(key: str, dataset_id: str) -> Answer:
    """A new version of the same rows under the columns that were named."""
    hypothesis, found = _attached(key, dataset_id)
    if not found.has_content:
        return redirect(url_for("hypotheses.dataset", key=key, dataset_id=dataset_id))
    form, reason = mapping_form(plan_of(hypothesis), columns_of(found)), ReasonForm()
    problem = None
    if form.validate() and reason.validate():
        try:
            return once_when_done(form, lambda: _attach_again(key, found, form, reason))
        except Invalid as refusal:
            of_reason = {n: t for n, t in refusal.fields.items() if n == "reason"}
            if of_reason:
                reason.refuse(Invalid(refusal.text, of_reason))
            else:
                form.refuse(refusal, {need.key: field.name for need, field in form.needs})
        except Unreadable as refusal:
            problem = say(refusal.text)
    hypothesis, found = _attached(key, dataset_id)
    return _show_columns(hypothesis, found, form, reason, problem=problem), 422


@blueprint.route("/<key>/data/<dataset_id>/delete", methods=["GET", "POST"])
def delete_data(key: str, dataset_id: str) -> Answer:
    """Delete the rows, with a reason; for administrators."""
    hypothesis, found = found_data(key, dataset_id)
    require(current_actor(), Permission.DELETE_DATA)
    form = ReasonForm(formdata=None) if request.method == "GET" else ReasonForm()
    if request.method == "GET":
        return render("hypotheses/dataset_delete.html", delete_page(hypothesis, found, form))
    if form.validate():
        try:
            return once(form, lambda: _delete(key, found, form))
        except Invalid as refusal:
            form.refuse(refusal)
    hypothesis, found = found_data(key, dataset_id)
    return render("hypotheses/dataset_delete.html", delete_page(hypothesis, found, form)), 422


def _attach_again(key: str, found: Dataset, form: MappingForm, reason: ReasonForm) -> str:
    made = datasets.again(
        found.id, mapping=form.mapping(), tags=sent_tags(found, request.form),
        reason=reason.reason.data or "", folder=folder(), by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("The rows stand under their new columns as version %(n)s.", n=made.version))
    return url_for("hypotheses.dataset", key=key, dataset_id=made.id)


def _delete(key: str, found: Dataset, form: ReasonForm) -> str:
    deleted = dataset_retention.delete(
        found.id, reason=form.reason.data or "", folder=folder(), incoming=incoming(),
        by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("The rows of version %(n)s are deleted; the record stays.", n=deleted.version))
    return url_for("hypotheses.dataset", key=key, dataset_id=deleted.id)


def _show_columns(
    hypothesis: Hypothesis,
    found: Dataset,
    form: MappingForm,
    reason: ReasonForm,
    *,
    problem: str | None = None,
) -> str:
    is_sent = request.method == "POST"
    tags = sent_tags(found, request.form) if is_sent else dict(found.tags)
    page = remap_page(hypothesis, found, form, reason, tags, problem=problem)
    return render("hypotheses/dataset_columns.html", page)


def _attached(key: str, dataset_id: str) -> tuple[Hypothesis, Dataset]:
    """Attached data of this hypothesis, for someone who may attach."""
    hypothesis, found = found_data(key, dataset_id)
    require_attaching(hypothesis)
    if not found.is_attached or found.kind is not DatasetKind.FILE:
        raise NotFound(Text("no_such_dataset"))
    return hypothesis, found
