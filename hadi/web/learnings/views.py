"""The library of learnings, and the library as a file."""

from __future__ import annotations

from flask import Response, request

from hadi.services import learning_list, workspace
from hadi.web.learnings import blueprint
from hadi.web.learnings.pages import learnings_page
from hadi.web.learnings.query import LearningQuery
from hadi.web.shared.access import current_actor, today
from hadi.web.shared.language import say
from hadi.web.shared.render import render


@blueprint.get("")
def index() -> str:
    """What was learned. htmx asks for the same address while one types; it takes the results out
    of the whole page."""
    actor, query = current_actor(), LearningQuery.read(request.args)
    found = learning_list.learnings(filters=query.filters, page=query.page, by=actor)
    is_empty = not found.total and not query.is_narrowed
    page = learnings_page(found, query, is_empty=is_empty, actor=actor)
    return render("learnings/index.html", page)


@blueprint.get("/export.csv")
def export() -> Response:
    """Everything the search finds, as CSV."""
    query = LearningQuery.read(request.args)
    rows = learning_list.as_csv(
        filters=query.filters, say=say, zone=workspace.zone(), by=current_actor()
    )
    name = f"learnings-{today():%Y-%m-%d}.csv"
    return Response(
        b"".join(rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
