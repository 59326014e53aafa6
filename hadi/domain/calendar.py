"""Days unlike others: holidays, promotions, closures, and what else moves everybody's sales.

An entry says from when to when and where. Those that reach every store of a test alike change
nothing in a comparison; those that reach only some of them do, and the test has to say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.folding import folded
from hadi.domain.months import read_when
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text

NAME_LIMIT = 120
PLACE_LIMIT = 120
MOST_PLACES = 500
LONGEST = 400  # days; what lasts longer is how things are
EARLIEST, LATEST = 1990, 2100
FIELDS = ("kind", "name", "starts_on", "ends_on", "scope", "places", "note")


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    PROMOTION = "promotion"
    CLOSURE = "closure"
    OTHER = "other"


class DayScope(StrEnum):
    """Where it is."""

    ALL = "all"
    REGION = "region"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Days:
    """An entry of the calendar; both ends are inside. `places` are regions, or stores as they are
    called; empty where it is everywhere. `uid` is its name in the calendar it came from."""

    kind: DayKind
    name: str
    starts_on: date
    ends_on: date
    scope: DayScope = DayScope.ALL
    places: tuple[str, ...] = ()
    note: str = ""
    uid: str = ""

    @property
    def length(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def key(self) -> tuple[object, ...]:
        """What two entries have in common that are the same one."""
        return (
            self.kind,
            folded(self.name),
            self.starts_on,
            self.ends_on,
            self.scope,
            tuple(sorted(folded(place) for place in self.places)),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "name": self.name,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "scope": self.scope.value,
            "places": list(self.places),
            "note": self.note,
        }


def read_days(body: Mapping[str, Any]) -> Days:
    """The entry that was typed or sent. Raises Invalid with every fault, by field."""
    wrong: dict[str, Text] = {}
    name, note = (cleaned(str(body.get(field) or "")) for field in ("name", "note"))
    if not name:
        wrong["name"] = Text("days_need_name")
    elif len(name) > NAME_LIMIT:
        wrong["name"] = Text("statement_too_long", limit=NAME_LIMIT)
    if len(note) > LIMIT:
        wrong["note"] = Text("statement_too_long", limit=LIMIT)
    kind = _choice(DayKind, body.get("kind"), "kind", wrong)
    starts_on = _day(body.get("starts_on"), "starts_on", wrong)
    ends_on = _day(body.get("ends_on"), "ends_on", wrong, otherwise=starts_on)
    if starts_on and ends_on:
        if ends_on < starts_on:
            wrong["ends_on"] = Text("days_backwards")
        elif (ends_on - starts_on).days >= LONGEST:
            wrong["ends_on"] = Text("days_too_long", limit=LONGEST)
    scope = _choice(DayScope, body.get("scope") or DayScope.ALL, "scope", wrong)
    places = read_places(body.get("places"), wrong)
    if scope is DayScope.ALL:
        places = ()
    elif scope is not None and not places and "places" not in wrong:
        wrong["places"] = Text(f"days_need_{scope.value}")
    if wrong:
        raise Invalid(Text("days_invalid"), wrong)
    assert kind is not None and scope is not None
    assert starts_on is not None and ends_on is not None
    uid = cleaned(str(body.get("uid") or ""))[:255]
    return Days(kind, name, starts_on, ends_on, scope, places, note, uid)


def read_places(written: object, wrong: dict[str, Text]) -> tuple[str, ...]:
    """Names, each once: a list of them, or a text with commas, semicolons or lines between."""
    if isinstance(written, (list, tuple)):
        parts = [str(part) for part in written]
    else:
        parts = re.split(r"[,;\n]", str(written or ""))
    found: dict[str, str] = {}
    for part in parts:
        place = " ".join(part.replace("\0", "").split())
        if place:
            found.setdefault(folded(place), place)
    if any(len(place) > PLACE_LIMIT for place in found.values()):
        wrong["places"] = Text("statement_too_long", limit=PLACE_LIMIT)
    if len(found) > MOST_PLACES:
        wrong["places"] = Text("days_many_places", limit=MOST_PLACES)
    return tuple(found.values())


def comes_back(entry: Days, others: Iterable[Days], *, within: int = 3) -> bool:
    """Whether a holiday stood in the calendar a year or more earlier about the same days: then
    what it does is part of the season."""
    if entry.kind is not DayKind.HOLIDAY:
        return False
    name = folded(entry.name)
    for other in others:
        years = entry.starts_on.year - other.starts_on.year
        if years > 0 and other.kind is entry.kind and folded(other.name) == name:
            apart = (entry.starts_on - other.starts_on).days - round(365.25 * years)
            if abs(apart) <= within:
                return True
    return False


def _choice(kind: Any, value: object, field: str, wrong: dict[str, Text]) -> Any:
    if value in (None, ""):
        wrong[field] = Text(f"days_need_{field}")
        return None
    try:
        return kind(str(value))
    except ValueError:
        wrong[field] = Text("field_not_a_choice", field=field, options=", ".join(kind))
        return None


def _day(
    value: object, field: str, wrong: dict[str, Text], otherwise: date | None = None
) -> date | None:
    """A day as people write it; `otherwise` where nothing is written."""
    if value in (None, ""):
        if otherwise is None and field == "starts_on":
            wrong[field] = Text("days_need_start")
        return otherwise
    when = None if isinstance(value, date) else read_when(str(value))
    day = value if isinstance(value, date) else when.day if when else None
    if day is None or not EARLIEST <= day.year <= LATEST:
        wrong[field] = Text("days_not_a_day", value=str(value)[:40])
        return None
    return day
