"""Funnels: found, defined, changed, archived, and what their deals say."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import Funnel
from hadi.services import funnel_deals, funnels
from hadi.web.funnels import blueprint, deal_views
from hadi.web.funnels.deal_views import folder, shown_page
from hadi.web.funnels.forms import FunnelForm, funnel_values, usual_funnel, with_stage
from hadi.web.funnels.pages import form_page, funnels_page
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["blueprint", "deal_views"]

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """The funnels by name."""
    actor = current_actor()
    is_archived = request.args.get("shown") == "archived"
    query = request.args.get("q", "")[:200].replace("\0", "")
    found = funnels.listing(query=query, is_archived=is_archived, by=actor)
    page = funnels_page(found, query=query, is_archived=is_archived, folder=folder(), actor=actor)
    return render("funnels/index.html", page)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """Define a funnel."""
    actor = current_actor()
    require(actor, Permission.MANAGE_FUNNELS)
    if request.method == "GET":
        form = FunnelForm(formdata=None, data=usual_funnel() | {"responsible": actor.user_id})
        form.offer()
        return render("funnels/form.html", form_page(form))
    form, is_adding = _sent()
    form.offer()
    if not is_adding and form.validate():
        try:
            return once(form, lambda: _create(form))
        except Invalid as refusal:
            form.refuse_stages(refusal)
    return render("funnels/form.html", form_page(form)), 200 if is_adding else 422


def _create(form: FunnelForm) -> str:
    funnel = funnels.create(body=form.body, by=current_actor(), now=now())
    tell(_("“%(name)s” is defined: now its deals.", name=funnel.name))
    return url_for("funnels.show", funnel_id=funnel.id)


@blueprint.get("/<funnel_id>")
def show(funnel_id: str) -> str:
    """A funnel and its numbers, of the newest deals or of those that are asked for."""
    actor = current_actor()
    funnel = funnels.find(funnel_id, by=actor)
    asked = request.args.get("deals", "")
    deals = funnel_deals.find(asked, funnel, by=actor) if asked else funnel_deals.newest(funnel)
    return shown_page(funnel, deals)


@blueprint.route("/<funnel_id>/edit", methods=["GET", "POST"])
def edit(funnel_id: str) -> Answer:
    """Change a funnel."""
    actor = current_actor()
    funnel = funnels.find(funnel_id, by=actor)
    require(actor, Permission.MANAGE_FUNNELS)
    if request.method == "GET":
        form = FunnelForm(formdata=None, data=funnel_values(funnel))
        form.offer(funnel)
        return render("funnels/form.html", form_page(form, funnel))
    form, is_adding = _sent()
    form.offer(funnel)
    status, is_stale = 200 if is_adding else 422, False
    if not is_adding and form.validate():
        try:
            return once(form, lambda: _edit(funnel, form))
        except Invalid as refusal:
            form.refuse_stages(refusal)
        except Stale:
            funnel = funnels.find(funnel_id, by=actor)
            form.version.data, status, is_stale = str(funnel.version), 409, True
    funnel = funnels.find(funnel_id, by=actor)
    form.offer(funnel)
    return render("funnels/form.html", form_page(form, funnel, is_stale=is_stale)), status


def _edit(funnel: Funnel, form: FunnelForm) -> str:
    funnel_id = funnel.id
    edited = funnels.edit(
        funnel_id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("“%(name)s” is changed.", name=edited.name))
    return url_for("funnels.show", funnel_id=funnel_id)


def _sent() -> tuple[FunnelForm, bool]:
    """The form that was sent, and whether another row is wanted rather than the funnel saved."""
    is_adding = request.form.get("do") == "add"
    return FunnelForm(formdata=with_stage(request.form) if is_adding else request.form), is_adding


@blueprint.post("/<funnel_id>/archive")
def archive(funnel_id: str) -> Response:
    """Put a funnel away; the message offers to take that back."""
    funnel = funnels.find(funnel_id, by=current_actor())
    here = url_for("funnels.show", funnel_id=funnel.id)
    try:
        funnels.archive(funnel.id, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)  # it is: somebody was faster, or the button was hit twice
    undo = url_for("funnels.restore", funnel_id=funnel.id)
    tell(_("“%(name)s” is archived.", name=funnel.name), undo_url=undo)
    return redirect(here)


@blueprint.post("/<funnel_id>/restore")
def restore(funnel_id: str) -> Response:
    """Take an archived funnel back."""
    funnel = funnels.find(funnel_id, by=current_actor())
    here = url_for("funnels.show", funnel_id=funnel.id)
    try:
        funnels.restore(funnel.id, by=current_actor(), now=now())
    except Blocked:
        return redirect(here)
    tell(_("“%(name)s” is back.", name=funnel.name))
    return redirect(here)
