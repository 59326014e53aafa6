"""Stores, territories and teams: found, entered, changed, closed and opened again."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Unit
from hadi.services import exports, unit_list, units
from hadi.services.exports import Name
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell
from hadi.web.units import blueprint, import_views, week_views
from hadi.web.units.forms import UnitForm, unit_values
from hadi.web.units.list_page import units_page
from hadi.web.units.query import UnitQuery
from hadi.web.units.unit_pages import form_page, unit_page
from hadi.web.units.week_views import blank

__all__ = ["blueprint", "import_views", "week_views"]

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """The units by name. htmx asks for the same address while one types; it takes the results out
    of the whole page."""
    query, actor = UnitQuery.read(request.args), current_actor()
    found = unit_list.listed(filters=query.filters, page=query.page, by=actor)
    is_empty = not found.total and not query.is_narrowed and not unit_list.size()
    return render("units/index.html", units_page(found, query, is_empty=is_empty, actor=actor))


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """Every unit that the search finds, as a file."""
    arguments = exports.units_arguments(UnitQuery.read(request.args).filters)
    return downloads.answer(Name.UNITS, arguments, format)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """Enter a unit."""
    require(current_actor(), Permission.MANAGE_UNITS)
    if request.method == "GET":
        site = request.args.get("site", "").replace("\0", "")[:40]
        form = UnitForm(formdata=None, data={"kind": "store", "code": site, "name": site})
        form.offer()
        return render("units/form.html", form_page(form))
    form = UnitForm()
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _add(form))
        except Invalid as refusal:
            form.refuse(refusal)
    return render("units/form.html", form_page(form)), 422


def _add(form: UnitForm) -> str:
    unit = units.add(body=form.body, by=current_actor(), now=now())
    tell(_("“%(name)s” is entered.", name=unit.name))
    return url_for("units.show", unit_id=unit.id)


@blueprint.get("/<unit_id>")
def show(unit_id: str) -> str:
    """A unit, its log, and what runs there."""
    unit = units.find(unit_id, by=current_actor())
    return render("units/show.html", unit_page(unit, blank(), actor=current_actor()))


@blueprint.route("/<unit_id>/edit", methods=["GET", "POST"])
def edit(unit_id: str) -> Answer:
    """Change a unit."""
    unit = units.find(unit_id, by=current_actor())
    require(current_actor(), Permission.MANAGE_UNITS)
    if request.method == "GET":
        form = UnitForm(formdata=None, data=unit_values(unit))
        form.offer(unit)
        return render("units/form.html", form_page(form, unit))
    form, status, is_stale = UnitForm(), 422, False
    form.offer(unit)
    if form.validate():
        try:
            return once(form, lambda: _edit(unit, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Stale:
            unit = units.find(unit_id, by=current_actor())
            form.version.data, status, is_stale = str(unit.version), 409, True
    unit = units.find(unit_id, by=current_actor())
    form.offer(unit)
    return render("units/form.html", form_page(form, unit, is_stale=is_stale)), status


def _edit(unit: Unit, form: UnitForm) -> str:
    unit_id = unit.id
    edited = units.edit(
        unit_id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("“%(name)s” is changed.", name=edited.name))
    return url_for("units.show", unit_id=unit_id)


@blueprint.post("/<unit_id>/close")
def close(unit_id: str) -> Response:
    """Close a unit; the message offers to take that back."""
    unit = units.find(unit_id, by=current_actor())
    here = url_for("units.show", unit_id=unit.id)
    try:
        units.close(unit.id, version=None, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)  # it is closed: somebody was faster, or the button was hit twice
    undo = url_for("units.reopen", unit_id=unit.id)
    tell(_("“%(name)s” is closed.", name=unit.name), undo_url=undo)
    return redirect(here)


@blueprint.post("/<unit_id>/reopen")
def reopen(unit_id: str) -> Response:
    """Have a closed unit back."""
    unit = units.find(unit_id, by=current_actor())
    here = url_for("units.show", unit_id=unit.id)
    try:
        units.reopen(unit.id, version=None, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)
    tell(_("“%(name)s” is open again.", name=unit.name))
    return redirect(here)
