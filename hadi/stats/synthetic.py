"""Synthetic control: the mix of control sites that moved as the pilot did before the start.

The shares are those of the best fit before the start, and the same mix is followed afterwards. The
demeaned variant lets the mix lie a constant above or below the pilot, so that a store larger than
all others can be followed too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.balanced import Balanced, balanced
from hadi.stats.panel import Panel, Scale, turned_back
from hadi.stats.simplex import mix

Floats = NDArray[np.float64]

_EXACT = 1e-6  # of the pilot's own variation: such a fit is no evidence, there was room for it


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The mix for one choice of pilots.

    `shares` has one number for each site, zero for the pilots; `path` is the pilots' mean less the
    mix, shape (times,), after what the method takes away (its mean before, where it is demeaned).
    """

    shares: Floats
    path: Floats


Fitter = Callable[[tuple[int, ...]], Fit]


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """A pilot (or the mean of several) beside its mix of controls.

    `estimate` is the mean gap after: a fraction on the log scale, units of the value on the linear,
    where `relative` is it over the counterfactual's mean after (None unless that is above zero).
    `actual` and `counterfactual`, shape (times,), are in the metric's units (geometric means on the
    log scale); `gaps` and both errors on the scale compared. `is_exact_fit`: the mix repeats the
    time before to the last digit, as it can with more sites than periods; `ratio` then says little.
    `left_sites` and `left_times` had holes.
    """

    method: str
    estimate: float
    relative: float | None
    weights: dict[str, float]
    times: tuple[str, ...]
    first_post: int
    actual: Floats
    counterfactual: Floats
    gaps: Floats
    pre_rmspe: float
    post_rmspe: float
    ratio: float
    is_exact_fit: bool
    left_sites: tuple[str, ...]
    left_times: tuple[str, ...]


def synthetic(panel: Panel, *, scale: Scale, demeaned: bool) -> Synthetic:
    """Shares w >= 0, summing to 1, with the least squared gap before; followed after.

    Abadie, Diamond & Hainmueller (2010), Journal of the American Statistical Association 105,
    493-505, on the outcomes of all periods before. Demeaned: after each site's mean before is taken
    away (Doudchenko & Imbens 2016, NBER working paper 22791, section 5; Ferman & Pinto 2021,
    Quantitative Economics 12, 1197-1221). Several pilots: their mean.

    Raises
    ------
    NotEstimable
        Those of `balanced.balanced`.
    """
    whole = balanced(panel, scale=scale)
    method = "pilot_synthetic_demeaned" if demeaned else "pilot_synthetic"
    return described(whole, fitter(whole, demeaned=demeaned)(whole.treated), scale, method=method)


def fitter(whole: Balanced, *, demeaned: bool) -> Fitter:
    """How any choice of pilots in this panel is fitted; what they share is computed once."""
    values, first = whole.values, whole.first_post
    if demeaned:
        values = values - values[:, :first].mean(axis=1, keepdims=True)
    # Shares sum to one, so that a period's common level changes nothing, and costs digits.
    columns = np.ascontiguousarray((values - values.mean(axis=0))[:, :first].T)

    def fit(treated: tuple[int, ...]) -> Fit:
        target = columns[:, list(treated)].mean(axis=1)
        shares = mix(columns, target, without=treated)
        return Fit(shares, path_of(values, shares, treated))

    return fit


def path_of(values: Floats, shares: Floats, treated: tuple[int, ...]) -> Floats:
    """The mean of these rows less the mix, for each time."""
    used = np.flatnonzero(shares)
    mixed = shares[used] @ values[used]
    return np.asarray(values[list(treated)].mean(axis=0) - mixed)


def described(whole: Balanced, fit: Fit, scale: Scale, *, method: str) -> Synthetic:
    """The fit of the real pilots, in words of the metric."""
    first, path = whole.first_post, fit.path
    own = whole.values[list(whole.treated)].mean(axis=0)
    other = own - path
    back = np.exp if scale == Scale.LOG else np.array
    actual, counterfactual = np.asarray(back(own)), np.asarray(back(other))
    gap = float(path[first:].mean())
    before, after = errors(path, first)
    spread = float(own[:first].std())
    level = float(counterfactual[first:].mean())
    relative = gap / level if level > 0.0 else None
    estimate = turned_back(gap, scale=scale)
    return Synthetic(
        method=method,
        estimate=estimate,
        relative=estimate if scale == Scale.LOG else relative,
        weights={
            site: float(share)
            for row, (site, share) in enumerate(zip(whole.panel.sites, fit.shares, strict=True))
            if row not in set(whole.treated)
        },
        times=whole.panel.times,
        first_post=first,
        actual=actual,
        counterfactual=counterfactual,
        gaps=path,
        pre_rmspe=before,
        post_rmspe=after,
        ratio=after / before if before > 0.0 else math.inf,
        is_exact_fit=before <= _EXACT * spread,
        left_sites=whole.left_sites,
        left_times=whole.left_times,
    )


def errors(path: Floats, first: int) -> tuple[float, float]:
    """Root mean square of a path (before, after)."""
    before, after = path[:first], path[first:]
    return float(np.sqrt(before @ before / before.size)), float(np.sqrt(after @ after / after.size))
