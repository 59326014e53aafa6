"""Scenarios of one series before and after: coefficients of months, and segmented regression."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hadi.stats.interrupted import Family, segmented
from hadi.stats.season_change import change
from hadi.stats.seasons import MonthSeries, coefficients
from tests.calibration.trial import ALPHA, Drawn, Promise, Scenario
from tests.calibration.two_arms import Rng, holds

PROFILE = np.array([0.7, 0.72, 0.85, 0.98, 1.1, 1.15, 1.12, 1.1, 1.2, 1.18, 1.0, 0.9])
NOISE = 0.05
JANUARY = 2020 * 12


def _noise(rng: Rng, n: int, rho: float) -> np.ndarray:
    """A stationary first-order autoregression."""
    shocks = rng.normal(0.0, NOISE, n)
    found = np.empty(n)
    found[0] = shocks[0] / np.sqrt(1.0 - rho**2)
    for place in range(1, n):
        found[place] = rho * found[place - 1] + shocks[place]
    return found


def _coefficients(
    years: int, *, rho: float = 0.0, growth: float = 0.0, effect: float = 0.0, month: int = 1
) -> Callable[[Rng], Drawn]:
    """Three months against the three before them, after whole years; `month` 0 is January."""

    def draw(rng: Rng) -> Drawn:
        n = 12 * (years + 1) + 6
        time = np.arange(n)
        first = 12 * years + month
        after = (time >= first + 3) & (time < first + 6)
        level = np.log1p(growth) * time / 12 + np.log1p(effect) * after
        values = np.resize(PROFILE, n) * np.exp(level + _noise(rng, n, rho))
        series = MonthSeries(JANUARY, values)
        start = JANUARY + first
        found = coefficients(series, until=start)
        told = change(
            series, found, before=(start, start + 2), after=(start + 3, start + 5), alpha=ALPHA
        )
        is_held = holds(told.effect_interval, effect)
        return Drawn(None if effect else not is_held, is_held)

    return draw


def _regression(
    n: int, first: int, year: float, *, rho: float, family: Family = "log", effect: float = 0.0
) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        time = np.arange(n)
        turn = 2.0 * np.pi * time / year
        line = np.log(300.0) + 0.3 * np.sin(turn) + 0.1 * np.cos(2.0 * turn) + 0.02 * time / year
        line += np.log1p(effect) * (time >= first)
        values = np.exp(line + _noise(rng, n, rho))
        if family == "poisson":
            values = rng.poisson(values).astype(float)
        found = segmented(values, first_after=first, year=year, family=family, alpha=ALPHA)
        is_held = holds(found.effect.interval, effect)
        return Drawn(None if effect else not is_held, is_held)

    return draw


def scenarios() -> list[Scenario]:
    at_most = Promise.AT_MOST
    told: tuple[tuple[str, Callable[[Rng], Drawn]], ...] = (
        ("coefficients, 2 whole years", _coefficients(2)),
        ("coefficients, 3 whole years", _coefficients(3)),
        ("coefficients, 5 whole years", _coefficients(5)),
        ("coefficients, 3 years, growth of 10 %", _coefficients(3, growth=0.1)),
        ("coefficients, 3 years, over the new year", _coefficients(3, growth=0.1, month=9)),
        ("coefficients, 5 years, neighbours alike (0.5)", _coefficients(5, rho=0.5)),
        ("coefficients, 4 years, an effect of 10 %", _coefficients(4, effect=0.1)),
    )
    regressed: tuple[tuple[str, Callable[[Rng], Drawn]], ...] = (
        ("segmented, 48 months", _regression(48, 36, 12.0, rho=0.0)),
        ("segmented, 60 months, neighbours alike (0.5)", _regression(60, 48, 12.0, rho=0.5)),
        ("segmented, 156 weeks, neighbours alike (0.3)", _regression(156, 130, 52.18, rho=0.3)),
        ("segmented, 60 months of counts", _regression(60, 48, 12.0, rho=0.0, family="poisson")),
        ("segmented, 60 months, an effect of 15 %",
         _regression(60, 48, 12.0, rho=0.3, effect=0.15)),
    )  # fmt: skip
    return [
        *(Scenario("before and after", name, draw, at_most, cost=10) for name, draw in told),
        *(Scenario("before and after", name, draw, at_most, cost=10) for name, draw in regressed),
    ]
