"""An interrupted time series: does the line step, or bend, where something was done?

A straight line with waves of a year runs through the whole series; from the start of the action
on it may stand higher and climb steeper (Wagner, Soumerai, Zhang & Ross-Degnan 2002, Journal of
Clinical Pharmacy and Therapeutics 27; Lopez Bernal, Cummins & Gasparrini 2017, International
Journal of Epidemiology 46). Neighbouring periods resemble each other, so that the errors are made
robust to that; counts take a Poisson regression whose variance is what it is seen to be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from hadi.stats.distributions import (
    log_normal_two_sided,
    log_t_two_sided,
    p_from_log,
    t_quantile_two_sided,
    two_sided_z,
)
from hadi.stats.errors import NotEstimable
from hadi.stats.neighbours import autoregressive, newey_west, on_the_safe_side, resemblance
from hadi.stats.results import Interval
from hadi.stats.seasons import LARGEST, Array

Family: TypeAlias = Literal["log", "linear", "poisson"]

FEWEST_BEFORE = 8
FEWEST_AFTER = 3
MOST_WAVES = 4
_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Fit:
    """`dispersion` is Pearson's chi-square over its degrees of freedom (a regression of values: the
    variance of the residuals). `covariance` holds it."""

    coefficients: Array
    covariance: Array
    dispersion: float
    df: int
    fitted: Array
    residuals: Array  # observed less fitted


@dataclass(frozen=True, slots=True)
class Effect:
    """A number of the regression with its interval: a fraction under a log link (0.08 = +8 %), else
    in the values' units."""

    estimate: float
    interval: Interval
    p_value: float | None
    log10_p: float | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """`effect` is the mean over the time after; `level` the step at its start, `slope` what is
    added in each period. `fitted` and `expected` (the same without step and slope) stand at the
    periods with a value. `autocorrelation` is the estimated correlation of neighbours."""

    effect: Effect
    level: Effect
    slope: Effect | None
    family: Family
    waves: int
    df: float
    dispersion: float
    lags: int | None  # of Newey & West's errors; None: counts, whose dispersion is their own
    autocorrelation: float
    observed: Array
    fitted: Array
    expected: Array
    periods: Array


def least_squares(design: Array, values: Array) -> Fit:
    """Ordinary least squares; `design` (n, k) of full rank. Raises NotEstimable
    ``interrupted_collinear``."""
    n, k = design.shape
    q, r = np.linalg.qr(design)
    _require_rank(r)
    coefficients = np.linalg.solve(r, q.T @ values)
    fitted = design @ coefficients
    residuals = values - fitted
    df = n - k
    variance = float(residuals @ residuals) / df
    inverse = np.linalg.inv(r)
    return Fit(coefficients, variance * inverse @ inverse.T, variance, df, fitted, residuals)


def poisson(design: Array, counts: Array, offset: Array | None = None) -> Fit:
    """Poisson regression with a log link by iteratively reweighted least squares; the covariance is
    the quasi-likelihood's (McCullagh & Nelder 1989, Generalized Linear Models, ch. 9). `offset` is
    the logarithm of the exposure. Raises NotEstimable ``interrupted_collinear`` or
    ``interrupted_no_fit``."""
    n, k = design.shape
    away = np.zeros(n) if offset is None else offset
    mean = counts + 0.1 if counts.min() == 0 else counts.astype(float)
    line = np.log(mean)
    coefficients = np.zeros(k)
    deviance = math.inf
    for _ in range(_ROUNDS):
        root = np.sqrt(mean)
        q, r = np.linalg.qr(design * root[:, None])
        _require_rank(r)
        working = line - away + (counts - mean) / mean
        coefficients = np.linalg.solve(r, q.T @ (working * root))
        line = np.clip(design @ coefficients + away, -700.0, 700.0)
        mean = np.exp(line)
        before, deviance = deviance, _deviance(counts, mean)
        if abs(before - deviance) <= 1e-12 * (abs(deviance) + 1e-3):
            break
    else:
        raise NotEstimable("interrupted_no_fit")
    df = n - k
    inverse = np.linalg.inv(np.linalg.qr(design * np.sqrt(mean)[:, None])[1])
    residuals = counts - mean
    dispersion = float(np.sum(residuals**2 / mean)) / df
    return Fit(coefficients, dispersion * inverse @ inverse.T, dispersion, df, mean, residuals)


