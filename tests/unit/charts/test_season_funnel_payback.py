"""The year's profile, the funnel and the payback curve put every number where it belongs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.charts.funnel import Stage, funnel
from hadi.charts.payback import BreakEven, PaybackCurve, payback_curve
from hadi.charts.season import season_profile

YEAR = dict(enumerate([0.7, 0.72, 0.85, 0.98, 1.1, 1.15, 1.12, 1.1, 1.2, 1.18, 1.0, 0.9], 1))


def test_months_stand_on_the_side_of_the_average_they_are_on() -> None:
    profile = season_profile(YEAR, before={2, 3, 4}, after={5, 6, 7})
    bars = {bar.month: bar for bar in profile.bars}
    assert bars[9].y + bars[9].height == pytest.approx(profile.one_y, abs=0.002)
    assert bars[1].y == profile.one_y
    assert bars[11].height == 0
    assert [bar.month for bar in profile.bars if bar.span == "before"] == [2, 3, 4]
    assert (profile.highest.month, profile.lowest.month) == (9, 1)
    assert profile.has_spans


@given(st.lists(st.floats(0.01, 10), min_size=12, max_size=12))
def test_a_higher_coefficient_is_never_drawn_lower(values: list[float]) -> None:
    profile = season_profile(dict(enumerate(values, 1)))
    tops = [bar.y if bar.is_above else bar.y + bar.height for bar in profile.bars]
    ordered = sorted(zip(values, tops, strict=True))
    assert all(a[1] >= b[1] - 0.01 for a, b in pairwise(ordered))
    assert all(0 <= bar.y <= 100 and 0 <= bar.height <= 100 for bar in profile.bars)


def test_part_of_a_year_is_no_profile() -> None:
    with pytest.raises(ValueError, match="twelve"):
        season_profile({1: 1.0})


def test_conversion_counts_everyone_who_entered() -> None:
    chart = funnel((Stage("Offer", 400, 100, 240, is_key=True), Stage("Decision", 100)))
    offer, decision = chart.bars
    assert offer.conversion is not None
    assert offer.conversion.value == 0.25
    assert offer.open_share is not None
    assert offer.open_share.value == 0.6
    assert (offer.width, offer.moved_width, offer.open_width) == (100, 25, 60)
    assert decision.width == 25
    assert decision.conversion is None
    assert chart.whole is not None
    assert chart.whole.value == 0.25


def test_a_stage_nobody_entered_has_no_conversion() -> None:
    chart = funnel((Stage("A", 0, 0), Stage("B", 0)))
    assert chart.bars[0].conversion is None
    assert chart.whole is None


def test_lines_cross_where_the_change_has_paid_for_itself() -> None:
    curve = payback_curve(one_off=1000, per_week=(100, 50, 200), limit_weeks=15, currency="EUR")
    weeks = [each.weeks.value if each.weeks else None for each in _crossings(curve)]
    assert weeks == [10, 5, 20]
    assert curve.soonest.x < curve.point.x < curve.latest.x
    assert curve.limit_x is not None
    assert curve.point.x < curve.limit_x < curve.latest.x
    assert curve.rows[0].earned.value == 0
    assert curve.rows[-1].spent.value == 1000


def test_the_lower_end_that_never_pays_back_says_never() -> None:
    curve = payback_curve(
        one_off=25000, weekly_cost=900, per_week=(2176, 608, 3744), currency="RUB"
    )
    assert curve.point.weeks is not None
    assert curve.point.weeks.value == pytest.approx(19.6, abs=0.05)
    assert curve.latest.weeks is None
    assert curve.latest.x == 100
    assert curve.latest.is_beyond


def test_a_payback_after_decades_lies_beyond_the_picture() -> None:
    curve = payback_curve(one_off=1e6, per_week=(10, 5, 20), limit_weeks=26, currency="EUR")
    assert curve.point.is_beyond
    assert curve.point.weeks is not None
    assert curve.point.weeks.value == 100_000


def test_nothing_earned_never_pays_back() -> None:
    curve = payback_curve(one_off=100, per_week=(-5, -10, 0), currency="EUR")
    assert [each.weeks for each in _crossings(curve)] == [None, None, None]


def _crossings(curve: PaybackCurve) -> tuple[BreakEven, BreakEven, BreakEven]:
    return (curve.point, curve.soonest, curve.latest)
