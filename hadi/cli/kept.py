"""What the commands of stores and of the calendar share: whoever acts, and tables as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hadi.cli import application

if TYPE_CHECKING:
    from hadi.domain.permissions import Actor
    from hadi.services.table_files import Table

FORMATS = ("csv", "xlsx", "parquet")
READ = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
WRITTEN = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
FORCE = click.option("--force", is_flag=True, help="Write over a file of that name.")
EMAIL = click.option("--email", required=True, help="Whose work it is: what may be done by them.")
CHECK = click.option("--check", "is_check", is_flag=True, help="Say what it does; store nothing.")
JSON = click.option("--json", "is_json", is_flag=True, help="Print one JSON list.")


def somebody(email: str) -> Actor:
    """The person with that address, as they act. Raises Misused."""
    from hadi.services import users

    found = application.person(email)
    if not found.active:
        raise application.Misused(f"The account of “{email}” is closed.")
    return users.actor_for(found)


def suffix(file: Path, *more: str) -> str:
    """The format that a file's name asks for. Raises Misused."""
    ending = file.suffix.lower().removeprefix(".")
    if ending not in (*more, *FORMATS):
        known = ", ".join(f".{each}" for each in (*more, *FORMATS))
        raise application.Misused(f"“{file}” has to end in one of {known}.")
    return ending


def refuse_there(file: Path, *, force: bool) -> None:
    """Raises Misused where a file of that name would be written over."""
    if file.exists() and not force:
        raise application.Misused(f"“{file}” is there already: --force writes over it.")


def write_table(file: Path, ask: Callable[[], Table]) -> int:
    """A table as a file, in English; how many rows it has."""
    from hadi.services import exports
    from hadi.services.table_files import Format

    table = ask()
    with writing(file), exports.written(table, Format(suffix(file)), exports.reader("en")) as made:
        file.write_bytes(made.read())
    return table.size or 0


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """A file that cannot be written is one sentence."""
    from hadi.services import storage

    with storage.writing():
        try:
            yield
        except (PermissionError, FileNotFoundError) as fault:
            raise application.Misused(f"“{file}” cannot be written: {fault}.") from None
