"""The application for commands that need its database; refusals become one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hadi.config import Settings

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import User


class Misused(click.ClickException):
    """Something the person at the terminal can mend."""

    exit_code = 2


def settings() -> Settings:
    """The settings from the environment. Raises Misused naming what cannot be read."""
    try:
        return Settings.from_env()
    except ValueError as fault:
        raise Misused(str(fault)) from None


def make(chosen: Settings | None = None) -> Flask:
    """The application. Raises Misused where its folders or its database cannot be opened."""
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from hadi.app import create_app

    try:
        return create_app(chosen or settings())
    except ArgumentError:
        raise Misused("HADI_DATABASE_URL is not an address of a database.") from None
    except (FileNotFoundError, SQLAlchemyError) as fault:
        raise Misused(str(fault).splitlines()[0]) from None
    except OSError as fault:
        raise Misused(f"The data folder cannot be used: {fault}.") from None


@contextmanager
def opened() -> Iterator[Flask]:
    """The application with its context, on a database that is up to date. Raises Misused."""
    app = make()
    with app.app_context():
        refuse_stale_database()
        yield app


def refuse_stale_database() -> None:
    """Raises Misused when the database does not answer or awaits its migrations."""
    from hadi.services import health

    fault = health.database_fault() or health.migrations_fault()
    if fault:
        raise Misused(fault)


def bring_to_head(app: Flask) -> None:
    """Create or upgrade the tables, and what every workspace begins with. Raises Misused."""
    from sqlalchemy.exc import SQLAlchemyError

    from hadi.db import migrate_to_head
    from hadi.services import workspace

    try:
        migrate_to_head(app)
    except SQLAlchemyError as fault:
        raise Misused(f"The database cannot be upgraded: {str(fault).splitlines()[0]}") from None
    with app.app_context():
        workspace.ensure()


def person(email: str) -> User:
    """The person with that address. Raises Misused."""
    from hadi.services import users

    found = users.find(email)
    if found is None:
        raise Misused(f"There is no account with the address “{email}”.")
    return found


def now() -> datetime:
    return datetime.now(UTC)
