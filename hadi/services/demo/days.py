"""The demo's calendar: holidays of three years, promotions and closures around its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from hadi.domain.permissions import Actor
from hadi.services import calendar

_HOLIDAYS = (
    ("New Year", 1, 1, 2),
    ("Labour Day", 5, 1, 1),
    ("Midsummer", 6, 23, 2),
    ("Christmas", 12, 24, 3),
)
# (name, kind, days from today, how many, scope, places)
_AROUND = (
    ("Discount week", "promotion", -250, 7, "all", ""),
    ("Neighbourhood flyer", "promotion", -104, 10, "units", "shop 07, shop 08"),
    ("Stocktaking", "closure", -96, 1, "all", ""),
    ("Roadworks at the door", "other", -70, 25, "units", "shop 12"),
    ("Fitters’ week", "promotion", 9, 7, "units", "shop 09"),
    ("Coast festival", "holiday", 18, 3, "region", "coast"),
    ("Stocktaking", "closure", 34, 1, "all", ""),
)


def enter(actors: Mapping[str, Actor], now: datetime) -> None:
    """Enter every day, seen from the one the stories lead up to."""
    entered = now - timedelta(days=185)
    for body in _bodies(now.date()):
        calendar.add(body=body, by=actors["analyst"], now=entered)


def _bodies(today: date) -> Iterator[dict[str, Any]]:
    for year in range(today.year - 1, today.year + 2):
        for name, month, day, length in _HOLIDAYS:
            first = date(year, month, day)
            yield _body(name, "holiday", first, length)
    for name, kind, shift, length, scope, places in _AROUND:
        first = today + timedelta(days=shift)
        yield _body(name, kind, first, length, scope=scope, places=places)


def _body(name: str, kind: str, first: date, length: int, **where: str) -> dict[str, Any]:
    last = first + timedelta(days=length - 1)
    return {"name": name, "kind": kind, "starts_on": first, "ends_on": last, **where}
