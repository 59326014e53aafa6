"""Coefficients of months: what they are, and the rule that chooses between the ways to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats.errors import NotEstimable
from hadi.stats.season_change import change, times_off
from hadi.stats.seasons import MonthSeries, coefficients, growth, whole_years

PROFILE = np.array([700, 720, 850, 980, 1100, 1150, 1120, 1100, 1200, 1180, 1000, 900.0])
START = 2022 * 12


def series(*years: np.ndarray, start: int = START) -> MonthSeries:
    return MonthSeries(start, np.concatenate(years))


def test_months_over_the_mean_of_all() -> None:
    found = coefficients(series(PROFILE, PROFILE, PROFILE))
    assert (found.method, found.over) == ("level", "mean")
    assert found.values[1:4] == pytest.approx((0.72, 0.85, 0.98))
    assert np.mean(found.values[4:7]) == pytest.approx(1.12333, abs=1e-5)
    assert found.sum == pytest.approx(12.0)


def test_two_years_that_grow_are_normalised_and_three_held_against_their_trend() -> None:
    grown = [PROFILE * 1.1**year for year in range(3)]
    two = coefficients(series(*grown[:2], grown[2][:6]))
    assert two.method == "years"
    assert two.values[0] == pytest.approx(0.70)
    assert two.pooled_sum == pytest.approx(12.14, abs=0.005)
    assert two.growth is not None
    assert two.growth.rate == pytest.approx(0.1)
    assert coefficients(series(*grown)).method == "trend"


def test_years_that_lie_far_apart_are_held_against_their_trend() -> None:
    levels = (1.0, 1.9, 1.2, 2.0, 1.1)
    found = coefficients(series(*(PROFILE * level for level in levels)))
    assert not (found.growth and found.growth.is_steady)
    assert found.method == "trend"


def test_smooth_growth_does_not_tilt_the_coefficients() -> None:
    values = np.tile(PROFILE, 5) * 1.12 ** (np.arange(60) / 12)
    found = coefficients(MonthSeries(START, values))
    assert found.method == "trend"
    assert found.values == pytest.approx(tuple(PROFILE / 1000), abs=0.006)
    # Normalised years would lean by half a year's growth at either end.
    tilted = coefficients(MonthSeries(START, values), method="years")
    assert tilted.values[0] < 0.97 * found.values[0]


def test_one_promotion_does_not_move_the_median() -> None:
    usual, promoted = np.full(12, 10.9 / 11), np.full(12, 10.1 / 11)
    usual[3], promoted[3] = 1.10, 1.90
    found = coefficients(series(usual, usual, promoted))
    assert found.over == "median"
    assert found.values[3] == pytest.approx(1.10)
    assert found.spread is not None
    assert (found.spread.mean, found.spread.last_two, found.spread.median) == pytest.approx(
        (4.1 / 3, 1.5, 1.1)
    )
    # A promotion is no growth.
    assert not (found.growth and found.growth.is_steady)


def test_years_may_begin_with_the_data() -> None:
    values = np.tile(PROFILE, 3)[6:30]
    found = whole_years(MonthSeries(START + 6, values))
    assert (found.starts, found.is_calendar) == ((START + 6, START + 18), False)
    assert found.table[0] == pytest.approx(PROFILE)
    calendar = whole_years(MonthSeries(START + 6, np.tile(PROFILE, 4)[6:42]))
    assert calendar.starts == (START + 6, START + 18, START + 30)
    assert whole_years(MonthSeries(START, np.tile(PROFILE, 3))).is_calendar


def test_a_year_with_a_gap_is_none() -> None:
    values = np.tile(PROFILE, 3)
    values[14] = np.nan
    found = whole_years(MonthSeries(START, values))
    assert found.starts == (START, START + 24)
    assert len(found.left_out) == 11
    assert growth(found) is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (PROFILE[:11], "season_no_whole_year"),
        (PROFILE - 800.0, "season_negative"),
        (np.zeros(12), "season_all_zero"),
        (np.full(12, 1e308), "numbers_too_large"),
    ],
)
def test_what_has_no_coefficients(values: np.ndarray, code: str) -> None:
    with pytest.raises(NotEstimable) as refused:
        coefficients(MonthSeries(START, values))
    assert refused.value.code == code


@given(
    st.lists(st.floats(1.0, 1e6), min_size=36, max_size=47), st.floats(1e-3, 1e3),
    st.integers(0, 11),
)  # fmt: skip
def test_scale_does_not_matter_and_the_sum_is_twelve(
    values: list[float], scale: float, shift: int
) -> None:
    found = coefficients(MonthSeries(START + shift, np.array(values)))
    other = coefficients(MonthSeries(START + shift, np.array(values) * scale))
    assert found.sum == pytest.approx(12.0)
    assert other.values == pytest.approx(found.values, rel=1e-9)
    assert (other.method, other.over) == (found.method, found.over)


def compared(values: np.ndarray, first: int, *, length: int = 3) -> object:
    months = MonthSeries(START, values)
    start = START + first
    found = coefficients(months, until=start)
    return change(
        months, found, before=(start, start + length - 1),
        after=(start + length, start + 2 * length - 1), alpha=0.05,
    )  # fmt: skip


def test_the_season_is_divided_away_and_the_effect_stays() -> None:
    rng = np.random.default_rng(5)
    noise = np.exp(rng.normal(0.0, 0.01, 43))
    values = np.concatenate([np.tile(PROFILE, 3), PROFILE[:7]]) * noise
    found = compared(values, 37)
    assert found.adjusted == pytest.approx(0.0, abs=0.03)
    values[40:] *= 1.08
    moved = compared(values, 37)
    assert 1.0 + moved.adjusted == pytest.approx(1.08 * (1.0 + found.adjusted))
    assert moved.interval.low < 0.08 < moved.interval.high
    # The interval is that of chance from year to year: it does not know of the effect.
    assert np.log1p(moved.interval.high) - np.log1p(moved.interval.low) == pytest.approx(
        np.log1p(found.interval.high) - np.log1p(found.interval.low)
    )


def test_steady_growth_is_told_apart() -> None:
    rng = np.random.default_rng(6)
    time = np.arange(66)
    values = np.resize(PROFILE, 66) * 1.2 ** (time / 12) * np.exp(rng.normal(0, 0.01, 66))
    found = compared(values, 60)
    assert found.growing == pytest.approx(1.2**0.25 - 1.0, abs=0.01)
    assert found.adjusted == pytest.approx(found.growing, abs=0.03)
    assert found.effect_interval.low < 0.0 < found.effect_interval.high


def test_one_year_gives_no_range() -> None:
    found = compared(np.concatenate([PROFILE, PROFILE[:7]]), 13)
    assert (found.interval, found.reason) == (None, "season_one_year")
    assert found.adjusted == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("factor", "times"), [(3.0, 3), (1 / 3.1, 3), (3.24, 3), (1.5, None)])
def test_sums_beside_means(factor: float, times: int | None) -> None:
    values = np.concatenate([np.tile(PROFILE, 3), PROFILE[:7]])
    values[40:] *= factor
    assert times_off(compared(values, 37)) == times
