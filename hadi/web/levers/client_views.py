"""Client bases: the list by territory, its entries, and the setting of the whole one."""

from __future__ import annotations

from datetime import date

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid
from hadi.domain.permissions import Permission, require
from hadi.models import ClientBase
from hadi.services import client_bases, lever_periods
from hadi.services.client_bases import Period
from hadi.services.exports import Name
from hadi.web.levers import blueprint
from hadi.web.levers.client_pages import base_page, clients_page, void_base_page
from hadi.web.levers.entry_views import REFUSED, Answer, saved, struck, taken_back
from hadi.web.levers.forms import BaseForm, DefinitionForm, base_values
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell


@blueprint.get("/clients")
def clients() -> str:
    """The bases of the last period, or of the one that the address names."""
    return _page(_definition_form())


@blueprint.get("/clients.<format>")
def clients_file(format: str) -> Response:
    """The bases as a file."""
    return downloads.answer(Name.CLIENT_BASES, {}, format)


@blueprint.post("/clients")
def define() -> Answer:
    """Say whom the whole base counts."""
    require(current_actor(), Permission.EDIT_SETTINGS)
    form = DefinitionForm()
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _define(form))
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(form), REFUSED


def _define(form: DefinitionForm) -> str:
    client_bases.define(form.chosen, by=current_actor(), now=now())
    tell(_("The whole base is defined anew."))
    return url_for("levers.clients")


@blueprint.route("/clients/new", methods=["GET", "POST"])
def new_base() -> Answer:
    """Enter a territory's base."""
    lever_periods.require_any(current_actor())
    if request.method == "GET":
        form = BaseForm(formdata=None, data=_blank())
        return render("levers/base.html", base_page(form))
    form = BaseForm()
    return saved(
        form, lambda: _add(form), lambda _is_stale: render("levers/base.html", base_page(form))
    )


def _add(form: BaseForm) -> str:
    client_bases.add(body=form.body, by=current_actor(), now=now())
    tell(_("The client base is entered."))
    return url_for("levers.clients")


@blueprint.route("/clients/<base_id>", methods=["GET", "POST"])
def base(base_id: str) -> Answer:
    """Correct a territory's base."""
    found = _editable(base_id)
    if found.is_void:
        return redirect(url_for("levers.clients"))
    if request.method == "GET":
        form = BaseForm(formdata=None, data=base_values(found))
        return render("levers/base.html", base_page(form, found))
    form = BaseForm()

    def page(is_stale: bool) -> str:
        return render("levers/base.html", base_page(form, found, is_stale=is_stale))

    def version() -> int:
        return _editable(base_id).version

    return saved(form, lambda: _edit(found, form), page, version=version)


def _edit(found: ClientBase, form: BaseForm) -> str:
    client_bases.edit(
        found.id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("The client base is corrected."))
    return url_for("levers.clients")


@blueprint.route("/clients/<base_id>/void", methods=["GET", "POST"])
def void_base(base_id: str) -> Answer:
    """Strike a base out, with a reason; the message offers to take that back."""
    found = _editable(base_id)
    return struck(lambda form: void_base_page(found, form), lambda reason: _void(found, reason))


def _void(found: ClientBase, reason: str) -> str:
    base_id = found.id
    client_bases.void(base_id, reason=reason, by=current_actor(), now=now())
    tell(
        _("The client base is struck out."),
        undo_url=url_for("levers.restore_base", base_id=base_id),
    )
    return url_for("levers.clients")


@blueprint.post("/clients/<base_id>/restore")
def restore_base(base_id: str) -> Response:
    """Count a base again that was struck out."""
    found = _editable(base_id)
    return taken_back(
        (lambda: client_bases.restore(found.id, by=current_actor(), now=now()))
        if found.is_void
        else None,
        where=url_for("levers.clients"), said=_("The client base counts again."),
        twice=_("It was entered anew meanwhile: strike that entry out first."),
    )  # fmt: skip


def _page(form: DefinitionForm) -> str:
    actor = current_actor()
    found = client_bases.found(period=_asked(), by=actor)
    return render("levers/clients.html", clients_page(found, form, actor=actor))


def _definition_form() -> DefinitionForm:
    form = DefinitionForm(formdata=None, data={"definition": client_bases.definition().value})
    form.offer()
    return form


def _asked() -> Period | None:
    """The period that the address names, if it is one."""
    first, _sign, last = request.args.get("period", "").partition("_")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None


def _editable(base_id: str) -> ClientBase:
    """The base, for who may change it. Raises NotFound, NotAllowed."""
    found = client_bases.find(base_id, by=current_actor())
    require(current_actor(), Permission.EDIT_LEVERS, lever_periods.stake(found.unit))
    return found


def _blank() -> dict[str, date]:
    """The days of the last period: the next territory is of the same."""
    period = client_bases.found(by=current_actor()).period
    return {"starts_on": period[0], "ends_on": period[1]} if period else {}
