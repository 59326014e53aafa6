"""`hadi user`: people, from the terminal of whoever runs the server."""

from __future__ import annotations

import json
from typing import Any

import click

from hadi.cli import application
from hadi.domain.permissions import JOB, RoleName


@click.group()
def user() -> None:
    """Add and list people, set passwords."""


@user.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in RoleName]),
    default=[RoleName.MEMBER.value],
    show_default=True,
    help="May be given several times; member is a team lead.",
)
@click.option("--language", type=click.Choice(["en", "ru", "hu"]))
@click.option("--password", help="Left out, a link to set one is printed.")
def add(
    email: str, name: str, roles: tuple[str, ...], language: str | None, password: str | None
) -> None:
    """Add a person."""
    from hadi.services import users

    with application.opened():
        added = users.add(
            email=email,
            name=name,
            roles=roles,
            language=language,
            password=password,
            by=JOB,
            now=application.now(),
        )
        click.echo(f"{added.name} <{added.email}> was added.")
        if password is None:
            click.echo(f"To set a password, once and within a day: {users.password_link(added)}")


@user.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON list.")
def list_people(is_json: bool) -> None:
    """List the people and their roles."""
    from hadi.services import users

    rows: list[dict[str, Any]]
    with application.opened():
        rows = [
            {
                "email": one.email,
                "name": one.name,
                "roles": sorted(users.role_names(one)),
                "active": one.active,
            }
            for one in users.everyone()
        ]
    if is_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        ended = "" if row["active"] else "  (deactivated)"
        roles = ", ".join(row["roles"])
        click.echo(f"{row['email']}  {row['name']}  {roles}{ended}")


@user.command()
@click.option("--email", required=True)
@click.option("--password", help="Left out, a link to set one is printed.")
def password(email: str, password: str | None) -> None:
    """Set a person's password and end their sessions, or print a link to set one."""
    from hadi.services import users

    with application.opened():
        found = application.person(email)
        if password is None:
            click.echo(f"To set a password, once and within a day: {users.password_link(found)}")
            return
        users.set_password(user_id=found.id, password=password, by=JOB, now=application.now())
        click.echo(f"The password of {email} is set; their sessions have ended.")
