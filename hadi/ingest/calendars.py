"""Calendars as other programs write them: iCalendar files, tables, and lines that are pasted.

Whatever they are, out come entries as the rules of `hadi.domain.calendar` read them: a mapping of
its fields for each, with the line or event that it came from.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from hadi.domain.calendar import DayKind, Days, DayScope
from hadi.domain.errors import Unreadable
from hadi.domain.folding import folded
from hadi.domain.months import read_when
from hadi.domain.text import Text

MOST = 2_000  # entries of one file
MOST_SECONDS = 20.0  # a daily rule that never holds is looked at for hundreds of years
COLUMNS = ("name", "kind", "starts_on", "ends_on", "scope", "places", "note", "uid")

# Words that head a column, and words that a kind or a scope is written with: how they begin, in
# the languages that people here write in.
_HEADS = {
    "name": ("name", "title", "summary", "event", "назван", "событ", "имя", "nev", "név",
             "esemény"),
    "kind": ("kind", "type", "вид", "тип", "fajta", "típus", "jelleg"),
    "starts_on": ("start", "from", "first", "date", "begin", "с ", "начал", "дата", "первый",
                  "kezd", "ettől", "első", "dátum"),
    "ends_on": ("end", "to", "until", "last", "по", "конец", "оконч", "последн", "vég", "eddig",
                "utolsó"),
    "scope": ("scope", "охват", "hatókör"),
    "region": ("region", "регион", "régió"),
    "places": ("where", "place", "store", "shop", "unit", "где", "магаз", "точк", "втц", "hol",
               "üzlet", "bolt"),
    "note": ("note", "comment", "descr", "примеч", "коммент", "описан", "megjegy", "leírás"),
    "uid": ("uid",),
}  # fmt: skip
_KINDS = {
    DayKind.HOLIDAY: ("holiday", "праздн", "выходн", "ünnep", "munkaszünet"),
    DayKind.PROMOTION: ("promo", "sale", "discount", "campaign", "акци", "распрод", "скидк",
                        "промо", "akci", "kedvezm", "leérték", "kampány"),
    DayKind.CLOSURE: ("clos", "закры", "ремонт", "инвентар", "zár", "leltár", "felújít"),
    DayKind.OTHER: ("other", "друг", "прочее", "egyéb"),
}  # fmt: skip
_SCOPES = {
    DayScope.REGION: ("region", "регион", "régió"),
    DayScope.UNITS: ("unit", "store", "shop", "магаз", "точк", "втц", "bolt", "üzlet"),
    DayScope.ALL: ("all", "everywhere", "везде", "все", "minden"),
}
_EVERYWHERE = ("all", "everywhere", "везде", "все", "mindenhol", "mind")
# What the libraries raise over events that are not written as they should be.
_BROKEN = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, OSError,
)  # fmt: skip
_OLDEST = 1900  # what began before is not read: its occurrences would be counted one by one
# Weekdays and leap years come round in so many years. Rules are looked at as late as the calendar
# of Python allows: one that never holds is followed to its last year.
_ROUND = 400
_REGION = re.compile(r"(?:region|регион\w*|régió\w*)s?\s*:\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it was written; `line` counts rows and events from 1."""

    line: int
    body: Mapping[str, Any]


def read_ics(
    content: bytes, filename: str, *, first: date, last: date, zone: ZoneInfo, kind: DayKind
) -> list[Entry]:
    """The days of a calendar file that lie between two days; what comes back is taken as often as
    it does. `kind` is that of events which do not say theirs. Raises Unreadable."""
    import icalendar

    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
        events = [event for each in calendars for event in each.walk("VEVENT")]
    except _BROKEN as error:
        raise Unreadable(Text("calendar_not_ics", file=filename)) from error
    found: list[Entry] = []
    begun = monotonic()
    for line, event in enumerate(events, start=1):
        try:
            if monotonic() - begun > MOST_SECONDS:
                raise ValueError("events before this one never hold")
            bodies = list(_occurrences(event, line, first, last, zone, kind))
        except _BROKEN as error:
            name = _named(event)
            raise Unreadable(Text("calendar_event_broken", line=str(line), name=name)) from error
        found += [Entry(line, body) for body in bodies]
        if len(found) > MOST:
            raise Unreadable(Text("calendar_many", limit=MOST))
    if not events:
        raise Unreadable(Text("calendar_no_events", file=filename))
    return sorted(found, key=lambda entry: (str(entry.body["starts_on"]), entry.line))


