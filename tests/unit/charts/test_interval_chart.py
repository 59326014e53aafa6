"""The picture of a verdict puts every number where it belongs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.charts.axis import Axis, round_values
from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.text import FigureKind

finite = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda v: v == 0 or abs(v) > 1e-9)


def test_order_on_the_axis_is_the_order_of_the_numbers() -> None:
    chart = interval_chart(0.06, 0.025, 0.094, threshold=0.02, kind=FigureKind.POINTS)
    assert chart.threshold_x is not None
    assert chart.zero_x < chart.threshold_x < chart.low_x < chart.estimate_x < chart.high_x
    assert not chart.low_is_open
    assert not chart.high_is_open


def test_region_lies_beyond_the_threshold_on_the_better_side() -> None:
    more = interval_chart(0.06, 0.02, 0.09, threshold=0.03)
    less = interval_chart(-0.06, -0.09, -0.02, threshold=0.03, sign=-1)
    assert more.region_x == more.threshold_x
    assert more.region_x + more.region_width == pytest.approx(100)
    assert less.region_x == 0
    assert less.region_width == less.threshold_x
    assert less.threshold is not None
    assert less.threshold.value == -0.03


def test_without_a_threshold_the_region_starts_at_zero() -> None:
    chart = interval_chart(1.0, -1.0, 3.0)
    assert chart.threshold_x is None
    assert chart.region_x == chart.zero_x


@pytest.mark.parametrize(("low", "high"), [(None, 2.0), (-2.0, None), (None, None)])
def test_missing_end_is_an_arrow(low: float | None, high: float | None) -> None:
    chart = interval_chart(1.0, low, high)
    assert chart.low_is_open == (low is None)
    assert chart.high_is_open == (high is None)
    assert (chart.low is None) == (low is None)


def test_absurd_end_is_cut_off_and_keeps_its_figure() -> None:
    chart = interval_chart(1.0, -5e6, 2.0, threshold=0.5)
    assert chart.low_is_open
    assert chart.low is not None
    assert chart.low.value == -5e6
    assert chart.threshold_x is not None
    assert chart.threshold_x - chart.zero_x > 1


def test_all_zero_still_draws() -> None:
    chart = interval_chart(0.0, 0.0, 0.0)
    assert chart.low_x == chart.high_x == chart.estimate_x == chart.zero_x


@given(finite, finite, finite, st.none() | st.floats(1e-6, 1e6), st.sampled_from([1, -1]))
def test_everything_stays_inside(
    a: float, b: float, c: float, threshold: float | None, sign: int
) -> None:
    low, estimate, high = sorted((a, b, c))
    chart = interval_chart(estimate, low, high, threshold=threshold, sign=sign)
    assert _positions(chart) == [x for x in _positions(chart) if 0 <= x <= 100]
    assert chart.low_x <= chart.estimate_x <= chart.high_x
    assert chart.width_x >= 0
    assert len(chart.ticks) <= 5


@given(finite, finite, finite)
def test_mirror_image(a: float, b: float, c: float) -> None:
    low, estimate, high = sorted((a, b, c))
    chart = interval_chart(estimate, low, high)
    mirror = interval_chart(-estimate, -high, -low, sign=-1)
    assert mirror.estimate_x == pytest.approx(100 - chart.estimate_x, abs=0.01)
    assert mirror.zero_x == pytest.approx(100 - chart.zero_x, abs=0.01)


@given(finite, st.floats(1e-6, 1e9))
def test_round_values_lie_inside_and_are_few(low: float, span: float) -> None:
    values = round_values(low, low + span)
    assert len(values) <= 5
    slack = 1e-6 * max(span, abs(low))
    assert all(low - slack <= v <= low + span + slack for v in values)


def test_round_values_are_round() -> None:
    assert round_values(-0.01, 0.1) == [0.0, 0.025, 0.05, 0.075, 0.1]
    assert round_values(-3, 11) == [0.0, 5.0, 10.0]
    assert not any(math.copysign(1, v) < 0 and v == 0 for v in round_values(-1, 1))


@pytest.mark.parametrize("ends", [(1.0, 1.0), (2.0, 1.0), (0.0, math.inf), (math.nan, 1.0)])
def test_axis_needs_two_ends(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="axis"):
        Axis(*ends)


def _positions(chart: IntervalChart) -> list[float]:
    places = [chart.estimate_x, chart.low_x, chart.high_x, chart.zero_x, chart.region_x]
    places += [chart.region_x + chart.region_width] + [tick.x for tick in chart.ticks]
    return places + ([chart.threshold_x] if chart.threshold_x is not None else [])


def test_pictures_with_the_same_room_stand_on_one_axis() -> None:
    values = (150.0, 88.8, 211.0, 41.0, -28.0, 110.0)
    promise = interval_chart(150.0, 88.8, 211.0, threshold=80.0, room_for=values)
    realised = interval_chart(41.0, -28.0, 110.0, threshold=80.0, room_for=values)
    assert promise.zero_x == realised.zero_x
    assert promise.threshold_x == realised.threshold_x
    assert realised.estimate_x < promise.estimate_x


@pytest.mark.parametrize("sign", [1, -1])
def test_the_label_of_an_end_keeps_off_a_threshold_close_to_it(sign: int) -> None:
    def chart(threshold: float) -> IntervalChart:
        low, high = sorted((0.03 * sign, 0.12 * sign))
        return interval_chart(0.07 * sign, low, high, threshold=threshold, sign=sign)

    def anchors(found: IntervalChart) -> tuple[str, str]:
        return found.low_anchor, found.high_anchor

    outside = ("end", "end") if sign > 0 else ("start", "start")
    assert anchors(chart(0.001)) == outside
    assert anchors(chart(0.025)) == ("start", "end")
