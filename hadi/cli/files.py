"""The files that a command reads: said how, converted for this run, and named for messages."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text

SMALL_BYTES = 32 * 1024 * 1024  # below it reading the file twice is not felt

_OPTIONS = (
    click.option(
        "--bad-rows",
        type=click.Choice(["refuse", "leave_out"]),
        help="Rows that cannot be read: refuse the file (the default), or read the rest.",
    ),
    click.option(
        "--factor", "factors", multiple=True, metavar="COL=NUMBER", help="Multiply by it."
    ),
    click.option(
        "--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="The order of 03/04/2026."
    ),
    click.option("--decimal", type=click.Choice([".", ","]), help="The decimal sign."),
    click.option("--delimiter", metavar="SIGN", help="Of cells: ; , | or tab."),
    click.option("--encoding", metavar="NAME", help="Of text: utf-8, cp1251, utf-8+cp1251, ..."),
    click.option("--sheet", metavar="NAME", help="The sheet of a workbook."),
)


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that reads a file."""
    for option in _OPTIONS:
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files as Parquet: one's own where it is one, else a canonical copy for this run."""

    paths: tuple[Path, ...]
    labels: tuple[str, ...]
    digest: str | None
    notes: tuple[Text, ...]

    @property
    def is_small(self) -> bool:
        return sum(path.stat().st_size for path in self.paths) <= SMALL_BYTES


@contextmanager
def prepared(files: Sequence[str], plan: Plan, reading: Mapping[str, Any]) -> Iterator[Prepared]:
    """The files, those that are not Parquet converted into a folder that is removed again.
    `reading` holds what was given for `reading_options`."""
    said = {
        "date_order" if name == "dates" else name: value
        for name, value in reading.items()
        if name != "factors"
    }
    if files.count("-") > 1:
        raise Unreadable(Text("file_twice_stdin"))
    with tempfile.TemporaryDirectory(prefix="hadi-check-") as name:
        paths: list[Path] = []
        labels: list[str] = []
        digests: list[str | None] = []
        notes: list[Text] = []
        for file in files:
            if _is_parquet(file):
                paths.append(Path(file))
                labels.append(file)
                digests.append(None)
                continue
            # Reading other formats needs more modules than a Parquet file does.
            from hadi.cli import check_reading
            from hadi.ingest.bundles import open_tables
            from hadi.ingest.limits import LOCAL

            try:
                tables = open_tables(
                    Path(file) if file != "-" else sys.stdin.buffer,
                    Path(file).name,
                    folder=Path(name),
                    limits=LOCAL,
                    choices=check_reading.choices_of(said, reading["factors"]),
                )
            except Unreadable as error:
                raise check_reading.with_way_out(error) from None
            for stored in tables:
                check_reading.ask(stored.report, stored.member or Path(file).name, plan)
                paths.append(stored.path)
                labels.append(f"{file}/{stored.member}" if stored.member else file)
                digests.append(stored.digest)
                notes.extend(check_reading.remarks(stored.report))
        digest = digests[0] if len(digests) == 1 else None
        yield Prepared(tuple(paths), tuple(labels), digest, tuple(notes))


def _is_parquet(file: str) -> bool:
    """A Parquet file by name and content: read where it is."""
    path = Path(file)
    if path.suffix.lower() not in (".parquet", ".pq") or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"