def read_rows(rows: Sequence[Mapping[str, Any]], *, kind: DayKind) -> list[Entry]:
    """The entries of a table with a header. Raises Unreadable naming the columns there are."""
    if len(rows) > MOST:
        raise Unreadable(Text("calendar_many", limit=MOST))
    heads = _heads(list(rows[0])) if rows else {}
    for part in ("name", "starts_on"):
        if rows and part not in heads:
            columns = ", ".join(f"“{name}”" for name in rows[0])
            raise Unreadable(
                Text(
                    "calendar_no_column", part=Text(f"calendar_part_{part}"), name=_HEADS[part][0],
                    columns=columns,
                )
            )  # fmt: skip
    found = []
    for line, row in enumerate(rows, start=1):
        cells = {part: row[column] for part, column in heads.items()}
        if any(_written(cell) for cell in cells.values()):
            found.append(Entry(line, _body(cells, kind)))
    return found


def read_lines(text: str, *, kind: DayKind) -> list[Entry]:
    """The entries of pasted lines, with a header or without: then a line is a name and one or two
    days, and what else it says is its kind or where it is. Raises Unreadable."""
    lines = [line for line in re.split(r"\r\n|\r|\n", text.replace("\0", "")) if line.strip()]
    if not lines:
        raise Unreadable(Text("calendar_empty"))
    mark = next((sign for sign in "\t;," if sign in lines[0]), ";")
    try:
        cells = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=mark) if row]
    except csv.Error as error:  # a line of more than a hundred thousand characters
        raise Unreadable(Text("calendar_many", limit=MOST)) from error
    heads = _heads(cells[0])
    if {"name", "starts_on"} <= heads.keys() and not _days_in(cells[0]):
        names = [f"{place}:{name}" for place, name in enumerate(cells[0])]
        rows = [dict(zip(names, [*row, *[""] * len(names)], strict=False)) for row in cells[1:]]
        return [Entry(entry.line + 1, entry.body) for entry in read_rows(rows, kind=kind)]
    if len(cells) > MOST:
        raise Unreadable(Text("calendar_many", limit=MOST))
    return [Entry(line, _loose(row, kind)) for line, row in enumerate(cells, start=1)]