def _deviance(counts: Array, mean: Array) -> float:
    positive = counts > 0
    parts = -(counts - mean)
    parts[positive] += counts[positive] * np.log(counts[positive] / mean[positive])
    return 2.0 * float(parts.sum())


def _require_rank(r: Array) -> None:
    sizes = np.abs(np.diag(r))
    if sizes.min() <= 1e-10 * sizes.max():
        raise NotEstimable("interrupted_collinear")


def segmented(
    values: Array,
    *,
    first_after: int,
    year: float,
    family: Family = "log",
    waves: int | None = None,
    has_slope: bool = True,
    week: bool = False,
    exposure: Array | None = None,
    alpha: float,
) -> Interrupted:
    """Segmented regression of a series.

    Parameters
    ----------
    values : the periods in order, NaN where one is missing.
    first_after : the place of the first period after the start.
    year : periods in a year: 12, 52.18 or 365.25.
    family : "log": least squares of the logarithms; "linear": of the values; "poisson": counts.
    waves : pairs of sines of the year. None: as many as lower Schwarz's criterion, 4 at the most,
        none of a series of less than a year and a half.
    week : of days: three more pairs, of the week.
    exposure : what the counts are counted from, such as visitors.

    Raises
    ------
    NotEstimable
        ``interrupted_short``, ``interrupted_not_positive``, ``interrupted_not_counts``,
        ``interrupted_exposure``, ``interrupted_collinear``, ``interrupted_no_fit``,
        ``interrupted_no_variation`` or ``numbers_too_large``.
    """
    known = np.flatnonzero(np.isfinite(values)).astype(np.float64)
    at = known.astype(int)
    observed, after = values[at], known >= first_after
    if int((~after).sum()) < FEWEST_BEFORE or int(after.sum()) < FEWEST_AFTER:
        raise NotEstimable("interrupted_short")
    _require_values(observed, family)
    offset = None
    if exposure is not None:
        if not (np.isfinite(exposure[at]).all() and (exposure[at] > 0).all()):
            raise NotEstimable("interrupted_exposure")
        offset = np.log(exposure[at])
    if np.ptp(observed) == 0.0:
        raise NotEstimable("interrupted_no_variation")
    response = np.log(observed) if family == "log" else observed
    if waves is None:
        waves = _waves(response, known, first_after, year, family, has_slope, week, offset)
    design = _design(known, first_after, year, waves, has_slope=has_slope, week=week)
    if len(known) - design.shape[1] < FEWEST_AFTER:
        raise NotEstimable("interrupted_short")
    if family == "poisson":
        fit, lags = poisson(design, observed, offset), None
        root = np.sqrt(fit.fitted)
        covariances = [fit.covariance]
        working = (design @ fit.coefficients) * root + fit.residuals / root
        scaled = design * root[:, None]
    else:
        fit, lags = least_squares(design, response), _lags(len(known))
        if fit.dispersion <= 1e-24 * float(np.var(response)):
            raise NotEstimable("interrupted_no_variation")
        covariances = [fit.covariance, newey_west(design, fit.residuals, known, lags)]
        working, scaled = response, design
    rho = resemblance(scaled, working, known)
    careful = on_the_safe_side(rho, fit.df)
    covariances.append(autoregressive(scaled, working, known, careful))
    return _answer(
        fit, covariances, design, known, observed, first_after=first_after, family=family,
        waves=waves, has_slope=has_slope, lags=lags, offset=offset, rho=rho, careful=careful,
        alpha=alpha,
    )  # fmt: skip


def effect_of(
    weights: Array, fit: Fit, covariance: Array, *, is_log: bool, alpha: float, df: float | None
) -> Effect:
    """A weighted sum of coefficients; by Student's t, or the normal where `df` is None."""
    estimate = float(weights @ fit.coefficients)
    error = math.sqrt(float(weights @ covariance @ weights))
    half = error * (two_sided_z(alpha) if df is None else t_quantile_two_sided(alpha, df))
    z = estimate / error
    log_p = log_normal_two_sided(z) if df is None else log_t_two_sided(z, df)
    p_value, log10_p = p_from_log(log_p)
    ends = [estimate - half, estimate, estimate + half]
    if is_log:
        ends = [math.expm1(min(end, 700.0)) for end in ends]
    return Effect(ends[1], Interval(ends[0], ends[2], 1.0 - alpha), p_value, log10_p)


