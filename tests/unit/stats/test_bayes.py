"""Chance to win and expected loss: against other integrals, at far counts, and in symmetry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from hadi.stats import bayes
from hadi.stats.bayes import Prior, beta_binomial, posterior
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion

NUMBERS = st.floats(-1e6, 1e6)
ERRORS = st.floats(1e-3, 1e6)


@given(NUMBERS, ERRORS, NUMBERS, ERRORS)
def test_the_posterior_is_bayes_rule(estimate, error, prior_mean, prior_sd):
    found = posterior(estimate, error, prior=Prior(prior_mean, prior_sd))
    precision = 1 / error**2 + 1 / prior_sd**2
    mean = (estimate / error**2 + prior_mean / prior_sd**2) / precision
    assert found.mean == pytest.approx(mean, rel=1e-9, abs=1e-6)
    assert found.sd == pytest.approx(precision**-0.5, rel=1e-9)


@given(st.floats(-30, 30), ERRORS)
def test_losses_differ_by_the_mean_and_are_never_negative(z, error):
    found = posterior(z * error, error)
    assert found.loss_choose_control - found.loss_choose_treatment == pytest.approx(
        found.mean, rel=1e-9, abs=1e-12 * error
    )
    assert min(found.loss_choose_control, found.loss_choose_treatment) >= 0
    assert found.chance_to_win + found.chance_to_lose == pytest.approx(1)


def test_the_loss_is_the_integral():
    found = posterior(0.7, 1.3, sign=-1)
    expected, _ = integrate.quad(lambda x: x * stats.norm.pdf(x, 0.7, 1.3), 0, 20)
    assert found.loss_choose_treatment == pytest.approx(expected, rel=1e-9)


@given(NUMBERS, ERRORS)
def test_less_is_better_is_the_mirror(estimate, error):
    more, less = posterior(estimate, error), posterior(estimate, error, sign=-1)
    assert (more.low, more.high) == (less.low, less.high)
    assert more.chance_to_win == less.chance_to_lose
    assert more.loss_choose_control == less.loss_choose_treatment


def test_a_sceptical_prior_pulls_towards_nothing():
    flat, sceptical = posterior(0.3, 0.1), posterior(0.3, 0.1, prior=Prior(0.0, 0.1, 12))
    assert sceptical.mean == pytest.approx(0.15)
    assert sceptical.chance_to_win < flat.chance_to_win
    assert sceptical.high - sceptical.low < flat.high - flat.low


@pytest.mark.parametrize("error", [0.0, -1.0, math.nan, math.inf])
def test_without_an_error_there_is_no_posterior(error):
    with pytest.raises(NotEstimable) as refused:
        posterior(1.0, error)
    assert refused.value.code == "posterior_no_error"


@pytest.mark.parametrize(("mean", "sd"), [(0, 0.0), (0, -1.0), (0, math.inf), (math.nan, 1.0)])
def test_what_is_no_prior(mean, sd):
    with pytest.raises(ValueError, match="prior"):
        Prior(mean, sd)


def test_extreme_scales_stay_numbers():
    for estimate, error in ((1e200, 1e199), (1e-200, 1e-201), (1e6, 1e-6)):
        for prior in (None, Prior(0.0, 1.0)):
            found = posterior(estimate, error, prior=prior)
            assert all(math.isfinite(getattr(found, name)) for name in found.__slots__)


def _by_quadrature(a, b):
    """P(B > A) and the two losses, by scipy's adaptive integrals."""
    first, second = (stats.beta(arm.successes + 1, arm.n - arm.successes + 1) for arm in (a, b))

    def total(inner):
        value, _ = integrate.quad(
            lambda p: first.pdf(p) * inner(p), *first.ppf([1e-14, 1 - 1e-14]), limit=400
        )
        return value

    def excess(p):
        upper = stats.beta(second.args[0] + 1, second.args[1])
        return second.mean() * upper.sf(p) - p * second.sf(p)

    gain = total(excess)
    return total(second.sf), gain, gain - second.mean() + first.mean()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((20, 3), (25, 8)),
        ((1000, 0), (1000, 8)),
        ((50, 50), (40, 39)),
        ((30, 4), (50_000, 9_000)),
        ((400_000, 40_000), (90_000, 9_200)),
    ],
)
def test_shares_by_another_integral(a, b):
    arms = Conversion(*a), Conversion(*b)
    found = beta_binomial(*arms)
    win, gain, loss = _by_quadrature(*arms)
    assert found.chance_to_win == pytest.approx(win, rel=1e-6)
    assert found.loss_choose_control == pytest.approx(gain, rel=1e-6)
    assert found.loss_choose_treatment == pytest.approx(loss, rel=1e-4, abs=1e-9)


