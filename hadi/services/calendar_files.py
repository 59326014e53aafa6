"""Calendars in and out: files and pasted lines become entries with the fault of each line named,
and the calendar becomes a table or a file that other programs read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from hadi.domain.calendar import DayKind, Days, read_days
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest import calendars
from hadi.ingest.bundles import open_tables
from hadi.ingest.calendars import Entry
from hadi.ingest.limits import Limits
from hadi.models import CalendarEntry
from hadi.services import calendar, workspace
from hadi.services.calendar import Compared, Filters
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

MOST_BYTES = 4_000_000
MOST_TEXT = 1_000_000  # characters
YEARS_BACK, YEARS_ON = 5, 2  # of what comes back every year
SHOWN_FAULTS = 20
COLUMNS = (
    Listed("name"),
    Listed("kind"),
    Listed("starts_on", Kind.DAY),
    Listed("ends_on", Kind.DAY),
    Listed("scope"),
    Listed("places"),
    Listed("note"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line or an event, and how it is called. `at` is its line among those
    that a file is shown as."""

    line: int
    name: str
    why: Text
    at: int

    @property
    def text(self) -> Text:
        return self.told(self.line)

    def told(self, line: int) -> Text:
        """The fault of a line."""
        if not self.name:
            return Text("calendar_line_unnamed", line=str(line), why=self.why)
        return Text("calendar_line_invalid", line=str(line), name=self.name, why=self.why)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file or pasted lines hold. `lines` are the entries as text that is read again."""

    days: tuple[Days, ...]
    faults: tuple[Fault, ...]
    lines: str

    def require(self) -> tuple[Days, ...]:
        """The entries. Raises Invalid where a line is faulty: all are taken over, or none."""
        if self.faults:
            wrong = {f"lines.{fault.line}": fault.text for fault in self.faults[:SHOWN_FAULTS]}
            raise Invalid(Text("calendar_import_faults"), wrong)
        return self.days


def from_file(file: BinaryIO, filename: str, *, kind: DayKind, by: Actor, now: datetime) -> Read:
    """The entries of a calendar file or a table. Raises Unreadable."""
    require(by, Permission.EDIT_CALENDAR)
    if not filename.lower().endswith((".ics", ".ical", ".ifb", ".icalendar")):
        rows = calendars.read_rows(_rows(file, filename), kind=kind)
        return _read([Entry(row.line + 1, row.body) for row in rows], filename)  # below its head
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(Text("calendar_many", limit=calendars.MOST))
    today = now.astimezone(workspace.zone()).date()
    found = calendars.read_ics(
        content, filename, first=date(today.year - YEARS_BACK, 1, 1),
        last=date(today.year + YEARS_ON, 12, 31), zone=workspace.zone(), kind=kind,
    )  # fmt: skip
    return _read(found, filename)


def from_text(text: str, *, kind: DayKind, by: Actor) -> Read:
    """The entries of pasted lines. Raises Unreadable."""
    require(by, Permission.EDIT_CALENDAR)
    if len(text) > MOST_TEXT:
        raise Unreadable(Text("calendar_many", limit=calendars.MOST))
    return _read(calendars.read_lines(text, kind=kind), "")


def compare(read: Read, *, by: Actor) -> Compared:
    """What taking these entries over would do."""
    require(by, Permission.EDIT_CALENDAR)
    return calendar.compare(read.days)


def as_ics(filters: Filters, *, by: Actor, now: datetime) -> bytes:
    """The entries as an iCalendar file."""
    found = calendar.listing(filters, by=by)
    named = ((entry.id, entry.days) for entry in found)
    return calendars.as_ics(named, name=workspace.current().name, now=now)


def table(filters: Filters, *, by: Actor) -> Table:
    """The entries as a table."""
    found = calendar.listing(filters, by=by)
    return listed(
        "calendar", COLUMNS, _cells(found), prefix="calendar_export", size=len(found), by=by
    )


def _cells(entries: Iterable[CalendarEntry]) -> Iterator[tuple[Cell, ...]]:
    for entry in entries:
        yield (
            entry.name,
            Text(f"day_kind_{entry.kind.value}"),
            entry.starts_on,
            entry.ends_on,
            Text(f"day_scope_{entry.scope.value}"),
            ", ".join(entry.days.places),
            entry.note,
        )


def _rows(file: BinaryIO, filename: str) -> list[Mapping[str, Any]]:
    """The rows of a table. Raises Unreadable."""
    with tempfile.TemporaryDirectory(prefix="hadi-calendar-") as name:
        limits = Limits(max_bytes=MOST_BYTES)
        stored = open_tables(file, filename, folder=Path(name), limits=limits)
        if sum(one.report.rows for one in stored) > calendars.MOST:
            raise Unreadable(Text("calendar_many", limit=calendars.MOST))
        import pyarrow.parquet as pq

        return [row for one in stored for row in pq.read_table(one.path).to_pylist()]


def _read(entries: list[Entry], filename: str) -> Read:
    if not entries:
        raise Unreadable(Text("calendar_no_events", file=filename or "…"))
    days: list[Days] = []
    faults: list[Fault] = []
    for at, entry in enumerate(entries, start=2):  # below the header that `as_lines` writes
        try:
            days.append(read_days(entry.body))
        except Invalid as refused:
            why = next(iter(refused.fields.values()), refused.text)
            name = str(entry.body.get("name") or "")[:60]
            faults.append(Fault(entry.line, name, why, at))
    lines = calendars.as_lines(entry.body for entry in entries)
    return Read(tuple(days), tuple(faults), lines)
