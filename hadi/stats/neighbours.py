"""How much neighbouring periods of a series resemble each other, and what that does to errors.

Newey & West's errors are right for long series. Of the forty or sixty months that people have, they
are too small: a step is then "found" in one series out of eight. So the resemblance is estimated
as well, by restricted maximum likelihood, and the larger error of the two is used.
"""

from __future__ import annotations

import math

import numpy as np

from hadi.stats.errors import NotEstimable
from hadi.stats.seasons import Array

_GRID = np.concatenate([np.arange(-0.4, 0.9, 0.1), [0.9, 0.95, 0.98]])
_STEPS = 9  # of the golden section: to three thousandths


def newey_west(design: Array, residuals: Array, periods: Array, lags: int) -> Array:
    """The covariance of least squares under neighbours that resemble each other (Newey & West 1987,
    Econometrica 55), with n / (n - k). `periods` are whole numbers: one that is missing leaves a
    gap and does not make its neighbours adjacent."""
    n, k = design.shape
    places = (periods - periods[0]).astype(int)
    scores = np.zeros((places[-1] + 1, k))
    scores[places] = design * residuals[:, None]
    meat = scores.T @ scores
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1.0 - lag / (lags + 1.0)) * (cross + cross.T)
    bread = np.linalg.inv(design.T @ design)
    found: Array = n / (n - k) * bread @ meat @ bread
    return found


def resemblance(design: Array, values: Array, periods: Array) -> float:
    """The correlation of neighbours (of a first-order autoregression) by restricted maximum
    likelihood (Turner, Forbes, Karahalios, Taljaard & McKenzie 2021, BMC Medical Research
    Methodology 21): ordinary residuals would make it too small. Never below zero here."""
    scores = [_criterion(rho, design, values, periods) for rho in _GRID]
    best = int(np.argmin(scores))
    low, high = _GRID[max(best - 1, 0)], _GRID[min(best + 1, len(_GRID) - 1)]
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    for _ in range(_STEPS):
        a, b = high - golden * (high - low), low + golden * (high - low)
        if _criterion(a, design, values, periods) < _criterion(b, design, values, periods):
            high = b
        else:
            low = a
    return max(0.0, float(0.5 * (low + high)))


def on_the_safe_side(rho: float, df: int) -> float:
    """The correlation half a standard error higher: it is estimated from few periods, and one that
    is too small makes errors too small. By simulation that brings false alarms down to 5 %."""
    return min(rho + 0.5 * math.sqrt((1.0 - rho**2) / df), 0.98)


def autoregressive(design: Array, values: Array, periods: Array, rho: float) -> Array:
    """The covariance of the least-squares coefficients where the errors are a first-order
    autoregression with `rho`; its variance by restricted maximum likelihood."""
    n, k = design.shape
    x, y, _ = _whitened(rho, design, values, periods)
    coefficients, *_ = np.linalg.lstsq(x, y, rcond=None)
    away = y - x @ coefficients
    variance = float(away @ away) / (n - k)
    gaps = np.abs(periods[:, None] - periods[None, :]).astype(float)
    bread = np.linalg.inv(design.T @ design)
    found: Array = variance * bread @ (design.T @ (rho**gaps) @ design) @ bread
    return found


def _whitened(
    rho: float, design: Array, values: Array, periods: Array
) -> tuple[Array, Array, float]:
    """Design and values with independent errors of one variance, and the logarithm of the
    determinant of the correlations that were taken out."""
    step = np.diff(periods).astype(float)
    carry = np.sign(rho) ** step * np.abs(rho) ** step
    left = 1.0 - carry**2
    scale = 1.0 / np.sqrt(left)
    x, y = design.copy(), values.copy()
    x[1:] = (design[1:] - carry[:, None] * design[:-1]) * scale[:, None]
    y[1:] = (values[1:] - carry * values[:-1]) * scale
    return x, y, float(np.log(left).sum())


def _criterion(rho: float, design: Array, values: Array, periods: Array) -> float:
    """Twice the negative restricted log-likelihood, up to a constant."""
    n, k = design.shape
    x, y, log_determinant = _whitened(rho, design, values, periods)
    q, r = np.linalg.qr(x)
    away = y - q @ (q.T @ y)
    spread = float(away @ away)
    if spread <= 0.0:
        raise NotEstimable("interrupted_no_variation")
    log_rank = 2.0 * float(np.log(np.abs(np.diag(r))).sum())
    return float((n - k) * math.log(spread) + log_determinant + log_rank)
