"""What tests of two shares do when they are small: every possible outcome, enumerated.

Below 400 units, or with rare successes, Fisher's exact test decides, and it is stricter than
the normal formula says. A sample size that ignored this would promise a power the test does
not have.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from hadi.stats.distributions import two_sided_z
from hadi.stats.proportions import SMALL_EXPECTED, SMALL_TOTAL
from hadi.stats.verdict_odds import outcome_odds

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

    Floats = NDArray[float64]
    Flags = NDArray[bool_]


def is_enumerable(n_control: int, n_treatment: int, control: float, treatment: float) -> bool:
    """Whether Fisher's test may decide, so that the outcomes are worth enumerating: up to a
    quarter more units, or twice the expected cell, than where it surely does. Not where arms are
    so unequal that the larger one alone has thousands of likely counts."""
    total = n_control + n_treatment
    successes = n_control * control + n_treatment * treatment
    rarest = min(n_control, n_treatment) * min(successes, total - successes) / total
    counts0 = _last(n_control, control) - _first(n_control, control)
    counts1 = _last(n_treatment, treatment) - _first(n_treatment, treatment)
    is_quick = counts0 + counts1 < 3_000 and counts0 * counts1 < 400_000
    return is_quick and (total < 1.25 * SMALL_TOTAL or rarest < 2 * SMALL_EXPECTED)


def enumerated_odds(
    n_control: int,
    n_treatment: int,
    control: float,
    treatment: float,
    *,
    sign: int,
    alpha: float,
    threshold: float,
) -> tuple[float, dict[str, float]]:
    """The chance that the effect is called real, and of each verdict.

    Parameters
    ----------
    n_control, n_treatment : int
        Units of each arm; `is_enumerable` for them.
    control, treatment : float
        True shares, fractions.
    sign : int
        +1 where more is better, -1 where less is.
    alpha : float
        Two-sided error of the test and the interval.
    threshold : float
        Magnitude T >= 0, a fraction.

    Returns
    -------
    tuple
        (power, odds). Outcomes left out have less than 1e-9 of the probability. An outcome
        without variation has no estimate and counts as not enough data.
    """
    import numpy as np

    successes0, weight0 = _binomial(n_control, control)
    successes1, weight1 = _binomial(n_treatment, treatment)
    x0, x1 = np.meshgrid(successes0, successes1, indexing="ij")
    weight = np.outer(weight0, weight1)
    weight /= weight.sum()
    z = two_sided_z(alpha)
    below0, above0 = _wilson_reach(x0, n_control, z)
    below1, above1 = _wilson_reach(x1, n_treatment, z)
    estimate = sign * (x1 / n_treatment - x0 / n_control)
    down, up = np.hypot(below1, above0), np.hypot(above1, below0)
    low, high = (estimate - down, estimate + up) if sign > 0 else (estimate - up, estimate + down)
    varies = (x0 + x1 > 0) & (x0 + x1 < n_control + n_treatment)
    real = varies & (low > 0) & _is_significant(x0, x1, n_control, n_treatment, alpha)
    return outcome_odds(
        weight,
        real=real,
        harmful=varies & (high < 0),
        reaches=estimate >= threshold * (1.0 - 1e-9),
        short=varies & (high < threshold),
    )


def _first(n: int, share: float) -> int:
    """The smallest count that matters: seven standard deviations and a bit below the mean."""
    return max(0, math.floor(n * share - _spread(n, share)))


def _last(n: int, share: float) -> int:
    return min(n, math.ceil(n * share + _spread(n, share)))


def _spread(n: int, share: float) -> float:
    return 7.0 * math.sqrt(n * share * (1.0 - share)) + 12.0


def _binomial(n: int, share: float) -> tuple[Floats, Floats]:
    """The counts that matter, and how likely each is (to a common factor)."""
    import numpy as np

    if share in (0.0, 1.0):
        return np.array([n * share]), np.ones(1)
    x = np.arange(_first(n, share), _last(n, share) + 1, dtype=np.float64)
    steps = np.log((n - x[:-1]) / x[1:]) + math.log(share / (1.0 - share))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    return x, np.exp(logs - logs.max())


def _wilson_reach(x: Floats, n: int, z: float) -> tuple[Floats, Floats]:
    import numpy as np

    half = z * np.sqrt(x * (n - x) / n + z * z / 4.0) / (n + z * z)
    shift = z * z * (n - 2.0 * x) / (2.0 * n) / (n + z * z)
    return np.where(x > 0, half - shift, 0.0), np.where(x < n, half + shift, 0.0)


def _is_significant(x0: Floats, x1: Floats, n0: int, n1: int, alpha: float) -> Flags:
    """What the deciding test, Fisher's or pooled z, says of every outcome of the grid."""
    import numpy as np

    total, both = n0 + n1, x0 + x1
    spread = np.sqrt(both / total * ((total - both) / total) * (1.0 / n0 + 1.0 / n1))
    found: Flags = np.abs(x1 / n1 - x0 / n0) >= two_sided_z(alpha) * spread
    first0, first1 = int(x0[0, 0]), int(x1[0, 0])
    last0, last1 = int(x0[-1, -1]), int(x1[-1, -1])
    for successes in range(first0 + first1, last0 + last1 + 1):
        rarest = min(n0, n1) * min(successes, total - successes)
        if total < SMALL_TOTAL or rarest < SMALL_EXPECTED * total:
            first, fisher = _fisher_p(successes, n0, n1)
            treated = np.arange(max(first1, successes - last0), min(last1, successes - first0) + 1)
            found[successes - treated - first0, treated - first1] = fisher[treated - first] <= alpha
    return found


@lru_cache(maxsize=8192)
def _fisher_p(successes: int, n0: int, n1: int) -> tuple[int, Floats]:
    """Fisher's two-sided p for every number of the treatment's successes, from the first one
    possible, given how many there are in both arms. Kept, because the search for the smallest
    effect asks the same of the same arms again and again."""
    import numpy as np

    first, last = max(0, successes - n0), min(successes, n1)
    k = np.arange(first, last, dtype=np.float64)
    steps = np.log((successes - k) / (k + 1.0)) + np.log((n1 - k) / (n0 - successes + k + 1.0))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    weights = np.exp(logs - logs.max())
    ascending = np.sort(weights)
    sums = np.cumsum(ascending)
    place = np.searchsorted(ascending, weights * (1.0 + 1e-7), side="right")
    return first, sums[place - 1] / sums[-1]
