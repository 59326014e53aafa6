"""Periods as people name them, put into their order: days, weeks, months, numbers, or any labels.

A column of one kind is read as that kind; what fits none is taken in the order of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from hadi.domain.errors import Unreadable
from hadi.domain.months import is_impossible_day, read_when
from hadi.domain.plan import Plan
from hadi.domain.text import Text

Key: TypeAlias = "tuple[float, ...]"

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/. ]?\s*([WwQqКкНн]?)\s*(\d{1,2})")
_YEAR_LAST = re.compile(r"([WwQqКкНн]?)\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_AFFIXED = re.compile(r"(\D*?)(-?\d+)(\D*)")
_MOST_ABSENT = 1_000


def _day(label: str) -> Key | None:
    if (iso := _ISO.fullmatch(label)) is not None:
        parts = iso[1], iso[2], iso[3]
    elif (dotted := _DOTTED.fullmatch(label)) is not None:
        parts = dotted[3], dotted[2], dotted[1]
    else:
        return None
    try:
        return (float(date(*map(int, parts)).toordinal()),)
    except ValueError:
        return None


def _part_of_year(label: str) -> Key | None:
    """A week, month or quarter of a year: 2026-W05, 2026-05, 202605, 05.2026, Q1 2026."""
    named = named_part(label)
    return (float(named[0]), float(named[2])) if named else None


def named_part(label: str) -> tuple[int, str, int] | None:
    """The year, the letter (of a week or a quarter, blank of most months) and the number of a part
    of a year."""
    if label.isdecimal() and (len(label) != 6 or not "1900" <= label[:4] < "2200"):
        return None
    if (first := _YEAR_FIRST.fullmatch(label)) is not None:
        is_part = 1 <= int(first[3]) <= 53
        return (int(first[1]), first[2].upper(), int(first[3])) if is_part else None
    if (last := _YEAR_LAST.fullmatch(label)) is not None:
        return int(last[3]), last[1].upper(), int(last[2])
    return None


def _number(label: str) -> Key | None:
    return (float(label),) if _NUMBER.fullmatch(label) else None


def _affixed(label: str) -> Key | None:
    found = _AFFIXED.fullmatch(label)
    return (float(found[2]),) if found else None


# In the order in which they are tried.
_KINDS: Mapping[str, Callable[[str], Key | None]] = {
    "day": _day,
    "part": _part_of_year,
    "number": _number,
    "affixed": _affixed,
}


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a column in their order. `labels` are as written (days as 2026-02-20),
    `places` say for every written label which of them it is, `keys` what they were ordered by
    (their place for mere labels), `kind` how they were read."""

    labels: tuple[str, ...]
    places: Mapping[str, int]
    keys: tuple[Key, ...]
    kind: str

    def first_from(self, start: str, *, column: str) -> int:
        """The place of the first period that is not before `start`. Raises Unreadable, naming what
        there is, where `start` is none of them or lies outside."""
        start = start.strip()
        read = _KINDS.get(self.kind)
        ends = {"first": self.labels[0], "last": self.labels[-1]}
        if read is None:
            if start not in self.places:
                raise Unreadable(Text("panel_start_unknown", start=start, column=column, **ends))
            place = self.places[start]
        else:
            key = read(start)
            if key is None:
                raise Unreadable(Text("panel_start_unreadable", start=start, column=column, **ends))
            place = sum(known < key for known in self.keys)
        if place in (0, len(self.labels)):
            code = "panel_start_too_early" if place == 0 else "panel_start_too_late"
            raise Unreadable(Text(code, start=start, column=column, **ends))
        return place

    @property
    def absent(self) -> tuple[str, ...]:
        """Periods between the first and the last that no row is of, as far as days and numbers
        have a regular step."""
        if self.kind not in ("day", "number") or len(self.keys) < 3:
            return ()
        numbers = [key[0] for key in self.keys]
        steps = [after - before for before, after in pairwise(numbers)]
        step = min(steps)
        is_regular = steps.count(step) * 2 > len(steps) and all(s % step == 0 for s in steps)
        if not is_regular or (numbers[-1] - numbers[0]) / step > _MOST_ABSENT + len(numbers):
            return ()
        known = set(numbers)
        count = round((numbers[-1] - numbers[0]) / step)
        gone = [n for i in range(count) if (n := numbers[0] + i * step) not in known]
        return tuple(_written(n, self.kind) for n in gone)

    @property
    def days(self) -> tuple[date, ...]:
        """The periods as days; empty where they are none."""
        if self.kind != "day":
            return ()
        return tuple(date.fromordinal(int(key[0])) for key in self.keys)


def periods_of(labels: Sequence[str]) -> Periods:
    """Order the labels of a column, which come in the order of its rows, each once. Raises
    Unreadable for a day that the calendar does not have: it is no label, it is a slip."""
    for label in labels:
        if is_impossible_day(label):
            raise Unreadable(Text("panel_day_impossible", value=label.strip()[:60]))
    for kind, read in _KINDS.items():
        keys = [read(label) for label in labels]
        known = [key for key in keys if key is not None]
        if len(known) == len(labels) and (kind != "affixed" or _are_alike(labels)):
            return _ordered(labels, known, kind)
    return Periods(
        tuple(labels),
        {label: place for place, label in enumerate(labels)},
        tuple((float(place),) for place in range(len(labels))),
        "label",
    )


def _are_alike(labels: Sequence[str]) -> bool:
    """Whether nothing but a number tells the labels apart: week 1, week 2, week 10."""
    around = {(found[1], found[3]) for label in labels if (found := _AFFIXED.fullmatch(label))}
    return len(around) == 1


def _ordered(labels: Sequence[str], keys: Sequence[Key], kind: str) -> Periods:
    named: dict[Key, str] = {}
    for label, key in zip(labels, keys, strict=True):
        named.setdefault(key, _written(key[0], kind) if kind == "day" else label)
    ordered = sorted(named)
    place_of = {key: place for place, key in enumerate(ordered)}
    return Periods(
        tuple(named[key] for key in ordered),
        {label: place_of[key] for label, key in zip(labels, keys, strict=True)},
        tuple(ordered),
        kind,
    )


def _written(number: float, kind: str) -> str:
    return date.fromordinal(int(number)).isoformat() if kind == "day" else f"{number:g}"


def start_day(plan: Plan) -> date | None:
    """The day on which the change of a pilot or of a series began, where its start is one."""
    if plan.season is not None:
        when = read_when(plan.season.start or "")
        return when.first if when else None
    key = _day(plan.pilot.start) if plan.pilot and plan.pilot.start else None
    return date.fromordinal(int(key[0])) if key else None
