"""`hadi demo`: an empty database filled with the demo workspace, and how to sign in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hadi.cli import application
from hadi.config import Settings, kept_secret

if TYPE_CHECKING:
    from flask import Flask


@click.command()
def demo() -> None:
    """Fill an empty database with the demo workspace."""
    with application.opened() as app:
        if not fill_if_empty(app):
            raise application.Misused("The database is not empty: the demo was not added.")
        say_logins(app)


def fill_if_empty(app: Flask) -> bool:
    """Fill the database if nobody is in it yet; whether that was so."""
    from hadi.services import demo as content
    from hadi.services import workspace

    chosen: Settings = app.extensions["hadi_settings"]
    if not content.is_empty():
        return False
    workspace.ensure()
    click.echo("Making the demo workspace …")
    count = content.fill(
        password=password(chosen), folder=chosen.data_dir / "datasets", now=application.now()
    )
    click.echo(f"{count} hypotheses are there to look at.")
    return True


def password(chosen: Settings) -> str:
    """What the demo accounts are given: as set, or made once and kept beside the database."""
    return chosen.demo_password or kept_secret(chosen.data_dir / "demo_password", size=9)


def say_logins(app: Flask) -> None:
    """Print who may sign in to the demo, and the password if it is still theirs."""
    from flask_security.utils import verify_password

    from hadi.services import demo as content
    from hadi.services import users

    chosen: Settings = app.extensions["hadi_settings"]
    people = [found for person in content.SIGN_IN if (found := users.find(person.email))]
    click.echo("Demo accounts:")
    for one in people:
        click.echo(f"  {one.email:<24} {', '.join(sorted(users.role_names(one)))}")
    opens = any(one.password and verify_password(password(chosen), one.password) for one in people)
    click.echo(f"Password: {password(chosen)}" if opens else "Their passwords are unchanged.")
