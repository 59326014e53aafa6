"""One page that shows every component, for those who build pages and those who review them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome, render
from hadi.web.ui.chart_specimens import ChartSpecimens, chart_specimens
from hadi.web.ui.forms import SpecimenForm, filled_form, refused_form
from hadi.web.ui.specimens import Specimens, specimens

blueprint = Blueprint("ui", __name__, url_prefix="/ui")


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage(Page):
    """The specimens, and a form as it is when opened and when it was refused."""

    specimens: Specimens
    charts: ChartSpecimens
    form: SpecimenForm
    refused: SpecimenForm


@blueprint.get("/")
def index() -> str:
    """Show the gallery."""
    page = GalleryPage(
        title="Components",
        chrome=chrome(),
        specimens=specimens(moves_url=url_for("ui.move")),
        charts=chart_specimens(),
        form=filled_form(),
        refused=refused_form(),
    )
    return render("ui/gallery.html", page)


@blueprint.post("/moves")
def move() -> Response:
    """Let a card of the specimen board go anywhere; nothing is stored."""
    to = request.form.get("to", "")
    if "json" not in request.headers.get("Accept", ""):
        return redirect(url_for("ui.index", _anchor="board-section"))
    others = (key for key in ("planned", "running", "measured", "concluded") if key != to)
    moves = {key: {"url": request.path, "reason": None, "visit": None} for key in others}
    version = request.form.get("version", default=0, type=int) + 1
    return jsonify(version=version, moves=moves)
