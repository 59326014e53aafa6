"""The deals of a funnel: sent, their columns named, taken away, downloaded, made into data."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO, cast

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.config import Settings
from hadi.domain.errors import HadiError, Invalid, NotAllowed, Stale, TooLarge, Unreadable
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.ingest.limits import MB, Limits
from hadi.models import Funnel, FunnelDeals
from hadi.services import funnel_deals, funnel_invoices, funnel_tables, funnels, hypotheses
from hadi.web.funnels import blueprint
from hadi.web.funnels.forms import (
    ColumnsForm,
    DealsForm,
    DeleteForm,
    InvoicesForm,
    UseForm,
    column_values,
)
from hadi.web.funnels.pages import columns_page, funnel_page
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
MOST_BYTES = 64 * MB  # read while the browser waits
LONGEST_PASTE = 8 * MB  # characters
PASTED = "pasted.tsv"


def folder() -> Path:
    return _settings().data_dir / "datasets"


def limits() -> Limits:
    return Limits(max_bytes=min(MOST_BYTES, _settings().max_upload_bytes or MOST_BYTES))


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["hadi_settings"])


def shown_page(
    funnel: Funnel,
    deals: FunnelDeals | None,
    *,
    deals_form: DealsForm | None = None,
    use_form: UseForm | None = None,
    invoices_form: InvoicesForm | None = None,
    delete_form: DeleteForm | None = None,
) -> str:
    page = funnel_page(
        funnel, deals, folder=folder(), limit=f"{(limits().max_bytes or 0) / MB:.0f} MB",
        deals_form=deals_form, use_form=use_form, invoices_form=invoices_form,
        delete_form=delete_form,
        actor=current_actor(),
    )  # fmt: skip
    return render("funnels/show.html", page)


@blueprint.post("/<funnel_id>/deals")
def send_deals(funnel_id: str) -> Answer:
    """Keep an export, and go on to its columns."""
    actor = current_actor()
    funnel = funnels.find(funnel_id, by=actor)
    form, status = DealsForm(), 422
    if form.validate():
        try:
            name, stream = _file(form)
            deals = funnel_deals.keep(
                funnel.id, file=stream, filename=name, limits=limits(), folder=folder(), by=actor,
                now=now(),
            )  # fmt: skip
            return redirect(url_for("funnels.columns", funnel_id=funnel_id, deals_id=deals.id))
        except Unreadable as refused:
            control = form.pasted if form.pasted.data and not form.file.data else form.file
            control.errors = [*control.errors, say(refused.text)]
            status = 413 if isinstance(refused, TooLarge) else 422
    funnel = funnels.find(funnel_id, by=actor)
    return shown_page(funnel, funnel_deals.newest(funnel), deals_form=form), status


def _file(form: DealsForm) -> tuple[str, BinaryIO]:
    """What was sent or pasted. Raises Unreadable where nothing was."""
    sent, pasted = form.file.data, str(form.pasted.data or "")
    if sent and sent.filename:
        return sent.filename, cast("BinaryIO", sent.stream)
    if not pasted.strip():
        raise Unreadable(Text("funnel_nothing_sent"))
    if len(pasted) > LONGEST_PASTE:
        raise TooLarge(Text("series_long", limit=LONGEST_PASTE))
    return PASTED, io.BytesIO(pasted.encode())


@blueprint.route("/<funnel_id>/deals/<deals_id>/columns", methods=["GET", "POST"])
def columns(funnel_id: str, deals_id: str) -> Answer:
    """Say which column of an export holds what."""
    actor = current_actor()
    deals = funnel_deals.find(deals_id, funnels.find(funnel_id, by=actor), by=actor)
    require(actor, Permission.MANAGE_FUNNELS)
    if request.method == "GET":
        form = ColumnsForm(formdata=None, data=column_values(deals))
        form.offer(deals)
        return render("funnels/columns.html", columns_page(deals, form))
    form, status, is_stale = ColumnsForm(), 422, False
    form.offer(deals)
    if form.validate():
        try:
            _name_columns(deals, form)
            return redirect(url_for("funnels.show", funnel_id=funnel_id, deals=deals_id))
        except Invalid as refused:
            form.refuse_columns(refused, deals)
        except Unreadable as refused:
            form.form_errors.append(say(refused.text))
        except Stale:
            status, is_stale = 409, True
    deals = funnel_deals.find(deals_id, funnels.find(funnel_id, by=actor), by=actor)
    if is_stale:
        form.version.data = str(deals.version)
    form.offer(deals)
    return render("funnels/columns.html", columns_page(deals, form, is_stale=is_stale)), status


def _name_columns(deals: FunnelDeals, form: ColumnsForm) -> None:
    funnel_deals.name_columns(
        deals.funnel_id, deals.id, mapping=form.mapping(deals), as_of=form.as_of.data,
        invoices=form.invoices.data, version=form.read_version, folder=folder(),
        by=current_actor(), now=now(),
    )  # fmt: skip


@blueprint.post("/<funnel_id>/deals/<deals_id>/invoices")
def lay_invoices(funnel_id: str, deals_id: str) -> Answer:
    """Lay a file of invoices beside an export."""
    actor = current_actor()
    funnel = funnels.find(funnel_id, by=actor)
    deals = funnel_deals.find(deals_id, funnel, by=actor)
    form, status = InvoicesForm(), 422
    if form.validate():
        sent = form.invoices_file.data
        try:
            if not sent or not sent.filename:
                raise Unreadable(Text("invoices_nothing_sent"))
            funnel_invoices.lay(
                funnel.id, deals.id, file=cast("BinaryIO", sent.stream), filename=sent.filename,
                limits=limits(), folder=folder(), by=actor, now=now(),
            )  # fmt: skip
            tell(_("The invoices are counted."))
            return redirect(url_for("funnels.show", funnel_id=funnel_id, deals=deals_id))
        except Unreadable as refused:
            control = form.invoices_file
            control.errors = [*control.errors, say(refused.text)]
            status = 413 if isinstance(refused, TooLarge) else 422
    funnel = funnels.find(funnel_id, by=actor)
    deals = funnel_deals.find(deals_id, funnel, by=actor)
    return shown_page(funnel, deals, invoices_form=form), status


@blueprint.post("/<funnel_id>/deals/<deals_id>/remove")
def remove_deals(funnel_id: str, deals_id: str) -> Response:
    """Take an export away."""
    deals = funnel_deals.remove(funnel_id, deals_id, by=current_actor(), now=now())
    undo = url_for("funnels.restore_deals", funnel_id=funnel_id, deals_id=deals_id)
    tell(
        _("“%(name)s” is removed. Data that were made of it stay.", name=deals.filename),
        undo_url=undo,
    )
    return redirect(url_for("funnels.show", funnel_id=funnel_id))


@blueprint.post("/<funnel_id>/deals/<deals_id>/restore")
def restore_deals(funnel_id: str, deals_id: str) -> Response:
    """Take an export back."""
    deals = funnel_deals.restore(funnel_id, deals_id, by=current_actor(), now=now())
    tell(_("“%(name)s” is back.", name=deals.filename))
    return redirect(url_for("funnels.show", funnel_id=funnel_id))


@blueprint.post("/<funnel_id>/deals/<deals_id>/delete")
def delete_deals(funnel_id: str, deals_id: str) -> Answer:
    """Delete an export for good, with a reason. For administrators."""
    actor = current_actor()
    funnel = funnels.find(funnel_id, by=actor)
    form = DeleteForm()
    if form.validate():
        try:
            funnel_deals.delete(
                funnel_id, deals_id, reason=form.reason.data or "", folder=folder(), by=actor,
                now=now(),
            )  # fmt: skip
            tell(_("The rows are deleted for good."))
            return redirect(url_for("funnels.show", funnel_id=funnel_id))
        except Invalid as refused:
            form.refuse(refused)
    funnel = funnels.find(funnel_id, by=actor)
    return shown_page(funnel, funnel_deals.newest(funnel), delete_form=form), 422


@blueprint.post("/<funnel_id>/deals/<deals_id>/use")
def use(funnel_id: str, deals_id: str) -> Answer:
    """Make the deals data of a test, and go on to its columns."""
    actor = current_actor()
    funnel = funnels.find(funnel_id, by=actor)
    deals = funnel_deals.find(deals_id, funnel, by=actor)
    form = UseForm()
    if form.validate():
        try:
            return redirect(_use(funnel, deals, form))
        except Invalid as refused:
            form.refuse(refused)
        except NotAllowed:
            raise
        except HadiError as refused:
            form.form_errors.append(say(refused.text))
    funnel = funnels.find(funnel_id, by=actor)
    deals = funnel_deals.find(deals_id, funnel, by=actor)
    return shown_page(funnel, deals, use_form=form), 422


def _use(funnel: Funnel, deals: FunnelDeals, form: UseForm) -> str:
    """Where the rows go on: to their columns, or to the data where they are attached already."""
    if not form.hypothesis.data:
        refusal = Text("deals_no_hypothesis")
        raise Invalid(refusal, {"hypothesis": refusal})
    hypothesis = hypotheses.find(form.hypothesis.data, by=current_actor())
    key = hypothesis.key
    dataset = funnel_deals.use(
        funnel.id, deals.id, hypothesis=hypothesis, start=form.start.data or "", limits=limits(),
        folder=folder(), incoming=_settings().data_dir / "incoming", by=current_actor(), now=now(),
    )  # fmt: skip
    if dataset.is_attached:
        tell(_("The test has these rows already."))
        return url_for("hypotheses.data", key=key)
    return url_for("hypotheses.map_data", key=key, dataset_id=dataset.id)


@blueprint.get("/<funnel_id>/deals/<deals_id>/stages.<format>")
def export_stages(funnel_id: str, deals_id: str, format: str) -> Response:
    """The stages as a file."""
    actor = current_actor()
    deals = funnel_deals.find(deals_id, funnels.find(funnel_id, by=actor), by=actor)
    return downloads.send(funnel_tables.stages(deals, folder=folder(), by=actor), format)


@blueprint.get("/<funnel_id>/deals/<deals_id>/groups.<format>")
def export_groups(funnel_id: str, deals_id: str, format: str) -> Response:
    """The managers (for whom they are), territories, roles and sources as a file."""
    actor = current_actor()
    deals = funnel_deals.find(deals_id, funnels.find(funnel_id, by=actor), by=actor)
    return downloads.send(funnel_tables.groups(deals, folder=folder(), by=actor), format)
