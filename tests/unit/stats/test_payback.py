"""Payback: numbers worked out by hand, and what has to hold of any of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats.payback import (
    Gain,
    customer_economics,
    payback_weeks,
    store_economics,
    together,
    weeks_until,
)

POSITIVE = st.floats(1e-3, 1e6)


def margin_per_week() -> Gain:
    """An effect of 6,800 a week (1,900 to 11,700) at a margin of 32 %."""
    return Gain(6800, 1900, 11700).times(0.32)


def test_what_a_test_earned_of_its_costs() -> None:
    earned = margin_per_week().times(8)
    assert earned.estimate == pytest.approx(17_408)
    assert round(earned.estimate / 41_000 * 100) == 42


def test_payback_turns_the_ends_round() -> None:
    weeks = payback_weeks(41_000, margin_per_week())
    assert [round(w or 0, 1) for w in (weeks.estimate, weeks.low, weeks.high)] == [18.8, 11.0, 67.4]
    assert not weeks.is_within(26) and weeks.is_within(68)


def test_a_store_pays_back_never_at_the_lower_end() -> None:
    store = store_economics(margin_per_week(), one_off=25_000, running=900)
    assert store.estimate.net == pytest.approx(1276)
    assert round(store.estimate.weeks or 0, 1) == 19.6
    assert store.low.net == pytest.approx(-292) and store.low.weeks is None
    assert round(store.half.weeks or 0) == 133


def test_a_first_order_at_a_loss_may_be_worth_it() -> None:
    found = customer_economics(
        basket=8000, margin=0.25, purchases_per_year=3.2, years=2.5, acquisition_cost=2900,
        horizon_weeks=52.1775,
    )  # fmt: skip
    assert found.first_order == pytest.approx(-900)
    assert found.lifetime_value == pytest.approx(16_000)
    assert found.value_within == pytest.approx(6400)
    assert round(found.ratio or 0, 1) == 5.5


def test_what_costs_nothing_is_paid_back_at_once_whatever_it_brings() -> None:
    assert payback_weeks(0, Gain(-5, -9, -1)).high == 0.0


def test_independent_gains_add_up_like_normal_estimates() -> None:
    errors = (10.0, 20.0, 5.0)
    gains = [Gain(e * 3, e * 3 - 1.96 * e, e * 3 + 1.96 * e) for e in errors]
    sums = together(gains)
    spread = 1.96 * sum(e**2 for e in errors) ** 0.5
    assert (sums.estimate, sums.low, sums.high) == pytest.approx((105, 105 - spread, 105 + spread))
    assert together(gains[:1]) == gains[0]
    assert together([*gains, Gain(1, None, 2)]).low is None
    assert together([*gains, Gain(1, None, 2)]).high is not None


def test_the_interval_of_a_sum_of_shares_covers_it() -> None:
    """Wilson intervals lean to one side; those of their sum still cover it nineteen in twenty."""
    rng, shares, n, tries = np.random.default_rng(20), (0.03, 0.1, 0.4), 150, 4_000
    seen = rng.binomial(n, shares, (tries, len(shares)))
    middle = (seen + 1.96**2 / 2) / (n + 1.96**2)
    half = 1.96 / (n + 1.96**2) * np.sqrt(seen * (1 - seen / n) + 1.96**2 / 4)
    covered = 0
    for row in range(tries):
        sums = together([
            Gain(seen[row, i] / n, middle[row, i] - half[row, i], middle[row, i] + half[row, i])
            for i in range(len(shares))
        ])  # fmt: skip
        assert sums.low is not None and sums.high is not None
        covered += sums.low <= sum(shares) <= sums.high
    assert abs(covered / tries - 0.95) < 4 * (0.95 * 0.05 / tries) ** 0.5


def test_an_open_end_is_never_or_at_once() -> None:
    weeks = payback_weeks(100, Gain(10, None, None))
    assert (weeks.estimate, weeks.low, weeks.high) == (10.0, 0.0, None)
    assert store_economics(Gain(10, None, 20), one_off=5, running=1).low.net is None


@given(POSITIVE, POSITIVE, st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_effect_never_pays_back_later(
    cost: float, scale: float, middle: float, below: float, above: float
) -> None:
    weeks = payback_weeks(cost, Gain(middle, middle - below, middle + above))
    ends = [float("inf") if w is None else w for w in (weeks.low, weeks.estimate, weeks.high)]
    assert ends == sorted(ends)
    # In another unit of money the weeks are the same.
    again = payback_weeks(cost * scale, Gain(middle, middle - below, middle + above).times(scale))
    for one, other in ((weeks.low, again.low), (weeks.high, again.high)):
        assert (one is None) == (other is None)
        assert one is None or other is None or one == pytest.approx(other, rel=1e-9)


@given(POSITIVE, POSITIVE)
def test_the_gain_of_the_weeks_is_the_cost(cost: float, net: float) -> None:
    weeks = weeks_until(cost, net)
    assert weeks is not None and weeks * net == pytest.approx(cost)


def test_a_gain_that_is_turned_round_keeps_its_ends_in_order() -> None:
    turned = Gain(-0.05, -0.07, -0.03).times(-1)
    assert (turned.low, turned.estimate, turned.high) == (0.03, 0.05, 0.07)
    assert Gain(1, None, 2).times(-1) == Gain(-1, -2, None)
    assert Gain(3, 1, 5).less(2) == Gain(1, -1, 3)
