"""`hadi token`: tokens for the API."""

from __future__ import annotations

import click

from hadi.cli import application
from hadi.domain.permissions import JOB, Scope


@click.group()
def token() -> None:
    """Create tokens for the API."""


@token.command()
@click.option("--email", required=True, help="Whose rights the token has.")
@click.option("--name", default="command line", show_default=True, help="What will use it.")
@click.option("--scopes", default="read,write", show_default=True, help="read, or read,write.")
@click.option("--days", default=90, show_default=True, help="How long it works.")
def create(email: str, name: str, scopes: str, days: int) -> None:
    """Create a token and print it, alone on standard output."""
    from hadi.services import tokens

    with application.opened():
        new = tokens.create(
            user_id=application.person(email).id,
            name=name,
            scopes=[scope.strip() for scope in scopes.split(",") if scope.strip()],
            days=days,
            by=JOB,
            now=application.now(),
        )
        ends = new.token.expires_at.date().isoformat()
        may = " and ".join(scope.value for scope in Scope if scope.value in new.token.scopes)
    click.echo(f"It may {may} as {email} until {ends}, and is not shown again:", err=True)
    click.echo(new.plain)
