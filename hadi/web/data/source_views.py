"""Connections to the team's own databases: for those who may manage them, at every address."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hadi.domain.errors import Invalid, NotFound, Stale
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.models import Connection
from hadi.models.connection import ConnectionKind
from hadi.services import connections
from hadi.web.data import blueprint
from hadi.web.data.source_forms import SourceForm, source_form
from hadi.web.data.source_pages import (
    check_page,
    kinds_page,
    new_source_page,
    source_page,
    sources_page,
)
from hadi.web.shared.access import current_actor, fresh, now
from hadi.web.shared.errors import Typed, stale_page
from hadi.web.shared.forms import Form
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell


@blueprint.get("/sources")
def sources() -> str:
    return render("data/sources.html", sources_page(connections.listing(by=current_actor())))


@blueprint.get("/sources/new")
def new_source() -> str:
    """What a connection may lead to."""
    require(current_actor(), Permission.MANAGE_SOURCES)
    return render("data/source_kinds.html", kinds_page())


@blueprint.get("/sources/new/<kind>")
@fresh
def new_source_of(kind: str) -> ResponseReturnValue:
    require(current_actor(), Permission.MANAGE_SOURCES)
    chosen = _kind(kind)
    return render("data/source.html", new_source_page(chosen, source_form(chosen)))


@blueprint.post("/sources/new/<kind>")
@fresh
def add_source(kind: str) -> ResponseReturnValue:
    require(current_actor(), Permission.MANAGE_SOURCES)
    chosen = _kind(kind)
    form = source_form(chosen)
    if form.validate_on_submit():
        try:
            return once(form, lambda: _add(chosen, form))
        except Invalid as refusal:
            form.refuse_source(refusal)
    else:
        form.forget_secrets()
    return render("data/source.html", new_source_page(chosen, form)), 422


@blueprint.get("/sources/<source_id>")
@fresh
def source(source_id: str) -> ResponseReturnValue:
    found = connections.find(source_id, by=current_actor())
    return render("data/source.html", source_page(found, source_form(found.kind, found)))


@blueprint.post("/sources/<source_id>")
@fresh
def save_source(source_id: str) -> ResponseReturnValue:
    found = connections.find(source_id, by=current_actor())
    form = source_form(found.kind, found)
    if form.validate_on_submit():
        try:
            _save(found, form)
        except Invalid as refusal:
            form.refuse_source(refusal)
        except Stale:
            return _stale(form, connections.find(source_id, by=current_actor()))
        else:
            tell(_("Saved."))
            return redirect(url_for("data.source", source_id=source_id))
    else:
        form.forget_secrets()
    found = connections.find(source_id, by=current_actor())
    return render("data/source.html", source_page(found, form)), 422


@blueprint.post("/sources/<source_id>/test")
def test_source(source_id: str) -> ResponseReturnValue:
    """Ask the database now; a fragment for htmx, else the page with what was found."""
    Form().validate()
    actor = current_actor()
    tested = connections.test(source_id, by=actor, now=now())
    if request.headers.get("HX-Request"):
        return render("data/_source_check.html", check_page(tested))
    found = connections.find(source_id, by=actor)
    form = source_form(found.kind, found)
    return render("data/source.html", source_page(found, form, tested=tested))


@blueprint.post("/sources/<source_id>/archive")
def archive_source(source_id: str) -> ResponseReturnValue:
    put = connections.archive(source_id, version=_version(), by=current_actor(), now=now())
    tell(
        _("“%(name)s” is put aside: nothing asks it any more.", name=put.name),
        undo_url=url_for("data.restore_source", source_id=source_id),
    )
    return redirect(url_for("data.sources"))


@blueprint.post("/sources/<source_id>/restore")
def restore_source(source_id: str) -> ResponseReturnValue:
    back = connections.restore(source_id, version=_version(), by=current_actor(), now=now())
    tell(_("“%(name)s” is back.", name=back.name))
    return redirect(url_for("data.source", source_id=source_id))


def _add(kind: ConnectionKind, form: SourceForm) -> str:
    added = connections.create(
        kind=kind, name=form.name.data or "", settings=form.settings(), secret=_password(form),
        limits=form.limits(), by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("“%(name)s” is saved. Now test whether it answers.", name=added.name))
    return url_for("data.source", source_id=added.id)


def _save(found: Connection, form: SourceForm) -> None:
    connections.edit(
        found.id, name=form.name.data or "", settings=form.settings(), secret=_password(form),
        removes_secret=form.has_password and bool(form["removes_password"].data),
        limits={**found.limits, **form.limits()}, version=form.read_version, by=current_actor(),
        now=now(),
    )  # fmt: skip


def _password(form: SourceForm) -> str | None:
    return form["password"].data or None if form.has_password else None


def _stale(form: SourceForm, found: Connection) -> ResponseReturnValue:
    """What was typed beside what is stored; of the password, neither."""
    stored = source_form(found.kind)
    stored.process(formdata=None, data={"name": found.name} | _settings(found))
    fields = [
        Typed(str(field.label.text), typed, str(stored[field.name].data or ""))
        for field, typed in form.typed()
    ]
    return stale_page(fields=fields, edit_url=url_for("data.source", source_id=found.id))


def _settings(found: Connection) -> dict[str, object]:
    return {f"source_{name}": value for name, value in found.settings.items()}


def _kind(written: str) -> ConnectionKind:
    try:
        return ConnectionKind(written)
    except ValueError:
        raise NotFound(Text("no_such_connection")) from None


def _version() -> int | None:
    written = request.form.get("version", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
