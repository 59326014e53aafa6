"""Many tests looked at together: the best of them look better than they are, and by how much.

Empirical Bayes learns from a workspace's own past how large effects usually are; that pulls
extreme results towards the rest, and gives the sceptical prior of the next test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hadi.stats.bayes import Prior
from hadi.stats.errors import NotEstimable

FEWEST_TESTS = 5  # below it the spread of past lifts is not learned but assumed
ASSUMED_SD = 0.10  # of the control: lifts beyond 20 % are rare
LEAST_SD = 0.01  # of the control: even a history of nothing leaves room for 2 %


@dataclass(frozen=True, slots=True)
class Pool:
    """Estimates pulled together by a normal-normal model.

    `tau2` is the variance of the true effects, `mu` their mean with standard error `mu_se`;
    `shrunk` and `posterior_se` (with the uncertainty of mu, not of tau2) follow the order given.
    """

    tau2: float
    mu: float
    mu_se: float
    shrunk: tuple[float, ...]
    posterior_se: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stein:
    """Estimates of equal error pulled to their mean: mean + factor * (estimate - mean)."""

    grand_mean: float
    factor: float
    shrunk: tuple[float, ...]


def fit(
    estimates: Sequence[float],
    standard_errors: Sequence[float],
    method: Literal["reml", "dl"] = "reml",
) -> Pool:
    """Fit the normal-normal model and shrink every estimate towards the common mean.

    Parameters
    ----------
    estimates, standard_errors : sequence of float
        At least two, on one scale (lifts as fractions, say); errors > 0.
    method : str
        ``reml``, restricted maximum likelihood (recommended), or ``dl``, the moment estimator.

    Returns
    -------
    Pool
        With ``tau2`` 0 all are taken as one effect.

    Raises
    ------
    NotEstimable
        ``pool_too_few``, ``pool_no_error``.

    Notes
    -----
    DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188, eq. 8. REML: Viechtbauer
    (2005), Journal of Educational and Behavioral Statistics 30, 261-293. The posterior:
    Raudenbush & Bryk (1985), Journal of Educational Statistics 10, 75-98.
    """
    if len(estimates) < 2:
        raise NotEstimable("pool_too_few")
    if any(not (math.isfinite(e) and e > 0.0) for e in standard_errors):
        raise NotEstimable("pool_no_error")
    # On the scale of the largest number squares neither over- nor underflow.
    unit = max(*standard_errors, *(abs(e) for e in estimates))
    values = [e / unit for e in estimates]
    variances = [(e / unit) * (e / unit) for e in standard_errors]
    if len(values) != len(variances) or not all(v > 0.0 for v in variances):
        raise ValueError("an error for every estimate, within 1e150 of the largest number")
    tau2 = _reml(values, variances) if method == "reml" else _moments(values, variances)
    weights, mu = _weighted(values, variances, tau2)
    mu_variance = 1.0 / math.fsum(weights)
    shrunk, errors = [], []
    for value, variance in zip(values, variances, strict=True):
        pull = variance / (tau2 + variance)
        shrunk.append(unit * (mu + (1.0 - pull) * (value - mu)))
        errors.append(unit * math.sqrt((1.0 - pull) * variance + pull * pull * mu_variance))
    mu_se = unit * math.sqrt(mu_variance)
    return Pool(tau2 * unit * unit, mu * unit, mu_se, tuple(shrunk), tuple(errors))


def james_stein(estimates: Sequence[float], variance: float) -> Stein:
    """Shrink estimates of one known variance towards their mean.

    Parameters
    ----------
    estimates : sequence of float
        At least four.
    variance : float
        Of each, > 0.

    Returns
    -------
    Stein
        ``factor`` is 1 - (k - 3) variance / S, never below 0 (the positive-part estimator), where
        S is the sum of squared distances from the mean.

    Raises
    ------
    NotEstimable
        ``stein_too_few`` with fewer than four estimates, ``pool_no_error`` without a variance.

    Notes
    -----
    James & Stein (1961); towards the mean and in the positive part: Efron & Morris (1975), JASA
    70, 311-319.
    """
    k = len(estimates)
    if k < 4:
        raise NotEstimable("stein_too_few")
    if not (math.isfinite(variance) and variance > 0.0):
        raise NotEstimable("pool_no_error")
    mean = math.fsum(estimates) / k
    spread = math.fsum(
        (e - mean) / math.sqrt(variance) * ((e - mean) / math.sqrt(variance)) for e in estimates
    )
    factor = max(1.0 - (k - 3) / spread, 0.0) if spread > 0.0 else 0.0
    return Stein(mean, factor, tuple(mean + factor * (e - mean) for e in estimates))


def sceptical_prior(lifts: Sequence[float], errors: Sequence[float]) -> Prior:
    """What to expect of the next lift, from the lifts of past tests.

    Parameters
    ----------
    lifts, errors : sequence of float
        Past lifts, fractions of the control, and their standard errors. Those that are no number
        or have no error are left out.

    Returns
    -------
    Prior
        On the lift's scale. ``mean`` is 0 on purpose: what a workspace remembers of its past is
        selected for success, so its average is not to be expected again. ``sd`` is the root of
        tau2 + mu^2, the second moment about 0 by REML, and never below 0.01. With fewer than five
        past tests it is 0.10. ``n`` is the number of tests used.

    Notes
    -----
    Spiegelhalter, Freedman & Parmar (1994), JRSS A 157, 357-416, on sceptical priors.
    """
    usable = [
        (lift, error)
        for lift, error in zip(lifts, errors, strict=True)
        if math.isfinite(lift) and math.isfinite(error) and error > 0.0
    ]
    if len(usable) < FEWEST_TESTS:
        return Prior(0.0, ASSUMED_SD, len(usable))
    pool = fit([lift for lift, _ in usable], [error for _, error in usable])
    return Prior(0.0, max(math.hypot(math.sqrt(pool.tau2), pool.mu), LEAST_SD), len(usable))


def _weighted(
    values: Sequence[float], variances: Sequence[float], tau2: float
) -> tuple[list[float], float]:
    """Inverse-variance weights and the mean under them."""
    weights = [1.0 / (variance + tau2) for variance in variances]
    mu = math.fsum(w * y for w, y in zip(weights, values, strict=True)) / math.fsum(weights)
    return weights, mu


def _moments(values: Sequence[float], variances: Sequence[float]) -> float:
    weights, mu = _weighted(values, variances, 0.0)
    total = math.fsum(weights)
    q = math.fsum(w * (y - mu) * (y - mu) for w, y in zip(weights, values, strict=True))
    scale = total - math.fsum(w * (w / total) for w in weights)
    return max((q - (len(values) - 1)) / scale, 0.0) if scale > 0.0 else 0.0


def _reml(values: Sequence[float], variances: Sequence[float]) -> float:
    """The highest point of the restricted likelihood over tau2 >= 0.

    It may have several hills, so every change of the slope's sign on a fine logarithmic grid is
    followed by bisection, and the ends of the grid are looked at too.
    """
    mean = math.fsum(values) / len(values)
    top = 10.0 * math.fsum((y - mean) * (y - mean) for y in values) + max(variances)
    lowest = min(variances) * 1e-8
    steps = 200
    ratio = math.log(top / lowest) / steps
    grid = [0.0] + [lowest * math.exp(ratio * i) for i in range(steps + 1)]
    slopes = [_restricted_slope(values, variances, tau2) for tau2 in grid]
    candidates = [0.0]
    for i in range(steps + 1):
        if slopes[i] > 0.0 >= slopes[i + 1]:
            low, high = grid[i], grid[i + 1]
            for _ in range(100):
                middle = 0.5 * (low + high)
                is_rising = _restricted_slope(values, variances, middle) > 0.0
                low, high = (middle, high) if is_rising else (low, middle)
            candidates.append(0.5 * (low + high))
    return max(candidates, key=lambda tau2: _restricted_likelihood(values, variances, tau2))


def _restricted_slope(values: Sequence[float], variances: Sequence[float], tau2: float) -> float:
    weights, mu = _weighted(values, variances, tau2)
    total = math.fsum(weights)
    fit_terms = [w * (y - mu) * (w * (y - mu)) for w, y in zip(weights, values, strict=True)]
    return 0.5 * (math.fsum(fit_terms) - total + math.fsum(w * (w / total) for w in weights))


def _restricted_likelihood(
    values: Sequence[float], variances: Sequence[float], tau2: float
) -> float:
    weights, mu = _weighted(values, variances, tau2)
    misfit = math.fsum(w * (y - mu) * (y - mu) for w, y in zip(weights, values, strict=True))
    logs = math.fsum(math.log(w) for w in weights)
    return 0.5 * (logs - math.log(math.fsum(weights)) - misfit)
