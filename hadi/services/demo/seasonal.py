"""The demo's test before and after: a gain that is the season, as it comes out once that is taken
out. The months of its file end where the test does, whatever the day of the demo is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from hadi.services.demo.story import Closing, Measure, Reach, Story, Study

_YEARS = 4
_WATCHED = 3  # months


def _start(begins: date) -> date:
    """The first of the month after the test was started."""
    return _month(begins, 1)


def _month(day: date, later: int) -> date:
    place = day.year * 12 + day.month - 1 + later
    return date(place // 12, place % 12 + 1, 1)


def _dated(begins: date) -> Mapping[str, Any]:
    start = _start(begins)
    return {"start": start.isoformat(), "starts_on": start.isoformat(), "ends_on": None}


def _lamps(random: Random, begins: date) -> list[list[object]]:
    """Revenue of lamps by month: every year it climbs through the months that were watched."""
    rows: list[list[object]] = []
    for away in range(-12 * _YEARS, _WATCHED):
        wave = math.sin(2 * math.pi * (away - 0.5) / 12)
        revenue = 41_000 * (1.0 + 0.24 * wave) * (1.0 + random.gauss(0.0, 0.018))
        rows.append([_month(_start(begins), away), round(revenue)])
    return rows


SEASONAL = (
    Story(
        "light the lamp shelf like a living room",
        effect="revenue of lamps rises by 8 percent",
        reason="a lamp that shines shows what it does",
        reach=Reach.CONCLUDED,
        age_days=160,
        lasts_days=124,
        author="dina",
        measure=Measure("revenue of lamps", "8%", 41_000, 0.12),
        file="lamps by month.csv",
        study=Study(
            plan={
                "design": "before_after",
                "variant": None,
                "control": None,
                "split": None,
                "unit": None,
                "time": "month",
                "value": "revenue",
                "metrics": [
                    {
                        "name": "revenue of lamps",
                        "kind": "mean",
                        "columns": ["revenue"],
                        "role": "primary",
                        "threshold": "8%",
                        "better": "higher",
                    }
                ],
                "baseline": None,
                "baseline_sd": None,
                "planned_units": _WATCHED,
            },
            head=("month", "revenue"),
            rows=_lamps,
            dated=_dated,
        ),
        closing=Closing(
            "stop",
            "the gain was the season: lamps climb by as much every year",
            "compare a month with the same month of the years before, not with the one before it",
            "lamps; whatever else has a season",
            "light one shop and leave the others as they are: a pilot",
        ),
    ),
)
