"""The data sets of the workspace."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from hadi.services import dataset_list
from hadi.services.exports import Name
from hadi.web.data import blueprint, source_views
from hadi.web.data.pages import data_page
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor
from hadi.web.shared.render import render

__all__ = ["blueprint", "source_views"]


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """The list of data sets as a file."""
    return downloads.answer(Name.DATASETS, {}, format)


@blueprint.get("")
def index() -> str:
    """Every attached data set, newest first."""
    written = request.args.get("page", "1")
    is_number = written.isascii() and written.isdigit() and len(written) < 8
    found = dataset_list.attached(page=int(written) if is_number else 1, by=current_actor())
    return render("data/index.html", data_page(found))
