"""Permutation of the arms over clusters: a p that holds exactly, however few clusters there are.

Had nothing been changed, every other way to draw the arms would have given the same totals. So the
real difference is ranked among those of all ways; no distribution is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_ENUMERATED = 100_000
DRAWS = 20_000
SEED = 20_080_101

# Assignments that differ in nothing but the order of summation have to tie.
_TIE = 1e-9
_ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Permutation:
    """`p_value` two-sided; `assignments` looked at, the real one included; `is_exact` when these
    are all there are; `smallest_p` is the least that any data could give."""

    p_value: float
    assignments: int
    is_exact: bool
    smallest_p: float


def permute(totals: Floats, sizes: Floats, n_control: int) -> Permutation:
    """Rank the difference of two arms' values among those of other assignments of the arms.

    Parameters
    ----------
    totals, sizes : float64 arrays of one length
        Sum of the values and size of each cluster, the control's clusters first. The totals may
        be taken from any common centre (totals - c * sizes): differences do not change.
    n_control : int
        Clusters of the control, 1 or more and fewer than all.

    Returns
    -------
    Permutation
        The statistic is |sum(totals) / sum(sizes) of the treated - the same of the control|; p is
        the share of assignments with as large a statistic or larger, ties included to 1e-9 of
        it, the real assignment counted. All assignments up to 100,000; beyond, 20,000 drawn
        with a fixed seed and p = (1 + b) / (1 + B), where b of the B drawn are as large (Phipson
        & Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9, Article 39).
        Fisher (1935), The Design of Experiments, section 21; for clusters Gail et al. (1996),
        Statistics in Medicine 15, 1069-1092.
    """
    count = totals.size
    is_control_fewer = n_control <= count - n_control
    fewer = min(n_control, count - n_control)
    own = np.arange(fewer) if is_control_fewer else np.arange(n_control, count)
    observed = float(_differences(totals, sizes, own[np.newaxis, :])[0])
    assignments = math.comb(count, fewer)
    is_exact = assignments <= MOST_ENUMERATED
    chosen = assignments_of(count, fewer)
    found = _differences(totals, sizes, chosen)
    least = observed * (1.0 - _TIE) - _ROUNDING * float(found.max())
    extreme = int((found >= least).sum())
    if is_exact:
        ties = 2 if 2 * fewer == count else 1
        smallest = ties / assignments
        # The real assignment is among them and its mirror ties, whatever rounding says.
        return Permutation(max(extreme, ties) / assignments, assignments, True, smallest)
    return Permutation((1 + extreme) / (1 + DRAWS), 1 + DRAWS, False, 1 / (1 + DRAWS))


def _differences(totals: Floats, sizes: Floats, chosen: NDArray[np.intp]) -> Floats:
    """|difference of values| with the clusters of each row of `chosen` in one arm, the others in
    the other."""
    total, size = totals.sum(), sizes.sum()
    part, part_size = totals[chosen].sum(axis=1), sizes[chosen].sum(axis=1)
    # Beside a giant cluster what is left may be rounding; it is never less than one cluster.
    rest_size = np.maximum(size - part_size, sizes.min())
    return np.asarray(np.abs(part / part_size - (total - part) / rest_size))


@lru_cache(maxsize=4)
def assignments_of(count: int, fewer: int) -> NDArray[np.intp]:
    """The assignments to look at, a row of chosen clusters each: all, or those drawn.

    Kept, as a plan has several metrics and segments, all of them alike.
    """
    is_exact = math.comb(count, fewer) <= MOST_ENUMERATED
    chosen = _every(count, fewer) if is_exact else _drawn(count, fewer)
    chosen.flags.writeable = False
    return chosen


def _every(count: int, fewer: int) -> NDArray[np.intp]:
    every: Iterator[int] = chain.from_iterable(combinations(range(count), fewer))
    rows = math.comb(count, fewer)
    return np.fromiter(every, dtype=np.intp, count=rows * fewer).reshape(rows, fewer)


def _drawn(count: int, fewer: int) -> NDArray[np.intp]:
    """Random subsets, every one equally likely, a row each: Floyd's algorithm (Bentley & Floyd
    1987, Communications of the ACM 30, 754-757) on all rows at once."""
    random = np.random.default_rng(SEED)
    chosen = np.empty((DRAWS, fewer), dtype=np.intp)
    for place in range(fewer):
        last = count - fewer + place
        drawn = random.integers(0, last + 1, size=DRAWS)
        is_taken = (chosen[:, :place] == drawn[:, np.newaxis]).any(axis=1)
        chosen[:, place] = np.where(is_taken, last, drawn)
    return chosen
