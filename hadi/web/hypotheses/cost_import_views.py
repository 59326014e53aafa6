"""Costs from a list: a file or pasted lines, shown first and entered then."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, Unreadable
from hadi.models import Hypothesis
from hadi.services import cost_import, costs, workspace
from hadi.services.cost_import import Does, Imported
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.cost_import_pages import CostImportForm, cost_import_page
from hadi.web.hypotheses.cost_views import require_writing, seen
from hadi.web.hypotheses.data_views import shown_name, stream_of
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
TEMPLATE = "hypotheses/cost_import.html"


@blueprint.route("/<key>/costs/import", methods=["GET", "POST"])
def import_costs(key: str) -> Answer:
    """A file or lines: first what they would enter, then done."""
    hypothesis = seen(key)
    require_writing(hypothesis, "import_costs")
    if request.method == "GET":
        form = CostImportForm(formdata=None, data={"currency": _currency(hypothesis)})
        return render(TEMPLATE, cost_import_page(hypothesis, form))
    form = CostImportForm()
    if not form.validate():
        return render(TEMPLATE, cost_import_page(hypothesis, form)), 422
    found: Imported | None = None
    try:
        if form.is_sent:
            sent = form.file.data
            form.lines.data = cost_import.as_text(stream_of(sent), shown_name(sent.filename))
        elif request.form.get("do") == "import":
            return once(form, lambda: _enter(hypothesis, form))
        found = _looked(hypothesis, form)
    except Unreadable as refusal:
        field = form.file if form.is_sent else form.lines
        field.errors = [*field.errors, say(refusal.text)]
    except Invalid:  # every fault stands at its line
        hypothesis = seen(key)
        found = _looked(hypothesis, form)
    status = 200 if found is not None and not found.faults else 422
    return render(TEMPLATE, cost_import_page(seen(key), form, found)), status


def _looked(hypothesis: Hypothesis, form: CostImportForm) -> Imported:
    return cost_import.preview(
        hypothesis.id, form.lines.data or "", currency=form.currency.data or "",
        by=current_actor(), now=now(),
    )  # fmt: skip


def _enter(hypothesis: Hypothesis, form: CostImportForm) -> str:
    key = hypothesis.key
    done = cost_import.run(
        hypothesis.id, form.lines.data or "", currency=form.currency.data or "",
        by=current_actor(), now=now(),
    )  # fmt: skip
    count = done.count(Does.ADD)
    tell(ngettext("%(num)s cost is entered.", "%(num)s costs are entered.", count))
    return url_for("hypotheses.costs", key=key)


def _currency(hypothesis: Hypothesis) -> str:
    """That of the budget."""
    test = hypothesis.current_test
    cap = costs.planned_cap(test) if test else None
    return cap.currency if cap else workspace.current().currency
