"""The tables inside files as they were sent: one of each file, or several of a zip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hadi.ingest import bundles
from hadi.ingest.choices import Choices
from hadi.ingest.limits import Limits
from hadi.services.dataset_receiving import Received

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Table:
    """A stored table: the file it came in (`zip/member` of a zip), how it was read."""

    upload_id: str
    filename: str
    digest: str
    report: Mapping[str, Any]
    choices: Mapping[str, Any]


def read_tables(
    received: Sequence[Received],
    *,
    folder: Path,
    incoming: Path,
    limits: Limits,
    progress: Progress | None = None,
    kept: Callable[[str], None],
) -> Iterator[Table]:
    """Every table of the files in their order; `kept` is told each digest as soon as it is on the
    disk. Raises Unreadable, and whatever `progress` raises."""
    whole, before = sum(each.size for each in received) or 1, 0
    for each in received:
        share = _share(progress, before / whole, each.size / whole)
        yield from _of_file(each, folder, incoming, limits, share, kept)
        before += each.size


def _of_file(
    received: Received,
    folder: Path,
    incoming: Path,
    limits: Limits,
    progress: Progress | None,
    kept: Callable[[str], None],
) -> Iterator[Table]:
    tables = bundles.open_tables(
        incoming / received.id, received.filename, folder=folder, limits=limits,
        choices=Choices.from_json(received.choices), progress=progress,
    )  # fmt: skip
    for table in tables:
        kept(table.digest)
    for table in tables:
        name = f"{received.filename}/{table.member}" if table.member else received.filename
        yield Table(received.id, name, table.digest, table.report.as_json(), received.choices)


def _share(progress: Progress | None, begins: float, width: float) -> Progress | None:
    """The progress of a part, told as that of the whole."""
    if progress is None:
        return None
    told = progress
    return lambda share: told(begins + share * width)
