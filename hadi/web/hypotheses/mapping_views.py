"""A file that was read: its columns are named, it is read again in another way, it is attached or
set aside."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response as FileResponse
from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from hadi.db import transaction
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.tags import without_values
from hadi.domain.text import Text
from hadi.ingest.neutral import neutralise
from hadi.models import Dataset, Hypothesis
from hadi.models.dataset import DatasetKind, Relation
from hadi.services import datasets, uploads
from hadi.services.dataset_arms import arms_read, likely_arms, reading_arms
from hadi.services.dataset_days import day_columns, likely_day
from hadi.services.dataset_mapping import suggested
from hadi.services.dataset_memory import Recall, recall
from hadi.services.dataset_rows import arms_in, preview
from hadi.services.dataset_versions import overlap_with
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.arms_block import (
    COLUMN,
    OF,
    Arms,
    arms_of,
    arms_page,
    renaming_of,
    sent_arms,
)
from hadi.web.hypotheses.data_access import (
    columns_of,
    folder,
    found_data,
    hidden_columns,
    incoming,
    known_words,
    plan_of,
    require_attaching,
)
from hadi.web.hypotheses.data_decisions import chosen_parts
from hadi.web.hypotheses.data_forms import MappingForm, TermsForm, mapping_form, terms_form
from hadi.web.hypotheses.data_report import bad_rows as bad_rows_in
from hadi.web.hypotheses.mapping_pages import Before, before_of, mapping_page, sent_tags
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
SMALL = 8 * 1024 * 1024  # bytes that are read within a request


@blueprint.get("/<key>/data/<dataset_id>/map")
def map_data(key: str, dataset_id: str) -> Answer:
    """The columns of a file, each need of the plan already matched where the names say so."""
    hypothesis, dataset = found_data(key, dataset_id)
    if dataset.is_attached:
        return redirect(url_for("hypotheses.dataset", key=key, dataset_id=dataset_id))
    require_attaching(hypothesis)
    plan, known = plan_of(hypothesis), _known(hypothesis, dataset)
    mapped = known.likely if known else {}
    likely = suggested(plan, dataset.report["columns"], before=mapped)
    chosen = {f"need_{place}": likely.get(n.key, "") for place, n in enumerate(plan.needs())}
    chosen["day"] = likely_day(dataset.report, known.previous if known else None) or ""
    days = day_columns(dataset.report)
    form = mapping_form(plan, columns_of(dataset), days, formdata=None, data=chosen)
    return _show(hypothesis, dataset, form)


@blueprint.post("/<key>/data/<dataset_id>/map")
def attach_mapped(key: str, dataset_id: str) -> Answer:
    """Attach the file with its columns, or as the data before; or look at the arms again, or have
    its values read as them."""
    hypothesis, dataset = found_data(key, dataset_id)
    require_attaching(hypothesis)
    form = mapping_form(plan_of(hypothesis), columns_of(dataset), day_columns(dataset.report))
    if dataset.is_attached and form.validate():  # in another tab, or by a colleague, meanwhile
        return once_when_done(form, lambda: _known_version(key, dataset))
    last = datasets.newest(dataset.test_id)
    terms = _terms(last) if last else None
    problem = None
    if request.form.get("do") == "look":
        return _show(hypothesis, dataset, form, terms=terms)
    if request.form.get("do") == "arms":
        return _read_arms(hypothesis, dataset, form, terms)
    if form.validate() and (terms is None or terms.validate()):
        try:
            return once_when_done(form, lambda: _attach(hypothesis, dataset, form, terms))
        except Invalid as refusal:
            _refuse(refusal, form, terms)
        except Unreadable as refusal:
            problem = say(refusal.text)
    hypothesis, dataset = found_data(key, dataset_id)
    return _show(hypothesis, dataset, form, terms=terms, problem=problem), 422


@blueprint.get("/<key>/data/<dataset_id>/arms")
def data_arms(key: str, dataset_id: str) -> str:
    """The arms in the chosen column; htmx asks when another column is chosen."""
    hypothesis, dataset = found_data(key, dataset_id)
    require_attaching(hypothesis)
    page = arms_page(_arms(hypothesis, dataset, request.args.get("need_0", "")))
    return render("hypotheses/_data_arms.html", page)


@blueprint.post("/<key>/data/<dataset_id>/read")
def reread_data(key: str, dataset_id: str) -> Answer:
    """Read the file again as it was decided on the page; a large one in the background."""
    hypothesis, dataset = found_data(key, dataset_id)
    require_attaching(hypothesis)
    if request.form.get("of") != dataset.digest:
        tell(_("The file was read again meanwhile: this is how it stands now."), "info")
        return redirect(url_for("hypotheses.map_data", key=key, dataset_id=dataset_id))
    later = None
    try:
        later = _read_again(key, dataset, chosen_parts(dataset, request.form))
    except (Unreadable, Invalid) as refusal:
        tell(say(refusal.text), "error")
    return redirect(later or url_for("hypotheses.map_data", key=key, dataset_id=dataset_id))


@blueprint.get("/<key>/data/<dataset_id>/bad-rows.csv")
def bad_rows(key: str, dataset_id: str) -> FileResponse:
    """The rows that could not be read, with their lines and reasons."""
    hypothesis, dataset = found_data(key, dataset_id)
    require_attaching(hypothesis)
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow([_("File"), _("Line"), _("Why"), _("How it begins")])
    for row in bad_rows_in(without_values(dataset.report, hidden_columns(hypothesis, dataset))):
        cells = [row.get("file", dataset.filename), row["line"],
                 say(Text.from_json(row["reason"])), row["text"]]  # fmt: skip
        writer.writerow([neutralise(cell) for cell in cells])
    stem = secure_filename(dataset.filename) or "file"
    name = f'attachment; filename="{stem}-bad-rows.csv"'
    return FileResponse(
        "\ufeff" + page.getvalue(), mimetype="text/csv", headers={"Content-Disposition": name}
    )


@blueprint.post("/<key>/data/<dataset_id>/discard")
def discard_data(key: str, dataset_id: str) -> Response:
    """Set a file aside that was read but not attached."""
    _hypothesis, dataset = found_data(key, dataset_id)
    name = dataset.filename
    datasets.discard(
        dataset.id, folder=folder(), incoming=incoming(), by=current_actor(), now=now()
    )
    tell(_("“%(file)s” is set aside: nothing of it counts.", file=name))
    return redirect(url_for("hypotheses.data", key=key))


def _attach(
    hypothesis: Hypothesis, dataset: Dataset, form: MappingForm, terms: TermsForm | None
) -> str:
    key = hypothesis.key
    as_before = request.form.get("do") == "before"
    written = str((terms.relation.data if terms else None) or Relation.WHOLE)
    relation = Relation(written) if written in set(Relation) else Relation.WHOLE
    attached = datasets.attach(
        dataset.id, mapping=None if as_before else form.mapping(), relation=relation,
        reason=(terms.reason.data or "") if terms else "",
        tags=None if as_before else sent_tags(dataset, request.form),
        day=None if as_before or form.day_field is None else form.day_field.data or "",
        folder=folder(), incoming=incoming(), by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("“%(file)s” is attached. Now the check can run.", file=attached.filename))
    return url_for("hypotheses.data", key=key)


def _known_version(key: str, dataset: Dataset) -> str:
    tell(known_words(dataset, dataset.filename), "info")
    return url_for("hypotheses.dataset", key=key, dataset_id=dataset.id)


def _read_arms(
    hypothesis: Hypothesis, dataset: Dataset, form: MappingForm, terms: TermsForm | None
) -> Answer:
    """Read values of the arms' column as it was said of them; what else was chosen stays."""
    key, column = hypothesis.key, request.form.get(COLUMN, "")
    arms = _arms(hypothesis, dataset, column)
    if arms is None or request.form.get(OF) != dataset.digest:
        tell(_("The file was read again meanwhile: this is how it stands now."), "info")
        return _show(hypothesis, dataset, form, terms=terms)
    wanted = reading_arms(dataset, column, sent_arms(arms, request.form))
    problem = None
    try:
        if later := _read_again(key, dataset, wanted):
            return redirect(later)
    except (Unreadable, Invalid) as refusal:
        problem = say(refusal.text)
    hypothesis, dataset = found_data(key, dataset.id)
    return _show(hypothesis, dataset, form, terms=terms, problem=problem), 422 if problem else 200


