"""The list of hypotheses, the board, and the list as a file."""

from __future__ import annotations

import io

from flask import Response, abort, make_response, request, send_file

from hadi.services import hypothesis_export, hypothesis_list, workspace
from hadi.services.hypothesis_export import Reader
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.board_page import MOST, board_filters, board_page
from hadi.web.hypotheses.list_page import list_page
from hadi.web.hypotheses.list_query import ListQuery
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.render import render

FILE_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("")
def index() -> Response:
    """The list. htmx asks for the same address while one types, and gets the results alone."""
    actor, query = current_actor(), ListQuery.read(request.args)
    found = hypothesis_list.listing(
        filters=query.filters(actor), order=query.order, page=query.page, by=actor
    )
    page = list_page(found, query, actor=actor)
    template = "hypotheses/_results.html" if _wants_results() else "hypotheses/index.html"
    response = make_response(render(template, page))
    response.vary.add("HX-Request")
    return response


@blueprint.get("/board")
def board() -> str:
    actor, query = current_actor(), ListQuery.read(request.args)
    columns, counts = hypothesis_list.board(
        filters=board_filters(query, actor), most=MOST, by=actor
    )
    return render("hypotheses/board.html", board_page(columns, counts, query, actor=actor))


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """Everything the list finds, as CSV or XLSX."""
    if format not in FILE_TYPES:
        abort(404)
    actor, query = current_actor(), ListQuery.read(request.args)
    rows = hypothesis_export.rows(filters=query.filters(actor), order=query.order, by=actor)
    reader = Reader(say, workspace.zone())
    file = io.BytesIO()
    if format == "csv":
        file.writelines(hypothesis_export.as_csv(rows, reader))
    else:
        hypothesis_export.as_xlsx(rows, reader, into=file)
    file.seek(0)
    name = f"hypotheses-{now().astimezone(workspace.zone()):%Y-%m-%d}.{format}"
    return send_file(file, mimetype=FILE_TYPES[format], as_attachment=True, download_name=name)


def _wants_results() -> bool:
    """Going back restores a whole page, even when htmx asks for it."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers
