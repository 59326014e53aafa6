"""The data sets of the workspace."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from hadi.services import dataset_list, exports
from hadi.services.exports import Name
from hadi.web.data import blueprint, source_views
from hadi.web.data.pages import data_page
from hadi.web.data.query import DataQuery
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor
from hadi.web.shared.render import render

__all__ = ["blueprint", "source_views"]


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """Every data set that the search finds, as a file."""
    arguments = exports.datasets_arguments(DataQuery.read(request.args).filters)
    return downloads.answer(Name.DATASETS, arguments, format)


@blueprint.get("")
def index() -> str:
    """Attached data sets, newest first. htmx asks for the same address while one types; it takes
    the results out of the whole page."""
    query = DataQuery.read(request.args)
    found = dataset_list.attached(filters=query.filters, page=query.page, by=current_actor())
    is_empty = not found.total and not query.is_narrowed
    return render("data/index.html", data_page(found, query, is_empty=is_empty))
