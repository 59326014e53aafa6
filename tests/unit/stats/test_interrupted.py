"""Segmented regression against statsmodels, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from hadi.stats import interrupted
from hadi.stats.errors import NotEstimable
from hadi.stats.neighbours import autoregressive, newey_west, resemblance

RNG = np.random.default_rng(20260301)
N, FIRST = 72, 54
TIME = np.arange(N, dtype=float)
DESIGN = np.column_stack(
    [np.ones(N), TIME, TIME >= FIRST, np.sin(TIME * np.pi / 6), np.cos(TIME * np.pi / 6)]
)
MEAN = np.exp(4.0 + 0.01 * TIME + 0.2 * DESIGN[:, 3] + 0.1 * DESIGN[:, 2])
COUNTS = RNG.poisson(MEAN).astype(float)
VALUES = np.log(MEAN) + RNG.normal(0.0, 0.1, N)


def test_poisson_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    exposure = np.linspace(800.0, 1200.0, N)
    oracle = sm.GLM(COUNTS, DESIGN, family=sm.families.Poisson(), offset=np.log(exposure)).fit(
        scale="X2", tol=1e-12
    )
    found = interrupted.poisson(DESIGN, COUNTS, np.log(exposure))
    assert found.coefficients == pytest.approx(oracle.params, rel=1e-8, abs=1e-10)
    assert found.dispersion == pytest.approx(oracle.scale, rel=1e-8)
    assert np.ravel(found.covariance) == pytest.approx(np.ravel(oracle.cov_params()), rel=1e-7)


def test_newey_west_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    oracle = sm.OLS(VALUES, DESIGN).fit(
        cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}
    )
    fit = interrupted.least_squares(DESIGN, VALUES)
    found = newey_west(DESIGN, fit.residuals, TIME, 3)
    assert fit.coefficients == pytest.approx(oracle.params, rel=1e-9)
    assert np.ravel(found) == pytest.approx(np.ravel(oracle.cov_params()), rel=1e-8, abs=1e-15)


def test_a_gap_does_not_make_its_neighbours_adjacent() -> None:
    fit = interrupted.least_squares(DESIGN, VALUES)
    apart = TIME * 10
    assert np.ravel(newey_west(DESIGN, fit.residuals, apart, 3)) == pytest.approx(
        np.ravel(newey_west(DESIGN, fit.residuals, TIME, 0))
    )


def test_resemblance_is_found_without_the_bias_of_residuals() -> None:
    rng = np.random.default_rng(3)
    found, naive = [], []
    for _ in range(60):
        noise = np.zeros(N + 50)
        for place in range(1, N + 50):
            noise[place] = 0.5 * noise[place - 1] + rng.normal(0.0, 0.1)
        values = noise[50:]
        found.append(resemblance(DESIGN, values, TIME))
        residuals = interrupted.least_squares(DESIGN, values).residuals
        naive.append(residuals[1:] @ residuals[:-1] / (residuals @ residuals))
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)
    assert np.mean(naive) < np.mean(found) - 0.05


def test_independent_errors_are_the_ordinary_ones() -> None:
    fit = interrupted.least_squares(DESIGN, VALUES)
    found = autoregressive(DESIGN, VALUES, TIME, 0.0)
    assert np.ravel(found) == pytest.approx(np.ravel(fit.covariance), abs=1e-12)


@pytest.mark.parametrize("family", ["log", "poisson", "linear"])
def test_a_step_is_found(family: interrupted.Family) -> None:
    values = COUNTS if family != "log" else np.exp(VALUES)
    found = interrupted.segmented(values, first_after=FIRST, year=12.0, family=family, alpha=0.05)
    truth = 0.1052 if family != "linear" else float(np.mean(MEAN[FIRST:])) * (1 - np.exp(-0.1))
    assert found.effect.interval.low < truth < found.effect.interval.high
    assert found.waves >= 1
    assert len(found.fitted) == len(found.expected) == N
    before = TIME < FIRST
    assert found.fitted[before] == pytest.approx(found.expected[before])


def test_missing_periods_are_left_out() -> None:
    values = np.exp(VALUES)
    values[[5, 20, 60]] = np.nan
    found = interrupted.segmented(values, first_after=FIRST, year=12.0, alpha=0.05)
    assert len(found.periods) == N - 3


@pytest.mark.parametrize(
    ("values", "family", "code"),
    [
        (np.arange(1.0, 6.0), "log", "interrupted_short"),
        (np.where(TIME == 3, 0.0, MEAN), "log", "interrupted_not_positive"),
        (MEAN, "poisson", "interrupted_not_counts"),
        (np.full(N, 5.0), "log", "interrupted_no_variation"),
        (np.zeros(N), "poisson", "interrupted_no_variation"),
        (np.where(TIME > 3, 1e308, 1.0), "linear", "numbers_too_large"),
    ],
)
def test_what_it_refuses(values: np.ndarray, family: interrupted.Family, code: str) -> None:
    with pytest.raises(NotEstimable) as refused:
        interrupted.segmented(
            values, first_after=min(FIRST, len(values) - 3), year=12.0, family=family, alpha=0.05
        )
    assert refused.value.code == code


def test_an_exposure_has_to_be_above_zero() -> None:
    with pytest.raises(NotEstimable) as refused:
        interrupted.segmented(
            COUNTS, first_after=FIRST, year=12.0, family="poisson", exposure=np.zeros(N),
            alpha=0.05,
        )  # fmt: skip
    assert refused.value.code == "interrupted_exposure"
