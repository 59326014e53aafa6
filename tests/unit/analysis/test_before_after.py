"""A test before and after, judged: what it may say, and what it keeps to itself until the end."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from hadi.analysis.before_after import analyse_before_after
from hadi.domain.errors import Unreadable
from hadi.domain.months import written
from hadi.domain.plan import Plan
from hadi.ingest.series import Cell, SeriesTable, laid_out

PROFILE = (700, 720, 850, 980, 1100, 1150, 1120, 1100, 1200, 1180, 1000, 900)
FIRST = 2021 * 12
START = 2025 * 12 + 4  # May 2025
PLAN = {
    "design": "before_after", "time": "month", "value": "revenue", "start": "2025-05",
    "planned_units": 3,
    "metrics": [
        {"name": "Revenue", "kind": "mean", "role": "primary", "threshold": "5%",
         "better": "higher"}
    ],
}  # fmt: skip


class Known:
    digest = "known"

    def __init__(self, table: SeriesTable) -> None:
        self.table = table

    def series(self, plan: Plan) -> SeriesTable:
        return self.table


def months(*, effect: float = 0.0, noise: float = 0.02, after: int = 3, years: int = 4) -> Known:
    rng = np.random.default_rng(7)
    first = FIRST + 12 * (4 - years)
    cells = []
    for month in range(first, START + after):
        gain = 1.0 + effect if month >= START else 1.0
        value = PROFILE[month % 12] * gain * float(np.exp(rng.normal(0.0, noise)))
        cells.append(Cell(written(month), value))
    return Known(laid_out(cells, "month"))


def judged(source: Known, **changes: Any) -> dict[str, Any]:
    more = {name: changes.pop(name) for name in ("opened_early", "today") if name in changes}
    found = analyse_before_after(source, Plan.from_json(PLAN | changes), **more).as_json()
    json.dumps(found, allow_nan=False)
    return found


@pytest.mark.parametrize("method", ["coefficients", "segmented"])
@pytest.mark.parametrize(
    ("effect", "verdict", "said"),
    [
        (0.2, "confirmed", "It looks as if it works"),
        (-0.2, "harmful", "It looks as if it did harm"),
        (0.0, "refuted", ""),
    ],
)
def test_verdicts_are_hints(method: str, effect: float, verdict: str, said: str) -> None:
    found = judged(months(effect=effect, noise=0.01), method=method)
    assert (found["verdict"], found["evidence"]) == (verdict, "before_after")
    assert said in found["sentence"]
    lift = found["comparisons"][0]["lift"]
    assert lift["low"] < effect < lift["high"]
    if effect:
        assert "a hint and not a proof" in found["sentence"]
    assert "no_control" in {warning["code"] for warning in found["warnings"]}


def test_years_that_are_exactly_alike_leave_no_range() -> None:
    found = judged(months(noise=0.0))
    assert found["verdict"] == "not_estimable"
    assert "The season explains all of it" in found["sentence"]
    found = judged(months(noise=0.0, effect=0.08))
    assert found["verdict"] == "not_estimable"
    assert found["season"]["adjusted"] == pytest.approx(0.08)
    assert "exactly alike" in found["sentence"]


def test_nothing_of_the_effect_is_told_before_the_end() -> None:
    found = judged(months(effect=0.2, after=2))
    assert found["verdict"] == "not_yet"
    assert found["season"] is None
    assert found["comparisons"][0]["lift"] is None
    assert found["comparisons"][0]["treatment"]["value"] is None
    told = {check["code"] for check in found["checks"]}
    assert "gaps" in told and not told & {"units", "growing", "range"}
    assert "2 of the planned 3 periods" in found["sentence"]
    opened = judged(months(effect=0.2, after=2), opened_early=True)
    assert opened["season"]["adjusted"] == pytest.approx(0.2, abs=0.1)


def test_a_sum_beside_means_invalidates() -> None:
    found = judged(months(effect=2.0))
    assert found["verdict"] == "invalid"
    assert "sum of 3 months" in found["sentence"]


def test_a_start_inside_a_month_leaves_that_month_out() -> None:
    found = judged(months(after=4), start="2025-05-12")
    assert found["season"]["after"]["from"] == "2025-06"
    assert found["season"]["before"]["to"] == "2025-04"
    assert "start" in {check["code"] for check in found["checks"]}


def test_the_months_before_can_be_named() -> None:
    found = judged(months(), before="2024-05..2024-07")
    assert found["season"]["before"]["from"] == "2024-05"
    # From the same months a year ago the season is none.
    assert found["season"]["naive"] == pytest.approx(found["season"]["adjusted"], abs=0.01)


def test_one_year_before_is_not_estimable() -> None:
    found = judged(months(years=1, effect=0.3))
    assert found["verdict"] == "not_estimable"
    assert "one whole year" in found["sentence"]


@pytest.mark.parametrize(
    ("start", "code"), [("2026-01", "season_start_last"), ("2020-01", "season_start_first")]
)
def test_data_beside_the_start_are_refused(start: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        judged(months(), start=start)
    assert refused.value.text.code == code


def test_a_plan_without_threshold_asks_for_any_effect() -> None:
    metric = {**PLAN["metrics"][0], "threshold": None}
    assert judged(months(effect=0.2), metrics=[metric])["verdict"] == "confirmed"


def test_less_can_be_better() -> None:
    metric = {**PLAN["metrics"][0], "better": "lower"}
    assert judged(months(effect=-0.2), metrics=[metric])["verdict"] == "confirmed"
    assert judged(months(effect=0.2), metrics=[metric])["verdict"] == "harmful"


def test_an_absolute_threshold_is_judged_in_units() -> None:
    metric = {**PLAN["metrics"][0], "threshold": 100}
    found = judged(months(effect=0.2), metrics=[metric])
    assert found["verdict"] == "confirmed"
    assert found["comparisons"][0]["difference"]["low"] > 100