def as_lines(bodies: Iterable[Mapping[str, Any]]) -> str:
    """Entries as lines that `read_lines` reads again, so that a form can keep them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for body in bodies:
        places = body.get("places") or ()
        cells = dict(body) | {"places": places if isinstance(places, str) else ", ".join(places)}
        writer.writerow([" ".join(_written(cells.get(c)).split()) for c in COLUMNS])
    return out.getvalue()


def as_ics(entries: Iterable[tuple[str, Days]], *, name: str, now: datetime) -> bytes:
    """The entries as a calendar file; the first of each pair names it among all calendars."""
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//HADI//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for uid, days in entries:
        event = icalendar.Event()
        event.add("uid", days.uid or f"{uid}@hadi")
        event.add("dtstamp", now)
        event.add("summary", days.name)
        event.add("dtstart", days.starts_on)
        event.add("dtend", days.ends_on + timedelta(days=1))  # not inside, as the format has it
        event.add("categories", [days.kind.value])
        event.add("transp", "TRANSPARENT")
        if days.scope is not DayScope.ALL:
            prefix = "region: " if days.scope is DayScope.REGION else ""
            event.add("location", prefix + ", ".join(days.places))
        if days.note:
            event.add("description", days.note)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


# ------------------------------------------------------------------------------------- events
def _occurrences(
    event: Any, line: int, first: date, last: date, zone: ZoneInfo, kind: DayKind
) -> Iterator[dict[str, Any]]:
    name = str(event.get("summary") or "")
    uid = str(event.get("uid") or "")
    start, length = _span(event, zone)
    if start is None:  # an event without a day: its fault is told like that of a line
        yield {"name": name or f"#{line}", "kind": kind.value, "starts_on": ""}
        return
    where = str(event.get("location") or "")
    common = {
        "name": name,
        "kind": (_kind_of(_categories(event)) or kind).value,
        "note": str(event.get("description") or "")[:1000],
        **_where(where if _is_ours(event) else ""),
    }
    recurring = bool(event.get("rrule") or event.get("rdate"))
    for day in _starts(event, start, first - timedelta(days=length), last, zone):
        end = day + timedelta(days=length - 1)
        if end >= first and day <= last:
            own = f"{uid}/{day.isoformat()}" if recurring and uid else uid
            yield common | {"starts_on": day, "ends_on": end, "uid": own}


def _named(event: Any) -> str:
    try:
        return str(event.get("summary") or "")[:60]
    except _BROKEN:
        return ""


def _is_ours(event: Any) -> bool:
    """Whether HADI wrote it: elsewhere a location is a room or an address."""
    return str(event.get("uid") or "").endswith("@hadi") or str(
        event.get("location") or ""
    ).lower().startswith("region:")


def _span(event: Any, zone: ZoneInfo) -> tuple[date | None, int]:
    """The first day and how many days it lasts."""
    start = _moment(event.get("dtstart"), zone)
    if start is None:
        return None, 0
    end = _moment(event.get("dtend"), zone)
    duration = getattr(event.get("duration"), "dt", None)
    if end is None and isinstance(duration, timedelta):
        end = start + duration
    if end is None or end <= start:
        return _as_day(start), 1
    # The end is not inside: midnight, or a whole day, belongs to the day after.
    final = end - (timedelta(seconds=1) if isinstance(end, datetime) else timedelta(days=1))
    return _as_day(start), max(1, (_as_day(final) - _as_day(start)).days + 1)


def _moment(value: Any, zone: ZoneInfo) -> date | None:
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(zone).replace(tzinfo=None)
    return moment if isinstance(moment, date) else None


def _as_day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _starts(event: Any, start: date, first: date, last: date, zone: ZoneInfo) -> Iterator[date]:
    """The days on which it begins, those between the two alone where it comes back."""
    from dateutil.rrule import rrulestr

    left_out = {_as_day(day) for day in _listed_days(event.get("exdate"), zone)}
    found = {start}
    rule = event.get("rrule")
    for each in rule if isinstance(rule, list) else [rule] if rule else []:
        if str(each.get("FREQ", [""])[0]).upper() in ("HOURLY", "MINUTELY", "SECONDLY"):
            raise Unreadable(Text("calendar_too_frequent"))
        if start.year < _OLDEST or min(map(int, each.get("INTERVAL", [1]))) < 1:
            raise ValueError("too long ago, or never moving on: its days would have no end")
        # Ended by the last day that is read, so that a rule which never holds ends as well.
        ends = [end for value in each.get("UNTIL", []) if (end := _moment_of(value, zone))]
        until = min([last, *ends])
        count = next((int(number) for number in each.get("COUNT", [])), None)
        kept = type(each)({k: v for k, v in each.items() if k not in ("UNTIL", "COUNT")})
        on = 0 if "BYEASTER" in kept else (MAXYEAR - last.year) // _ROUND * _ROUND
        written = f"{kept.to_ical().decode()};UNTIL={_moved(until, on):%Y%m%d}T235959"
        begins = datetime.combine(_moved(_as_day(start), on), datetime.min.time())
        days = (_moved(day.date(), -on) for day in rrulestr(written, dtstart=begins))
        found |= {day for day in islice(days, count) if day >= first}
    found |= {_as_day(day) for day in _listed_days(event.get("rdate"), zone)}
    yield from sorted(found - left_out)


def _moved(day: date, years: int) -> date:
    """The same day of the year and of the week, whole rounds of the calendar away."""
    return day.replace(year=day.year + years)


def _moment_of(value: Any, zone: ZoneInfo) -> date | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(zone)
    return _as_day(value) if isinstance(value, date) else None


def _listed_days(value: Any, zone: ZoneInfo) -> Iterator[date]:
    for each in value if isinstance(value, list) else [value] if value else []:
        for item in getattr(each, "dts", ()):
            moment = _moment(item, zone)
            if moment is not None:
                yield moment


def _categories(event: Any) -> str:
    value = event.get("categories")
    each = value if isinstance(value, list) else [value] if value else []
    return " ".join(str(name) for one in each for name in getattr(one, "cats", [one]))


# ------------------------------------------------------------------------------------- cells
def _heads(names: Sequence[str]) -> dict[str, str]:
    """The column of each part: the first whose head begins with one of its words."""
    found: dict[str, str] = {}
    for name in names:
        written = re.sub(r"^\d+:", "", folded(str(name))) + " "
        for part, words in _HEADS.items():
            if part not in found and written.startswith((part, part.replace("_", " "), *words)):
                found[part] = name
                break
    return found


def _body(cells: Mapping[str, Any], kind: DayKind) -> dict[str, Any]:
    """The fields of an entry from the cells of a row."""
    said = _written(cells.get("kind"))
    body: dict[str, Any] = {
        "name": _written(cells.get("name")),
        "kind": (_kind_of(said) or said) if said else kind.value,
        "starts_on": _written(cells.get("starts_on")),
        "ends_on": _written(cells.get("ends_on")),
        "note": _written(cells.get("note")),
        "uid": _written(cells.get("uid")),
    }
    region, places = _written(cells.get("region")), _written(cells.get("places"))
    said = folded(_written(cells.get("scope")))
    for scope, stems in _SCOPES.items():
        if any(stem in said for stem in stems):
            return body | {"scope": scope.value, "places": places or region}
    if places:
        return body | _where(places)
    return body | _where(f"region: {region}" if region else "")


def _loose(cells: Sequence[str], kind: DayKind) -> dict[str, Any]:
    """The fields of a line without a header."""
    days = _days_in(cells)
    words = [cell.strip() for cell in cells if cell.strip() and cell.strip() not in days]
    name = words[0] if words else ""
    said = next((word for word in words[1:] if _kind_of(word)), None)
    where = ", ".join(word for word in words[1:] if word != said)
    return {
        "name": name,
        "kind": (_kind_of(said or "") or kind).value,
        "starts_on": days[0] if days else "",
        "ends_on": days[1] if len(days) > 1 else "",
        **_where(where),
    }


def _days_in(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if (when := read_when(cell)) is not None and when.day]


def _where(written: str) -> dict[str, Any]:
    written = written.strip()
    if not written or folded(written) in _EVERYWHERE:
        return {"scope": DayScope.ALL.value, "places": ""}
    region = _REGION.fullmatch(written)
    if region is not None:
        return {"scope": DayScope.REGION.value, "places": region[1]}
    return {"scope": DayScope.UNITS.value, "places": written}


def _kind_of(written: str) -> DayKind | None:
    text = folded(written)
    if not text:
        return None
    for kind, stems in _KINDS.items():
        if text == kind.value or any(stem in text for stem in stems):
            return kind
    return None


def _written(cell: Any) -> str:
    """A cell as text; a day as 2026-05-09."""
    if cell is None or cell != cell:  # NaN is unlike itself
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
