"""The pictures beside the planning form."""

from __future__ import annotations

import pytest

from hadi.charts.gauge import Outlook, gauge
from hadi.charts.power_curve import power_curve
from hadi.charts.verdict_bars import verdict_bars


def test_curve_rises_from_left_to_right() -> None:
    curve = power_curve([(100, 0.1), (500, 0.5), (1000, 0.9)], target=0.8, planned=(800, 0.78))
    assert [p.x for p in curve.points] == [10, 50, 100]
    assert [p.y for p in curve.points] == [90, 50, 10]
    assert curve.path == "M10 90 L50 50 L100 10"
    assert curve.target_y == 20
    assert curve.planned is not None
    assert (curve.planned.x, curve.planned.y) == (80, 22)


def test_curve_makes_room_for_the_planned_size() -> None:
    curve = power_curve([(100, 0.1), (500, 0.5)], target=0.8, planned=(1000, 0.8))
    assert curve.planned is not None
    assert curve.planned.x == 100
    assert curve.points[-1].x == 50


def test_one_point_is_no_curve() -> None:
    with pytest.raises(ValueError, match="two points"):
        power_curve([(100, 0.1)], target=0.8)


def test_bars_come_from_hope_to_fear() -> None:
    bars = verdict_bars({"harmful": 0.01, "refuted": 0.2, "confirmed": 0.5, "elsewhere": 0.29})
    assert [bar.verdict for bar in bars] == ["confirmed", "refuted", "harmful", "elsewhere"]
    assert bars[0].width == 50
    assert bars[0].share.value == 0.5


@pytest.mark.parametrize(
    ("share", "outlook"),
    [(0.9, Outlook.GOOD), (0.8, Outlook.GOOD), (0.6, Outlook.EVEN), (0.2, Outlook.POOR)],
)
def test_gauge_says_it_in_a_word(share: float, outlook: Outlook) -> None:
    assert gauge(share, target=0.8).outlook is outlook


def test_gauge_mark_of_a_half_stands_upright() -> None:
    assert gauge(0.3, target=0.5).mark == (60.0, 17.0, 60.0, 3.0)
    assert gauge(1.2, target=0.5).filled == 100
