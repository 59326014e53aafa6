"""Client bases counted out of a file of purchases or of clients; the file is not kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from hadi.domain.errors import Invalid
from hadi.domain.lever_reading import read_span
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest.bundles import open_tables
from hadi.ingest.client_rows import ClientCount, columns_of, count_clients
from hadi.ingest.limits import Limits
from hadi.services import workspace

DIGEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class CountedFile:
    """What a file holds, as lines that an import of client bases takes."""

    count: ClientCount
    text: str
    notes: tuple[Text, ...]


def from_file(
    file: BinaryIO,
    filename: str,
    *,
    starts_on: object,
    ends_on: object,
    everyone: str,
    client: str = "",
    day: str = "",
    territory: str = "",
    limits: Limits,
    by: Actor,
    now: datetime,
) -> CountedFile:
    """The bases of a period by territory. `everyone` names the one territory of a file that has
    none. Raises Unreadable, Invalid with what is wrong of the period."""
    require(by, Permission.VIEW)
    wrong: dict[str, Text] = {}
    period = {"starts_on": starts_on, "ends_on": ends_on}
    days = read_span(period, today=workspace.day_of(now), wrong=wrong)
    if wrong:
        raise Invalid(Text("client_base_invalid"), wrong)
    first, last = days["starts_on"], days["ends_on"]
    assert first is not None and last is not None
    with tempfile.TemporaryDirectory(prefix="hadi-clients-") as name:
        stored = open_tables(file, filename, folder=Path(name), limits=limits)
        columns = columns_of(stored[0].report.columns, client=client, day=day, territory=territory)
        count = count_clients([one.path for one in stored], columns, first=first, last=last)
    # A note, as it stays in every language: the file, how long it is, and by what it is known.
    source = f"{filename} (n = {count.rows}, SHA-256 {stored[0].digest[:DIGEST_SHOWN]}…)"
    return CountedFile(count, _text(count, first, last, everyone, source), _notes(count))


def _text(count: ClientCount, first: date, last: date, everyone: str, source: str) -> str:
    rows = [("territory", "from", "to", "active", "ever", "potential", "note")]
    for each in count.territories:
        potential = "" if each.potential is None else str(each.potential)
        rows.append((
            _cell(each.territory or everyone), first.isoformat(), last.isoformat(),
            str(each.active), str(each.ever), potential, _cell(source),
        ))  # fmt: skip
    return "\n".join("\t".join(row) for row in rows)


def _cell(written: str) -> str:
    return " ".join(written.split()).replace('"', "'")


def _notes(count: ClientCount) -> tuple[Text, ...]:
    return tuple(
        Text(f"client_rows_{name}", n=n)
        for name in ("later", "blank", "several")
        if (n := getattr(count, name))
    )
