"""Pooling past tests: the model's maximum, its properties, and the prior that comes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from hadi.stats.bayes import posterior
from hadi.stats.errors import NotEstimable
from hadi.stats.shrinkage import ASSUMED_SD, LEAST_SD, fit, james_stein, sceptical_prior

PAIRS = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.02, 0.5)), min_size=2, max_size=9)


def _minus_likelihood(tau2, y, v):
    w = 1 / (v + tau2)
    mu = (w * y).sum() / w.sum()
    return 0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + (w * (y - mu) ** 2).sum())


@given(PAIRS)
def test_reml_is_the_highest_point(pairs):
    y, error = (np.array(column) for column in zip(*pairs, strict=True))
    found = fit(y.tolist(), error.tolist())
    ours = _minus_likelihood(found.tau2, y, error**2)
    grid = np.concatenate(([0.0], np.geomspace(1e-6, 10, 400)))
    best = min(_minus_likelihood(tau2, y, error**2) for tau2 in grid)
    assert ours <= best + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_moments_are_statsmodels(seed):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 12))
    error = rng.uniform(0.05, 0.4, k)
    y = rng.normal(0.1, 0.4, k)
    theirs = combine_effects(y, error**2, method_re="dl")
    assert fit(y.tolist(), error.tolist(), "dl").tau2 == pytest.approx(max(theirs.tau2, 0.0))


@given(PAIRS, st.floats(-10, 10), st.floats(0.01, 100))
def test_shift_and_scale(pairs, shift, scale):
    y, error = zip(*pairs, strict=True)
    plain = fit(y, error)
    moved = fit([scale * v + shift for v in y], [scale * e for e in error])
    assert moved.mu == pytest.approx(scale * plain.mu + shift, rel=1e-4, abs=1e-4 * scale)
    assert moved.tau2 == pytest.approx(scale**2 * plain.tau2, rel=1e-3, abs=1e-6 * scale**2)


@given(PAIRS)
def test_shrunk_lies_between_the_estimate_and_the_mean(pairs):
    y, error = zip(*pairs, strict=True)
    found = fit(y, error)
    for value, shrunk, one, own in zip(y, found.shrunk, found.posterior_se, error, strict=True):
        low, high = sorted((value, found.mu))
        assert low - 1e-12 <= shrunk <= high + 1e-12
        assert one <= own * (1 + 1e-9)


@pytest.mark.parametrize(
    ("y", "error", "tau2"),
    [
        # hills at 0.0004 and 1.5; the second is the higher
        ([1.31, -1.124, -1.091, 2.436, -0.539], [0.616, 0.013, 0.008, 1.449, 0.949], 1.5),
        # hills at 0 and 170; the first is
        ([0.0, 0.0, 0.0, 1.0, 50.0], [0.01, 0.01, 0.01, 0.4, 10.0], 0.0),
    ],
)
def test_the_higher_of_two_hills_is_taken(y, error, tau2):
    assert fit(y, error).tau2 == pytest.approx(tau2, rel=0.1)


@pytest.mark.parametrize("unit", [1e-140, 1e140])
def test_far_scales(unit):
    y, error = [0.1, 0.4, -0.2], [0.1, 0.1, 0.1]
    plain, far = fit(y, error), fit([v * unit for v in y], [e * unit for e in error])
    assert far.mu == pytest.approx(plain.mu * unit)
    assert far.posterior_se == pytest.approx([e * unit for e in plain.posterior_se])


def test_all_equal_is_one_effect():
    found = fit([0.1] * 4, [0.05] * 4)
    assert found.tau2 == 0
    assert found.mu == pytest.approx(0.1)
    assert found.posterior_se == pytest.approx([0.025] * 4)


@pytest.mark.parametrize(
    ("estimates", "errors", "code"),
    [
        ([0.1], [0.1], "pool_too_few"),
        ([], [], "pool_too_few"),
        ([0.1, 0.2], [0.1, 0.0], "pool_no_error"),
        ([0.1, 0.2], [0.1, math.nan], "pool_no_error"),
    ],
)
def test_what_cannot_be_pooled(estimates, errors, code):
    with pytest.raises(NotEstimable) as refused:
        fit(estimates, errors)
    assert refused.value.code == code


def test_stein_never_overshoots():
    found = james_stein([1.0, 1.1, 0.9, 1.0], 1.0)
    assert found.factor == 0
    assert found.shrunk == pytest.approx((1, 1, 1, 1))
    assert james_stein([2.0] * 5, 1.0).factor == 0
    assert james_stein([0.0, 0.0, 1e9, 1e9], 1.0).factor == pytest.approx(1)


@pytest.mark.parametrize(
    ("estimates", "variance", "code"),
    [([1.0] * 3, 1.0, "stein_too_few"), ([1.0] * 4, 0.0, "pool_no_error")],
)
def test_what_stein_cannot_answer(estimates, variance, code):
    with pytest.raises(NotEstimable) as refused:
        james_stein(estimates, variance)
    assert refused.value.code == code


def test_the_prior_is_sceptical_of_past_winners():
    prior = sceptical_prior([0.05, 0.07, 0.06, 0.04, 0.08], [0.001] * 5)
    assert (prior.mean, prior.n) == (0.0, 5)
    assert prior.sd == pytest.approx(math.hypot(0.06, 0.0158), rel=0.01)
    assert posterior(0.06, 0.03, prior=prior).mean < 0.06


def test_few_past_tests_and_quiet_ones():
    assert sceptical_prior([], []).sd == ASSUMED_SD
    few = sceptical_prior([0.5, 0.4, 0.1, 0.3, 0.2], [0.1, 0.1, 0.1, 0.1, 0.0])
    assert (few.sd, few.n) == (ASSUMED_SD, 4)
    assert sceptical_prior([0.0] * 30, [0.001] * 30).sd == LEAST_SD
    assert sceptical_prior([0.1, math.inf, math.nan], [0.1, 0.1, math.nan]).n == 1


@pytest.mark.slow
def test_it_learns_the_spread_and_holds_its_coverage():
    rng, runs = np.random.default_rng(71), 60
    found_tau2, held = [], []
    for _ in range(runs):
        true = rng.normal(0.02, 0.03, 40)
        error = rng.uniform(0.01, 0.04, 40)
        seen = rng.normal(true, error)
        found = fit(seen.tolist(), error.tolist())
        found_tau2.append(found.tau2)
        held.append(np.abs(np.array(found.shrunk) - true) <= 1.96 * np.array(found.posterior_se))
    assert np.mean(found_tau2) == pytest.approx(0.03**2, rel=0.12)
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)
