"""`hadi init`: the database, and the first administrator."""

from __future__ import annotations

import sys

import click

from hadi.cli import application
from hadi.domain.permissions import JOB, RoleName


@click.command()
@click.option("--email", help="Address of the first administrator; asked for when left out.")
@click.option("--name", help="Their name.")
@click.option("--password", help="Their password; left out, a link to set one is printed.")
def init(email: str | None, name: str | None, password: str | None) -> None:
    """Create or upgrade the database, and add the first administrator."""
    app = application.make()
    application.bring_to_head(app)
    with app.app_context():
        click.echo("The database is up to date.")
        if email is None and not _has_people() and sys.stdin.isatty():
            email = click.prompt("E-mail of the first administrator")
            name = click.prompt("Name")
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        if email is not None:
            _add_administrator(email, name or email.partition("@")[0], password)
        elif not _has_people():
            click.echo("Nobody can sign in yet: hadi init --email … --name … adds someone.")


def _has_people() -> bool:
    from hadi.services import users

    return bool(users.everyone())


def _add_administrator(email: str, name: str, password: str | None) -> None:
    from hadi.services import users

    user = users.add(
        email=email,
        name=name,
        roles=[RoleName.ADMIN.value],
        password=password,
        by=JOB,
        now=application.now(),
    )
    click.echo(f"{user.name} <{user.email}> is the administrator.")
    if password is None:
        click.echo(f"To set a password, once and within a day: {users.password_link(user)}")
