"""The pages of the methods."""

from __future__ import annotations

from flask import Blueprint, abort

from hadi.web.methods.articles import DOCUMENTS, exists
from hadi.web.methods.pages import article_page
from hadi.web.shared.render import render

blueprint = Blueprint("methods", __name__, url_prefix="/methods")


@blueprint.get("")
def show() -> str:
    return render("methods/show.html", article_page("methods"))


@blueprint.get("/<name>")
def beside(name: str) -> str:
    """What stands beside the formulas: the rule of the verdict, the simulated error rates."""
    if name == "methods" or name not in DOCUMENTS or not exists(name):
        abort(404)
    return render("methods/show.html", article_page(name))
