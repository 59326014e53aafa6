"""Basket rules: the field's printed example, what cannot be, and ranges that keep their word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats import baskets
from hadi.stats.errors import NotEstimable


def test_the_printed_rule() -> None:
    found = baskets.rule(n=1000, n_a=400, n_b=180, n_both=126)
    assert found.support == pytest.approx(0.126)
    assert found.confidence == pytest.approx(0.315)
    assert found.lift == pytest.approx(1.75)
    assert found.elsewhere == pytest.approx(0.09)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ((10, 4, 3, 5), "basket_counts"),
        ((10, 11, 3, 2), "basket_counts"),
        ((10, 8, 8, 2), "basket_counts"),
        ((10, 0, 3, 0), "basket_never"),
    ],
)
def test_counts_that_cannot_be(counts: tuple[int, int, int, int], code: str) -> None:
    with pytest.raises(NotEstimable) as refused:
        baskets.rule(
            n=counts[0],
            n_a=counts[1],
            n_b=counts[2],
            n_both=counts[3],
        )
    assert refused.value.code == code


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_lift_is_the_same_either_way(both: int, a: int, b: int, neither: int) -> None:
    n = both + a + b + neither
    one = baskets.rule(n=n, n_a=both + a, n_b=both + b, n_both=both)
    other = baskets.rule(n=n, n_a=both + b, n_b=both + a, n_both=both)
    assert one.lift == pytest.approx(other.lift)
    assert one.support == other.support


def test_no_range_without_stores() -> None:
    four = np.array([10.0, 12.0, 9.0, 11.0])
    found = baskets.share(four, 3 * four + 1, alpha=0.05)
    assert found.low is None and found.high is None
    alike = np.full(8, 10.0)
    assert baskets.mean(alike, 2 * alike, alpha=0.05).low is None


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    """With blocks of one size it is the textbook's interval of a mean."""
    values = np.array([3.0, 5.0, 4.0, 8.0, 6.0, 7.0])
    found = baskets.mean(values, np.ones(6), alpha=0.05)
    reach = 2.570581835636314 * values.std(ddof=1) / np.sqrt(6)
    assert found.value == pytest.approx(5.5)
    assert found.high == pytest.approx(5.5 + reach)


def test_ranges_hold_stores_that_differ() -> None:
    """Stores whose attach rates differ: the range over stores keeps its 95 %; one that takes every
    receipt for evidence would hold the truth in six runs of ten at most."""
    random = np.random.default_rng(20)
    held = held_by_receipts = 0
    runs, truth = 600, 0.3
    for _ in range(runs):
        own = random.beta(15, 35, size=12)
        core = random.integers(150, 400, size=12).astype(float)
        both = random.binomial(core.astype(int), own).astype(float)
        found = baskets.share(both, core, alpha=0.05)
        assert found.low is not None and found.high is not None
        held += found.low <= truth <= found.high
        error = np.sqrt(found.value * (1 - found.value) / core.sum())
        held_by_receipts += abs(found.value - truth) <= 1.96 * error
    assert 0.93 <= held / runs <= 0.97
    assert held_by_receipts / runs < 0.6


def test_nothing_goes_together_by_chance_alone() -> None:
    """Of goods that are independent within stores that sell alike, about 5 % look connected."""
    random = np.random.default_rng(7)
    wrong, runs = 0, 600
    for _ in range(runs):
        n = random.integers(200, 600, size=10)
        a, b = random.binomial(n, 0.4), random.binomial(n, 0.18)
        both = random.hypergeometric(a, n - a, b)
        counts = [x.astype(float) for x in (n, a, b, both)]
        p = baskets.lift(*counts, alpha=0.05).p_value
        assert p is not None
        wrong += p <= 0.05
    assert 0.03 <= wrong / runs <= 0.07