def _read_again(key: str, dataset: Dataset, wanted: list[dict[str, Any]]) -> str | None:
    """Read it as it was decided; what is large by a worker, whose page is answered with. Raises
    Unreadable, Invalid."""
    if sum(part.received_bytes or 0 for part in dataset.parts) > SMALL:
        return _read_later(key, dataset, wanted)
    datasets.reread(
        dataset.id, choices=wanted, folder=folder(), incoming=incoming(), by=current_actor(),
        now=now(),
    )  # fmt: skip
    tell(_("Read again as you said."))
    return None


def _read_later(key: str, dataset: Dataset, wanted: list[dict[str, Any]]) -> str:
    """Have it read by a worker, and lead to the page that tells how far it is."""
    with transaction():
        batch = datasets.reread_later(
            dataset.id, choices=wanted, incoming=incoming(), by=current_actor(), now=now()
        )
        uploads.submit_reading(batch, by=current_actor(), now=now())
    return url_for("hypotheses.upload_batch", key=key, batch=batch)


def _refuse(refusal: Invalid, form: MappingForm, terms: TermsForm | None) -> None:
    """Put what was refused at its field, in whichever of the two forms that is."""
    names = {need.key: field.name for need, field in form.needs}
    of_terms = {n: t for n, t in refusal.fields.items() if n in ("relation", "reason")}
    if terms is not None and of_terms:
        terms.refuse(Invalid(refusal.text, of_terms))
    others = {name: text for name, text in refusal.fields.items() if name not in of_terms}
    if others or not of_terms:
        form.refuse(Invalid(refusal.text, others), names)