def _require_values(observed: Array, family: Family) -> None:
    if (np.abs(observed) > LARGEST).any():
        raise NotEstimable("numbers_too_large")
    if family == "log" and (observed <= 0).any():
        raise NotEstimable("interrupted_not_positive")
    if family == "poisson" and ((observed < 0).any() or (observed != np.round(observed)).any()):
        raise NotEstimable("interrupted_not_counts")
    if family == "poisson" and not observed.any():
        raise NotEstimable("interrupted_no_variation")


def _design(
    places: Array, first_after: int, year: float, waves: int, *, has_slope: bool, week: bool
) -> Array:
    """Columns: one, time, step, slope after, then sines and cosines."""
    time = places
    after = (time >= first_after).astype(float)
    columns = [np.ones(len(time)), (time - first_after) / year, after]
    if has_slope:
        columns.append(after * (time - first_after))
    turns = [2.0 * math.pi * time * (j + 1) / year for j in range(waves)]
    if week:
        turns += [2.0 * math.pi * time * (j + 1) / 7.0 for j in range(3)]
    for turn in turns:
        columns += [np.sin(turn), np.cos(turn)]
    return np.column_stack(columns)


def _waves(
    response: Array, places: Array, first_after: int, year: float, family: Family,
    has_slope: bool, week: bool, offset: Array | None,
) -> int:  # fmt: skip
    """The pairs that lower Schwarz's criterion (1978, Annals of Statistics 6) the most."""
    if places[-1] - places[0] + 1 < 1.5 * year:
        return 0
    alike = response
    if family == "poisson":  # their roots are as good as normal, and take no rounds
        alike = 2.0 * np.sqrt(response / np.exp(offset) if offset is not None else response)
    best, found = math.inf, 0
    for waves in range(MOST_WAVES + 1):
        design = _design(places, first_after, year, waves, has_slope=has_slope, week=week)
        n, k = design.shape
        if n - k < n / 2:
            break
        try:
            score = _score(alike, design) + k * math.log(n)
        except NotEstimable:
            break
        if score < best:
            best, found = score, waves
    return found


def _score(response: Array, design: Array) -> float:
    """Twice the negative logarithm of a Gaussian likelihood, up to a constant."""
    fit = least_squares(design, response)
    spread = float(fit.residuals @ fit.residuals)
    return len(response) * math.log(max(spread, 1e-300) / len(response))


def _lags(n: int) -> int:
    """Newey & West's (1994, Review of Economic Studies 61) rule of thumb."""
    return math.floor(4.0 * math.pow(n / 100.0, 2.0 / 9.0))


def _answer(
    fit: Fit, covariances: Sequence[Array], design: Array, places: Array, observed: Array, *,
    first_after: int, family: Family, waves: int, has_slope: bool, lags: int | None,
    offset: Array | None, rho: float, careful: float, alpha: float,
) -> Interrupted:  # fmt: skip
    is_log = family != "linear"
    after = places >= first_after
    changed = np.zeros_like(design)
    changed[:, 2] = design[:, 2]
    if has_slope:
        changed[:, 3] = design[:, 3]
    step = np.zeros(design.shape[1])
    step[2] = 1.0

    # What resembles its neighbours is worth fewer periods than there are.
    df = max(fit.df * (1.0 - careful) / (1.0 + careful), 2.0)

    def effect(weights: Array) -> Effect:
        widest = max(covariances, key=lambda each: float(weights @ each @ weights))
        return effect_of(weights, fit, widest, is_log=is_log, alpha=alpha, df=df)

    slope = None
    if has_slope:
        bend = np.zeros(design.shape[1])
        bend[3] = 1.0
        slope = effect(bend)
    line = design @ fit.coefficients + (0.0 if offset is None else offset)
    without = line - changed @ fit.coefficients
    return Interrupted(
        effect=effect(changed[after].mean(axis=0)), level=effect(step), slope=slope, family=family,
        waves=waves, df=df, dispersion=fit.dispersion, lags=lags, autocorrelation=rho,
        observed=observed,
        fitted=np.exp(line) if is_log else line,
        expected=np.exp(without) if is_log else without, periods=places,
    )  # fmt: skip
