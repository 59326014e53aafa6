"""The letters: each a template of `templates/emails`, in the language of who gets it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import force_locale, get_locale, gettext

from hadi.models import User
from hadi.services import mail, users, workspace

RESET = "emails/reset"
WELCOME = "emails/welcome"
PASSWORD_CHANGED = "emails/password_changed"  # noqa: S105 - the name of a template


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class LetterPage:
    """What a letter's template is given as `page`."""

    name: str
    email: str
    workspace: str
    link: str


def write(template: str, user: User) -> Letter:
    """The letter to a person, with its link where it has one."""
    link = "" if template == PASSWORD_CHANGED else users.password_link(user)
    page = LetterPage(user.name, user.email, workspace.current().name, link)
    with force_locale(user.language or str(get_locale() or "en")):
        subjects = {
            RESET: gettext("Set a new password for HADI"),
            WELCOME: gettext("Your account in HADI"),
            PASSWORD_CHANGED: gettext("Your HADI password was changed"),
        }
        body = render_template(f"{template}.txt", page=page)
        return Letter(user.email, subjects[template], body)


def send(letter: Letter) -> None:
    """Send it; after the commit of what it is about."""
    settings = current_app.extensions["hadi_settings"]
    mail.send(to=letter.to, subject=letter.subject, body=letter.body, settings=settings)
