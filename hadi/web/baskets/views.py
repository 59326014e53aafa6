"""Baskets: a file of receipt lines is brought, said what is what, looked into, and used."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.config import Settings
from hadi.domain.errors import Blocked, Invalid, Stale, Unreadable
from hadi.ingest.limits import Limits
from hadi.models import Basket, Hypothesis
from hadi.services import basket_files, basket_use, basket_views, baskets, made_datasets
from hadi.web.baskets import blueprint
from hadi.web.baskets.forms import (
    FIELD_NAMES,
    ChooseForm,
    FileForm,
    UseForm,
    choose_values,
    goods_of,
    sent_goods,
)
from hadi.web.baskets.found_page import basket_page
from hadi.web.baskets.pages import baskets_page, choose_page, use_page
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["blueprint"]

Answer = Response | str | tuple[str, int]
REFUSED, STALE = 422, 409
QUERY_LENGTH = 100


@blueprint.get("")
def index() -> str:
    """What was brought, and a form for the next file."""
    return _listed(FileForm(formdata=None))


@blueprint.post("")
def add() -> Answer:
    """Bring a file; the next page asks what is what in it."""
    form = FileForm()
    if not form.validate():
        return _listed(form), REFUSED
    if not form.is_sent:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _listed(form), REFUSED
    sent = form.file.data
    try:
        basket = baskets.keep(
            file=sent.stream, filename=sent.filename, name=form.name.data or "",
            folder=_folder(), limits=_limits(), by=current_actor(), now=now(),
        )  # fmt: skip
    except Unreadable as refused:
        form.file.errors = [*form.file.errors, say(refused.text)]
        return _listed(form), REFUSED
    except Invalid as refused:
        form.refuse(refused)
        return _listed(form), REFUSED
    return redirect(url_for("baskets.choose", basket_id=basket.id))


@blueprint.get("/<basket_id>")
def show(basket_id: str) -> Answer:
    """What was found."""
    basket = baskets.find(basket_id, by=current_actor())
    found = basket_views.shown(basket, current_actor())
    if found is None:
        return redirect(url_for("baskets.choose", basket_id=basket.id))
    words = request.args.get("q", "").replace("\0", "")[:QUERY_LENGTH].strip()
    return render("baskets/show.html", basket_page(basket, found, current_actor(), words=words))


@blueprint.route("/<basket_id>/choose", methods=["GET", "POST"])
def choose(basket_id: str) -> Answer:
    """Say what the columns and the goods are."""
    basket = baskets.find(basket_id, by=current_actor())
    baskets.require_editable(basket, by=current_actor())
    if request.method == "GET":
        return _choosing(basket, ChooseForm(formdata=None, data=choose_values(basket)))
    form, goods = ChooseForm(), sent_goods(request.form)
    form.offer([one["name"] for one in basket.columns])
    if not form.validate():
        return _choosing(basket, form, goods), REFUSED
    try:
        return once(form, lambda: _choose(basket, form, goods))
    except Invalid as refused:
        form.refuse(refused, FIELD_NAMES)
    except Unreadable as refused:
        form.form_errors.append(say(refused.text))
    except Stale:
        basket = baskets.find(basket_id, by=current_actor())
        form.version.data = str(basket.version)
        return _choosing(basket, form, goods, is_stale=True), STALE
    return _choosing(basket, form, goods), REFUSED


def _choose(basket: Basket, form: ChooseForm, goods: dict[str, str]) -> str:
    chosen = baskets.choose(
        basket.id, given=form.asked(goods), version=form.read_version, folder=_folder(),
        by=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("baskets.show", basket_id=chosen.id)


@blueprint.route("/<basket_id>/use", methods=["GET", "POST"])
def use(basket_id: str) -> Answer:
    """Make store-weeks the data of a test; its own page then asks for the columns."""
    basket, by = baskets.find(basket_id, by=current_actor()), current_actor()
    form = UseForm() if request.method == "POST" else UseForm(formdata=None)
    offered = made_datasets.taking(by=by)
    form.offer(offered, basket_use.stores_of(basket))
    if request.method == "GET":
        return render("baskets/use.html", use_page(basket, form, offered))
    chosen = next((one for one in offered if one.id == form.hypothesis.data), None)
    if form.validate() and chosen is not None:
        try:
            return redirect(_use(basket, form, chosen))
        except Blocked as refused:
            form.form_errors += [say(blocker.text) for blocker in refused.blockers]
        except Invalid as refused:
            form.refuse(refused)
        except Unreadable as refused:
            form.form_errors.append(say(refused.text))
    elif chosen is None:
        form.hypothesis.errors = [*form.hypothesis.errors, _("Choose a hypothesis.")]
    return render("baskets/use.html", use_page(basket, form, offered)), REFUSED


def _use(basket: Basket, form: UseForm, hypothesis: Hypothesis) -> str:
    dataset = basket_use.use(
        basket.id, hypothesis.id, grain=form.grain.data or "", treated=form.treated.data or (),
        folder=_folder(), limits=_limits(), by=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("hypotheses.map_data", key=hypothesis.key, dataset_id=dataset.id)


@blueprint.post("/<basket_id>/remove")
def remove(basket_id: str) -> Response:
    """Set it aside; the message offers to fetch it back."""
    try:
        basket = baskets.remove(basket_id, by=current_actor(), now=now())
    except Blocked:
        return redirect(url_for("baskets.index"))  # it is: the button was hit twice
    undo = url_for("baskets.restore", basket_id=basket.id)
    tell(_("“%(name)s” is set aside.", name=basket.name), undo_url=undo)
    return redirect(url_for("baskets.index"))


@blueprint.post("/<basket_id>/restore")
def restore(basket_id: str) -> Response:
    """Fetch it back."""
    try:
        basket = baskets.restore(basket_id, by=current_actor(), now=now())
    except Blocked:
        return redirect(url_for("baskets.show", basket_id=basket_id))
    tell(_("“%(name)s” is back.", name=basket.name))
    return redirect(url_for("baskets.show", basket_id=basket.id))


@blueprint.post("/<basket_id>/delete-rows")
def delete_rows(basket_id: str) -> Answer:
    """Delete the lines for good."""
    by = current_actor()
    try:
        basket = baskets.delete_rows(
            basket_id, reason=request.form.get("reason", "").replace("\0", ""), folder=_folder(),
            by=by, now=now(),
        )  # fmt: skip
    except Invalid as refused:
        basket = baskets.find(basket_id, by=by)
        found = basket_views.shown(basket, by)
        if found is None:
            tell(say(refused.text), "warning")
            return redirect(url_for("baskets.index"))
        page = basket_page(basket, found, by, problem=say(refused.text))
        return render("baskets/show.html", page), REFUSED
    tell(_("The lines of “%(name)s” are deleted.", name=basket.name))
    return redirect(url_for("baskets.index"))


@blueprint.get("/<basket_id>/<part>/export.<format>")
def export(basket_id: str, part: str, format: str) -> Response:
    """A table of what was found, as a file."""
    made = basket_files.table(basket_id, part, folder=_folder(), by=current_actor())
    return downloads.send(made, format)


def _listed(form: FileForm) -> str:
    by = current_actor()
    kept = baskets.listing(by=by)
    removed = baskets.listing(by=by, is_removed=True)
    return render("baskets/index.html", baskets_page(kept, removed, form, by))


def _choosing(
    basket: Basket,
    form: ChooseForm,
    goods: dict[str, str] | None = None,
    *,
    is_stale: bool = False,
) -> str:
    form.offer([one["name"] for one in basket.columns])
    column = form.goods_column
    offered = baskets.goods(basket, column, folder=_folder())
    is_same = form.goods_of.data == column and goods is not None
    chosen = goods if is_same and goods else goods_of(basket, offered)
    form.goods_of.data = column
    page = choose_page(basket, form, offered, chosen, is_stale=is_stale)
    return render("baskets/choose.html", page)


def _folder() -> Path:
    return downloads.data_dir() / "datasets"


def _limits() -> Limits:
    settings = cast("Settings", current_app.extensions["hadi_settings"])
    return Limits(
        max_bytes=min(baskets.MOST_BYTES, settings.max_upload_bytes or baskets.MOST_BYTES)
    )
