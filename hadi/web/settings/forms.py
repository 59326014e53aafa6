"""The forms of the settings."""

from __future__ import annotations

from babel import Locale
from babel.numbers import list_currencies
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import EmailField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from hadi.domain.permissions import RoleName
from hadi.models import User, Workspace
from hadi.services import users
from hadi.speech import NAMES
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import speaker
from hadi.web.shared.render import role_label
from hadi.web.shared.typed_numbers import NumberField


class WorkspaceForm(Form):
    name = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "off"})
    language = SelectField(lazy_gettext("Language"))
    time_zone = StringField(
        lazy_gettext("Time zone"), render_kw={"list": "time-zones", "autocomplete": "off"}
    )
    week_start = SelectField(lazy_gettext("The week starts on"))
    currency = StringField(
        lazy_gettext("Currency"), render_kw={"list": "currencies", "autocomplete": "off"}
    )
    retention_days = NumberField(
        lazy_gettext("Keep the rows of data for"),
        is_whole=True,
        render_kw={"autocomplete": "off"},
    )


class ArchiveForm(Form):
    file = FileField(lazy_gettext("Archive"))


class _Roles(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(Form):
    name = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "off"})
    roles = _Roles(lazy_gettext("Roles"))


class NewPersonForm(PersonForm):
    email = EmailField(lazy_gettext("E-mail"), render_kw={"autocomplete": "off"})
    language = SelectField(lazy_gettext("Language"))


def workspace_form(workspace: Workspace) -> WorkspaceForm:
    """The form, filled with what is stored."""
    form = WorkspaceForm(
        name=workspace.name,
        language=workspace.language,
        time_zone=workspace.time_zone,
        week_start=str(workspace.week_start),
        currency=workspace.currency,
        retention_days=workspace.retention_days,
        version=str(workspace.version),
    )
    form.language.choices = choices(NAMES.items())
    form.week_start.choices = choices((str(n), name) for n, name in week_days().items())
    return form


def person_form(user: User) -> PersonForm:
    """The form of someone who is there."""
    form = PersonForm(
        name=user.name,
        roles=[role.value for role in users.role_names(user)],
        version=str(user.version),
    )
    _offer_roles(form)
    return form


def new_person_form(workspace: Workspace) -> NewPersonForm:
    """The form of someone new: a team lead, in the workspace's language, unless said."""
    form = NewPersonForm(roles=[RoleName.MEMBER.value], language=workspace.language)
    _offer_roles(form)
    form.language.choices = choices(NAMES.items())
    return form


def week_days() -> dict[int, str]:
    """Monday (0) to Sunday (6) in the reader's language."""
    return dict(speaker().locale.days["stand-alone"]["wide"])


def currencies() -> list[tuple[str, str]]:
    """Code and name of every currency in use."""
    names = Locale.parse(speaker().language).currencies
    return [(code, names.get(code, code)) for code in sorted(list_currencies())]


def role_hints() -> dict[str, str]:
    """What a role is for, in a line."""
    return {
        RoleName.MEMBER: gettext("Submits hypotheses and runs their own tests."),
        RoleName.ANALYST: gettext("Attaches data and runs checks on every test."),
        RoleName.LEADER: gettext("Decides what is scaled and moves the board."),
        RoleName.ADMIN: gettext("Manages people and settings."),
        RoleName.VIEWER: gettext("Reads, and changes nothing."),
    }


def _offer_roles(form: PersonForm) -> None:
    form.roles.choices = choices((role.value, role_label(role)) for role in RoleName)
