"""One share with its interval, where nothing is compared: how much of a log the receipts bear
out."""

from __future__ import annotations

import math

from hadi.stats.distributions import two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Interval


def wilson(successes: int, n: int, *, alpha: float = 0.05) -> Interval:
    """The score interval of a share.

    Parameters
    ----------
    successes, n : int
        0 <= successes <= n.
    alpha : float
        Two-sided error, 0 < alpha < 1.

    Returns
    -------
    Interval
        Wilson (1927), Journal of the American Statistical Association 22, 209-212, eq. 5; its ends
        are fractions within 0 and 1.

    Raises
    ------
    NotEstimable
        ``no_units`` where `n` is 0.

    Examples
    --------
    >>> found = wilson(52, 120)
    >>> round(found.low, 3), round(found.high, 3)
    (0.348, 0.523)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        raise NotEstimable("no_units")
    z = two_sided_z(alpha)
    failures = n - successes
    weight = n + z * z
    centre = (successes + z * z / 2.0) / weight
    half = z * math.sqrt(successes / n * failures + z * z / 4.0) / weight
    low = centre - half if successes else 0.0
    high = centre + half if failures else 1.0
    return Interval(max(low, 0.0), min(high, 1.0), 1.0 - alpha)
