"""A list of units: first what it would do, line by line, then done."""

from __future__ import annotations

import csv
import io

from flask import request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.permissions import Permission, require
from hadi.services import hypotheses, unit_import, unknown_sites
from hadi.services.unit_import import Does
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell
from hadi.web.units import blueprint
from hadi.web.units.forms import ImportForm
from hadi.web.units.import_page import import_page

Answer = str | Response | tuple[str, int]
TEMPLATE = "units/import.html"


@blueprint.route("/import", methods=["GET", "POST"])
def import_() -> Answer:
    """A file or pasted lines."""
    require(current_actor(), Permission.MANAGE_UNITS)
    form = ImportForm()
    form.offer()
    if request.method == "GET":
        if pilots_of := request.args.get("pilots_of"):
            form.lines.data = _sites_of(pilots_of)
        return render(TEMPLATE, import_page(form))
    if not form.validate():
        return render(TEMPLATE, import_page(form)), 422
    is_sent = form.is_sent
    try:
        if is_sent:
            # Put into the field as lines: they can be mended there, and are sent with the next
            # step.
            file = form.file.data
            form.lines.data = unit_import.as_text(file.stream, file.filename, by=current_actor())
        elif request.form.get("do") == "store":
            return once(form, lambda: _store(form))
    except Unreadable as refused:
        field = form.file if is_sent else form.lines
        field.errors = [*field.errors, say(refused.text)]
        return render(TEMPLATE, import_page(form)), 422
    except Invalid:
        pass  # the preview names every line that is wrong
    try:
        found = unit_import.preview(
            form.lines.data or "", responsible=form.responsible.data or "", by=current_actor(),
            now=now(),
        )  # fmt: skip
    except Unreadable as refused:
        form.lines.errors = [*form.lines.errors, say(refused.text)]
        return render(TEMPLATE, import_page(form)), 422
    return render(TEMPLATE, import_page(form, found)), 422 if found.faults else 200


def _sites_of(key: str) -> str:
    """The lines of a list with the sites of a pilot that are in none: how they sell is left to be
    filled in."""
    sites = unknown_sites.of(hypotheses.find(key, by=current_actor())).unknown
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["code", "name", "sales_model", "technology"])
    writer.writerows([site, site, "", ""] for site in sites)
    return lines.getvalue() if sites else ""


def _store(form: ImportForm) -> str:
    done = unit_import.run(
        form.lines.data or "", responsible=form.responsible.data or "", by=current_actor(),
        now=now(),
    )  # fmt: skip
    count = done.count(Does.ADD) + done.count(Does.CHANGE)
    tell(ngettext("%(num)s line is stored.", "%(num)s lines are stored.", count))
    return url_for("units.index")
