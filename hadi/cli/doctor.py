"""`hadi doctor`: looks at the installation and says what is wrong, a line each."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

from hadi import __version__
from hadi.cli import application
from hadi.config import Settings

PACKAGES = ("flask", "flask-security-too", "sqlalchemy", "duckdb", "numpy", "scipy")


@click.command()
def doctor() -> None:
    """Check the installation; exit 1 if something is wrong."""
    chosen = application.settings()
    click.echo(f"HADI {__version__}, Python {platform.python_version()}")
    click.echo(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    is_well = True
    for what, fault in _checks(chosen):
        click.echo(f"{'wrong' if fault else 'ok':<6}{what}{': ' + fault if fault else ''}")
        is_well = is_well and fault is None
    if not is_well:
        sys.exit(1)


def _checks(chosen: Settings) -> Iterator[tuple[str, str | None]]:
    from hadi.services import health, jobs, mail, secrets

    fault = health.data_folder_fault(chosen.data_dir)
    yield f"data folder {chosen.data_dir}", fault
    yield "secret key", _secret_fault(chosen)
    yield "styles and scripts", _bundle_fault()
    yield "e-mail", mail.probe(chosen)
    if fault:  # nothing below can be tried
        return
    app = application.make(chosen)
    with app.app_context():
        yield "database", health.database_fault()
        migrations = health.migrations_fault()
        yield "migrations", migrations
        if migrations is None:
            yield "work in the background", jobs.fault(application.now())
            yield "credentials key", _credentials_fault(chosen)
            for lost in secrets.faults():
                yield "stored passwords", lost


def _secret_fault(chosen: Settings) -> str | None:
    if chosen.secret_key:
        return None if len(chosen.secret_key) >= 32 else "HADI_SECRET_KEY is shorter than 32 signs."
    return _open_file_fault(chosen.data_dir / "secret_key")


def _credentials_fault(chosen: Settings) -> str | None:
    return None if chosen.credentials_key else _open_file_fault(chosen.data_dir / "credentials_key")


def _open_file_fault(file: Path) -> str | None:
    if os.name == "nt" or not file.exists() or file.stat().st_mode & 0o077 == 0:
        return None
    return f"others can read {file}: chmod 600 {file}"


def _bundle_fault() -> str | None:
    from hadi.resources import folder

    try:
        dist = folder("static") / "dist"
        names = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
        missing = [name for name in names.values() if not (dist / name).is_file()]
    except (OSError, ValueError):
        return "they are not built: python3 static/build.py builds them."
    return f"{missing[0]} is missing: python3 static/build.py builds it." if missing else None
