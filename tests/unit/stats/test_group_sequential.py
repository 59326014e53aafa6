"""Planned looks: published boundaries, the error they spend together, and looks nobody planned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.group_sequential import (
    HIGHEST_Z,
    boundaries,
    crossing_probabilities,
    nominal_alpha,
    repeated_interval,
    repeated_p_value,
    spent,
)

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]
FUNCTIONS = ["obrien_fleming", "pocock", "power"]


@pytest.mark.parametrize(
    ("spending", "published"),
    [
        # Reboussin, DeMets, Kim & Lan (2000), Controlled Clinical Trials 21, 190-207
        ("obrien_fleming", [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
        ("pocock", [2.4380, 2.4268, 2.4101, 2.3966, 2.3859]),
    ],
)
def test_published_boundaries(spending, published):
    found = boundaries(FIVE, alpha=0.05, spending=spending)
    assert found == pytest.approx(published, abs=2e-4)


def test_two_looks_by_the_bivariate_normal():
    fractions = [0.35, 1.0]
    first, second = boundaries(fractions, alpha=0.04, spending="pocock")
    assert 2 * stats.norm.sf(first) == pytest.approx(
        spent(0.35, alpha=0.04, spending="pocock"), rel=1e-9
    )
    correlation = math.sqrt(0.35)
    joint = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    inside = joint.cdf([first, second], lower_limit=[-first, -second])
    assert inside == pytest.approx(0.96, abs=1e-6)


@pytest.mark.parametrize("spending", FUNCTIONS)
@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.001, 1e-8])
def test_twenty_looks_spend_alpha_exactly(spending, alpha):
    fractions = [i / 20 for i in range(1, 21)]
    bounds = boundaries(fractions, alpha=alpha, spending=spending)
    chances = crossing_probabilities(fractions, bounds)
    assert sum(chances) == pytest.approx(alpha, rel=1e-6)
    so_far = np.cumsum(chances)
    for look in (4, 9, 14):
        allowed = spent(fractions[look], alpha=alpha, spending=spending)
        assert so_far[look] == pytest.approx(allowed, rel=1e-6, abs=1e-30)


@given(
    st.lists(st.floats(0.02, 1.3), min_size=1, max_size=6).map(sorted),
    st.sampled_from(FUNCTIONS),
    st.sampled_from([0.1, 0.05, 0.01]),
)
def test_any_looks_never_spend_more_than_alpha(fractions, spending, alpha):
    bounds = boundaries(fractions, alpha=alpha, spending=spending)
    usable = [(f, z) for f, z in zip(fractions, bounds, strict=True) if math.isfinite(z)]
    total = sum(crossing_probabilities([f for f, _ in usable], [z for _, z in usable]))
    assert total == pytest.approx(
        spent(usable[-1][0], alpha=alpha, spending=spending), rel=0.02, abs=1e-9
    )


def test_one_look_at_the_end_is_the_fixed_test():
    assert nominal_alpha([1.0], alpha=0.05, spending="obrien_fleming") == pytest.approx(0.05)
    assert boundaries([1.0], alpha=0.05, spending="pocock") == pytest.approx([1.959964], abs=1e-6)


@pytest.mark.parametrize("spending", FUNCTIONS)
def test_a_look_with_nothing_new_keeps_its_boundary(spending):
    plain = boundaries([0.5, 1.0], alpha=0.05, spending=spending)
    repeated = boundaries([0.5, 0.5, 0.50001, 1.0, 1.0], alpha=0.05, spending=spending)
    assert repeated[0] == repeated[1] == repeated[2] == plain[0]
    assert repeated[3] == repeated[4] == pytest.approx(plain[1], abs=1e-9)


def test_more_than_planned_at_the_last_look_uses_what_is_left():
    ended = boundaries([0.5, 1.0], alpha=0.05, spending="obrien_fleming")
    beyond = boundaries([0.5, 1.4], alpha=0.05, spending="obrien_fleming")
    assert beyond[1] < ended[1] + 0.05
    chances = crossing_probabilities([0.5, 1.4], beyond)
    assert sum(chances) == pytest.approx(0.05, rel=1e-7)


def test_after_the_last_look_nothing_is_left():
    assert boundaries([0.5, 1.0, 1.2], alpha=0.05, spending="pocock")[2] == math.inf
    with pytest.raises(NotEstimable) as refused:
        nominal_alpha([0.5, 1.0, 1.2], alpha=0.05, spending="pocock")
    assert refused.value.code == "looks_alpha_spent"


def test_information_cannot_fall():
    with pytest.raises(NotEstimable) as refused:
        boundaries([0.5, 0.4], alpha=0.05, spending="pocock")
    assert refused.value.code == "looks_not_ascending"


@pytest.mark.parametrize("fractions", [[], [0.0, 1.0], [math.nan], [math.inf]])
def test_what_is_no_fraction(fractions):
    with pytest.raises(ValueError, match="fractions"):
        boundaries(fractions, alpha=0.05, spending="pocock")


def test_an_unknown_spending():
    with pytest.raises(ValueError, match="spending"):
        boundaries([0.5], alpha=0.05, spending="haybittle")


@pytest.mark.parametrize("alpha", [1e-6, 1e-12, 1e-25])
def test_tiny_alphas_stay_numbers(alpha):
    bounds = boundaries([0.01, 0.5, 1.0], alpha=alpha, spending="obrien_fleming")
    assert bounds[0] == HIGHEST_Z
    assert bounds[0] >= bounds[1] > bounds[2] > 0
    assert (
        0 < nominal_alpha([0.01, 0.5, 1.0], alpha=alpha, spending="obrien_fleming") < alpha * 1.0001
    )


def test_repeated_interval_and_p_agree_with_the_boundary():
    fractions = [0.3, 0.62]
    z = boundaries(fractions, alpha=0.05, spending="obrien_fleming")[-1]
    for factor, is_crossed in ((0.999, False), (1.001, True)):
        estimate = 2.0 * z * factor
        interval = repeated_interval(
            estimate, 2.0, fractions, alpha=0.05, spending="obrien_fleming"
        )
        assert (interval.low > 0) is is_crossed
        assert interval.level == pytest.approx(0.95)
        p = repeated_p_value(z * factor, fractions, spending="obrien_fleming")
        assert (p <= 0.05) is is_crossed
        assert p == pytest.approx(0.05, rel=0.02)


def test_repeated_p_at_the_ends():
    assert repeated_p_value(40.0, [0.5, 1.0], spending="pocock") == 1e-12
    assert repeated_p_value(0.0, [0.5, 1.0], spending="pocock") == 1.0
    assert repeated_p_value(2.5, [1.0], spending="pocock") == pytest.approx(
        2 * stats.norm.sf(2.5), rel=1e-5
    )


def test_drift_gives_power():
    bounds, drift, half = [2.5, 2.0], 3.0, math.sqrt(0.5)
    joint = stats.multivariate_normal([drift * half, drift], [[1, half], [half, 1]])
    inside = joint.cdf(bounds, lower_limit=[-b for b in bounds])
    found = crossing_probabilities([0.5, 1.0], bounds, drift=drift)
    assert sum(found) == pytest.approx(1 - inside, abs=1e-6)
    first = stats.norm.sf(2.5 - drift * half) + stats.norm.cdf(-2.5 - drift * half)
    assert found[0] == pytest.approx(first, rel=1e-12)


def test_drift_beyond_all_boundaries_and_its_mirror():
    bounds = boundaries(FIVE, alpha=0.05, spending="obrien_fleming")
    assert crossing_probabilities(FIVE, bounds, drift=200.0) == pytest.approx([1, 0, 0, 0, 0])
    mirrored = crossing_probabilities(FIVE, bounds, drift=-2.0)
    assert mirrored == pytest.approx(crossing_probabilities(FIVE, bounds, drift=2.0))


@pytest.mark.slow
@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_false_positives_at_unequal_looks(spending):
    rng, runs = np.random.default_rng(41), 40_000
    fractions = np.array([0.11, 0.3, 0.35, 0.8, 1.0])
    steps = rng.normal(size=(runs, 5)) * np.sqrt(np.diff(fractions, prepend=0.0))
    z = steps.cumsum(axis=1) / np.sqrt(fractions)
    bounds = boundaries(fractions.tolist(), alpha=0.05, spending=spending)
    crossed = (np.abs(z) >= bounds).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=3.5 * math.sqrt(0.05 * 0.95 / runs))
