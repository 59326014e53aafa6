"""Can this pilot succeed at all? Asked before it runs: the smallest p, and the smallest effect.

With one pilot among fifteen sites no data whatsoever reach p < 0.05 by placebo; and what a pilot
can show depends on how much sites drift apart by themselves, which their own past tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hadi.stats import permutation
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Scale, turned_back
from hadi.stats.planning_search import bisect
from hadi.stats.power_formulas import t_power
from hadi.stats.site_noise import Noise

Floats = NDArray[np.float64]

DRAWS = 4_000
SEED = 20_080_101

# Beyond so many choices of pilots the placebo's power is that of the t-test (Hoeffding 1952).
_SIMULATED = 500
_FARTHEST = 60.0  # standard errors


class Lever(StrEnum):
    """A single change to a planned pilot."""

    MORE_PILOTS = "more_pilots"
    MORE_CONTROLS = "more_controls"
    LONGER_AFTER = "longer_after"
    LONGER_BEFORE = "longer_before"
    ALPHA = "alpha"
    STORE_T = "store_t"


@dataclass(frozen=True, slots=True)
class Design:
    """A pilot as planned. `by_placebo`: the exact placebo test decides, otherwise Student's t."""

    n_treated: int
    n_controls: int
    before: int
    after: int
    alpha: float = 0.05
    power: float = 0.8
    by_placebo: bool = True
    scale: Scale = Scale.LOG


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest true effect found with the wanted power, as a fraction on the log scale and in
    units of the value on the linear.

    `by_t` and `by_placebo` are None where that test cannot succeed whatever the effect;
    `smallest_p` is the least p that placebos can give. `effect` is that of the deciding test.
    """

    effect: float | None
    by_t: float | None
    by_placebo: float | None
    smallest_p: float
    change_sd: float


@dataclass(frozen=True, slots=True)
class Option:
    """What one change to the design would bring."""

    lever: Lever
    design: Design
    found: Detectable


def attainable(sites: int, treated: int) -> float:
    """The smallest p that placebos can give with so many sites, pilots among them.

    One over the number of ways to choose the pilots, and twice that with as many pilots as
    controls, as the mirror image ties; where the ways are drawn, one over the draws and one.
    """
    ways = math.comb(sites, treated)
    if ways > permutation.MOST_ENUMERATED:
        return 1.0 / (1 + permutation.DRAWS)
    return (2.0 if 2 * treated == sites else 1.0) / ways


def controls_needed(treated: int, alpha: float) -> int:
    """The fewest controls with which so many pilots can reach p <= alpha by placebo."""
    controls = 1
    # 1 / 20 is meant to be 0.05, whatever the last digit of a float says.
    while attainable(treated + controls, treated) > alpha * (1.0 + 1e-12):
        controls += 1
    return controls


def detectable(noise: Noise | float, design: Design, *, relative: float = 1.0) -> Detectable:
    """The smallest effect that the design shows with its power.

    Parameters
    ----------
    noise : Noise or float
        The sites' own past, or the standard deviation of a site's change over these periods.
    relative : float
        The pilots' own noise over that of all sites.

    Notes
    -----
    By t: the root of the noncentral t with the standard error sd (relative^2/n1 + 1/n0)^(1/2) and
    n0 + n1 - 2 degrees of freedom (Cohen 1988, Statistical Power Analysis, section 2.4). By
    placebo: 4,000 seeded draws of normal changes ranked among all choices of pilots; beyond 500
    choices as by t, to which the permutation test comes close (Hoeffding 1952, Annals of
    Mathematical Statistics 23, 169-192).
    """
    if design.n_treated < 1 or design.n_controls < 1 or design.before < 1 or design.after < 1:
        raise NotEstimable("power_pilot_needs_sites")
    sd = noise.change_sd(design.before, design.after) if isinstance(noise, Noise) else noise
    if not (math.isfinite(sd) and sd > 0.0):
        raise NotEstimable("power_sd_not_positive")
    n1, n0 = design.n_treated, design.n_controls
    error = math.sqrt(relative**2 / n1 + 1.0 / n0)
    by_t = _smallest_by_t(n1 + n0 - 2, design.alpha, design.power)
    smallest_p = attainable(n1 + n0, n1)
    by_placebo = _smallest_by_placebo(n1, n0, relative, design.alpha, design.power, by_t)
    effects = [
        None if x is None else turned_back(x * unit * sd, scale=design.scale)
        for x, unit in ((by_t, error), (by_placebo, error))
    ]
    return Detectable(
        effect=effects[1] if design.by_placebo else effects[0],
        by_t=effects[0],
        by_placebo=effects[1],
        smallest_p=smallest_p,
        change_sd=sd,
    )


def options(noise: Noise, design: Design, *, spare_sites: int = 0) -> tuple[Option, ...]:
    """The single changes that help, the most helpful first.

    First those that let a hopeless test succeed, then by the effect they leave to be shown. One
    control becomes a pilot; five of the `spare_sites` become controls (or as many as there are, or
    as it takes); twice as long before or after; alpha 0.10, declared now; Student's t decides.
    """
    now = detectable(noise, design).effect
    found = []
    for lever, other in _changes(design, spare_sites):
        answer = detectable(noise, other)
        if answer.effect is not None and (now is None or answer.effect < now * (1.0 - 1e-6)):
            found.append(Option(lever, other, answer))
    return tuple(sorted(found, key=lambda one: one.found.effect or math.inf))


def _changes(design: Design, spare: int) -> list[tuple[Lever, Design]]:
    n1, n0 = design.n_treated, design.n_controls
    more = min(spare, max(5, controls_needed(n1, design.alpha) - n0)) if spare else 0
    changes = [
        (Lever.LONGER_AFTER, replace(design, after=2 * design.after)),
        (Lever.LONGER_BEFORE, replace(design, before=2 * design.before)),
    ]
    if n0 > 2 and n1 < n0 - 1:
        changes.append((Lever.MORE_PILOTS, replace(design, n_treated=n1 + 1, n_controls=n0 - 1)))
    if more:
        changes.append((Lever.MORE_CONTROLS, replace(design, n_controls=n0 + more)))
    if design.alpha < 0.1:
        changes.append((Lever.ALPHA, replace(design, alpha=0.1)))
    if design.by_placebo:
        changes.append((Lever.STORE_T, replace(design, by_placebo=False)))
    return changes


@lru_cache(maxsize=256)
def _smallest_by_t(df: int, alpha: float, power: float) -> float | None:
    """In standard errors."""
    if df < 1:
        return None

    def enough(away: float) -> bool:
        found = t_power(away, df, alpha)
        # The function gives up far out, where the power is all but one.
        return math.isnan(found) or found >= power

    high = 1.0
    while not enough(high):
        high *= 1.5
        if high > 1e4:
            return None
    return bisect(enough, high / 1.5 if high > 1.0 else 0.0, high, 1e-9)


@lru_cache(maxsize=256)
def _smallest_by_placebo(
    n1: int, n0: int, relative: float, alpha: float, power: float, by_t: float | None
) -> float | None:
    """In standard errors."""
    ways = math.comb(n1 + n0, n1)
    if attainable(n1 + n0, n1) > alpha * (1.0 + 1e-12):
        return None
    if ways > _SIMULATED:
        return by_t
    chosen = permutation.assignments_of(n1 + n0, min(n1, n0))
    is_in = np.zeros((ways, n1 + n0))
    np.put_along_axis(is_in, chosen, 1.0, axis=1)
    if n0 < n1:
        is_in = 1.0 - is_in
    contrast = is_in / n1 - (1.0 - is_in) / n0
    real = int(np.flatnonzero(is_in[:, :n1].all(axis=1))[0])
    drawn = np.random.default_rng(SEED).normal(size=(DRAWS, n1 + n0))
    drawn[:, :n1] *= relative
    nothing = drawn @ contrast.T
    # What an effect of one does to every choice: all of it to the real one, a part to the others.
    moved = contrast[:, :n1].sum(axis=1)
    error = math.sqrt(relative**2 / n1 + 1.0 / n0)
    most = math.floor(alpha * ways * (1.0 + 1e-12))

    def enough(away: float) -> bool:
        size = np.abs(nothing + away * error * moved)
        own = nothing[:, real] + away * error
        as_large = (size >= np.abs(own)[:, np.newaxis] * (1.0 - 1e-9)).sum(axis=1)
        return bool(((as_large <= most) & (own > 0.0)).mean() >= power)

    for high in (1.5 * (by_t or _FARTHEST), _FARTHEST):
        if enough(high):
            return bisect(enough, 0.0, high, 2e-3)
    return None
