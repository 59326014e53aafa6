"""Augmented synthetic control: a mix of sites, corrected by ridge regression where it fits badly.

A pilot that no mix comes close to before the start leaves a synthetic control biased. Ridge
regression of each period on the periods before says how much of the gap goes on; shares may then
fall below zero, the farther the less the penalty.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hadi.stats import permutation
from hadi.stats.balanced import Balanced, balanced
from hadi.stats.panel import Panel, Scale
from hadi.stats.simplex import mix
from hadi.stats.synthetic import Fit, Synthetic, described, path_of
from hadi.stats.synthetic_placebo import SyntheticPlacebo, in_space

Floats = NDArray[np.float64]

PENALTIES = 20
MOST_REFITS = 20_000

_SMALLEST_PENALTY = 1e-8  # of the largest


def augmented(
    panel: Panel,
    *,
    scale: Scale,
    alpha: float,
    ridge: float | None = None,
    most: int = permutation.MOST_ENUMERATED,
) -> tuple[Synthetic, SyntheticPlacebo, float]:
    """(the pilot beside its augmented mix, placebos, the penalty used).

    Ben-Michael, Feller & Rothstein (2021), Journal of the American Statistical Association 116,
    1789-1803, eq. 11: to the shares w of the synthetic control is added

        X0 (X0'X0 + ridge I)^-1 (x1 - X0'w)

    with X0 (sites, periods before) and x1 taken from the controls' mean of each period. Without a
    `ridge` it is the largest of 20 whose error, each period before left out in turn, lies within
    one standard error of the least (their section 5.3). Placebos choose theirs likewise, up to
    20,000 refits in all; beyond, they take the real one's.

    Raises
    ------
    NotEstimable
        Those of `balanced.balanced`.
    """
    whole = balanced(panel, scale=scale)
    columns = np.ascontiguousarray(whole.values[:, : whole.first_post].T)
    chosen = _penalty(columns, whole.treated) if ridge is None else ridge
    is_cheap = len(whole.values) * whole.first_post <= MOST_REFITS

    def fit(treated: tuple[int, ...]) -> Fit:
        is_own = ridge is None and is_cheap and treated != whole.treated
        penalty = _penalty(columns, treated) if is_own else chosen
        return _fit(whole, columns, treated, penalty)

    found = described(whole, fit(whole.treated), scale, method="pilot_augmented")
    return found, in_space(whole, fit, scale=scale, alpha=alpha, most=most), chosen


def _fit(whole: Balanced, columns: Floats, treated: tuple[int, ...], penalty: float) -> Fit:
    donors, centred, target = _centred(columns, treated)
    shares = mix(centred, target)
    misfit = target - centred @ shares
    shares = shares + _ridge(centred, misfit, np.array([penalty]))[0]
    every = np.zeros(columns.shape[1])
    every[donors] = shares
    return Fit(every, path_of(whole.values, every, treated))


def _centred(columns: Floats, treated: tuple[int, ...]) -> tuple[NDArray[np.intp], Floats, Floats]:
    """(donors, their values, the pilots' mean), taken from the donors' mean of each period."""
    donors = np.setdiff1d(np.arange(columns.shape[1]), treated)
    own = columns[:, donors]
    middle = own.mean(axis=1)
    return donors, own - middle[:, np.newaxis], columns[:, list(treated)].mean(axis=1) - middle


def _ridge(centred: Floats, misfit: Floats, penalties: Floats) -> Floats:
    """What is added to the shares, a row for each penalty; `centred` (periods, donors)."""
    u, s, v = np.linalg.svd(centred, full_matrices=False)
    s = np.where(s > s[0] * 1e-12, s, 0.0)
    factors = s / (s * s + np.maximum(penalties, 1e-300)[:, np.newaxis])
    return np.asarray((factors * (u.T @ misfit)) @ v)


def _penalty(columns: Floats, treated: tuple[int, ...]) -> float:
    """By leaving out each period before in turn."""
    _, centred, target = _centred(columns, treated)
    largest = float(np.linalg.norm(centred, 2)) ** 2
    if largest == 0.0:
        return 1.0
    penalties = largest * np.geomspace(1.0, _SMALLEST_PENALTY, PENALTIES)
    squares = np.empty((target.size, PENALTIES))
    for period in range(target.size):
        rest = np.delete(np.arange(target.size), period)
        shares = mix(centred[rest], target[rest])
        misfit = target[rest] - centred[rest] @ shares
        every = shares + _ridge(centred[rest], misfit, penalties)
        squares[period] = (target[period] - every @ centred[period]) ** 2
    means = squares.mean(axis=0)
    best = int(means.argmin())
    error = float(squares[:, best].std(ddof=1)) / target.size**0.5
    within = np.flatnonzero(means <= means[best] + error)
    return float(penalties[within[0]])
