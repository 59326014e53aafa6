"""Lines over time put every value where it belongs, and show a missing one as missing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.charts.plot import Rise, band_path, line_path, runs
from hadi.charts.timeline import LineRole, gap_chart, pilot_chart, placebo_chart

TIMES = [str(week) for week in range(-3, 5)]
heights = st.lists(st.none() | st.floats(-1e6, 1e6), min_size=8, max_size=8)


def test_a_missing_value_breaks_the_line() -> None:
    rise = Rise(0.0, 10.0)
    path = line_path([0, 25, 50, 75, 100], [0.0, 5.0, None, 10.0, 10.0], rise)
    assert path == "M0 100 L25 50 M75 0 L100 0"


def test_a_value_without_neighbours_is_a_dot() -> None:
    assert line_path([0, 50, 100], [None, 5.0, None], Rise(0.0, 10.0)) == "M50 50 L50 50"


def test_a_band_is_there_only_where_both_its_ends_are() -> None:
    rise = Rise(0.0, 10.0)
    path = band_path([0, 50, 100], [0.0, 2.0, None], [10.0, 8.0, 9.0], rise)
    assert path == "M0 0 L50 20 L50 80 L0 100 Z"


@given(heights)
def test_runs_hold_every_known_value_once(values: list[float | None]) -> None:
    found = [i for run in runs(values) for i in run]
    assert found == [i for i, value in enumerate(values) if value is not None]
    assert all(run == list(range(run[0], run[-1] + 1)) for run in runs(values))


def test_the_change_begins_between_the_last_week_before_and_the_first_after() -> None:
    chart = pilot_chart(TIMES, [1.0] * 8, [1.0] * 8, start=4)
    assert chart.start_x == pytest.approx(100 * 3.5 / 7)
    assert chart.start_label == "1"


@pytest.mark.parametrize("start", [0, -1])
def test_a_change_needs_a_time_before(start: int) -> None:
    with pytest.raises(ValueError, match="begins"):
        gap_chart(TIMES, [0.0] * 8, start=start)


def test_labels_of_the_two_lines_stand_on_their_own_sides() -> None:
    chart = pilot_chart(TIMES, [1, 1, 1, 1, 4, 5, 6, 7], [1, 1, 1, 1, 2, 2, 2, 2], start=4)
    ends = {line.role: line for line in chart.lines}
    pilot, expected = ends[LineRole.PILOT], ends[LineRole.EXPECTED]
    assert pilot.is_label_above
    assert not expected.is_label_above
    assert pilot.label_y is not None
    assert expected.label_y is not None
    assert pilot.label_y < expected.label_y


def test_the_pilot_is_drawn_last_over_the_others() -> None:
    chart = placebo_chart(TIMES, [0.1] * 8, {"a": [0.0] * 8, "b": [None, *[0.2] * 7]}, start=4)
    assert [line.role for line in chart.lines] == [LineRole.OTHER, LineRole.OTHER, LineRole.PILOT]
    assert [line.name for line in chart.lines[:2]] == ["a", "b"]
    assert chart.columns == ("before", "after")
    assert [figure.value for figure in chart.rows[0].figures if figure] == [0.1, 0.1]


def test_zero_is_in_the_picture_of_gaps() -> None:
    chart = gap_chart(TIMES, [5.0] * 8, start=4, low=[4.0] * 8, high=[6.0] * 8)
    assert chart.zero_y is not None
    assert 0 < chart.zero_y <= 100
    assert chart.columns == ("gap", "low", "high")
    assert chart.band


def test_without_a_band_the_table_has_no_columns_for_it() -> None:
    chart = pilot_chart(TIMES, [1.0] * 8, [2.0] * 8, start=4)
    assert chart.columns == ("pilot", "expected")
    assert chart.band == ""
    assert len(chart.rows) == len(TIMES)


@given(heights, heights)
def test_everything_stays_inside(actual: list[float | None], expected: list[float | None]) -> None:
    chart = pilot_chart(TIMES, actual, expected, start=4)
    numbers = [
        float(number)
        for line in chart.lines
        for number in re.findall(r"[-\d.e+]+", line.path.replace("M", " ").replace("L", " "))
    ]
    assert all(0 <= number <= 100 for number in numbers)
    assert all(0 <= level.y <= 100 for level in chart.levels)


def test_a_band_without_measure_does_not_squeeze_the_lines() -> None:
    values = [float(week) for week in range(8)]
    chart = pilot_chart(TIMES, values, values, start=4, low=[0.0] * 8, high=[1e12] * 8)
    heights = [
        float(pair.split(" ")[1]) for pair in chart.lines[0].path.removeprefix("M").split(" L")
    ]
    assert max(heights) - min(heights) > 20
