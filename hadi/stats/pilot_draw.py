"""Which sites: controls that move as the pilot does, quiet pilots, a draw that nobody steers."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, mean_there, scaled
from hadi.stats.pilot_power import Design, Detectable, detectable
from hadi.stats.site_noise import Noise

Floats = NDArray[np.float64]

FEWEST_PERIODS = 3
LAST = 4  # periods by which sites are often picked


@dataclass(frozen=True, slots=True)
class RankedControl:
    """A site as a control: `strays` is the spread of its distance from the pilot over time, on the
    scale compared (0.05 is about 5 %); `correlation` that of their changes from period to period,
    None where one of them does not vary."""

    site: str
    strays: float
    correlation: float | None
    periods: int


@dataclass(frozen=True, slots=True)
class RankedPilot:
    """A site as the one pilot: its own noise over that of all, what it could show, and its place
    among all sites in the last periods (1 is the highest) by how far it then was from its usual."""

    site: str
    relative_noise: float
    found: Detectable
    last_place: int
    of: int

    @property
    def is_extreme(self) -> bool:
        """It was the highest or the lowest lately: chance would bring it back by itself."""
        return self.last_place in (1, self.of)


def rank_controls(history: Panel, site: str, *, scale: Scale) -> tuple[RankedControl, ...]:
    """The other sites, the one that moved most like this one before the start first.

    What counts is how much the distance between the two varies: the difference of their values
    (of logarithms on the log scale) over the periods in which both have one.

    Raises
    ------
    NotEstimable
        Those of `panel.scaled`; ``noise_few_periods`` where no site shares three periods with it.
    """
    values = scaled(history, scale=scale)[:, : history.first_post]
    own = values[history.sites.index(site)]
    found = []
    for name, other in zip(history.sites, values, strict=True):
        both = ~np.isnan(own) & ~np.isnan(other)
        if name == site or both.sum() < FEWEST_PERIODS:
            continue
        strays = float((own - other)[both].std(ddof=1))
        together = _correlation(np.diff(own), np.diff(other))
        found.append(RankedControl(name, strays, together, int(both.sum())))
    if not found:
        raise NotEstimable("noise_few_periods", n=values.shape[1], needed=FEWEST_PERIODS)
    return tuple(sorted(found, key=lambda one: (one.strays, one.site)))


def _correlation(one: Floats, other: Floats) -> float | None:
    both = ~np.isnan(one) & ~np.isnan(other)
    x, y = one[both], other[both]
    if x.size < 2:
        return None
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / size if size > 0.0 else None


def rank_pilots(
    history: Panel, noise: Noise, design: Design, *, last: int = LAST
) -> tuple[RankedPilot, ...]:
    """Every site as the one pilot, the one that could show the smallest effect first.

    `noise` is that of `history`; of the design everything counts but the number of pilots.
    """
    values = scaled(history, scale=design.scale)[:, : history.first_post]
    centred = values - mean_there(values)[:, np.newaxis]
    centred = centred - mean_there(centred.T)
    lately = mean_there(centred[:, -last:])
    there = np.flatnonzero(np.isfinite(noise.relative) & np.isfinite(lately))
    places = {int(row): 1 + place for place, row in enumerate(there[np.argsort(-lately[there])])}
    one = Design(
        1, max(there.size - 1, 1), design.before, design.after,
        design.alpha, design.power, design.by_placebo, design.scale,
    )  # fmt: skip
    found = []
    for row in there.tolist():
        relative = round(float(noise.relative[row]), 2)  # neighbours share what is simulated
        answer = detectable(noise, one, relative=max(relative, 0.01))
        own, place = float(noise.relative[row]), places[row]
        found.append(RankedPilot(history.sites[row], own, answer, place, there.size))
    return tuple(sorted(found, key=lambda one: (one.relative_noise, one.site)))


def draw(
    sites: Sequence[str], n: int, *, strata: Mapping[str, str] | None = None, seed: int
) -> tuple[str, ...]:
    """`n` of the sites by chance, the same for the same seed, in the order given.

    Each stratum gives its share, rounded so that the whole is n: the largest remainders round up,
    and chance decides between equal ones. Chance is the order of SHA-256 of seed and name, which
    depends neither on the order of the sites nor on a version of any library, so that anyone can
    check a draw by hand.

    Raises
    ------
    NotEstimable
        ``draw_too_many`` unless 1 <= n < the number of sites.
    """
    if len(set(sites)) != len(sites):
        raise ValueError("a site is named twice")
    if not 1 <= n < len(sites):
        raise NotEstimable("draw_too_many", n=n, sites=len(sites))
    groups: dict[str, list[str]] = {}
    for site in sites:
        groups.setdefault((strata or {}).get(site, ""), []).append(site)
    shares = {name: n * len(members) / len(sites) for name, members in groups.items()}
    counts = {name: math.floor(share + 1e-9) for name, share in shares.items()}
    by_remainder = sorted(
        groups,
        key=lambda name: (-round(shares[name] - counts[name], 9), _chance(seed, "stratum", name)),
    )
    for name in by_remainder[: n - sum(counts.values())]:
        counts[name] += 1
    chosen: set[str] = set()
    for name, members in groups.items():
        ordered = sorted(members, key=lambda site: _chance(seed, "site", site))
        chosen.update(ordered[: counts[name]])
    return tuple(site for site in sites if site in chosen)


def _chance(seed: int, kind: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{kind}:{name}".encode()).digest()
