"""The shops of the demo, their territories and its field sales, and where its stories run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hadi.domain.permissions import Actor
from hadi.models import Hypothesis
from hadi.services import hypothesis_where, unit_weeks, units

_SIDES = ("north", "coast", "south")
_HEADS = ("Ilze Ozola", "Jonas Petraitis", "Mart Tamm", "Zofia Wójcik", "Nagy Gergő", "Анна Мороз")
_KEEPERS = ("lead", "tom", "dina", "katalin", "boris")
_FORMATS = ("high street", "mall", "retail park")
_SHOPS = 24


@dataclass(frozen=True, slots=True)
class Logged:
    """A week of a shop's log, counted from the first of its test."""

    unit: str
    week: int
    staff: int
    staff_new: int = 0
    stock_note: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a story runs, what it moves, and what happened in its shops meanwhile."""

    units: tuple[str, ...] = ()  # codes
    lever: str = ""
    technology: str = ""
    order_reason: str = ""
    weeks: tuple[Logged, ...] = ()


def code(number: int) -> str:
    """The code of a shop, as its data write it."""
    return f"shop {number:02d}"


def enter(actors: Mapping[str, Actor], now: datetime) -> None:
    """Enter every unit: territories first, since shops lie in them."""
    by = actors["analyst"]
    for body in _bodies():
        responsible = actors[body.pop("keeper")].user_id
        units.add(body=body | {"responsible": responsible}, by=by, now=now)
    old = units.find(code(_SHOPS + 1), by=by)
    units.close(old.id, version=None, by=by, now=now + timedelta(days=40))


def say(hypothesis: Hypothesis, where: Where, *, by: Actor, now: datetime) -> None:
    """Say where a story runs and what it moves."""
    body = {
        "units": where.units, "lever": where.lever, "technology": where.technology,
        "order_reason": where.order_reason,
    }  # fmt: skip
    hypothesis_where.say(hypothesis.id, body=body, version=None, by=by, now=now)


def log(
    where: Where, begins: date, *, by: Actor, at: Callable[[float], datetime], now: datetime
) -> None:
    """Keep the log of the weeks that are over."""
    monday = begins + timedelta(days=(7 - begins.weekday()) % 7)
    for each in where.weeks:
        week = monday + timedelta(weeks=each.week)
        if week >= now.date():
            continue
        body = {
            "week": week, "staff": each.staff, "staff_new": each.staff_new,
            "stock_note": each.stock_note, "note": each.note,
        }  # fmt: skip
        unit = units.find(each.unit, by=by)
        unit_weeks.write(unit.id, body=body, by=by, now=at(3 + 7 * each.week + 11))


def change(actors: Mapping[str, Actor], now: datetime) -> None:
    """A shop sells otherwise than it did while it was a pilot: what was learned there is to be
    checked again."""
    by = actors["analyst"]
    shop = units.find(code(11), by=by)
    body = {"technology": "self-service"}
    units.edit(shop.id, body=body, version=None, by=by, now=now - timedelta(days=20))


def _bodies() -> Iterator[dict[str, Any]]:
    for side, keeper in zip(_SIDES, _KEEPERS, strict=False):
        yield {
            "kind": "territory", "code": f"T-{side}", "name": f"The {side}", "region": side,
            "keeper": keeper, "sales_model": "passive", "technology": "add-on selling",
        }  # fmt: skip
    yield {
        "kind": "team", "code": "field", "name": "Field sales", "keeper": "boris",
        "head": _HEADS[5], "sales_model": "active", "technology": "visits to clients",
        "aliases": ["agents", "выездные"],
    }  # fmt: skip
    for number in range(1, _SHOPS + 2):
        yield _shop(number)


def _shop(number: int) -> dict[str, Any]:
    side = _SIDES[(number - 1) % len(_SIDES)]
    body: dict[str, Any] = {
        "kind": "store", "code": code(number), "name": f"Shop {number:02d}", "region": side,
        "format": _FORMATS[number % len(_FORMATS)], "head": _HEADS[number % len(_HEADS)],
        "keeper": _KEEPERS[number % len(_KEEPERS)], "parent": f"T-{side}",
        "aliases": [f"V&W {number}"],
    }  # fmt: skip
    # The newest shop: nobody has chosen yet how it sells.
    if number != _SHOPS:
        body |= {"sales_model": "passive", "technology": "consulting at the counter"}
    return body