def test_the_interval_holds_what_it_says():
    rng = np.random.default_rng(61)
    found = beta_binomial(Conversion(60, 9), Conversion(400, 90), alpha=0.1)
    drawn = rng.beta(91, 311, 400_000) - rng.beta(10, 52, 400_000)
    assert (drawn < found.low).mean() == pytest.approx(0.05, abs=0.0015)
    assert (drawn > found.high).mean() == pytest.approx(0.05, abs=0.0015)
    assert found.sd == pytest.approx(drawn.std(), rel=0.01)


COUNTS = st.integers(0, 3000).flatmap(lambda n: st.integers(0, n).map(lambda x: Conversion(n, x)))


@given(COUNTS, COUNTS)
def test_shares_swapped_are_the_mirror(a, b):
    there, back = beta_binomial(a, b), beta_binomial(b, a)
    assert there.mean == pytest.approx(-back.mean, abs=1e-15)
    assert there.low == pytest.approx(-back.high, abs=1e-9)
    assert there.chance_to_win == pytest.approx(back.chance_to_lose, abs=1e-9)
    assert there.loss_choose_control == pytest.approx(back.loss_choose_treatment, abs=1e-9)
    assert there.low <= there.mean <= there.high


@pytest.mark.parametrize(("n", "shift"), [(2_100_000, 900), (2_100_000, -300)])
def test_the_normal_limit_meets_the_integral(monkeypatch, n, shift):
    arms = Conversion(n, n // 2), Conversion(n, n // 2 + shift)
    normal = beta_binomial(*arms)
    monkeypatch.setattr(bayes, "LARGE_COUNT", 1e18)
    exact = beta_binomial(*arms)
    assert normal.chance_to_win == pytest.approx(exact.chance_to_win, abs=1e-6)
    assert normal.loss_choose_control == pytest.approx(exact.loss_choose_control, rel=1e-4)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((10**12, 3 * 10**11), (10**12, 3 * 10**11 + 10**6)),
        ((10**12, 5), (10**12, 9)),
        ((0, 0), (10**12, 10**11)),
        ((10**12, 0), (10**12, 10**12)),
        ((20, 5), (10**12, 3 * 10**11)),
        ((2, 0), (2, 0)),
    ],
)
@pytest.mark.parametrize("prior", [(1.0, 1.0), (0.1, 0.1), (300.0, 9_700.0)])
def test_far_counts_stay_numbers(a, b, prior):
    found = beta_binomial(Conversion(*a), Conversion(*b), prior)
    assert found.chance_to_win + found.chance_to_lose == pytest.approx(1, abs=1e-7)
    assert -1 <= found.low <= found.high <= 1
    assert min(found.loss_choose_control, found.loss_choose_treatment) >= 0


def test_a_million_million_units_are_the_normal_answer():
    a, b = Conversion(10**12, 3 * 10**11), Conversion(10**12, 3 * 10**11 + 10**6)
    expected = posterior(1e-6, math.sqrt(0.42 / 1e12))
    found = beta_binomial(a, b)
    assert found.chance_to_win == pytest.approx(expected.chance_to_win, rel=1e-5)
    assert found.low == pytest.approx(expected.low, rel=1e-4)


@pytest.mark.parametrize(
    ("arm", "prior"),
    [
        (Conversion(5, 6), (1, 1)),
        (Conversion(5, -1), (1, 1)),
        (Conversion(5, 1), (0, 1)),
        (Conversion(5, 1), (1, math.nan)),
    ],
)
def test_what_is_no_share(arm, prior):
    with pytest.raises(ValueError, match="prior"):
        beta_binomial(Conversion(10, 5), arm, prior)
