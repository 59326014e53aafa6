"""The calendar: entries, their stores, undo, and calendars that are taken over."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from hadi.db import db
from hadi.domain.calendar import DayKind, DayScope
from hadi.domain.errors import Blocked, Invalid, NotAllowed, NotFound, Stale, Unreadable
from hadi.models import CalendarEntry, Event
from hadi.services import calendar, calendar_files, units
from hadi.services.calendar import Filters
from tests.factories.hypotheses import World

SPRING: dict[str, Any] = {
    "name": "Spring promotion", "kind": "promotion", "starts_on": "2026-03-09",
    "ends_on": "2026-03-22", "scope": "units", "places": "S03, S99",
}  # fmt: skip


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def unit(world: World, code: str, name: str = "", **parts: Any) -> str:
    body = {
        "kind": "store", "code": code, "name": name or f"Shop {code}",
        "responsible": world.ids["member"],
    }  # fmt: skip
    return units.add(body=body | parts, by=world.actor("admin"), now=world.later()).id


def add(world: World, role: str = "member", **parts: Any) -> CalendarEntry:
    return calendar.add(body=SPRING | parts, by=world.actor(role), now=world.later())


def verbs(entry: CalendarEntry) -> list[str]:
    return [event.verb for event in calendar.history(entry)]


def test_an_entry_is_entered_changed_deleted_and_brought_back(world: World) -> None:
    entry = add(world, scope="all")
    assert calendar.listing(Filters(), by=world.actor("viewer")) == [entry]
    edited = calendar.edit(
        entry.id, body={"ends_on": "2026-03-15"}, version=1, by=world.actor("leader"),
        now=world.later(),
    )  # fmt: skip
    assert (edited.days.length, edited.name) == (7, "Spring promotion")
    with pytest.raises(Stale):
        calendar.edit(entry.id, body={}, version=1, by=world.actor(), now=world.later())
    calendar.delete(entry.id, by=world.actor(), now=world.later())
    assert calendar.listing(Filters(), by=world.actor()) == []
    with pytest.raises(NotFound):
        calendar.find(entry.id, by=world.actor())
    with pytest.raises(Blocked):
        calendar.delete(entry.id, by=world.actor(), now=world.later())
    with pytest.raises(Blocked):
        calendar.edit(entry.id, body={}, version=None, by=world.actor(), now=world.later())
    calendar.restore(entry.id, by=world.actor(), now=world.later())
    with pytest.raises(Blocked):
        calendar.restore(entry.id, by=world.actor(), now=world.later())
    assert calendar.listing(Filters(), by=world.actor()) == [entry]
    assert verbs(entry) == ["days_restored", "days_deleted", "days_edited", "days_added"]


def test_viewers_read_and_faults_are_named(world: World) -> None:
    entry = add(world)
    for act in (
        lambda: add(world, "viewer"),
        lambda: calendar.delete(entry.id, by=world.actor("viewer"), now=world.later()),
        lambda: calendar.take_over([], name="x", by=world.actor("viewer"), now=world.later()),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Invalid) as refused:
        add(world, name="", places="")
    assert set(refused.value.fields) == {"name", "places"}
    with pytest.raises(NotFound):
        calendar.find("nowhere", by=world.actor())


def test_a_store_that_is_known_keeps_its_days_when_it_is_renamed(world: World) -> None:
    store = unit(world, "S03", "Shop at the bridge", aliases=["third"])
    entry = add(world, places="third; S99")
    assert [each.code for each in entry.units] == ["S03"]
    assert entry.places == ["S99"]
    assert calendar.unknown_places(entry) == ("S99",)
    units.edit(store, body={"code": "B3"}, version=None, by=world.actor("admin"), now=world.later())
    db.session.refresh(entry)
    assert entry.days.places == ("B3", "S99")
    assert calendar.listing(Filters("bridge"), by=world.actor()) == [entry]


def test_entries_are_found_by_days_kind_and_words(world: World) -> None:
    spring = add(world)
    easter = add(
        world, name="Easter", kind="holiday", starts_on="2026-04-05", ends_on="", scope="all"
    )
    winter = add(world, name="Sale", starts_on="2025-12-27", ends_on="2026-01-06")

    def found(**wanted: Any) -> list[CalendarEntry]:
        return calendar.listing(Filters(**wanted), by=world.actor())

    assert found() == [winter, spring, easter]
    assert found(kind=DayKind.HOLIDAY) == [easter]
    assert found(query="s99 spring") == [spring]
    assert calendar.between(winter.ends_on, spring.starts_on) == [winter, spring]
    assert calendar.count(Filters()) == 3


def test_a_calendar_is_taken_over_once(world: World) -> None:
    unit(world, "S03")
    entry = add(world, places="S03")
    by = world.actor("analyst")
    lines = (
        "name;kind;start;end;where\n"
        "spring promotion;promotion;09.03.2026;22.03.2026;shop s03\n"
        "Easter;holiday;2026-04-05;2026-04-06;\n"
        "Easter;holiday;2026-04-05;2026-04-06;all\n"
        "Flood;closure;2026-05-01;;region: North\n"
    )
    read = calendar_files.from_text(lines, kind=DayKind.OTHER, by=by)
    compared = calendar_files.compare(read, by=by)
    assert [days.name for days in compared.new] == ["Easter", "Flood"]
    assert len(compared.same) == 2
    done = calendar.take_over(read.require(), name="lines", by=by, now=world.later())
    assert len(done.new) == 2
    assert calendar.take_over(read.require(), name="", by=by, now=world.later()).new == ()
    assert calendar.count(Filters()) == 3
    flood = calendar.listing(Filters("flood"), by=by)[0]
    assert (flood.scope, flood.places) == (DayScope.REGION, ["North"])
    assert [e.verb for e in db.session.query(Event).filter_by(subject="calendar")] == [
        "calendar_imported"
    ]
    assert verbs(entry) == ["days_added"]


def test_an_event_that_moved_follows_its_calendar(world: World) -> None:
    by = world.actor("analyst")
    first = calendar_files.from_text(
        "name;start;end;uid\nMatch;2026-05-01;2026-05-01;m1", kind=DayKind.OTHER, by=by
    )
    calendar.take_over(first.require(), name="", by=by, now=world.later())
    later = calendar_files.from_text(
        "name;start;end;uid\nMatch;2026-05-08;2026-05-08;m1", kind=DayKind.OTHER, by=by
    )
    done = calendar.take_over(later.require(), name="", by=by, now=world.later())
    assert len(done.changed) == 1
    entry = calendar.listing(Filters(), by=by)[0]
    assert entry.starts_on.isoformat() == "2026-05-08"
    assert verbs(entry) == ["days_edited"]


def test_all_lines_are_taken_over_or_none(world: World) -> None:
    by = world.actor()
    read = calendar_files.from_text(
        "Easter; 2026-04-05\nsoon; someday\n; 2026-04-07", kind=DayKind.HOLIDAY, by=by
    )
    assert [fault.line for fault in read.faults] == [2, 3]
    assert "Line 2, “soon”" in str(read.faults[0].text)
    with pytest.raises(Invalid):
        read.require()
    with pytest.raises(Unreadable):
        calendar_files.from_text("  \n", kind=DayKind.HOLIDAY, by=by)


def test_a_workbook_and_a_calendar_file_are_read(world: World) -> None:
    from openpyxl import Workbook

    by = world.actor()
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Название", "Вид", "Первый день", "Последний день", "Где"])
    sheet.append(["Акция весны", "акция", "09.03.2026", "22.03.2026", "регион: Север"])
    book.save(out)
    out.seek(0)
    read = calendar_files.from_file(out, "акции.xlsx", kind=DayKind.HOLIDAY, by=by, now=world.now)
    days = read.require()[0]
    assert (days.kind, days.scope, days.places) == (
        DayKind.PROMOTION, DayScope.REGION, ("Север",),
    )  # fmt: skip
    calendar.take_over(read.require(), name="", by=by, now=world.later())
    content = calendar_files.as_ics(Filters(), by=by, now=world.now)
    again = calendar_files.from_file(
        io.BytesIO(content), "x.ics", kind=DayKind.HOLIDAY, by=by, now=world.now
    )
    assert [d.key for d in calendar_files.compare(again, by=by).same] == [days.key]
    with pytest.raises(Unreadable):
        calendar_files.from_file(
            io.BytesIO(b"not a calendar"), "x.ics", kind=DayKind.HOLIDAY, by=by, now=world.now
        )


def test_the_table_of_the_calendar_is_read_again(world: World) -> None:
    add(world)
    by = world.actor()
    table = calendar_files.table(Filters(), by=by)
    rows = [dict(zip((str(h.title) for h in table.heads), row, strict=True)) for row in table.rows]
    from hadi.domain.calendar import read_days
    from hadi.ingest.calendars import read_rows

    again = read_days(read_rows(rows, kind=DayKind.OTHER)[0].body)
    assert again.key == calendar.listing(Filters(), by=by)[0].days.key
