"""Does one person carry the effect? The gain without each seller in turn.

An effect that one seller makes is that seller's, not the method's: it leaves when they do, and
another store cannot copy it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hadi.stats.errors import NotEstimable

CARRIED = 0.5
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Concentration:
    """The one who brings most of the gain: their own gain, its share of the whole, and what is left
    without them."""

    name: str
    own: float
    share: float
    total: float
    left: float

    @property
    def is_carried(self) -> bool:
        """Without this one more than half of the gain is gone."""
        return self.share > CARRIED


def concentration(gains: Mapping[str, float]) -> Concentration:
    """Who brings most of a gain that is a sum over people.

    Parameters
    ----------
    gains : mapping of str to float
        Each one's gain (after less before, in the unit of the value), negative for a loss.

    Returns
    -------
    Concentration
        A share above one says that the others together lost. A loss is looked at likewise: who
        brings most of it.

    Raises
    ------
    NotEstimable
        ``concentration_few`` with under three people, ``concentration_no_gain`` when all gains sum
        to nothing, ``numbers_too_large``.
    """
    if len(gains) < FEWEST:
        raise NotEstimable("concentration_few", n=len(gains), needed=FEWEST)
    if not all(math.isfinite(gain) for gain in gains.values()):
        raise NotEstimable("numbers_too_large")
    total = math.fsum(gains.values())
    if abs(total) <= 1e-12 * max(abs(gain) for gain in gains.values()):
        raise NotEstimable("concentration_no_gain")
    name = max(gains, key=lambda person: gains[person] / total)
    own = gains[name]
    return Concentration(name, own, own / total, total, total - own)


def gains_of(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Each one's gain from their means before and after; who is in one of them only had none in the
    other."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: after.get(name, 0.0) - before.get(name, 0.0) for name in names}
