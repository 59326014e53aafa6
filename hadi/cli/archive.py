"""`hadi export` and `hadi import`: the whole workspace as one file, and back. `hadi backup` and
`hadi restore` do the same with the hashes of passwords and the encrypted secrets in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hadi.cli import application
from hadi.domain.permissions import JOB
from hadi.domain.text import Text

if TYPE_CHECKING:
    from flask import Flask

    from hadi.services.archive import ArchiveKind
    from hadi.services.archive_reading import Checked

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_READ = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_FORCE = click.option("--force", is_flag=True, help="Write over a file of that name.")
_CHECK = click.option("--check", "is_check", is_flag=True, help="Look through it; store nothing.")


@click.command("export")
@_FILE
@_FORCE
def export_workspace(file: Path, force: bool) -> None:
    """Write the workspace to FILE.zip, without what opens doors."""
    from hadi.services.archive import ArchiveKind

    _write(file, ArchiveKind.WORKSPACE, force=force)


@click.command()
@_FILE
@_FORCE
def backup(file: Path, force: bool) -> None:
    """Write the workspace to FILE.zip with the hashes of passwords and the encrypted secrets of
    connections, for you alone."""
    from hadi.services.archive import ArchiveKind

    _write(file, ArchiveKind.BACKUP, force=force)


@click.command("import")
@_READ
@_CHECK
def import_workspace(file: Path, is_check: bool) -> None:
    """Fill an empty database from an archive: all of it or nothing."""
    checked = _read(file, is_check=is_check)
    if checked is None or checked.has_secrets:
        return
    click.echo("Nobody has a password yet: hadi user password --email … sets yours.")


@click.command()
@_READ
@_CHECK
def restore(file: Path, is_check: bool) -> None:
    """Fill an empty database from a backup: all of it or nothing."""
    checked = _read(file, is_check=is_check)
    if checked is not None and not checked.has_secrets:
        click.echo("This was no backup but an archive: nobody has a password yet; "
                   "hadi user password --email … sets yours.")  # fmt: skip


def _write(file: Path, kind: ArchiveKind, *, force: bool) -> None:
    from hadi.services import archive

    if file.exists() and not force:
        raise application.Misused(f"“{file}” is there already: --force writes over it.")
    with application.opened() as app, _disk_told():
        made = archive.export(
            file, folder=_folder(app), kind=kind, tell=_teller(), by=JOB, now=application.now()
        )
    rows = sum(made.tables.values())
    click.echo(f"{file}: {rows} rows, {made.files} files of data.")
    click.echo(f"Digest {made.digest}")


def _read(file: Path, *, is_check: bool) -> Checked | None:
    """What was imported; None where it was only looked through."""
    from hadi.services import archive_reading, archive_restore

    now = application.now()
    if is_check:
        checked = archive_reading.check(file, now=now, tell=_teller())
        click.echo(f"{file} is whole: {checked.rows} rows, {len(checked.data)} files of data.")
        return None
    app = application.make()
    application.bring_to_head(app)
    with app.app_context(), _disk_told():
        checked = archive_restore.restore(
            file, folder=_folder(app), tell=_teller(), by=JOB, now=now
        )
    click.echo(f"Imported {checked.rows} rows and {len(checked.data)} files of data.")
    return checked


def _folder(app: Flask) -> Path:
    folder: Path = app.extensions["hadi_settings"].data_dir / "datasets"
    return folder


def _teller() -> Callable[[float, Text], None]:
    """Says each stage once, for whoever watches."""
    told: set[str] = set()

    def tell(share: float, stage: Text) -> None:
        if stage.code not in told:
            told.add(stage.code)
            click.echo(f"{stage} …", err=True)

    return tell


@contextmanager
def _disk_told() -> Iterator[None]:
    """A full disk, or one that cannot be written to, is one sentence."""
    from hadi.services import storage

    with storage.writing():
        try:
            yield
        except (PermissionError, FileNotFoundError) as fault:
            raise application.Misused(f"It cannot be written: {fault}.") from None
