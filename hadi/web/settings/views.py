"""Settings: the workspace, its people, its log. Administrators only, at every address."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hadi.domain.errors import Invalid, Stale
from hadi.domain.permissions import Permission, require
from hadi.models import User
from hadi.services import activity, users, workspace
from hadi.services.exports import Name
from hadi.web.settings import archive_views, blueprint, work_views
from hadi.web.settings.forms import (
    NewPersonForm,
    WorkspaceForm,
    new_person_form,
    person_form,
    workspace_form,
)
from hadi.web.settings.pages import (
    activity_page,
    link_page,
    new_person_page,
    people_page,
    person_page,
    workspace_page,
)
from hadi.web.shared import downloads, mails
from hadi.web.shared.access import current_actor, fresh, now
from hadi.web.shared.errors import Typed, stale_page
from hadi.web.shared.forms import Form
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["archive_views", "blueprint", "work_views"]


@blueprint.before_request
def _only_administrators() -> None:
    require(current_actor(), Permission.EDIT_SETTINGS)


# --------------------------------------------------------------------------------- workspace
@blueprint.get("")
def index() -> ResponseReturnValue:
    return render("settings/workspace.html", workspace_page(workspace_form(workspace.current())))


@blueprint.post("")
def save() -> ResponseReturnValue:
    form = workspace_form(workspace.current())
    if not form.validate_on_submit():
        return render("settings/workspace.html", workspace_page(form)), 422
    try:
        _save_workspace(form)
    except Invalid as refusal:
        form.refuse(refusal)
        return render("settings/workspace.html", workspace_page(form)), 422
    except Stale:
        stored = workspace_form(workspace.current())
        return stale_page(fields=_typed(form, stored), edit_url=url_for("settings.index"))
    tell(gettext("Saved."))
    return redirect(url_for("settings.index"))


def _save_workspace(form: WorkspaceForm) -> None:
    workspace.edit(
        name=form.name.data or "",
        language=form.language.data,
        time_zone=form.time_zone.data or "",
        week_start=int(form.week_start.data),
        currency=form.currency.data or "",
        retention_days=_days(form),
        version=form.read_version,
        by=current_actor(),
        now=now(),
    )


def _days(form: WorkspaceForm) -> int | None:
    """How long rows are kept; None for ever. What is no number is refused by the rules."""
    if not str(form.retention_days.data or "").strip():
        return None
    number = form.retention_days.number
    return int(number) if number is not None else 0


# ------------------------------------------------------------------------------------ people
@blueprint.get("/people")
def people() -> ResponseReturnValue:
    return render("settings/people.html", people_page())


@blueprint.get("/people/new")
@fresh
def new_person() -> ResponseReturnValue:
    form = new_person_form(workspace.current())
    return render("settings/new_person.html", new_person_page(form))


@blueprint.post("/people/new")
@fresh
def add_person() -> ResponseReturnValue:
    """Add the person and send the welcome with a link; the link is shown as well."""
    form = new_person_form(workspace.current())
    if not form.validate_on_submit():
        return render("settings/new_person.html", new_person_page(form)), 422
    try:
        return once(form, lambda: _add(form))
    except Invalid as refusal:
        form.refuse(refusal)
        return render("settings/new_person.html", new_person_page(form)), 422


def _add(form: NewPersonForm) -> str:
    user = users.add(
        email=form.email.data or "",
        name=form.name.data or "",
        roles=form.roles.data or [],
        language=form.language.data,
        by=current_actor(),
        now=now(),
    )
    tell(gettext("%(name)s was added. Now give them a link to set a password.", name=user.name))
    return url_for("settings.person", user_id=user.id)


@blueprint.get("/people/<user_id>")
@fresh
def person(user_id: str) -> ResponseReturnValue:
    user = users.get(user_id)
    return render("settings/person.html", person_page(person_form(user), user))


@blueprint.post("/people/<user_id>")
@fresh
def save_person(user_id: str) -> ResponseReturnValue:
    user = users.get(user_id)
    form = person_form(user)
    if not form.validate_on_submit():
        return render("settings/person.html", person_page(form, user)), 422
    try:
        users.edit(
            user_id=user_id,
            name=form.name.data or "",
            roles=form.roles.data or [],
            version=form.read_version,
            by=current_actor(),
            now=now(),
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return render("settings/person.html", person_page(form, user)), 422
    except Stale:
        return _stale_person(form, user)
    tell(gettext("Saved."))
    return redirect(url_for("settings.people"))


@blueprint.post("/people/<user_id>/active")
@fresh
def set_active(user_id: str) -> ResponseReturnValue:
    """Let a person go, or have them back; the other way is one click away."""
    is_active = request.form.get("active") == "1"
    user = users.set_active(
        user_id=user_id,
        is_active=is_active,
        version=request.form.get("version", 0, int),
        by=current_actor(),
        now=now(),
    )
    if is_active:
        tell(gettext("%(name)s can sign in again.", name=user.name))
    else:
        tell(gettext("%(name)s can no longer sign in; what they did stays.", name=user.name))
    return redirect(url_for("settings.person", user_id=user_id))


@blueprint.post("/people/<user_id>/link")
@fresh
def make_link(user_id: str) -> ResponseReturnValue:
    """Send a link to set a password, and show it, for where no mail arrives."""
    user = users.get(user_id)
    letter = mails.write(mails.WELCOME, user)
    mails.send(letter)
    return render("settings/link.html", link_page(user, users.password_link(user)))


# --------------------------------------------------------------------------------------- log
@blueprint.get("/activity")
def log() -> ResponseReturnValue:
    number = max(1, min(request.args.get("page", 1, int), 1_000_000))
    person_id = request.args.get("person") or None
    found = activity.page(person_id=person_id, number=number, by=current_actor())
    return render("settings/activity.html", activity_page(found, number=number, person=person_id))


@blueprint.get("/activity.<format>")
def log_file(format: str) -> ResponseReturnValue:
    arguments = {"person": request.args.get("person") or None}
    return downloads.answer(Name.ACTIVITY, arguments, format)


@blueprint.get("/people.<format>")
@fresh
def people_file(format: str) -> ResponseReturnValue:
    return downloads.answer(Name.PEOPLE, {}, format)


# ------------------------------------------------------------------------------------ shared
def _stale_person(form: Form, user: User) -> ResponseReturnValue:
    stored = person_form(users.get(user.id))
    # Built from the request, both would show what was typed: the stored one reads the record.
    return stale_page(
        fields=_typed(form, stored), edit_url=url_for("settings.person", user_id=user.id)
    )


def _typed(form: Form, stored: Form) -> list[Typed]:
    hidden = {"csrf_token", "once", "version"}
    return [
        Typed(str(field.label.text), _written(field.data), _written(stored[field.name].object_data))
        for field in form
        if field.name not in hidden
    ]


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
