"""`hadi secrets`: the passwords of connections, when their key is changed."""

from __future__ import annotations

import sys

import click

from hadi.cli import application
from hadi.domain.permissions import JOB


@click.group()
def secrets() -> None:
    """Encrypt the passwords of connections anew."""


@secrets.command()
def rotate() -> None:
    """Encrypt every stored password with the first of HADI_CREDENTIALS_KEY."""
    from hadi.services import secrets as kept

    with application.opened():
        rotated, lost = kept.rotate(by=JOB, now=application.now())
    click.echo(f"{rotated} encrypted anew.")
    if lost:
        click.echo(
            f"{lost} cannot be read with any key that is here: `hadi doctor` names them.", err=True
        )
        sys.exit(1)
