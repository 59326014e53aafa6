"""What the pages of the settings show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from flask import url_for
from flask_babel import gettext

from hadi.domain.text import Text
from hadi.models import User
from hadi.services import activity, users
from hadi.web.settings.forms import (
    NewPersonForm,
    PersonForm,
    WorkspaceForm,
    currencies,
    role_hints,
)
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Column, Page, PageLinks, Tab
from hadi.web.shared.render import chrome, role_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage(Page):
    """Any page of the settings: the row of tabs stands on each."""

    tabs: tuple[Tab, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspacePage(SettingsPage):
    form: WorkspaceForm
    time_zones: tuple[str, ...]
    currencies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    name: str
    email: str
    roles: str
    is_active: bool
    has_password: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage(SettingsPage):
    columns: tuple[Column, ...]
    people: tuple[PersonRow, ...]
    new_url: str
    downloads: tuple[Downloads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPersonPage(SettingsPage):
    form: NewPersonForm
    hints: dict[str, str]
    people_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage(SettingsPage):
    form: PersonForm
    hints: dict[str, str]
    email: str
    version: int
    is_active: bool
    people_url: str
    active_url: str
    link_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage(SettingsPage):
    """A link to set a password, shown once to the administrator who made it."""

    name: str
    email: str
    link: str
    people_url: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    at: str
    when: str
    who: str
    what: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage(SettingsPage):
    columns: tuple[Column, ...]
    rows: tuple[ActivityRow, ...]
    people: tuple[tuple[str, str, bool], ...]  # id, name, whether chosen
    links: PageLinks
    downloads: tuple[Downloads, ...]


def workspace_page(form: WorkspaceForm) -> WorkspacePage:
    return WorkspacePage(
        **frame("settings.index", gettext("Settings")),
        form=form,
        time_zones=tuple(sorted(zone for zone in available_timezones() if "/" in zone)),
        currencies=tuple(currencies()),
    )


def people_page() -> PeoplePage:
    return PeoplePage(
        **frame("settings.people", gettext("People")),
        columns=(
            Column(gettext("Name")),
            Column(gettext("E-mail"), is_hidden_on_phone=True),
            Column(gettext("Roles")),
            Column(gettext("Status")),
        ),
        people=tuple(_person_row(user) for user in users.everyone()),
        new_url=url_for("settings.new_person"),
        downloads=(offered("settings.people_file"),),
    )


def new_person_page(form: NewPersonForm) -> NewPersonPage:
    return NewPersonPage(
        **frame("settings.people", gettext("Add a person")),
        form=form,
        hints=role_hints(),
        people_url=url_for("settings.people"),
    )


def person_page(form: PersonForm, user: User) -> PersonPage:
    return PersonPage(
        **frame("settings.people", user.name),
        form=form,
        hints=role_hints(),
        email=user.email,
        version=user.version,
        is_active=user.active,
        people_url=url_for("settings.people"),
        active_url=url_for("settings.set_active", user_id=user.id),
        link_url=url_for("settings.make_link", user_id=user.id),
    )


def link_page(user: User, link: str) -> LinkPage:
    return LinkPage(
        **frame("settings.people", gettext("A link to set a password")),
        name=user.name,
        email=user.email,
        link=link,
        people_url=url_for("settings.people"),
    )


def activity_page(found: activity.Lines, *, number: int, person: str | None) -> ActivityPage:
    first = (number - 1) * activity.PAGE_SIZE
    last = first + len(found.lines)
    return ActivityPage(
        **frame("settings.log", gettext("Activity")),
        columns=(
            Column(gettext("When")),
            Column(gettext("Who")),
            Column(gettext("What")),
            Column(gettext("About")),
        ),
        rows=tuple(activity_row(line) for line in found.lines),
        people=tuple((user.id, user.name, user.id == person) for user in users.everyone()),
        links=PageLinks(
            first=first + 1 if found.lines else 0,
            last=last,
            total=found.total,
            previous_url=_log_url(person, number - 1) if number > 1 else None,
            next_url=_log_url(person, number + 1) if last < found.total else None,
        ),
        downloads=(offered("settings.log_file", person=person),),
    )


def activity_row(line: activity.Line) -> ActivityRow:
    """A line of the log in the reader's language."""
    who = line.who or "HADI"
    return ActivityRow(
        at=line.at.isoformat(),
        when=moment(line.at),
        who=gettext("%(name)s, by a token", name=who) if line.is_by_token else who,
        what=say(Text(f"activity_{line.verb}")),
        about=line.about,
    )


def _person_row(user: User) -> PersonRow:
    return PersonRow(
        name=user.name,
        email=user.email,
        roles=", ".join(role_labels(user)),
        is_active=user.active,
        has_password=user.password is not None,
        url=url_for("settings.person", user_id=user.id),
    )


def frame(current: str, title: str) -> dict[str, Any]:
    """What every page of the settings has: its title and the row of tabs."""
    names = (
        ("settings.index", gettext("Workspace")),
        ("settings.people", gettext("People")),
        ("settings.log", gettext("Activity")),
        ("settings.work", gettext("Work")),
        ("settings.archives", gettext("Export and import")),
    )
    tabs = tuple(Tab(label, url_for(name), name == current) for name, label in names)
    return {"title": title, "chrome": chrome(), "tabs": tabs}


def _log_url(person: str | None, number: int) -> str:
    return url_for("settings.log", person=person, page=number)
