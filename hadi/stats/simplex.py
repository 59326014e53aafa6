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
_SLIGHT = 1e-9  # of the points' squares: with a smaller penalty the sets' equations lose digits
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


def ridge_mix(
    columns: Floats, target: Floats, penalty: float, *, without: tuple[int, ...] = ()
) -> Floats:
    """Shares w >= 0, summing to 1, that minimise |columns @ w - target|^2 + penalty |w|^2.

    The penalty spreads the mix over many sites, so that it is the set of sites without a share that
    is looked for: all sites at first, then those whose share would be negative leave and those that
    violate the optimum come back, until nothing moves (primal-dual active sets: Hintermueller, Ito
    & Kunisch 2002, SIAM Journal on Optimization 13, 865-888). Where it does not settle, or the
    penalty is next to nothing, by non-negative least squares. Arguments as of `mix`; penalty > 0.
    """
    allowed = np.ones(columns.shape[1], dtype=bool)
    allowed[list(without)] = False
    own = np.flatnonzero(allowed)
    part = columns[:, own] - target[:, np.newaxis]  # the residual of the shares is part @ w
    size = float(np.einsum("tj,tj->", part, part)) / own.size
    found = _active_sets(part, penalty) if penalty > _SLIGHT * size else None
    if found is None:
        ridge = math.sqrt(penalty) * np.eye(own.size)
        found = _nearest(np.vstack((_fewer_rows(part), ridge)))
    shares = np.zeros(allowed.size)
    shares[own] = found
    return shares


def _active_sets(points: Floats, penalty: float) -> Floats | None:
    """The shares of the points, or None where the sets do not settle."""
    is_in = np.ones(points.shape[1], dtype=bool)
    shares = np.zeros(is_in.size)
    for _ in range(_ROUNDS):
        own = points[:, is_in]
        solved = _ridge_inverse_of_ones(own, penalty)
        total = float(solved.sum())
        if not total > 0.0:
            return None
        shares[:] = 0.0
        shares[is_in] = solved / total
        slope = (own @ shares[is_in]) @ points
        # Where a share is, slope + penalty * share is one level for all: that of the optimum.
        level = 1.0 / total
        now = np.where(is_in, shares > 0.0, slope < level * (1.0 - _TOLERANCE))
        if (now == is_in).all():
            return shares
        is_in = now
    return None


def _ridge_inverse_of_ones(points: Floats, penalty: float) -> Floats:
    """(points' points + penalty I)^-1 1, by whichever side of the matrix is the smaller."""
    periods, sites = points.shape
    ones = np.ones(sites)
    if sites <= periods:
        square = points.T @ points
        square.flat[:: sites + 1] += penalty
        return np.asarray(np.linalg.solve(square, ones))
    square = points @ points.T
    square.flat[:: periods + 1] += penalty
    return np.asarray((ones - np.linalg.solve(square, points.sum(axis=1)) @ points) / penalty)


def _fewer_rows(points: Floats) -> Floats:
    """As many rows as columns that have the same products."""
    if points.shape[0] <= 2 * points.shape[1]:
        return points
    return np.asarray(np.linalg.qr(points, mode="r"))


def shortfall(columns: Floats, target: Floats, shares: Floats) -> float:
    """How much better, at most, any other mix could be: a bound of |residual|^2 less the least.

    The duality gap of Frank & Wolfe (1956), Naval Research Logistics Quarterly 3, 95-110, twice
    as the square is not halved; 0 at the exact optimum.
    """
    residual = columns @ shares - target
    slope = residual @ columns
    return 2.0 * float(slope @ shares - slope.min())