def _show(
    hypothesis: Hypothesis,
    dataset: Dataset,
    form: MappingForm,
    *,
    terms: TermsForm | None = None,
    problem: str | None = None,
) -> str:
    known = _known(hypothesis, dataset)
    last = datasets.newest(dataset.test_id)
    before, usual = _before(hypothesis, dataset, known, last)
    if terms is None and last is not None:
        terms = _terms(last, formdata=None, data={"relation": usual})
    is_sent = request.method == "POST"
    usual_tags = {**dataset.tags, **(known.tags if known else {})}
    tags = sent_tags(dataset, request.form) if is_sent else usual_tags
    page = mapping_page(
        hypothesis, dataset, form, terms=terms, before=before, tags=tags,
        preview=preview(dataset, folder=folder()),
        arms=_arms(hypothesis, dataset, form.needs[0][1].data or ""), problem=problem,
        can_reread=_is_kept(dataset),
    )  # fmt: skip
    return render("hypotheses/data_map.html", page)


def _before(
    hypothesis: Hypothesis, dataset: Dataset, known: Recall | None, last: Dataset | None
) -> tuple[Before | None, Relation | None]:
    """The data before, and what this file probably is to them; None where a person has to say."""
    if known is None:
        return None, Relation.WHOLE
    if last is None or not _can_grow(last) or known.previous.id != last.id:
        return before_of(hypothesis, known, ()), Relation.WHOLE
    found = overlap_with(dataset, last, known.likely, folder=folder())
    if found.is_next and known.is_same:
        return before_of(hypothesis, known, found.warnings), Relation.INCREMENT
    if found.loses is not None:
        return before_of(hypothesis, known, (*found.warnings, found.loses)), None
    return before_of(hypothesis, known, found.warnings), Relation.WHOLE


def _terms(last: Dataset, **options: Any) -> TermsForm:
    return terms_form(last.version or 0, can_grow=_can_grow(last), **options)


def _can_grow(last: Dataset) -> bool:
    """Whether it has rows that others can be added to."""
    return last.kind is DatasetKind.FILE and last.has_content


def _known(hypothesis: Hypothesis, dataset: Dataset) -> Recall | None:
    test = hypothesis.current_test
    return recall(test, plan_of(hypothesis), dataset) if test else None


def _arms(hypothesis: Hypothesis, dataset: Dataset, column: str) -> Arms | None:
    if column not in columns_of(dataset):
        return None
    test = hypothesis.current_test
    renaming = renaming_of(
        dataset, column, read=arms_read(dataset, column),
        before=likely_arms(test, column) if test else {}, sent=request.form,
        is_possible=_is_kept(dataset),
    )  # fmt: skip
    found = arms_in(dataset, column, folder=folder())
    return arms_of(plan_of(hypothesis), column, found, renaming)


def _is_kept(dataset: Dataset) -> bool:
    """Whether the files as they were sent are still there."""
    names = {part.upload_id for part in dataset.parts}
    return None not in names and all((incoming() / str(name)).is_file() for name in names)
