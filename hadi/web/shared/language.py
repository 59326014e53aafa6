"""Which language a reader gets; how it is written is `hadi.speech`'s."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale
from flask_login import current_user

from hadi.domain.text import Figure, Text
from hadi.services import workspace
from hadi.speech import CATALOGUES, NAMES, BabelSpeaker

__all__ = ["CATALOGUES", "COOKIE", "NAMES", "BabelSpeaker"]

COOKIE = "hadi_language"


def init_app(app: Flask) -> None:
    """Let every request speak its reader's language."""
    Babel(
        app,
        default_translation_directories=str(CATALOGUES),
        locale_selector=choose,
        timezone_selector=lambda: workspace.current().time_zone,
    )
    app.jinja_env.globals.update(
        say=say, figure=figure, day=day, moment=moment, month_names=month_names
    )


def choose() -> str:
    """The account's language, else the cookie's, else the browser's, else the workspace's."""
    if not has_request_context():
        return workspace.current().language
    if current_user.is_authenticated and current_user.language in NAMES:
        return str(current_user.language)
    kept = request.cookies.get(COOKIE)
    if kept in NAMES:
        return str(kept)
    return request.accept_languages.best_match(list(NAMES)) or workspace.current().language


def speaker() -> BabelSpeaker:
    """Whoever speaks to the reader of this request."""
    locale = get_locale()
    return BabelSpeaker(locale.language if locale else "en")


def say(text: Text) -> str:
    """A sentence of the rules in the reader's language."""
    return speaker().say(text)


def figure(number: Figure) -> str:
    """A number as the reader's language writes it."""
    return speaker().figure(number)


def day(when: date) -> str:
    """A date in the reader's language; of a moment, the date in the workspace's time zone."""
    if isinstance(when, datetime):
        when = when.astimezone(zone()).date()
    return speaker().day(when)


def moment(at: datetime) -> str:
    """A moment in the reader's language and the workspace's time zone."""
    return speaker().moment(at, zone())


def month_names() -> tuple[tuple[str, str], ...]:
    """January to December in the reader's language: a short name, and one letter for a phone."""
    return speaker().month_names()


def zone() -> ZoneInfo:
    """The workspace's time zone, asked for once: a list says a date in every line."""
    if "hadi_zone" not in g:
        g.hadi_zone = workspace.zone()
    found: ZoneInfo = g.hadi_zone
    return found
