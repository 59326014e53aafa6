"""The worst store gets better by itself: how much, and how much of a pilot's gain that may be.

Who picks the worst of fifteen by its last four weeks picks bad luck along with bad stores. The luck
does not last, so that the pilot "improves" against that very window with nothing done to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, mean_there, scaled, turned_back
from hadi.stats.site_noise import Noise

Floats = NDArray[np.float64]

_NODES = 2_001
_REACH = 9.0


@dataclass(frozen=True, slots=True)
class Rebound:
    """What the pilots would gain over the baseline with nothing done, as the effect is given.

    `place` is the pilots' mean place by their values in the window (1 is the highest) `of` all
    sites; `reliability` the share of the differences between sites that lasts, 0 to 1.
    """

    expected: float
    place: float
    of: int
    reliability: float


def rebound_of_worst(sites: int, picked: int, *, noise: float, overlap: float = 1.0) -> float:
    """Expected relative gain of the `picked` worst of equal sites, with nothing done.

    Parameters
    ----------
    sites, picked : int
        1 <= picked <= sites.
    noise : float
        Standard deviation of a site's mean over the window by which it was picked, as a fraction
        of its level; below 0.2, as a normal mean has to stay above zero.
    overlap : float
        The share of the baseline that this window is: 1 when it is the baseline itself, 0 when the
        baseline is other weeks.

    Returns
    -------
    float
        The mean of 1 / (1 + overlap * noise * Z) - 1 over the Z of the worst: normal order
        statistics (David & Nagaraja 2003, Order Statistics, section 3.1), by Simpson's rule over
        the density of the lowest `picked` of `sites`. Of the best sites the loss: with -noise.
    """
    if not 1 <= picked <= sites:
        raise ValueError("between one and all sites are picked")
    if abs(noise) >= 0.2:
        raise NotEstimable("rebound_noise_too_large")
    # Beyond five standard deviations the mean of a level would not stay above zero.
    z = np.linspace(-_REACH, _REACH, _NODES)
    z = z[1.0 + overlap * noise * z > 0.0]
    lower = 0.5 * np.array([math.erfc(-x / math.sqrt(2.0)) for x in z.tolist()])
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    # P(fewer than `picked` of the others are lower): the site is then among the picked.
    among = np.zeros(z.size)
    for below in range(picked):
        among += math.comb(sites - 1, below) * lower**below * (1.0 - lower) ** (sites - 1 - below)
    weights = density * among
    gains = 1.0 / (1.0 + overlap * noise * z) - 1.0
    return float((weights * gains).sum() / weights.sum())


def expected_rebound(
    panel: Panel, noise: Noise, *, window: int, baseline: int, scale: Scale
) -> Rebound:
    """What the panel's own past says its pilots would gain by themselves.

    The level that a site keeps is guessed from all its weeks before, drawn towards the mean of the
    sites by the share of their differences that is noise (best linear prediction: Robinson 1991,
    Statistical Science 6, 15-51); what the baseline lies below that, it will gain.

    Parameters
    ----------
    panel : Panel
        With the pilots treated; the time before is its past.
    noise : Noise
        `site_noise.noise` of it.
    window, baseline : int
        Periods just before the start: by which the pilots may have been picked (their place is by
        these), and that the comparison starts from.

    Raises
    ------
    NotEstimable
        Those of `panel.scaled`; ``pilot_no_treated``; ``pilot_site_no_before`` for a pilot without
        a value in its baseline.
    """
    if not panel.treated:
        raise NotEstimable("pilot_no_treated")
    values = scaled(panel, scale=scale)[:, : panel.first_post]
    periods = values.shape[1]
    window, baseline = min(window, periods), min(baseline, periods)
    pilots = list(panel.treated)
    start = mean_there(values[:, periods - baseline :])
    for row in pilots:
        if math.isnan(start[row]):
            raise NotEstimable("pilot_site_no_before", site=panel.sites[row])
    lately = mean_there(values[:, periods - window :])
    whole = mean_there(values)
    there = np.isfinite(whole) & np.isfinite(start)
    # From each period's mean over the sites: season and growth are no luck.
    middle, usual = float(whole[there].mean()), float(start[there].mean())
    spread = float(whole[there].var(ddof=1)) if there.sum() > 1 else 0.0
    luck = noise.period**2 / periods
    reliability = max(0.0, 1.0 - luck / spread) if spread > 0.0 else 0.0
    kept = reliability * (whole[pilots] - middle)
    expected = float((kept - (start[pilots] - usual)).mean())
    places = [1 + int((lately > lately[row]).sum()) for row in pilots]
    return Rebound(
        expected=turned_back(expected, scale=scale),
        place=float(np.mean(places)),
        of=int(np.isfinite(lately).sum()),
        reliability=reliability,
    )
