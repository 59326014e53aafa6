"""Calendars of other programs: events, tables and pasted lines become entries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hadi.domain.calendar import DayKind, Days, DayScope, read_days
from hadi.domain.errors import Unreadable
from hadi.ingest.calendars import as_ics, as_lines, read_ics, read_lines, read_rows

BUDAPEST = ZoneInfo("Europe/Budapest")
SPAN = {"first": date(2025, 1, 1), "last": date(2027, 12, 31)}


def calendar(*events: str) -> bytes:
    inside = "\r\n".join(
        f"BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n{event}\r\nEND:VEVENT" for event in events
    )
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n{inside}\r\nEND:VCALENDAR\r\n"
    ).encode()


def read(*events: str, kind: DayKind = DayKind.HOLIDAY) -> list[tuple[str, str, str]]:
    found = read_ics(calendar(*events), "h.ics", zone=BUDAPEST, kind=kind, **SPAN)
    return [(str(e.body["name"]), str(e.body["starts_on"]), str(e.body["ends_on"])) for e in found]


def test_the_end_of_an_event_is_not_inside() -> None:
    whole = "UID:1\r\nSUMMARY:Easter\r\nDTSTART;VALUE=DATE:20260405\r\nDTEND;VALUE=DATE:20260407"
    assert read(whole) == [("Easter", "2026-04-05", "2026-04-06")]
    one = "UID:2\r\nSUMMARY:One\r\nDTSTART;VALUE=DATE:20260405"
    assert read(one) == [("One", "2026-04-05", "2026-04-05")]
    lasts = "UID:3\r\nSUMMARY:Lasts\r\nDTSTART;VALUE=DATE:20260405\r\nDURATION:P3D"
    assert read(lasts) == [("Lasts", "2026-04-05", "2026-04-07")]


def test_moments_are_days_of_the_workspace() -> None:
    late = "UID:1\r\nSUMMARY:Late\r\nDTSTART:20260405T223000Z\r\nDTEND:20260406T090000Z"
    assert read(late) == [("Late", "2026-04-06", "2026-04-06")]
    midnight = "UID:2\r\nSUMMARY:M\r\nDTSTART:20260405T080000\r\nDTEND:20260407T000000"
    assert read(midnight) == [("M", "2026-04-05", "2026-04-06")]


def test_what_comes_back_is_taken_as_often_as_it_does() -> None:
    yearly = "UID:1\r\nSUMMARY:First of May\r\nDTSTART;VALUE=DATE:20000501\r\nRRULE:FREQ=YEARLY"
    assert [day for _name, day, _end in read(yearly)] == ["2025-05-01", "2026-05-01", "2027-05-01"]
    until = f"{yearly};UNTIL=20260601"
    assert [day for _name, day, _end in read(until)] == ["2025-05-01", "2026-05-01"]
    without = f"{yearly}\r\nEXDATE;VALUE=DATE:20260501"
    assert [day for _name, day, _end in read(without)] == ["2025-05-01", "2027-05-01"]
    also = "UID:2\r\nSUMMARY:R\r\nDTSTART;VALUE=DATE:20260501\r\nRDATE;VALUE=DATE:20260601"
    assert [day for _name, day, _end in read(also)] == ["2026-05-01", "2026-06-01"]
    found = read_ics(calendar(yearly), "h.ics", zone=BUDAPEST, kind=DayKind.HOLIDAY, **SPAN)
    assert next(entry.body["uid"] for entry in found) == "1/2025-05-01"


def test_what_comes_back_every_minute_is_refused() -> None:
    often = "UID:1\r\nSUMMARY:Tick\r\nDTSTART:20260501T000000\r\nRRULE:FREQ=MINUTELY"
    with pytest.raises(Unreadable, match="more than once a day"):
        read(often)


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=1", "FREQ=WEEKLY"]
)
def test_a_rule_without_an_end_ends_with_the_years_that_are_read(rule: str) -> None:
    event = f"UID:1\r\nSUMMARY:R\r\nDTSTART;VALUE=DATE:19900101\r\nRRULE:{rule}"
    assert all("2025-01-01" <= day <= "2027-12-31" for _name, day, _end in read(event))


@pytest.mark.parametrize(
    "broken",
    [
        "DTSTART;VALUE=DATE:2026",
        "DTSTART;VALUE=DATE:20260405\r\nDURATION:tomorrow",
        "DTSTART;VALUE=DATE:20260405\r\nRRULE:FREQ=SOMETIMES",
        "DTSTART;VALUE=DATE:20260405\r\nRRULE:FREQ=YEARLY;BYDAY=?",
        "DTSTART;VALUE=DATE:20260405\r\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART;VALUE=DATE:10010101\r\nRRULE:FREQ=DAILY",
    ],
)
def test_an_event_that_is_not_written_as_it_should_be_is_named(broken: str) -> None:
    with pytest.raises(Unreadable, match="Event 1, “Easter”"):
        read(f"UID:1\r\nSUMMARY:Easter\r\n{broken}")


def test_a_rule_that_never_holds_ends_and_one_that_counts_counts_from_its_start() -> None:
    never = "DTSTART;VALUE=DATE:20260405\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    assert len(read(f"UID:1\r\nSUMMARY:R\r\n{never}")) == 1
    three = "DTSTART;VALUE=DATE:20230501\r\nRRULE:FREQ=YEARLY;COUNT=4"
    assert [day for _name, day, _end in read(f"UID:1\r\nSUMMARY:R\r\n{three}")] == [
        "2025-05-01", "2026-05-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYDAY=4TH;BYMONTH=11",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU",
        "FREQ=YEARLY;BYYEARDAY=366", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;INTERVAL=4", "FREQ=YEARLY;BYEASTER=0",
    ],
)  # fmt: skip
def test_a_rule_gives_the_days_that_it_has(rule: str) -> None:
    """Rules are looked at in another round of the calendar: their days are the same there."""
    from dateutil.rrule import rrulestr

    begins = datetime(2008, 2, 29)  # noqa: DTZ001 - a day
    ends = datetime(2028, 1, 1)  # noqa: DTZ001 - a day
    days = rrulestr(rule, dtstart=begins).between(begins, ends)
    wanted = [str(day.date()) for day in days if day.year >= SPAN["first"].year]
    event = f"UID:1\r\nSUMMARY:R\r\nDTSTART;VALUE=DATE:20080229\r\nRRULE:{rule}"
    assert [day for _name, day, _end in read(event)] == wanted


def test_a_daily_rule_that_never_holds_is_followed_for_centuries_not_millennia() -> None:
    from dateutil import rrule

    seen: list[int] = []

    class Counted(rrule._iterinfo):
        def rebuild(self, year: int, month: int) -> None:
            seen.append(year)
            super().rebuild(year, month)

    event = "UID:1\r\nSUMMARY:R\r\nDTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=DAILY;BYMONTH=2"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rrule, "_iterinfo", Counted)
        assert len(read(f"{event};BYMONTHDAY=30")) == 1
    assert max(seen) - min(seen) < 500


def test_rules_that_never_hold_do_not_keep_anyone_for_hours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hadi.ingest.calendars.MOST_SECONDS", -1.0)
    with pytest.raises(Unreadable, match="Event 1, “Easter”"):
        read("UID:1\r\nSUMMARY:Easter\r\nDTSTART;VALUE=DATE:20260405")


def test_what_is_no_calendar_is_refused() -> None:
    for content in (b"", b"name;day\n", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n"):
        with pytest.raises(Unreadable):
            read_ics(content, "x.ics", zone=BUDAPEST, kind=DayKind.HOLIDAY, **SPAN)


def test_our_own_file_comes_back_as_it_was() -> None:
    days = (
        Days(DayKind.PROMOTION, "Spring; „sale“", date(2026, 3, 9), date(2026, 3, 22),
             DayScope.UNITS, ("S03", "S07"), "two, for one"),
        Days(DayKind.CLOSURE, "Flood", date(2026, 3, 16), date(2026, 3, 16), DayScope.REGION,
             ("North",)),
        Days(DayKind.OTHER, "Strike", date(2026, 4, 1), date(2026, 4, 2)),
    )  # fmt: skip
    now = datetime(2026, 2, 1, tzinfo=UTC)
    content = as_ics([(str(n), each) for n, each in enumerate(days)], name="Volt", now=now)
    found = read_ics(content, "x.ics", zone=BUDAPEST, kind=DayKind.HOLIDAY, **SPAN)
    assert [read_days(entry.body).key for entry in found] == [each.key for each in days]
    lines = as_lines(each.as_json() for each in days)
    again = [read_days(entry.body) for entry in read_lines(lines, kind=DayKind.HOLIDAY)]
    assert [each.key for each in again] == [each.key for each in days]
    assert again[0].note == "two, for one"


def test_a_table_is_read_by_the_heads_of_its_columns() -> None:
    rows = [
        {"Название": "Акция весны", "Вид": "акция", "С": "09.03.2026", "По": "22.03.2026",
         "Магазины": "ВТЦ-03; ВТЦ-07"},
        {"Название": "День города", "Вид": "", "С": date(2026, 9, 5), "По": None, "Магазины": None},
    ]  # fmt: skip
    found = [read_days(e.body) for e in read_rows(rows, kind=DayKind.HOLIDAY)]
    assert (found[0].kind, found[0].places) == (DayKind.PROMOTION, ("ВТЦ-03", "ВТЦ-07"))
    assert (found[1].kind, found[1].scope, found[1].length) == (DayKind.HOLIDAY, DayScope.ALL, 1)
    with pytest.raises(Unreadable, match="first day"):
        read_rows([{"name": "x", "where": "y"}], kind=DayKind.OTHER)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Easter; 2026-04-05; 2026-04-06", ("Easter", DayKind.HOLIDAY, DayScope.ALL, ())),
        ("Tavaszi akció\t2026.03.09.\t2026.03.22.\takció\tregion: Észak",
         ("Tavaszi akció", DayKind.PROMOTION, DayScope.REGION, ("Észak",))),
        ("Stocktaking, 16.03.2026, closure, S03",
         ("Stocktaking", DayKind.CLOSURE, DayScope.UNITS, ("S03",))),
    ],
)  # fmt: skip
def test_lines_without_a_header(line: str, expected: tuple[object, ...]) -> None:
    days = read_days(read_lines(line, kind=DayKind.HOLIDAY)[0].body)
    assert (days.name, days.kind, days.scope, days.places) == expected
