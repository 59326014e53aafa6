"""A list of periods or of client bases: first what it would do, line by line, then done."""

from __future__ import annotations

from collections.abc import Callable

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.services import client_counting, lever_import, lever_periods, workspace
from hadi.services.lever_import import Imported
from hadi.services.unit_import import Does
from hadi.web.levers import blueprint
from hadi.web.levers.forms import MOST_BYTES, ImportForm
from hadi.web.levers.import_pages import import_page
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
Run = Callable[[bool], Imported]
TEMPLATE = "levers/import.html"
REFUSED = 422


@blueprint.route("/periods/import", methods=["GET", "POST"])
def import_periods() -> Answer:
    """Periods out of a file or pasted lines."""
    lever_periods.require_any(current_actor())
    form = _form()

    def run(is_stored: bool) -> Imported:
        return lever_import.periods(
            form.rows.data or "", unit=form.unit.data or "", currency=form.currency.data or "",
            is_stored=is_stored, by=current_actor(), now=now(),
        )  # fmt: skip

    return _answer(form, run, _plain, is_of_bases=False)


@blueprint.route("/clients/import", methods=["GET", "POST"])
def import_bases() -> Answer:
    """Client bases out of a file or pasted lines, or counted out of a file of purchases."""
    lever_periods.require_any(current_actor())
    form = _form()

    def run(is_stored: bool) -> Imported:
        return lever_import.bases(
            form.rows.data or "", starts_on=form.starts_on.data, ends_on=form.ends_on.data,
            is_stored=is_stored, by=current_actor(), now=now(),
        )  # fmt: skip

    taken = _counted if request.form.get("do") == "count" else _plain
    return _answer(form, run, taken, is_of_bases=True)


def _answer(
    form: ImportForm,
    run: Run,
    taken: Callable[[ImportForm], tuple[str, tuple[Text, ...]]],
    *,
    is_of_bases: bool,
) -> Answer:
    def page(found: Imported | None = None, notes: tuple[Text, ...] = ()) -> str:
        return render(TEMPLATE, import_page(form, found, notes, is_of_bases=is_of_bases))

    if request.method == "GET":
        return page()
    is_sent = bool(form.file.data and form.file.data.filename)
    if not form.validate():
        return page(), REFUSED
    if request.form.get("do") == "count" and not is_sent:
        form.file.errors = [*form.file.errors, _("Choose the file of purchases.")]
        return page(), REFUSED
    notes: tuple[Text, ...] = ()
    try:
        if is_sent:
            # Put into the field as lines: they can be mended there, and go with the next step.
            form.rows.data, notes = taken(form)
        elif request.form.get("do") == "store":
            here = "levers.clients" if is_of_bases else "levers.index"
            return once(form, lambda: _store(run, here, form.unit.data or None))
        found = run(False)
    except Unreadable as refused:
        field = form.file if is_sent else form.rows
        field.errors = [*field.errors, say(refused.text)]
        return page(), REFUSED
    except Invalid as refusal:
        if request.form.get("do") != "store":
            form.refuse(refusal)
            return page(), REFUSED
        found = run(False)  # the preview names every line that is wrong
    return page(found, notes), REFUSED if found.faults else 200


def _store(run: Run, here: str, unit: str | None) -> str:
    done = run(True)
    count = done.count(Does.ADD) + done.count(Does.CHANGE)
    tell(ngettext("%(num)s line is stored.", "%(num)s lines are stored.", count))
    return url_for(here, unit=unit) if here == "levers.index" else url_for(here)


def _plain(form: ImportForm) -> tuple[str, tuple[Text, ...]]:
    """A file as it stands."""
    file = form.file.data
    return lever_import.as_text(file.stream, file.filename, by=current_actor()), ()


def _counted(form: ImportForm) -> tuple[str, tuple[Text, ...]]:
    """A file of purchases or clients, counted."""
    file = form.file.data
    counted = client_counting.from_file(
        file.stream, file.filename, starts_on=form.starts_on.data, ends_on=form.ends_on.data,
        everyone=_("The whole business"), limits=Limits(max_bytes=MOST_BYTES), by=current_actor(),
        now=now(),
    )  # fmt: skip
    return counted.text, counted.notes


def _form() -> ImportForm:
    if request.method == "GET":
        unit = request.args.get("unit", "")
        currency = workspace.current().currency
        form = ImportForm(formdata=None, data={"unit": unit, "currency": currency})
    else:
        form = ImportForm()
    form.offer(lever_periods.editable(current_actor()))
    return form
