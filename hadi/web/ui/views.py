"""One page that shows every component, for those who build pages and those who review them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome, render
from hadi.web.ui.forms import SpecimenForm, filled_form, refused_form
from hadi.web.ui.specimens import Specimens, specimens

blueprint = Blueprint("ui", __name__, url_prefix="/ui")


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage(Page):
    """The specimens, and a form as it is when opened and when it was refused."""

    specimens: Specimens
    form: SpecimenForm
    refused: SpecimenForm


@blueprint.get("/")
def index() -> str:
    """Show the gallery."""
    page = GalleryPage(
        title="Components",
        chrome=chrome(),
        specimens=specimens(),
        form=filled_form(),
        refused=refused_form(),
    )
    return render("ui/gallery.html", page)
