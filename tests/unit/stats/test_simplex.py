"""The best mix of sites: proved optimal, against another solver, and where sites are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from hadi.stats.simplex import mix, shortfall


def drawn(seed: int, periods: int, sites: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    common = random.normal(size=(periods, 1))
    columns = common + random.normal(0, 0.4, (periods, sites)) + random.normal(0, 0.5, sites)
    return columns, common[:, 0] + random.normal(0, 0.3, periods)


@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 40))
def test_no_other_mix_is_nearer(seed, periods, sites):
    columns, target = drawn(seed, periods, sites)
    shares = mix(columns, target)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1, abs=1e-12)
    assert shortfall(columns, target, shares) <= 1e-10 * (target @ target + 1)


def test_another_solver_finds_the_same():
    columns, target = drawn(5, 25, 8)
    found = minimize(
        lambda w: ((columns @ w - target) ** 2).sum(),
        np.full(8, 1 / 8),
        jac=lambda w: 2 * columns.T @ (columns @ w - target),
        bounds=[(0, 1)] * 8,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(8)},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert mix(columns, target) == pytest.approx(found.x, abs=1e-6)


@pytest.mark.parametrize(("periods", "sites"), [(100, 2000), (12, 500), (60, 120)])
def test_many_sites_are_solved_to_the_end(periods, sites):
    columns, target = drawn(2, periods, sites)
    shares = mix(columns, target, without=(3, 7))
    assert shares[3] == shares[7] == 0
    others = np.delete(columns, (3, 7), axis=1)
    at_most = shortfall(others, target, np.delete(shares, (3, 7)))
    assert at_most <= 1e-10 * (target @ target)
    assert (shares > 0).sum() <= periods + 1


def test_sites_that_are_all_but_the_same_do_no_harm():
    columns, target = drawn(4, 20, 30)
    best = float(((columns @ mix(columns, target) - target) ** 2).sum())
    random = np.random.default_rng(9)
    for noise in (0.0, 1e-14, 1e-9):
        twins = columns + noise * random.normal(size=columns.shape)
        both = np.hstack((columns, twins, columns * (1 + 1e-15), twins))
        shares = mix(both, target)
        assert shares.sum() == pytest.approx(1, abs=1e-9)
        assert ((both @ shares - target) ** 2).sum() == pytest.approx(best, rel=1e-6)


def test_a_site_like_the_pilot_is_the_mix():
    columns, target = drawn(6, 10, 5)
    columns[:, 2] = target
    assert mix(columns, target) == pytest.approx([0, 0, 1, 0, 0])
    assert mix(columns[:, :1], target) == [1]
    assert mix(np.zeros((4, 3)), np.zeros(4)).sum() == 1


@given(st.integers(0, 1000), st.floats(1e-6, 1e9), st.floats(-1e6, 1e6))
def test_units_and_level_change_nothing(seed, unit, level):
    columns, target = drawn(seed, 15, 6)
    moved = mix(columns * unit + level * unit, target * unit + level * unit)
    assert ((columns @ moved - target) ** 2).sum() == pytest.approx(
        ((columns @ mix(columns, target) - target) ** 2).sum(), rel=1e-6
    )
