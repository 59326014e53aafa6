"""The mix of sites that comes closest to another: least squares over shares that sum to one.

Synthetic controls stand and fall with this optimum, and general optimisers are known to stop short
of it. Here it is the exact one, as finding it is a plain problem of geometry: with
Z = [x_1 - y, ..., x_n - y] the residual of shares w is Z w, so that the best mix is the point
nearest to zero of the hull of Z's columns. Non-negative least squares of

    [ Z ]        [ 0 ]
    [ 1' ] u  ~  [ 1 ]

finds it without a penalty to tune: for u = s w, s >= 0, the least over s of s^2 q + (1 - s)^2 is
q / (1 + q), which rises with q = |Z w|^2. So u's shares are the best w.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Beyond so many sites the optimum is looked for among the likely ones, and then proved for all.
_AT_ONCE = 80
_FIRST, _MORE = 48, 32
_ROUNDS = 200
_TOLERANCE = 64.0 * sys.float_info.epsilon


def mix(columns: Floats, target: Floats, *, without: tuple[int, ...] = ()) -> Floats:
    """Shares w >= 0, summing to 1, that minimise |columns @ w - target|^2.

    Parameters
    ----------
    columns : float64 array, shape (periods, sites)
    target : float64 array, shape (periods,)
    without : tuple of int
        Sites that may take no part: their share is 0.

    Returns
    -------
    float64 array, shape (sites,)
        Where several mixes are equally good, one of at most periods + 1 sites. Non-negative least
        squares by Lawson & Hanson (1974), Solving Least Squares Problems, chapter 23. With many
        sites it is solved for a working set, which the most violating sites join until none
        violates the conditions of the optimum (Karush-Kuhn-Tucker): z_j'r >= r'r for all j, with
        the residual r. What is left of a violation bounds how far the fit is from the best.
    """
    allowed = np.ones(columns.shape[1], dtype=bool)
    allowed[list(without)] = False
    own = np.flatnonzero(allowed)
    if own.size <= _AT_ONCE:
        shares = np.zeros(allowed.size)
        shares[own] = _nearest(columns[:, own] - target[:, np.newaxis])
        return shares
    return _by_rounds(columns, target, allowed)


def _by_rounds(columns: Floats, target: Floats, allowed: NDArray[np.bool_]) -> Floats:
    squares = np.einsum("tj,tj->j", columns, columns) - 2.0 * (target @ columns)
    squares[~allowed] = math.inf
    working = np.argpartition(squares, _FIRST)[:_FIRST]
    size = float(np.abs(squares[allowed]).max() + target @ target)
    for _ in range(_ROUNDS):
        part = _nearest(columns[:, working] - target[:, np.newaxis])
        keep = part > 0.0
        working, part = working[keep], part[keep]
        residual = columns[:, working] @ part - target
        slope = residual @ columns
        slope[~allowed] = math.inf
        # At the optimum the residual's product with every site is no less than with the mix.
        least = float(slope[working] @ part) - _TOLERANCE * size
        slope[working] = math.inf
        worst = np.argpartition(slope, _MORE)[:_MORE]
        worst = worst[slope[worst] < least]
        if not worst.size:
            break
        working = np.concatenate((working, worst))
    shares = np.zeros(allowed.size)
    shares[working] = part
    return shares


def _nearest(points: Floats) -> Floats:
    """The shares of the columns whose mix is nearest to zero."""
    from scipy.optimize import nnls

    norms = np.sqrt(np.einsum("tj,tj->j", points, points))
    nearest = int(norms.argmin())
    unit = float(norms[nearest])
    if unit == 0.0 or points.shape[1] == 1:
        shares = np.zeros(points.shape[1])
        shares[nearest] = 1.0
        return shares
    # In units of the nearest point: the last row then weighs no less than the others.
    rows = np.vstack((points / unit, np.ones(points.shape[1])))
    wanted = np.zeros(rows.shape[0])
    wanted[-1] = 1.0
    try:
        found, _ = nnls(rows, wanted)
    except RuntimeError:  # rounding goes round in circles among sites that are all but the same
        ridge = math.sqrt(_TOLERANCE) * np.eye(points.shape[1])
        found, _ = nnls(
            np.vstack((ridge, rows)), np.concatenate((np.zeros(points.shape[1]), wanted))
        )
    return np.asarray(found / found.sum())


def shortfall(columns: Floats, target: Floats, shares: Floats) -> float:
    """How much better, at most, any other mix could be: a bound of |residual|^2 less the least.

    The duality gap of Frank & Wolfe (1956), Naval Research Logistics Quarterly 3, 95-110, twice
    as the square is not halved; 0 at the exact optimum.
    """
    residual = columns @ shares - target
    slope = residual @ columns
    return 2.0 * float(slope @ shares - slope.min())
