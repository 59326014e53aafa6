"""How much sites drift apart with nothing done to them: what an effect has to stand out from.

Every stretch of the past can be cut into a before and an after that no one did anything to; how
unlike the sites' changes then are is the noise of a test of that length. Few pasts are as long as
a test and its baseline, so two sources are told apart, which every length of window mixes in its
own proportion: noise of single periods, which averages away, and drift, which does not.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, mean_there, scaled

Floats = NDArray[np.float64]

FEWEST_SITES = 3
FEWEST_PERIODS = 4

HARDLY = 0.97  # a smallest effect that shrinks by less than three in a hundred

_ROUNDING = 64.0 * sys.float_info.epsilon

_LENGTHS = (1, 2, 3, 4, 6, 8, 10, 13, 18, 26, 39, 52, 78, 104)


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """On the scale compared: `period` is the standard deviation of one site's single period,
    `drift` that of a period's step of its slow wandering; of `sites` sites over `periods` periods.

    `relative`, one number for each site, is its own noise over that of all: 2 is twice as noisy.
    """

    period: float
    drift: float
    sites: int
    periods: int
    relative: Floats

    def change_sd(self, before: int, after: int) -> float:
        """Standard deviation of a site's change between means of so many periods, both >= 1."""
        averaged, wandered = _shares(before, after)
        return math.sqrt(self.period**2 * averaged + self.drift**2 * wandered)

    def wanders(self, before: int, after: int, longer: int) -> bool:
        """Whether a longer time after the start hardly helps, or harms, although without drift it
        would: how far sites wander meanwhile makes up for what averages away."""
        steady = replace(self, drift=0.0)
        is_long = steady.change_sd(before, longer) <= HARDLY * steady.change_sd(before, after)
        found = self.change_sd(before, longer) >= HARDLY * self.change_sd(before, after)
        return is_long and found


def noise(history: Panel, *, scale: Scale) -> Noise:
    """Tell the two sources apart in the time before the start.

    The mean over all windows of the variance between sites' changes, for many lengths of before
    and after, is fitted by

        period^2 (1/b + 1/a)  +  drift^2 ((b-1)(2b-1)/6b + 1 + (a-1)(2a-1)/6a),

    the variances of a difference of means of independent values and of a random walk, by least
    squares with both terms >= 0, each length weighted by the inverse of its own squared error.
    What is common to all sites (season, trend) is taken away with each period's mean. Windows of
    placebos in time: Abadie, Diamond & Hainmueller (2015), American Journal of Political Science
    59, 495-510, section 4.

    Raises
    ------
    NotEstimable
        ``noise_few_sites`` (three are needed), ``noise_few_periods`` (four), ``pilot_not_positive``
        on the log scale, ``pilot_no_variation`` when all sites move alike.
    """
    values = scaled(history, scale=scale)[:, : history.first_post]
    values = values[~np.isnan(values).all(axis=1)]
    if values.shape[0] < FEWEST_SITES:
        raise NotEstimable("noise_few_sites", n=values.shape[0], needed=FEWEST_SITES)
    if values.shape[1] < FEWEST_PERIODS:
        raise NotEstimable("noise_few_periods", n=values.shape[1], needed=FEWEST_PERIODS)
    # A site that misses a week would move that week's mean by its size.
    centred = values - mean_there(values)[:, np.newaxis]
    centred = centred - mean_there(centred.T)
    unit = float(np.nanmax(np.abs(centred)))
    if unit <= _ROUNDING * float(np.nanmax(np.abs(values))):
        raise NotEstimable("pilot_no_variation")
    seen = _windows(centred / unit)
    period, drift = (unit * found for found in _components(seen))
    if period == drift == 0.0:
        raise NotEstimable("pilot_no_variation")
    return Noise(period, drift, values.shape[0], values.shape[1], _relative(history, seen))


@dataclass(frozen=True, slots=True)
class _Window:
    """One length: the mean variance between sites, its weight, and each site's mean square."""

    before: int
    after: int
    variance: float
    weight: float
    by_site: Floats


def _windows(centred: Floats) -> list[_Window]:
    periods = centred.shape[1]
    is_there = ~np.isnan(centred)
    sums = np.cumsum(np.pad(np.where(is_there, centred, 0.0), ((0, 0), (1, 0))), axis=1)
    counts = np.cumsum(np.pad(is_there, ((0, 0), (1, 0))), axis=1)
    found = []
    for before in _LENGTHS:
        for after in _LENGTHS:
            starts = np.arange(periods - before - after + 1)
            if not starts.size:
                break
            middle, end = starts + before, starts + before + after
            with np.errstate(all="ignore"):
                late = (sums[:, end] - sums[:, middle]) / (counts[:, end] - counts[:, middle])
                early = (sums[:, middle] - sums[:, starts]) / (
                    counts[:, middle] - counts[:, starts]
                )
            changes = late - early
            one = _window(before, after, changes, periods)
            if one is not None:
                found.append(one)
    return found


def _window(before: int, after: int, changes: Floats, periods: int) -> _Window | None:
    changes = changes - mean_there(changes.T)
    squares = changes**2
    n = (~np.isnan(changes)).sum(axis=0)
    usable = n >= FEWEST_SITES
    if not usable.any():
        return None
    squares, n = squares[:, usable], n[usable]
    variance = float((np.nansum(squares, axis=0) / (n - 1)).mean())
    if variance <= 0.0:
        return None
    # The relative error of a variance is that of its degrees of freedom; windows overlap.
    freedom = periods / (before + after) * float((n - 1).mean())
    scaled_squares = squares * (n / (n - 1))
    return _Window(
        before, after, variance, freedom / variance**2, mean_there(scaled_squares) / variance
    )


def _components(seen: list[_Window]) -> tuple[float, float]:
    """(period, drift): least squares of the variances, neither below zero."""
    if not seen:
        return 0.0, 0.0
    shares = np.array([_shares(one.before, one.after) for one in seen])
    variances = np.array([one.variance for one in seen])
    root = np.sqrt(np.array([one.weight for one in seen]))
    rows, wanted = shares * root[:, np.newaxis], variances * root
    both = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    if (both < 0.0).any():
        alone = [max(0.0, float(row @ wanted / (row @ row))) for row in rows.T]
        left = [
            float(((row * a - wanted) ** 2).sum()) for row, a in zip(rows.T, alone, strict=True)
        ]
        both = np.array([alone[0], 0.0] if left[0] <= left[1] else [0.0, alone[1]])
    return math.sqrt(float(both[0])), math.sqrt(float(both[1]))


def _shares(before: int, after: int) -> tuple[float, float]:
    """The variance of a change for a unit of each source."""
    b, a = float(before), float(after)
    wandered = (b - 1.0) * (2.0 * b - 1.0) / (6.0 * b) + 1.0
    wandered += (a - 1.0) * (2.0 * a - 1.0) / (6.0 * a)
    return 1.0 / b + 1.0 / a, wandered


def _relative(history: Panel, seen: list[_Window]) -> Floats:
    """Each site of the history: its own noise over that of all; NaN for one without values."""
    is_there = ~np.isnan(history.values[:, : history.first_post]).all(axis=1)
    found = np.full(len(history.sites), math.nan)
    found[is_there] = np.sqrt(mean_there(np.column_stack([one.by_site for one in seen])))
    return found
