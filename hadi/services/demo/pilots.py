"""The demo's pilots: one shop that grew like its neighbours, two that grew beyond them, and one
that is being planned. Weeks of fifteen shops, drawn the same at every run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from hadi.domain.scaling import RolloutStatus
from hadi.services.demo.places import Logged, Where, code
from hadi.services.demo.story import Closing, Measure, Past, Reach, Scaling, Spent, Story, Study

_SHOPS = tuple(f"shop {number:02d}" for number in range(1, 16))
_HEAD = ("week", "shop", "region", "add-on revenue")
_BEFORE, _AFTER = 26, 8
_SEED = 17  # of the draw that the second pilot was chosen by


def _start(begins: date) -> date:
    """The Monday from which the change counts."""
    return begins + timedelta(days=(7 - begins.weekday()) % 7)


def _weeks(
    random: Random, begins: date, *, treated: tuple[str, ...], gain: float, after: int = _AFTER
) -> list[list[object]]:
    """Every shop grows into the high season by about a sixth; the treated by `gain` beyond, once
    the change has begun. A shop's weeks have their own luck, and its level wanders slowly."""
    rows: list[list[object]] = []
    for place, shop in enumerate(_SHOPS):
        level, wander = 9_000 * math.exp(random.gauss(0.0, 0.35)), 0.0
        region = ("north", "coast", "south")[place % 3]
        for week in range(-_BEFORE, after):
            wander += random.gauss(0.0, 0.007)
            season = 0.212 / (1 + math.exp(-(week + 3) / 3.0))
            logged = season + wander + random.gauss(0.0, 0.035)
            if week >= 0 and shop in treated:
                logged += math.log1p(gain)
            day = _start(begins) + timedelta(weeks=week)
            rows.append([day, shop, region, round(level * math.exp(logged))])
    return sorted(rows, key=lambda row: (str(row[0]), str(row[1])))


def _dated(begins: date) -> Mapping[str, Any]:
    return {"start": _start(begins).isoformat(), "ends_on": None}


def _study(treated: tuple[str, ...], gain: float, **more: Any) -> Study:
    return Study(
        plan={
            "design": "pilot",
            "variant": None,
            "control": None,
            "split": None,
            "unit": None,
            "baseline": None,
            "baseline_sd": None,
            "site": "shop",
            "time": "week",
            "value": "add-on revenue",
            "treated": list(treated),
            "planned_units": _AFTER,
            **more,
        },
        head=_HEAD,
        rows=partial(_weeks, treated=treated, gain=gain),
        dated=_dated,
    )


_REVENUE = "add-on revenue"

PILOTS = (
    Story(
        "have a mentor work in one shop for six weeks",
        effect="add-on revenue grows by 8 percent",
        reason="a skill is formed by practice alone",
        reach=Reach.CONCLUDED,
        age_days=128,
        lasts_days=63,
        measure=Measure(_REVENUE, "8%", 9_000, 0.1, sd=1.0),
        file="shops by week.csv",
        budget=1800,
        study=_study(("shop 07",), 0.024),
        past=Past(),
        where=Where(
            (code(7),),
            lever="check",
            technology="add-on selling",
            order_reason="the road to the shop is closed until spring: no more people can come",
            weeks=(
                Logged(code(7), 0, 8, note="the mentor begins on Tuesday"),
                Logged(code(7), 1, 8, 1),
                Logged(code(7), 2, 9, 2),
                Logged(code(7), 3, 9, 1, "LED tubes of 120 cm"),
                Logged(code(7), 4, 9),
            ),
        ),
        closing=Closing(
            "repeat",
            "One shop cannot show it: two can, and they are drawn by chance this time.",
            "The pilot grew by a fifth, and so did its neighbours: it was the season.",
            "Any shop in spring.",
            "Two pilots, the same mentor.",
        ),
    ),
    Story(
        "put a tablet with fitting plans beside the breaker shelf of two shops",
        effect="add-on revenue grows by 8 percent",
        reason="who sees the plan sees what is missing from the basket",
        reach=Reach.CONCLUDED,
        author="dina",
        age_days=150,
        lasts_days=63,
        measure=Measure(_REVENUE, "8%", 9_000, 0.12, sd=1.0),
        file="tablets.xlsx",
        budget=2600,
        study=_study(("shop 04", "shop 11"), 0.122, components=["tablet", "fitting plans"]),
        past=Past(count=2, seed=_SEED),
        worth={
            "value_per_unit": "1",
            "margin": 0.28,
            "payback_limit_weeks": 26,
            "one_off_per_store": "1150",
            "running_per_week": "45",
        },
        costs=(
            Spent(0, "1380", "equipment", "Two tablets with stands"),
            Spent(1, "640", "work", "Drawing the fitting plans"),
            Spent(5, "220", "training", "An hour with both teams"),
        ),
        where=Where((code(4), code(11)), lever="check", technology="add-on selling"),
        closing=Closing(
            "scale",
            "Confirmed against thirteen neighbours; chance would do this once in a hundred.",
            "Two shops with the tablet grew by some fifteen percent more than the others.",
            "Shops with a breaker shelf that clients reach by themselves.",
            "Print the plans instead: are they enough without the tablet?",
        ),
        scaling=Scaling(RolloutStatus.QUEUED),
    ),
    Story(
        "open one shop an hour earlier for fitters",
        effect="add-on revenue grows by 15 percent",
        reason="fitters buy on the way to work",
        reach=Reach.PLANNED,
        age_days=6,
        lasts_days=63,
        measure=Measure(_REVENUE, "15%", 9_000, 0.15, sd=1.0),
        file="weeks so far.csv",
        budget=900,
        study=_study(("shop 09",), 0.0),
        past=Past(),
        where=Where((code(9),), lever="inflow", technology="consulting at the counter"),
    ),
    Story(
        "stand ready-made sets for fitters at the entrance of shop 09",
        effect="add-on revenue grows by 10 percent",
        reason="who is in a hurry takes what is complete",
        reach=Reach.PLANNED,
        author="tom",
        age_days=5,
        lasts_days=63,
        measure=Measure(_REVENUE, "10%", 9_000, 0.1, sd=1.0),
        file="sets by week.csv",
        budget=600,
        study=_study(("shop 09",), 0.0),
        where=Where((code(9),), technology="consulting at the counter"),
    ),
)
