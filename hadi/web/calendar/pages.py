"""The pages of the calendar: a year of it, one entry, and a file that is taken over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import get_month_names
from flask import url_for
from flask_babel import gettext as _

from hadi.charts.year import Span, YearStrip, year_strip
from hadi.domain.calendar import DayKind, Days, DayScope
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import CalendarEntry
from hadi.services import calendar
from hadi.services.calendar import Compared
from hadi.services.calendar_files import SHOWN_FAULTS, Read
from hadi.web.calendar import history
from hadi.web.calendar.forms import DaysForm, ImportForm
from hadi.web.calendar.query import CalendarQuery
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.downloads import Download, Downloads, offered
from hadi.web.shared.language import day, say, speaker
from hadi.web.shared.pages import (
    Column,
    FilterOption,
    HistoryEntry,
    Link,
    Page,
    Tab,
    filter_options,
)
from hadi.web.shared.render import chrome

SHOWN = 200  # entries of a file's preview


@dataclass(frozen=True, slots=True)
class DaysLine:
    """An entry of the list."""

    name: str
    kind: str
    kind_word: str
    when: str
    where: str
    note: str
    edit_url: str | None = None
    delete_url: str | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """The entries that begin in a month; `title` is None for those from the year before."""

    title: str
    lines: tuple[DaysLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage(Page):
    """`/data/calendar`. `form` is None for who may not keep the calendar."""

    tabs: tuple[Tab, ...]
    url: str
    year: int
    previous_url: str
    next_url: str
    query: CalendarQuery
    kinds: tuple[FilterOption, ...]
    clear_url: str | None
    strip: YearStrip
    strip_words: str
    keys: tuple[tuple[str, str], ...]
    months: tuple[Month, ...]
    columns: tuple[Column, ...]
    found: str
    is_empty: bool  # nothing was ever entered
    form: DaysForm | None
    import_url: str | None
    downloads: tuple[Downloads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysPage(Page):
    """One entry, to be changed."""

    crumbs: tuple[Link, ...]
    url: str
    delete_url: str
    form: DaysForm
    line: DaysLine
    unknown: str | None
    who: str
    history: tuple[HistoryEntry, ...]
    cancel_url: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do to the calendar."""

    summary: str
    faults: tuple[str, ...]
    more_faults: int
    new: tuple[DaysLine, ...]
    changed: tuple[DaysLine, ...]
    more: int
    can_add: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage(Page):
    """`/data/calendar/import`."""

    crumbs: tuple[Link, ...]
    url: str
    form: ImportForm
    preview: Preview | None
    columns: tuple[Column, ...]
    cancel_url: str


def calendar_page(
    query: CalendarQuery,
    entries: Sequence[CalendarEntry],
    tests: Iterable[Span],
    form: DaysForm | None,
    *,
    actor: Actor,
    today: date,
    is_empty: bool,
) -> CalendarPage:
    can_edit = allows(actor, Permission.EDIT_CALENDAR)
    known = list(tests)
    return CalendarPage(
        title=_("Calendar"),
        chrome=chrome(),
        tabs=data_tabs("calendar"),
        url=query.url(),
        year=query.year,
        previous_url=query.url(year=query.year - 1),
        next_url=query.url(year=query.year + 1),
        query=query,
        kinds=filter_options(_("Any kind"), _kind_words(), query.kind),
        clear_url=query.url(q=None, kind=None) if query.is_narrowed else None,
        strip=year_strip(query.year, [*map(_span, entries), *known], today=today),
        strip_words=_strip_words(query.year, entries, known),
        keys=_keys(entries, has_tests=bool(known)),
        months=_months(entries, query, can_edit=can_edit),
        columns=_columns(),
        found=say(Text("calendar_found", n=len(entries))),
        is_empty=is_empty,
        form=form if can_edit else None,
        import_url=url_for("calendar.import_") if can_edit else None,
        downloads=(_downloads(query),),
    )


def days_page(entry: CalendarEntry, form: DaysForm, *, is_stale: bool = False) -> DaysPage:
    unknown = calendar.unknown_places(entry)
    quoted = ", ".join(f"“{place}”" for place in unknown)
    return DaysPage(
        title=_("Change days"),
        chrome=chrome(),
        crumbs=_crumbs(entry.name),
        url=url_for("calendar.edit", entry_id=entry.id),
        delete_url=url_for("calendar.delete", entry_id=entry.id),
        form=form,
        line=days_line(entry),
        unknown=say(Text("calendar_unknown_place", places=quoted)) if unknown else None,
        who=_(
            "Entered by %(person)s, %(day)s", person=entry.author.name, day=day(entry.created_at)
        ),
        history=tuple(history.entry(event) for event in calendar.history(entry)),
        cancel_url=_back(entry),
        is_stale=is_stale,
    )


