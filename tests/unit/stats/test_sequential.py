"""Looking every day: intervals and p-values that hold at all looks together."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats import clusters, means, proportions, sequential
from hadi.stats.arrays import Clusters
from hadi.stats.distributions import two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison, Interval
from hadi.stats.samples import Conversion, Moments

ERRORS = st.floats(1e-6, 1e6)


def _fixed(estimate=1.0, error=0.25, n=1000, **more):
    given_fields = {
        "n_control": n // 2,
        "n_treatment": n - n // 2,
        "control": 10.0,
        "treatment": 10.0 + estimate,
        "estimate": estimate,
        "interval": Interval(0.0, 2.0, 0.95),
        "p_value": 0.001,
        "log10_p": -3.0,
        "lift": None,
        "method": "some_t",
        "standard_error": error,
    }
    return Comparison(**(given_fields | more))


@given(st.floats(-50, 50), ERRORS, st.integers(1, 10**12), st.floats(1e-6, 0.5))
def test_p_and_interval_agree(z, error, n, alpha):
    found = sequential.confidence_sequence(z * error, error, n, alpha=alpha)
    holds_zero = found.interval.low <= 0 <= found.interval.high
    if abs(found.log10_p - math.log10(alpha)) > 1e-9:
        assert holds_zero == (found.log10_p > math.log10(alpha))
    assert found.log10_p <= 0


@given(ERRORS, st.integers(1, 10**9), st.floats(1e-6, 0.3), st.floats(1, 1e9))
def test_it_is_always_wider_than_the_fixed_interval(error, n, alpha, tuning):
    found = sequential.confidence_sequence(0.0, error, n, alpha=alpha, tuning=tuning)
    assert found.half_width > error * two_sided_z(alpha)
    equivalent = sequential.equivalent_alpha(n, alpha=alpha, tuning=tuning)
    assert 0 < equivalent < alpha
    if equivalent > 1e-99:
        assert error * two_sided_z(equivalent) == pytest.approx(found.half_width, rel=1e-9)


def test_it_is_narrowest_about_its_tuning():
    """Relative to the fixed interval of that day."""
    widths = {
        tuning: sequential.confidence_sequence(0, 1, 5000, alpha=0.05, tuning=tuning).half_width
        for tuning in (50, 500, 4000, 5000, 6000, 50_000, 500_000)
    }
    assert min(widths, key=widths.__getitem__) in (4000, 5000, 6000)
    assert widths[5000] == pytest.approx(min(widths.values()), rel=1e-2)


def test_always_valid_replaces_what_a_look_changes_and_keeps_the_rest():
    fixed = replace(_fixed(), parameters={"theta": 0.5})
    found = sequential.always_valid(fixed, alpha=0.05, tuning=800)
    expected = sequential.confidence_sequence(1.0, 0.25, 1000, alpha=0.05, tuning=800)
    assert found.interval == expected.interval
    assert (found.p_value, found.log10_p) == (expected.p_value, expected.log10_p)
    assert found.method == "some_t_anytime"
    assert found.parameters == {
        "theta": 0.5,
        "rho": sequential.rho(0.05, 800),
        "tuning": 800,
        "fixed_p": 0.001,
    }
    assert found.lift is None  # the fixed one would not hold at every look
    assert (found.estimate, found.n_control, found.control) == (1.0, 500, 10.0)


def test_clusters_count_instead_of_their_units():
    fixed = _fixed(2.0, 0.3, 4000, df=30.0)
    found = sequential.always_valid(fixed, alpha=0.05, tuning=40, n=32)
    same = sequential.always_valid(_fixed(2.0, 0.3, 32, df=30.0), alpha=0.05, tuning=40)
    assert found.interval == same.interval
    assert found.p_value == same.p_value
    assert found.n_control == 2000


def test_lift_comes_from_the_widened_comparison():
    arms = Moments.from_sd(4000, 10.0, 5.0), Moments.from_sd(4000, 10.6, 5.0)
    fixed = means.compare(*arms, alpha=0.05)
    wider = sequential.equivalent_alpha(8000, alpha=0.05, tuning=8000)
    found = sequential.always_valid(
        fixed, alpha=0.05, tuning=8000, widened=means.compare(*arms, alpha=wider)
    )
    assert found.lift.interval.level == found.interval.level == 0.95
    assert found.lift.interval.low < fixed.lift.interval.low
    assert found.lift.interval.low == pytest.approx(found.interval.low / 10, abs=0.002)
    assert found.parameters["fixed_p"] == fixed.p_value < found.p_value


def test_without_a_standard_error_the_widened_interval_is_taken():
    exact = _fixed(error=None)
    widened = replace(exact, interval=Interval(0.1, None, 0.999))
    found = sequential.always_valid(exact, alpha=0.05, widened=widened)
    assert found.interval == Interval(0.1, None, 0.95)
    # p = 0.001 is a deviate of 3.29
    expected = sequential.confidence_sequence(two_sided_z(0.001), 1.0, 1000, alpha=0.05)
    assert found.p_value == pytest.approx(expected.p_value, rel=1e-9)


def test_a_p_beyond_floats_keeps_its_logarithm():
    exact = _fixed(error=None, p_value=None, log10_p=-50_000.0)
    found = sequential.always_valid(exact, alpha=0.05, tuning=1000, widened=exact)
    assert found.p_value is None
    assert found.parameters["fixed_p"] is None
    assert -50_000 < found.log10_p < -25_000


@pytest.mark.parametrize("error", [None, 0.0, math.nan, math.inf])
def test_no_error_no_sequence(error):
    with pytest.raises(NotEstimable) as refused:
        sequential.always_valid(_fixed(error=error), alpha=0.05)
    assert refused.value.code == "anytime_no_error"


@pytest.mark.parametrize("error", [0.0, math.nan, math.inf])
def test_no_error_no_numbers(error):
    for call in (
        lambda: sequential.confidence_sequence(1.0, error, 10, alpha=0.05),
        lambda: sequential.msprt(1.0, error, tau=1.0, alpha=0.05),
    ):
        with pytest.raises(NotEstimable) as refused:
            call()
        assert refused.value.code == "anytime_no_error"


def test_an_exact_test_without_spread_still_answers():
    """0 of 5 against 5 of 5: the Wald error is 0, the exact p is not."""
    arms = Conversion(5, 0), Conversion(5, 5)
    fixed = proportions.compare(*arms, alpha=0.05)
    assert fixed.standard_error == 0
    wider = sequential.equivalent_alpha(10, alpha=0.05)
    found = sequential.always_valid(
        fixed, alpha=0.05, widened=proportions.compare(*arms, alpha=wider)
    )
    assert found.p_value > 0.5
    assert -1 <= found.interval.low < 0


def test_a_look_claims_no_more_than_the_permutations_that_decide():
    sizes = np.full(3, 10.0)
    arms = [
        Clusters(("a", "b", "c"), sizes, sizes * values, sizes, np.full(3, 0.1))
        for values in (np.array([1.0, 1.1, 0.9]), np.array([5.0, 5.1, 4.9]))
    ]
    fixed = clusters.compare(*arms, alpha=0.05)
    assert (fixed.method, fixed.p_value) == ("cluster_permutation", pytest.approx(0.1))
    for tuning in (3.0, 6.0, 5000.0):
        found = sequential.always_valid(fixed, alpha=0.05, tuning=tuning)
        assert found.p_value is not None
        assert found.p_value >= 0.1


def test_few_degrees_of_freedom_widen_and_stay_consistent():
    for estimate in (1.0, 2.0, 3.0, 5.0):
        normal = sequential.always_valid(_fixed(estimate, 0.3, 12), alpha=0.05, tuning=12)
        few = sequential.always_valid(_fixed(estimate, 0.3, 12, df=6.0), alpha=0.05, tuning=12)
        assert few.interval.low < normal.interval.low
        assert few.log10_p >= normal.log10_p
        assert (few.interval.low > 0) == (few.log10_p < math.log10(0.05))
    many = sequential.always_valid(_fixed(2.0, 0.3, 12, df=1e4), alpha=0.05, tuning=12)
    assert (
        many.interval
        == sequential.always_valid(_fixed(2.0, 0.3, 12), alpha=0.05, tuning=12).interval
    )


@pytest.mark.parametrize("n", [2, 10**12])
@pytest.mark.parametrize("alpha", [0.05, 1e-12])
@pytest.mark.parametrize("tuning", [1.0, 5000.0, 1e12])
def test_extremes_stay_numbers(n, alpha, tuning):
    for df in (None, 1.0, 5.0):
        found = sequential.always_valid(_fixed(1e9, 1e-3, n, df=df), alpha=alpha, tuning=tuning)
        assert math.isfinite(found.interval.low)
        assert math.isfinite(found.log10_p)
        assert 0 < sequential.equivalent_alpha(n, alpha=alpha, tuning=tuning) < alpha


def test_what_makes_no_sense():
    with pytest.raises(ValueError, match="units"):
        sequential.confidence_sequence(1.0, 1.0, 0, alpha=0.05)
    with pytest.raises(ValueError, match="tuning"):
        sequential.rho(0.05, 0.0)
    with pytest.raises(ValueError, match="alpha"):
        sequential.rho(1.0, 5.0)
    with pytest.raises(ValueError, match="tau"):
        sequential.msprt(1.0, 1.0, tau=0.0, alpha=0.05)


def test_msprt_interval_and_p_agree():
    found = sequential.msprt(3.0, 0.8, tau=1.5, alpha=0.05)
    at_the_edge = sequential.msprt(found.half_width, 0.8, tau=1.5, alpha=0.05)
    assert at_the_edge.p_value == pytest.approx(0.05, rel=1e-9)
    assert sequential.msprt(0.0, 0.8, tau=1.5, alpha=0.05).p_value == 1.0


def test_running():
    assert sequential.running([0.5, 0.2, 0.3, 0.01, 1.0]) == [0.5, 0.2, 0.2, 0.01, 0.01]
    assert sequential.running([]) == []


def test_it_starts_on_the_standard_library():
    code = "import sys, hadi.stats.sequential; assert not {'numpy', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def _looks(rng, runs, looks, per_look, effect):
    """Differences, errors and units of both arms, look by look; money-like values."""
    a, b = (rng.exponential(1.0, (runs, looks * per_look)) + e for e in (0.0, effect))
    ends = np.arange(1, looks + 1) * per_look
    mean, square = (
        [np.cumsum(x**power, axis=1)[:, ends - 1] / ends for x in (a, b)] for power in (1, 2)
    )
    spread = [(s - m * m) * ends / (ends - 1) for m, s in zip(mean, square, strict=True)]
    return mean[1] - mean[0], np.sqrt((spread[0] + spread[1]) / ends), 2 * ends


@pytest.mark.slow
@pytest.mark.parametrize(("per_look", "tuning"), [(20, 4000.0), (20, 400.0), (5, 1000.0)])
def test_a_hundred_looks_hold_alpha_and_coverage(per_look, tuning):
    """False positives at any look at most alpha; the true effect in every interval."""
    rng, runs, effect = np.random.default_rng(43), 2_000, 0.1
    slack = 3.5 * math.sqrt(0.05 * 0.95 / runs)
    for truth in (0.0, effect):
        difference, error, units = _looks(rng, runs, 100, per_look, truth)
        reach = np.array(
            [
                sequential.confidence_sequence(0, 1, int(n), alpha=0.05, tuning=tuning).half_width
                for n in units
            ]
        )
        missed = (np.abs(difference - truth) > reach * error).any(axis=1).mean()
        naive = (np.abs(difference - truth) > 1.96 * error).any(axis=1).mean()
        assert missed <= 0.05 + slack
        assert naive > 0.25


@pytest.mark.slow
def test_looking_from_two_units_on_holds_alpha():
    """Each unit a look, on `always_valid` itself: Student's tail keeps the first looks honest."""
    rng, runs, false = np.random.default_rng(47), 300, 0
    for _ in range(runs):
        a, b = rng.normal(size=(2, 40)).tolist()
        for n in range(2, 41):
            fixed = means.compare(Moments.of(a[:n]), Moments.of(b[:n]), alpha=0.05)
            found = sequential.always_valid(fixed, alpha=0.05, tuning=80)
            if found.p_value is None or found.p_value <= 0.05:
                false += 1
                break
    assert false / runs <= 0.05
