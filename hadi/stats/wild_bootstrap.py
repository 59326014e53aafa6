"""Wild cluster bootstrap-t: a second opinion where clusters are too few for a large-sample t.

The null is imposed: residuals are taken from the value of both arms together, whole clusters of
them change sign (or are stretched) at random, and the real t is ranked among those that result.
With an indicator of the arm as the only regressor all of it follows from the clusters' sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_ENUMERATED = 10_000
DRAWS = 9_999
SEED = 20_080_101

_WEBB_BELOW = 11  # clusters in all; with fewer, sign changes alone give too few distinct t
_RADEMACHER = (-1.0, 1.0)
_WEBB = tuple(sign * root**0.5 for sign in (-1.0, 1.0) for root in (0.5, 1.0, 1.5))
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """`p_value` two-sided (symmetric); `weights` "rademacher" or "webb"; `draws` looked at, all
    that exist when `is_exact`."""

    p_value: float
    weights: str
    draws: int
    is_exact: bool


def wild_bootstrap(totals: Floats, sizes: Floats, n_control: int) -> Bootstrap:
    """Rank the cluster-robust t among its values after random changes of whole clusters.

    Parameters
    ----------
    totals, sizes : float64 arrays of one length
        Sum of the values and size of each cluster, the control's clusters first; totals may be
        taken from any common centre.
    n_control : int
        Clusters of the control; two or more in either arm.

    Returns
    -------
    Bootstrap
        Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90, 414-427, section
        III.B, null imposed, with CR1 errors, whose factor cancels. Weights are Rademacher's; under
        eleven clusters those of Webb (2014; 2023, Canadian Journal of Economics 56, 839-858):
        plus or minus the roots of 1/2, 1, 3/2. All combinations up to 10,000, p their share with
        as large a |t|; beyond, 9,999 with a fixed seed and p = (1 + b) / (1 + B).
    """
    count = totals.size
    residuals = totals - totals.sum() / sizes.sum() * sizes
    residuals = residuals / np.abs(residuals).max()  # their squares have to fit a float
    name, values = ("webb", _WEBB) if count < _WEBB_BELOW else ("rademacher", _RADEMACHER)
    is_exact = len(values) ** count <= MOST_ENUMERATED
    factors = _factors(values, count)
    real = _estimates(residuals[np.newaxis, :], sizes, n_control)
    difference, variance = float(real[0][0]), float(real[1][0])
    drawn, drawn_variance = _estimates(factors * residuals, sizes, n_control)
    # t* >= t without a division: a draw may have no variance at all, and then counts as extreme.
    least = difference * difference * drawn_variance * (1.0 - _TIE)
    extreme = int((drawn * drawn * variance >= least).sum())
    if is_exact:
        return Bootstrap(extreme / len(factors), name, len(factors), True)
    return Bootstrap((1 + extreme) / (1 + DRAWS), name, DRAWS, False)


@lru_cache(maxsize=4)
def _factors(values: tuple[float, ...], count: int) -> Floats:
    """The weights to look at, a row each; a plan has several metrics, all of them alike."""
    if len(values) ** count <= MOST_ENUMERATED:
        factors = np.array(list(product(values, repeat=count)))
    else:
        factors = np.random.default_rng(SEED).choice(np.array(values), size=(DRAWS, count))
    factors.flags.writeable = False
    return factors


def _estimates(totals: Floats, sizes: Floats, n_control: int) -> tuple[Floats, Floats]:
    """(difference, its cluster-robust variance) of each row of totals, up to CR1's factor."""
    difference, variance = np.zeros(len(totals)), np.zeros(len(totals))
    for sign, arm in ((-1.0, slice(None, n_control)), (1.0, slice(n_control, None))):
        size = sizes[arm].sum()
        value = totals[:, arm].sum(axis=1) / size
        scores = totals[:, arm] - value[:, np.newaxis] * sizes[arm]
        difference += sign * value
        variance += ((scores / size) ** 2).sum(axis=1)
    return difference, variance
