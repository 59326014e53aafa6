"""The library of learnings, and the library as a file."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from hadi.services import exports, learning_list
from hadi.services.exports import Name
from hadi.web.learnings import blueprint
from hadi.web.learnings.pages import learnings_page
from hadi.web.learnings.query import LearningQuery
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor
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


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """Everything the search finds, as a file."""
    arguments = exports.learnings_arguments(LearningQuery.read(request.args).filters)
    return downloads.answer(Name.LEARNINGS, arguments, format)
