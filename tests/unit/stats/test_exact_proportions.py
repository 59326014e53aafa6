"""Unconditional exact tests and the score interval of small shares."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from hadi.stats import proportions
from hadi.stats.errors import NotEstimable
from hadi.stats.exact_proportions import barnard, boschloo, miettinen_nurminen
from hadi.stats.samples import Conversion


@st.composite
def small_arms(draw, most=25):
    n = draw(st.integers(2, most))
    return Conversion(n, draw(st.integers(0, n)))


def _varies(a, b):
    return 0 < a.successes + b.successes < a.n + b.n


def _fisher(a, b):
    table = [[b.successes, a.successes], [b.n - b.successes, a.n - a.successes]]
    return stats.fisher_exact(table).pvalue


def _brute_force(a, b):
    """Every table no likelier by Fisher than the one seen, over a fine grid of shares."""
    limit = _fisher(a, b) * (1 + 1e-7)
    share = np.linspace(0.0005, 0.9995, 1999)
    chance = np.zeros_like(share)
    for x0, x1 in itertools.product(range(a.n + 1), range(b.n + 1)):
        if _fisher(Conversion(a.n, x0), Conversion(b.n, x1)) <= limit:
            chance += stats.binom.pmf(x0, a.n, share) * stats.binom.pmf(x1, b.n, share)
    return chance.max()


@pytest.mark.parametrize(
    ("control", "treatment"), [((7, 1), (9, 6)), ((12, 2), (5, 4)), ((10, 0), (10, 4))]
)
def test_two_sided_by_brute_force(control, treatment):
    a, b = Conversion(*control), Conversion(*treatment)
    assert boschloo(a, b) == pytest.approx(_brute_force(a, b), rel=1e-4)
    assert boschloo(a, b) >= _brute_force(a, b) * (1 - 1e-12)


@pytest.mark.parametrize("alternative", ["greater", "less"])
@pytest.mark.parametrize(
    ("control", "treatment"),
    [((20, 3), (21, 9)), ((14, 9), (8, 2)), ((6, 0), (11, 2)), ((40, 40), (30, 28))],
)
def test_one_sided_agrees_with_scipy(control, treatment, alternative):
    (n0, x0), (n1, x1) = control, treatment
    expected = stats.boschloo_exact([[x1, x0], [n1 - x1, n0 - x0]], alternative=alternative)
    found = boschloo(Conversion(n0, x0), Conversion(n1, x1), alternative=alternative)
    assert found == pytest.approx(expected.pvalue, rel=1e-8)


@given(small_arms(), small_arms())
@settings(max_examples=60)
def test_boschloo_never_exceeds_fisher(a, b):
    assume(_varies(a, b))
    assert 0 < boschloo(a, b) <= _fisher(a, b) * (1 + 1e-6)


@given(small_arms(60), small_arms(60))
def test_swapping_arms_or_outcomes_changes_nothing_but_the_sign(a, b):
    assume(_varies(a, b))
    assert boschloo(a, b) == pytest.approx(boschloo(b, a), rel=1e-7)
    assert barnard(a, b) == pytest.approx(barnard(b, a), rel=1e-7)
    low, high = miettinen_nurminen(a, b, alpha=0.05)
    swapped = miettinen_nurminen(b, a, alpha=0.05)
    assert swapped == pytest.approx((-high, -low), abs=1e-9)
    failures = (Conversion(arm.n, arm.n - arm.successes) for arm in (a, b))
    assert miettinen_nurminen(*failures, alpha=0.05) == pytest.approx((-high, -low), abs=1e-9)


@pytest.mark.parametrize(
    ("control", "treatment", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, table II
        ((80, 48), (70, 56), 0.0528, 0.3382),
        ((10, 3), (10, 9), 0.1700, 0.8406),
        ((29, 0), (56, 5), -0.0326, 0.1933),
    ],
)
def test_the_published_score_intervals(control, treatment, low, high):
    found = miettinen_nurminen(Conversion(*control), Conversion(*treatment), alpha=0.05)
    assert found == pytest.approx((low, high), abs=5e-5)


@given(small_arms(60), small_arms(60))
@settings(max_examples=60)
def test_the_score_test_rejects_just_outside(a, b):
    """The likeliest shares found by search, not by the cubic."""
    z = stats.norm.ppf(0.975)
    seen = b.rate - a.rate
    for end in miettinen_nurminen(a, b, alpha=0.05):
        assert -1.0 <= end <= 1.0
        if abs(end) > 0.999:
            continue
        bounds = (max(0.0, -end), min(1.0, 1.0 - end))

        def deviance(share, end=end):
            logs = ((a, share), (b, share + end))
            return -sum(
                arm.successes * math.log(max(p, 1e-300))
                + (arm.n - arm.successes) * math.log(max(1.0 - p, 1e-300))
                for arm, p in logs
            )

        share = optimize.minimize_scalar(
            deviance, bounds=bounds, method="bounded", options={"xatol": 1e-10}
        ).x
        other = share + end
        variance = share * (1 - share) / a.n + other * (1 - other) / b.n
        variance *= (a.n + b.n) / (a.n + b.n - 1)
        assert (seen - end) ** 2 == pytest.approx(z * z * variance, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ((0, 0), (9, 3), "control_empty"),
        ((9, 3), (0, 0), "treatment_empty"),
        ((9, 0), (9, 0), "no_variation"),
        ((9, 9), (4, 4), "no_variation"),
    ],
)
@pytest.mark.parametrize("test", [boschloo, barnard])
def test_what_cannot_be_answered(test, control, treatment, code):
    with pytest.raises(NotEstimable) as refused:
        test(Conversion(*control), Conversion(*treatment))
    assert refused.value.code == code


def test_the_interval_answers_without_any_success():
    low, high = miettinen_nurminen(Conversion(10, 0), Conversion(10, 0), alpha=0.05)
    assert low == pytest.approx(-high) and 0.2 < high < 0.3
    with pytest.raises(NotEstimable, match="control_empty"):
        miettinen_nurminen(Conversion(0, 0), Conversion(3, 1), alpha=0.05)
    low, high = miettinen_nurminen(Conversion(1, 0), Conversion(1, 1), alpha=0.05)
    assert low < 0 and high == 1.0


def test_small_conversions_show_them_beside_what_decides():
    a, b = Conversion(120, 18), Conversion(124, 26)
    found = proportions.compare(a, b, alpha=0.05)
    assert found.method == "newcombe_fisher"
    assert found.p_value == pytest.approx(_fisher(a, b), rel=1e-9)
    assert found.parameters["boschloo_p"] == boschloo(a, b)
    ends = found.parameters["mn_low"], found.parameters["mn_high"]
    assert ends == miettinen_nurminen(a, b, alpha=0.05)
    assert (
        proportions.compare(Conversion(5000, 500), Conversion(5000, 560), alpha=0.05).parameters
        == {}
    )
    rare = proportions.compare(Conversion(10**6, 3), Conversion(10**6, 9), alpha=0.05).parameters
    assert rare["boschloo_p"] is None and rare["mn_low"] < 0 < rare["mn_high"]
