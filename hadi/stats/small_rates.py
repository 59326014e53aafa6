"""What tests of two rates do when events are few: every possible count, enumerated.

The exact conditional test and Garwood's limits are stricter than the normal formula says, and
with a few dozen events by several points of power.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from hadi.stats.verdict_odds import outcome_odds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

MOST_EVENTS = 600.0  # expected in both arms; beyond it the normal formula is as good
_MOST_CELLS = 100_000


def is_enumerable_rate(mean_control: float, mean_treatment: float) -> bool:
    """Whether so few events are expected that every outcome is worth listing."""
    if not mean_control + mean_treatment <= MOST_EVENTS:
        return False
    counts = [last - first for first, last in map(_span, (mean_control, mean_treatment))]
    return counts[0] * counts[1] <= _MOST_CELLS


def enumerated_rate_odds(
    exposures: tuple[float, float],
    means: tuple[float, float],
    *,
    sign: int,
    alpha: float,
    threshold: float,
) -> tuple[float, dict[str, float]]:
    """The chance that the effect is called real, and of each verdict, as `rates.compare` decides.

    Parameters
    ----------
    exposures : tuple
        Of the control and the treatment arm, > 0.
    means : tuple
        Expected events of each; `is_enumerable_rate` for them.
    sign : int
        +1 where more is better, -1 where less is.
    alpha : float
        Two-sided error of the test and the interval.
    threshold : float
        Magnitude T >= 0, a rate.

    Returns
    -------
    tuple
        (power, odds). Outcomes left out have less than 1e-9 of the probability. Without an event
        there is no estimate, which counts as not enough data.
    """
    import numpy as np

    (x0, weight0), (x1, weight1) = (_poisson(mean) for mean in means)
    weight = np.outer(weight0, weight1)
    weight /= weight.sum()
    down0, up0 = (r[:, None] / exposures[0] for r in _reach(x0, alpha))
    down1, up1 = (r[None, :] / exposures[1] for r in _reach(x1, alpha))
    estimate = sign * (x1[None, :] / exposures[1] - x0[:, None] / exposures[0])
    below, above = np.hypot(down1, up0), np.hypot(up1, down0)
    if sign < 0:
        below, above = above, below
    low, high = estimate - below, estimate + above
    counted = (x0[:, None] + x1[None, :]) > 0
    real = counted & (low > 0.0) & _is_significant(x0, x1, exposures, alpha)
    return outcome_odds(
        weight,
        real=real,
        harmful=counted & (high < 0.0),
        reaches=estimate >= threshold * (1.0 - 1e-9),
        short=counted & (high < threshold),
    )


def _span(mean: float) -> tuple[int, int]:
    """The counts that matter: seven standard deviations and a bit around the mean."""
    spread = 7.0 * math.sqrt(mean) + 12.0
    return max(0, math.floor(mean - spread)), math.ceil(mean + spread)


def _poisson(mean: float) -> tuple[Floats, Floats]:
    """Counts and how likely each is, to a common factor."""
    import numpy as np

    if mean <= 0.0:
        return np.zeros(1), np.ones(1)
    first, last = _span(mean)
    x = np.arange(first, last + 1, dtype=np.float64)
    logs = np.concatenate(([0.0], np.cumsum(math.log(mean) - np.log(x[1:]))))
    return x, np.exp(logs - logs.max())


def _reach(x: Floats, alpha: float) -> tuple[Floats, Floats]:
    """How far Garwood's interval (1936, Biometrika 28) reaches below and above each count."""
    import numpy as np
    from scipy.special import gammainccinv, gammaincinv

    lower = np.where(x > 0, gammaincinv(np.maximum(x, 1.0), alpha / 2.0), 0.0)
    return x - lower, gammainccinv(x + 1.0, alpha / 2.0) - x


def _is_significant(x0: Floats, x1: Floats, exposures: tuple[float, float], alpha: float) -> Flags:
    """What the exact conditional test says of every outcome of the grid."""
    import numpy as np

    share = round(exposures[1] / (exposures[0] + exposures[1]), 12)
    totals = (x0[:, None] + x1[None, :]).astype(np.int64)
    first = int(totals[0, 0])
    ends = [_critical(total, share, alpha) for total in range(first, int(totals[-1, -1]) + 1)]
    few, many = np.array(ends).T
    found: Flags = (x1[None, :] <= few[totals - first]) | (x1[None, :] >= many[totals - first])
    return found


@lru_cache(maxsize=16_384)
def _critical(total: int, share: float, alpha: float) -> tuple[int, int]:
    """Of `total` events in both arms: the most in the treatment that are significantly few and
    the fewest that are significantly many. Counts no likelier than the one seen make up the
    two-sided p. Kept, because a search asks the same again and again."""
    import numpy as np

    k = np.arange(total, dtype=np.float64)
    steps = np.log((total - k) / (k + 1.0)) + math.log(share / (1.0 - share))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    weights = np.exp(logs - logs.max())
    ascending = np.sort(weights)
    sums = np.cumsum(ascending)
    place = np.searchsorted(ascending, weights * (1.0 + 1e-7), side="right")
    possible = np.flatnonzero(sums[place - 1] / sums[-1] > alpha)  # one stretch around the middle
    return int(possible[0]) - 1, int(possible[-1]) + 1
