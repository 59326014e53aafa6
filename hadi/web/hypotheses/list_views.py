"""The list of hypotheses, the board, and the list as a file."""

from __future__ import annotations

from flask import Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from hadi.services import exports, hypothesis_list
from hadi.services.exports import Name
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.board_page import MOST, board_filters, board_page
from hadi.web.hypotheses.list_page import list_page
from hadi.web.hypotheses.list_query import ListQuery
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor
from hadi.web.shared.render import render


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
def export(format: str) -> AnyResponse:
    """Everything the list finds, as a file."""
    query = ListQuery.read(request.args)
    arguments = exports.hypotheses_arguments(query.filters(current_actor()), query.order)
    return downloads.answer(Name.HYPOTHESES, arguments, format)


def _wants_results() -> bool:
    """Going back restores a whole page, even when htmx asks for it."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers
