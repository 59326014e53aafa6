"""The sample ratio read every day: against the closed form, far numbers, and false alarms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln

from hadi.stats.errors import NotEstimable
from hadi.stats.sequential_srm import sample_ratio

EVEN = {"a": 0.5, "b": 0.5}


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.floats(0.02, 1)), min_size=2, max_size=6),
    st.floats(0.5, 1_000),
)
def test_it_is_the_closed_form(arms, concentration):
    counts = {str(i): n for i, (n, _) in enumerate(arms)}
    shares = {str(i): share for i, (_, share) in enumerate(arms)}
    if not sum(counts.values()):
        return
    x = np.array(list(counts.values()))
    theta = np.array(list(shares.values())) / sum(shares.values())
    prior, total = concentration * theta, x.sum()
    expected = gammaln(concentration) - gammaln(concentration + total)
    expected += (gammaln(prior + x) - gammaln(prior)).sum() - (x * np.log(theta)).sum()
    found = sample_ratio(counts, shares, concentration=concentration)
    assert found.log_bayes_factor == pytest.approx(expected, rel=1e-8, abs=1e-8)
    assert found.log10_p == pytest.approx(min(-expected / math.log(10), 0), rel=1e-8, abs=1e-8)


def test_a_huge_mismatch_does_not_overflow():
    found = sample_ratio({"a": 900_000_000, "b": 100_000_000}, EVEN)
    assert found.p_value is None
    divergence = 0.9 * math.log(1.8) + 0.1 * math.log(0.2)
    assert found.log_bayes_factor == pytest.approx(1e9 * divergence, rel=1e-6)
    assert found.is_below(1e-300)


def test_a_million_million_units_keep_their_digits():
    """z of 0, 2 and 8 at 1e12 units: by Laplace, log BF = z^2 / 2 - log(n / k) / 2."""
    n = 10**12
    for z in (0, 2, 8):
        off = z * 10**6 // 2
        found = sample_ratio({"a": n // 2 + off, "b": n // 2 - off}, EVEN)
        expected = z * z / 2 - 0.5 * math.log(n / 100)
        assert found.log_bayes_factor == pytest.approx(expected, abs=0.02)
    assert found.is_below(0.001)
    assert sample_ratio({"a": n, "b": n}, EVEN).p_value == 1.0
    assert sample_ratio({"a": 10**18, "b": 0}, EVEN).log10_p < -1e17


def test_the_declared_shares_count_and_not_their_scale():
    counts = {"a": 7_100, "b": 2_900}
    assert sample_ratio(counts, {"a": 7, "b": 3}).p_value == pytest.approx(
        sample_ratio(counts, {"a": 0.7, "b": 0.3}).p_value
    )
    assert sample_ratio(counts, EVEN).is_below(0.001)


def test_an_arm_declared_to_get_nothing_takes_no_part():
    with_it = sample_ratio({"a": 520, "b": 430, "c": 0}, {"a": 1, "b": 1, "c": 0})
    assert with_it == sample_ratio({"a": 520, "b": 430}, {"a": 1, "b": 1})


def test_units_where_none_may_be_fail_without_a_p():
    found = sample_ratio({"a": 500, "b": 500, "c": 3}, {"a": 0.5, "b": 0.5, "c": 0})
    assert found.unexpected_arms == ("c",)
    assert (found.p_value, found.log10_p, found.log_bayes_factor) == (None, None, None)
    assert found.is_below(0.001)
    assert sample_ratio({"a": 5, "b": 5}, {"a": 1.0}).unexpected_arms == ("b",)


def test_an_arm_without_units_counts_as_none():
    found = sample_ratio({"a": 1000}, EVEN)
    assert found.expected == {"a": 500.0, "b": 500.0}
    assert found.is_below(0.001)


@pytest.mark.parametrize(
    ("counts", "shares", "code"),
    [
        ({"a": 5}, {"a": 1.0, "b": 0.0}, "ratio_one_arm"),
        ({"a": 0, "b": 0}, EVEN, "ratio_no_units"),
    ],
)
def test_what_cannot_be_checked(counts, shares, code):
    with pytest.raises(NotEstimable) as refused:
        sample_ratio(counts, shares)
    assert refused.value.code == code


def test_a_prior_of_nothing():
    with pytest.raises(ValueError, match="concentration"):
        sample_ratio({"a": 5, "b": 5}, EVEN, concentration=0)


@pytest.mark.slow
@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.2, 0.3, 0.5)])
def test_false_alarms_over_a_hundred_looks(shares):
    rng, runs, alpha = np.random.default_rng(53), 1_000, 0.05
    names = "abc"[: len(shares)]
    declared = dict(zip(names, shares, strict=True))
    alarms = 0
    for _ in range(runs):
        looks = rng.multinomial(50, shares, 100).cumsum(axis=0).tolist()
        alarms += any(
            sample_ratio(dict(zip(names, look, strict=True)), declared).is_below(alpha)
            for look in looks
        )
    assert alarms / runs <= alpha + 3.5 * math.sqrt(alpha * (1 - alpha) / runs)


@pytest.mark.slow
def test_a_broken_split_is_found_early():
    rng, found_at = np.random.default_rng(59), []
    for _ in range(100):
        looks = rng.multinomial(500, (0.53, 0.47), 40).cumsum(axis=0).tolist()
        found_at.append(
            next(
                (
                    i
                    for i, look in enumerate(looks, 1)
                    if sample_ratio(dict(zip("ab", look, strict=True)), EVEN).is_below(0.001)
                ),
                41,
            )
        )
    assert np.median(found_at) < 20
    assert np.mean(np.array(found_at) <= 40) > 0.95
