"""What the calendar takes and answers, for the OpenAPI document."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Choice, Day, Flag, Listed, Sent, Words, described
from hadi.api.paging import PageQuery
from hadi.api.schemas import PersonOut, _day, _moment, _one_of, _text, _whole
from hadi.domain.calendar import NAME_LIMIT, DayKind, DayScope
from hadi.domain.overlaps import Closeness
from hadi.domain.statement import LIMIT


class CalendarQuery(PageQuery):
    """Which entries. Those that only touch the span count."""

    first = Day(metadata=described("The first day of the span", format="date"))
    last = Day(metadata=described("The last day of the span", format="date"))
    kind = Choice(DayKind, about="Of that kind alone")
    q = Words(metadata=described("Words of the name, the note or a place"))


class DaysIn(Sent):
    name = Words(allow_none=True, metadata=described("", maxLength=NAME_LIMIT))
    kind = Choice(DayKind, allow_none=True, about="What it is")
    starts_on = Words(allow_none=True, metadata=described("The first day, such as 2026-03-09"))
    ends_on = Words(allow_none=True, metadata=described("The last day; without, it is one day"))
    scope = Choice(DayScope, allow_none=True, about="Where; everywhere unless said")
    places = Listed(
        Words(), allow_none=True, metadata=described("Regions, or stores by code, name or alias")
    )
    note = Words(allow_none=True, metadata=described("", maxLength=LIMIT))


class CalendarImportIn(Sent):
    lines = Words(
        allow_none=True,
        metadata=described("A name, a first and a last day, a kind, a place: an entry a line"),
    )
    ics = Words(allow_none=True, metadata=described("Instead of lines: an iCalendar file"))
    kind = Choice(DayKind, about="Of entries that do not say theirs; holiday unless said")
    preview = Flag(metadata=described("true: say what would be done, and do nothing"))


class DaysPlaceOut(ma.Schema):
    id = _text("Id of a unit; null where no unit is known by the name", allow_none=True)
    name = _text("A region, or how a store is called")


class DaysOut(ma.Schema):
    """An entry of the calendar; both ends are inside."""

    id = _text()
    name = _text()
    kind = _one_of(DayKind)
    starts_on = _day()
    ends_on = _day()
    scope = _one_of(DayScope)
    places = fields.List(fields.Nested(DaysPlaceOut), required=True)
    note = _text()
    author = fields.Nested(PersonOut, required=True)
    created_at = _moment()
    updated_at = _moment()
    version = _whole("To send as If-Match")


class CalendarImportedOut(ma.Schema):
    """What an import did, or would do."""

    added = _whole()
    changed = _whole("Entries that follow the calendar they came from")
    same = _whole("Entries that were there already")
    preview = fields.Boolean(required=True)


class NearOut(ma.Schema):
    """Another test that comes into the way."""

    key = _text("Its hypothesis")
    closeness = _one_of(Closeness)
    first = _day()
    last = _day(allow_none=True)
    places = fields.List(fields.String(), required=True)
    detail = _text("In the language of Accept-Language")


class SurroundingsOut(ma.Schema):
    """What else happens while a test runs; null while its days are not known."""

    first = _day(allow_none=True)
    last = _day(allow_none=True)
    tests = fields.List(fields.Nested(NearOut), required=True)
    warnings = fields.List(
        fields.String(), required=True,
        metadata={"description": "Days that reach only a part of what is compared"},
    )  # fmt: skip
    days = fields.List(fields.Nested(DaysOut), required=True)