def import_page(
    form: ImportForm, read: Read | None = None, compared: Compared | None = None
) -> ImportPage:
    return ImportPage(
        title=_("Import days"),
        chrome=chrome(),
        crumbs=_crumbs(_("Import")),
        url=url_for("calendar.import_"),
        form=form,
        preview=_preview(read, compared, is_file=form.is_sent)
        if read is not None and compared is not None
        else None,
        columns=_columns()[:-1],
        cancel_url=url_for("calendar.index"),
    )


def days_line(entry: CalendarEntry, *, can_edit: bool = False, year: int | None = None) -> DaysLine:
    names = [unit.name for unit in entry.units]
    line = _line(entry.days, where=", ".join([*names, *entry.places]), year=year)
    if not can_edit:
        return line
    return DaysLine(
        line.name, line.kind, line.kind_word, line.when, line.where, line.note,
        edit_url=url_for("calendar.edit", entry_id=entry.id),
        delete_url=url_for("calendar.delete", entry_id=entry.id),
    )  # fmt: skip


def when_words(first: date, last: date, *, year: int | None = None) -> str:
    """One day, or both ends; without the year where both are of one that is known."""
    return speaker().span(first, last, has_year=not first.year == last.year == year)


def _line(days: Days, *, where: str = "", year: int | None = None) -> DaysLine:
    where = where or ", ".join(days.places)
    return DaysLine(
        name=days.name,
        kind=days.kind.value,
        kind_word=say(Text(f"day_kind_{days.kind.value}")),
        when=when_words(days.starts_on, days.ends_on, year=year),
        where=where if days.scope is not DayScope.ALL else say(Text("day_scope_all")),
        note=days.note,
    )


def _span(entry: CalendarEntry) -> Span:
    when = when_words(entry.starts_on, entry.ends_on)
    return Span(entry.starts_on, entry.ends_on, f"{entry.name}, {when}", entry.kind.value)


def _strip_words(year: int, entries: Sequence[CalendarEntry], tests: Sequence[Span]) -> str:
    return str(
        _("%(entries)s and %(tests)s in %(year)s, month by month; the list below names the days.",
          entries=say(Text("calendar_found", n=len(entries))),
          tests=say(Text("calendar_tests", n=len(tests))), year=str(year))
    )  # fmt: skip


def _keys(entries: Iterable[CalendarEntry], *, has_tests: bool) -> tuple[tuple[str, str], ...]:
    there = {entry.kind for entry in entries}
    words = _kind_words()
    found = [(kind.value, words[kind]) for kind in DayKind if kind in there]
    return (*found, *([("test", str(_("Tests that run")))] if has_tests else []))


def _kind_words() -> dict[DayKind, str]:
    return {kind: say(Text(f"day_kind_{kind.value}")) for kind in DayKind}


def _months(
    entries: Iterable[CalendarEntry], query: CalendarQuery, *, can_edit: bool
) -> tuple[Month, ...]:
    names = get_month_names("wide", "stand-alone", speaker().locale)
    found: dict[int, list[DaysLine]] = {}
    for entry in entries:
        month = entry.starts_on.month if entry.starts_on >= query.first else 0
        found.setdefault(month, []).append(days_line(entry, can_edit=can_edit, year=query.year))
    return tuple(
        Month(names[month].capitalize() if month else str(_("Since the year before")), tuple(lines))
        for month, lines in sorted(found.items())
    )


def _preview(read: Read, compared: Compared, *, is_file: bool) -> Preview:
    """What a list would do. Lines of a file are counted as they stand in the field below, where
    they are mended."""
    new = [_line(days) for days in compared.new]
    changed = [_line(days) for _entry, days in compared.changed]
    wrong = Text("calendar_lines_wrong", n=len(read.faults))
    parts = [wrong] if read.faults else [Text("calendar_to_add", n=len(new))]
    if not read.faults:
        parts += [Text("calendar_to_change", n=len(changed))] if changed else []
        parts += [Text("calendar_same", n=len(compared.same))] if compared.same else []
    return Preview(
        summary=", ".join(say(part) for part in parts),
        faults=tuple(
            say(fault.told(fault.at if is_file else fault.line))
            for fault in read.faults[:SHOWN_FAULTS]
        ),
        more_faults=max(0, len(read.faults) - SHOWN_FAULTS),
        new=tuple(new[:SHOWN]),
        changed=tuple(changed[:SHOWN]),
        more=max(0, len(new) - SHOWN),
        can_add=not read.faults and bool(new or changed),
    )


def _downloads(query: CalendarQuery) -> Downloads:
    tables = offered("calendar.export", **query.parts())
    calendar_file = Download(_("Calendar (.ics)"), query.url("calendar.export", format="ics"))
    return Downloads((calendar_file, *tables.formats))


def _columns() -> tuple[Column, ...]:
    return (Column(_("Days")), Column(_("What")), Column(_("Where")), Column(""))


def _crumbs(last: str) -> tuple[Link, ...]:
    return (
        Link(_("Data"), url_for("data.index")),
        Link(_("Calendar"), url_for("calendar.index")),
        Link(last, ""),
    )


def _back(entry: CalendarEntry) -> str:
    return url_for("calendar.index", year=entry.starts_on.year)
