"""The demo's levers and client bases: months of the whole chain, of two shops and of the field
sales, with targets, and the clients of its territories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hadi.domain.permissions import Actor
from hadi.services import client_bases, lever_periods, lever_targets, units
from hadi.services.demo.places import code

CURRENCY = "EUR"
_SEED = 20_419


@dataclass(frozen=True, slots=True)
class _Trade:
    """What a place sells in a month: leads, the shares that go on, check and frequency; `growth`
    is that of the leads from month to month."""

    place: str
    months: int
    leads: int
    stages: tuple[tuple[str, float], ...]
    closing: float
    frequency: float
    check: float
    growth: float
    targets: Mapping[str, str]


_TRADES = (
    _Trade("", 12, 41_000, (), 0.31, 1.32, 47.5, 0.006,
           {"inflow": "9500", "conversion": "0.3", "check": "50", "frequency": "1.4"}),
    _Trade(code(7), 6, 1_650, (), 0.33, 1.3, 46.0, -0.03,
           {"inflow": "520", "conversion": "0.3", "check": "52", "frequency": "1.4"}),
    _Trade(code(9), 6, 1_900, (), 0.27, 1.35, 49.0, 0.02,
           {"inflow": "420", "conversion": "0.32", "check": "48"}),
    _Trade("field", 6, 420, (("First talk", 0.62), ("Offer sent", 0.58)), 0.34, 1.15, 830.0, 0.015,
           {"inflow": "80", "conversion": "0.15", "check": "900", "frequency": "1.2"}),
)  # fmt: skip
# By territory: active in the last quarter and in the one before, ever bought, could buy.
_BASES = (
    ("T-north", (1_810, 1_690), 4_200, 7_900),
    ("T-coast", (2_620, 2_655), 3_100, 4_400),
    ("T-south", (1_180, 1_240), 6_550, 9_100),
)


def enter(actors: Mapping[str, Actor], now: datetime) -> None:
    """Enter everything, each month a few days after it ended."""
    random, by = Random(_SEED), actors["analyst"]  # noqa: S311 - invented numbers
    for trade in _TRADES:
        unit = units.find(trade.place, by=by) if trade.place else None
        for body, at in _months(trade, random, now):
            body["unit"] = unit.id if unit else ""
            lever_periods.add(body=body, by=by, now=at)
        goals = {**trade.targets, "currency": CURRENCY}
        at = now - timedelta(days=20)
        lever_targets.save(unit, body=goals, version=None, by=actors["leader"], now=at)
    for body, at in _quarters(now):
        client_bases.add(body=body, by=by, now=at)


def _months(
    trade: _Trade, random: Random, now: datetime
) -> Iterator[tuple[dict[str, Any], datetime]]:
    leads = float(trade.leads)
    for back in range(trade.months, 0, -1):
        first = _month(now.date(), -back)
        last = _month(first, 1) - timedelta(days=1)
        came = round(leads * random.gauss(1.0, 0.02))
        stages, reached = [], came
        for name, share in trade.stages:
            reached = round(reached * share * random.gauss(1.0, 0.02))
            stages.append((name, reached))
        clients = round(reached * trade.closing * random.gauss(1.0, 0.015))
        purchases = round(clients * trade.frequency * random.gauss(1.0, 0.01))
        revenue = round(purchases * trade.check * random.gauss(1.0, 0.015), 2)
        body = {
            "starts_on": first, "ends_on": last, "leads": came, "stages": stages,
            "clients": clients, "purchases": purchases, "revenue": f"{revenue:.2f}",
            "currency": CURRENCY,
        }  # fmt: skip
        yield body, _soon_after(last, now)
        leads *= 1 + trade.growth


def _quarters(now: datetime) -> Iterator[tuple[dict[str, Any], datetime]]:
    for place, (later, earlier), ever, potential in _BASES:
        for back, active in ((6, earlier), (3, later)):
            first = _month(now.date(), -back)
            last = _month(first, 3) - timedelta(days=1)
            body = {
                "unit": place, "starts_on": first, "ends_on": last, "active": active,
                "ever": ever - (0 if back == 3 else 90), "potential": potential,
            }  # fmt: skip
            yield body, _soon_after(last, now)


def _month(day: date, later: int) -> date:
    place = day.year * 12 + day.month - 1 + later
    return date(place // 12, place % 12 + 1, 1)


def _soon_after(day: date, now: datetime) -> datetime:
    at = now.replace(year=day.year, month=day.month, day=day.day) + timedelta(days=3)
    return min(at, now - timedelta(hours=1))
